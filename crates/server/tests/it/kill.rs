//! `kill -9` under load: what was acknowledged is there, and nothing is there twice.

use super::process::Process;
use super::support::{FETCH, SEND, client, pairing};
use crate::database::Home;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Callers who each have one request under way at any time.
const CALLERS: usize = 16;
/// After how many acknowledgements the server is killed, each time.
const KILLS: [usize; 6] = [1, 40, 7, 90, 25, 60];

/// What the callers and the browser were told, over all lives of the server.
#[derive(Default)]
struct Told {
    /// A request's number and the task that it was answered with.
    tasks: BTreeMap<usize, String>,
    /// A started task and its token.
    started: BTreeMap<String, String>,
    completed: Vec<String>,
}

enum Ack {
    Task(usize, String),
    Started(String, String),
    Completed(String),
}

struct World {
    home: Home,
    key: String,
    bearer: String,
    http: Client,
    /// How many different requests were ever made.
    asked: Arc<AtomicUsize>,
    told: Told,
}

/// Request number `number`: always the same.
pub fn request(number: usize) -> (&'static str, Value) {
    if number.is_multiple_of(2) {
        (FETCH, json!({"keyword": format!("name {number}"), "count": 1 + number % 500}))
    } else {
        (SEND, json!({"profile_urn": format!("ACoAA{number:08}"), "note": format!("note {number}")}))
    }
}

/// The body of a 200; `None` when the server is gone or refuses.
pub async fn taken(request: RequestBuilder) -> Option<Value> {
    let response = request.send().await.ok()?;
    let good = response.status() == 200;
    let body = response.text().await.ok()?;
    good.then(|| serde_json::from_str(&body).unwrap())
}

#[derive(Clone)]
pub struct Calls {
    pub url: String,
    pub key: String,
    pub bearer: String,
    pub http: Client,
}

impl Calls {
    pub async fn create(&self, number: usize) -> Option<String> {
        let (path, body) = request(number);
        let request = self.http.post(format!("{}{path}", self.url)).header("x-api-key", &self.key);
        let body = taken(request.header("idempotency-key", number).body(body.to_string())).await?;
        Some(body["api_agent_task_id"].as_str().unwrap().to_owned())
    }

    async fn agent(&self, path: &str, body: Value) -> Option<Value> {
        let request = self.http.post(format!("{}/agent/v1/{path}", self.url));
        taken(request.header("authorization", &self.bearer).body(body.to_string())).await
    }

    /// Sends one request after the other until the server is gone.
    async fn go_on(self, asked: Arc<AtomicUsize>, acks: mpsc::UnboundedSender<Ack>) {
        loop {
            let number = asked.fetch_add(1, Ordering::SeqCst);
            let Some(task) = self.create(number).await else { return };
            acks.send(Ack::Task(number, task)).unwrap();
        }
    }

    /// Carries out invitations until the server is gone; what came back from an earlier life is only looked up.
    async fn work(self, acks: mpsc::UnboundedSender<Ack>) {
        let poll = json!({"instance": "i", "version": "0", "account": null, "wait_ms": 1_000, "state": "ready",
                          "accepts": ["agent_send_connection_request"], "waiting": [], "held": []});
        loop {
            let Some(answer) = self.agent("poll", poll.clone()).await else { return };
            let Some(task) = answer["task"]["task"].as_str() else { continue };
            let token = answer["task"]["token"].as_str().unwrap();
            if answer["task"]["mode"] == "run" {
                let start = self.agent(&format!("tasks/{task}/start"), json!({ "token": token })).await;
                let Some(start) = start else { return };
                assert_eq!(start["replayed"], false, "{task} was started in an earlier life");
                acks.send(Ack::Started(task.to_owned(), token.to_owned())).unwrap();
            }
            let done = json!({"token": token, "status": "completed", "task_output": {"sent": true}, "effect": "done"});
            let Some(_) = self.agent(&format!("tasks/{task}/complete"), done).await else { return };
            acks.send(Ack::Completed(task.to_owned())).unwrap();
        }
    }
}

impl World {
    fn calls(&self, process: &Process) -> Calls {
        let url = process.url().to_owned();
        Calls { url, key: self.key.clone(), bearer: self.bearer.clone(), http: self.http.clone() }
    }

    fn take(&mut self, ack: Ack) -> bool {
        match ack {
            Ack::Task(number, task) => self.told.tasks.insert(number, task).is_none(),
            Ack::Started(task, token) => self.told.started.insert(task, token).is_some(),
            Ack::Completed(task) => {
                self.told.completed.push(task);
                false
            }
        }
    }

    /// Load, until the server is killed in the middle of it.
    async fn load_and_kill(&mut self, mut process: Process, after: usize) {
        let (acks, mut heard) = mpsc::unbounded_channel();
        let mut all = JoinSet::new();
        for _ in 0..CALLERS {
            all.spawn(self.calls(&process).go_on(Arc::clone(&self.asked), acks.clone()));
        }
        all.spawn(self.calls(&process).work(acks));
        let mut count = 0;
        // The browser has its part in the first life; what it leaves begun keeps it waiting in the later ones.
        while count < after || self.told.completed.is_empty() {
            let ack = tokio::select! {
                ack = heard.recv() => ack.unwrap(),
                ended = all.join_next() => panic!("somebody was refused before it was killed: {ended:?}"),
            };
            count += usize::from(self.take(ack));
        }
        process.child.kill().unwrap();
        process.child.wait().unwrap();
        // Whatever answer was on its way counts as well.
        while let Some(ack) = heard.recv().await {
            self.take(ack);
        }
        while let Some(ended) = all.join_next().await {
            ended.unwrap();
        }
    }

    /// Everything that was acknowledged is there, as it was asked for; each request again gives the same task.
    async fn check(&mut self, process: &Process) {
        let calls = self.calls(process);
        for number in 0..self.asked.load(Ordering::SeqCst) {
            let task = calls.create(number).await.unwrap();
            let known = self.told.tasks.entry(number).or_insert_with(|| task.clone());
            assert_eq!(*known, task, "request {number} again");
            let data = process.status(&self.key, &task).await["data"].clone();
            let (path, body) = request(number);
            for (name, value) in body.as_object().unwrap() {
                assert_eq!(&data["task_input"][name], value, "{path} {number}");
            }
        }
        for task in &self.told.completed {
            let data = process.status(&self.key, task).await["data"].clone();
            assert_eq!(
                (&data["status"], &data["task_output"]),
                (&json!("completed"), &json!({"sent": true}))
            );
        }
        let open = self.told.started.iter().filter(|(task, _)| !self.told.completed.contains(task));
        for (task, token) in open {
            let data = process.status(&self.key, task).await["data"].clone();
            // Its completion may be in, though nobody heard so.
            if data["status"] != "completed" {
                let again = calls.agent(&format!("tasks/{task}/start"), json!({ "token": token })).await;
                assert_eq!(again.unwrap()["replayed"], true, "{task}");
            }
        }
    }
}

pub async fn pair(process: &Process) -> (String, String) {
    let code = process.hello["pairing_code"].as_str().unwrap();
    let paired = process.post("/agent/v1/pair", ("accept", "*/*"), pairing(code)).await;
    let key = process.hello["api_key"].as_str().unwrap().to_owned();
    (key, format!("Bearer {}", paired["token"].as_str().unwrap()))
}

/// With so many tasks. Nobody has it open.
pub async fn assert_whole(home: &Home, tasks: usize) {
    home.assert_sound().await;
    assert_eq!(usize::try_from(home.number("SELECT count(*) FROM task").await).unwrap(), tasks);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_under_load_it_loses_nothing_and_makes_nothing_twice() {
    let home = Home::durable().await;
    let mut process = Process::serve(&home);
    let (key, bearer) = pair(&process).await;
    let asked = Arc::default();
    let mut world = World { home, key, bearer, http: client(), asked, told: Told::default() };
    for after in KILLS {
        let before = world.told.tasks.len();
        world.load_and_kill(process, after).await;
        let under_way = world.asked.load(Ordering::SeqCst) - world.told.tasks.len();
        // Each caller was cut off in the middle of one request.
        assert_eq!(under_way, CALLERS, "after {after}");
        assert!(world.told.tasks.len() >= before + after);
        process = Process::serve(&world.home);
        world.check(&process).await;
    }
    process.child.kill().unwrap();
    process.child.wait().unwrap();
    assert_whole(&world.home, world.asked.load(Ordering::SeqCst)).await;
}
