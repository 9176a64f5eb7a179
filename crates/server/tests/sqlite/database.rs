//! A test's own database: a file in a folder that isn't there yet.

use liaison_server::Database;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use std::ffi::OsString;
use std::path::PathBuf;
use tempfile::TempDir;

/// The query for keys and notes that can be read in the table of keys.
pub const READABLE_KEYS: &str = "SELECT count(*) FROM idempotency_key
    WHERE instr(key_hash || request_hash, 'caller') OR instr(key_hash || request_hash, 'dear')
       OR length(key_hash) <> 32 OR length(request_hash) <> 32";

/// Gone with its last user.
pub struct Home(TempDir);

impl Home {
    #[expect(clippy::unused_async, reason = "as the other database's")]
    pub async fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// For those who end processes by force.
    pub async fn durable() -> Self {
        Self::new().await
    }

    pub fn file(&self) -> PathBuf {
        self.0.path().join("not").join("there yet").join("liaison.db")
    }

    /// The file, and what SQLite keeps beside it.
    pub fn files(&self) -> Vec<PathBuf> {
        let folder = self.file().parent().unwrap().to_owned();
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect()
    }

    pub fn database(&self) -> Database {
        self.file().into()
    }

    /// As `--database` takes it.
    pub fn argument(&self) -> OsString {
        self.file().into()
    }

    async fn connect(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.file()).connect().await.unwrap()
    }

    pub async fn execute(&self, statement: &'static str) {
        let mut db = self.connect().await;
        sqlx::query(statement).execute(&mut db).await.unwrap();
        db.close().await.unwrap();
    }

    pub async fn number(&self, query: &'static str) -> i64 {
        let mut db = self.connect().await;
        let number = sqlx::query_scalar(query).fetch_one(&mut db).await.unwrap();
        db.close().await.unwrap();
        number
    }

    pub async fn text(&self, query: &'static str) -> String {
        let mut db = self.connect().await;
        let text = sqlx::query_scalar(query).fetch_one(&mut db).await.unwrap();
        db.close().await.unwrap();
        text
    }

    /// Of a file that nobody has open.
    pub async fn assert_sound(&self) {
        let mut db = self.connect().await;
        let sound: Vec<String> =
            sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut db).await.unwrap();
        assert_eq!(sound, ["ok"]);
        let strays = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut db).await.unwrap();
        assert!(strays.is_empty());
        db.close().await.unwrap();
    }
}
