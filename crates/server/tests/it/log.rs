//! The log of a whole run at its most talkative: what happened, and nothing of anybody.

use super::process::{Process, command};
use super::support::*;
use crate::database::Home;
use serde_json::{Value, json};
use std::fs::{self, File};

/// In everything that is somebody's business.
const MARK: &str = "Zaphod";

#[tokio::test]
async fn it_tells_what_happened_and_nothing_of_anybody() {
    let (home, folder) = (Home::new().await, tempfile::tempdir().unwrap());
    let log = folder.path().join("log");
    let mut serve = command("serve", &home);
    serve.args(["--listen", "127.0.0.1:0", "--json", "--log-format", "json"]).env("RUST_LOG", "trace");
    let mut server = Process::spawn(serve.stderr(File::create(&log).unwrap()));
    let secrets = a_whole_run(&server).await;
    let _ = server.child.kill();
    server.child.wait().unwrap();

    let text = fs::read_to_string(&log).unwrap();
    for secret in secrets.iter().map(String::as_str).chain([MARK]) {
        let line = text.lines().find(|line| line.to_lowercase().contains(&secret.to_lowercase()));
        assert_eq!(line, None, "{secret} is in the log");
    }
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |route: &str, status: u16| {
        let about = |line: &&Value| line["span"]["route"] == route && line["status"] == status;
        lines.iter().find(about).unwrap_or_else(|| panic!("no line about {route} and {status}"))
    };
    let created = of(FETCH, 200);
    assert!(created["ms"].is_number() && created["span"]["method"] == "POST", "{created}");
    assert!(created["span"]["team"].is_string(), "{created}");
    assert_eq!(created["span"]["id"], "request-1");
    assert!(of("/agent/v1/tasks/{task}/complete", 200)["span"]["agent"].is_string());
    of("/agent/v1/tasks/{task}/start", 401);
    of("none", 404);
    of("/linkedin-agent/get-task-status", 400);
}

/// Everything that a caller, an agent and a stranger do, with marks in it; answers with the secrets.
async fn a_whole_run(server: &Process) -> Vec<String> {
    let url = server.url();
    let http = client();
    let key = server.hello["api_key"].as_str().unwrap().to_owned();
    let code = server.hello["pairing_code"].as_str().unwrap().to_owned();
    let paired = http.post(format!("{url}/agent/v1/pair")).header("content-type", "application/json");
    let (_, paired) = answer(paired.body(json!({"code": code, "name": MARK}).to_string())).await;
    let token = paired["token"].as_str().unwrap().to_owned();
    let agent =
        Agent { url: url.to_owned(), token: token.clone(), instance: MARK.to_owned(), http: http.clone() };
    let caller = |path: &str| http.post(format!("{url}{path}")).header("x-api-key", &key);
    let fetch = caller(FETCH).header("x-request-id", "request-1").header("idempotency-key", MARK);
    let (_, made) = answer(fetch.body(json!({"keyword": MARK, MARK: MARK}).to_string())).await;
    let person = format!("ACoAA{MARK}");
    let invite = caller(SEND).header("x-request-id", format!("<{MARK}>"));
    answer(invite.body(json!({"profile_urn": person, "note": MARK}).to_string())).await;
    let offer =
        agent.poll(json!({"account": MARK, "accepts": ["agent_fetch_connections"]})).await["task"].clone();
    let row = json!({"name": MARK, "first_name": MARK, "last_name": MARK, "headline": MARK, "entity_urn": MARK,
                     "public_identifier": MARK, "profile_image_url": MARK});
    agent.heartbeat(&offer, json!({"done": 1, "of": 2})).await;
    let done = agent.complete(&offer, "completed", json!({"total": 1, "connections": [row]}), "none").await;
    assert_eq!(done.0, 200, "{done:?}");
    let invitation = agent.poll(json!({"account": MARK})).await["task"].clone();
    agent.start(&invitation).await;
    let mut failed = failure("refused", None);
    failed["error"] = json!(MARK);
    assert_eq!(agent.complete(&invitation, "failed", failed, "none").await.0, 200);
    let task = made["api_agent_task_id"].as_str().unwrap();
    for query in [format!("?api_agent_task_id={task}&x={MARK}"), format!("?api_agent_task_id={MARK}")] {
        let asked = http.get(format!("{url}/linkedin-agent/get-task-status{query}"));
        asked.header("x-api-key", &key).send().await.unwrap();
    }
    let stranger = Agent { token: format!("lat_{MARK}"), ..agent.clone() };
    stranger.start(&invitation).await;
    http.post(format!("{url}{FETCH}")).header("x-api-key", MARK).body(MARK).send().await.unwrap();
    for request in [
        http.get(format!("{url}/{MARK}")),
        http.post(format!("{url}/healthz?{MARK}")),
        caller(FETCH).body(MARK),
    ] {
        request.send().await.unwrap();
    }
    let leases = [&offer, &invitation].map(|offer| offer["token"].as_str().unwrap().to_owned());
    [key, code.replace('-', ""), code, token].into_iter().chain(leases).collect()
}
