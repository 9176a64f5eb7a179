use super::*;
use DirectiveAction::{Abandon, Continue, Resend};
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
        lease_started_at: Some(T0),
        arrived: false,
        lease_until: Some(T0.plus_ms(LEASE_MS)),
        lease_closed: false,
        own_lease: true,
    }
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
    let table = [
        (facts(Invite, Offered), T0, Unnamed::Repeat),
        (not_own(Invite, Offered), T0, Unnamed::Requeue),
        (facts(Read, Started), T0.plus_ms(OFFER_MS - 1), Unnamed::Repeat),
        (facts(Read, Started), T0.plus_ms(OFFER_MS), Unnamed::Requeue),
        (Facts { arrived: true, ..facts(Read, Started) }, T0, Unnamed::Requeue),
        (not_own(Read, Started), T0, Unnamed::Wait { until: lease_end }),
        (not_own(Read, Started), lease_end, Unnamed::Requeue),
        (facts(Invite, Started), early, Unnamed::Wait { until: due }),
        (facts(Invite, Started), due, Unnamed::Verify { since_ms: VERIFY_AFTER_MS }),
        (not_own(Invite, Verifying), due, Unnamed::Verify { since_ms: VERIFY_AFTER_MS }),
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
        (Started, started.clone(), Ok(OnStart::Replay)),
        (Verifying, started.clone(), Err(Fenced::LeaseLost)),
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
    assert_eq!(on_start(&facts(Invite, Started), &late, offered.start_by), Ok(OnStart::Replay));
    assert_eq!(on_start(&facts(Invite, Started), &started, T0), Ok(OnStart::Replay));
}

/// Who is given leave has the time to act from then on; a task that ended within it would be sent after its end.
#[test]
fn a_start_is_not_repeated_when_the_task_may_end_before_the_effect() {
    let started = Lease { started_at: Some(T0), ..lease(2) };
    let last = T0.plus_ms(END_WITHIN_MS).minus_ms(ACT_WITHIN_MS + 1);
    let again = |state, now| on_start(&facts(Invite, state), &started, now);
    assert_eq!(again(Started, last), Ok(OnStart::Replay));
    assert_eq!(again(Started, last.plus_ms(1)), Err(Fenced::TaskClosed));
    assert_eq!(again(Verifying, T0.plus_ms(VERIFY_AFTER_MS)), Err(Fenced::LeaseLost), "a look may end it");
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
        assert_eq!(at_deadline(Some(kind), state), code, "{kind:?} {state:?}");
    }
    assert_eq!(at_deadline(None, Offered), ErrorCode::Expired);
    assert_eq!(at_deadline(None, Started), ErrorCode::OutcomeUnknown);
}

#[test]
fn a_read_is_begun_three_times() {
    assert!(may_begin(Read, 2));
    assert!(!may_begin(Read, 3));
    assert!(may_begin(Invite, 9));
}
