//! The control side over its own socket, and what the journal keeps and leaves out.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::support::{Http, INVITE, NORMALIZED, PLAIN, STRANGER, invitation, site, site_with};
use liaison_simulator::{Config, Error, Settings, Simulator};

/// What the journal's times are cut down to.
const MICROSECOND: Duration = Duration::from_micros(1);

#[tokio::test]
async fn the_control_side_speaks_plain_http() {
    let site = site().await;
    let control = site.running.control_url();
    let client = crate::support::client(&site.running, Http::One);
    let post = client.post(format!("{control}/__sim/session")).body("{\"n\":3}").send().await.unwrap();
    let session: Value = post.json().await.unwrap();
    assert_eq!(session["account"], 3);
    let me = client.get(site.url("/voyager/api/me")).header("cookie", session["cookie"].as_str().unwrap());
    let me = me.header("csrf-token", session["csrf_token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(me.json::<Value>().await.unwrap()["plainId"], 4_290_000_003_u32);
    let journal = client.get(format!("{control}/__sim/journal")).send().await.unwrap();
    let journal: Value = journal.json().await.unwrap();
    assert_eq!(journal["counts"]["requests"], 1);
    let reset = client.post(format!("{control}/__sim/reset")).send().await.unwrap();
    assert_eq!(reset.status(), 200, "an absent body is an empty one");
}

#[tokio::test]
async fn what_the_control_side_does_not_understand_it_says() {
    let site = site().await;
    let cases = [
        ("GET", "/__sim/nothing", Value::Null, 404),
        ("GET", "/voyager/api/me", Value::Null, 404),
        ("POST", "/__sim/reset", json!({ "conections": 3 }), 400),
        ("POST", "/__sim/reset", json!({ "page_clamp": 0 }), 400),
        ("POST", "/__sim/reset", json!([]), 400),
        ("POST", "/__sim/knobs", json!({ "connections": 3 }), 400),
        ("POST", "/__sim/fault", json!({ "fault": { "kind": "meteor" } }), 400),
        ("POST", "/__sim/fault", json!({ "nth": 0, "fault": { "kind": "html" } }), 400),
        ("POST", "/__sim/fault", json!({ "fault": { "kind": "status", "status": 99 } }), 400),
        ("POST", "/__sim/fault", json!({ "fault": { "kind": "cut", "after": 3 } }), 400),
        ("POST", "/__sim/fault", json!({ "fault": { "kind": "redirect", "location": "a\nb" } }), 400),
        ("POST", "/__sim/member", json!({ "id": "x", "state": "none" }), 400),
        ("POST", "/__sim/account", json!({ "n": 0 }), 400),
        ("POST", "/__sim/shift", json!({ "remove": 1, "id": STRANGER }), 400),
        ("POST", "/__sim/shift", json!({ "remove": 1, "id": STRANGER, "at": 3 }), 400),
        ("POST", "/__sim/shift", json!({ "insert": 100_001 }), 400),
        ("POST", "/__sim/knobs", json!({ "dropped": [""] }), 400),
        ("POST", "/__sim/knobs", json!({ "dash_list": "lost" }), 400),
        ("POST", "/__sim/fault", json!({ "fault": { "kind": "shift", "at": 1, "id": "x" } }), 400),
        ("POST", "/__sim/fault", json!({ "fault": { "kind": "goaway", "when": "after" } }), 400),
        ("GET", "/__sim/journal?posts=one", Value::Null, 400),
    ];
    for (method, target, body, expected) in cases {
        let (status, answer) = site.running.control(method, target, &body).await;
        assert_eq!(status, expected, "{method} {target} {body}: {answer}");
        assert!(answer["error"].is_string());
    }
}

#[tokio::test]
async fn the_journal_keeps_what_tests_ask_for_and_no_secret() {
    let settings = Settings { clock_ms: Some(1_790_000_000_123), ..Settings::default() };
    let site = site_with(settings, Http::Two).await;
    let origin = "chrome-extension://abcdefghijklmnopabcdefghijklmnop";
    let request = site.request(reqwest::Method::POST, INVITE, NORMALIZED);
    let request = request
        .header("origin", origin)
        .header("sec-fetch-site", "none")
        .header("authorization", "Bearer kept-from-the-journal")
        .header("x-li-lang", "en_US")
        .header("referer", "https://www.linkedin.com/login?session_key=sam")
        .header("content-type", "application/json");
    let body = invitation(STRANGER, Some("hello"));
    let asked_at = SystemTime::now();
    assert_eq!(request.body(body.to_string()).send().await.unwrap().status(), 200);
    let mut journal = site.running.journal();
    // Not by the site's clock, which this test has stopped at another time.
    let arrived_us = journal["requests"][0].as_object_mut().unwrap().remove("arrived_us").unwrap();
    let arrived = UNIX_EPOCH + Duration::from_micros(arrived_us.as_u64().unwrap());
    assert!(asked_at - MICROSECOND <= arrived && arrived <= SystemTime::now(), "{arrived_us}");
    let (path, query) = INVITE.split_once('?').unwrap();
    let headers = json!({
        "accept": NORMALIZED,
        "authorization": true,
        "content-length": body.to_string().len().to_string(),
        "content-type": "application/json",
        "cookie": true,
        "csrf-token": true,
        "origin": origin,
        "referer": "https://www.linkedin.com/login",
        "sec-fetch-site": "none",
        "x-li-lang": "en_US",
        "x-restli-protocol-version": "2.0.0",
    });
    let expected = json!({
        "seq": 0, "method": "POST", "path": path, "query": query, "http": "2", "status": 200,
        "at_ms": 1_790_000_000_123_i64, "headers": headers, "body": body, "aborted": false, "faults": [],
    });
    assert_eq!(journal["requests"][0], expected);
    assert_eq!(journal["invitations"][0]["sent_ms"], 1_790_000_000_123_i64);
    let text = journal.to_string();
    assert!(!text.contains(&site.sign_in.li_at) && !text.contains("ajax:"), "{text}");
    assert!(!text.contains("kept-from-the-journal") && !text.contains("session_key"), "{text}");
}

#[tokio::test]
async fn the_journal_keeps_no_password() {
    let site = site().await;
    let json = json!({ "session_key": "sam@example.com", "session_password": "hunter2" });
    let post = |target: &str| site.client.post(site.url(target));
    let form = "session_key=sam%40example.com&session_password=hunter2";
    for request in [
        post("/uas/authenticate").body(json.to_string()),
        post("/uas/authenticate").body(form),
        post("/checkpoint/lg/login-submit").body(form),
        post(&format!("/login?{form}")),
        site.client.get(site.url(&format!("/login?{form}"))),
        site.request(reqwest::Method::POST, "/voyager/api/me", PLAIN).body(json.to_string()),
    ] {
        request.send().await.unwrap();
    }
    let journal = site.running.journal();
    assert_eq!(journal["counts"]["requests"], 6);
    let text = journal.to_string();
    assert!(!text.contains("hunter2") && !text.contains("example.com"), "{text}");
}

#[tokio::test]
async fn waiting_for_what_never_comes_ends() {
    let site = site().await;
    let journal = site.control("GET", "/__sim/journal?posts=1&wait_ms=1", Value::Null).await;
    assert_eq!(journal["timed_out"], true);
}

#[tokio::test]
async fn only_loopback_is_served() {
    let open = Config { listen: "0.0.0.0:0".parse().unwrap(), ..Config::default() };
    assert!(matches!(Simulator::start(open).await, Err(Error::NotLoopback(_))));
    let control = Config { control: "[::]:0".parse().unwrap(), ..Config::default() };
    assert!(matches!(Simulator::start(control).await, Err(Error::NotLoopback(_))));
}

#[tokio::test]
async fn a_stopped_simulator_frees_its_ports() {
    let site = site().await;
    let address = site.running.https_addr();
    assert_eq!(site.get("/voyager/api/me", NORMALIZED).await.status(), 200);
    site.running.shutdown().await;
    let again = Simulator::start(Config { listen: address, ..Config::default() }).await.unwrap();
    assert_eq!(again.https_addr(), address);
}
