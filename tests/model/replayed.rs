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

use liaison_model::runs;
use pair::{Pair, is_done_at_once};
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

#[tokio::test]
async fn the_ways_on_which_broken_rules_are_found_out_do_no_harm_to_the_real_ones() {
    for run in runs::mutants() {
        let (_, path) = runs::check(&run.rules, 1).broken.unwrap();
        let mut pair = Pair::new(&run.rules).await;
        for action in path {
            while let Some(at_once) = pair.choices().first().copied().filter(is_done_at_once) {
                pair.happens(at_once).await;
            }
            if pair.choices().contains(&action) {
                pair.happens(action).await;
            }
        }
        let named = pair.model.is_named_double(&pair.world);
        assert!(pair.world.seen.fetches < 2 || named, "{}", run.name);
    }
}
