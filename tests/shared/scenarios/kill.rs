//! A worker that dies again and again. Every single death is in the kill matrix.

use super::{FETCH, STRANGER};
use crate::fakes::FakeWorld;
use crate::fakes::agent::Agent;
use crate::fakes::server::Level;
use serde_json::{Value, json};

const TASK: &str = "t-1";

fn input_of(kind: &str) -> Value {
    if kind == FETCH { json!({ "count": 130 }) } else { json!({ "profile_urn": STRANGER, "note": "Hi" }) }
}

/// Dies again and again, every few points, until the task is done.
pub fn again_and_again(kind: &str, level: Level) {
    for gap in [23, 31, 44] {
        let world = FakeWorld::new(150, level);
        let mut agent = Agent::paired(&world);
        world.server.borrow_mut().add(TASK, kind, input_of(kind));
        let ended = |world: &FakeWorld| world.server.borrow().ended(TASK).is_some();
        for lives in 0.. {
            assert!(lives < 500, "{kind}, {level:?}: no way forward with a death every {gap} points");
            world.kill_at(world.points() + gap);
            agent.run_until("the end, or the death", ended);
            if ended(&world) {
                break;
            }
            agent.reboot();
        }
        let site = world.site.borrow();
        assert!(site.posts <= 1 && site.invitations.len() <= 1, "{kind}, {level:?}, {gap}");
    }
}
