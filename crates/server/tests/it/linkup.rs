//! LinkupAPI's "Get Connections", as its documentation prints it.

use super::lists::*;
use super::process::Process;
use super::support::*;
use liaison_server::store::{Access, NewKey};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

const PATH: &str = "/v1/network/connections";

impl World {
    fn linkup(&self, mut body: Value) -> RequestBuilder {
        if body.get("login_token").is_none() {
            body["login_token"] = json!("AQEinvented");
        }
        self.linkup_raw(body.to_string())
    }

    fn linkup_raw(&self, body: String) -> RequestBuilder {
        let post = self.http.post(format!("{}{PATH}", self.server.url)).header("x-api-key", &self.key);
        post.header("content-type", "application/json").body(body)
    }

    /// A call that so many tasks are needed for; their inputs and the answer's `data`.
    async fn linked(
        &self,
        agent: &Agent,
        network: &[Value],
        tasks: usize,
        body: Value,
    ) -> (Vec<Value>, Value) {
        let carried_out = async {
            let mut inputs = Vec::new();
            for _ in 0..tasks {
                inputs.push(agent.carry_out(network).await);
            }
            inputs
        };
        let (inputs, (status, head, body)) = tokio::join!(carried_out, whole(self.linkup(body)));
        assert_eq!((status, &body["status"]), (200, &json!("success")), "{body}");
        assert_eq!(tasks_named(&head).len(), tasks);
        (inputs, body["data"].clone())
    }
}

fn assert_error((status, _, body): &Whole, expected: u16, message: &str) {
    assert_eq!((*status, &body["status"], &body["message"]), (expected, &json!("error"), &json!(message)));
}

/// Where and how much each task reads.
fn parts(inputs: &[Value]) -> Vec<(u64, u64, Option<&str>)> {
    let number = |input: &Value, name: &str| input[name].as_u64().unwrap();
    inputs
        .iter()
        .map(|input| (number(input, "start"), number(input, "count"), input["fields"].as_str()))
        .collect()
}

#[tokio::test]
async fn pages_are_as_the_documentation_prints_them() {
    let (world, agent) = World::paired().await;
    let mut network = people(839);
    for (member, value) in [
        ("name", "Linda Källqvist"),
        ("headline", "Planhat - VP Customer Success"),
        ("public_identifier", "lindakallqvist"),
    ] {
        network[0][member] = json!(value);
    }
    let (inputs, data) = world.linked(&agent, &network, 1, json!({"start_page": 1, "end_page": 2})).await;
    assert_eq!(parts(&inputs), [(0, 20, Some("all"))]);
    assert_eq!((&data["total_results"], &data["total_available_results"]), (&json!(20), &json!(839)));
    let first = json!({
        "name": "Linda Källqvist",
        "job_title": "Planhat - VP Customer Success",
        "profile_url": "https://www.linkedin.com/in/lindakallqvist/",
        "profile_picture": "https://media.licdn.com/0",
    });
    assert_eq!(data["connections"][0], first);
    let pagination = json!({"start_page": 1, "end_page": 2, "results_per_page": 10, "pages_fetched": 2});
    assert_eq!(data["pagination"], pagination);
    let members: Vec<&str> = data.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["connections", "pagination", "total_available_results", "total_results"]);

    // The last page, which is not full, and one behind it.
    let (inputs, data) = world.linked(&agent, &network, 1, json!({"start_page": 83, "end_page": 85})).await;
    assert_eq!(parts(&inputs), [(820, 30, Some("all"))]);
    assert_eq!((&data["total_results"], &data["pagination"]["pages_fetched"]), (&json!(19), &json!(2)));
    let (_, data) = world.linked(&agent, &network, 1, json!({"start_page": 85, "end_page": 85})).await;
    assert_eq!((&data["connections"], &data["pagination"]["pages_fetched"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn without_pages_there_are_ten_results_or_as_many_as_are_asked_for() {
    let (world, agent) = World::paired().await;
    for (body, count) in
        [(json!({}), 10), (json!({"country": "FR"}), 10), (json!({"total_results": 25, "country": 7}), 25)]
    {
        let (inputs, data) = world.linked(&agent, &people(40), 1, body).await;
        assert_eq!(parts(&inputs), [(0, count, Some("all"))]);
        assert_eq!((&data["total_results"], &data["total_available_results"]), (&json!(count), &json!(40)));
        assert_eq!(data.get("pagination"), None);
    }
}

#[tokio::test]
async fn what_is_missing_is_not_available() {
    let (world, agent) = World::paired().await;
    let mut network = people(1);
    for member in ["name", "first_name", "last_name", "headline", "public_identifier"] {
        network[0][member] = json!("");
    }
    network[0]["profile_image_url"] = Value::Null;
    let (_, data) = world.linked(&agent, &network, 1, json!({})).await;
    let row = json!({
        "name": "N/A", "job_title": "N/A", "profile_picture": "N/A",
        "profile_url": format!("https://www.linkedin.com/in/{}/", profile(0)),
    });
    assert_eq!(data["connections"], json!([row]));
}

#[tokio::test]
async fn more_than_a_task_can_read_is_read_by_several_and_not_by_one_too_many() {
    let (world, agent) = World::paired().await;
    let network = people(1_300);
    let slugs = |data: &Value| -> Vec<String> {
        let rows = data["connections"].as_array().unwrap().iter();
        rows.map(|row| row["profile_url"].as_str().unwrap().to_owned()).collect()
    };
    let wanted = |range: std::ops::Range<usize>| -> Vec<String> {
        range.map(|n| format!("https://www.linkedin.com/in/ada-sim-{n}/")).collect()
    };
    let (inputs, data) = world.linked(&agent, &network, 3, json!({"total_results": 1_200})).await;
    assert_eq!(parts(&inputs), [(0, 500, Some("all")), (500, 500, None), (1_000, 200, None)]);
    assert_eq!(slugs(&data), wanted(0..1_200));
    assert_eq!(data["total_available_results"], 1_300);

    // The list ends before all that was asked for is there: no further task is made.
    let (inputs, data) = world.linked(&agent, &network, 2, json!({"start_page": 71, "end_page": 500})).await;
    assert_eq!(parts(&inputs), [(700, 500, Some("all")), (1_200, 500, None)]);
    assert_eq!(slugs(&data), wanted(700..1_300));
    assert_eq!(data["pagination"]["pages_fetched"], 60);
    assert_eq!(world.tasks().await, 5);
}

#[tokio::test]
async fn a_list_that_moves_between_two_tasks_gives_nobody_twice_and_leaves_no_gap() {
    let (world, agent) = World::paired().await;
    let network = people(700);
    // Three people are added in front while the list is read.
    let moved: Vec<Value> = people(703).into_iter().skip(700).chain(network.iter().cloned()).collect();
    let carried_out = async {
        let first = agent.carry_out(&network).await;
        (first, agent.carry_out(&moved).await, agent.carry_out(&moved).await)
    };
    let ask = world.linkup(json!({"total_results": 600}));
    let ((_, second, third), (status, _, body)) = tokio::join!(carried_out, whole(ask));
    assert_eq!(status, 200, "{body}");
    assert_eq!(parts(&[second, third]), [(500, 100, None), (600, 3, None)]);
    let rows = body["data"]["connections"].as_array().unwrap();
    let urls: Vec<&str> = rows.iter().map(|row| row["profile_url"].as_str().unwrap()).collect();
    assert_eq!(urls.iter().collect::<HashSet<_>>().len(), 600);
    let wanted: Vec<String> = (0..600).map(|n| format!("https://www.linkedin.com/in/ada-sim-{n}/")).collect();
    assert_eq!(urls, wanted);
}

#[tokio::test]
async fn signed_out_is_said_at_once_and_nothing_is_left_to_do() {
    const EXPIRED: &str = "Invalid or expired LinkedIn cookie";
    let (world, agent) = World::paired().await;
    agent.poll(json!({"state": "signed_out"})).await;
    assert_error(&whole(world.linkup(json!({}))).await, 401, EXPIRED);
    let task = world.text("SELECT id FROM task").await;
    let (_, ended) = world.get_as(&world.key, &format!("?wait=25&api_agent_task_id={task}")).await;
    assert_eq!(ended["data"]["task_output"]["code"], "cancelled");

    // With a key they can come back, so the work stays.
    let ask = || world.linkup(json!({})).header("idempotency-key", "k-1");
    assert_error(&whole(ask()).await, 401, EXPIRED);
    // Whoever signs in is heard of by the next poll.
    agent.poll(json!({"accepts": []})).await;
    let network = people(1);
    let (_, (status, ..)) = tokio::join!(agent.carry_out(&network), whole(ask()));
    assert_eq!((status, world.tasks().await), (200, 2));

    // While it is waited for.
    let signs_out = async {
        let offer = agent.next_offer().await;
        agent.poll(json!({"state": "signed_out", "held": held(&offer, "running")["held"]})).await;
        offer
    };
    let (offer, answer) = tokio::join!(signs_out, whole(world.linkup(json!({}))));
    assert_error(&answer, 401, EXPIRED);
    assert_eq!(agent.complete(&offer, "failed", failure("cancelled", None), "none").await.0, 200);
    agent.poll(json!({"accepts": []})).await;
    let answer = tokio::join!(agent.fail(failure("signed_out", None)), whole(world.linkup(json!({})))).1;
    assert_error(&answer, 401, EXPIRED);
}

#[tokio::test]
async fn a_failed_task_is_an_error_with_a_fitting_status() {
    let (world, agent) = World::paired().await;
    for (code, expected) in FAILURES {
        let answer = tokio::join!(agent.fail(failure(code, None)), whole(world.linkup(json!({})))).1;
        assert_error(&answer, *expected, "no. wait");
        assert_eq!(answer.2["code"], *code);
    }
    let failed = agent.fail(failure("throttled", Some(60_000)));
    let answer = tokio::join!(failed, whole(world.linkup(json!({})))).1;
    assert_error(&answer, 429, "no. wait");
    assert_eq!(
        (&answer.1["retry-after"], &answer.2["retry_at"]),
        (&"60".parse().unwrap(), &json!("2026-11-22T00:01:00.000Z"))
    );
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused_before_anything_is_done() {
    let (world, _agent) = World::paired().await;
    for (body, message) in [
        (json!({"login_token": ""}), "Missing or invalid 'login_token': must be a string that is not empty"),
        (
            json!({"login_token": null}),
            "Missing or invalid 'login_token': must be a string that is not empty",
        ),
        (json!({"start_page": 1}), "'start_page' and 'end_page' must be given together"),
        (json!({"start_page": 2, "end_page": 1}), "'end_page' must be greater than or equal to 'start_page'"),
        (json!({"total_results": 5_001}), "At most 5000 connections (500 pages) can be had by one call"),
    ] {
        assert_error(&whole(world.linkup(body)).await, 400, message);
    }
    for body in ["", "{}", "[]", "{\"login_token\":"] {
        let answer = whole(world.linkup_raw(body.to_owned())).await;
        assert_eq!((answer.0, &answer.2["status"]), (400, &json!("error")), "{body}");
    }
    assert_error(&whole(world.linkup_raw("x".repeat(100_000))).await, 413, "Request body too large");
    let url = format!("{}{PATH}", world.server.url);
    assert_error(&whole(world.http.post(&url).body("nonsense")).await, 401, "Missing API Key");
    let wrong = world.http.post(&url).header("x-api-key", "wrong");
    assert_error(&whole(wrong).await, 401, "Invalid API Key");
    let get = world.http.get(&url).header("x-api-key", &world.key);
    assert_error(&whole(get).await, 405, "Method not allowed");
    assert_eq!(world.tasks().await, 0);
}

#[tokio::test]
async fn a_team_that_has_no_browser_is_told_so_and_a_key_that_may_only_read() {
    let mut world = World::new().await;
    let answer = whole(world.linkup(json!({}))).await;
    assert_eq!(
        (answer.0, &answer.2["status"], &answer.2["code"]),
        (403, &json!("error"), &json!("plugin_required"))
    );
    let store = world.server.store();
    let reading = NewKey { access: Access::Read, ..NewKey::default() };
    let team = store.first_team().await.unwrap();
    world.key = store.add_key(&team, &reading, world.now()).await.unwrap().secret;
    assert_error(&whole(world.linkup_raw("nonsense".to_owned())).await, 403, "This API key may only read");
}

#[tokio::test]
async fn what_does_not_come_in_time_is_gone_on_with_under_its_key() {
    let (world, agent) = World::answering_within(Duration::ZERO).await.with_agent().await;
    let network = people(700);
    let ask = |results: u64| world.linkup(json!({"total_results": results})).header("idempotency-key", "k-1");
    let mut named = Vec::new();
    for part in 1..=2 {
        let late = whole(ask(600)).await;
        named = tasks_named(&late.1);
        assert_eq!(named.len(), part);
        let ids = named.join(", ");
        let text =
            format!("There was no answer in time. The work goes on; ask for it with get-task-status: {ids}");
        assert_error(&late, 504, &text);
        agent.carry_out(&network).await;
    }
    let (status, head, body) = whole(ask(600)).await;
    assert_eq!((status, &body["data"]["total_results"]), (200, &json!(600)), "{body}");
    assert_eq!((tasks_named(&head), world.tasks().await), (named, 2));

    // The first part of another request would be the same.
    let text = "This 'Idempotency-Key' was used for another request; use a new key for a new request";
    assert_error(&whole(ask(700)).await, 422, text);
    let official =
        world.http.get(format!("{}/v2/connections?q=viewer", world.server.url)).bearer_auth(&world.key);
    assert_eq!(whole(official.header("idempotency-key", "k-1")).await.0, 422);
}

#[tokio::test]
async fn the_login_token_is_kept_nowhere() {
    const TOKEN: &str = "AQEinventedCookieOfNobody";
    let folder = tempfile::tempdir().unwrap();
    let (database, log) = (folder.path().join("liaison.db"), folder.path().join("log"));
    let mut command = Command::new(super::process::PROGRAM);
    command.args(["serve", "--json", "--listen", "127.0.0.1:0", "--answer-within", "0s", "--database"]);
    command.arg(&database).env("RUST_LOG", "trace").stderr(Stdio::from(fs::File::create(&log).unwrap()));
    let mut server = Process::spawn(&mut command);
    let key = server.hello["api_key"].as_str().unwrap().to_owned();
    let code = server.hello["pairing_code"].as_str().unwrap().to_owned();
    let paired = server.post("/agent/v1/pair", ("accept", "*/*"), pairing(&code)).await;
    assert!(paired["token"].is_string());
    let bodies = [
        json!({"login_token": TOKEN}).to_string(),
        json!({"login_token": TOKEN, "start_page": TOKEN, "end_page": TOKEN}).to_string(),
        json!({"login_token": [TOKEN], "total_results": TOKEN}).to_string(),
        format!("{{\"login_token\":\"{TOKEN}\", {TOKEN}"),
    ];
    for (body, code) in
        bodies.into_iter().zip(["not_in_time", "invalid_input", "invalid_input", "invalid_input"])
    {
        let answer = server.post(PATH, ("x-api-key", &key), body).await;
        assert_eq!(answer["code"], code, "{answer}");
        assert!(!answer.to_string().contains(TOKEN), "{answer}");
    }
    let written = String::from_utf8_lossy(&everything(&database)).contains(r#""deadline_ms":600000"#);
    assert!(written, "the first call's task is in the files");
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    let log = fs::read(&log).unwrap();
    assert!(String::from_utf8_lossy(&log).contains(PATH), "the calls are in the log");
    for (what, bytes) in [("database", everything(&database)), ("log", log)] {
        assert!(!bytes.windows(TOKEN.len()).any(|piece| piece == TOKEN.as_bytes()), "it is in the {what}");
    }
}

/// A database with what SQLite writes beside it.
fn everything(database: &std::path::Path) -> Vec<u8> {
    let folder = fs::read_dir(database.parent().unwrap()).unwrap();
    let paths = folder.map(|entry| entry.unwrap().path());
    let of_it = paths.filter(|path| path.to_string_lossy().starts_with(&*database.to_string_lossy()));
    of_it.flat_map(|path| fs::read(path).unwrap()).collect()
}

#[tokio::test]
async fn a_list_that_never_comes_to_an_end_is_no_list() {
    let (world, agent) = World::paired().await;
    // Whatever is asked for, the same people come.
    let same = async {
        for _ in 0..4 {
            let offer = agent.next_offer().await;
            let mut input = offer["task_input"].clone();
            input["start"] = json!(0);
            assert_eq!(agent.complete(&offer, "completed", read(&people(500), &input), "none").await.0, 200);
        }
    };
    let ask = world.linkup(json!({"total_results": 600}));
    let (_, answer) = tokio::join!(same, whole(ask));
    assert_error(&answer, 502, "The browser's answers make no list");
    assert_eq!(world.tasks().await, 4);
}
