//! What the agent can take right now, and what waits for what: the edge policy that no server can widen.

use crate::agent::state::{Said, State};
use crate::config::POLL_WAIT_MS;
use liaison_protocol::{Held, Poll, ReadyState, TaskType, WaitReason, Waiting, known_task_types};

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

/// What keeps a kind of task from being begun, and until when (`None`: until a person acts). The inner `None` of the
/// whole means that it may begin.
#[must_use]
pub fn wait_of(state: &State, kind: TaskType, now: i64) -> Option<(WaitReason, Option<i64>)> {
    if state.live.storage_failed_at.is_some() || state.set_aside.stops() || state.is_full() {
        return Some((WaitReason::Storage, None));
    }
    if state.settings.paused {
        return Some((WaitReason::Paused, None));
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
    match kind {
        TaskType::FetchConnections => None,
        TaskType::SendConnectionRequest => {
            let paced = state.pace.invite_wait(now).map(|(reason, until)| (reason, Some(until)));
            state.breakers.invite_wait(now).or(paced)
        }
    }
}

/// Whether a task of this kind may be begun now.
#[must_use]
pub fn takes(state: &State, kind: TaskType, now: i64) -> bool {
    let free = state.occupied_by().is_none() && state.live.draining.is_none();
    free && state.right_account() && wait_of(state, kind, now).is_none()
}

/// The kinds that wait.
#[must_use]
pub fn waiting_kinds(state: &State, now: i64) -> Vec<(TaskType, WaitReason, Option<i64>)> {
    let waits = |kind| wait_of(state, kind, now).map(|(reason, until)| (kind, reason, until));
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
            .map(|(kind, reason, _)| (kind.as_str(), reason))
            .collect(),
        held: state.tasks.values().map(|entry| (entry.task.clone(), entry.epoch, entry.phase())).collect(),
    }
}

/// The body of a poll that says `said`.
#[must_use]
pub fn poll_of(state: &State, said: &Said, wait_ms: u64, now: i64) -> Poll {
    let until = |kind: &str| {
        let found = waiting_kinds(state, now).into_iter().find(|(waiting, ..)| waiting.as_str() == kind);
        found.and_then(|(_, _, until)| until).and_then(|until| u64::try_from(until - now).ok())
    };
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
            .map(|&(kind, reason)| Waiting { task_type: kind.to_owned(), reason, for_ms: until(kind) })
            .collect(),
        held: said
            .held
            .iter()
            .map(|(task, epoch, phase)| Held { task: task.clone(), epoch: *epoch, phase: *phase })
            .collect(),
    }
}
