//! The agent, natively: whole scenarios, tables of single rules, and the real server and simulator over loopback.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

#[path = "../shared/fakes.rs"]
mod fakes;
#[path = "../shared/matrix.rs"]
mod kills;
#[path = "../shared/scenarios.rs"]
mod scenarios;

mod approval;
mod brakes;
mod completing;
mod contact;
mod counting;
mod damaged;
mod erasing;
mod fatal;
mod hostile;
mod hours;
mod log;
mod looks;
mod matrix;
mod members;
mod memory;
mod notes;
mod offers;
mod person;
mod polling;
mod power;
mod protocol;
mod real;
mod refusals;
mod renamed;
mod report;
mod rogue;
mod session;
mod settings;
mod signals;
mod starting;
mod storage;
mod support;
mod update;
mod upheavals;
mod verifying;
mod waits;
mod wanted;
mod ways;
mod whole;
mod wiped;
