//! What the server is told at its start.

use crate::clock::{Clock, SystemClock};
use std::env;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Where the server listens unless told: this computer alone.
pub const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8787);

/// How often deadlines are looked at. They are hours away, so a few seconds late is on time.
const DEFAULT_SWEEP: Duration = Duration::from_secs(5);

/// A list of 500 takes about ten seconds, and more when the account is busy. Clients and proxies seldom wait longer.
pub const DEFAULT_ANSWER_WITHIN: Duration = Duration::from_secs(120);

/// How the server is started.
#[derive(Clone)]
pub struct Config {
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The SQLite file; made when it isn't there.
    pub database: PathBuf,
    /// Where `now` comes from.
    pub clock: Arc<dyn Clock>,
    /// How often deadlines are enforced.
    pub sweep_every: Duration,
    /// How long a call that answers with rows instead of a task's id waits for them.
    pub answer_within: Duration,
}

impl Config {
    /// The defaults, with the data in `database`.
    #[must_use]
    pub fn new(database: PathBuf) -> Self {
        Self {
            listen: DEFAULT_LISTEN,
            database,
            clock: Arc::new(SystemClock),
            sweep_every: DEFAULT_SWEEP,
            answer_within: DEFAULT_ANSWER_WITHIN,
        }
    }
}

/// `liaison/liaison.db` in the user's data folder, so that `pair` and `key` find the file of `serve` from whatever
/// folder they are typed in: `$XDG_DATA_HOME`, else `%LOCALAPPDATA%`, else `~/.local/share`, else the current folder.
#[must_use]
pub fn default_database() -> PathBuf {
    let named = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = named("XDG_DATA_HOME")
        .or_else(|| named("LOCALAPPDATA"))
        .or_else(|| env::home_dir().map(|home| home.join(".local").join("share")))
        .unwrap_or_default();
    folder.join("liaison").join("liaison.db")
}
