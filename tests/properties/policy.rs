//! Pace and settings: whatever is set and however the clock is turned, no window holds more than a ceiling.

use liaison::agent::readiness::hindrance;
use liaison::agent::state::State;
use liaison_protocol::TaskType;
use proptest::collection::vec;
use proptest::prelude::*;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const T0: i64 = 1_795_305_600_000;

/// What may happen between two invitations.
#[derive(Clone, Debug)]
enum Turn {
    /// So many are wanted, one every so many ms.
    Want(u16, i64),
    /// Time passes.
    Pass(i64),
    /// The clock is set.
    Jump(i64),
    /// Settings, as a damaged or hostile record may have them.
    Set([i64; 4]),
}

fn number() -> impl Strategy<Value = i64> {
    prop_oneof![Just(i64::MAX), Just(i64::MIN), Just(0), 0..300_i64, 0..20_000_i64, any::<i64>()]
}

fn turn(jumps: std::ops::Range<i64>) -> impl Strategy<Value = Turn> {
    prop_oneof![
        4 => (1..160_u16, 1_000..30_000_i64).prop_map(|(count, gap)| Turn::Want(count, gap)),
        3 => prop_oneof![0..2 * HOUR, 0..2 * DAY, 0..9 * DAY].prop_map(Turn::Pass),
        2 => prop_oneof![jumps.clone(), jumps.clone().prop_map(|ms| ms / 24), jumps.prop_map(|ms| ms / 3_600)]
            .prop_map(Turn::Jump),
        2 => [number(), number(), number(), number()].prop_map(Turn::Set),
    ]
}

/// What was sent: by the clock on the wall, and by one that never jumps.
fn sent(turns: &[Turn]) -> (Vec<i64>, Vec<i64>) {
    let mut state = State::default();
    let (mut steady, mut ahead) = (T0, 0);
    let (mut walls, mut steadies) = (Vec::new(), Vec::new());
    for turn in turns {
        match turn {
            Turn::Want(count, gap) => {
                for n in 0..*count {
                    let now = steady + ahead;
                    state.settle(now);
                    if hindrance(&state, TaskType::SendConnectionRequest, now).is_none() {
                        state.pace.note_invite(now, state.settings.limits(), u64::from(n));
                        state.ledger.note(now, &steady.to_string());
                        walls.push(now);
                        steadies.push(steady);
                    }
                    steady += gap;
                }
            }
            Turn::Pass(ms) => steady += ms,
            Turn::Jump(ms) => ahead += ms,
            Turn::Set([per_day, per_week, read_gap_ms, invite_gap_ms]) => {
                (state.settings.invites_per_day, state.settings.invites_per_week) = (*per_day, *per_week);
                (state.settings.read_gap_ms, state.settings.invite_gap_ms) = (*read_gap_ms, *invite_gap_ms);
            }
        }
        // A clock that is set is seen by the next step, which comes with the next poll.
        state.settle(steady + ahead);
    }
    walls.sort_unstable();
    (walls, steadies)
}

fn holds(times: &[i64]) -> Result<(), TestCaseError> {
    for (window, most) in [(DAY, 100), (7 * DAY, 200), (5_000, 1)] {
        for (n, first) in times.iter().enumerate() {
            let within = times[n..].iter().take_while(|&&at| at < first + window).count();
            prop_assert!(within <= most, "{within} within {window} ms, from number {n} on");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(crate::cases(400))]

    #[test]
    fn no_window_of_the_clock_on_the_wall_holds_more(turns in vec(turn(-10 * DAY..10 * DAY), 1..40)) {
        holds(&sent(&turns).0)?;
    }

    /// A clock that is set forth can't be told from time that passed, unless LinkedIn's list tells.
    #[test]
    fn no_window_of_true_time_holds_more_when_the_clock_is_set_back(turns in vec(turn(-10 * DAY..0), 1..40)) {
        holds(&sent(&turns).1)?;
    }
}

#[test]
fn the_property_is_of_an_agent_that_sends() {
    let ceilings = Turn::Set([i64::MAX, i64::MAX, i64::MIN, i64::MIN]);
    let (walls, _) = sent(&[ceilings, Turn::Want(150, 30_000), Turn::Pass(DAY), Turn::Want(150, 30_000)]);
    assert_eq!(walls.len(), 200);
}
