//! A server, a caller and an agent, in a few words each.

use crate::database::Home;
use liaison_server::store::MemberRole;
use liaison_server::{Clock, Config, Limits, Retain, Running, Timestamp};
use reqwest::Client;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

pub const FETCH: &str = "/linkedin-agent/fetch-connections";
pub const SEND: &str = "/linkedin-agent/send-connection-request";
/// How long an offer stands.
pub const OFFER: u64 = 15_000;
/// How long what was returned is not offered again.
pub const REST: u64 = 5_000;
pub const MINUTE: u64 = 60_000;
pub const HOUR: u64 = 60 * MINUTE;
pub const DAY: u64 = 24 * HOUR;
/// 2026-11-22, midnight UTC.
pub const T0: i64 = 1_795_305_600_000;

pub struct FakeClock(AtomicI64);

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

pub struct World {
    pub server: Running,
    pub key: String,
    pub http: Client,
    clock: Arc<FakeClock>,
    pub home: Home,
    invited: AtomicU32,
    pub configure: Configure,
}

/// What a test wants otherwise of its server.
pub type Configure = Arc<dyn Fn(&mut Config) + Send + Sync>;

/// A status and a JSON body.
pub type Answer = (u16, Value);

impl World {
    pub async fn new() -> Self {
        Self::configured(|_| {}).await
    }

    pub async fn configured(configure: impl Fn(&mut Config) + Send + Sync + 'static) -> Self {
        let mut world = Self::start(Home::new().await, Arc::new(configure)).await;
        world.key = world.server.api_key.clone().unwrap();
        world
    }

    /// On a database that somebody else has made, with a key that they know.
    pub async fn on(home: Home, key: &str) -> Self {
        let mut world = Self::start(home, Arc::new(|_| {})).await;
        world.key = key.to_owned();
        world
    }

    async fn start(home: Home, configure: Configure) -> Self {
        let clock = Arc::new(FakeClock(AtomicI64::new(T0)));
        let server = start(&home, &clock, &configure).await;
        let (key, invited) = (String::new(), AtomicU32::new(0));
        Self { server, key, http: client(), clock, home, invited, configure }
    }

    /// With the acting admin's browser paired.
    pub async fn paired() -> (Self, Agent) {
        Self::paired_and(|_| {}).await
    }

    pub async fn paired_and(configure: impl Fn(&mut Config) + Send + Sync + 'static) -> (Self, Agent) {
        Self::configured(configure).await.with_agent().await
    }

    /// The same, on its first start.
    pub async fn with_agent(self) -> (Self, Agent) {
        let code = self.server.pairing_code.clone().unwrap();
        let agent = self.pair(&code).await;
        (self, agent)
    }

    /// With so long a time for a call that answers with rows.
    pub async fn answering_within(answer_within: Duration) -> Self {
        Self::configured(move |config| config.answer_within = answer_within).await
    }

    pub async fn restart(self) -> Self {
        let Self { server, key, http, clock, home, invited, configure } = self;
        server.shutdown().await;
        let server = start(&home, &clock, &configure).await;
        assert_eq!((&server.api_key, &server.pairing_code), (&None, &None));
        Self { server, key, http, clock, home, invited, configure }
    }

    /// Another server on the same database, with the same clock.
    pub async fn second_instance(&self) -> Running {
        start(&self.home, &self.clock, &self.configure).await
    }

    pub fn advance(&self, ms: u64) {
        self.clock.0.fetch_add(i64::try_from(ms).unwrap(), Ordering::SeqCst);
    }

    /// Changes the database behind the server's back.
    pub async fn sql(&self, statement: &'static str) {
        self.home.execute(statement).await;
    }

    /// A number out of the database, read behind the server's back.
    pub async fn number(&self, query: &'static str) -> i64 {
        self.home.number(query).await
    }

    /// A text out of the database, as above.
    pub async fn text(&self, query: &'static str) -> String {
        self.home.text(query).await
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub async fn post_raw(&self, path: &str, key: Option<&str>, body: impl Into<reqwest::Body>) -> Answer {
        let request = self.http.post(format!("{}{path}", self.server.url)).body(body);
        let mut request = request.header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("x-api-key", key);
        }
        answer(request).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.post_raw(path, Some(&self.key), body.to_string()).await
    }

    pub async fn get_as(&self, key: &str, query: &str) -> Answer {
        let url = format!("{}/linkedin-agent/get-task-status{query}", self.server.url);
        answer(self.http.get(url).header("x-api-key", key)).await
    }

    /// A GET of a path.
    pub async fn get(&self, path: &str) -> Answer {
        self.get_under(&self.key, path).await
    }

    pub async fn get_under(&self, key: &str, path: &str) -> Answer {
        answer(self.http.get(format!("{}{path}", self.server.url)).header("x-api-key", key)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        answer(self.http.delete(format!("{}{path}", self.server.url)).header("x-api-key", &self.key)).await
    }

    pub async fn status(&self, task: &str) -> Value {
        let (status, body) = self.get_as(&self.key, &format!("?api_agent_task_id={task}")).await;
        assert_eq!(status, 200, "{body}");
        body["data"].clone()
    }

    pub async fn fetch(&self) -> String {
        self.create(FETCH, json!({})).await
    }

    /// Each time somebody else.
    pub async fn invite(&self) -> String {
        let number = self.invited.fetch_add(1, Ordering::SeqCst);
        self.create(SEND, json!({ "profile_urn": format!("ACoAABCDEF{number:03}") })).await
    }

    /// A POST under a key.
    pub async fn post_under(&self, key: &str, path: &str, body: &Value) -> Answer {
        let request = self.http.post(format!("{}{path}", self.server.url)).header("x-api-key", &self.key);
        answer(request.header("idempotency-key", key).body(body.to_string())).await
    }

    pub async fn cancel(&self, task: &str) -> Value {
        let (status, body) =
            self.post("/linkedin-agent/cancel-task", json!({ "api_agent_task_id": task })).await;
        assert_eq!(status, 200, "{body}");
        body["data"].clone()
    }

    pub async fn create(&self, path: &str, body: Value) -> String {
        let (status, body) = self.post(path, body).await;
        assert_eq!(status, 200, "{body}");
        body["api_agent_task_id"].as_str().unwrap().to_owned()
    }

    pub async fn pair(&self, code: &str) -> Agent {
        let (status, body) = self.post_raw("/agent/v1/pair", None, pairing(code)).await;
        assert_eq!(status, 200, "{body}");
        let token = body["token"].as_str().unwrap().to_owned();
        Agent { url: self.server.url.clone(), token, instance: "i-1".to_owned(), http: self.http.clone() }
    }

    /// A new key of the admin API.
    pub async fn admin_key(&self) -> String {
        self.server.store().add_admin_key(None, self.now()).await.unwrap().secret
    }

    /// Another browser of the acting admin.
    pub async fn pair_again(&self) -> Agent {
        let store = self.server.store();
        let team = store.first_team().await.unwrap();
        let admin = store.acting_member(&team).await.unwrap().unwrap();
        let code = store.new_pairing_code(&admin, self.now()).await.unwrap();
        self.pair(&code).await
    }

    /// Another team with a paired admin, and its API key.
    pub async fn other_team(&self) -> (String, Agent) {
        let store = self.server.store();
        let team = store.add_team("other", self.now()).await.unwrap();
        let admin = store.add_member(&team, MemberRole::Admin, self.now()).await.unwrap();
        let code = store.new_pairing_code(&admin, self.now()).await.unwrap();
        (store.new_api_key(&team, self.now()).await.unwrap(), self.pair(&code).await)
    }
}

async fn start(home: &Home, clock: &Arc<FakeClock>, configure: &Configure) -> Running {
    let mut config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        // Tests sweep when they mean to.
        sweep_every: Duration::from_secs(3600),
        // They are in a hurry; those about hurry say so.
        limits: Limits { api_key: None, ..Limits::default() },
        // And what they look at for years is not deleted under their eyes.
        retain: Retain::Forever,
        ..Config::new(home.database())
    };
    configure(&mut config);
    liaison_server::start(config).await.unwrap()
}

pub fn pairing(code: &str) -> String {
    json!({"code": code, "name": "a browser"}).to_string()
}

pub async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status} is no JSON: {text}")))
}

#[derive(Clone)]
pub struct Agent {
    pub url: String,
    pub token: String,
    pub instance: String,
    pub http: Client,
}

impl Agent {
    pub async fn call(&self, path: &str, body: Value) -> Answer {
        let request = self.http.post(format!("{}/agent/v1/{path}", self.url)).bearer_auth(&self.token);
        answer(request.body(body.to_string())).await
    }

    /// A ready agent's poll that does not wait, with `changes` in it.
    pub async fn try_poll(&self, changes: Value) -> Answer {
        let mut poll = json!({
            "instance": self.instance, "version": "0.1.0", "account": "acc-1", "wait_ms": 0, "state": "ready",
            "accepts": ["agent_fetch_connections", "agent_send_connection_request"], "waiting": [], "held": [],
        });
        for (name, value) in changes.as_object().unwrap() {
            poll[name] = value.clone();
        }
        self.call("poll", poll).await
    }

    pub async fn poll(&self, changes: Value) -> Value {
        let (status, body) = self.try_poll(changes).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// What a plain poll is offered.
    pub async fn offer(&self) -> Value {
        let answer = self.poll(json!({})).await;
        assert!(answer["task"].is_object(), "nothing was offered: {answer}");
        answer["task"].clone()
    }

    pub async fn start(&self, offer: &Value) -> Answer {
        self.call(&task_path(offer, "start"), json!({"token": offer["token"]})).await
    }

    pub async fn heartbeat(&self, offer: &Value, progress: Value) -> Answer {
        self.call(&task_path(offer, "heartbeat"), json!({"token": offer["token"], "progress": progress}))
            .await
    }

    pub async fn complete(&self, offer: &Value, status: &str, output: Value, effect: &str) -> Answer {
        let body =
            json!({"token": offer["token"], "status": status, "task_output": output, "effect": effect});
        self.call(&task_path(offer, "complete"), body).await
    }

    pub async fn sent(&self, offer: &Value) -> Answer {
        self.complete(offer, "completed", json!({"sent": true}), "done").await
    }

    pub async fn fetched(&self, offer: &Value) -> Answer {
        self.complete(offer, "completed", json!({"total": 0, "connections": []}), "none").await
    }

    pub async fn returned(&self, offer: &Value) -> Answer {
        self.complete(offer, "returned", Value::Null, "none").await
    }
}

fn task_path(offer: &Value, call: &str) -> String {
    format!("tasks/{}/{call}", offer["task"].as_str().unwrap())
}

pub fn held(offer: &Value, phase: &str) -> Value {
    json!({"held": [{"task": offer["task"], "epoch": offer["epoch"], "phase": phase}]})
}

pub fn directive(offer: &Value, action: &str) -> Value {
    json!([{"task": offer["task"], "epoch": offer["epoch"], "do": action}])
}

pub fn failure(code: &str, retry_in_ms: Option<u64>) -> Value {
    json!({"error": "no", "code": code, "retryable": true, "retry_in_ms": retry_in_ms, "remedy": "wait"})
}

pub fn assert_refused((status, body): &Answer, expected: u16, text: &str) {
    assert_eq!(
        (*status, &body["success"], &body["error"]),
        (expected, &json!(false), &json!(text)),
        "{body}"
    );
}

pub fn assert_code((status, body): &Answer, expected: u16, code: &str) {
    assert_eq!((*status, &body["success"], &body["code"]), (expected, &json!(false), &json!(code)), "{body}");
}

pub fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}
