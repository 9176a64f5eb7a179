//! The log on stderr: lines for a person, or JSON for a collector.

use clap::ValueEnum;
use std::io::stderr;
use tracing_subscriber::EnvFilter;

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For a person.
    Text,
    /// One object a line, with one line for each request.
    Json,
}

impl LogFormat {
    /// What is told unless `RUST_LOG` says. A person wants to hear of what is odd, a collector of each request.
    const fn usual(self) -> &'static str {
        match self {
            Self::Text => "info",
            Self::Json => "info,liaison_server::watch=debug",
        }
    }
}

/// Begins to write the log.
pub fn begin(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(format.usual()));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => {
            log.json().flatten_event(true).with_current_span(true).with_span_list(false).init()
        }
    }
}
