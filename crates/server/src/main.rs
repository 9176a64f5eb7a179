//! `liaison-server`: the command line.

mod cli;
mod logging;

use clap::Parser;
use std::error::Error;
use std::io::{Write, stderr};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    logging::begin(arguments.log_format);
    match cli::run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&*error);
            ExitCode::FAILURE
        }
    }
}

fn report(error: &dyn Error) {
    let mut line = format!("liaison-server: {error}");
    let mut next = error.source();
    while let Some(cause) = next {
        line = format!("{line}: {cause}");
        next = cause.source();
    }
    // With stderr gone there is nobody to tell.
    let _ = writeln!(stderr(), "{line}");
}
