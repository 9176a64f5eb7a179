//! The log of a whole run at its most talkative: what happened, and nothing of anybody.

use super::lists::read;
use super::process::{PROGRAM, Process, command};
use super::support::*;
use super::webhooks::Endpoint;
use crate::database::Home;
use axum::http::StatusCode;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::process::Command;

/// In everything that is somebody's business.
const MARK: &str = "Zaphod";

#[tokio::test]
async fn it_tells_what_happened_and_nothing_of_anybody() {
    let (home, folder) = (Home::new().await, tempfile::tempdir().unwrap());
    let log = folder.path().join("log");
    let mut serve = command("serve", &home);
    serve.args(["--listen", "127.0.0.1:0", "--json", "--log-format", "json", "--allow-private-webhooks"]);
    serve.env("RUST_LOG", "trace");
    let mut server = Process::spawn(serve.stderr(File::create(&log).unwrap()));
    let mut add = Command::new(PROGRAM);
    add.args(["admin-key", "add", "--name", MARK, "--database"]).arg(home.argument());
    let made = add.output().unwrap();
    let admin_key = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    let secrets = a_whole_run(&server, &admin_key).await;
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
    for (route, status) in [
        ("/linkedin-agent/tasks", 200),
        ("/linkedin-agent/tasks", 400),
        ("/linkedin-agent/tasks/{task}/connections.csv", 200),
        ("/linkedin-agent/tasks/{task}", 200),
        ("/linkedin-agent/webhooks", 200),
        ("/linkedin-agent/webhooks", 400),
        ("/v2/connections", 200),
        ("/v1/network/connections", 200),
        ("/v1/network/connections", 400),
        ("/admin/v1/teams", 200),
        ("/admin/v1/teams", 400),
        ("/admin/v1/teams", 401),
        ("/admin/v1/teams/{team}/members", 200),
        ("/admin/v1/teams/{team}/keys", 200),
        ("/dashboard/session", 200),
        ("/dashboard/session", 401),
        ("/dashboard/session", 403),
        ("/admin/v1/teams/{team}/tasks", 200),
        ("/admin/v1/teams/{team}/tasks/{task}", 404),
        ("/admin/v1/teams/{team}/send-connection-request", 200),
    ] {
        of(route, status);
    }
    for done in [
        "a team was added",
        "a member was changed",
        "an API key was made",
        "a webhook was disabled",
        "an operator signed in",
        "an operator signed out",
        "a task was made",
        "a task was called off",
        "a task was deleted",
    ] {
        assert!(lines.iter().any(|line| line["message"] == done), "no line says that {done}");
    }
}

/// Everything that a caller, an agent and a stranger do, with marks in it; answers with the secrets.
async fn a_whole_run(server: &Process, admin_key: &str) -> Vec<String> {
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
    let mut others = what_callers_do_beside(&http, url, &key, &agent, task).await;
    others.extend(what_operators_do(&http, url, admin_key).await);
    [key, code.replace('-', ""), code, token].into_iter().chain(leases).chain(others).collect()
}

/// A call whose answer is for nobody here to judge; its status and body.
async fn made(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
}

async fn what_callers_do_beside(
    http: &Client,
    url: &str,
    key: &str,
    agent: &Agent,
    task: &str,
) -> Vec<String> {
    let call =
        |method: Method, path: &str| http.request(method, format!("{url}{path}")).header("x-api-key", key);
    let hooks = "/linkedin-agent/webhooks";
    let mut endpoint = Endpoint::new().await;
    let mut secrets = Vec::new();
    for at in [format!("{}/{MARK}?{MARK}", endpoint.url), format!("http://{MARK}.invalid:1/{MARK}?{MARK}")] {
        let register = call(Method::POST, hooks).body(json!({"url": at, "include_output": true}).to_string());
        let (status, webhook) = made(register).await;
        assert_eq!(status, 200, "{webhook}");
        secrets.push(webhook["data"]["secret"].as_str().unwrap().to_owned());
    }
    let wrong = json!({"url": format!("ftp://{MARK}/"), "include_output": MARK}).to_string();
    assert_eq!(made(call(Method::POST, hooks).body(wrong)).await.0, 400);

    let row = json!({"name": MARK, "first_name": MARK, "last_name": MARK, "headline": MARK, "entity_urn": MARK,
                     "public_identifier": MARK, "profile_image_url": MARK});
    let carried_out = async || {
        let offer = agent.poll(json!({"account": MARK, "wait_ms": 20_000})).await["task"].clone();
        let output = read(std::slice::from_ref(&row), &offer["task_input"]);
        assert_eq!(agent.complete(&offer, "completed", output, "none").await.0, 200);
    };
    // Gone for good, with the first of them.
    endpoint.answers(StatusCode::GONE);
    let query = format!("/v2/connections?q=viewer&{MARK}={MARK}&projection=(elements*(to~),{MARK},paging)");
    let official = http.get(format!("{url}{query}")).bearer_auth(key);
    let linkup = json!({"login_token": MARK, "country": MARK}).to_string();
    assert_eq!(tokio::join!(carried_out(), made(official)).1.0, 200);
    endpoint.next().await;
    let ask = call(Method::POST, "/v1/network/connections").header("idempotency-key", MARK.to_lowercase());
    assert_eq!(tokio::join!(carried_out(), made(ask.body(linkup))).1.0, 200);
    let wrong = json!({"login_token": MARK, "start_page": MARK, "end_page": MARK}).to_string();
    assert_eq!(made(call(Method::POST, "/v1/network/connections").body(wrong)).await.0, 400);

    let tasks = "/linkedin-agent/tasks";
    for (method, path, status) in [
        (Method::GET, format!("{tasks}?include=output&{MARK}={MARK}"), 200),
        (Method::GET, format!("{tasks}?cursor={MARK}"), 400),
        (Method::GET, format!("{tasks}/{task}/connections.csv?{MARK}"), 200),
        (Method::DELETE, format!("{tasks}/{task}?{MARK}"), 200),
        (Method::DELETE, format!("{tasks}/{MARK}"), 404),
        (Method::GET, format!("{hooks}?{MARK}"), 200),
        (Method::DELETE, format!("{hooks}/{MARK}"), 404),
    ] {
        assert_eq!(made(call(method, &path)).await.0, status, "{path}");
    }
    secrets
}

async fn what_operators_do(http: &Client, url: &str, admin_key: &str) -> Vec<String> {
    let as_who = async |key: &str, method: Method, path: &str, body: Value| {
        let request = http.request(method, format!("{url}/admin/v1/teams{path}")).bearer_auth(key);
        made(request.body(body.to_string())).await
    };
    let done = async |method: Method, path: &str, body: Value| {
        let (status, body) = as_who(admin_key, method, path, body).await;
        assert_eq!(status, 200, "{path}: {body}");
        body["data"].clone()
    };
    let id = |thing: &Value| thing["id"].as_str().unwrap().to_owned();
    let name = || json!({"name": MARK});
    assert_eq!(as_who(MARK, Method::GET, "", name()).await.0, 401);
    assert_eq!(as_who(admin_key, Method::POST, "", json!({"name": format!("{MARK}\u{1b}")})).await.0, 400);
    assert_eq!(as_who(admin_key, Method::GET, &format!("/{MARK}?limit={MARK}"), json!({})).await.0, 404);
    let team = format!("/{}", id(&done(Method::POST, "", name()).await));
    done(Method::PATCH, &team, name()).await;
    let member = json!({"name": MARK, "role": "admin"});
    let member =
        format!("{team}/members/{}", id(&done(Method::POST, &format!("{team}/members"), member).await));
    done(Method::PATCH, &member, name()).await;
    let code = done(Method::POST, &format!("{member}/pairing-codes"), json!({})).await;
    let key = done(Method::POST, &format!("{team}/keys"), name()).await;
    for list in ["", &format!("{team}/members"), &format!("{team}/keys"), &format!("{team}/agents")] {
        done(Method::GET, &format!("{list}?limit=5&{MARK}={MARK}"), json!({})).await;
    }
    done(Method::DELETE, &format!("{team}/keys/{}", id(&key)), json!({})).await;
    done(Method::DELETE, &member, json!({})).await;
    done(Method::DELETE, &team, json!({})).await;
    let code = code["code"].as_str().unwrap().to_owned();
    let mut secrets = what_is_done_on_the_dashboard(http, url, admin_key).await;
    secrets.extend([
        admin_key.to_owned(),
        key["api_key"].as_str().unwrap().to_owned(),
        code.replace('-', ""),
        code,
    ]);
    secrets
}

/// Signed in, with the tasks of the first team; answers with the session's secrets.
async fn what_is_done_on_the_dashboard(http: &Client, url: &str, admin_key: &str) -> Vec<String> {
    let sign_in = |key: &str| {
        let request = http.post(format!("{url}/dashboard/session?{MARK}={MARK}"));
        request.body(json!({"admin_key": key, MARK: MARK}).to_string())
    };
    assert_eq!(made(sign_in(MARK)).await.0, 401);
    let signed_in = sign_in(admin_key).send().await.unwrap();
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let signed_in: Value = signed_in.json().await.unwrap();
    let csrf = signed_in["data"]["csrf"].as_str().unwrap().to_owned();
    let call = async |method: Method, path: &str, body: Value, status: u16| {
        let request = http.request(method, format!("{url}{path}")).body(body.to_string());
        let request =
            request.header("cookie", format!("{MARK}={MARK}; {cookie}")).header("x-csrf-token", &csrf);
        let (answered, body) = made(request).await;
        assert_eq!(answered, status, "{path}: {body}");
        body
    };
    let teams = call(Method::GET, "/admin/v1/teams", Value::Null, 200).await;
    let team = format!("/admin/v1/teams/{}", teams["data"][0]["id"].as_str().unwrap());
    let person = json!({"profile_urn": format!("ACoAB{MARK}"), "note": MARK});
    call(Method::POST, &format!("{team}/fetch-connections"), json!({"keyword": MARK, "count": MARK}), 400)
        .await;
    let sent = call(Method::POST, &format!("{team}/send-connection-request"), person, 200).await;
    let task = format!("{team}/tasks/{}", sent["api_agent_task_id"].as_str().unwrap());
    call(Method::GET, &format!("{team}/tasks?{MARK}={MARK}&include=output"), Value::Null, 200).await;
    call(Method::GET, &format!("{team}/tasks?cursor={MARK}"), Value::Null, 400).await;
    call(Method::GET, &format!("{team}/tasks/{MARK}"), Value::Null, 404).await;
    call(Method::POST, &format!("{task}/cancel"), Value::Null, 200).await;
    call(Method::GET, &format!("{task}?include=events&{MARK}"), Value::Null, 200).await;
    call(Method::GET, &format!("{task}/connections.csv?{MARK}"), Value::Null, 409).await;
    call(Method::DELETE, &task, Value::Null, 200).await;
    call(Method::GET, &format!("/dashboard/{MARK}"), Value::Null, 404).await;
    let foreign = http.delete(format!("{url}/dashboard/session")).header("cookie", &cookie);
    assert_eq!(made(foreign.header("x-csrf-token", MARK)).await.0, 403);
    call(Method::DELETE, "/dashboard/session", Value::Null, 200).await;
    vec![cookie.split_once('=').unwrap().1.to_owned(), csrf]
}
