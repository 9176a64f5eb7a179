//! The server over HTTP on loopback, with a real SQLite file and a clock of the tests' own.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy can't know")]

mod account;
mod admin;
mod bad_input;
mod caller;
mod cancel;
mod command;
mod deadline;
mod door;
mod fields;
mod guess;
mod hurry;
mod keys;
mod kill;
mod lease;
mod limit;
mod linkup;
mod lists;
mod log;
mod model;
mod official;
mod older;
mod openapi;
mod operation;
mod parking;
mod process;
mod reconcile;
mod stolen;
mod strangers;
mod support;
mod team;
mod tls;
mod twins;
mod waiting;
