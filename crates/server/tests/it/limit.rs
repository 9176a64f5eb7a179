//! LinkedIn's limits, as callers meet them.

use super::support::*;
use serde_json::{Value, json};

/// Again and again, since it is the limit that is asked about here.
fn plain() -> Value {
    json!({"profile_urn": "ACoAABCDEF123", "allow_duplicate": true})
}

fn with_note() -> Value {
    json!({"profile_urn": "ACoAABCDEF123", "note": "hello", "allow_duplicate": true})
}

async fn fail_with(world: &World, agent: &Agent, code: &str, retry_in_ms: Option<u64>) {
    world.create(SEND, with_note()).await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    assert_eq!(agent.complete(&offer, "failed", failure(code, retry_in_ms), "none").await.0, 200);
}

fn assert_limited(answer: &Answer, code: &str) {
    assert_refused(answer, 429, "LinkedIn invitation limit reached");
    assert_eq!(answer.1["code"], code);
}

#[tokio::test]
async fn an_invitation_limit_stops_invitations_alone() {
    let (world, agent) = World::paired().await;
    fail_with(&world, &agent, "invitation_limit", Some(2 * HOUR)).await;
    let answer = world.post(SEND, plain()).await;
    assert_limited(&answer, "invitation_limit");
    assert_eq!(answer.1["retry_at"], "2026-11-22T02:00:00.000Z");
    assert_eq!(answer.1.get("remedy"), None, "{}", answer.1);
    assert_limited(&world.post(SEND, with_note()).await, "invitation_limit");
    world.fetch().await;
    world.advance(2 * HOUR);
    world.invite().await;
}

#[tokio::test]
async fn a_note_limit_stops_notes_alone() {
    let (world, agent) = World::paired().await;
    fail_with(&world, &agent, "note_limit", None).await;
    let answer = world.post(SEND, with_note()).await;
    assert_limited(&answer, "note_limit");
    assert!(answer.1["remedy"].as_str().is_some_and(|remedy| remedy.contains("without")), "{}", answer.1);
    world.invite().await;
    // A blank note is none.
    world.create(SEND, json!({"profile_urn": "ACoAABCDEF123", "note": "  "})).await;
    world.advance(DAY);
    world.create(SEND, with_note()).await;
}

#[tokio::test]
async fn retry_after_is_in_seconds() {
    let (world, agent) = World::paired().await;
    fail_with(&world, &agent, "invitation_limit", Some(1500)).await;
    let url = format!("{}{SEND}", world.server.url);
    let request = world.http.post(url).header("x-api-key", &world.key).body(plain().to_string());
    assert_eq!(request.send().await.unwrap().headers()["retry-after"], "2");
}

#[tokio::test]
async fn a_limit_is_learned_from_what_the_agent_waits_for() {
    let (world, agent) = World::paired().await;
    let waiting = |ms: u64| json!([{"task_type": "agent_send_connection_request", "reason": "invitation_limit", "for_ms": ms}]);
    agent.poll(json!({"accepts": [], "waiting": waiting(HOUR)})).await;
    assert_limited(&world.post(SEND, plain()).await, "invitation_limit");
    agent.poll(json!({"accepts": [], "waiting": waiting(MINUTE)})).await;
    world.advance(MINUTE);
    world.invite().await;
}

#[tokio::test]
async fn a_limit_outlives_restart_and_pairing() {
    let (world, agent) = World::paired().await;
    fail_with(&world, &agent, "invitation_limit", None).await;
    let world = world.restart().await;
    world.pair_again().await;
    assert_limited(&world.post(SEND, plain()).await, "invitation_limit");
}

#[tokio::test]
async fn an_invitation_that_went_out_ends_its_own_limit_alone() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    world.create(SEND, with_note()).await;
    let offer = agent.offer().await;
    fail_limits(&agent).await;
    world.advance(1);
    agent.start(&offer).await;
    agent.sent(&offer).await;
    assert_limited(&world.post(SEND, with_note()).await, "note_limit");
    world.invite().await;
}

/// Both limits, as a poll names them.
async fn fail_limits(agent: &Agent) {
    let entry =
        |reason| json!({"task_type": "agent_send_connection_request", "reason": reason, "for_ms": null});
    let waiting = json!([entry("invitation_limit"), entry("note_limit")]);
    agent.poll(json!({"accepts": [], "waiting": waiting})).await;
}

#[tokio::test]
async fn what_has_a_note_is_not_offered_while_notes_are_limited() {
    let (world, agent) = World::paired().await;
    let noted = world.create(SEND, with_note()).await;
    let bare = world.invite().await;
    let waiting =
        json!([{"task_type": "agent_send_connection_request", "reason": "note_limit", "for_ms": HOUR}]);
    let offer = agent.poll(json!({"waiting": waiting})).await["task"].clone();
    assert_eq!(offer["task"], json!(bare));
    agent.start(&offer).await;
    agent.sent(&offer).await;
    let until = json!({"reason": "note_limit", "until": "2026-11-22T01:00:00.000Z"});
    assert_eq!(world.status(&noted).await["waiting"], until);
    world.advance(HOUR);
    assert_eq!(agent.offer().await["task"], json!(noted));
}

#[tokio::test]
async fn nothing_queued_is_offered_to_a_fresh_browser_within_the_limit() {
    let (world, agent) = World::paired().await;
    let queued = world.invite().await;
    let limit =
        json!([{"task_type": "agent_send_connection_request", "reason": "invitation_limit", "for_ms": DAY}]);
    agent.poll(json!({"accepts": [], "waiting": limit})).await;
    world.advance(HOUR);
    // It knows nothing of the limit, and accepts everything.
    let fresh = world.pair_again().await;
    assert_eq!(fresh.poll(json!({})).await["task"], Value::Null);
    let until = json!({"reason": "invitation_limit", "until": "2026-11-23T00:00:00.000Z"});
    assert_eq!(world.status(&queued).await["waiting"], until);
    let read = world.fetch().await;
    assert_eq!(world.status(&read).await["waiting"], Value::Null);
    let offer = fresh.offer().await;
    assert_eq!(offer["task"], json!(read));
    fresh.fetched(&offer).await;
    world.advance(DAY - HOUR - 1);
    assert_eq!(fresh.poll(json!({})).await["task"], Value::Null);
    world.advance(1);
    assert_eq!(fresh.offer().await["task"], json!(queued));
    assert_eq!(world.status(&queued).await["waiting"], Value::Null);
}

#[tokio::test]
async fn an_invitation_of_before_the_limit_says_nothing_about_it() {
    let (world, agent) = World::paired().await;
    world.create(SEND, with_note()).await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    world.advance(MINUTE);
    fail_limits(&agent).await;
    assert_eq!(agent.sent(&offer).await.0, 200);
    assert_limited(&world.post(SEND, plain()).await, "invitation_limit");
}

#[tokio::test]
async fn an_invitation_that_was_looked_up_says_nothing_about_a_limit() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let offer = agent.offer().await;
    fail_limits(&agent).await;
    world.advance(1);
    agent.start(&offer).await;
    world.advance(2 * MINUTE);
    let verify = agent.offer().await;
    assert_eq!(verify["mode"], "verify");
    assert_eq!(agent.sent(&verify).await.0, 200);
    assert_limited(&world.post(SEND, plain()).await, "invitation_limit");
}

#[tokio::test]
async fn what_a_superseded_browser_meets_counts_for_the_account() {
    let (world, old) = World::paired().await;
    world.invite().await;
    let offer = old.offer().await;
    old.start(&offer).await;
    world.pair_again().await;
    let limit = failure("invitation_limit", None);
    assert_eq!(old.complete(&offer, "failed", limit, "none").await.0, 200);
    assert_limited(&world.post(SEND, plain()).await, "invitation_limit");
}

#[tokio::test]
async fn another_account_has_limits_of_its_own() {
    let (world, first) = World::paired().await;
    first.poll(json!({"accepts": []})).await;
    fail_limits(&first).await;
    let same = Agent { instance: "i-2".to_owned(), ..first.clone() };
    same.poll(json!({"accepts": []})).await;
    assert_limited(&world.post(SEND, plain()).await, "invitation_limit");
    let other = Agent { instance: "i-3".to_owned(), ..first };
    other.poll(json!({"accepts": [], "account": "acc-2"})).await;
    world.create(SEND, with_note()).await;
}
