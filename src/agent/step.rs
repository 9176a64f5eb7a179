//! The decision: `step(state, event, now)` gives the next state, what to do, and when to wake. Pure.
//!
//! An event handler only changes the state. Whatever is then due is found by one function, `Turn::schedule`, from the
//! state alone; so a restarted worker needs no plan of its own, and an effect can't be forgotten or asked for twice.

mod approval;
mod check;
mod checking;
mod contact;
mod invitation;
mod offer;
mod outcome;
mod person;
mod polling;
mod posting;
mod reading;
mod schedule;
mod signal;

use crate::agent::entry::{Entry, Stage, Verification};
use crate::agent::event::{Effect, Event, SiteOutcome, Trouble};
use crate::agent::state::State;
use crate::agent::status::{Answer, Problem};
use crate::config::{ME_RETRY_MS, MOST_DISCARDED, WORKERS_ENDED};
use liaison_protocol::{ErrorCode, TaskFailure};
use std::rc::Rc;

/// What a step leads to.
#[derive(Debug)]
pub struct Transition {
    /// The next state. Its durable part must be saved before any effect is performed.
    pub state: State,
    /// What to do, in order.
    pub effects: Vec<Effect>,
    /// When to send [`Event::Woken`] at the latest.
    pub wake_at: Option<i64>,
}

/// What follows when the writes of a step failed.
#[derive(Debug)]
pub struct AfterWriteFailure {
    /// Nothing is done, nothing is accepted; the server is told why.
    pub transition: Transition,
    /// The event tells of something that has happened: it must be taken in later.
    pub keep: bool,
}

/// One decision. Never panics, never waits, reads no clock.
#[must_use]
pub fn step(state: &State, event: &Event, now: i64) -> Transition {
    let mut turn = Turn { state: state.clone(), effects: Vec::new(), now, wake_at: None };
    turn.state.settle(now);
    turn.handle(event);
    turn.schedule();
    turn.signal();
    turn.state.stamp_changed(state);
    Transition { state: turn.state, effects: turn.effects, wake_at: turn.wake_at }
}

/// What follows when the writes of a step failed: its state and effects are thrown away.
#[must_use]
pub fn after_write_failure(state: &State, event: &Event, now: i64) -> AfterWriteFailure {
    let mut turn = Turn { state: state.clone(), effects: Vec::new(), now, wake_at: None };
    turn.state.live.storage_failed_at = Some(now);
    let mut keep = false;
    match event {
        Event::Polled { .. } => turn.drop_poll(),
        Event::Command(id, _) | Event::Paired { id, .. } => {
            turn.answer(*id, Answer::refused(storage_problem()))
        }
        Event::Woken => {}
        Event::Booted
        | Event::SessionChanged
        | Event::PermissionsChanged
        | Event::Started { .. }
        | Event::Beaten { .. }
        | Event::Completed { .. }
        | Event::Site { .. }
        | Event::Probed { .. } => keep = true,
    }
    // A poll needs no write, and the server is told why nothing is accepted.
    if turn.state.live.booted {
        turn.schedule_poll();
    }
    turn.wake(now.saturating_add_unsigned(crate::config::STORAGE_RETRY_MS));
    let Turn { state, effects, wake_at, .. } = turn;
    AfterWriteFailure { transition: Transition { state, effects, wake_at }, keep }
}

/// Notes that the last writes of an earlier browser session may be missing.
const fn mark_carried(entry: &mut Entry) {
    if let Stage::Asking { carried, .. } | Stage::Checking { carried, .. } | Stage::Starting { carried, .. } =
        &mut entry.stage
    {
        *carried = true;
    }
}

fn storage_problem() -> Problem {
    Problem::new("storage", "The browser's storage refused the write", "Free some disk space and try again")
        .said("not_written", Vec::new())
}

/// One step in the making.
struct Turn {
    state: State,
    effects: Vec<Effect>,
    now: i64,
    wake_at: Option<i64>,
}

impl Turn {
    fn handle(&mut self, event: &Event) {
        match event {
            Event::Booted => self.resume(),
            Event::Woken => self.probe_storage(),
            Event::SessionChanged => self.session_changed(),
            Event::PermissionsChanged => self.permissions_changed(),
            Event::Command(id, command) => self.command(*id, command),
            Event::Polled { generation, sent_at, reply } => self.polled(*generation, *sent_at, reply),
            Event::Started { task, reply } => self.started(task, reply),
            Event::Beaten { task, reply } => self.beaten(task, reply),
            Event::Completed { task, reply } => self.completed(task, reply),
            Event::Site { task, outcome } => self.site(task.as_deref(), outcome),
            Event::Paired { id, request, identity, result } => self.paired(*id, request, identity, result),
            Event::Probed { id, answer, served } => self.probed(*id, answer, served.as_deref()),
        }
    }

    /// Goes on from the journal. What an entry of each stage means to a new worker:
    ///
    /// - a read goes on after its last page;
    /// - "about to send" was written: it may have been sent, so it is looked for and never sent again;
    /// - an entry before that, of the same browser session, was not sent: `start` is asked again. Of an earlier
    ///   session it may have been, its last writes being lost: the server's `replayed` tells, and a server without
    ///   `start` can't, so it is looked for;
    /// - one that waits for its person goes on waiting;
    /// - a result is posted again;
    /// - one whose note went with the browser's session is not sent without: see [`Turn::let_go`].
    fn resume(&mut self) {
        self.state.live.booted = true;
        let has_start = self.state.pairing.as_ref().is_some_and(|pairing| pairing.has_start());
        let session = self.state.session.clone();
        let now = self.now;
        let State { tasks, ledger, .. } = &mut self.state;
        for entry in tasks.values_mut() {
            let same_session = entry.same_session(&session);
            if !same_session && (has_start || matches!(entry.stage, Stage::Asking { .. })) {
                mark_carried(Rc::make_mut(entry));
            }
            let (input, at) = match &entry.stage {
                Stage::Sending { input, at } => (input, *at),
                Stage::Starting { input, at, .. } | Stage::Checking { input, at, .. }
                    if !same_session && !has_start =>
                {
                    (input, *at)
                }
                Stage::Starting { input, at, carried, .. } => {
                    let stage =
                        Stage::Starting { input: input.clone(), at: *at, tries: 0, carried: *carried };
                    Rc::make_mut(entry).stage = stage;
                    continue;
                }
                Stage::Checking { input, at, carried: true, .. } if has_start => {
                    // It may have got further than the disk has.
                    let stage = Stage::Starting { input: input.clone(), at: *at, tries: 0, carried: true };
                    Rc::make_mut(entry).stage = stage;
                    continue;
                }
                _ => continue,
            };
            let profile = input.profile.as_str().to_owned();
            let search = Verification {
                profile,
                sent_at: at,
                clock_ahead: ledger.clock_ahead(at),
                counted_from: at.min(now),
                looks: 0,
                refused_with: None,
                on_request: false,
                gives_back: false,
            };
            let entry = Rc::make_mut(entry);
            (entry.stage, entry.touched) = (Stage::Verifying(search), true);
        }
        self.let_go();
        if self.state.session.is_empty() {
            self.state.session = format!("{:016x}", self.state.random());
        }
        self.count_ended_worker();
    }

    /// A task that has ended its worker again and again, an answer being more than this version can bear, would do so for
    /// ever: it ends instead. One that an earlier browser session may have got further with goes on.
    fn count_ended_worker(&mut self) {
        let Some(task) = self.state.pace.in_call.take() else { return };
        let Some(entry) = self.state.entry_mut(&task) else { return };
        entry.workers_ended = entry.workers_ended.saturating_add(1);
        if entry.workers_ended < WORKERS_ENDED {
            return;
        }
        let code = match &entry.stage {
            Stage::Walking(_) => ErrorCode::Upstream,
            Stage::Checking { carried: false, .. } => ErrorCode::Expired,
            Stage::Verifying(_) => ErrorCode::OutcomeUnknown,
            _ => return,
        };
        let detail = format!("the extension's worker ended {WORKERS_ENDED} times over it");
        self.fail_with(&task, &TaskFailure::new(code).with_detail(&detail));
    }

    /// What was not started and has lost its note is given back, to be offered again with it. If an earlier session may have
    /// started or sent it, the last writes being missing, the server or the list of sent invitations is asked first.
    fn let_go(&mut self) {
        let lost: Vec<Rc<Entry>> =
            self.state.tasks.values().filter(|entry| entry.lacks_note()).cloned().collect();
        for entry in lost {
            match &entry.stage {
                Stage::Asking { input, carried: true, .. } if self.has_start() => {
                    self.ask_about(&entry, input);
                }
                Stage::Asking { input, carried: true, .. } => {
                    let then = self.state.ledger.clock_ahead(entry.accepted_at);
                    self.search_once(&entry.task, input, then);
                }
                Stage::Asking { .. } | Stage::Checking { carried: false, .. } => self.give_back(&entry.task),
                _ => {}
            }
        }
    }

    /// After a failed write nothing is accepted, so nothing would be written: a write that only tries tells when storage
    /// is well again.
    fn probe_storage(&mut self) {
        if self.state.live.storage_failed_at.is_some() {
            self.state.storage_probes = self.state.storage_probes.wrapping_add(1);
        }
    }

    /// Somebody signed in or out, or may have. What LinkedIn is answering now may be another member's: it is thrown away
    /// and asked for again, all but the answer to an invitation.
    fn session_changed(&mut self) {
        let State { tasks, live, .. } = &mut self.state;
        live.me_stale = live.asking_me;
        for (task, live) in live.tasks.iter_mut() {
            let reads = tasks.get(task).is_some_and(|entry| entry.reads());
            live.stale |= live.calling && reads;
        }
        self.check_anew();
        self.state.account = None;
        self.state.live.signed_in = None;
        self.state.waits.me_at = self.now;
    }

    /// Lets the breakers alone hear of a refusal.
    fn heed(&mut self, trouble: &Trouble) {
        self.state.breakers.trip(trouble.code, trouble.retry_after_ms, self.now);
    }

    /// Without the permission for LinkedIn nothing is heard of its cookies, so the member may have changed too.
    fn permissions_changed(&mut self) {
        self.session_changed();
        self.state.live.no_permission = false;
        self.state.live.contact_problem.take_if(|problem| problem.code == "no_permission");
        self.poll_now();
    }

    fn site(&mut self, task: Option<&str>, outcome: &SiteOutcome) {
        let is_gone = |task: &str| !self.state.tasks.contains(task);
        let is_gone = task.is_some_and(is_gone);
        if task.is_some_and(|task| !self.call_ended(task)) || is_gone {
            // What LinkedIn refuses it refuses whoever asked, and though its task is gone.
            return outcome.trouble().into_iter().for_each(|trouble| self.heed(trouble));
        }
        if let Some(entry) = task.filter(|_| outcome.was_asked()).and_then(|task| self.state.entry_mut(task))
        {
            entry.touched = true;
        }
        match (task, outcome) {
            (_, SiteOutcome::Me(result)) => self.me(result),
            (Some(task), SiteOutcome::List(asked, result)) => self.page(task, *asked, result),
            (None, SiteOutcome::List(_, result)) => self.checked_list(result),
            (Some(task), SiteOutcome::Total(result)) => self.total(task, result),
            (Some(task), SiteOutcome::Sent(result)) => self.looked(task, result),
            (Some(task), SiteOutcome::Invite { outcome, clock_ahead_ms }) => {
                self.invited(task, outcome, *clock_ahead_ms);
            }
            (None, _) => {}
        }
    }

    /// Notes that a task's open call was answered. `false` when the answer is to an entry that is gone.
    fn call_ended(&mut self, task: &str) -> bool {
        let again_at = self.now.saturating_add(ME_RETRY_MS);
        self.state.pace.in_call.take_if(|asked| asked == task);
        if self.state.tasks.get(task).is_some_and(|entry| entry.workers_ended > 0)
            && let Some(entry) = self.state.entry_mut(task)
        {
            entry.workers_ended = 0;
        }
        let live = self.state.live_mut(task);
        live.calling = false;
        let is_stale = std::mem::take(&mut live.stale);
        live.discarded = if is_stale { live.discarded.saturating_add(1) } else { 0 };
        if live.discarded > MOST_DISCARDED {
            // A session that changes with every answer must not be asked without end.
            live.call_at = again_at;
        }
        !is_stale
    }

    fn answer(&mut self, id: u64, answer: Answer) {
        self.effects.push(Effect::Answer(id, answer));
    }

    /// Asks to be woken at `at`, or earlier.
    fn wake(&mut self, at: i64) {
        self.wake_at = Some(self.wake_at.map_or(at, |other| other.min(at)));
    }
}
