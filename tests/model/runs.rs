//! The runs of the table: each with its bounds, and what is expected of it.

use crate::front::Front;
use crate::protocol::{Action, Protocol};
use crate::rules::{Bounds, Level, Mutant, Rival, Rules};
use stateright::{Checker, Expectation, HasDiscoveries, Model, Property};
use std::fmt::Debug;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// A run with a name.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its name.
    pub name: &'static str,
    /// Its rules.
    pub rules: Rules,
}

/// What a run found.
#[derive(Clone, Debug)]
pub struct Found<A> {
    /// Different states.
    pub states: usize,
    /// The most steps that are needed for any of them.
    pub depth: usize,
    /// How long it took.
    pub took: Duration,
    /// The property that failed after the fewest steps, with the way there.
    pub broken: Option<(&'static str, Vec<A>)>,
    /// What was to be possible and is not.
    pub missing: Vec<&'static str>,
}

/// Visits every state of a run; where a property is broken, finds a shortest way to that.
#[must_use]
pub fn check(rules: &Rules, threads: usize) -> Found<Action> {
    visit(Protocol(rules.clone()), threads)
}

/// The same of the caller's side.
#[must_use]
pub fn check_front(front: Front) -> Found<crate::front::Action> {
    visit(front, 1)
}

fn visit<M>(model: M, threads: usize) -> Found<M::Action>
where
    M: Model + Clone + Send + Sync + 'static,
    M::State: Clone + Hash + PartialEq + Send + Sync + Debug + 'static,
    M::Action: Clone + PartialEq + Debug,
{
    let mut found = visit_to(model.clone(), threads, usize::MAX);
    // The checker stops somewhat after the first breach, and tells the last: a shorter way may be left.
    while let Some((_, path)) = &found.broken {
        let shorter = visit_to(model.clone(), threads, path.len());
        if shorter.broken.is_none() {
            break;
        }
        found.broken = shorter.broken;
    }
    found
}

/// Visits what is less than so many steps off.
fn visit_to<M>(model: M, threads: usize, steps: usize) -> Found<M::Action>
where
    M: Model + Send + Sync + 'static,
    M::State: Clone + Hash + PartialEq + Send + Sync + Debug + 'static,
    M::Action: Clone + PartialEq + Debug,
{
    let began = Instant::now();
    let checker = model.checker().threads(threads).finish_when(HasDiscoveries::AnyFailures);
    let checker = checker.target_max_depth(steps.saturating_add(1)).spawn_bfs().join();
    let way = |property: &Property<M>| checker.discovery(property.name);
    let properties = checker.model().properties();
    let (always, sometimes): (Vec<_>, Vec<_>) =
        properties.iter().partition(|property| property.expectation == Expectation::Always);
    let paths = always.iter().filter_map(|property| Some((property.name, way(property)?.into_actions())));
    Found {
        states: checker.unique_state_count(),
        depth: checker.max_depth(),
        took: began.elapsed(),
        broken: paths.min_by_key(|(_, path)| path.len()),
        missing: sometimes.iter().filter(|p| way(p).is_none()).map(|property| property.name).collect(),
    }
}

const fn two(name: &'static str, bounds: Bounds) -> Run {
    Run { name, rules: Rules::new(Level::Two, bounds) }
}

const fn one(name: &'static str, bounds: Bounds) -> Run {
    Run { name, rules: Rules::new(Level::One, bounds) }
}

const fn with(rival: Rival, run: Run) -> Run {
    Run { name: run.name, rules: Rules { rival, ..run.rules } }
}

/// The runs in which every property must hold. `big`: with bounds that take minutes.
#[must_use]
pub fn sound(big: bool) -> Vec<Run> {
    let calm = Bounds::CALM;
    let more = u8::from(big);
    let read = two(
        "a read",
        Bounds {
            jumps: 2 + more,
            worker_deaths: 1,
            browser_deaths: 1,
            late_polls: 1,
            pauses: 1,
            epochs: 4,
            ..calm
        },
    );
    let cancelled_read = two(
        "a read, cancelled",
        Bounds {
            cancels: true,
            jumps: 2,
            worker_deaths: 1,
            browser_deaths: 1,
            late_polls: more,
            pauses: 1,
            epochs: 3 + more,
            ..calm
        },
    );
    vec![
        two("nothing dies", Bounds { jumps: 2, late_polls: 1, epochs: 2 + more, ..calm }),
        two(
            "the worker dies",
            Bounds {
                worker_deaths: 1 + more,
                jumps: 2,
                pauses: 1,
                late_polls: more,
                epochs: 2 + more,
                ..calm
            },
        ),
        two(
            "the browser dies",
            Bounds {
                browser_deaths: 1,
                worker_deaths: 1,
                jumps: 1 + more,
                pauses: 1,
                epochs: 2 + more,
                ..calm
            },
        ),
        two("it dies twice", Bounds { browser_deaths: 2, pauses: 1, jumps: more, epochs: 3, ..calm }),
        with(
            Rival::SameToken,
            two("two browsers, one token", Bounds { jumps: 1 + more, epochs: 3 + more, ..calm }),
        ),
        with(Rival::NewPairing, two("two pairings", Bounds { jumps: 1 + more, epochs: 3, ..calm })),
        two(
            "cancelled",
            Bounds {
                cancels: true,
                browser_deaths: 1,
                worker_deaths: 1,
                jumps: 1 + more,
                epochs: 2 + more,
                ..calm
            },
        ),
        two("clocks are set", Bounds { clock_sets: 1 + more, jumps: 1 + more, worker_deaths: 1, ..calm }),
        two(
            "invited by hand before",
            Bounds { invited_before: true, worker_deaths: 1, browser_deaths: 1, ..calm },
        ),
        Run { name: read.name, rules: Rules { read: true, ..read.rules } },
        Run { name: cancelled_read.name, rules: Rules { read: true, ..cancelled_read.rules } },
        one(
            "level one: the worker dies",
            Bounds { worker_deaths: 2, pauses: 1, jumps: 1, refused_results: 1, late_polls: 1, ..calm },
        ),
        one(
            "level one: the browser dies",
            Bounds {
                browser_deaths: 1 + more,
                worker_deaths: 1,
                pauses: 1,
                wipes: 1,
                refused_results: 1,
                ..calm
            },
        ),
        with(
            Rival::SameToken,
            one("level one: two browsers", Bounds { worker_deaths: 1, pauses: more, ..calm }),
        ),
    ]
}

/// Runs beyond what is assumed of the world. Each breaks a property: `docs/MODEL.md` says what that means.
#[must_use]
pub fn beyond() -> Vec<Run> {
    let calm = Bounds::CALM;
    vec![
        two(
            "requests outlive two power cuts",
            Bounds { late_over_restarts: true, browser_deaths: 2, epochs: 3, ..calm },
        ),
        two(
            "a clock is set back while its computer sleeps",
            Bounds { clock_sets: 1, clock_kinds: 3, jumps: 1, ..calm },
        ),
    ]
}

/// The broken rules. Each must break a property.
#[must_use]
pub fn mutants() -> Vec<Run> {
    use Mutant::*;
    let calm = Bounds::CALM;
    let broken = |mutants: &'static [Mutant], run: Run| Run { rules: Rules { mutants, ..run.rules }, ..run };
    let worker = Bounds { worker_deaths: 1, ..calm };
    let browser = Bounds { browser_deaths: 1, ..calm };
    let paused = Bounds { pauses: 1, ..browser };
    let rivals = Bounds { jumps: 1, epochs: 3, ..calm };
    vec![
        broken(&[NoEpochCheck], with(Rival::SameToken, two("no epoch check", rivals))),
        broken(&[NoStart], two("no start", browser)),
        broken(&[NoActWithin], two("no act_within", Bounds { jumps: 1, ..calm })),
        broken(&[TokenRotated], two("token rotated on a repeat", Bounds { late_polls: 1, ..calm })),
        broken(&[ResendOnUnknown], two("resend on unknown", calm)),
        broken(&[NotFoundIsNotSent], two("not found taken for not sent", calm)),
        broken(&[JournalAfterFetch], two("journal after the fetch", worker)),
        broken(&[ReplayedIgnored], two("replayed ignored", browser)),
        broken(&[SessionIgnored], two("session ignored", browser)),
        broken(&[SessionIgnored], one("session ignored, level one", browser)),
        broken(&[NoTombstones], one("no tombstones, level one", Bounds { refused_results: 1, ..calm })),
        broken(&[NoCheck], one("no look before sending, level one", browser)),
        broken(&[CarriedGivenBack], two("an old entry given back", paused)),
        broken(
            &[CarriedCancelled],
            two("an old entry called cancelled", Bounds { cancels: true, ..browser }),
        ),
        broken(
            &[CarriedSent],
            two(
                "an old entry sent",
                Bounds { late_over_restarts: true, keeps_entries: true, jumps: 1, ..browser },
            ),
        ),
        broken(&[UnknownAfterDeath], two("unknown after a harmless death", Bounds { jumps: 1, ..browser })),
        broken(
            &[LookReturned, ReturnedAfterVerify],
            two("returned taken after verify", Bounds { jumps: 1, ..browser }),
        ),
        broken(&[SilenceIsLeave], two("silence taken for leave", browser)),
        broken(&[StartNotDurable], two("start answered before it is on disk", browser)),
        broken(&[ReplayedToTheEnd], two("a start repeated until the deadline", Bounds { jumps: 1, ..calm })),
        broken(&[InstancesAlike], with(Rival::SameToken, two("instances not told apart", rivals))),
        broken(&[SweepUnguarded], two("a sweep without a guard", Bounds { jumps: 1, ..calm })),
    ]
}
