//! Properties of reading and cleaning, over pages of invented people and what can happen to them on the way.
//!
//! The seeds are fixed: a test that passed passes again. `./build.sh long` asks the same of inputs nobody thought of.

#![cfg(not(target_arch = "wasm32"))]

#[path = "shared/oracle.rs"]
mod oracle;
#[path = "properties/seeds.rs"]
mod seeds;
