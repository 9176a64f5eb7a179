//! How the agent stands, for whoever is asked for help: codes and counts, and nothing by which a person, their account, their
//! server or a task could be told. It is made here, where its types let through no text of theirs, and a page only adds what
//! browser it is.

use crate::agent::entry::{Entry, Summary};
use crate::agent::settings::Settings;
use crate::agent::state::{Pairing, State};
use crate::agent::status::{Problem, Usage, status};
use liaison_protocol::{Fallback, HeldPhase, known_task_types};
use serde::Serialize;

/// See the module. Times are milliseconds before now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The extension's version.
    version: String,
    /// The status in one word.
    state: &'static str,
    /// What needs the person.
    attention: Option<&'static str>,
    /// What kind of server it works for.
    server: Option<ReportedServer>,
    /// `connecting`, `connected`, `waiting`, `failing` or `unreachable`.
    contact: &'static str,
    /// How long ago the server last answered this worker.
    contact_ms_ago: Option<i64>,
    /// What is wrong with its answers, or why there are none.
    contact_problem: Option<&'static str>,
    /// Polls that failed, in a row.
    poll_failures: u32,
    /// `signed_in`, `signed_out`, `wrong_account` or `unknown`.
    linkedin: &'static str,
    /// Why the last look at who is signed in told nothing.
    linkedin_problem: Option<&'static str>,
    /// The way by which lists are read when it is not the first.
    fallback: Option<Fallback>,
    /// What waits.
    waiting: Vec<ReportedWait>,
    /// The journal.
    held: Vec<ReportedTask>,
    /// The last results, newest first.
    recent: Vec<ReportedEnd>,
    /// How many invitations wait for the person's word, or have it and wait still.
    approvals: usize,
    /// How many invitations count now.
    usage: Usage,
    /// The settings in force.
    settings: Settings,
    /// Lines of the log.
    log_lines: usize,
    /// Records that were set aside: what kind they are, without the names in their keys.
    set_aside: Vec<&'static str>,
    /// Whether storage refuses writes.
    storage_fails: bool,
}

/// See [`Report::server`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct ReportedServer {
    /// Whether it is on this computer.
    local: bool,
    /// Whether it is asked for leave to send.
    start: bool,
    /// Whether it is told that a task is alive.
    heartbeat: bool,
}

/// See [`Report::waiting`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct ReportedWait {
    task_type: &'static str,
    reason: &'static str,
    for_ms: Option<i64>,
}

/// See [`Report::held`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct ReportedTask {
    task_type: &'static str,
    phase: HeldPhase,
    cancelled: bool,
    workers_ended: u8,
}

/// See [`Report::recent`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct ReportedEnd {
    task_type: &'static str,
    outcome: &'static str,
    code: Option<&'static str>,
    ms_ago: i64,
    acknowledged: bool,
}

/// Makes the report.
#[must_use]
pub fn report(state: &State, now: i64) -> Report {
    let status = status(state, now);
    let code = |problem: &Problem| problem.code;
    Report {
        version: status.version,
        state: status.state,
        attention: status.attention.as_ref().map(code),
        server: state.pairing.as_deref().map(server),
        contact: status.contact.state,
        contact_ms_ago: status.contact.last_ms_ago,
        contact_problem: status.contact.error.as_ref().map(code),
        poll_failures: state.live.poll_failures,
        linkedin: status.linkedin,
        linkedin_problem: state.live.me_problem.map(|code| code.as_str()),
        fallback: status.fallback,
        waiting: status
            .waiting
            .iter()
            .map(|wait| ReportedWait { task_type: wait.task_type, reason: wait.reason, for_ms: wait.for_ms })
            .collect(),
        held: state.tasks.values().map(|entry| task(entry)).collect(),
        recent: state.recent.iter().map(|summary| end(summary, now)).collect(),
        approvals: status.approvals.len(),
        usage: status.usage,
        settings: status.settings,
        log_lines: state.log.export().len(),
        set_aside: state.set_aside.kinds().collect(),
        storage_fails: state.live.storage_failed_at.is_some(),
    }
}

fn server(pairing: &Pairing) -> ReportedServer {
    ReportedServer {
        local: pairing.server.is_local(),
        start: pairing.has_start(),
        heartbeat: pairing.has_heartbeat(),
    }
}

fn task(entry: &Entry) -> ReportedTask {
    ReportedTask {
        task_type: kind(&entry.task_type),
        phase: entry.phase(),
        cancelled: entry.cancelled,
        workers_ended: entry.workers_ended,
    }
}

fn end(summary: &Summary, now: i64) -> ReportedEnd {
    let (outcome, code) = summary.ended.words();
    ReportedEnd {
        task_type: kind(&summary.task_type),
        outcome,
        code,
        ms_ago: now.saturating_sub(summary.at),
        acknowledged: summary.acknowledged,
    }
}

/// What a server calls a kind that nobody knows may be anything.
fn kind(name: &str) -> &'static str {
    known_task_types().into_iter().map(|kind| kind.as_str()).find(|known| *known == name).unwrap_or("other")
}
