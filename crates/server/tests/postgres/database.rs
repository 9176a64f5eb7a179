//! A test's own database: a copy of one whose tables are made, on the cluster of all of them.

use super::cluster::Cluster;
use liaison_server::Database;
use liaison_server::store::Store;
use sqlx::Connection;
use std::ffi::OsString;
use std::sync::{Arc, OnceLock};
use std::thread;
use tokio::runtime::Builder;

/// The query for keys and notes that can be read in the table of keys.
pub const READABLE_KEYS: &str = "SELECT count(*) FROM idempotency_key
    WHERE position('caller'::bytea IN key_hash || request_hash) > 0 OR position('dear'::bytea IN key_hash || request_hash) > 0
       OR length(key_hash) <> 32 OR length(request_hash) <> 32";

static SHARED: OnceLock<(Arc<Cluster>, String)> = OnceLock::new();

/// Gone with its last user.
pub struct Home {
    cluster: Arc<Cluster>,
    name: String,
}

/// Runs to its end what a test's own runtime can't wait for: in a static, or while it ends.
fn wait_for<T: Send + 'static>(job: impl AsyncFnOnce() -> T + Send + 'static) -> T {
    let run = || Builder::new_current_thread().enable_all().build().unwrap().block_on(job());
    thread::spawn(run).join().unwrap()
}

async fn with_tables() -> (Arc<Cluster>, String) {
    let cluster = Arc::new(Cluster::hasty());
    let name = cluster.create(None).await;
    Store::open(&cluster.url(&name).parse().unwrap()).await.unwrap().close().await;
    (cluster, name)
}

impl Home {
    pub async fn new() -> Self {
        let (cluster, template) = SHARED.get_or_init(|| wait_for(with_tables));
        Self { cluster: Arc::clone(cluster), name: cluster.create(Some(template)).await }
    }

    /// Without tables, on a cluster of a test's own.
    pub async fn on(cluster: &Arc<Cluster>) -> Self {
        Self { cluster: Arc::clone(cluster), name: cluster.create(None).await }
    }

    /// For those who end processes by force.
    pub async fn durable() -> Self {
        Self::on(&Arc::new(Cluster::durable())).await
    }

    pub fn database(&self) -> Database {
        self.cluster.url(&self.name).parse().unwrap()
    }

    /// As `--database` takes it.
    pub fn argument(&self) -> OsString {
        self.cluster.url(&self.name).into()
    }

    pub async fn execute(&self, statement: &'static str) {
        let mut db = self.cluster.connect(&self.name).await;
        sqlx::query(statement).execute(&mut db).await.unwrap();
        db.close().await.unwrap();
    }

    pub async fn number(&self, query: &'static str) -> i64 {
        let mut db = self.cluster.connect(&self.name).await;
        let number = sqlx::query_scalar(query).fetch_one(&mut db).await.unwrap();
        db.close().await.unwrap();
        number
    }

    pub async fn text(&self, query: &'static str) -> String {
        let mut db = self.cluster.connect(&self.name).await;
        let text = sqlx::query_scalar(query).fetch_one(&mut db).await.unwrap();
        db.close().await.unwrap();
        text
    }

    /// PostgreSQL checks each page by its checksum when it reads it, so all of them are read. And what stands in two places
    /// stands there alike: a task's epoch is that of its newest offer, and what is over has ended.
    pub async fn assert_sound(&self) {
        assert_eq!(self.text("SHOW data_checksums").await, "on");
        for table in [
            "SELECT sum(length(row::text))::bigint FROM task AS row",
            "SELECT sum(length(row::text))::bigint FROM lease AS row",
            "SELECT sum(length(row::text))::bigint FROM task_event AS row",
        ] {
            assert!(self.number(table).await > 0, "{table}");
        }
        let torn =
            "SELECT count(*) FROM task WHERE (ended_at IS NOT NULL) <> (state IN ('completed', 'failed'))
            OR (task_output IS NOT NULL) <> (state IN ('completed', 'failed'))
            OR (state IN ('offered', 'started', 'verifying')
                AND epoch <> (SELECT max(epoch) FROM lease WHERE task_id = task.id))";
        assert_eq!(self.number(torn).await, 0);
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let (cluster, name) = (Arc::clone(&self.cluster), self.name.clone());
        if !thread::panicking() {
            wait_for(async move || {
                cluster.administer(format!("DROP DATABASE {name} WITH (FORCE)")).await;
            });
        }
    }
}
