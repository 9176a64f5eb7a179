//! The log on stderr: lines for a person, or JSON for a collector.

use clap::ValueEnum;
use std::io::stderr;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// Libraries that would tell which hosts webhooks go to.
const INDISCREET: [&str; 2] = ["reqwest", "hyper_util::client"];

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
        LogFormat::Text => begin_with(log.finish()),
        LogFormat::Json => {
            begin_with(log.json().flatten_event(true).with_current_span(true).with_span_list(false).finish());
        }
    }
}

/// Whatever `RUST_LOG` says.
fn begin_with(log: impl Subscriber + for<'a> LookupSpan<'a> + Send + Sync) {
    let is_discreet = |about: &Metadata| !INDISCREET.iter().any(|name| about.target().starts_with(name));
    log.with(filter_fn(is_discreet)).init();
}
