//! Properties of reading and cleaning, over pages of invented people and what can happen to them on the way; and of the
//! pace, over all that a person and a clock can do.
//!
//! They draw the same cases every time (`.cargo/config.toml`); `./build.sh long` asks the same of inputs nobody thought of.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

#[path = "properties/answers.rs"]
mod answers;
#[path = "properties/cleaning.rs"]
mod cleaning;
#[path = "properties/damage.rs"]
mod damage;
#[path = "shared/oracle.rs"]
mod oracle;
#[path = "properties/pages.rs"]
mod pages;
#[path = "properties/people.rs"]
mod people;
#[path = "properties/policy.rs"]
mod policy;
#[path = "properties/seeds.rs"]
mod seeds;

use proptest::test_runner::Config;

/// So many cases. Those that fail are not put into files: the next run draws them again.
fn cases(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}
