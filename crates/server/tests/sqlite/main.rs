//! The server over HTTP on a real SQLite file: what it does on any database, and what is about the file.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy can't know")]

mod command;
mod database;
mod disk;
mod file;
#[path = "../it/main.rs"]
mod it;
mod older;
mod stolen;

use it::{kill, process, retention, support};
