//! A path in words.

use crate::protocol::{Action, Protocol};
use crate::rules::Rules;
use stateright::Model;
use std::fmt::Write;

/// Each step, and what it changed.
#[must_use]
pub fn path(rules: &Rules, actions: &[Action]) -> String {
    let model = Protocol(rules.clone());
    let mut text = String::new();
    let mut world = model.init_states().remove(0);
    for (number, action) in actions.iter().enumerate() {
        let _ = writeln!(text, "{:>3}  {action:?}", number + 1);
        if let Some(next) = model.next_state(&world, *action) {
            world = next;
        }
    }
    let _ = writeln!(text, "{world:?}");
    text
}
