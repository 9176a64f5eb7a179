//! What is kept on disk, and every change of it.
//!
//! No SQL and no database type shows outside: the rest of the server hands in values with `now` among them and gets
//! values back, so that another database can stand behind the same methods. Each method is one transaction. What may
//! become of a task is decided by [`crate::lifecycle`]; here the facts are loaded and the answer is written down.
//!
//! SQLite has one writer at a time, so there is one writing connection, and who waits for it queues here instead of
//! meeting "database is locked". `synchronous=FULL` makes a commit reach the disk before it returns: what a caller
//! or an agent was told survives a power cut.

mod agent;
mod cancel;
mod create;
mod first;
mod idempotency;
mod limit;
mod offer;
mod output;
mod poll;
mod result;
mod row;
mod sweep;
mod twin;
mod view;

pub use agent::{AgentIdentity, Greeting};
pub use cancel::Cancelled;
pub use create::{CreateError, Created, NewTask, Refusal};
pub use first::{FirstStart, MemberRole};
pub use poll::{Asking, PollWork};
pub use result::{Leave, ResultError, Settled, TaskResult};
pub use view::{TaskView, WaitingView};

use crate::secret::NoRandomness;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection, Sqlite, Transaction};
use std::fs::{self, OpenOptions};
use std::future::ready;
use std::path::Path;
use std::time::Duration;

/// How long to wait for another process (`liaison-server pair`, a backup) that writes to the same file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Readers don't block each other or the writer in WAL mode.
const READERS: u32 = 4;

/// The database did not do what it should. The cause is for the log, never for an answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A statement failed.
    #[error("working with the database")]
    Database(#[from] sqlx::Error),
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
    /// There is no team to do it for: the server was never started on this file.
    #[error("the database has no team yet; start the server on it first")]
    NoTeam,
}

impl StoreError {
    /// Whether it may well work later: the disk is full, not writable or failing, or somebody else is writing for long.
    /// Most likely what was asked for was not done; but what a commit that fails has written may be there when the file
    /// is read again.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        /// SQLite's BUSY, LOCKED, READONLY, IOERR, FULL and CANTOPEN; what it adds to say more stands above a byte.
        const PASSING: [i32; 6] = [5, 6, 8, 10, 13, 14];
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                let code = error.code().and_then(|code| code.parse::<i32>().ok());
                code.is_some_and(|code| PASSING.contains(&(code & 0xff)))
            }
            Self::Database(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)) => true,
            _ => false,
        }
    }
}

/// The database, open.
#[derive(Clone)]
pub struct Store {
    write: SqlitePool,
    read: SqlitePool,
}

impl Store {
    /// Opens the file, makes it when it isn't there, and brings its tables up to date.
    ///
    /// # Errors
    /// When the file can't be made or is no database of ours.
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        create_private(file).map_err(StoreError::File)?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            // A full disk makes SQLite roll back by itself, which the driver doesn't notice: it would begin nothing more
            // on that connection.
            .before_acquire(|connection, _| Box::pin(ready(Ok(!connection.is_in_transaction()))))
            .connect_with(options.clone())
            .await?;
        sqlx::migrate!("migrations/sqlite").run(&write).await?;
        let mut tx = write.begin_with("BEGIN IMMEDIATE").await?;
        twin::name_persons(&mut tx).await?;
        tx.commit().await?;
        let read =
            SqlitePoolOptions::new().max_connections(READERS).connect_with(options.read_only(true)).await?;
        Ok(Self { write, read })
    }

    /// Closes the file; what is committed stays.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }

    /// A transaction that has the write lock from its first statement: taken later, it could fail halfway.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.write.begin_with("BEGIN IMMEDIATE").await?)
    }
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
