use super::*;
use DirectiveAction::{Abandon, Cancel, Continue, Resend};
use HeldPhase::{Claimed, Finished, Running, Verifying as Checking};
use State::{Completed, Failed, Offered, Queued, Started, Verifying};
use TaskType::{FetchConnections as Read, SendConnectionRequest as Invite};

const T0: Timestamp = Timestamp(1_000_000);

fn facts(kind: TaskType, state: State) -> Facts {
    Facts {
        kind,
        state,
        epoch: 2,
        attempt: 1,
        start_by: T0.plus_ms(start_within_ms(kind)),
        started_at: Some(T0),
        cancel_requested: false,
        offered_at: Some(T0),
        asked: 0,
        arrived: false,
        lease_until: Some(T0.plus_ms(LEASE_MS)),
        lease_closed: false,
        own_lease: true,
    }
}

const REPLAY: OnStart = OnStart::Replay { act_within_ms: ACT_WITHIN_MS };
const NO_MORE: OnStart = OnStart::Replay { act_within_ms: 0 };

fn cancelled(kind: TaskType, state: State) -> Facts {
    Facts { cancel_requested: true, ..facts(kind, state) }
}

fn lease(epoch: u32) -> Lease {
    Lease { epoch, verify: false, started_at: None, result_hash: None }
}

#[test]
fn held_tasks() {
    let table = [
        (Started, 2, Claimed, Some(Continue)),
        (Started, 2, Running, Some(Continue)),
        (Verifying, 2, Checking, Some(Continue)),
        (Offered, 2, Claimed, Some(Continue)),
        (Started, 2, Finished, Some(Resend)),
        (Queued, 2, Finished, Some(Resend)),
        (Started, 1, Running, Some(Abandon)),
        (Started, 1, Finished, Some(Abandon)),
        (Completed, 2, Finished, Some(Abandon)),
        (Failed, 2, Running, Some(Abandon)),
        (Started, 3, Running, None),
        (Started, 3, Finished, None),
    ];
    for (state, epoch, phase, expected) in table {
        assert_eq!(directive(&facts(Invite, state), epoch, phase), expected, "{state:?} {epoch} {phase:?}");
    }
    let returned = Facts { lease_closed: true, ..facts(Invite, Queued) };
    assert_eq!(directive(&returned, 2, Claimed), Some(Abandon));
}

#[test]
fn unnamed_tasks() {
    let due = T0.plus_ms(VERIFY_AFTER_MS);
    let early = due.minus_ms(1);
    let not_own = |kind, state| Facts { own_lease: false, ..facts(kind, state) };
    let lease_end = T0.plus_ms(LEASE_MS);
    let verify = |repeat| Unnamed::Verify { since_ms: VERIFY_AFTER_MS, repeat };
    let asked = |asked, at| Facts { asked, offered_at: Some(at), ..facts(Invite, Verifying) };
    let table = [
        (facts(Invite, Offered), T0.plus_ms(OFFER_MS - 1), Unnamed::Repeat),
        (facts(Invite, Offered), T0.plus_ms(OFFER_MS), Unnamed::Untouched),
        (Facts { attempt: 3, ..facts(Invite, Offered) }, T0.plus_ms(OFFER_MS), Unnamed::Untouched),
        (Facts { arrived: true, ..facts(Invite, Offered) }, T0, Unnamed::Again),
        (Facts { arrived: true, attempt: 2, ..facts(Invite, Offered) }, T0, Unnamed::Again),
        (Facts { arrived: true, attempt: 3, ..facts(Invite, Offered) }, T0, Unnamed::GiveUp),
        (Facts { attempt: 3, ..facts(Invite, Offered) }, T0, Unnamed::Repeat),
        (not_own(Invite, Offered), T0, Unnamed::Untouched),
        (facts(Read, Started), T0.plus_ms(OFFER_MS - 1), Unnamed::Repeat),
        (facts(Read, Started), T0.plus_ms(OFFER_MS), Unnamed::Requeue),
        (Facts { arrived: true, ..facts(Read, Started) }, T0, Unnamed::Requeue),
        (not_own(Read, Started), T0, Unnamed::Wait { until: lease_end }),
        (not_own(Read, Started), lease_end, Unnamed::Requeue),
        (facts(Invite, Started), early, Unnamed::Wait { until: due }),
        (facts(Invite, Started), due, verify(false)),
        (not_own(Invite, Verifying), due, verify(false)),
        (asked(1, due), due, verify(true)),
        (asked(3, due), due, verify(true)),
        (Facts { arrived: true, ..asked(1, due) }, due, verify(false)),
        (asked(2, due.minus_ms(OFFER_MS)), due, verify(false)),
        (asked(3, due.minus_ms(OFFER_MS)), due, Unnamed::Nothing),
        (Facts { arrived: true, ..asked(3, due) }, due, Unnamed::Nothing),
        (cancelled(Read, Started), T0, Unnamed::Cancel),
        (Facts { own_lease: false, ..cancelled(Read, Started) }, T0, Unnamed::Wait { until: lease_end }),
        (Facts { own_lease: false, ..cancelled(Read, Started) }, lease_end, Unnamed::Cancel),
        (cancelled(Invite, Started), due, verify(false)),
        (facts(Invite, Queued), due, Unnamed::Nothing),
        (facts(Invite, Failed), due, Unnamed::Nothing),
    ];
    for (facts, now, expected) in table {
        assert_eq!(on_unnamed(&facts, now), expected, "{facts:?}");
    }
}

#[test]
fn starts() {
    let started = Lease { started_at: Some(T0), ..lease(2) };
    let returned = Lease { result_hash: Some(vec![1]), ..lease(2) };
    let table = [
        (Offered, lease(2), Ok(OnStart::Start)),
        (Queued, lease(2), Ok(OnStart::Start)),
        (Started, started.clone(), Ok(REPLAY)),
        (Verifying, started.clone(), Ok(NO_MORE)),
        (Offered, lease(1), Err(Fenced::LeaseLost)),
        (Started, lease(1), Err(Fenced::LeaseLost)),
        (Queued, returned, Err(Fenced::LeaseLost)),
        (Failed, lease(2), Err(Fenced::TaskClosed)),
        (Completed, started, Err(Fenced::TaskClosed)),
    ];
    for (state, lease, expected) in table {
        assert_eq!(on_start(&facts(Invite, state), &lease, T0), expected, "{state:?} {lease:?}");
    }
}

#[test]
fn nothing_starts_past_its_deadline() {
    let offered = facts(Invite, Offered);
    let early = offered.start_by.minus_ms(1);
    let started = Lease { started_at: Some(T0), ..lease(2) };
    assert_eq!(on_start(&offered, &lease(2), early), Ok(OnStart::Start));
    assert_eq!(on_start(&offered, &lease(2), offered.start_by), Err(Fenced::TaskClosed));
    let late = Lease { started_at: Some(offered.start_by), ..lease(2) };
    assert_eq!(on_start(&facts(Invite, Started), &late, offered.start_by), Ok(REPLAY));
    assert_eq!(on_start(&facts(Invite, Started), &started, T0), Ok(REPLAY));
}

/// Who is given leave has the time to act from then on; a task that ended within it would be sent after its end.
#[test]
fn a_start_gives_no_time_again_when_the_task_may_end_before_the_effect() {
    let started = Lease { started_at: Some(T0), ..lease(2) };
    let last = T0.plus_ms(END_WITHIN_MS).minus_ms(ACT_WITHIN_MS + 1);
    let again = |state, now| on_start(&facts(Invite, state), &started, now);
    assert_eq!(again(Started, last), Ok(REPLAY));
    assert_eq!(again(Started, last.plus_ms(1)), Ok(NO_MORE));
    assert_eq!(again(Verifying, T0.plus_ms(VERIFY_AFTER_MS)), Ok(NO_MORE), "a look may end it");
}

#[test]
fn completions() {
    let done = Lease { result_hash: Some(vec![1]), ..lease(2) };
    let started = Lease { started_at: Some(T0), ..lease(2) };
    let verified = Lease { verify: true, ..started.clone() };
    let table = [
        (Started, lease(2), false, Ok(OnComplete::End)),
        (Queued, lease(2), false, Ok(OnComplete::End)),
        (Offered, lease(1), false, Ok(OnComplete::End)),
        (Started, lease(1), false, Err(Fenced::LeaseLost)),
        (Verifying, lease(1), false, Err(Fenced::LeaseLost)),
        (Failed, lease(2), false, Err(Fenced::TaskClosed)),
        (Completed, done.clone(), false, Ok(OnComplete::Replay)),
        (Queued, done, true, Ok(OnComplete::Replay)),
        (Offered, lease(2), true, Ok(OnComplete::Requeue)),
        (Started, started, true, Ok(OnComplete::Requeue)),
        (Started, lease(2), true, Ok(OnComplete::Keep)),
        (Started, lease(1), true, Err(Fenced::LeaseLost)),
        (Verifying, lease(1), true, Err(Fenced::LeaseLost)),
        (Offered, lease(1), true, Ok(OnComplete::Keep)),
        (Verifying, verified.clone(), true, Ok(OnComplete::Keep)),
        (Verifying, verified, false, Ok(OnComplete::End)),
    ];
    for (state, lease, returned, expected) in table {
        assert_eq!(
            on_complete(&facts(Invite, state), &lease, returned, &[1]),
            expected,
            "{state:?} {lease:?}"
        );
    }
    let other = Lease { result_hash: Some(vec![2]), ..lease(2) };
    assert_eq!(on_complete(&facts(Read, Completed), &other, false, &[1]), Err(Fenced::ResultConflict));
}

#[test]
fn deadlines() {
    for (kind, state, code) in [
        (Read, Queued, ErrorCode::Expired),
        (Read, Started, ErrorCode::Expired),
        (Invite, Queued, ErrorCode::Expired),
        (Invite, Offered, ErrorCode::Expired),
        (Invite, Started, ErrorCode::OutcomeUnknown),
        (Invite, Verifying, ErrorCode::OutcomeUnknown),
    ] {
        assert_eq!(at_deadline(Some(kind), state, false), code, "{kind:?} {state:?}");
    }
    assert_eq!(at_deadline(None, Offered, false), ErrorCode::Expired);
    assert_eq!(at_deadline(None, Started, false), ErrorCode::OutcomeUnknown);
    // That somebody wanted it no longer doesn't unsend an invitation.
    assert_eq!(at_deadline(Some(Read), Started, true), ErrorCode::Cancelled);
    assert_eq!(at_deadline(Some(Invite), Started, true), ErrorCode::OutcomeUnknown);
}

#[test]
fn a_task_is_begun_three_times() {
    assert!(may_begin(2));
    assert!(!may_begin(3));
}

#[test]
fn cancelling() {
    let end_by = T0.plus_ms(END_WITHIN_MS);
    let soon = T0.plus_ms(LEASE_MS);
    for (kind, state, expected) in [
        (Some(Read), Queued, OnCancel::End),
        (Some(Invite), Queued, OnCancel::End),
        (Some(Invite), Offered, OnCancel::End),
        (Some(Read), Started, OnCancel::Ask { end_by: soon }),
        (Some(Invite), Started, OnCancel::Ask { end_by }),
        (Some(Invite), Verifying, OnCancel::Ask { end_by }),
        (None, Queued, OnCancel::End),
        (None, Started, OnCancel::Ask { end_by }),
        (Some(Read), Completed, OnCancel::Nothing),
        (Some(Invite), Failed, OnCancel::Nothing),
    ] {
        assert_eq!(on_cancel(kind, state, end_by, T0), expected, "{kind:?} {state:?}");
    }
    let sooner = T0.plus_ms(1);
    assert_eq!(on_cancel(Some(Read), Started, sooner, T0), OnCancel::Ask { end_by: sooner });
}

#[test]
fn what_is_to_be_cancelled() {
    for (kind, state, phase, expected) in [
        (Read, Started, Running, Cancel),
        (Invite, Started, Claimed, Cancel),
        (Invite, Started, Running, Cancel),
        // The agent alone knows whether it has sent it.
        (Invite, Verifying, Running, Cancel),
        (Invite, Verifying, Checking, Continue),
        (Invite, Started, Finished, Resend),
    ] {
        assert_eq!(
            directive(&cancelled(kind, state), 2, phase),
            Some(expected),
            "{kind:?} {state:?} {phase:?}"
        );
    }
    assert_eq!(on_beat(&cancelled(Read, Started)), HeartbeatAction::Cancel);
    assert_eq!(on_beat(&cancelled(Invite, Verifying)), HeartbeatAction::Continue);
    assert_eq!(on_beat(&facts(Read, Started)), HeartbeatAction::Continue);
    let started = Lease { started_at: Some(T0), ..lease(2) };
    let asked = cancelled(Invite, Started);
    assert_eq!(on_start(&asked, &started, T0), Ok(OnStart::Replay { act_within_ms: 0 }));
    assert_eq!(on_complete(&asked, &started, true, &[1]), Ok(OnComplete::Cancel));
    assert_eq!(on_complete(&asked, &started, false, &[1]), Ok(OnComplete::End));
    // Whoever was asked to verify may not know what became of it.
    let verified = Lease { verify: true, ..started };
    assert_eq!(on_complete(&cancelled(Invite, Verifying), &verified, true, &[1]), Ok(OnComplete::Keep));
}
