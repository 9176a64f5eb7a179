//! Both documented calls, and what LinkedIn may say instead.

use super::{Rig, with_rig};
use liaison_simulator::{DeadSession, Settings};
use serde_json::{Value, json};

const LIST: &str = "/dash/connections";
const INVITE: &str = "verifyQuotaAndCreateV2";
const STRANGER: &str = "ACoAABCDEF123";

fn of(connections: u32) -> Settings {
    Settings { connections, ..Settings::default() }
}

async fn network(rig: &Rig, count: usize) -> Vec<Value> {
    let network = rig.control("GET", &format!("/__sim/network?count={count}"), Value::Null).await;
    network["people"].as_array().unwrap().clone()
}

fn urns(output: &Value) -> Vec<String> {
    let rows = output["connections"].as_array().unwrap();
    assert_eq!(output["total"], rows.len());
    rows.iter().map(|row| row["entity_urn"].as_str().unwrap().to_owned()).collect()
}

fn urn(person: &Value) -> String {
    format!("urn:li:fsd_profile:{}", person["id"].as_str().unwrap())
}

#[test]
fn the_forty_newest_connections() {
    with_rig(of(250), |rig| async move {
        let (status, output) = rig.fetch(json!({ "sort_type": "RECENTLY_ADDED" })).await;
        assert_eq!(status, "completed", "{output}");
        assert_eq!(urns(&output), network(&rig, 40).await.iter().map(urn).collect::<Vec<_>>());
        let fields = output["connections"][0].as_object().unwrap().len();
        assert_eq!(fields, 7);
    });
}

#[test]
fn five_hundred_rows_of_a_list_that_shifts_and_gives_short_pages() {
    with_rig(Settings { page_clamp: 40, ..of(600) }, |rig| async move {
        let expected: Vec<String> = network(&rig, 500).await.iter().map(urn).collect();
        rig.arm("start=156", json!({ "kind": "shift", "insert": 3 })).await;
        rig.arm("start=273", json!({ "kind": "shift", "remove": 2 })).await;
        let (status, output) = rig.fetch(json!({ "count": 500, "sort_type": "RECENTLY_ADDED" })).await;
        assert_eq!((status.as_str(), urns(&output)), ("completed", expected));
    });
}

#[test]
fn a_keyword_over_the_whole_list() {
    with_rig(of(250), |rig| async move {
        let (status, output) = rig.fetch(json!({ "keyword": "an", "count": 500 })).await;
        assert_eq!(status, "completed", "{output}");
        let named = |person: &&Value| {
            let text = |name: &str| person[name].as_str().unwrap_or_default().trim().to_lowercase();
            person["odd"] != "Unresolved"
                && format!("{} {}", text("first_name"), text("last_name")).contains("an")
        };
        let people = network(&rig, 250).await;
        let mut expected: Vec<String> = people.iter().filter(named).map(urn).collect();
        let mut found = urns(&output);
        expected.sort();
        found.sort();
        assert_eq!(found, expected);
        assert!(!found.is_empty());
    });
}

#[test]
fn an_invitation_with_a_note_and_one_without() {
    with_rig(of(5), |rig| async move {
        let noted = json!({ "profile_urn": STRANGER, "note": "  Hello there  " });
        assert_eq!(rig.invite(noted).await, ("completed".to_owned(), json!({ "sent": true })));
        let plain = json!({ "profile_urn": "urn:li:fsd_profile:ACoAAother999" });
        assert_eq!(rig.invite(plain).await.0, "completed");
        assert_eq!(rig.sent(), (2, 2));
        let journal = rig.simulator.journal();
        let notes: Vec<&Value> =
            journal["invitations"].as_array().unwrap().iter().map(|sent| &sent["note"]).collect();
        assert_eq!(notes, [&json!("Hello there"), &Value::Null]);
    });
}

#[test]
fn a_refused_invitation_ends_with_its_code_and_is_not_sent() {
    let code = |status: u16, code: &str| json!({ "kind": "code", "status": status, "code": code });
    let table = [
        (code(429, "FUSE_LIMIT_EXCEEDED"), "invitation_limit"),
        (code(429, "CUSTOM_INVITE_LIMIT_REACHED"), "note_limit"),
        (code(400, "CANT_RESEND_YET"), "cannot_resend_yet"),
        (code(400, "SOMETHING_NEW"), "refused"),
        (json!({ "kind": "status", "status": 429, "headers": { "retry-after": "60" } }), "throttled"),
        (json!({ "kind": "status", "status": 401, "body": "{}" }), "signed_out"),
        (
            json!({ "kind": "status", "status": 403, "body": "CSRF check failed.", "content_type": "text/plain" }),
            "csrf",
        ),
        (json!({ "kind": "status", "status": 999 }), "blocked"),
        (json!({ "kind": "redirect", "location": "/checkpoint/challenge/x" }), "refused"),
    ];
    for (fault, expected) in table {
        with_rig(of(5), |rig| async move {
            let what = fault.to_string();
            rig.arm(INVITE, fault).await;
            let (status, output) = rig.invite(json!({ "profile_urn": STRANGER, "note": "Hi" })).await;
            assert_eq!((status.as_str(), output["code"].as_str()), ("failed", Some(expected)), "{what}");
            assert_eq!(rig.sent(), (1, 0), "{what}: one POST and no invitation");
            assert!(
                output["retry_at"].is_null() || output["retry_at"].as_str().unwrap().ends_with('Z'),
                "{output}"
            );
        });
    }
}

#[test]
fn an_invitation_limit_is_heard_by_the_next_caller() {
    with_rig(Settings { weekly_limit: 1, ..of(5) }, |rig| async move {
        assert_eq!(rig.invite(json!({ "profile_urn": STRANGER })).await.0, "completed");
        let (_, output) = rig.invite(json!({ "profile_urn": "ACoAAother999" })).await;
        assert_eq!(output["code"], "invitation_limit");
        let (status, answer) =
            rig.post("send-connection-request", json!({ "profile_urn": "ACoAAthird999" })).await;
        assert_eq!((status, &answer["error"]), (429, &json!("LinkedIn invitation limit reached")));
        assert_eq!(rig.fetch(json!({})).await.0, "completed");
        assert_eq!(rig.sent(), (2, 1));
    });
}

#[test]
fn an_invitation_of_unknown_outcome_is_looked_for_and_never_sent_again() {
    let table = [
        (json!({ "kind": "cut", "after_bytes": 20 }), "completed", (1, 1)),
        (json!({ "kind": "reset", "when": "after" }), "completed", (1, 1)),
        (json!({ "kind": "rename", "from": "value", "to": "worth" }), "completed", (1, 1)),
        (json!({ "kind": "reset", "when": "before" }), "failed", (1, 0)),
        (json!({ "kind": "no_urn" }), "failed", (1, 0)),
        (json!({ "kind": "html" }), "failed", (1, 0)),
    ];
    for (fault, expected, sent) in table {
        with_rig(of(5), |rig| async move {
            let what = fault.to_string();
            rig.arm(INVITE, fault).await;
            let (status, output) = rig.invite(json!({ "profile_urn": STRANGER })).await;
            assert_eq!((status.as_str(), rig.sent()), (expected, sent), "{what}: {output}");
            assert!(status == "completed" || output["code"] == "outcome_unknown", "{what}: {output}");
        });
    }
}

#[test]
fn a_read_that_goes_wrong_ends_with_its_code_and_the_agent_lives_on() {
    let table = [
        (json!({ "kind": "status", "status": 429 }), "throttled"),
        (json!({ "kind": "status", "status": 500 }), "upstream"),
        (json!({ "kind": "status", "status": 400 }), "drift"),
        (json!({ "kind": "html" }), "signed_out"),
        (json!({ "kind": "redirect", "location": "/uas/login" }), "signed_out"),
        (json!({ "kind": "redirect", "location": "/checkpoint/challenge/x" }), "challenge"),
        (json!({ "kind": "cut", "after_bytes": 700 }), "network"),
        (json!({ "kind": "reset", "when": "before" }), "network"),
        (json!({ "kind": "rename", "from": "*elements", "to": "*items" }), "drift"),
        (json!({ "kind": "rename", "from": "firstName", "to": "givenName" }), ""),
    ];
    for (fault, expected) in table {
        with_rig(of(120), |rig| async move {
            let what = fault.to_string();
            // By whichever way the list is asked for.
            let armed = json!({ "match": { "path": "/connections?" }, "times": 3, "fault": fault });
            rig.control("POST", "/__sim/fault", armed).await;
            let (status, output) = rig.fetch(json!({ "count": 100 })).await;
            rig.control("DELETE", "/__sim/fault", Value::Null).await;
            if expected.is_empty() {
                // Last names are left: not every name is gone, so the list is not called drifted.
                assert_eq!(
                    (status.as_str(), output["connections"][0]["first_name"].as_str()),
                    ("completed", Some(""))
                );
                return;
            }
            assert_eq!((status.as_str(), output["code"].as_str()), ("failed", Some(expected)), "{what}");
            assert!(rig.clear_stop().await);
            assert_eq!(rig.fetch(json!({})).await.0, "completed", "{what}");
        });
    }
}

#[test]
fn a_csrf_text_is_read_past_once() {
    with_rig(of(20), |rig| async move {
        let csrf = json!({ "kind": "status", "status": 403, "body": "CSRF check failed.", "content_type": "text/plain" });
        rig.arm(LIST, csrf.clone()).await;
        assert_eq!(rig.fetch(json!({})).await.0, "completed");
        let twice = json!({ "match": { "path": LIST }, "times": 2, "fault": csrf });
        rig.control("POST", "/__sim/fault", twice).await;
        assert_eq!(rig.fetch(json!({})).await.1["code"], "csrf");
    });
}

#[test]
fn a_session_that_is_gone_is_told_however_linkedin_shows_it() {
    for dead_session in [DeadSession::Unauthorized, DeadSession::Login, DeadSession::SelfRedirect] {
        with_rig(Settings { dead_session, ..of(250) }, |rig| async move {
            rig.arm("start=99", json!({ "kind": "hold", "when": "before", "id": "page" })).await;
            let (_, answer) = rig.post("fetch-connections", json!({ "count": 200 })).await;
            rig.control("GET", "/__sim/held?id=page&wait_ms=20000", Value::Null).await;
            rig.control("DELETE", "/__sim/session", Value::Null).await;
            rig.control("POST", "/__sim/release", json!({ "id": "page" })).await;
            let (_, output) = rig.end_of(answer["api_agent_task_id"].as_str().unwrap()).await;
            assert_eq!(output["code"], "signed_out", "{dead_session:?}");
        });
    }
}
