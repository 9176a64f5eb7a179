//! The kill matrix: a task is carried out once undisturbed, its points (every await on a port) and calls are counted, and
//! then it is carried out again for each of them with a disturbance just there. New awaits are found by counting.
//!
//! Expected is the undisturbed end, whatever dies and when; after a death between "about to send" and the outcome
//! `completed` if LinkedIn holds the invitation, else `outcome_unknown`; and never a second `fetch` for an invitation.
//! [`judge`] says so to the letter.

#![allow(dead_code, reason = "each test binary runs its own part of the matrix")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

#[path = "matrix/cases.rs"]
pub mod cases;
#[path = "matrix/judge.rs"]
pub mod judge;
#[path = "matrix/rows.rs"]
pub mod rows;

use crate::fakes::FakeWorld;
use crate::fakes::agent::Agent;
use crate::fakes::linkedin::INVITE;
use crate::fakes::server::Stand;
use crate::fakes::wire::Fate;
use cases::{Case, TASK};
use liaison::agent::event::Command;
use serde_json::Value;
use std::rc::Rc;

/// What dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// The worker. Storage of both kinds stays.
    Worker,
    /// The browser. Its session ends.
    Browser,
    /// The computer: of `storage.local` so many writes are lost besides.
    Power(usize),
}

/// A death, and what happens until the next worker.
#[derive(Clone, Copy, Debug)]
pub struct Blow {
    /// At which point, counted from the offer or from the life before.
    pub point: u32,
    /// What dies.
    pub death: Death,
    /// By how much the wall clock jumps meanwhile.
    pub jump_ms: i64,
    /// How long nothing runs.
    pub asleep_ms: i64,
}

impl Blow {
    /// A death with the next worker at once.
    pub const fn new(point: u32, death: Death) -> Self {
        Self { point, death, jump_ms: 0, asleep_ms: 0 }
    }
}

/// What is done to one run.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Deaths, one after the other.
    pub blows: Vec<Blow>,
    /// What becomes of a call, counted from the offer.
    pub fate: Option<(u32, Fate)>,
    /// The wall clock jumps by so much at a point, and nothing dies.
    pub jump: Option<(u32, i64)>,
    /// Whether the places of the last life are noted.
    pub notes: bool,
}

/// What was found at a death.
#[derive(Clone, Debug)]
pub struct Died {
    /// What died.
    pub death: Death,
    /// At which await.
    pub at: String,
    /// The stage in the journal that the next worker reads; `""` without a record.
    pub stage: String,
    /// Whether the server had the task down as started.
    pub started: bool,
    /// How often an invitation's `fetch` had been called.
    pub fetches: usize,
    /// How many invitations LinkedIn's list showed.
    pub listed: usize,
}

/// One run.
pub struct Run {
    /// The world afterwards.
    pub world: FakeWorld,
    /// Every death.
    pub died: Vec<Died>,
    /// Status and output; `None` when the task never ended.
    pub ended: Option<(String, Value)>,
    /// Points of the last life, from the offer or its beginning on, at which it may be disturbed.
    pub points: Vec<u32>,
    /// Calls of the last life, so counted.
    pub calls: Vec<u32>,
    /// Local writes so far that a power cut may take, at the last death.
    pub unsynced: usize,
}

/// Long enough for every look and back-off.
const PATIENCE_MS: i64 = 3 * 60 * 60 * 1_000;

/// Carries a task out under a plan.
pub fn run(case: &Case, plan: &Plan) -> Run {
    let world = FakeWorld::new(case.people, case.level);
    (case.set_up)(&world);
    let mut agent = Agent::paired(&world);
    world.disk.borrow_mut().sync();
    let (begun, called) = (world.points(), world.wire.calls());
    let mut blows = plan.blows.iter();
    let mut blow = blows.next();
    if let Some(blow) = blow {
        world.kill_at(begun + blow.point);
    }
    if let Some((call, fate)) = plan.fate {
        world.wire.arm(called + call, fate);
    }
    if let Some((point, by_ms)) = plan.jump {
        world.at_point(begun + point, move |world| world.time.jump(by_ms));
    }
    (case.offer)(&world);
    let mut born = (begun, called);
    if plan.notes {
        world.note_places();
    }
    let (mut died, mut unsynced) = (Vec::new(), 0);
    loop {
        agent.try_until(PATIENCE_MS, |world| is_over(world) || is_asked(world));
        if agent.is_running() && is_asked(&world) {
            say_yes(&mut agent);
        }
        if agent.is_running() {
            break;
        }
        let Some(struck) = blow.take() else { panic!("the worker ended by itself") };
        unsynced = world.disk.borrow().unsynced();
        died.push(strike(&world, struck));
        let asleep_until = world.time.steady() + struck.asleep_ms;
        while world.time.advance(asleep_until) {
            world.deliver();
        }
        agent.reboot();
        born = (world.points(), world.wire.calls());
        if plan.notes {
            world.note_places();
        }
        blow = blows.next();
        if let Some(next) = blow {
            world.kill_at(world.points() + next.point);
        }
    }
    let ended = world.server.borrow().ended(TASK);
    let places = world.places();
    let points = places.points.iter().map(|point| point - born.0).collect();
    let calls = places.calls.iter().map(|call| call - born.1).collect();
    Run { world, died, ended, points, calls, unsynced }
}

/// The task has ended, and the journal knows: what the server has is not yet what the journal knows.
fn is_over(world: &FakeWorld) -> bool {
    let ended = world.server.borrow().ended(TASK).is_some();
    ended && world.disk.borrow().local(&format!("task:{TASK}")).is_none()
}

/// An invitation waits for its person's word.
fn is_asked(world: &FakeWorld) -> bool {
    let disk = world.disk.borrow();
    let record = disk.local(&format!("task:{TASK}")).unwrap_or_default();
    record.contains("\"asking\":") && record.contains("\"approved\":false")
}

/// When the person was asked.
fn asked_at(world: &FakeWorld) -> i64 {
    let disk = world.disk.borrow();
    let record = disk.local(&format!("task:{TASK}")).unwrap_or_default();
    let entry: Value = serde_json::from_str(record.lines().next().unwrap_or_default()).unwrap_or_default();
    entry["asked_at"].as_i64().unwrap_or_default()
}

/// The person says yes, as often as they are asked.
fn say_yes(agent: &mut Agent) {
    for _ in 0..5 {
        let asked_at_ms = asked_at(&agent.world);
        agent
            .ask_later(Command::Decide { task: TASK.to_owned(), approve: true, asked_at_ms }, &Rc::default());
        agent.try_until(PATIENCE_MS, |world| is_over(world) || !is_asked(world));
        let over = agent.try_until(PATIENCE_MS, |world| is_over(world) || is_asked(world));
        if !agent.is_running() || over && is_over(&agent.world) {
            return;
        }
    }
}

fn strike(world: &FakeWorld, blow: &Blow) -> Died {
    let at = world.killed().unwrap_or_default();
    match blow.death {
        Death::Worker => {}
        Death::Browser => world.disk.borrow_mut().restart_browser(0),
        Death::Power(lost) => world.disk.borrow_mut().restart_browser(lost),
    }
    world.time.jump(blow.jump_ms);
    let stage = stage_of(world.disk.borrow().local(&format!("task:{TASK}")));
    let started = matches!(world.server.borrow().task(TASK).stand, Stand::Started(_));
    let site = world.site.borrow();
    let listed = if site.sent_list_lags { 0 } else { site.invitations.len() };
    Died { death: blow.death, at, stage, started, fetches: site.count(INVITE), listed }
}

/// The name of the stage in a record.
fn stage_of(record: Option<&str>) -> String {
    let Some(head) = record.and_then(|record| record.lines().next()) else { return String::new() };
    let entry: Value = serde_json::from_str(head).unwrap();
    entry["stage"].as_object().and_then(|stage| stage.keys().next()).unwrap().clone()
}
