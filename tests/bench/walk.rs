//! A keyword that nobody's name contains, over a long list: the real driver in a world made of memory.

use crate::fakes::FakeWorld;
use crate::fakes::agent::Agent;
use crate::fakes::linkedin::LIST;
use crate::fakes::server::Level;
use serde_json::{Value, json};

/// After so many rows a sample is taken.
pub const SAMPLES: [u64; 4] = [300, 3_000, 10_000, 30_000];
/// New ones, behind the one that was held.
const ROWS_A_REQUEST: u64 = 99;

/// Where a walk stood.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Rows walked so far.
    pub rows: u64,
    /// Requests to LinkedIn's list so far.
    pub requests: u64,
    /// Since the walk began, in milliseconds. LinkedIn's side, a fake that writes each page anew, is in it.
    pub ms: f64,
    /// What the allocator, or the memory of the instance, holds.
    pub bytes: u64,
}

/// Walks [`SAMPLES`]' last many connections to the end.
///
/// # Panics
/// When the walk ends otherwise than with an empty list.
pub fn walk(now: impl Fn() -> f64, bytes: impl Fn() -> u64) -> Vec<Sample> {
    let people = SAMPLES.last().copied().unwrap_or_default();
    let world = FakeWorld::new(usize::try_from(people).expect("a number of people"), Level::One);
    let mut agent = Agent::paired(&world);
    let mut samples = Vec::with_capacity(SAMPLES.len());
    let input = json!({ "keyword": "nobody at all", "count": 500 });
    let began = now();
    world.server.borrow_mut().add("t-1", "agent_fetch_connections", input);
    let mut requests = 0;
    for rows in SAMPLES {
        let ended = |world: &FakeWorld| world.server.borrow().ended("t-1").is_some();
        while requests * ROWS_A_REQUEST < rows && !ended(&world) {
            agent.run_until("a page", |world| world.site.borrow().count(LIST) > 0 || ended(world));
            requests += forget(&world);
        }
        let rows = people.min(requests * ROWS_A_REQUEST + 1);
        samples.push(Sample { rows, requests, ms: now() - began, bytes: bytes() });
    }
    let (status, output) = agent.run_to_end("t-1");
    assert_eq!((status.as_str(), &output["connections"]), ("completed", &Value::Array(Vec::new())));
    samples
}

/// The fakes write down all that they see; what is measured is what the agent keeps.
fn forget(world: &FakeWorld) -> u64 {
    let mut site = world.site.borrow_mut();
    let pages = site.count(LIST) as u64;
    site.requests.clear();
    let mut server = world.server.borrow_mut();
    let last = server.calls.pop();
    server.calls.clear();
    server.calls.extend(last);
    world.disk.borrow_mut().sync();
    let mut shown = world.shown.borrow_mut();
    shown.badges.clear();
    pages
}

/// For the table.
#[must_use]
pub fn as_json(samples: &[Sample]) -> String {
    let one = |sample: &Sample| json!({ "rows": sample.rows, "requests": sample.requests, "ms": sample.ms, "bytes": sample.bytes });
    Value::from(samples.iter().map(one).collect::<Vec<_>>()).to_string()
}
