//! What the server does over HTTP on loopback, with a clock of the tests' own, whatever its database. It is compiled into
//! each of `tests/sqlite` and `tests/postgres`, whose module `database` gives every test one of its own.

mod account;
mod admin;
mod caller;
mod cancel;
mod deadline;
mod door;
mod fields;
mod guess;
mod keys;
pub mod kill;
mod lease;
mod limit;
mod model;
mod parking;
pub mod process;
mod reconcile;
pub mod support;
mod team;
mod twins;
mod waiting;
