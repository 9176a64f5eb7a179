//! What the agent can take right now, and what waits for what: the edge policy that no server can widen.

use crate::agent::entry::{Entry, Stage};
use crate::agent::state::{Said, State};
use crate::agent::status::usage;
use crate::config::{LONG_GAP_MS, POLL_WAIT_MS};
use liaison_protocol::{
    Held, Poll, ReadyState, SendConnectionRequest, TaskType, Usage, Used, WaitReason, Waiting,
    known_task_types,
};

/// The agent as a whole.
#[must_use]
pub fn ready_state(state: &State) -> ReadyState {
    if state.is_still() {
        return ReadyState::Paused;
    }
    if state.breakers.latched.is_some() {
        return ReadyState::Latched;
    }
    if state.live.signed_in == Some(false) {
        return ReadyState::SignedOut;
    }
    if state.account.is_some() && !state.right_account() {
        return ReadyState::WrongAccount;
    }
    ReadyState::Ready
}

/// What keeps a kind of task from being begun, and until when (the inner `None`: until a person acts); `None` when it
/// may begin. The one place that decides why a task waits: a poll, the popup and the agent itself go by it.
#[must_use]
pub fn wait_of(state: &State, kind: TaskType, now: i64) -> Option<(WaitReason, Option<i64>)> {
    if state.live.storage_failed_at.is_some() || state.is_full() {
        return Some((WaitReason::Storage, None));
    }
    hindrance(state, kind, now)
}

/// The same for a task that is held already, whose way needs no new record: all but failing storage.
#[must_use]
pub fn hindrance(state: &State, kind: TaskType, now: i64) -> Option<(WaitReason, Option<i64>)> {
    if state.set_aside.stops() {
        return Some((WaitReason::Storage, None));
    }
    if state.settings.paused {
        return Some((WaitReason::Paused, None));
    }
    if !state.settings.allows(kind) {
        return Some((WaitReason::KindOff, None));
    }
    if let Some(wait) = state.breakers.all_wait(now) {
        return Some(wait);
    }
    if state.live.signed_in == Some(false) || state.live.no_permission {
        return Some((WaitReason::SignedOut, None));
    }
    if state.account.is_some() && !state.right_account() {
        return Some((WaitReason::WrongAccount, None));
    }
    if state.account.is_none() && state.live.me_problem.is_some() {
        // Who is signed in could not be learnt: as good as nobody.
        return Some((WaitReason::SignedOut, None));
    }
    match kind {
        TaskType::FetchConnections => hours_wait(state, now),
        TaskType::SendConnectionRequest => invite_wait(state, now),
    }
}

/// What is said of invitations alone: first what needs a person, then what lasts longest.
fn invite_wait(state: &State, now: i64) -> Option<(WaitReason, Option<i64>)> {
    if asked(state).any(|(_, _, approved)| !approved) {
        return Some((WaitReason::Approval, None));
    }
    let limits = state.settings.limits();
    let note = || {
        let waits = asked(state).any(|(_, input, _)| input.note.is_some());
        let until = state.breakers.note_wait_ms(now).filter(|_| waits)?;
        Some((WaitReason::NoteLimit, Some(now.saturating_add_unsigned(until))))
    };
    let pacing = || {
        let gap = state.ledger.gap_wait(now, limits).max(Some(state.pace.next_invite_at));
        gap.filter(|&until| until > now).map(|until| (WaitReason::Pacing, Some(until)))
    };
    let wait = state.breakers.invite_wait(now).or_else(note).or_else(|| state.ledger.cap_wait(now, limits));
    let wait = wait.or_else(|| hours_wait(state, now)).or_else(|| look_wait(state, now));
    wait.or_else(pacing)
}

/// What the reading of the sent invitations lets an invitation wait for: it is taken only when it may go at once.
fn look_wait(state: &State, now: i64) -> Option<(WaitReason, Option<i64>)> {
    let account = state.account.as_deref()?;
    let wait = state.ledger.look_wait(now, account);
    let paced = || {
        let has_start = state.pairing.as_ref().is_some_and(|pairing| pairing.has_start());
        let looks = !has_start || state.ledger.wants_look(now, account);
        let until = state.pace.next_read_at;
        (looks && until.saturating_sub(now) > LONG_GAP_MS).then_some((WaitReason::Pacing, Some(until)))
    };
    wait.or_else(paced)
}

/// What the person's hours let a task wait for.
fn hours_wait(state: &State, now: i64) -> Option<(WaitReason, Option<i64>)> {
    let hours = state.settings.hours.filter(|hours| !hours.is_open(now, &state.live.zone))?;
    Some((WaitReason::WorkingHours, hours.next_change(now, &state.live.zone)))
}

/// When the person's hours begin or end next.
#[must_use]
pub fn hours_change(state: &State, now: i64) -> Option<i64> {
    state.settings.hours.and_then(|hours| hours.next_change(now, &state.live.zone))
}

/// Whether now is outside the person's hours.
#[must_use]
pub fn is_after_hours(state: &State, now: i64) -> bool {
    hours_wait(state, now).is_some()
}

/// Whether a list that is being read stops after its page: its kind was switched off, or the hours are over. Until
/// when, if that is known. (A pause, a latch and another member stop every call.)
#[must_use]
pub fn walk_wait(state: &State, now: i64) -> Option<Option<i64>> {
    if !state.settings.allows(TaskType::FetchConnections) {
        return Some(None);
    }
    hours_wait(state, now).map(|(_, until)| until)
}

/// The invitations that wait for the person's word, or have it: entry, input, whether they have it.
pub fn asked(state: &State) -> impl Iterator<Item = (&Entry, &SendConnectionRequest, bool)> {
    state.tasks.values().filter_map(|entry| match &entry.stage {
        Stage::Asking { input, approved, .. } => Some((entry.as_ref(), input, *approved)),
        _ => None,
    })
}

/// Whether a task of this kind may be begun now.
#[must_use]
pub fn takes(state: &State, kind: TaskType, now: i64) -> bool {
    let free = state.occupied_by().is_none() && state.live.draining.is_none();
    // One invitation at a time: the one that was asked for goes first.
    let next = kind != TaskType::SendConnectionRequest || asked(state).next().is_none();
    free && next && state.right_account() && wait_of(state, kind, now).is_none()
}

/// The kinds that wait. While LinkedIn limits notes, invitations are named with `note_limit` though they are taken: those
/// with a note wait.
#[must_use]
pub fn waiting_kinds(state: &State, now: i64) -> Vec<(TaskType, WaitReason, Option<i64>)> {
    let noted = |kind: TaskType| {
        let until = state.breakers.note_wait_ms(now).filter(|_| kind == TaskType::SendConnectionRequest)?;
        Some((WaitReason::NoteLimit, Some(now.saturating_add_unsigned(until))))
    };
    let waits = |kind| {
        let wait = wait_of(state, kind, now).or_else(|| noted(kind));
        wait.map(|(reason, until)| (kind, reason, until))
    };
    known_task_types().into_iter().filter_map(waits).collect()
}

/// What a poll sent now would say.
#[must_use]
pub fn said(state: &State, now: i64) -> Said {
    Said {
        account: state.account.clone(),
        state: ready_state(state),
        accepts: known_task_types()
            .into_iter()
            .filter(|&kind| takes(state, kind, now))
            .map(TaskType::as_str)
            .collect(),
        waiting: waiting_kinds(state, now)
            .into_iter()
            .map(|(kind, reason, until)| (kind.as_str(), reason, until))
            .collect(),
        held: state.tasks.values().map(|entry| (entry.task.clone(), entry.epoch, entry.phase())).collect(),
    }
}

/// The body of a poll that says `said`.
#[must_use]
pub fn poll_of(state: &State, said: &Said, wait_ms: u64, now: i64) -> Poll {
    let left = |until: Option<i64>| until.and_then(|until| u64::try_from(until - now).ok());
    let wants_usage = state.pairing.as_ref().is_some_and(|pairing| pairing.wants_usage());
    Poll {
        instance: state.pairing.as_ref().map(|pairing| pairing.instance.clone()).unwrap_or_default(),
        version: state.live.version.clone(),
        account: said.account.clone(),
        wait_ms: wait_ms.min(POLL_WAIT_MS),
        state: said.state,
        accepts: said.accepts.iter().map(|&kind| kind.to_owned()).collect(),
        waiting: said
            .waiting
            .iter()
            .map(|&(kind, reason, until)| Waiting { task_type: kind.to_owned(), reason, for_ms: left(until) })
            .collect(),
        held: said
            .held
            .iter()
            .map(|(task, epoch, phase)| Held { task: task.clone(), epoch: *epoch, phase: *phase })
            .collect(),
        usage: wants_usage.then(|| told_usage(state, now)),
    }
}

/// No part of what is said: that it has changed is no reason to break a parked poll off.
fn told_usage(state: &State, now: i64) -> Usage {
    let counted = usage(state, now);
    let of = |used: usize, limit: usize| Used { used: used as u64, limit: limit as u64 };
    Usage { day: of(counted.day, counted.day_limit), week: of(counted.week, counted.week_limit) }
}
