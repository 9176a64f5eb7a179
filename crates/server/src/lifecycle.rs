//! What may become of a task, as pure functions of its facts and the time. `docs/STATES.md` draws them.
//!
//! The store loads the facts, asks here, and writes down the answer in the same transaction.

mod state;

pub use state::{State, UnknownState};

use crate::clock::Timestamp;
use liaison_protocol::{DirectiveAction, ErrorCode, HeartbeatAction, HeldPhase, TaskType};

/// How long an offer stands, counted by the agent from its arrival.
pub const OFFER_MS: u64 = 15_000;
/// How long a lease lasts without a heartbeat (they come every 15 s, so three may be lost).
pub const LEASE_MS: u64 = 60_000;
/// How long after a start its effect may begin.
pub const ACT_WITHIN_MS: u64 = 20_000;
/// Before this much time the invitation may still be on its way, and looking for it would prove nothing.
pub const VERIFY_AFTER_MS: u64 = ACT_WITHIN_MS + 60_000;
/// How often a task is begun, or asked to be verified, before it is given up: one that ended its worker so often would
/// end the next one too.
pub const MAX_ATTEMPTS: u32 = 3;
/// How often in a row an invitation is offered without a sign that the offer arrived, before it is given up. An answer
/// that was lost and a worker that ended over it look alike from here, and the second must not go on until the
/// deadline. Each of them stands for [`OFFER_MS`], in which lost answers cost nothing.
pub const MAX_UNHEARD: u32 = MAX_ATTEMPTS;
/// How long a task that was returned is not offered to the same agent, unless that accepts something else meanwhile:
/// else one that takes and returns it would do so in a circle.
pub const REST_MS: u64 = 5_000;
/// A started task ends within a day.
pub const END_WITHIN_MS: u64 = 24 * HOUR_MS;
const HOUR_MS: u64 = 3_600_000;

/// How long a task may wait for its start.
#[must_use]
pub const fn start_within_ms(kind: TaskType) -> u64 {
    if kind.has_effect() { 7 * 24 * HOUR_MS } else { 24 * HOUR_MS }
}

/// What is known of a task and of the lease of its newest epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The kind.
    pub kind: TaskType,
    /// Where it is.
    pub state: State,
    /// The newest epoch; 0 before the first offer.
    pub epoch: u32,
    /// How often it was begun, what was returned not counted.
    pub attempt: u32,
    /// By when it has to be started.
    pub start_by: Timestamp,
    /// When it was first begun, unless all of that was returned.
    pub started_at: Option<Timestamp>,
    /// Whether somebody asked for its end.
    pub cancel_requested: bool,
    /// When the newest lease was offered, or asked to be verified, the last time that was not a repeat.
    pub offered_at: Option<Timestamp>,
    /// How often the newest lease was asked to be verified, what came back not counted.
    pub asked: u32,
    /// Whether that offer is known to have arrived.
    pub arrived: bool,
    /// How long the newest lease lasts.
    pub lease_until: Option<Timestamp>,
    /// Whether the newest lease was completed (which a task that is not over can only have been as `returned`).
    pub lease_closed: bool,
    /// Whether the newest lease was offered to the agent that asks now.
    pub own_lease: bool,
}

/// What to tell an agent about a task that it holds. `None`: nothing, it knows of a newer epoch than this database,
/// which was put back to an older state; whatever it did must be neither forgotten nor done again.
#[must_use]
pub fn directive(facts: &Facts, epoch: u32, phase: HeldPhase) -> Option<DirectiveAction> {
    if facts.state.is_over() || epoch < facts.epoch || (epoch == facts.epoch && facts.lease_closed) {
        Some(DirectiveAction::Abandon)
    } else if epoch > facts.epoch {
        None
    } else if phase == HeldPhase::Finished {
        Some(DirectiveAction::Resend)
    } else if facts.cancel_requested && keeps_busy(phase) {
        Some(DirectiveAction::Cancel)
    } else {
        Some(DirectiveAction::Continue)
    }
}

/// What the state of a held task becomes when its agent goes on with it: a task that was put back into the queue
/// because it seemed lost is taken out again.
#[must_use]
pub fn on_continue(facts: &Facts, phase: HeldPhase) -> State {
    match (facts.state, phase) {
        (State::Queued, _) if facts.kind.has_effect() => State::Offered,
        (State::Queued, _) => State::Started,
        (State::Started, HeldPhase::Verifying) if facts.kind.has_effect() => State::Verifying,
        (state, _) => state,
    }
}

/// Whether a held task keeps the account busy. One that is being verified, or waits to be acknowledged, does not.
#[must_use]
pub const fn keeps_busy(phase: HeldPhase) -> bool {
    matches!(phase, HeldPhase::Claimed | HeldPhase::Running)
}

/// What a heartbeat is answered with. What is being verified may have been sent: there is nothing left to stop.
#[must_use]
pub fn on_beat(facts: &Facts) -> HeartbeatAction {
    if facts.cancel_requested && facts.state == State::Started {
        HeartbeatAction::Cancel
    } else {
        HeartbeatAction::Continue
    }
}

/// What to do with a task in flight that its agent did not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unnamed {
    /// The answer with it may have been lost on its way: the same offer again.
    Repeat,
    /// An invitation was lost before its start: the same offer again, as one attempt more.
    Again,
    /// Back into the queue, to be offered under a new epoch.
    Requeue,
    /// Back into the queue as if it had never been offered: the answer with it never arrived, as far as is known, or
    /// another browser is asked now.
    Untouched,
    /// It was lost too often: it ends.
    GiveUp,
    /// It was to be cancelled, and its agent has gone: it ends.
    Cancel,
    /// Ask whether the invitation went out; it was started so long ago.
    Verify {
        /// Milliseconds since the start.
        since_ms: u64,
        /// Whether the answer that asked before may have been lost on its way, so that this is the same once more.
        repeat: bool,
    },
    /// Too early to say; the account is busy until then.
    Wait {
        /// When to look again.
        until: Timestamp,
    },
    /// Nothing; the task is not in flight, or was lost too often while it was to be verified.
    Nothing,
}

/// See [`Unnamed`].
#[must_use]
pub fn on_unnamed(facts: &Facts, now: Timestamp) -> Unnamed {
    match facts.state {
        State::Offered if !facts.own_lease => Unnamed::Untouched,
        State::Offered if is_fresh(facts, now) => Unnamed::Repeat,
        State::Offered if !facts.arrived => Unnamed::Untouched,
        State::Offered if may_begin(facts.attempt) => Unnamed::Again,
        State::Offered => Unnamed::GiveUp,
        State::Started if !facts.kind.has_effect() => match facts.lease_until {
            Some(until) if !facts.own_lease && now < until => Unnamed::Wait { until },
            _ if facts.cancel_requested => Unnamed::Cancel,
            _ if facts.own_lease && is_fresh(facts, now) => Unnamed::Repeat,
            _ => Unnamed::Requeue,
        },
        State::Started | State::Verifying => {
            let started_at = facts.started_at.unwrap_or(now);
            let due = started_at.plus_ms(VERIFY_AFTER_MS);
            let repeat = facts.asked > 0 && is_fresh(facts, now);
            if now < due {
                Unnamed::Wait { until: due }
            } else if repeat || facts.asked < MAX_ATTEMPTS {
                Unnamed::Verify { since_ms: now.ms_since(started_at), repeat }
            } else {
                // Its deadline ends it. Until then a proof is taken from whoever brings one.
                Unnamed::Nothing
            }
        }
        State::Queued | State::Completed | State::Failed => Unnamed::Nothing,
    }
}

/// Whether the answer with this offer may have been lost on its way, while the offer in it still stands.
fn is_fresh(facts: &Facts, now: Timestamp) -> bool {
    !facts.arrived && facts.offered_at.is_some_and(|offered_at| now < offered_at.plus_ms(OFFER_MS))
}

/// Whether a task may be offered once more. What was returned was not begun and doesn't count.
#[must_use]
pub const fn may_begin(attempt: u32) -> bool {
    attempt < MAX_ATTEMPTS
}

/// Whether an invitation may be offered once more, of which so many offers in a row are not known to have arrived.
#[must_use]
pub const fn may_be_heard(unheard: u32) -> bool {
    unheard < MAX_UNHEARD
}

/// What a caller's wish for a task's end does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnCancel {
    /// Nothing of it was begun that could have an effect: it ends at once.
    End,
    /// Its agent is asked to stop; when it doesn't say what it did, a read ends by then.
    Ask {
        /// The deadline from now on.
        end_by: Timestamp,
    },
    /// It is over: nothing changes.
    Nothing,
}

/// See [`OnCancel`]. Of a kind that this version doesn't know (`None`) nobody can say whether it had an effect.
#[must_use]
pub fn on_cancel(kind: Option<TaskType>, state: State, deadline_at: Timestamp, now: Timestamp) -> OnCancel {
    match state {
        State::Queued | State::Offered => OnCancel::End,
        // An agent that lives hears of it within 15 s.
        State::Started if kind.is_some_and(|kind| !kind.has_effect()) => {
            OnCancel::Ask { end_by: deadline_at.min(now.plus_ms(LEASE_MS)) }
        }
        State::Started | State::Verifying => OnCancel::Ask { end_by: deadline_at },
        State::Completed | State::Failed => OnCancel::Nothing,
    }
}

/// Why a call with a lease's token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fenced {
    /// A newer epoch took over, or the lease was returned.
    #[error("the lease was lost")]
    LeaseLost,
    /// The task ended.
    #[error("the task is closed")]
    TaskClosed,
    /// The token was completed with another body.
    #[error("another result was given before")]
    ResultConflict,
}

/// The lease that a call names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Its epoch.
    pub epoch: u32,
    /// Whether it was ever offered for verifying.
    pub verify: bool,
    /// When it was started.
    pub started_at: Option<Timestamp>,
    /// What it was completed with.
    pub result_hash: Option<Vec<u8>>,
}

/// What a `start` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnStart {
    /// The effect may begin.
    Start,
    /// It started before.
    Replay {
        /// Within which time its effect may begin. None at all when it is to be cancelled, or may end meanwhile: an
        /// agent that knows that it sent nothing then returns it, and one that doesn't know looks it up.
        act_within_ms: u64,
    },
}

/// Whether a token may start, in time. Only the newest epoch may: else two of them could.
///
/// # Errors
/// [`Fenced`] when it may not.
pub fn on_start(facts: &Facts, lease: &Lease, now: Timestamp) -> Result<OnStart, Fenced> {
    on_heartbeat(facts, lease)?;
    if let Some(started_at) = lease.started_at {
        let act_within_ms = if may_act_again(facts, started_at, now) { ACT_WITHIN_MS } else { 0 };
        Ok(OnStart::Replay { act_within_ms })
    } else if now < facts.start_by && !facts.cancel_requested {
        Ok(OnStart::Start)
    } else {
        Err(Fenced::TaskClosed)
    }
}

/// Whether the effect of a lease that was started may still begin: not where the task may end before it does, by its
/// deadline or by what a look finds.
fn may_act_again(facts: &Facts, started_at: Timestamp, now: Timestamp) -> bool {
    let ends_first = now.plus_ms(ACT_WITHIN_MS) >= started_at.plus_ms(END_WITHIN_MS);
    !facts.cancel_requested && facts.state != State::Verifying && !ends_first
}

/// Whether a heartbeat renews the lease.
///
/// # Errors
/// [`Fenced`] when it does not.
pub fn on_heartbeat(facts: &Facts, lease: &Lease) -> Result<(), Fenced> {
    if facts.state.is_over() {
        return Err(Fenced::TaskClosed);
    }
    if lease.epoch != facts.epoch || lease.result_hash.is_some() {
        return Err(Fenced::LeaseLost);
    }
    Ok(())
}

/// What a `complete` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnComplete {
    /// The same was said before: the same answer.
    Replay,
    /// Ends the task.
    End,
    /// Puts it back into the queue.
    Requeue,
    /// Ends it as cancelled: somebody asked for its end, and nothing of it was sent.
    Cancel,
    /// Is noted, and changes nothing: a newer offer is out, or the invitation may have been sent.
    Keep,
}

/// What becomes of a result. A late one is taken unless a newer epoch has started.
///
/// # Errors
/// [`Fenced`] when it is not taken.
pub fn on_complete(facts: &Facts, lease: &Lease, returned: bool, hash: &[u8]) -> Result<OnComplete, Fenced> {
    if let Some(before) = &lease.result_hash {
        return if before == hash { Ok(OnComplete::Replay) } else { Err(Fenced::ResultConflict) };
    }
    if facts.state.is_over() {
        return Err(Fenced::TaskClosed);
    }
    let newer = lease.epoch < facts.epoch;
    if newer && matches!(facts.state, State::Started | State::Verifying) {
        return Err(Fenced::LeaseLost);
    }
    // Only the token that was given leave to send can say that it sent nothing.
    let of_another = facts.kind.has_effect() && facts.state == State::Started && lease.started_at.is_none();
    Ok(match returned {
        false => OnComplete::End,
        // After a verify offer the agent may no longer have the journal that says "never sent".
        true if newer || of_another || lease.verify || facts.state == State::Verifying => OnComplete::Keep,
        true if facts.cancel_requested => OnComplete::Cancel,
        true => OnComplete::Requeue,
    })
}

/// The code of a task that is still not over at its deadline. A kind that this version doesn't know may have had an
/// effect.
#[must_use]
pub fn at_deadline(kind: Option<TaskType>, state: State, cancel_requested: bool) -> ErrorCode {
    match state {
        State::Started | State::Verifying if kind.is_none_or(TaskType::has_effect) => {
            ErrorCode::OutcomeUnknown
        }
        _ if cancel_requested => ErrorCode::Cancelled,
        _ => ErrorCode::Expired,
    }
}

#[cfg(test)]
mod tests;
