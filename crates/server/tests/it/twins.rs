//! The guard on the same person, and `deadline_ms`.

use super::support::*;
use serde_json::{Value, json};

const PERSON: &str = "ACoAABCDEF123";

/// A body for the person, with `more` in it.
fn to_person(more: Value) -> Value {
    let mut body = json!({ "profile_urn": PERSON });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// The task that a POST was answered with, and whether it had been there before.
async fn invited(world: &World, more: Value) -> (String, bool) {
    let (status, body) = world.post(SEND, to_person(more)).await;
    assert_eq!(status, 200, "{body}");
    let task = body["api_agent_task_id"].as_str().unwrap().to_owned();
    let before = body["deduplicated"] == true;
    assert_eq!(before, body["message"] != "Send connection request task created successfully");
    assert!(before || body.get("deduplicated").is_none(), "{body}");
    (task, before)
}

/// Has the agent take the oldest invitation and end it.
async fn end(agent: &Agent, status: &str, output: Value, effect: &str) {
    let offer = agent.offer().await;
    assert_eq!(agent.start(&offer).await.0, 200);
    assert_eq!(agent.complete(&offer, status, output, effect).await.0, 200);
}

#[tokio::test]
async fn every_spelling_of_the_same_person_is_one_invitation() {
    let (world, _agent) = World::paired().await;
    let (first, before) = invited(&world, json!({})).await;
    assert!(!before);
    for spelling in [
        PERSON.to_owned(),
        format!("  urn:li:fsd_profile:{PERSON} "),
        format!("urn:li:fs_miniProfile:{PERSON}"),
        format!("urn:li:person:{PERSON}"),
        format!("https://www.linkedin.com/in/{PERSON}/?trk=1"),
    ] {
        let again = invited(&world, json!({"profile_urn": spelling, "note": " "})).await;
        assert_eq!(again, (first.clone(), true), "{spelling}");
    }
    // An id is case-sensitive.
    assert!(!invited(&world, json!({"profile_urn": "ACoAAbcdef123"})).await.1);
    assert_eq!(world.number("SELECT count(*) FROM task").await, 2);
}

#[tokio::test]
async fn another_note_is_a_conflict_only_while_it_is_pending() {
    let (world, agent) = World::paired().await;
    let (first, _) = invited(&world, json!({"note": "hello"})).await;
    assert_eq!(invited(&world, json!({"note": " hello "})).await, (first.clone(), true));
    for note in [json!("hello there"), Value::Null] {
        let refused = world.post(SEND, to_person(json!({ "note": note }))).await;
        assert_code(&refused, 409, "pending_with_another_note");
    }
    let offer = agent.offer().await;
    assert_eq!(world.post(SEND, to_person(json!({}))).await.0, 409);
    // From its start on the note is the one that is sent.
    agent.start(&offer).await;
    assert_eq!(invited(&world, json!({})).await, (first.clone(), true));
    agent.sent(&offer).await;
    assert_eq!(invited(&world, json!({"note": "again"})).await, (first, true));
}

#[tokio::test]
async fn one_that_was_sent_stands_for_21_days() {
    let (world, agent) = World::paired().await;
    let (first, _) = invited(&world, json!({})).await;
    end(&agent, "completed", json!({"sent": true}), "done").await;
    world.advance(21 * DAY - 1);
    agent.poll(json!({})).await;
    assert_eq!(invited(&world, json!({})).await, (first.clone(), true));
    world.advance(1);
    let (second, before) = invited(&world, json!({})).await;
    assert!(!before);
    assert_ne!(second, first);
}

#[tokio::test]
async fn one_that_failed_stands_for_nothing_unless_it_may_have_been_sent() {
    let (world, agent) = World::paired().await;
    let (first, _) = invited(&world, json!({})).await;
    end(&agent, "failed", failure("refused", None), "none").await;
    let (second, before) = invited(&world, json!({})).await;
    assert!(!before && second != first);
    world.cancel(&second).await;
    let (third, before) = invited(&world, json!({})).await;
    assert!(!before && third != second);
    end(&agent, "failed", failure("outcome_unknown", None), "maybe").await;
    assert_eq!(invited(&world, json!({"note": "hello"})).await, (third.clone(), true));
    world.advance(21 * DAY);
    agent.poll(json!({})).await;
    assert!(!invited(&world, json!({})).await.1);
}

#[tokio::test]
async fn a_duplicate_is_made_when_it_is_meant() {
    let (world, agent) = World::paired().await;
    let (first, _) = invited(&world, json!({"note": "hello"})).await;
    let (second, before) = invited(&world, json!({"allow_duplicate": true})).await;
    assert!(!before && second != first);
    // Without the word each has its twin again.
    assert_eq!(invited(&world, json!({"note": "hello"})).await, (first.clone(), true));
    assert_eq!(invited(&world, json!({"allow_duplicate": false})).await, (second.clone(), true));
    assert_eq!(world.post(SEND, to_person(json!({"note": "third"}))).await.0, 409);
    for bad in [json!("true"), json!(1), json!([])] {
        let refused = world.post(SEND, to_person(json!({ "allow_duplicate": bad }))).await;
        assert_refused(&refused, 400, "Invalid 'allow_duplicate': must be a boolean");
    }
    assert_eq!(world.status(&second).await["task_input"]["allow_duplicate"], true);
    assert!(world.status(&first).await["task_input"].get("allow_duplicate").is_none());
    let offers = [agent.offer().await, agent.offer().await];
    assert!(offers.iter().all(|offer| offer["task_input"].get("allow_duplicate").is_none()), "{offers:?}");
}

#[tokio::test]
async fn twins_are_found_before_anything_is_refused() {
    let (world, agent) = World::paired().await;
    let (first, _) = invited(&world, json!({})).await;
    let limited =
        json!([{"task_type": "agent_send_connection_request", "reason": "invitation_limit", "for_ms": DAY}]);
    agent.poll(json!({"waiting": limited, "accepts": []})).await;
    assert_eq!(invited(&world, json!({})).await, (first.clone(), true));
    assert_eq!(world.post(SEND, to_person(json!({"allow_duplicate": true}))).await.0, 429);
    world.advance(3 * DAY);
    assert_eq!(invited(&world, json!({})).await, (first, true));
    assert_eq!(world.post(SEND, to_person(json!({"allow_duplicate": true}))).await.0, 403);
    // What can't start in time any more is no twin, also before the sweep has come by.
    agent.poll(json!({"waiting": [], "accepts": []})).await;
    world.advance(4 * DAY);
    agent.poll(json!({"accepts": []})).await;
    assert!(!invited(&world, json!({})).await.1);
}

#[tokio::test]
async fn one_that_is_being_cancelled_stands_for_no_new_one() {
    let (world, agent) = World::paired().await;
    let (first, _) = invited(&world, json!({})).await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    world.cancel(&first).await;
    let refused = world.post(SEND, to_person(json!({}))).await;
    assert_code(&refused, 409, "being_cancelled");
    assert_code(&world.post(SEND, to_person(json!({"note": "hello"}))).await, 409, "being_cancelled");
    // What is refused leaves no key.
    assert_code(&world.post_under("k", SEND, &to_person(json!({}))).await, 409, "being_cancelled");
    agent.returned(&offer).await;
    let (second, before) = invited(&world, json!({})).await;
    assert!(!before && second != first);
    // While it is looked up, too; and it is answered for as soon as it turns out to have been sent.
    let offer = agent.offer().await;
    agent.start(&offer).await;
    world.cancel(&second).await;
    world.advance(2 * MINUTE);
    let verify = agent.offer().await;
    assert_eq!(verify["mode"], "verify");
    assert_code(&world.post(SEND, to_person(json!({}))).await, 409, "being_cancelled");
    let (meant, before) = invited(&world, json!({"allow_duplicate": true})).await;
    assert!(!before);
    assert_eq!(invited(&world, json!({})).await, (meant.clone(), true));
    world.cancel(&meant).await;
    agent.sent(&verify).await;
    assert_eq!(invited(&world, json!({})).await, (second, true));
}

#[tokio::test]
async fn teams_know_nothing_of_each_other_s_invitations() {
    let (world, _agent) = World::paired().await;
    let (other_key, _other) = world.other_team().await;
    let (first, _) = invited(&world, json!({})).await;
    let theirs = world.post_raw(SEND, Some(&other_key), to_person(json!({"note": "x"})).to_string()).await;
    assert_eq!((theirs.0, theirs.1.get("deduplicated")), (200, None));
    assert_ne!(theirs.1["api_agent_task_id"], json!(first));
}

#[tokio::test]
async fn of_many_at_the_same_moment_one_is_made() {
    let (world, _agent) = World::paired().await;
    let posts: Vec<_> = (0..30)
        .map(|number| {
            let request = world.http.post(format!("{}{SEND}", world.server.url));
            let request = request.header("x-api-key", &world.key);
            // Half of them under keys of their own.
            let request = if number % 2 == 0 { request.header("idempotency-key", number) } else { request };
            tokio::spawn(answer(request.body(to_person(json!({})).to_string())))
        })
        .collect();
    let (mut tasks, mut new) = (std::collections::BTreeSet::new(), 0);
    for post in posts {
        let (status, body) = post.await.unwrap();
        assert_eq!(status, 200, "{body}");
        new += usize::from(body.get("deduplicated").is_none());
        tasks.insert(body["api_agent_task_id"].to_string());
    }
    assert_eq!((tasks.len(), new), (1, 1));
    assert_eq!(world.number("SELECT count(*) FROM task").await, 1);
}

#[tokio::test]
async fn a_caller_s_own_deadline() {
    let (world, agent) = World::paired().await;
    let task = world.create(SEND, to_person(json!({"deadline_ms": 6e4}))).await;
    let read = world.create(FETCH, json!({"deadline_ms": 30 * DAY})).await;
    assert_eq!(world.status(&task).await["task_input"]["deadline_ms"], json!(60_000));
    let offer = agent.offer().await;
    assert!(offer["task_input"].get("deadline_ms").is_none(), "{offer}");
    world.advance(MINUTE);
    assert_code(&agent.start(&offer).await, 410, "task_closed");
    assert_eq!(world.server.sweep().await.unwrap(), 1);
    assert_eq!(world.status(&task).await["task_output"]["code"], "expired");
    world.advance(30 * DAY - MINUTE - 1);
    assert_eq!(world.server.sweep().await.unwrap(), 0);
    // It is the start's: what has begun has its day.
    let offer = agent.offer().await;
    assert_eq!(offer["task"], json!(read));
    world.advance(DAY - 1);
    assert_eq!(world.server.sweep().await.unwrap(), 0);
    assert_eq!(agent.fetched(&offer).await.1["status"], "completed");
    let text = "Invalid 'deadline_ms': must be an integer between 60000 and 2592000000";
    for bad in [json!(59_999), json!(2_592_000_001_u64), json!("1"), json!(1.5), json!(true)] {
        assert_refused(&world.post(FETCH, json!({ "deadline_ms": bad })).await, 400, text);
        assert_refused(&world.post(SEND, to_person(json!({ "deadline_ms": bad }))).await, 400, text);
    }
}
