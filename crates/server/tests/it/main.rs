//! What the server does over HTTP on loopback, with a clock of the tests' own, whatever its database. It is compiled into
//! each of `tests/sqlite` and `tests/postgres`, whose module `database` gives every test one of its own.

mod account;
mod admin;
mod caller;
mod cancel;
mod csv;
mod deadline;
mod door;
mod events;
mod fields;
mod guess;
mod keys;
pub mod kill;
mod lease;
mod limit;
mod linkup;
mod list;
mod lists;
mod model;
mod official;
mod parking;
pub mod process;
mod reconcile;
pub mod retention;
pub mod support;
mod team;
mod twins;
mod waiting;
mod webhooks;
