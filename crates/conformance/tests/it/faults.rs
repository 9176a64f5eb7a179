//! Many faults at once, of which none hides another: the checks that `broken.rs` doesn't see fail.

use crate::proxy::{Passing, run};
use serde_json::{Value, json};

fn refusal(status: u16) -> Option<(u16, Value)> {
    Some((status, json!({"success": false, "error": "No"})))
}

#[tokio::test]
async fn of_level_one() {
    let mut last = Value::Null;
    let mut returned: Vec<String> = Vec::new();
    let run = run("one", move |passing| {
        let body = &passing.body;
        let Some((_, answer)) = &mut passing.answer else {
            let again = returned.contains(&passing.path);
            let retry_in_ms = &body["task_output"]["retry_in_ms"];
            passing.answer = match () {
                () if passing.credential.is_none() && !passing.path.ends_with("/pair") => {
                    Some((200, json!({})))
                }
                () if passing.path.contains("conformance-no-such-task") => refusal(500),
                () if body["status"] == "perhaps" => refusal(400),
                () if body["colour"] == "red" || body["findings"].is_object() => refusal(422),
                () if body["task_output"]["sent"] == true => refusal(400),
                () if *retry_in_ms == 900_000 => refusal(400),
                () if body["status"] == "returned" && again => refusal(409),
                () => None,
            };
            if passing.body["status"] == "returned" {
                returned.push(passing.path.clone());
            }
            return;
        };
        if passing.path != "/agent/v1/poll" {
            return;
        }
        answer["supports"] = json!([]);
        answer["next_ms"] = json!("0");
        if answer["task"].is_object() {
            last = answer["task"].clone();
            return;
        }
        // Not what somebody waits for, and too late for nobody.
        let others = body["accepts"] == json!(["agent_send_connection_request"]) && body["wait_ms"] == 0;
        if others || body["state"] != "ready" || body["wait_ms"] == 25_000 {
            answer["task"] = last.clone();
        }
    })
    .await;
    assert_eq!(
        run.failed("one"),
        [
            "one.accepts",
            "one.state",
            "one.first-result",
            "one.invitation",
            "one.failed",
            "one.returned-twice",
            "one.older-poll",
            "one.unknown-members",
            "one.token",
            "one.unknown-task",
            "one.bad-result",
            "one.other-calls",
            "one.types",
        ]
    );
    assert!(run.reason("one.state").ends_with("was offered to a poll with state `paused`"));
    // A 409 is for servers with `start`, which this one no longer names.
    assert!(run.reason("one.first-result").starts_with("another result was answered 409"));
    assert_eq!(run.reason("one.types"), "`next_ms` is \"0\", and not an integer from 0 on");
}

#[tokio::test]
async fn of_level_two() {
    let run = run("start,heartbeat", |passing| {
        let beats = passing.is_about("/heartbeat");
        let completes = passing.is_about("/complete");
        let Some((status, answer)) = &mut passing.answer else { return };
        if beats {
            *status = 200;
            answer["lease_ms"] = json!(0);
        }
        if completes && *status == 409 {
            *status = 200;
        }
        for directive in answer["directives"].as_array_mut().into_iter().flatten() {
            let wrong = if directive["do"] == "continue" { "cancel" } else { "continue" };
            directive["do"] = json!(wrong);
        }
    })
    .await;
    assert!(run.failed("one").is_empty(), "{:?}", run.failed("one"));
    assert_eq!(
        run.failed("start"),
        ["start.continue", "start.resend", "start.abandon", "start.abandon-older", "start.late-result"]
    );
    assert_eq!(
        run.reason("start.continue"),
        "a `held` in phase `running` was answered `cancel`, and not `continue`"
    );
    assert_eq!(
        run.failed("heartbeat"),
        ["heartbeat.answer", "heartbeat.other-token", "heartbeat.cancel", "heartbeat.cancel-held"]
    );
}

#[tokio::test]
async fn of_epochs_that_stay() {
    let run = run("start", |passing| {
        if let Some(offer) = passing.offer() {
            offer["epoch"] = json!(1);
        }
    })
    .await;
    assert_eq!(run.failed("one"), ["one.epochs"]);
    assert_eq!(run.failed("start"), ["start.returned"]);
    assert_eq!(run.reason("start.returned"), "it was offered again under epoch 1, after epoch 1");
}

/// Changes the words of some of the caller API's answers.
fn reword(passing: &mut Passing) {
    let Some((status, answer)) = &mut passing.answer else { return };
    let text = answer["error"].as_str().unwrap_or_default();
    let other = match text {
        "Invalid JSON body" | "Agent task not found" | "LinkedIn invitation limit reached" => "No",
        text if text.starts_with("Invalid 'wait'") => "No",
        _ => text,
    };
    if other != text {
        answer["error"] = json!(other);
    }
    for (code, other) in [
        ("idempotency_key_reused", "conflict"),
        ("pending_with_another_note", "conflict"),
        ("invalid_input", "bad"),
    ] {
        if answer["code"] == code {
            answer["code"] = json!(other);
        }
    }
    if *status == 405 {
        *answer = Value::Null;
    }
    let data = &mut answer["data"];
    if data["status"] == "failed" && data["task_output"]["code"] == "throttled" {
        data["task_output"] = json!("it failed");
    }
    if data["task_input"]["count"] == 40 {
        data["task_input"]["sort_type"] = json!("RECENTLY_ADDED");
    }
    if data["waiting"].is_object() {
        data["waiting"] = Value::Null;
    }
    if data["cancel_requested"] == true && passing.path.ends_with("/cancel-task") {
        data["cancel_requested"] = json!("yes");
    }
}

#[tokio::test]
async fn of_the_caller_api() {
    let run = run("caller,extras", |passing| {
        if passing.body["colour"] == "red" && passing.path.starts_with("/linkedin-agent/") {
            passing.answer = refusal(400);
        }
        if let Some(offer) = passing.offer() {
            offer["task_input"]["keyword"] = Value::Null;
            offer["task_input"]["note"] = Value::Null;
        }
        reword(passing);
    })
    .await;
    assert_eq!(
        run.failed("caller"),
        [
            "caller.pending",
            "caller.passed-on",
            "caller.completed",
            "caller.failed",
            "caller.forgiving",
            "caller.body",
            "caller.unknown",
            "caller.errors",
            "caller.limit",
        ]
    );
    assert_eq!(
        run.failed("extras"),
        [
            "extras.wait-range",
            "extras.key-reused",
            "extras.other-note",
            "extras.duplicate",
            "extras.deadline",
            "extras.cancel-pending",
            "extras.waiting",
        ]
    );
}
