//! Every kind of fault, and the journal's word on what it did.

use liaison_simulator::Settings;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Http, INVITE, LIST, NORMALIZED, PLAIN, SENT, STRANGER, Site, invitation, site, site_with, text,
};

const ME: &str = "/voyager/api/me";
const BOTH: [Http; 2] = [Http::One, Http::Two];

fn last_request(site: &Site) -> Value {
    site.running.journal()["requests"].as_array().unwrap().last().unwrap().clone()
}

/// Sends an invitation in the background.
fn invite_in_background(site: &Site) -> tokio::task::JoinHandle<Result<reqwest::Response, reqwest::Error>> {
    let request = site.request(Method::POST, INVITE, NORMALIZED).body(invitation(STRANGER, None).to_string());
    tokio::spawn(request.send())
}

#[tokio::test]
async fn a_status_is_sent_as_it_was_armed() {
    let site = site().await;
    site.arm(json!({ "kind": "status", "status": 429, "body": "slow down", "content_type": "text/plain", "headers": { "retry-after": "5" } })).await;
    let response = site.get(ME, NORMALIZED).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (429, &"5".parse().unwrap())
    );
    assert_eq!(response.headers()["content-type"], "text/plain");
    assert_eq!(response.text().await.unwrap(), "slow down");
    site.arm(json!({ "kind": "status", "status": 999 })).await;
    assert_eq!(site.get(ME, NORMALIZED).await.status().as_u16(), 999);
    assert_eq!(
        (&last_request(&site)["status"], &last_request(&site)["faults"]),
        (&json!(999), &json!(["status"]))
    );
    assert_eq!(site.get(ME, NORMALIZED).await.status(), 200);
}

#[tokio::test]
async fn a_fault_strikes_the_nth_match_so_many_times() {
    let site = site().await;
    let fault = json!({
        "match": { "method": "GET", "path": "start=100" }, "nth": 2, "times": 2, "fault": { "kind": "code", "status": 503 },
    });
    site.control("POST", "/__sim/fault", fault).await;
    let target = format!("{LIST}&start=100");
    let mut seen = Vec::new();
    for _ in 0..4 {
        assert_eq!(site.get(LIST, NORMALIZED).await.status(), 200);
        seen.push(site.get(&target, NORMALIZED).await.status().as_u16());
    }
    assert_eq!(seen, [200, 503, 503, 200]);
    assert_eq!(site.control("GET", "/__sim/state", Value::Null).await["faults"], 0);
}

#[tokio::test]
async fn refusals_take_no_effect() {
    let faults = [
        (json!({ "kind": "code", "status": 429, "code": "FUSE_LIMIT_EXCEEDED" }), 429),
        (json!({ "kind": "code", "status": 403, "message": "This profile can't be accessed" }), 403),
        (json!({ "kind": "redirect", "location": "/checkpoint/challenge/x" }), 302),
        (json!({ "kind": "html" }), 200),
        (json!({ "kind": "no_urn" }), 200),
    ];
    let site = site().await;
    for (fault, status) in &faults {
        site.arm(fault.clone()).await;
        let response =
            site.request(Method::POST, INVITE, NORMALIZED).body(invitation(STRANGER, None).to_string());
        let response = response.send().await.unwrap();
        assert_eq!(response.status().as_u16(), *status, "{fault}");
        let location = response.headers().get("location").cloned();
        let body = response.text().await.unwrap();
        match text(&fault["kind"]).as_str() {
            "redirect" => assert_eq!(location.unwrap(), "/checkpoint/challenge/x"),
            "html" => assert!(body.starts_with("<!doctype html>")),
            "no_urn" => assert!(!body.contains("urn:li")),
            _ => {
                let data = &serde_json::from_str::<Value>(&body).unwrap()["data"];
                assert_eq!(
                    (data.get("code"), data.get("message")),
                    (fault.get("code"), fault.get("message"))
                );
            }
        }
    }
    assert_eq!((&site.counts()["posts"], &site.counts()["invitations"]), (&json!(faults.len()), &json!(0)));
    site.arm(json!({ "kind": "code", "status": 400, "code": "MAX_INVITATION_SENT" })).await;
    let (_, plain) = site.post(INVITE, PLAIN, &invitation(STRANGER, None)).await;
    assert_eq!(plain, json!({ "status": 400, "code": "MAX_INVITATION_SENT" }));
}

#[tokio::test]
async fn a_cut_answer_promises_all_and_breaks_off() {
    for http in BOTH {
        let site =
            site_with(Settings { connections: 1_200, page_clamp: 1_200, ..Settings::default() }, http).await;
        check_cuts(&site, 40, &[0, 1, 1_000, 50_000, usize::MAX]).await;
        // More than a window of HTTP/2 holds at once: what goes out before the cut must be waited for.
        check_cuts(&site, 1_200, &[usize::MAX]).await;
    }
}

/// Cuts the same page after each number of bytes and compares what came with the whole.
async fn check_cuts(site: &Site, rows: usize, cuts: &[usize]) {
    let target = format!("{LIST}&count={rows}");
    let whole = site.get(&target, NORMALIZED).await.bytes().await.unwrap();
    for after in cuts {
        site.arm(json!({ "kind": "cut", "after_bytes": after })).await;
        let mut response = site.get(&target, NORMALIZED).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-length"], whole.len().to_string().as_str());
        let mut got = Vec::new();
        let broke = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => got.extend_from_slice(&chunk),
                Ok(None) => break false,
                Err(_) => break true,
            }
        };
        assert!(broke, "{after}: ended as if whole");
        let expected = &whole[..(*after).min(whole.len() - 1)];
        assert!(got == expected, "{} bytes instead of {}", got.len(), expected.len());
    }
    let again = site.get(&target, NORMALIZED).await.bytes().await.unwrap();
    assert!(again == whole, "the next request is served");
}

#[tokio::test]
async fn a_reset_leaves_no_answer_and_an_effect_or_none() {
    for http in BOTH {
        for (when, effects) in [("before", 0), ("after", 1)] {
            let site = site_with(Settings::default(), http).await;
            site.arm(json!({ "kind": "reset", "when": when })).await;
            let sent = invite_in_background(&site).await.unwrap();
            assert!(sent.is_err(), "{http:?} {when}");
            let counts = site.counts();
            assert_eq!(
                (&counts["posts"], &counts["invitations"]),
                (&json!(1), &json!(effects)),
                "{http:?} {when}"
            );
            assert_eq!(
                (&last_request(&site)["status"], &last_request(&site)["aborted"]),
                (&Value::Null, &json!(false))
            );
            let list = site.get_json(SENT, PLAIN).await;
            assert_eq!(list["elements"].as_array().unwrap().len(), 2 + effects);
        }
    }
}

#[tokio::test]
async fn a_held_answer_waits_for_its_release() {
    for (when, effects) in [("before", 0), ("after", 1)] {
        let site = site().await;
        site.arm(json!({ "kind": "hold", "when": when, "id": "h1" })).await;
        let answer = invite_in_background(&site);
        let held = site.control("GET", "/__sim/held?id=h1&wait_ms=30000", Value::Null).await;
        assert_eq!(held, json!({ "held": ["h1"], "timed_out": false }));
        assert_eq!(
            (&site.counts()["posts"], &site.counts()["invitations"]),
            (&json!(1), &json!(effects)),
            "{when}"
        );
        assert_eq!(last_request(&site)["status"], Value::Null);
        assert_eq!(site.get(ME, PLAIN).await.status(), 200, "others are served meanwhile");
        assert_eq!(site.control("POST", "/__sim/release", json!({ "id": "h1" })).await["released"], 1);
        assert_eq!(answer.await.unwrap().unwrap().status(), 200);
        assert_eq!(site.counts()["invitations"], 1);
        assert_eq!(site.control("GET", "/__sim/held", Value::Null).await["held"], json!([]));
    }
}

#[tokio::test]
async fn a_client_that_leaves_is_noted_and_its_request_goes_on() {
    for http in BOTH {
        let site = site_with(Settings::default(), http).await;
        site.arm(json!({ "kind": "hold", "when": "before", "id": "h1" })).await;
        let answer = invite_in_background(&site);
        site.control("GET", "/__sim/held?id=h1&wait_ms=30000", Value::Null).await;
        answer.abort();
        let journal = site.control("GET", "/__sim/journal?aborted=1&wait_ms=30000", Value::Null).await;
        assert_eq!(
            (&journal["timed_out"], &journal["requests"][0]["aborted"]),
            (&json!(false), &json!(true)),
            "{http:?}"
        );
        assert_eq!(site.counts()["invitations"], 0);
        site.control("POST", "/__sim/release", json!({ "id": "h1" })).await;
        let journal = site.control("GET", "/__sim/journal?invitations=1&wait_ms=30000", Value::Null).await;
        assert_eq!((&journal["timed_out"], &journal["requests"][0]["status"]), (&json!(false), &Value::Null));
    }
}

#[tokio::test]
async fn a_reset_of_the_world_lets_go_and_leaves_nothing_behind() {
    let site = site().await;
    site.arm(json!({ "kind": "hold", "when": "before", "id": "h1" })).await;
    let answer = invite_in_background(&site);
    site.control("GET", "/__sim/held?id=h1&wait_ms=30000", Value::Null).await;
    site.arm(json!({ "kind": "html" })).await;
    let state = site.control("POST", "/__sim/reset", json!({ "connections": 7 })).await;
    assert_eq!((&state["connections"], &state["faults"], &state["held"]), (&json!(7), &json!(0), &json!([])));
    assert_eq!(answer.await.unwrap().unwrap().status(), 503);
    let nothing = json!({ "requests": 0, "posts": 0, "invitations": 0, "unmatched": 0, "aborted": 0 });
    assert_eq!(site.counts(), nothing, "the old request has no effect in the new world");
    assert_eq!(site.get(ME, PLAIN).await.status(), 200, "the session lives on");
    let state = site.control("POST", "/__sim/reset", Value::Null).await;
    assert_eq!(state["connections"], 250, "what is not named comes back to the start");
}

#[tokio::test]
async fn a_renamed_key_is_renamed_everywhere() {
    let site = site().await;
    site.arm(json!({ "kind": "rename", "from": "firstName", "to": "givenName" })).await;
    let target = format!("{LIST}&count=40");
    let renamed = site.get(&target, NORMALIZED).await.text().await.unwrap();
    let whole = site.get(&target, NORMALIZED).await.text().await.unwrap();
    assert_eq!(renamed.matches("\"givenName\":").count(), whole.matches("\"firstName\":").count());
    assert!(!renamed.contains("\"firstName\""));
}

#[tokio::test]
async fn a_delayed_answer_is_the_true_one() {
    let site = site().await;
    site.arm(json!({ "kind": "delay", "ms": 1 })).await;
    assert_eq!(site.invite(STRANGER, None).await.0, 200);
    assert_eq!(last_request(&site)["faults"], json!(["delay"]));
}
