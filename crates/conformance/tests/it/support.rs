//! Runs of the kit, and the reference server for them.

use axum::body::{Body, to_bytes};
use liaison_server::{Clock, Config, Running, SystemClock, Timestamp};
use serde_json::Value;
use std::net::SocketAddr;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;
use tokio::process::Command;

/// The reference server, on a database of its own.
pub struct Ours {
    pub server: Running,
    pub key: String,
    folder: TempDir,
    clock: Arc<dyn Clock>,
}

/// Stands still until it is put forward.
pub struct FakeClock(AtomicI64);

impl FakeClock {
    /// 2026-11-22, midnight UTC.
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_795_305_600_000)))
    }

    pub fn advance(&self, ms: u64) {
        self.0.fetch_add(i64::try_from(ms).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// What a run of the kit came to.
pub struct Run {
    pub code: i32,
    pub report: Value,
    pub stderr: String,
}

impl Ours {
    pub async fn start() -> Self {
        Self::by_clock(Arc::new(SystemClock)).await
    }

    pub async fn by_clock(clock: Arc<dyn Clock>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = serve(&folder, ([127, 0, 0, 1], 0).into(), &clock).await;
        let key = server.api_key.clone().unwrap();
        Self { server, key, folder, clock }
    }

    /// Ends it, and starts it again where it was.
    pub async fn restart(self) -> Self {
        let Self { server, key, folder, clock } = self;
        let address = server.url.trim_start_matches("http://").parse().unwrap();
        server.shutdown().await;
        Self { server: serve(&folder, address, &clock).await, key, folder, clock }
    }

    pub fn pairing_code(&self) -> String {
        self.server.pairing_code.clone().unwrap()
    }
}

async fn serve(folder: &TempDir, listen: SocketAddr, clock: &Arc<dyn Clock>) -> Running {
    let config = Config { listen, clock: Arc::clone(clock), ..Config::new(folder.path().join("liaison.db")) };
    liaison_server::start(config).await.unwrap()
}

impl Run {
    /// What came of the checks of a level: `met`, `failed`, `skipped` or `untried`, by their names.
    fn with(&self, level: &str, result: &str) -> Vec<String> {
        let levels = self.report["levels"].as_array().unwrap();
        let level = levels.iter().find(|entry| entry["level"] == level).expect("the level");
        let checks = level["checks"].as_array().unwrap().iter().filter(|check| check["result"] == result);
        checks.map(|check| check["id"].as_str().unwrap().to_owned()).collect()
    }

    pub fn failed(&self, level: &str) -> Vec<String> {
        self.with(level, "failed")
    }

    pub fn skipped(&self, level: &str) -> Vec<String> {
        self.with(level, "skipped")
    }

    /// Why a check failed.
    pub fn reason(&self, id: &str) -> &str {
        let checks =
            self.report["levels"].as_array().unwrap().iter().flat_map(|level| level["checks"].as_array());
        let check = checks.flatten().find(|check| check["id"] == id).expect("the check");
        check["reason"].as_str().expect("a reason")
    }

    /// The levels that are met.
    pub fn met(&self) -> Vec<&str> {
        let levels = self.report["levels"].as_array().unwrap().iter();
        levels.filter(|level| level["met"] == true).map(|level| level["level"].as_str().unwrap()).collect()
    }
}

/// The kit's own program.
pub async fn kit(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conformance"));
    command.args(arguments).env_remove("LIAISON_API_KEY").env_remove("LIAISON_AGENT_TOKEN");
    command.stdin(std::process::Stdio::null()).kill_on_drop(true).output().await.unwrap()
}

/// A run whose report is read.
pub async fn judge(arguments: &[&str]) -> Run {
    let output = kit(&[arguments, &["--json"]].concat()).await;
    let stderr = String::from_utf8(output.stderr).unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    Run { code: output.status.code().unwrap(), report, stderr }
}

/// All of a body.
pub async fn bytes_of(body: Body) -> Vec<u8> {
    to_bytes(body, usize::MAX).await.unwrap().to_vec()
}
