//! The program itself: its commands, its end, and its end by force.

use super::support::{FETCH, client, pairing};
use crate::database::Home;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_liaison-server");

/// A server process, ended by force when it is dropped.
pub struct Process {
    pub child: Child,
    pub hello: Value,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    pub fn serve(home: &Home) -> Self {
        Self::spawn(command("serve", home).args(["--listen", "127.0.0.1:0", "--json", "--rate-limit", "0"]))
    }

    pub fn spawn(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, hello: serde_json::from_str(&line).unwrap() }
    }

    pub fn url(&self) -> &str {
        self.hello["url"].as_str().unwrap()
    }

    pub async fn post(&self, path: &str, header: (&str, &str), body: String) -> Value {
        let request = client().post(format!("{}{path}", self.url())).header(header.0, header.1);
        let response = request.header("content-type", "application/json").body(body).send().await.unwrap();
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    }

    pub async fn status(&self, key: &str, task: &str) -> Value {
        let url = format!("{}/linkedin-agent/get-task-status?api_agent_task_id={task}", self.url());
        let response = client().get(url).header("x-api-key", key).send().await.unwrap();
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    }
}

pub fn command(verb: &str, home: &Home) -> Command {
    let mut command = Command::new(PROGRAM);
    command.arg(verb).arg("--database").arg(home.argument()).env("RUST_LOG", "warn").stderr(Stdio::null());
    command
}

fn line_of(verb: &str, home: &Home) -> String {
    let output = command(verb, home).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn killed_it_has_lost_nothing_that_was_acknowledged() {
    let home = Home::new().await;
    let server = Process::serve(&home);
    let key = server.hello["api_key"].as_str().unwrap().to_owned();
    let code = server.hello["pairing_code"].as_str().unwrap();
    let paired = server.post("/agent/v1/pair", ("accept", "*/*"), pairing(code)).await;
    let bearer = format!("Bearer {}", paired["token"].as_str().unwrap());
    let created = server.post(FETCH, ("x-api-key", &key), String::new()).await;
    let task = created["api_agent_task_id"].as_str().unwrap().to_owned();
    drop(server);

    let server = Process::serve(&home);
    assert_eq!((&server.hello["api_key"], &server.hello["pairing_code"]), (&Value::Null, &Value::Null));
    assert_eq!(server.status(&key, &task).await["data"]["status"], "pending");
    let poll = json!({"instance": "i", "version": "0", "account": null, "wait_ms": 0, "state": "ready",
                      "accepts": ["agent_fetch_connections"]});
    let answer = server.post("/agent/v1/poll", ("authorization", &bearer), poll.to_string()).await;
    assert_eq!(answer["task"]["task"], json!(task));
    drop(server);

    let server = Process::serve(&home);
    assert_eq!(server.status(&key, &task).await["data"]["status"], "processing");
}

#[tokio::test]
async fn new_codes_and_keys_work_while_it_runs() {
    let home = Home::new().await;
    let server = Process::serve(&home);
    let code = line_of("pair", &home);
    let paired = server.post("/agent/v1/pair", ("accept", "*/*"), pairing(&code)).await;
    assert!(paired["token"].is_string(), "{paired}");
    let key = line_of("key", &home);
    let created = server.post(FETCH, ("x-api-key", &key), "{}".to_owned()).await;
    assert_eq!(created["success"], true, "{created}");
}

#[tokio::test]
async fn two_servers_on_one_database_lose_nothing() {
    let home = Home::new().await;
    let (one, two) = (Process::serve(&home), Process::serve(&home));
    let key = one.hello["api_key"].as_str().unwrap().to_owned();
    let paired = two.post("/agent/v1/pair", ("accept", "*/*"), pairing(&line_of("pair", &home))).await;
    let bearer = format!("Bearer {}", paired["token"].as_str().unwrap());
    let mut tasks = Vec::new();
    for _ in 0..20 {
        let door = ("x-api-key", key.as_str());
        let (first, second) =
            tokio::join!(one.post(FETCH, door, String::new()), two.post(FETCH, door, String::new()));
        tasks
            .extend([first, second].map(|created| created["api_agent_task_id"].as_str().unwrap().to_owned()));
    }
    let poll = json!({"instance": "i", "version": "0", "account": null, "wait_ms": 0, "state": "ready",
                      "accepts": ["agent_fetch_connections"]});
    for server in [&one, &two].into_iter().cycle().take(tasks.len()) {
        let answer = server.post("/agent/v1/poll", ("authorization", &bearer), poll.to_string()).await;
        let offer = &answer["task"];
        let path = format!("/agent/v1/tasks/{}/complete", offer["task"].as_str().unwrap());
        let result = json!({"token": offer["token"], "status": "completed", "task_output": {"total": 0, "connections": []}});
        let done = two.post(&path, ("authorization", &bearer), result.to_string()).await;
        assert_eq!(done["status"], "completed", "{done}");
    }
    for task in &tasks {
        assert_eq!(one.status(&key, task).await["data"]["status"], "completed");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_ends_it_well() {
    for signal in ["-TERM", "-INT"] {
        let home = Home::new().await;
        let mut server = Process::serve(&home);
        let sent = Command::new("kill").arg(signal).arg(server.child.id().to_string()).status().unwrap();
        assert!(sent.success());
        assert!(server.child.wait().unwrap().success(), "{signal}");
    }
}
