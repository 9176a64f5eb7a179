//! The server over HTTP on a real PostgreSQL: what it does on any database, and what several instances do on one.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests are tests, which clippy can't know"
)]

mod cluster;
mod database;
mod front;
mod instances;
#[path = "../it/main.rs"]
mod it;
mod killed;
mod outage;

use it::support;
