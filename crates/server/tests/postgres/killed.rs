//! Two processes behind a round-robin, one of them killed under load, time and again.

use super::database::Home;
use super::front::Front;
use super::it::kill::{assert_whole, request, taken};
use super::it::process::Process;
use super::it::support::{Agent, client, pairing};
use liaison_server::store::{MemberRole, Store};
use liaison_server::{Clock, SystemClock};
use reqwest::Client;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::watch;
use tokio::task::JoinSet;

const TEAMS: usize = 4;
const CALLERS: usize = 16;
/// Requests of all callers together.
const REQUESTS: usize = 320;
/// After how many acknowledgements the older of the two is killed, each time.
const KILLS: [usize; 3] = [20, 110, 200];

#[derive(Default)]
struct Told {
    tasks: BTreeMap<usize, String>,
    /// What the browsers did at LinkedIn, or would have.
    sent: BTreeSet<String>,
    completed: BTreeSet<String>,
    /// Who failed, and after how many kills.
    failed: BTreeSet<(usize, usize)>,
}

#[derive(Clone)]
struct Load {
    url: String,
    http: Client,
    asked: Arc<AtomicUsize>,
    kills: Arc<AtomicUsize>,
    told: Arc<Mutex<Told>>,
    /// How many tasks are created and completed.
    counts: Arc<watch::Sender<(usize, usize)>>,
}

impl Load {
    fn told(&self, what: impl FnOnce(&mut Told)) {
        let mut told = self.told.lock().unwrap();
        what(&mut told);
        self.counts.send_replace((told.tasks.len(), told.completed.len()));
    }

    /// One request after the other; what fails is sent again as it was.
    async fn call(self, caller: usize, key: String) {
        loop {
            let number = self.asked.fetch_add(1, Ordering::SeqCst);
            if number >= REQUESTS {
                return;
            }
            let (path, body) = request(number);
            let task = loop {
                let post = self.http.post(format!("{}{path}", self.url)).header("x-api-key", &key);
                match taken(post.header("idempotency-key", number).body(body.to_string())).await {
                    Some(answer) => break answer["api_agent_task_id"].as_str().unwrap().to_owned(),
                    None => {
                        let failure = (caller, self.kills.load(Ordering::SeqCst));
                        self.told(|told| assert!(told.failed.insert(failure), "{failure:?} failed twice"));
                    }
                }
            };
            self.told(|told| assert!(told.tasks.insert(number, task).is_none()));
        }
    }

    /// Carries out whatever comes, and asks again for what was not answered.
    async fn work(self, agent: Agent) {
        loop {
            let (status, answer) = persist(&agent, "poll", poll()).await;
            assert_eq!(status, 200, "{answer}");
            let offer = &answer["task"];
            let Some(task) = offer["task"].as_str() else { continue };
            let path = |call: &str| format!("tasks/{task}/{call}");
            let invitation = offer["task_type"] == "agent_send_connection_request";
            if invitation {
                assert_eq!(offer["mode"], "run", "{answer}");
                let (status, answer) =
                    persist(&agent, &path("start"), json!({"token": offer["token"]})).await;
                assert_eq!(status, 200, "{answer}");
                self.told(|told| assert!(told.sent.insert(task.to_owned()), "{task} was done twice"));
            }
            let output =
                if invitation { json!({"sent": true}) } else { json!({"total": 0, "connections": []}) };
            let effect = if invitation { "done" } else { "none" };
            let done = json!({"token": offer["token"], "status": "completed", "task_output": output, "effect": effect});
            let (status, answer) = persist(&agent, &path("complete"), done).await;
            assert_eq!((status, answer["status"].as_str()), (200, Some("completed")), "{answer}");
            self.told(|told| assert!(told.completed.insert(task.to_owned()), "{task} was completed twice"));
        }
    }
}

fn poll() -> Value {
    json!({"instance": "i", "version": "0", "account": null, "wait_ms": 25_000, "state": "ready",
           "accepts": ["agent_fetch_connections", "agent_send_connection_request"], "waiting": [], "held": []})
}

/// A call, again until a server answers it.
async fn persist(agent: &Agent, path: &str, body: Value) -> (u16, Value) {
    loop {
        let request = agent.http.post(format!("{}/agent/v1/{path}", agent.url)).bearer_auth(&agent.token);
        let response = request.body(body.to_string()).send().await.unwrap();
        let status = response.status().as_u16();
        if status != 502 {
            return (status, serde_json::from_str(&response.text().await.unwrap()).unwrap());
        }
    }
}

/// A team with its key and its browser.
async fn team(store: &Store, url: &str, http: &Client) -> (String, Agent) {
    let now = SystemClock.now();
    let team = store.add_team("a team", now).await.unwrap();
    let admin = store.add_member(&team, MemberRole::Admin, now).await.unwrap();
    let code = store.new_pairing_code(&admin, now).await.unwrap();
    let request = http.post(format!("{url}/agent/v1/pair")).header("content-type", "application/json");
    let paired = taken(request.body(pairing(&code))).await.unwrap();
    let token = paired["token"].as_str().unwrap().to_owned();
    let agent = Agent { url: url.to_owned(), token, instance: "i".to_owned(), http: http.clone() };
    (store.new_api_key(&team, now).await.unwrap(), agent)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_two_is_killed_under_load_and_nobody_notices_more_than_once() {
    let home = Home::durable().await;
    let mut servers = vec![Process::serve(&home), Process::serve(&home)];
    let front = Front::before(&[servers[0].url(), servers[1].url()]).await;
    let store = Store::open(&home.database()).await.unwrap();
    let load = Load {
        url: front.url.clone(),
        http: client(),
        asked: Arc::default(),
        kills: Arc::default(),
        told: Arc::default(),
        counts: Arc::new(watch::Sender::new((0, 0))),
    };
    let (mut callers, mut browsers) = (JoinSet::new(), JoinSet::new());
    let mut keys = Vec::new();
    for _ in 0..TEAMS {
        let (key, agent) = team(&store, &front.url, &load.http).await;
        keys.push(key);
        browsers.spawn(load.clone().work(agent));
    }
    store.close().await;
    for caller in 0..CALLERS {
        callers.spawn(load.clone().call(caller, keys[caller % TEAMS].clone()));
    }
    let mut counts = load.counts.subscribe();
    for after in KILLS {
        counts.wait_for(|(created, completed)| *created >= after && *completed > after / 8).await.unwrap();
        load.kills.fetch_add(1, Ordering::SeqCst);
        drop(servers.remove(0));
        servers.push(Process::serve(&home));
        front.add(servers[1].url());
    }
    while let Some(ended) = callers.join_next().await {
        ended.unwrap();
    }
    tokio::select! {
        done = counts.wait_for(|(_, completed)| *completed == REQUESTS) => drop(done.unwrap()),
        ended = browsers.join_next() => panic!("a browser ended: {ended:?}"),
    }
    browsers.shutdown().await;
    drop(servers);
    let told = std::mem::take(&mut *load.told.lock().unwrap());
    assert!(!told.failed.is_empty(), "nobody was cut off");
    assert_nothing_twice(&home, &told).await;
}

async fn assert_nothing_twice(home: &Home, told: &Told) {
    let all: BTreeSet<&String> = told.tasks.values().collect();
    assert_eq!(all.len(), REQUESTS);
    assert!(told.completed.iter().eq(all));
    assert_whole(home, REQUESTS).await;
    let requests = i64::try_from(REQUESTS).unwrap();
    for (query, count) in [
        ("SELECT count(*) FROM task WHERE state = 'completed'", requests),
        ("SELECT count(*) FROM idempotency_key", requests),
        ("SELECT count(*) FROM lease WHERE result_hash IS NOT NULL", requests),
        (
            "SELECT count(*) FROM lease JOIN task ON task.id = lease.task_id
          WHERE lease.started_at IS NOT NULL AND task_type = 'agent_send_connection_request'",
            requests / 2,
        ),
    ] {
        assert_eq!(home.number(query).await, count, "{query}");
    }
}
