//! `kill -9` under load, and a disk that fills up: what was acknowledged is there, and nothing is there twice.

use super::process::{PROGRAM, Process};
use super::support::{FETCH, SEND, client, pairing};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
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
    folder: tempfile::TempDir,
    key: String,
    bearer: String,
    http: Client,
    /// How many different requests were ever made.
    asked: Arc<AtomicUsize>,
    told: Told,
}

/// Request number `number`: always the same.
fn request(number: usize) -> (&'static str, Value) {
    if number.is_multiple_of(2) {
        (FETCH, json!({"keyword": format!("name {number}"), "count": 1 + number % 500}))
    } else {
        (SEND, json!({"profile_urn": format!("ACoAA{number:08}"), "note": format!("note {number}")}))
    }
}

/// The body of a 200; `None` when the server is gone or refuses.
async fn taken(request: RequestBuilder) -> Option<Value> {
    let response = request.send().await.ok()?;
    let good = response.status() == 200;
    let body = response.text().await.ok()?;
    good.then(|| serde_json::from_str(&body).unwrap())
}

#[derive(Clone)]
struct Calls {
    url: String,
    key: String,
    bearer: String,
    http: Client,
}

impl Calls {
    async fn create(&self, number: usize) -> Option<String> {
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
            let ack = heard.recv().await.unwrap();
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

fn database(folder: &tempfile::TempDir) -> std::path::PathBuf {
    folder.path().join("liaison.db")
}

async fn pair(process: &Process) -> (String, String) {
    let code = process.hello["pairing_code"].as_str().unwrap();
    let paired = process.post("/agent/v1/pair", ("accept", "*/*"), pairing(code)).await;
    let key = process.hello["api_key"].as_str().unwrap().to_owned();
    (key, format!("Bearer {}", paired["token"].as_str().unwrap()))
}

/// Of a file that nobody has open.
async fn assert_whole(file: &Path, tasks: usize) {
    let mut db = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let sound: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut db).await.unwrap();
    assert_eq!(sound, ["ok"]);
    let strays = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut db).await.unwrap();
    assert!(strays.is_empty());
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM task").fetch_one(&mut db).await.unwrap();
    assert_eq!(usize::try_from(count).unwrap(), tasks);
    db.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_under_load_it_loses_nothing_and_makes_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::serve(&database(&folder));
    let (key, bearer) = pair(&process).await;
    let asked = Arc::default();
    let mut world = World { folder, key, bearer, http: client(), asked, told: Told::default() };
    for after in KILLS {
        let before = world.told.tasks.len();
        world.load_and_kill(process, after).await;
        let under_way = world.asked.load(Ordering::SeqCst) - world.told.tasks.len();
        // Each caller was cut off in the middle of one request.
        assert_eq!(under_way, CALLERS, "after {after}");
        assert!(world.told.tasks.len() >= before + after);
        process = Process::serve(&database(&world.folder));
        world.check(&process).await;
    }
    process.child.kill().unwrap();
    process.child.wait().unwrap();
    assert_whole(&database(&world.folder), world.asked.load(Ordering::SeqCst)).await;
}

/// A limit on the size of files stands for the full disk: what is written beyond it fails.
#[cfg(unix)]
#[tokio::test]
async fn a_disk_that_fills_up_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let file = database(&folder);
    // The signal that would end it is ignored, as it is by whatever runs on a full disk.
    let script =
        "trap '' XFSZ; ulimit -f 2000; exec \"$0\" serve --database \"$1\" --listen 127.0.0.1:0 --json";
    let mut command = Command::new("sh");
    command.args(["-c", script, PROGRAM]).arg(&file).env("RUST_LOG", "off").stderr(Stdio::null());
    let process = Process::spawn(&mut command);
    let (key, bearer) = pair(&process).await;
    let calls = Calls { url: process.url().to_owned(), key: key.clone(), bearer, http: client() };
    let mut tasks = Vec::new();
    while let Some(task) = calls.create(tasks.len()).await {
        tasks.push(task);
        assert!(tasks.len() < 5_000, "the disk never got full");
    }
    assert!(tasks.len() > 5, "it was full from the beginning");
    let read = async || {
        let request = calls.http.post(format!("{}{FETCH}", calls.url)).header("x-api-key", &key);
        request.body("{}").send().await.unwrap()
    };
    // Where an invitation with its note has no room, a read may still have some.
    let mut reads = 0;
    while read().await.status().as_u16() == 200 {
        reads += 1;
        assert!(reads < 5_000, "the disk never got full");
    }
    for _ in 0..20 {
        let refused = read().await;
        assert_eq!(
            (refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()),
            (503, "30")
        );
        assert!(refused.text().await.unwrap().contains("\"code\":\"storage_unavailable\""));
    }
    // What is there can be read all the same.
    assert_eq!(process.status(&key, &tasks[0]).await["data"]["status"], "pending");
    drop(process);

    let process = Process::serve(&file);
    let calls = Calls { url: process.url().to_owned(), ..calls };
    for (number, task) in tasks.iter().enumerate() {
        assert_eq!(process.status(&key, task).await["data"]["status"], "pending");
        assert_eq!(calls.create(number).await.as_ref(), Some(task));
    }
    assert!(calls.create(tasks.len()).await.is_some());
    drop(process);
    assert_whole(&file, tasks.len() + reads + 1).await;
}
