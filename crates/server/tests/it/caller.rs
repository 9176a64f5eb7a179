//! The documented endpoints, to the letter.

use super::support::*;
use serde_json::{Value, json};

const HALF: &str = "A string in the body holds half of a character (a lone surrogate, such as \\ud83d): cut text between \
                    characters";
const VANITY: &str = "Missing or invalid 'profile_urn': it looks like a public identifier (vanity name), which is no \
                      profile id; take the 'entity_urn' that fetch-connections answers with";
const SLASHES: &str = "Not found: the path has a doubled slash, or one at its end; leave it out (perhaps your base URL \
                       ends with one)";

/// One test for each request that is refused, with its status and its exact text.
macro_rules! refused {
    ($($name:ident: $path:expr, $body:expr => $status:literal $text:expr;)+) => {
        $(#[tokio::test]
        async fn $name() {
            let (world, _agent) = World::paired().await;
            let answer = world.post_raw($path, Some(&world.key), $body).await;
            assert_refused(&answer, $status, $text);
        })+
    };
}

refused! {
    not_json: FETCH, "{" => 400 "Invalid JSON body";
    not_utf8: FETCH, &b"{\"keyword\":\"\xff\"}"[..] => 400 "The body is not UTF-8";
    utf16: FETCH, &b"\xff\xfe{\0}\0"[..] => 400 "The body is not UTF-8";
    half_an_emoji: SEND, r#"{"profile_urn":"ACoAABCDEF123","note":"Hi \ud83d"}"# => 400 HALF;
    half_an_emoji_and_text: SEND, r#"{"note":"\ud83dx","profile_urn":"ACoAABCDEF123"}"# => 400 HALF;
    the_other_half: FETCH, r#"{"keyword":"\\\ude00"}"# => 400 HALF;
    two_halves_apart: FETCH, r#"{"keyword":"\ud83d\n\ude00"}"# => 400 HALF;
    half_an_emoji_in_no_json: FETCH, r#"{"keyword":"\ud83d""# => 400 "Invalid JSON body";
    half_an_emoji_in_a_list: FETCH, r#"["\ud83d"]"# => 400 HALF;
    number_without_end: FETCH, r#"{"count":1e999,"keyword":"\\ud83d"}"# => 400 "Invalid JSON body";
    two_marks: FETCH, "\u{feff}\u{feff}{}" => 400 "Invalid JSON body";
    not_an_object: FETCH, "[]" => 400 "Invalid JSON body";
    null_body: FETCH, "null" => 400 "Invalid JSON body";
    two_objects: SEND, "{} {}" => 400 "Invalid JSON body";
    bottomless: FETCH, "[".repeat(60_000) => 400 "Invalid JSON body";
    keyword_number: FETCH, r#"{"keyword":5}"# => 400 "Invalid 'keyword': must be a string";
    sort_type_list: FETCH, r#"{"sort_type":["RECENTLY_ADDED"]}"# => 400 "Invalid 'sort_type': must be a string";
    start_negative: FETCH, r#"{"start":-1}"# => 400 "Invalid 'start': must be a non-negative integer";
    start_text: FETCH, r#"{"start":"0"}"# => 400 "Invalid 'start': must be a non-negative integer";
    start_beyond: FETCH, r#"{"start":9007199254740993}"# => 400 "Invalid 'start': must be at most 9007199254740991";
    count_0: FETCH, r#"{"count":0}"# => 400 "Invalid 'count': must be an integer between 1 and 500";
    count_501: FETCH, r#"{"count":501}"# => 400 "Invalid 'count': must be an integer between 1 and 500";
    count_broken: FETCH, r#"{"count":1.5}"# => 400 "Invalid 'count': must be an integer between 1 and 500";
    count_text: FETCH, r#"{"count":"40"}"# => 400 "Invalid 'count': must be an integer between 1 and 500";
    fields_word: FETCH, r#"{"fields":"some"}"# => 400 "Invalid 'fields': must be 'all' or 'total'";
    fields_capitals: FETCH, r#"{"fields":"ALL"}"# => 400 "Invalid 'fields': must be 'all' or 'total'";
    fields_list: FETCH, r#"{"fields":["all"]}"# => 400 "Invalid 'fields': must be 'all' or 'total'";
    fields_last: FETCH, r#"{"fields":7,"count":0}"# => 400 "Invalid 'count': must be an integer between 1 and 500";
    urn_missing: SEND, "{}" => 400 "Missing or invalid 'profile_urn'";
    urn_no_body: SEND, "" => 400 "Missing or invalid 'profile_urn'";
    urn_number: SEND, r#"{"profile_urn":5}"# => 400 "Missing or invalid 'profile_urn'";
    urn_member: SEND, r#"{"profile_urn":"urn:li:member:123456"}"# => 400 "Missing or invalid 'profile_urn'";
    vanity_name: SEND, r#"{"profile_urn":"ada-lovelace"}"# => 400 VANITY;
    vanity_address: SEND, r#"{"profile_urn":"https://www.linkedin.com/in/ada-lovelace/"}"# => 400 VANITY;
    note_number: SEND, r#"{"profile_urn":"ACoAABCDEF123","note":1}"# => 400 "Invalid 'note': must be a string";
    note_301: SEND, json!({"profile_urn": "ACoAABCDEF123", "note": "x".repeat(301)}).to_string()
        => 400 "Invalid 'note': must be 300 characters or fewer";
    note_emoji_151: SEND, json!({"profile_urn": "ACoAABCDEF123", "note": "👋".repeat(151)}).to_string()
        => 400 "Invalid 'note': must be 300 characters or fewer";
    body_over_64_kb: FETCH, json!({"keyword": "x".repeat(65 * 1024)}).to_string() => 413 "Request body too large";
    body_10_mb: FETCH, json!({"keyword": "x".repeat(10 * 1024 * 1024)}).to_string() => 413 "Request body too large";
    unknown_route: "/linkedin-agent/fetch-everything", "{}" => 404 "Not found";
    slash_at_the_end: "/linkedin-agent/fetch-connections/", "{}" => 404 SLASHES;
    two_slashes: "//linkedin-agent/fetch-connections", "{}" => 404 SLASHES;
    two_slashes_within: "/linkedin-agent//fetch-connections", "{}" => 404 SLASHES;
    wrong_method: "/linkedin-agent/get-task-status", "{}" => 405 "Method not allowed";
}

macro_rules! taken {
    ($($name:ident: $path:expr, $body:expr => $echo:expr;)+) => {
        $(#[tokio::test]
        async fn $name() {
            let (world, _agent) = World::paired().await;
            let (status, body) = world.post_raw($path, Some(&world.key), $body).await;
            assert_eq!(status, 200, "{body}");
            let task = body["api_agent_task_id"].as_str().unwrap();
            assert_eq!(world.status(task).await["task_input"], $echo);
        })+
    };
}

fn fetch_echo(changes: Value) -> Value {
    let mut echo = json!({"keyword": null, "sort_type": null, "start": 0, "count": 40,
                          "task_type": "agent_fetch_connections"});
    for (name, value) in changes.as_object().unwrap() {
        echo[name] = value.clone();
    }
    echo
}

fn send_echo(urn: &str, note: Value) -> Value {
    json!({"profile_urn": urn, "note": note, "task_type": "agent_send_connection_request"})
}

taken! {
    no_body_is_an_empty_object: FETCH, "" => fetch_echo(json!({}));
    empty_object: FETCH, "{}" => fetch_echo(json!({}));
    byte_order_mark: FETCH, "\u{feff}{\"count\":1}" => fetch_echo(json!({"count": 1}));
    escaped_emoji: FETCH, r#"{"keyword":"\ud83d\ude00 \\ud83d"}"# => fetch_echo(json!({"keyword": "😀 \\ud83d"}));
    nulls_are_absent: FETCH, r#"{"keyword":null,"count":null}"# => fetch_echo(json!({}));
    count_500: FETCH, r#"{"count":500}"# => fetch_echo(json!({"count": 500}));
    count_40_point_0: FETCH, r#"{"count":40.0}"# => fetch_echo(json!({"count": 40}));
    keyword_as_sent: FETCH, r#"{"keyword":" John "}"# => fetch_echo(json!({"keyword": " John "}));
    unknown_fields_are_ignored: FETCH, r#"{"colour":"red"}"# => fetch_echo(json!({}));
    fields_all: FETCH, r#"{"fields":"all"}"# => fetch_echo(json!({"fields": "all"}));
    fields_total: FETCH, r#"{"fields":"total"}"# => fetch_echo(json!({"fields": "total"}));
    fields_null: FETCH, r#"{"fields":null}"# => fetch_echo(json!({}));
    bare_id: SEND, r#"{"profile_urn":"ACoAABCDEF123"}"# => send_echo("ACoAABCDEF123", Value::Null);
    full_urn: SEND, r#"{"profile_urn":"urn:li:fsd_profile:ACoAABCDEF123"}"#
        => send_echo("urn:li:fsd_profile:ACoAABCDEF123", Value::Null);
    blank_note: SEND, r#"{"profile_urn":"ACoAABCDEF123","note":"  "}"# => send_echo("ACoAABCDEF123", json!("  "));
    note_300_and_blanks: SEND,
        json!({"profile_urn": "ACoAABCDEF123", "note": format!("  {} ", "x".repeat(300))}).to_string()
        => send_echo("ACoAABCDEF123", json!(format!("  {} ", "x".repeat(300))));
    note_of_150_emoji: SEND, json!({"profile_urn": "ACoAABCDEF123", "note": "👋".repeat(150)}).to_string()
        => send_echo("ACoAABCDEF123", json!("👋".repeat(150)));
}

/// The documented text says 300 characters, and an emoji is one to who reads it.
#[tokio::test]
async fn a_note_that_is_too_long_is_told_how_it_is_counted() {
    let (world, _agent) = World::paired().await;
    let (_, body) = world.post(SEND, json!({"profile_urn": "ACoAABCDEF123", "note": "👋".repeat(151)})).await;
    assert!(
        body["remedy"].as_str().is_some_and(|remedy| remedy.contains("an emoji counts as two")),
        "{body}"
    );
    let (_, body) = world.post(SEND, json!({"profile_urn": "ACoAABCDEF123", "note": 7})).await;
    assert_eq!(body.get("remedy"), None, "{body}");
}

#[tokio::test]
async fn a_compressed_body_is_not_taken() {
    let (world, _agent) = World::paired().await;
    let send = async |path: &str, coding: &'static str, body: &'static [u8]| {
        let request = world.http.post(format!("{}{path}", world.server.url)).header("x-api-key", &world.key);
        answer(request.header("content-encoding", coding).body(body)).await
    };
    for coding in ["gzip", "GZIP", "identity, br", "zstd", "deflate"] {
        assert_code(&send(FETCH, coding, b"\x1f\x8b\x08").await, 415, "compressed");
    }
    let (status, body) = send("/v1/network/connections", "gzip", b"\x1f\x8b\x08").await;
    assert_eq!((status, &body["status"], &body["code"]), (415, &json!("error"), &json!("compressed")));
    for plain in ["identity", "", "utf-8"] {
        assert_eq!(send(FETCH, plain, b"{}").await.0, 200, "{plain}");
    }
}

#[tokio::test]
async fn creating_answers_as_documented() {
    let (world, _agent) = World::paired().await;
    for (path, body, message) in [
        (FETCH, json!({}), "Fetch connections task created successfully"),
        (SEND, json!({"profile_urn": "ACoAABCDEF123"}), "Send connection request task created successfully"),
    ] {
        let (status, body) = world.post(path, body).await;
        let id = body["api_agent_task_id"].clone();
        assert_eq!(
            (status, &body),
            (200, &json!({"success": true, "api_agent_task_id": id, "message": message}))
        );
        assert_eq!(id.as_str().unwrap().len(), 36);
    }
}

#[tokio::test]
async fn get_task_status_refuses_ids_that_are_none() {
    let (world, _agent) = World::paired().await;
    for query in ["", "?api_agent_task_id=", "?api_agent_task_id=42", "?other=1"] {
        assert_refused(&world.get_as(&world.key, query).await, 400, "Missing or invalid 'api_agent_task_id'");
    }
    let task = world.fetch().await;
    let odd =
        [task.replace('-', ""), format!("%7B{task}%7D"), format!("urn:uuid:{task}"), format!("{task}%20")];
    for id in odd.into_iter().chain([format!("{task}&api_agent_task_id={task}")]) {
        let answer = world.get_as(&world.key, &format!("?api_agent_task_id={id}")).await;
        assert_refused(&answer, 400, "Missing or invalid 'api_agent_task_id'");
    }
    let upper = task.to_uppercase();
    assert_eq!(world.get_as(&world.key, &format!("?api_agent_task_id={upper}")).await.0, 200);
    for wait in ["0", "26", "1.5", "x", "", "%2B1", "-1", "%FF", "1%20", "99999999999999999999", "1&wait=1"] {
        let answer = world.get_as(&world.key, &format!("?api_agent_task_id={task}&wait={wait}")).await;
        assert_refused(&answer, 400, "Invalid 'wait': must be an integer between 1 and 25");
    }
}

#[tokio::test]
async fn unknown_and_foreign_tasks_look_the_same() {
    let (world, _agent) = World::paired().await;
    let (other_key, other_agent) = world.other_team().await;
    let task = world.fetch().await;
    let query = format!("?api_agent_task_id={task}");
    assert_refused(&world.get_as(&other_key, &query).await, 404, "Agent task not found");
    let unknown = "?api_agent_task_id=550e8400-e29b-41d4-a716-446655440000";
    assert_refused(&world.get_as(&world.key, unknown).await, 404, "Agent task not found");
    assert_eq!(other_agent.poll(json!({})).await["task"], Value::Null);
    assert_eq!(world.status(&task).await["status"], "pending");
}

/// A connection with all documented members.
fn john_doe() -> Value {
    json!({"name": "John Doe", "first_name": "John", "last_name": "Doe", "headline": "", "profile_image_url": null,
           "entity_urn": "urn:li:fsd_profile:ACoAABCDEF123", "public_identifier": "john-doe"})
}

#[tokio::test]
async fn a_fetch_from_post_to_output() {
    let (world, agent) = World::paired().await;
    let task = world.create(FETCH, json!({"keyword": "John"})).await;
    let data = world.status(&task).await;
    assert_eq!((&data["status"], &data["task_output"]), (&json!("pending"), &Value::Null));
    let offer = agent.offer().await;
    assert_eq!(
        (&offer["task"], &offer["task_type"], &offer["task_input"]),
        (
            &json!(task),
            &json!("agent_fetch_connections"),
            &json!({"keyword": "John", "sort_type": null, "start": 0, "count": 40})
        )
    );
    assert_eq!(agent.heartbeat(&offer, json!({"done": 100, "of": 240})).await.0, 200);
    let data = world.status(&task).await;
    assert_eq!(
        (&data["status"], &data["progress"]),
        (&json!("processing"), &json!({"done": 100, "of": 240}))
    );
    let output = json!({"total": 1, "connections": [john_doe()]});
    let mut said = output.clone();
    said["page"] = json!("<html>");
    said["connections"][0]["cookie"] = json!("li_at");
    let done = agent.complete(&offer, "completed", said, "none").await;
    assert_eq!(done, (200, json!({"status": "completed", "replayed": false})));
    assert_eq!(
        world.status(&task).await,
        json!({"id": task, "status": "completed", "task_output": output,
               "task_input": fetch_echo(json!({"keyword": "John"}))})
    );
}

#[tokio::test]
async fn a_failure_is_shown_with_a_time() {
    let (world, agent) = World::paired().await;
    let task = world.fetch().await;
    let offer = agent.offer().await;
    assert_eq!(agent.complete(&offer, "failed", failure("throttled", Some(900_000)), "none").await.0, 200);
    let data = world.status(&task).await;
    assert_eq!(data["status"], "failed");
    assert_eq!(
        data["task_output"],
        json!({"error": "no", "code": "throttled", "retryable": true, "retry_at": "2026-11-22T00:15:00.000Z",
               "remedy": "wait"})
    );
}

#[tokio::test]
async fn no_agent_seen_for_two_days() {
    let world = World::new().await;
    let answer = world.post(FETCH, json!({})).await;
    assert_eq!(answer.0, 403);
    assert!(answer.1["error"].as_str().unwrap().starts_with("Plugin installation required"), "{}", answer.1);
    let agent = world.pair(&world.server.pairing_code.clone().unwrap()).await;
    world.fetch().await;
    world.advance(2 * DAY);
    agent.poll(json!({"state": "paused"})).await;
    world.advance(2 * DAY);
    world.fetch().await;
    world.advance(1);
    assert_eq!(world.post(FETCH, json!({})).await.0, 403);
}

#[tokio::test]
async fn a_team_without_an_admin() {
    let world = World::new().await;
    let store = world.server.store();
    let team = store.add_team("no admin", world.now()).await.unwrap();
    let key = store.new_api_key(&team, world.now()).await.unwrap();
    let answer = world.post_raw(FETCH, Some(&key), "{}").await;
    assert_refused(&answer, 404, "No admin user found in the team");
}

#[tokio::test]
async fn checks_come_in_the_documented_order() {
    let world = World::new().await;
    let store = world.server.store();
    let team = store.add_team("no admin", world.now()).await.unwrap();
    let key = store.new_api_key(&team, world.now()).await.unwrap();
    // 401 before 400, 400 before 404, 404 before 403.
    assert_eq!(world.post_raw(FETCH, None, "{").await.0, 401);
    assert_eq!(world.post_raw(FETCH, Some(&key), "{").await.0, 400);
    assert_eq!(world.post_raw(FETCH, Some(&key), "{}").await.0, 404);
    assert_eq!(world.post(FETCH, json!({})).await.0, 403);
}

/// Many clients write all of a body before they read: they must still be able to, and hear why it was refused.
#[tokio::test]
async fn a_client_that_reads_late_hears_of_its_large_body() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let world = World::new().await;
    let mut stream =
        tokio::net::TcpStream::connect(world.server.url.trim_start_matches("http://")).await.unwrap();
    let body = vec![b' '; 10 * 1024 * 1024];
    let head = format!(
        "POST {FETCH} HTTP/1.1\r\nhost: localhost\r\nx-api-key: {}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        world.key,
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}
