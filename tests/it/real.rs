//! The real driver against the real server and the simulator, over loopback sockets.

mod calls;
mod ports;

use liaison::agent::driver::{Driver, Handle};
use liaison::agent::event::Command;
use liaison_server::Config;
use liaison_simulator::{Settings, Simulator};
use ports::{Sockets, plain_client};
use reqwest::Client;
use serde_json::{Value, json};
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::LocalSet;

/// Far longer than anything here takes: a test that hangs fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// Server, simulator and agent, paired and ready.
pub struct Rig {
    server: liaison_server::Running,
    pub simulator: liaison_simulator::Running,
    pub agent: Handle,
    key: String,
    http: Client,
    _folder: TempDir,
}

/// Runs a test on one thread, as a worker has one.
pub fn with_rig<F: Future<Output = ()>>(settings: Settings, test: impl FnOnce(Rig) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let local = LocalSet::new();
    let run = async { test(Rig::new(settings).await).await };
    runtime.block_on(local.run_until(async { tokio::time::timeout(PATIENCE, run).await.unwrap() }));
}

impl Rig {
    async fn new(settings: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::new(folder.path().join("tasks.db"));
        config.listen = ([127, 0, 0, 1], 0).into();
        let server = liaison_server::start(config).await.unwrap();
        let config = liaison_simulator::Config { settings, ..liaison_simulator::Config::default() };
        let simulator = Simulator::start(config).await.unwrap();
        let (driver, agent) = Driver::load(Sockets::new(&simulator)).await.unwrap();
        tokio::task::spawn_local(driver.run());
        let pair = Command::Pair {
            server: server.url.clone(),
            code: server.pairing_code.clone(),
            token: None,
            name: "Test".to_owned(),
        };
        let answer = agent.ask(pair).await.unwrap();
        assert!(answer.ok, "{answer:?}");
        let key = server.api_key.clone().unwrap();
        Self { server, simulator, agent, key, http: plain_client(), _folder: folder }
    }

    /// Arms a fault for the next request of that path.
    pub async fn arm(&self, path: &str, fault: Value) {
        self.control("POST", "/__sim/fault", json!({ "match": { "path": path }, "fault": fault })).await;
    }

    pub async fn control(&self, method: &str, target: &str, body: Value) -> Value {
        let (status, answer) = self.simulator.control(method, target, &body).await;
        assert_eq!(status, 200, "{method} {target}: {answer}");
        answer
    }

    /// A task by a caller's request. Status and body of the server's answer.
    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let request = self.http.post(format!("{}/linkedin-agent/{path}", self.server.url));
        let sent = request.header("x-api-key", &self.key).json(&body).send().await.unwrap();
        (sent.status().as_u16(), sent.json().await.unwrap())
    }

    /// Creates a task and waits for its end. Returns its status and output.
    pub async fn run(&self, path: &str, body: Value) -> (String, Value) {
        let (status, answer) = self.post(path, body).await;
        assert_eq!(status, 200, "{answer}");
        self.end_of(answer["api_agent_task_id"].as_str().unwrap()).await
    }

    async fn end_of(&self, task: &str) -> (String, Value) {
        loop {
            let url = format!(
                "{}/linkedin-agent/get-task-status?api_agent_task_id={task}&wait=25",
                self.server.url
            );
            let answer = self.http.get(url).header("x-api-key", &self.key).send().await.unwrap();
            let answer: Value = answer.json().await.unwrap();
            let status = answer["data"]["status"].as_str().unwrap_or_else(|| panic!("{answer}"));
            if matches!(status, "completed" | "failed") {
                return (status.to_owned(), answer["data"]["task_output"].clone());
            }
        }
    }

    pub async fn fetch(&self, body: Value) -> (String, Value) {
        self.run("fetch-connections", body).await
    }

    pub async fn invite(&self, body: Value) -> (String, Value) {
        self.run("send-connection-request", body).await
    }

    /// POSTs and invitations that the simulator saw.
    pub fn sent(&self) -> (u64, u64) {
        let counts = &self.simulator.journal()["counts"];
        (counts["posts"].as_u64().unwrap(), counts["invitations"].as_u64().unwrap())
    }
}
