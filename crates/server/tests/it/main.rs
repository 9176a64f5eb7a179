//! What the server does over HTTP on loopback, with a clock of the tests' own, whatever its database. It is compiled into
//! each of `tests/sqlite` and `tests/postgres`, whose module `database` gives every test one of its own.

mod account;
mod admin;
mod bad_input;
mod caller;
mod cancel;
mod csv;
mod deadline;
mod door;
mod errand;
mod events;
mod fields;
mod guess;
mod hurry;
mod keys;
pub mod kill;
mod lease;
mod limit;
mod linkup;
mod list;
mod lists;
mod log;
mod model;
mod official;
mod openapi;
mod operation;
mod parking;
pub mod process;
mod reconcile;
pub mod retention;
mod strangers;
pub mod support;
mod team;
mod tls;
mod twins;
mod waiting;
mod webhooks;
