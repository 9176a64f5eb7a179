//! A database, the servers on it, and whom they serve.

use super::cluster::Cluster;
use super::wire::Wire;
use liaison_server::store::{MemberRole, Store};
use liaison_server::{Clock, Database, SystemClock};
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;
use tokio::task::JoinSet;

pub enum Place {
    Sqlite(TempDir),
    Postgres(Cluster),
}

/// A server's own database, gone with its last user.
pub enum Home<'p> {
    Sqlite(TempDir),
    Postgres(&'p Cluster, String),
}

/// A team with one browser.
pub struct Team {
    pub key: String,
    pub token: String,
    pub member: String,
    pub id: String,
}

impl Place {
    pub fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    /// Every commit waits for the disk, as it does unless told otherwise.
    pub async fn postgres() -> Self {
        Self::Postgres(tokio::task::spawn_blocking(Cluster::durable).await.unwrap())
    }

    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    pub const fn takes_several(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// The database's own processes.
    pub fn processes(&self) -> Vec<u32> {
        match self {
            Self::Sqlite(_) => Vec::new(),
            Self::Postgres(cluster) => {
                let file =
                    std::fs::read_to_string(format!("{}/data/postmaster.pid", cluster.folder)).unwrap();
                // It started all others.
                let first: u32 = file.lines().next().unwrap().parse().unwrap();
                let children = format!("/proc/{first}/task/{first}/children");
                let children = std::fs::read_to_string(children).unwrap();
                let children = children.split_whitespace().map(|child| child.parse().unwrap());
                [first].into_iter().chain(children).collect()
            }
        }
    }

    pub async fn home(&self) -> Home<'_> {
        match self {
            Self::Sqlite(folder) => Home::Sqlite(tempfile::tempdir_in(folder).unwrap()),
            Self::Postgres(cluster) => Home::Postgres(cluster, cluster.create(None).await),
        }
    }
}

impl Home<'_> {
    fn argument(&self) -> OsString {
        match self {
            Self::Sqlite(folder) => folder.path().join("liaison.db").into(),
            Self::Postgres(cluster, name) => cluster.url(name).into(),
        }
    }

    pub fn database(&self) -> Database {
        self.argument().to_str().unwrap().parse().unwrap()
    }

    /// Something that is done to all rows at once.
    pub async fn execute(&self, statement: String) {
        let statement = sqlx::AssertSqlSafe(statement);
        match self {
            Self::Sqlite(folder) => {
                let options = SqliteConnectOptions::new().filename(folder.path().join("liaison.db"));
                let mut db = options.connect().await.unwrap();
                sqlx::query(statement).execute(&mut db).await.unwrap();
                db.close().await.unwrap();
            }
            Self::Postgres(cluster, name) => {
                let mut db = cluster.connect(name).await;
                sqlx::query(statement).execute(&mut db).await.unwrap();
                db.close().await.unwrap();
            }
        }
    }

    /// So many teams, each with an API key, and a browser that was paired just now.
    pub async fn teams(&self, count: usize) -> Vec<Team> {
        let store = Store::open(&self.database()).await.unwrap();
        let mut making = JoinSet::new();
        for maker in 0..64 {
            let store = store.clone();
            making.spawn(async move {
                let mut made = Vec::new();
                for _ in (maker..count).step_by(64) {
                    made.push(team(&store).await);
                }
                made
            });
        }
        let teams = making.join_all().await.into_iter().flatten().collect();
        store.close().await;
        teams
    }

    pub fn serve(&self) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_liaison-server"));
        command.arg("serve").arg("--database").arg(self.argument()).args([
            "--listen",
            "127.0.0.1:0",
            "--json",
        ]);
        let mut child = command.env("RUST_LOG", "warn").stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let hello: Value = serde_json::from_str(&line).unwrap();
        let address = hello["url"].as_str().unwrap().trim_start_matches("http://").parse().unwrap();
        Server { child, address }
    }
}

async fn team(store: &Store) -> Team {
    let now = SystemClock.now();
    let id = store.add_team("a team", now).await.unwrap();
    let member = store.add_member(&id, MemberRole::Admin, now).await.unwrap();
    let key = store.new_api_key(&id, now).await.unwrap();
    let code = store.new_pairing_code(&member, now).await.unwrap();
    let (paired, _) = store.pair(&code, "a browser", now).await.unwrap().unwrap();
    Team { key, token: paired.token, member, id }
}

pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// What it holds in memory, in kB.
    pub fn rss(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A ready browser's poll.
pub fn poll(wait_ms: u64) -> String {
    json!({"instance": "i", "version": "0", "account": "acc", "wait_ms": wait_ms, "state": "ready",
           "accepts": ["agent_fetch_connections", "agent_send_connection_request"], "waiting": [], "held": []})
    .to_string()
}

/// Hands in what was offered.
pub async fn complete(wire: &mut Wire, offer: &Value) {
    let output = if offer["task_type"] == "agent_fetch_connections" {
        json!({"total": 0, "connections": []})
    } else {
        json!({"sent": true})
    };
    let path = format!("/agent/v1/tasks/{}/complete", offer["task"].as_str().unwrap());
    let done =
        json!({"token": offer["token"], "status": "completed", "task_output": output, "effect": "done"});
    wire.post(&path, &done.to_string()).await;
}
