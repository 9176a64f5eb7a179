//! What the server is told at its start.

use crate::clock::{Clock, SystemClock};
use crate::limits::Limits;
use crate::peer::Neighbours;
use crate::tls::TlsFiles;
use sqlx::postgres::PgConnectOptions;
use std::env;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// Where the server listens unless told: this computer alone.
pub const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8787);

/// How often deadlines are looked at. They are hours away, so a few seconds late is on time.
const DEFAULT_SWEEP: Duration = Duration::from_secs(5);
/// How long a task is kept after its end: outputs hold people's data.
const DEFAULT_RETAIN: Duration = Duration::from_secs(30 * 24 * 3600);
/// A caller who asks once an hour must still find what they asked for.
const MIN_RETAIN: Duration = Duration::from_secs(3600);

/// A list of 500 takes about ten seconds, and more when the account is busy. Clients and proxies seldom wait longer.
pub const DEFAULT_ANSWER_WITHIN: Duration = Duration::from_secs(120);

/// How long a team's agent may have been away before its tasks are refused, as documented: two days.
pub const DEFAULT_SEEN_WITHIN: Duration = Duration::from_secs(48 * 3600);

/// Where the data is.
#[derive(Clone, Debug)]
pub enum Database {
    /// A SQLite file, for one process; made when it isn't there.
    Sqlite(PathBuf),
    /// A PostgreSQL database, for several.
    Postgres(Box<PgConnectOptions>),
}

impl From<PathBuf> for Database {
    fn from(file: PathBuf) -> Self {
        Self::Sqlite(file)
    }
}

impl FromStr for Database {
    type Err = sqlx::Error;

    /// `postgres://…` as libpq writes it, or else a file.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(Box::new(text.parse()?)));
        }
        Ok(Self::Sqlite(text.into()))
    }
}

/// Without what a connection string may hold.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => file.display().fmt(f),
            Self::Postgres(options) => {
                write!(f, "PostgreSQL at {}", options.get_host())?;
                options.get_database().map_or(Ok(()), |name| write!(f, ", database {name}"))
            }
        }
    }
}

/// How the server is started.
#[derive(Clone)]
pub struct Config {
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the data is.
    pub database: Database,
    /// Where `now` comes from.
    pub clock: Arc<dyn Clock>,
    /// How often deadlines are enforced, and looked for what else has become due.
    pub sweep_every: Duration,
    /// Certificate and key, for TLS of its own.
    pub tls: Option<TlsFiles>,
    /// Proxies that are believed, and names by which the server may be called.
    pub neighbours: Neighbours,
    /// What opens `/metrics`; without it programs on this computer may look.
    pub metrics_token: Option<String>,
    /// How much is taken from anybody.
    pub limits: Limits,
    /// How long a task is kept after its end.
    pub retain: Retain,
    /// Whether webhooks may go to private addresses, and without TLS.
    pub allow_private_webhooks: bool,
    /// How long a call that answers with rows instead of a task's id waits for them.
    pub answer_within: Duration,
    /// How long a team's agent may have been away before its tasks are refused.
    pub seen_within: Duration,
}

/// How long a task is kept after its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retain {
    /// Until it is deleted.
    Forever,
    /// So long.
    For(Duration),
}

/// Not a time for which tasks can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time of at least an hour, like 30d, or `forever`")]
pub struct BadRetain;

impl Retain {
    /// The time, if there is one.
    #[must_use]
    pub const fn time(self) -> Option<Duration> {
        match self {
            Self::Forever => None,
            Self::For(time) => Some(time),
        }
    }
}

impl Default for Retain {
    fn default() -> Self {
        Self::For(DEFAULT_RETAIN)
    }
}

impl FromStr for Retain {
    type Err = BadRetain;

    fn from_str(text: &str) -> Result<Self, BadRetain> {
        if text == "forever" {
            return Ok(Self::Forever);
        }
        let seconds = text.parse().ok().map(Duration::from_secs);
        let time = seconds.or_else(|| humantime::parse_duration(text).ok());
        time.filter(|time| *time >= MIN_RETAIN).map(Self::For).ok_or(BadRetain)
    }
}

impl fmt::Display for Retain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forever => f.write_str("forever"),
            Self::For(time) => humantime::format_duration(*time).fmt(f),
        }
    }
}

impl Config {
    /// The defaults, with the data in `database`.
    #[must_use]
    pub fn new(database: impl Into<Database>) -> Self {
        Self {
            listen: DEFAULT_LISTEN,
            database: database.into(),
            clock: Arc::new(SystemClock),
            sweep_every: DEFAULT_SWEEP,
            tls: None,
            neighbours: Neighbours::default(),
            metrics_token: None,
            limits: Limits::default(),
            retain: Retain::default(),
            allow_private_webhooks: false,
            answer_within: DEFAULT_ANSWER_WITHIN,
            seen_within: DEFAULT_SEEN_WITHIN,
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
