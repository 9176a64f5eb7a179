//! The server over HTTP on loopback, with a real SQLite file and a clock of the tests' own.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy can't know")]

mod account;
mod caller;
mod cancel;
mod csv;
mod deadline;
mod door;
mod events;
mod fields;
mod keys;
mod kill;
mod lease;
mod limit;
mod list;
mod model;
mod older;
mod parking;
mod process;
mod reconcile;
mod retention;
mod support;
mod twins;
mod waiting;
mod webhooks;
