//! Servers that break the protocol, each in one way.
//!
//! Each run must fail exactly the checks that the fault is about, and say what is wrong.

use crate::proxy::{run, run_with};
use serde_json::{Value, json};

#[tokio::test]
async fn another_token_with_each_offer() {
    let mut offers = 0;
    let run = run("one", move |passing| {
        let made_up = |token: &Value| token.as_str().unwrap().split('~').next().unwrap().to_owned();
        if let Some(offer) = passing.offer() {
            offers += 1;
            offer["token"] = json!(format!("{}~{offers}", made_up(&offer["token"])));
        } else if passing.answer.is_none() && passing.body["token"].is_string() {
            passing.body["token"] = json!(made_up(&passing.body["token"]));
        }
    })
    .await;
    assert_eq!(run.failed("one"), ["one.epochs"]);
    let reason = run.reason("one.epochs");
    assert!(reason.ends_with("was offered twice under epoch 1, with another token each time"), "{reason}");
}

#[tokio::test]
async fn a_finished_task_is_forgotten() {
    let mut finished: Vec<String> = Vec::new();
    let run = run("one", move |passing| {
        if !passing.is_about("/complete") || passing.body["status"] == "returned" {
            return;
        }
        match passing.answer {
            None if finished.contains(&passing.path) => {
                passing.answer =
                    Some((404, json!({"success": false, "error": "No such task", "code": "not_found"})));
            }
            Some((200, _)) => finished.push(passing.path.clone()),
            _ => {}
        }
    })
    .await;
    assert_eq!(run.failed("one"), ["one.repeat", "one.first-result"]);
    assert!(run.reason("one.repeat").starts_with("the same result once more was answered 404"));
}

#[tokio::test]
async fn what_is_held_is_offered() {
    let run = run("one", |passing| {
        if passing.is_poll() && passing.answer.is_none() {
            passing.body["held"] = json!([]);
        }
    })
    .await;
    assert_eq!(run.failed("one"), ["one.held"]);
    assert!(
        run.reason("one.held").ends_with("that names it in `held`, in phase `claimed`"),
        "{}",
        run.reason("one.held")
    );
}

#[tokio::test]
async fn a_start_refuses_nobody() {
    let run = run("start", |passing| {
        if passing.is_about("/start") && passing.answer.as_ref().is_some_and(|(status, _)| *status != 200) {
            passing.answer =
                Some((200, json!({"lease_ms": 60_000, "act_within_ms": 20_000, "replayed": false})));
        }
    })
    .await;
    assert_eq!(run.met(), ["one"]);
    assert_eq!(run.failed("start"), ["start.other-token", "start.closed", "start.second-epoch"]);
    assert!(run.reason("start.second-epoch").starts_with("the start of the older epoch was answered 200"));
}

#[tokio::test]
async fn a_started_invitation_is_offered_to_be_sent_again() {
    let mut started = Value::Null;
    let run = run("start", move |passing| {
        let is_lost = passing.is_poll() && passing.body["held"] == json!([]);
        let is_over = passing.is_about("/complete");
        match &mut passing.answer {
            Some((200, answer)) if is_lost && answer["task"].is_null() && !started.is_null() => {
                answer["task"] = started.clone();
            }
            Some((200, answer)) if answer["task"]["task_type"] == "agent_send_connection_request" => {
                started = answer["task"].clone();
            }
            Some((200, _)) if is_over => started = Value::Null,
            _ => {}
        }
    })
    .await;
    assert_eq!(run.met(), ["one"]);
    assert_eq!(run.failed("start"), ["start.not-again"]);
    assert!(run.reason("start.not-again").ends_with("was offered in mode run right after its start"));
}

#[tokio::test]
async fn bodies_over_100_kb_are_refused() {
    let run = run("one", |passing| {
        if passing.is_about("/complete") && passing.body.to_string().len() > 100_000 {
            passing.answer = Some((413, json!({"success": false, "error": "Too large"})));
        }
    })
    .await;
    assert_eq!(run.failed("one"), ["one.large"]);
    assert!(run.reason("one.large").starts_with("complete was answered 413"));
}

#[tokio::test]
async fn a_poll_without_work_is_no_json() {
    let run = run("one", |passing| {
        if passing.is_poll() && passing.answer.as_ref().is_some_and(|(_, answer)| answer["task"].is_null()) {
            passing.answer = Some((204, Value::Null));
        }
    })
    .await;
    assert!(run.failed("one").contains(&"one.empty".to_owned()), "{:?}", run.failed("one"));
    assert!(run.reason("one.empty").starts_with("a poll was answered 204"), "{}", run.reason("one.empty"));
}

#[tokio::test]
async fn nothing_is_ever_offered() {
    let run = run_with("one,heartbeat", &["--patience-ms", "500"], |passing| {
        if let Some(offer) = passing.offer() {
            *offer = Value::Null;
        }
    })
    .await;
    assert_eq!(run.failed("one"), ["one.offer"]);
    assert_eq!(run.reason("one.offer"), "a queued read was not offered within 0.5 s");
    assert!(run.met().is_empty(), "{:?}", run.met());
}

#[tokio::test]
async fn a_start_is_forgotten_with_the_servers_end() {
    let mut forgotten = false;
    let run = run_with("start", &["--restart", "curl -sfS {url}/restart"], move |passing| {
        if passing.path == "/restart" {
            forgotten = true;
            passing.answer = Some((200, Value::Null));
        } else if passing.is_about("/start")
            && let Some((200, answer)) = &mut passing.answer
            && forgotten
        {
            answer["replayed"] = json!(false);
        }
    })
    .await;
    assert_eq!(run.failed("start"), ["start.durable"]);
    assert_eq!(run.reason("start.durable"), "`replayed` is false, and true is right");
}

#[tokio::test]
async fn a_body_is_looked_at_before_the_key() {
    let run = run("caller", |passing| {
        if passing.path.starts_with("/linkedin-agent/")
            && passing.credential.as_deref() == Some("conformance-wrong-key")
            && passing.body.is_null()
        {
            passing.answer = Some((400, json!({"success": false, "error": "Invalid JSON body"})));
        }
    })
    .await;
    assert_eq!(run.met(), ["one"]);
    assert_eq!(run.failed("caller"), ["caller.key"]);
    assert!(run.reason("caller.key").starts_with("401 with `success` false"), "{}", run.reason("caller.key"));
}

#[tokio::test]
async fn counts_are_clamped_and_texts_are_its_own() {
    let run = run("caller", |passing| {
        if passing.body["count"] == 501 {
            passing.body["count"] = json!(500);
        }
        if let Some((400, answer)) = &mut passing.answer
            && answer["error"] == "Invalid 'note': must be a string"
        {
            answer["error"] = json!("note must be a string");
        }
    })
    .await;
    assert_eq!(run.failed("caller"), ["caller.fetch-input", "caller.invite-input"]);
    assert!(run.reason("caller.fetch-input").contains("and 200 {"), "{}", run.reason("caller.fetch-input"));
    let reason = run.reason("caller.invite-input");
    assert_eq!(
        reason,
        "400 has the text \"note must be a string\", and not \"Invalid 'note': must be a string\""
    );
}

#[tokio::test]
async fn one_person_is_invited_twice() {
    let run = run("extras", |passing| {
        if passing.path.ends_with("/send-connection-request") && passing.answer.is_none() {
            passing.body["allow_duplicate"] = json!(true);
        }
    })
    .await;
    assert_eq!(run.failed("extras"), ["extras.same-person"]);
    assert!(run.reason("extras.same-person").ends_with("without `\"deduplicated\":true`"));
}
