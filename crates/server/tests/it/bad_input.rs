//! What nobody well-meaning sends: text that means something to a database or to HTTP, requests that never end, JSON
//! that is too deep.

use super::support::*;
use liaison_server::Config;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// By then everything here has long happened, or never will.
const NEVER: Duration = Duration::from_secs(60);

const NASTY: [&str; 8] = [
    "'; DROP TABLE task; --",
    "\" OR \"\"=\"",
    "' OR '1'='1",
    "1; UPDATE api_key SET team_id = 'x'",
    "$1",
    "\\'; --",
    "%27%20OR%201=1",
    "\u{0}\r\nSet-Cookie: a=b",
];

async fn dial(world: &World) -> TcpStream {
    TcpStream::connect(world.server.url.trim_start_matches("http://")).await.unwrap()
}

/// Everything until the server hangs up.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    timeout(NEVER, stream.read_to_end(&mut bytes)).await.unwrap().unwrap();
    String::from_utf8(bytes).unwrap()
}

/// A request as it stands, and the answer.
async fn raw(world: &World, request: &str) -> String {
    let mut stream = dial(world).await;
    stream.write_all(request.as_bytes()).await.unwrap();
    rest(&mut stream).await
}

#[tokio::test]
async fn text_for_a_database_is_text() {
    let (world, agent) = World::paired().await;
    for text in NASTY {
        let task = world.create(FETCH, json!({"keyword": text, "sort_type": text})).await;
        assert_eq!(world.status(&task).await["task_input"]["keyword"], json!(text));
        assert_eq!(world.post(SEND, json!({"profile_urn": text})).await.0, 400);
        world
            .create(SEND, json!({"profile_urn": "ACoAAPERSON", "note": text, "allow_duplicate": true}))
            .await;
        assert_eq!(
            world.post("/linkedin-agent/cancel-task", json!({"api_agent_task_id": text})).await.0,
            400
        );
        assert_eq!(world.post_raw("/agent/v1/pair", None, pairing(text)).await.0, 401);
        let poll = json!({"instance": text, "account": text, "version": text, "accepts": [text],
                          "waiting": [{"task_type": text, "reason": "paused", "for_ms": 1}],
                          "held": [{"task": text, "epoch": 1, "phase": "running"}]});
        assert_eq!(agent.try_poll(poll).await.0, 200);
        for call in ["start", "heartbeat"] {
            assert_eq!(agent.call(&format!("tasks/t/{call}"), json!({"token": text})).await.0, 404);
        }
    }
    for text in NASTY.iter().filter(|text| text.is_ascii() && !text.contains(char::is_control)) {
        assert_eq!(world.get_as(text, "").await.0, 401);
        let stranger = Agent { token: (*text).to_owned(), ..agent.clone() };
        assert_eq!(stranger.try_poll(json!({})).await.0, 401);
        let body = json!({"profile_urn": "ACoAAOTHER", "allow_duplicate": true});
        let quoted = format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        assert_eq!(world.post_under(&quoted, SEND, &body).await.0, 200);
    }
    assert_eq!(world.number("SELECT count(*) FROM api_key").await, 1);
    assert_eq!(world.number("SELECT count(*) FROM task").await, 16 + 7);
}

#[tokio::test]
async fn nothing_that_is_sent_becomes_a_header() {
    let world = World::new().await;
    let lines = format!(
        "GET /healthz?a=%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         x-api-key: {}\r\nx-request-id: a%0d%0aSet-Cookie: a=b\r\n\r\n",
        world.key
    );
    let answer = raw(&world, &lines).await.to_lowercase();
    assert!(answer.starts_with("http/1.1 200") && !answer.contains("set-cookie"), "{answer}");
    // A bare line feed or a zero in a header is no header.
    for value in ["a\u{0}b", "a\rb"] {
        let lines = format!("GET /healthz HTTP/1.1\r\nHost: localhost\r\nx-request-id: {value}\r\n\r\n");
        let answer = raw(&world, &lines).await.to_lowercase();
        assert!(answer.starts_with("http/1.1 400") && !answer.contains("x-request-id"), "{answer}");
    }
    // Two lengths are how requests are smuggled past a proxy.
    let lines = format!(
        "POST {FETCH} HTTP/1.1\r\nHost: localhost\r\nx-api-key: {}\r\nContent-Length: 2\r\nContent-Length: 40\r\n\r\n{{}}",
        world.key
    );
    assert!(raw(&world, &lines).await.starts_with("HTTP/1.1 400"));
}

#[tokio::test]
async fn json_that_is_a_hundred_thousand_deep() {
    let (world, agent) = World::paired().await;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = |levels: usize| format!("{}1{}", open.repeat(levels), close.repeat(levels));
        // A caller's body may be 64 kB.
        let fits = 60_000 / (open.len() + close.len());
        for body in [deep(fits), format!("{{\"keyword\":{}}}", deep(fits - 10))] {
            assert_refused(&world.post_raw(FETCH, Some(&world.key), body).await, 400, "Invalid JSON body");
        }
        assert_code(&world.post_raw(FETCH, Some(&world.key), deep(100_000)).await, 413, "too_large");
        let complete = format!(
            "{{\"token\":\"t\",\"status\":\"completed\",\"task_output\":{},\"more\":{}}}",
            deep(100_000),
            deep(100_000)
        );
        let url = format!("{}/agent/v1/tasks/t/complete", world.server.url);
        let request = world.http.post(url).bearer_auth(&agent.token);
        assert_code(&answer(request.body(complete)).await, 422, "invalid_message");
    }
    world.fetch().await;
}

#[tokio::test]
async fn headers_without_end() {
    let world = World::new().await;
    let head = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    let long = format!("{head}x-long: {}\r\n\r\n", "a".repeat(70_000));
    let many: String = (0..200).map(|number| format!("x-{number}: a\r\n")).collect();
    for request in [long, format!("{head}{many}\r\n")] {
        let answer = raw(&world, &request).await;
        assert!(answer.starts_with("HTTP/1.1 431"), "{request:.80}: {answer}");
    }
    let long_path = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(70_000));
    let status = raw(&world, &long_path).await;
    assert!(status.starts_with("HTTP/1.1 431"), "{status}");
    assert_eq!(world.post(FETCH, json!({})).await.0, 403, "who behaves is served");
}

#[tokio::test]
async fn a_request_that_never_ends_loses_its_connection() {
    let change = |config: &mut Config| {
        config.limits.head = Duration::from_millis(300);
        config.limits.connections = 4;
    };
    let (world, agent) = World::paired_and(change).await;
    let parked = {
        let agent = agent.clone();
        tokio::spawn(async move { agent.poll(json!({"wait_ms": 25_000, "state": "paused"})).await })
    };
    timeout(NEVER, world.server.parked().wait_for(|parked| *parked == 1)).await.unwrap().unwrap();
    // With the parked poll they fill the house.
    let mut silent = [dial(&world).await, dial(&world).await, dial(&world).await];
    silent[1].write_all(b"GET /healthz HTTP/1.1\r\nHost: local").await.unwrap();
    let [nothing, half, drops] = &mut silent;
    let dripping = async {
        for byte in "POST /healthz HTTP/1.1\r\nx-drip: ".bytes().chain(std::iter::repeat(b'a')) {
            let mut end = [0; 1];
            // One byte each time that the server has said nothing for a while.
            match timeout(Duration::from_millis(20), drops.read(&mut end)).await {
                Err(_) => {}
                Ok(Ok(0) | Err(_)) => return,
                Ok(Ok(_)) => panic!("an answer to half a request"),
            }
            if drops.write_all(&[byte]).await.is_err() {
                return;
            }
        }
    };
    let (empty, partial, ()) = tokio::join!(rest(nothing), rest(half), timeout_at_last(dripping));
    assert_eq!((empty.as_str(), partial.as_str()), ("", ""));
    // There is room again; and a poll that waits for its answer is not one that never ends.
    world.fetch().await;
    assert!(!parked.is_finished(), "the parked poll lost its connection");
    parked.abort();
}

async fn timeout_at_last(future: impl Future<Output = ()>) {
    timeout(NEVER, future).await.unwrap();
}

#[tokio::test]
async fn a_body_that_pauses_is_given_up() {
    let world = World::configured(|config| config.limits.body_pause = Duration::from_millis(200)).await;
    let request = format!(
        "POST {FETCH} HTTP/1.1\r\nHost: localhost\r\nx-api-key: {}\r\nContent-Length: 100\r\n\r\n{{",
        world.key
    );
    let answer = raw(&world, &request).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 408"), "{answer}");
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!((&body["success"], &body["code"]), (&json!(false), &json!("slow_body")));
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_answered() {
    let world = World::configured(|config| config.limits.request = Duration::from_millis(200)).await;
    // It goes on dripping, so that it never pauses for long.
    let mut stream = dial(&world).await;
    let head = format!(
        "POST {FETCH} HTTP/1.1\r\nHost: localhost\r\nx-api-key: {}\r\nContent-Length: 9999\r\n\r\n",
        world.key
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut first = [0; 12];
    loop {
        match timeout(Duration::from_millis(10), stream.read_exact(&mut first)).await {
            Err(_) => stream.write_all(b" ").await.unwrap(),
            Ok(read) => {
                read.unwrap();
                break;
            }
        }
    }
    assert_eq!(&first, b"HTTP/1.1 503");
    let answer = rest(&mut stream).await.to_lowercase();
    assert!(answer.contains("retry-after: 5") && answer.contains("\"code\":\"overtime\""), "{answer}");
}

/// What is answered before a handler was asked, or in its stead, has the form of the API that was called all the same.
#[tokio::test]
async fn what_no_handler_answers_has_the_form_of_its_api() {
    let world = World::configured(|config| {
        config.limits.request = Duration::from_millis(100);
        config.answer_within = Duration::ZERO;
    })
    .await;
    let apis = [
        ("/v2/connections", "authorization: Bearer", "x-http-method-override: GET\r\n"),
        ("/v1/network/connections", "x-api-key:", ""),
        (FETCH, "x-api-key:", ""),
    ];
    for (path, door, beside) in apis {
        let key = &world.key;
        // A page whose name was pointed here, and a body that never comes.
        for (host, status, code) in [("evil.example", 421, "wrong_host"), ("localhost", 503, "overtime")] {
            let head = format!("POST {path} HTTP/1.1\r\nHost: {host}\r\n{door} {key}\r\n{beside}");
            let answer = raw(&world, &format!("{head}Content-Length: 100\r\n\r\n{{")).await;
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{path} {host}: {answer}");
            let body: Value = serde_json::from_str(body).unwrap();
            assert_eq!(body["code"], code, "{path}: {body}");
            let text = match path {
                "/v2/connections" => {
                    assert_eq!(
                        (&body["serviceErrorCode"], &body["status"]),
                        (&json!(0), &json!(status)),
                        "{body}"
                    );
                    assert!(head.contains("x-restli-error-response: true"), "{head}");
                    &body["message"]
                }
                "/v1/network/connections" => {
                    assert_eq!(body["status"], "error", "{body}");
                    &body["message"]
                }
                _ => {
                    assert_eq!(body["success"], false, "{body}");
                    &body["error"]
                }
            };
            assert!(text.as_str().is_some_and(|text| !text.is_empty()), "{body}");
            assert_eq!(head.contains("retry-after: 5"), status == 503, "{head}");
        }
    }
}
