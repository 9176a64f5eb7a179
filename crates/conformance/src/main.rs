//! `conformance`: says whether a task API server keeps to the protocol. `docs/CONFORMANCE.md` is its page.

mod agent;
mod caller;
mod check;
mod cli;
mod kit;
mod level;
mod pairing;
mod report;
mod shape;
mod source;
mod wire;

use clap::Parser;
use std::io::{Write, stderr};
use std::process::ExitCode;

/// There was nothing to judge; clap ends so too when it doesn't understand its arguments.
const USAGE: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    cli::run(cli::Arguments::parse()).await.unwrap_or_else(|reason| {
        // With stderr gone there is nobody to tell.
        let _ = writeln!(stderr(), "conformance: {reason}");
        ExitCode::from(USAGE)
    })
}
