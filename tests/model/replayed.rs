//! The model against the real thing: what happens in the model happens to the real agent's `step` and to the server's
//! real store as well, and after each thing that happens both hold the same and say the same.
//!
//! The ways are walks at random from fixed seeds, and those on which the broken rules of `checked.rs` were found out.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

#[path = "replayed/browser.rs"]
mod browser;
#[path = "replayed/pair.rs"]
mod pair;
#[path = "replayed/store.rs"]
mod store;

use liaison_model::browser::{Entry, Stage};
use liaison_model::protocol::{Action, Protocol};
use liaison_model::rules::Rules;
use liaison_model::runs;
use pair::{Pair, is_done_at_once};
use stateright::Model;
use std::collections::BTreeSet;

/// splitmix64.
fn draw(seed: &mut u64) -> usize {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut bits = *seed;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((bits ^ (bits >> 31)) >> 33).unwrap()
}

const WALKS: u64 = 15;
const STEPS: usize = 60;

#[tokio::test]
async fn walks_at_random_are_the_same_with_the_real_agent_and_the_real_store() {
    let mut kinds = BTreeSet::new();
    let mut happened = 0;
    for run in runs::sound(false) {
        for walk in 0..WALKS {
            let mut seed = walk;
            let mut pair = Pair::new(&run.rules).await;
            for _ in 0..STEPS {
                let choices = pair.choices();
                let Some(action) = (!choices.is_empty()).then(|| choices[draw(&mut seed) % choices.len()])
                else {
                    break;
                };
                kinds.insert(format!("{action:?}").split('(').next().unwrap().to_owned());
                pair.happens(action).await;
                happened += 1;
            }
        }
    }
    println!("{happened} things happened, of {} kinds", kinds.len());
    assert!(happened > 2_000 && kinds.len() >= 30, "{happened} {kinds:?}");
}

/// How many steps of a way are the same with the rule as without it: the next one is where it is broken.
fn steps_before_the_breach(rules: &Rules, path: &[Action]) -> usize {
    let broken = Protocol(rules.clone());
    let sound = Protocol(Rules { mutants: &[], ..rules.clone() });
    let mut world = sound.init_states().remove(0);
    for (number, action) in path.iter().enumerate() {
        let mut choices = Vec::new();
        sound.actions(&world, &mut choices);
        let next = broken.next_state(&world, *action).unwrap();
        if !choices.contains(action) || sound.next_state(&world, *action).as_ref() != Some(&next) {
            return number;
        }
        world = next;
    }
    panic!("the rule was never broken");
}

/// The choice that is this one, but that the real agent asks for its start in the step in which it takes an offer: no disk of
/// its holds an entry of before that.
fn as_the_real_one(choices: &[Action], action: Action) -> Option<Action> {
    let asked = |action: Action| match action {
        Action::BrowserDies(by, mut left) => {
            if let Some(Entry { stage: Stage::Starting { asked_at, .. }, .. }) = &mut left.entry {
                *asked_at = None;
            }
            Action::BrowserDies(by, left)
        }
        action => action,
    };
    choices.iter().copied().find(|choice| asked(*choice) == asked(action))
}

#[tokio::test]
async fn the_ways_on_which_broken_rules_are_found_out_do_no_harm_to_the_real_ones() {
    for run in runs::mutants() {
        let (_, path) = runs::check(&run.rules, 1).broken.unwrap();
        let before = steps_before_the_breach(&run.rules, &path);
        let mut pair = Pair::new(&run.rules).await;
        // What the real agent did at once, and the way has later.
        let mut early = Vec::new();
        for (number, action) in path.into_iter().enumerate() {
            while let Some(at_once) = pair.choices().first().copied().filter(is_done_at_once) {
                pair.happens(at_once).await;
                early.push(at_once);
            }
            if let Some(place) = early.iter().position(|done| *done == action) {
                early.remove(place);
            } else if let Some(choice) = as_the_real_one(&pair.choices(), action) {
                pair.happens(choice).await;
            } else {
                // From there on the real one goes another way.
                assert!(number >= before, "{}: step {number} of {before}: {action:?}", run.name);
            }
        }
        let named = pair.model.is_named_double(&pair.world);
        assert!(pair.world.seen.fetches < 2 || named, "{}", run.name);
    }
}
