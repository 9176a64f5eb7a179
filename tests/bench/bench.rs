//! What the bench measures: the shipped code, from LinkedIn's answer to the output of a task.
//!
//! This is a package of its own so that the shipped one has no door for it. It is compiled with the same profile.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement that fails has nothing to say")]

#[path = "../shared/fakes.rs"]
mod fakes;
#[cfg(target_arch = "wasm32")]
#[path = "page.rs"]
mod page;
#[path = "walk.rs"]
pub mod walk;
