use super::*;
use crate::store::StoreError;
use crate::store::db::{Db, sql};
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;
use tokio::task::yield_now;

impl Writer {
    /// Tells the connection something outside of any transaction.
    pub(in crate::store) async fn tell(&self, pragma: String) {
        let mut line = self.line.lock().await;
        line.commit().await;
        sqlx::query(sqlx::AssertSqlSafe(pragma)).execute(line.connection.as_mut().unwrap()).await.unwrap();
    }
}

struct World {
    writer: Arc<Writer>,
    commits: Arc<AtomicUsize>,
    options: SqliteConnectOptions,
    _folder: TempDir,
}

impl World {
    /// An empty table, and a count of what is committed from here on.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options =
            SqliteConnectOptions::new().filename(folder.path().join("a.db")).create_if_missing(true);
        let writer = Arc::new(Writer::new(options.clone()));
        let mut turn = Db::SqliteWrite(writer.turn().await.unwrap());
        sql("CREATE TABLE word (it TEXT NOT NULL)").execute(&mut turn).await.unwrap();
        turn.commit().await.unwrap();
        let commits = Arc::<AtomicUsize>::default();
        let world = Self { writer, commits, options, _folder: folder };
        world.count_commits().await;
        world
    }

    async fn count_commits(&self) {
        let mut line = self.writer.line.lock().await;
        let mut handle = line.connection.as_mut().unwrap().lock_handle().await.unwrap();
        let commits = Arc::clone(&self.commits);
        handle.set_commit_hook(move || {
            commits.fetch_add(1, Ordering::SeqCst);
            true
        });
    }

    /// The words that are there, read beside the writer.
    async fn words(&self) -> Vec<String> {
        let mut connection = self.options.clone().connect().await.unwrap();
        sqlx::query_scalar("SELECT it FROM word ORDER BY rowid").fetch_all(&mut connection).await.unwrap()
    }

    /// Stands in line to write a word.
    async fn stand(&self, word: &'static str) -> tokio::task::JoinHandle<Result<(), StoreError>> {
        let writer = Arc::clone(&self.writer);
        let standing = tokio::spawn(async move { write(&writer, word).await });
        // It runs until it has to wait, for its turn or for its commit.
        yield_now().await;
        standing
    }
}

async fn write(writer: &Writer, word: &str) -> Result<(), StoreError> {
    let mut turn = Db::SqliteWrite(writer.turn().await?);
    sql("INSERT INTO word (it) VALUES ($1)").bind(word).execute(&mut turn).await?;
    turn.commit().await
}

#[tokio::test]
async fn those_who_stand_in_line_share_a_commit() {
    let world = World::new().await;
    let first = world.writer.turn().await.unwrap();
    let standing = [world.stand("one").await, world.stand("two").await, world.stand("three").await];
    first.commit().await.unwrap();
    for one in standing {
        one.await.unwrap().unwrap();
    }
    assert_eq!(world.commits.load(Ordering::SeqCst), 1);
    assert_eq!(world.words().await, ["one", "two", "three"]);
    write(&world.writer, "alone").await.unwrap();
    assert_eq!(world.commits.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn who_goes_away_in_the_middle_leaves_nothing_behind_and_the_others_everything() {
    let world = World::new().await;
    let mut leaves = Db::SqliteWrite(world.writer.turn().await.unwrap());
    let before = world.stand("before").await;
    sql("INSERT INTO word (it) VALUES ('half')").execute(&mut leaves).await.unwrap();
    drop(leaves);
    before.await.unwrap().unwrap();
    assert_eq!(world.words().await, ["before"]);

    let gives_up = world.writer.turn().await.unwrap();
    let abandoned = world.stand("abandoned in the line").await;
    abandoned.abort();
    let after = world.stand("after").await;
    drop(gives_up);
    after.await.unwrap().unwrap();
    assert!(abandoned.await.unwrap_err().is_cancelled());
    assert_eq!(world.words().await, ["before", "after"]);
}

#[tokio::test]
async fn a_turn_that_wrote_nothing_gives_the_lock_back() {
    let world = World::new().await;
    drop(world.writer.turn().await.unwrap());
    // It would wait for the lock until its own time runs out.
    let mut other = world.options.clone().connect().await.unwrap();
    sqlx::query("INSERT INTO word (it) VALUES ('elsewhere')").execute(&mut other).await.unwrap();
    assert_eq!(world.words().await, ["elsewhere"]);
}

/// What SQLite rolls back by itself takes along those who wait for the same commit, and they are told.
#[tokio::test]
async fn nobody_is_told_that_what_was_lost_is_there() {
    let world = World::new().await;
    let mut greedy = Db::SqliteWrite(world.writer.turn().await.unwrap());
    let shares = world.stand("shares the group").await;
    let after = world.stand("after").await;
    sql("INSERT INTO word (it) VALUES ('begins the group')").execute(&mut greedy).await.unwrap();
    sql("ROLLBACK").execute(&mut greedy).await.unwrap();
    drop(greedy);
    shares.await.unwrap().unwrap();
    after.await.unwrap().unwrap();
    assert_eq!(world.words().await, ["shares the group", "after"]);

    let first = world.writer.turn().await.unwrap();
    let shares = world.stand("written before the disk was full").await;
    let writer = Arc::clone(&world.writer);
    let greedy = tokio::spawn(async move {
        let mut turn = Db::SqliteWrite(writer.turn().await?);
        sql("ROLLBACK").execute(&mut turn).await?;
        Err::<(), StoreError>(Error::WorkerCrashed.into())
    });
    yield_now().await;
    first.commit().await.unwrap_err();
    let told = shares.await.unwrap().unwrap_err();
    assert!(matches!(told, StoreError::Commit(_)) && told.is_passing(), "{told}");
    greedy.await.unwrap().unwrap_err();
    assert_eq!(world.words().await, ["shares the group", "after"]);
    write(&world.writer, "there is room again").await.unwrap();
    assert_eq!(world.words().await, ["shares the group", "after", "there is room again"]);
}
