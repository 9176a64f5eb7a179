//! What the popup and the options page are told: a snapshot, made from the state when it is asked for.

mod answer;
mod policy;

pub use answer::{Answer, Problem, SET_ASIDE, TestStep, UNREACHABLE};
pub use policy::{Approval, CEILINGS, Ceilings, Usage, usage};

use crate::agent::entry::{Ended, Entry, Stage};
use crate::agent::log::LogRevision;
use crate::agent::readiness::{asked, waiting_kinds};
use crate::agent::settings::Settings;
use crate::agent::signal::is_server_gone;
use crate::agent::state::{PairingEnd, State};
use crate::ports::{Badge, Sign};
use liaison_protocol::{ErrorCode, Fallback};
use serde::Serialize;

/// The snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The extension's version.
    pub version: String,
    /// One word for it all.
    pub state: &'static str,
    /// The server, when paired.
    pub server: Option<ServerStatus>,
    /// Contact with it, as this worker measured it.
    pub contact: ContactStatus,
    /// `signed_in`, `signed_out`, `wrong_account` or `unknown`.
    pub linkedin: &'static str,
    /// Whether the person paused the agent.
    pub paused: bool,
    /// What needs the person.
    pub attention: Option<Problem>,
    /// The task in hand.
    pub running: Option<RunningStatus>,
    /// Kinds of task that wait.
    pub waiting: Vec<WaitingStatus>,
    /// The way by which lists are read when it is not the first.
    pub fallback: Option<Fallback>,
    /// The last results, newest first.
    pub recent: Vec<RecentStatus>,
    /// Which lines the log holds.
    pub log: LogRevision,
    /// The settings in force.
    pub settings: Settings,
    /// What no setting passes.
    pub ceilings: Ceilings,
    /// How many invitations count now.
    pub usage: Usage,
    /// Invitations that wait for the person's word, or have it and wait still.
    pub approvals: Vec<Approval>,
}

/// See [`Status::server`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServerStatus {
    /// Its URL.
    pub url: String,
    /// What the person calls this browser.
    pub name: String,
}

/// See [`Status::contact`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContactStatus {
    /// `connecting`; `connected`; `waiting`, as the server asked; `failing`: its answers are of no use; or `unreachable`:
    /// there are none.
    pub state: &'static str,
    /// How long ago the server last answered this worker.
    pub last_ms_ago: Option<i64>,
    /// For how long its answers have been of no use.
    pub failing_ms: Option<i64>,
    /// For how long it asked to wait.
    pub wait_ms: Option<i64>,
    /// What is wrong with its answers, or why there are none.
    pub error: Option<Problem>,
}

/// See [`Status::running`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunningStatus {
    /// The task.
    pub task: String,
    /// Its kind.
    pub task_type: String,
    /// How far it is.
    pub phase: &'static str,
    /// Rows walked.
    pub done: Option<u64>,
    /// Rows wanted.
    pub of: Option<u64>,
    /// Whether it was cancelled, and has a step to finish first.
    pub cancelled: bool,
}

/// See [`Status::waiting`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaitingStatus {
    /// The kind.
    pub task_type: &'static str,
    /// Why.
    pub reason: &'static str,
    /// For how long; `None`: until a person acts.
    pub for_ms: Option<i64>,
}

/// See [`Status::recent`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecentStatus {
    /// The task.
    pub task: String,
    /// Its kind.
    pub task_type: String,
    /// `completed`, `failed`, `returned` or `closed`.
    pub outcome: &'static str,
    /// Why it failed.
    pub code: Option<&'static str>,
    /// In words.
    pub message: Option<&'static str>,
    /// What to do.
    pub remedy: Option<&'static str>,
    /// When.
    pub at_ms: i64,
    /// Whether the server took the result.
    pub acknowledged: bool,
    /// The HTTP status with which it refused it for good.
    pub refused: Option<u16>,
}

/// Makes the snapshot.
#[must_use]
pub fn status(state: &State, now: i64) -> Status {
    Status {
        version: state.live.version.clone(),
        state: one_word(state),
        server: state.pairing.as_ref().map(|pairing| ServerStatus {
            url: pairing.server.as_str().to_owned(),
            name: pairing.name.clone(),
        }),
        contact: contact(state, now),
        linkedin: linkedin(state),
        paused: state.settings.paused,
        attention: attention(state),
        running: running(state),
        waiting: waiting_kinds(state, now)
            .into_iter()
            .map(|(kind, reason, until)| WaitingStatus {
                task_type: kind.as_str(),
                reason: reason.as_str(),
                for_ms: until.map(|until| (until - now).max(0)),
            })
            .collect(),
        fallback: state.way(now),
        recent: recent(state),
        log: state.log.revision(),
        settings: state.settings.effective(),
        ceilings: CEILINGS,
        usage: usage(state, now),
        approvals: policy::approvals(state),
    }
}

/// The badge and its words.
#[must_use]
pub fn badge(state: &State) -> Sign {
    let sign = |badge, said, title: &str| Sign { badge, said, title: title.to_owned() };
    if let Some(problem) = attention(state) {
        return sign(Badge::Attention, problem.said, &problem.message);
    }
    if is_server_gone(state) {
        return sign(Badge::Attention, "server_gone", "The server has not answered for a while");
    }
    if state.settings.paused {
        return sign(Badge::Paused, "paused", "Paused");
    }
    if state.occupied_by().is_some() {
        return sign(Badge::Working, "working", "Working");
    }
    sign(Badge::Idle, "", "")
}

fn one_word(state: &State) -> &'static str {
    let Some(pairing) = &state.pairing else { return "unpaired" };
    match pairing.ended {
        Some(PairingEnd::Unauthorised) => return "unauthorised",
        Some(PairingEnd::Superseded) => return "superseded",
        None => {}
    }
    let unpermitted = |problem: &Problem| problem.code == "no_permission";
    if state.live.no_permission || state.live.contact_problem.as_ref().is_some_and(unpermitted) {
        return "no_permission";
    }
    match (state.breakers.latched, linkedin(state)) {
        (Some(_), _) => "latched",
        _ if state.set_aside.stops() => "latched",
        _ if state.settings.paused => "paused",
        (None, "signed_out") => "signed_out",
        (None, "wrong_account") => "wrong_account",
        _ => "ready",
    }
}

fn linkedin(state: &State) -> &'static str {
    match state.live.signed_in {
        Some(false) => "signed_out",
        _ if state.account.is_none() => "unknown",
        _ if state.pairing.is_some() && !state.right_account() => "wrong_account",
        _ => "signed_in",
    }
}

fn contact(state: &State, now: i64) -> ContactStatus {
    let works = state.pairing.as_ref().is_some_and(|pairing| pairing.ended.is_none());
    let wait_ms = Some(state.waits.asked_until - now).filter(|&ms| works && ms > 0);
    let word = match (&state.live.contact_problem, state.live.contact_at) {
        _ if wait_ms.is_some() => "waiting",
        (Some(problem), _) if problem.was_answered() => "failing",
        (Some(_), _) => "unreachable",
        (None, Some(_)) => "connected",
        (None, None) => "connecting",
    };
    ContactStatus {
        state: word,
        last_ms_ago: state.live.contact_at.map(|at| (now - at).max(0)),
        failing_ms: state.live.failing_since.filter(|_| word == "failing").map(|since| (now - since).max(0)),
        wait_ms,
        error: state.live.contact_problem.clone(),
    }
}

/// What needs the person; of several, what stops most.
#[must_use]
pub fn attention(state: &State) -> Option<Problem> {
    let Some(pairing) = &state.pairing else { return state.set_aside.problem() };
    match pairing.ended {
        Some(PairingEnd::Unauthorised) => {
            return Some(Problem::new(
                "unauthorised",
                "The server no longer takes this browser's token",
                "Press \"Test connection\" on the options page; if that fails, pair again there",
            ));
        }
        Some(PairingEnd::Superseded) => {
            return Some(Problem::new(
                "superseded",
                "Another browser has paired in this one's place",
                "Pair again here if this browser should do the work",
            ));
        }
        None => {}
    }
    let unpermitted = |problem: &Problem| problem.code == "no_permission";
    if state.live.no_permission || state.live.contact_problem.as_ref().is_some_and(unpermitted) {
        let message = "The permission to talk to LinkedIn or the server was taken away";
        let problem = Problem::new("no_permission", message, "Press \"Allow access\" on the options page");
        return Some(problem.said("permission_taken", Vec::new()));
    }
    if state.live.storage_failed_at.is_some() {
        return Some(Problem::new(
            "storage",
            "The browser's storage refuses writes, so no work is taken",
            "Free some disk space",
        ));
    }
    if state.set_aside.stops() {
        return state.set_aside.problem();
    }
    if let Some(code) = state.breakers.stop() {
        return Some(Problem::of(code));
    }
    match linkedin(state) {
        "signed_out" => Some(Problem::of(ErrorCode::SignedOut)),
        "wrong_account" => Some(Problem::of(ErrorCode::WrongAccount)),
        "unknown" if state.live.me_problem.is_some() => state.live.me_problem.map(Problem::of),
        _ if !state.set_aside.is_empty() => state.set_aside.problem(),
        _ if asked(state).any(|(entry, _, approved)| !approved && !entry.cancelled) => Some(Problem::new(
            "approval",
            "An invitation waits for your word",
            "Approve or refuse it in the popup",
        )),
        _ => None,
    }
}

fn running(state: &State) -> Option<RunningStatus> {
    let entry: &Entry = state.occupied_by().or_else(|| {
        state.tasks.values().map(AsRef::as_ref).find(|entry| matches!(entry.stage, Stage::Verifying(_)))
    })?;
    let (phase, done, of) = match &entry.stage {
        Stage::Walking(walk) => {
            let of = walk.input.keyword.is_none().then_some(walk.input.count);
            ("reading", Some(walk.walked), of)
        }
        Stage::Checking { .. } => ("checking", None, None),
        Stage::Starting { .. } => ("starting", None, None),
        Stage::Sending { .. } => ("sending", None, None),
        Stage::Verifying(_) => ("verifying", None, None),
        Stage::Asking { .. } | Stage::Finished(_) => return None,
    };
    let (task, task_type) = (entry.task.clone(), entry.task_type.clone());
    Some(RunningStatus { task, task_type, phase, done, of, cancelled: entry.cancelled })
}

fn recent(state: &State) -> Vec<RecentStatus> {
    let one = |summary: &crate::agent::entry::Summary| {
        let (outcome, _) = summary.ended.words();
        let code = if let Ended::Failed(code) = summary.ended { Some(code) } else { None };
        RecentStatus {
            task: summary.task.clone(),
            task_type: summary.task_type.clone(),
            outcome,
            code: code.map(ErrorCode::as_str),
            message: code.map(ErrorCode::sentence),
            remedy: code.map(ErrorCode::remedy),
            at_ms: summary.at,
            acknowledged: summary.acknowledged,
            refused: summary.refused,
        }
    };
    state.recent.iter().map(one).collect()
}
