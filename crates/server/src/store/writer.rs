//! SQLite's one writer, and who stands in line for it.
//!
//! A commit waits for the disk, and while it waits nobody else can write. So those who stand in line share one: each has
//! a turn inside the same transaction, behind a savepoint of its own, and waits for the commit that ends it. Who meets
//! an error, or goes away in the middle, is rolled back to their savepoint; the others don't notice.
//!
//! The committer stands in the same line, which is first come, first served: whoever came before it is in the group,
//! whoever came after is in the next. Alone, a turn is committed at once.

use super::StoreError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Error};
use std::sync::{Arc, Weak};
use tokio::sync::{Mutex, Notify, OwnedMutexGuard, watch};

/// The line, and what wakes its committer. When it is dropped, the committer ends.
pub(super) struct Writer {
    line: Arc<Mutex<Line>>,
    options: SqliteConnectOptions,
    work: Arc<Notify>,
}

/// How a group's commit ended, once it has.
type Outcome = Option<Result<(), Arc<Error>>>;

#[derive(Default)]
struct Line {
    /// None before the first turn, and after an error that leaves nothing to trust.
    connection: Option<SqliteConnection>,
    /// Those who share the open transaction.
    group: Option<Group>,
}

struct Group {
    outcome: watch::Sender<Outcome>,
    standing: Standing,
}

/// Where the transaction stands. It is set before the statement that changes it is sent, for whoever waits for that
/// statement may go away: then the next in line makes it whole.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// `BEGIN` was sent.
    Opening,
    /// No turn is open.
    Between,
    /// A turn's `SAVEPOINT` was sent and nothing after it.
    Entering,
    /// A turn's statements are being sent.
    Inside,
    /// A turn's `RELEASE` was sent.
    Leaving,
}

/// One who has the writer to themselves.
pub(super) struct Turn {
    line: OwnedMutexGuard<Line>,
    work: Arc<Notify>,
}

impl Writer {
    /// A writer with a committer of its own. It connects at its first turn.
    pub(super) fn new(options: SqliteConnectOptions) -> Self {
        let (line, work) = (Arc::<Mutex<Line>>::default(), Arc::new(Notify::new()));
        tokio::spawn(commit_for_ever(Arc::downgrade(&line), Arc::clone(&work)));
        Self { line, options, work }
    }

    /// Commits what waits for it, and closes the file.
    pub(super) async fn close(&self) {
        let mut line = self.line.lock().await;
        line.commit().await;
        if let Some(connection) = line.connection.take() {
            // What is committed is on the disk, however the file is closed.
            let _ = connection.close().await;
        }
    }

    /// Waits for a turn.
    pub(super) async fn turn(&self) -> Result<Turn, Error> {
        let mut turn = Turn { line: Arc::clone(&self.line).lock_owned().await, work: Arc::clone(&self.work) };
        turn.line.make_whole().await;
        if turn.line.connection.is_none() {
            turn.line.connection = Some(self.options.connect().await?);
        }
        if turn.line.group.is_none() {
            turn.line.group = Some(Group { outcome: watch::Sender::new(None), standing: Standing::Opening });
            if let Err(error) = turn.line.say("BEGIN IMMEDIATE").await {
                // Nothing is open, and nobody is in it.
                turn.line.group = None;
                return Err(error);
            }
        }
        turn.line.stand(Standing::Entering);
        turn.line.say("SAVEPOINT turn").await?;
        turn.line.stand(Standing::Inside);
        Ok(turn)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.work.notify_one();
    }
}

impl Turn {
    /// The connection, unless the transaction was lost.
    pub(super) fn connection(&mut self) -> Result<&mut SqliteConnection, Error> {
        self.line.connection.as_mut().ok_or(Error::WorkerCrashed)
    }

    /// Ends the turn and waits until what it wrote is on the disk.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        self.line.stand(Standing::Leaving);
        self.line.say("RELEASE turn").await?;
        self.line.stand(Standing::Between);
        let group = self.line.group.as_ref().ok_or(Error::WorkerCrashed)?;
        let mut outcome = group.outcome.subscribe();
        // Dropped, it lets the next one in and wakes the committer.
        drop(self);
        let ended = outcome.wait_for(Option::is_some).await.map_err(|_| Error::WorkerCrashed)?;
        match &*ended {
            Some(Err(error)) => Err(StoreError::Commit(Arc::clone(error))),
            Some(Ok(())) | None => Ok(()),
        }
    }
}

/// Also of a turn that wrote nothing: the lock that it has taken is to be given back.
impl Drop for Turn {
    fn drop(&mut self) {
        self.work.notify_one();
    }
}

impl Line {
    /// Clears away what somebody left in the middle.
    async fn make_whole(&mut self) {
        let Some(group) = &self.group else { return };
        let result = match group.standing {
            Standing::Between => Ok(()),
            // Nobody is in it yet but the one who went away.
            Standing::Opening => Err(Error::WorkerCrashed),
            Standing::Inside => match self.say("ROLLBACK TO turn").await {
                Ok(()) => self.say("RELEASE turn").await,
                // On a full disk SQLite rolls everything back by itself, also what others did before in this group.
                Err(_) => Err(Error::WorkerCrashed),
            },
            // Whether the statement was carried out is not known, nor does it matter: nothing was written after the one,
            // everything before the other.
            Standing::Entering | Standing::Leaving => {
                let _ = self.say("RELEASE turn").await;
                Ok(())
            }
        };
        match result {
            Ok(()) => self.stand(Standing::Between),
            Err(error) => self.lose(error).await,
        }
    }

    async fn commit(&mut self) {
        self.make_whole().await;
        if self.group.is_none() {
            return;
        }
        match self.say("COMMIT").await {
            Ok(()) => {
                if let Some(group) = self.group.take() {
                    group.outcome.send_replace(Some(Ok(())));
                }
            }
            Err(error) => self.lose(error).await,
        }
    }

    /// Tells everybody in the group that nothing was written, and takes a new connection for the next.
    async fn lose(&mut self, error: Error) {
        if let Some(connection) = self.connection.take() {
            // What is open on it is rolled back by closing it; that it can't be closed well is no other error.
            let _ = connection.close().await;
        }
        if let Some(group) = self.group.take() {
            group.outcome.send_replace(Some(Err(Arc::new(error))));
        }
    }

    const fn stand(&mut self, standing: Standing) {
        if let Some(group) = &mut self.group {
            group.standing = standing;
        }
    }

    async fn say(&mut self, statement: &'static str) -> Result<(), Error> {
        let connection = self.connection.as_mut().ok_or(Error::WorkerCrashed)?;
        sqlx::query(statement).execute(connection).await.map(drop)
    }
}

async fn commit_for_ever(line: Weak<Mutex<Line>>, work: Arc<Notify>) {
    loop {
        work.notified().await;
        let Some(line) = line.upgrade() else { return };
        line.lock_owned().await.commit().await;
    }
}

#[cfg(test)]
mod tests;
