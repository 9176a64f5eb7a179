//! The real driver against the real server and the simulator, over loopback sockets.

mod calls;
mod failures;
mod kills;
mod life;
mod loops;
mod ports;
mod reasons;

use liaison::agent::driver::{Driver, Handle};
use liaison::agent::event::{Command, Event};
use liaison::agent::status::Status;
use liaison::ports::Clock;
use liaison_server::{Config, SystemClock, Timestamp};
use liaison_simulator::{Settings, Simulator};
use ports::{Sockets, plain_client};
use reqwest::Client;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::{JoinHandle, LocalSet};

/// Far longer than anything here takes: a test that hangs fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// Server, simulator and agent, paired and ready.
pub struct Rig {
    server: liaison_server::Running,
    pub simulator: liaison_simulator::Running,
    pub agent: Handle,
    pub outside: Sockets,
    key: String,
    http: Client,
    run: JoinHandle<()>,
    server_clock: ServerClock,
    _folder: TempDir,
}

/// The computer's clock, set forth or back.
#[derive(Clone, Default)]
struct ServerClock(Arc<AtomicI64>);

impl liaison_server::Clock for ServerClock {
    fn now(&self) -> Timestamp {
        Timestamp(liaison_server::Clock::now(&SystemClock).0 + self.0.load(Ordering::Relaxed))
    }
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
        let server_clock = ServerClock::default();
        config.clock = Arc::new(server_clock.clone());
        // A test asks again and again until it is told.
        config.limits.api_key = None;
        let server = liaison_server::start(config).await.unwrap();
        let config = liaison_simulator::Config { settings, ..liaison_simulator::Config::default() };
        let simulator = Simulator::start(config).await.unwrap();
        let outside = Sockets::new(&simulator);
        let (driver, agent) = Driver::load(outside.clone()).await.unwrap();
        let run = tokio::task::spawn_local(driver.run());
        let pair = Command::Pair {
            server: server.url.clone(),
            code: server.pairing_code.clone(),
            token: None,
            name: "Test".to_owned(),
        };
        let answer = agent.ask(pair).await.unwrap();
        assert!(answer.ok, "{answer:?}");
        let key = server.api_key.clone().unwrap();
        let http = plain_client();
        Self { server, simulator, agent, outside, key, http, run, server_clock, _folder: folder }
    }

    /// Where the server is.
    pub fn url(&self) -> &str {
        &self.server.url
    }

    /// Ends the worker; with `lost` the browser too, and so many of its last writes. So much later another runs.
    pub async fn restart(&mut self, lost: Option<usize>, asleep_ms: i64) {
        self.run.abort();
        self.outside.die(lost);
        self.outside.set_forth(asleep_ms);
        self.set_server_forth(asleep_ms);
        let (driver, agent) = Driver::load(self.outside.clone()).await.unwrap();
        self.run = tokio::task::spawn_local(driver.run());
        self.agent = agent;
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

    /// Creates a task and answers with its id.
    pub async fn begin(&self, path: &str, body: Value) -> String {
        let (status, answer) = self.post(path, body).await;
        assert_eq!(status, 200, "{answer}");
        answer["api_agent_task_id"].as_str().unwrap().to_owned()
    }

    /// Creates a task and waits for its end. Returns its status and output.
    pub async fn run(&self, path: &str, body: Value) -> (String, Value) {
        let task = self.begin(path, body).await;
        self.end_of(&task).await
    }

    /// Waits for a task's end. Returns its status and output.
    pub async fn end_of(&self, task: &str) -> (String, Value) {
        let data = self.whole_end_of(task).await;
        (data["status"].as_str().unwrap().to_owned(), data["task_output"].clone())
    }

    /// Waits for a task's end. Returns all that its status tells.
    pub async fn whole_end_of(&self, task: &str) -> Value {
        loop {
            let data = self.told_of(&format!("{task}&wait=25")).await;
            if matches!(data["status"].as_str(), Some("completed" | "failed")) {
                return data;
            }
        }
    }

    /// What a caller is told of a task now.
    pub async fn told_of(&self, task: &str) -> Value {
        let url = format!("{}/linkedin-agent/get-task-status?api_agent_task_id={task}", self.server.url);
        let answer = self.http.get(url).header("x-api-key", &self.key).send().await.unwrap();
        let mut answer: Value = answer.json().await.unwrap();
        assert!(answer["data"]["status"].is_string(), "{answer}");
        answer["data"].take()
    }

    /// Sets the server's clock forth, or back.
    pub fn set_server_forth(&self, ms: i64) {
        self.server_clock.0.fetch_add(ms, Ordering::Relaxed);
    }

    /// The server's clock.
    pub fn server_now(&self) -> i64 {
        liaison_server::Clock::now(&self.server_clock).0
    }

    pub async fn fetch(&self, body: Value) -> (String, Value) {
        self.run("fetch-connections", body).await
    }

    pub async fn invite(&self, body: Value) -> (String, Value) {
        self.run("send-connection-request", body).await
    }

    /// What the popup would show, once all that was told before is taken in and begun.
    pub async fn status(&self) -> Status {
        self.agent.ask(Command::Status).await.unwrap();
        tokio::task::yield_now().await;
        *self.agent.ask(Command::Status).await.unwrap().status.unwrap()
    }

    /// A person clears the stop that is shown, if there is one.
    pub async fn clear_stop(&self) -> bool {
        // Whether somebody is signed in is no stop, and may be known better by the next moment.
        let stops = ["challenge", "blocked", "account_restricted", "sender_unconfirmed", "connection_cap"];
        let shown = self.status().await.attention.filter(|shown| stops.contains(&shown.code));
        let Some(shown) = shown else { return true };
        let clear = Command::ClearStop { code: shown.code.to_owned() };
        self.agent.ask(clear).await.unwrap().ok
    }

    /// The agent's clock.
    pub fn clock(&self) -> i64 {
        self.outside.now()
    }

    /// Sets the agent's clock forth and wakes it.
    pub async fn pass(&self, ms: i64) {
        self.outside.set_forth(ms);
        self.agent.tell(Event::Woken);
        self.status().await;
    }

    /// A person signs in anew in the agent's browser.
    pub async fn sign_in_again(&self) {
        self.outside.sign_in(self.simulator.sign_in());
        self.agent.tell(Event::SessionChanged);
        self.status().await;
    }

    /// The path of the request to LinkedIn that followed the first POST.
    pub fn after_the_post(&self) -> String {
        let journal = self.simulator.journal();
        let requests = journal["requests"].as_array().unwrap();
        let post = requests.iter().position(|request| request["method"] == "POST").unwrap();
        requests[post + 1]["path"].as_str().unwrap().to_owned()
    }

    /// POSTs and invitations that the simulator saw.
    pub fn sent(&self) -> (u64, u64) {
        let counts = &self.simulator.journal()["counts"];
        (counts["posts"].as_u64().unwrap(), counts["invitations"].as_u64().unwrap())
    }
}
