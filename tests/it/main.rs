//! The agent, natively: whole scenarios, tables of single rules, and the real server and simulator over loopback.

#![cfg(not(target_arch = "wasm32"))]

#[path = "../shared/fakes.rs"]
mod fakes;
#[path = "../shared/scenarios.rs"]
mod scenarios;

mod whole;
