//! The runs of the table: each with its bounds, and what is expected of it.

use crate::protocol::{Action, Protocol};
use crate::rules::{Bounds, Level, Mutant, Rival, Rules};
use crate::told;
use stateright::{Checker, HasDiscoveries, Model};
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
pub struct Found {
    /// Different states.
    pub states: usize,
    /// The longest of the shortest ways to a state.
    pub depth: usize,
    /// How long it took.
    pub took: Duration,
    /// The first property that failed, with the way there.
    pub broken: Option<(&'static str, Vec<Action>)>,
    /// What was to be possible and is not.
    pub missing: Vec<&'static str>,
}

/// Visits every state of a run, or stops at the first that breaks a property.
#[must_use]
pub fn check(rules: &Rules, threads: usize) -> Found {
    let began = Instant::now();
    let model = Protocol(rules.clone());
    let checker =
        model.checker().threads(threads).finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    let mut broken: Vec<(&'static str, Vec<Action>)> = Vec::new();
    let mut missing = Vec::new();
    for property in checker.model().properties() {
        let path = checker.discovery(property.name);
        match (property.expectation, path) {
            (stateright::Expectation::Always, Some(path)) => broken.push((property.name, path.into_actions())),
            (stateright::Expectation::Sometimes, None) => missing.push(property.name),
            _ => {}
        }
    }
    broken.sort_by_key(|(_, path)| path.len());
    Found {
        states: checker.unique_state_count(),
        depth: checker.max_depth(),
        took: began.elapsed(),
        broken: broken.into_iter().next(),
        missing: if checker.discoveries().is_empty() { missing } else { missing },
    }
}

/// The runs in which every property holds. `big` takes minutes instead of seconds.
#[must_use]
pub fn sound(big: bool) -> Vec<Run> {
    let run = |name, rules| Run { name, rules };
    let more = u8::from(big);
    let base = Bounds { worker_deaths: 1, jumps: 2, pauses: 1, late_polls: 1, ..Bounds::CALM };
    let disk = Bounds { browser_deaths: 1 + more, worker_deaths: 1, jumps: 1 + more, pauses: 1, ..Bounds::CALM };
    vec![
        run("calm", Rules::new(Level::Two, Bounds { jumps: 1, ..Bounds::CALM })),
        run("worker", Rules::new(Level::Two, base)),
        run("browser", Rules::new(Level::Two, disk)),
    ]
}

/// Prints a path.
#[must_use]
pub fn path_in_words(rules: &Rules, actions: &[Action]) -> String {
    told::path(rules, actions)
}

/// The broken rules.
#[must_use]
pub fn mutants() -> Vec<Run> {
    let _ = (Mutant::NoKey, Rival::None);
    Vec::new()
}
