//! The server over HTTP on loopback, with a real SQLite file and a clock of the tests' own.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy can't know")]

mod account;
mod admin;
mod caller;
mod cancel;
mod command;
mod csv;
mod deadline;
mod door;
mod events;
mod fields;
mod guess;
mod keys;
mod kill;
mod lease;
mod limit;
mod linkup;
mod list;
mod lists;
mod model;
mod official;
mod older;
mod parking;
mod process;
mod reconcile;
mod retention;
mod stolen;
mod support;
mod team;
mod twins;
mod waiting;
mod webhooks;
