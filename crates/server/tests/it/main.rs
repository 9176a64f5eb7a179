//! The server over HTTP on loopback, with a real SQLite file and a clock of the tests' own.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy can't know")]

mod account;
mod caller;
mod cancel;
mod deadline;
mod door;
mod fields;
mod keys;
mod kill;
mod lease;
mod limit;
mod linkup;
mod lists;
mod model;
mod official;
mod older;
mod parking;
mod process;
mod reconcile;
mod support;
mod twins;
mod waiting;
