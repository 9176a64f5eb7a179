//! What is kept on disk, and every change of it.
//!
//! No SQL and no database type shows outside: the rest of the server hands in values with `now` among them and gets
//! values back, so that another database can stand behind the same methods. Each method is one transaction. What may
//! become of a task is decided by [`crate::lifecycle`]; here the facts are loaded and the answer is written down.
//!
//! Two databases stand behind it: a SQLite file for one process, PostgreSQL for several. [`db`] is what they have in
//! common. SQLite has one writer at a time, so there is one writing connection, and who waits for it stands in line
//! ([`writer`]) instead of meeting "database is locked"; `synchronous=FULL` makes a commit reach the disk before it
//! returns: what a caller or an agent was told survives a power cut. In PostgreSQL whoever decides about a member's tasks
//! holds that member's lock.

mod admin_key;
mod agent;
mod cancel;
mod channels;
mod code;
mod create;
mod db;
mod delivery;
mod event;
mod first;
mod forget;
mod idempotency;
mod key;
mod limit;
mod list;
mod manage;
mod member;
mod offer;
mod output;
mod part;
mod poll;
mod queue;
mod rest;
mod result;
mod roster;
mod row;
mod scope;
mod session;
mod sweep;
mod team;
mod together;
mod twin;
mod view;
mod webhook;
mod writer;

pub use admin_key::AdminKeyView;
pub use agent::{AgentIdentity, Greeting};
pub use cancel::Cancelled;
pub use channels::{Channels, Listener};
pub use code::CODE_LIFE_MS;
pub use create::{CreateError, Created, NewTask, Refusal};
pub use delivery::{Delivery, Notice, Outcome};
pub use event::EventView;
pub use first::FirstStart;
pub use forget::Deletion;
pub use key::{Access, CONNECTIONS_SCOPE, KeyIdentity, KeyView, Made, NewKey, SCOPES, Scopes};
pub use list::{ListFilter, Position, TaskPage};
pub use manage::{Listed, ManageError, Page, Thing};
pub use member::{MemberChange, MemberRole, MemberView, NewMember};
pub use poll::{Asking, PollWork};
pub use result::{Leave, ResultError, Settled, TaskResult};
pub use roster::{AgentView, UsageView};
pub use session::{SESSION_LIFE_MS, SessionView};
pub use team::TeamView;
pub use view::{TaskView, WaitingView};
pub use webhook::{NewWebhook, Webhook, WebhookError};

use crate::config::{DEFAULT_SEEN_WITHIN, Database};
use crate::secret::NoRandomness;
use db::{Db, Open};
use queue::Room;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteError, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};
use std::fs::{self, OpenOptions};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use writer::Writer;

/// How long to wait for another process (`liaison-server pair`, a backup) that writes to the same file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Readers don't block each other or the writer in WAL mode.
const READERS: u32 = 4;
/// PostgreSQL works on so many transactions of one server at once, and those that end together share a write to the disk.
/// It has 100 connections for all unless told.
const POSTGRES_CONNECTIONS: u32 = 40;
/// How long a request waits for a connection before it is told to come back later.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection is taken to be alive after somebody has used it.
const TRUSTED: Duration = Duration::from_secs(1);
/// What PostgreSQL holds a request to. A server whose machine is gone leaves no member locked for longer than the first of
/// them, and whoever stands behind a lock is told to come back later. Each statement is planned once: its indexes are the
/// same ones for all values.
const SESSION: [(&str, &str); 4] = [
    ("idle_in_transaction_session_timeout", "10s"),
    ("lock_timeout", "5s"),
    ("statement_timeout", "30s"),
    ("plan_cache_mode", "force_generic_plan"),
];

/// The database did not do what it should. The cause is for the log, never for an answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A statement failed.
    #[error("working with the database")]
    Database(#[from] sqlx::Error),
    /// What was written did not become lasting, together with what others wrote.
    #[error("committing to the database")]
    Commit(#[source] Arc<sqlx::Error>),
    /// The tables could not be brought up to date.
    #[error("bringing the database's tables up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The file could not be made.
    #[error("making the database file")]
    File(#[source] std::io::Error),
    /// No key or token could be made.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// A row holds what no version of this server writes.
    #[error("reading {0} from the database")]
    Corrupt(&'static str),
    /// There is no team to do it for: the server was never started on this database, or all were removed.
    #[error(
        "the database has no team; start the server on it first, or make one with `liaison-server team add`"
    )]
    NoTeam,
}

impl StoreError {
    /// Whether it may well work later: the disk is full, not writable or failing, somebody else is writing for long, or
    /// the database server is away. Most likely what was asked for was not done; but what a commit that fails has written
    /// may be there when the database is read again.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Database(error) => is_passing(error),
            Self::Commit(error) => is_passing(error),
            _ => false,
        }
    }
}

fn is_passing(error: &sqlx::Error) -> bool {
    /// SQLite's BUSY, LOCKED, READONLY, IOERR, FULL and CANTOPEN; what it adds to say more stands above a byte.
    const SQLITE: [i32; 6] = [5, 6, 8, 10, 13, 14];
    /// PostgreSQL's classes of errors about connections, rolled back transactions, resources, an operator and the system;
    /// then a standby that takes no writes yet, a transaction that was idle for too long, a lock that was not to be had.
    const POSTGRES: [&str; 8] = ["08", "40", "53", "57", "58", "25006", "25P03", "55P03"];
    match error {
        sqlx::Error::Database(error) => {
            let Some(code) = error.code() else { return false };
            if error.try_downcast_ref::<SqliteError>().is_none() {
                return POSTGRES.iter().any(|class| code.starts_with(class));
            }
            code.parse::<i32>().is_ok_and(|code| SQLITE.contains(&(code & 0xff)))
        }
        sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => true,
        _ => false,
    }
}

/// The database, open.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
    room: Room,
    waited: Option<Waited>,
    seen_within: Duration,
}

/// Told what was waited for, `read` or `write`, and how long.
pub type Waited = Arc<dyn Fn(&'static str, Duration) + Send + Sync>;

#[derive(Clone)]
enum Pools {
    Sqlite { writer: Arc<Writer>, read: SqlitePool },
    Postgres { pool: PgPool, channels: Channels },
}

impl Store {
    /// Opens the database, makes its file when it isn't there, and brings its tables up to date.
    ///
    /// # Errors
    /// When the file can't be made, the server can't be reached, or it is no database of ours.
    pub async fn open(database: &Database) -> Result<Self, StoreError> {
        let pools = match database {
            Database::Sqlite(file) => open_sqlite(file).await?,
            Database::Postgres(options) => open_postgres(options).await?,
        };
        Ok(Self { pools, room: Room::new(u32::MAX), waited: None, seen_within: DEFAULT_SEEN_WITHIN })
    }

    /// The same, with room for so many unfinished tasks of each team, and telling how long it waits for a connection.
    #[must_use]
    pub fn with(self, unfinished: u32, waited: Waited) -> Self {
        Self { room: Room::new(unfinished), waited: Some(waited), ..self }
    }

    /// The same database, where a team counts as having an agent when one was seen within this time.
    #[must_use]
    pub fn seen_within(self, time: Duration) -> Self {
        Self { seen_within: time, ..self }
    }

    /// Closes the database; what is committed stays.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, read } => {
                read.close().await;
                writer.close().await;
            }
            Pools::Postgres { pool, channels } => {
                channels.close().await;
                pool.close().await;
            }
        }
    }

    /// A transaction that may write.
    async fn begin(&self) -> Result<Db, StoreError> {
        self.begin_under(None).await
    }

    /// A transaction that decides about this member's tasks or agents, see [`Db::lock`].
    async fn begin_for(&self, member: &str) -> Result<Db, StoreError> {
        self.begin_under(Some(member)).await
    }

    /// The driver's futures are large, and whoever waits for work carries the room for them: they are boxed.
    async fn begin_under(&self, lock: Option<&str>) -> Result<Db, StoreError> {
        let began = Instant::now();
        let db = match &self.pools {
            Pools::Sqlite { writer, .. } => Db::SqliteWrite(writer.turn().await?),
            Pools::Postgres { pool, .. } => Db::PostgresWrite(Box::pin(Open::begin(pool, lock)).await?),
        };
        self.tell("write", began);
        Ok(db)
    }

    /// A connection that only reads, and sees what is committed.
    async fn read(&self) -> Result<Db, StoreError> {
        let began = Instant::now();
        let db = match &self.pools {
            Pools::Sqlite { read, .. } => Db::SqliteRead(Box::pin(read.acquire()).await?),
            Pools::Postgres { pool, .. } => Db::PostgresRead(Box::pin(pool.acquire()).await?),
        };
        self.tell("read", began);
        Ok(db)
    }

    fn tell(&self, kind: &'static str, began: Instant) {
        if let Some(waited) = &self.waited {
            waited(kind, began.elapsed());
        }
    }
}

async fn open_sqlite(file: &Path) -> Result<Pools, StoreError> {
    create_private(file).map_err(StoreError::File)?;
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // What is deleted is overwritten, and not only forgotten.
        .pragma("secure_delete", "ON")
        .busy_timeout(BUSY_TIMEOUT);
    let mut connection = options.connect().await?;
    sqlx::migrate!("migrations/sqlite").run(&mut connection).await?;
    connection.close().await?;
    let writer = Arc::new(Writer::new(options.clone()));
    let read =
        SqlitePoolOptions::new().max_connections(READERS).connect_with(options.read_only(true)).await?;
    let mut tx = Db::SqliteWrite(writer.turn().await?);
    twin::name_persons(&mut tx).await?;
    tx.commit().await?;
    Ok(Pools::Sqlite { writer, read })
}

async fn open_postgres(options: &PgConnectOptions) -> Result<Pools, StoreError> {
    let options = options.clone().application_name("liaison-server");
    // Takes a lock: of several servers that start at once, one brings the tables up to date, however long that takes.
    let mut connection = options.connect().await?;
    sqlx::migrate!("migrations/postgres").run(&mut connection).await?;
    connection.close().await?;
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // A round trip less for who comes right after another.
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move { Ok(meta.idle_for < TRUSTED || connection.ping().await.is_ok()) })
        })
        .connect_with(options.clone().options(SESSION))
        .await?;
    Ok(Pools::Postgres { pool, channels: Channels::new(options) })
}

/// Makes the file readable for its owner alone: it holds names, notes and what LinkedIn answered.
fn create_private(file: &Path) -> std::io::Result<()> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

#[cfg(test)]
mod tests;
