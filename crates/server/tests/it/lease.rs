//! Starting, completing, returning: tokens, epochs and their fences.

use super::support::*;
use serde_json::{Value, json};

#[tokio::test]
async fn an_invitation_is_started_once() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let offer = agent.offer().await;
    let answer = json!({"lease_ms": 60_000, "act_within_ms": 20_000, "replayed": false});
    assert_eq!(agent.start(&offer).await, (200, answer));
    assert_eq!(world.status(&task).await["status"], "processing");
    assert_eq!(agent.start(&offer).await.1["replayed"], true);
    let world = world.restart().await;
    let agent = Agent { url: world.server.url.clone(), ..agent };
    assert_eq!(agent.start(&offer).await.1["replayed"], true);
    assert_eq!(agent.sent(&offer).await.0, 200);
    assert_code(&agent.start(&offer).await, 410, "task_closed");
}

#[tokio::test]
async fn a_start_needs_the_right_token() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let mut offer = agent.offer().await;
    offer["token"] = json!("another");
    assert_code(&agent.start(&offer).await, 404, "not_found");
    assert_code(&agent.heartbeat(&offer, Value::Null).await, 404, "not_found");
    assert_code(&agent.sent(&offer).await, 404, "not_found");
}

#[tokio::test]
async fn the_same_result_gets_the_same_answer() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    assert_eq!(agent.sent(&offer).await, (200, json!({"status": "completed", "replayed": false})));
    let world = world.restart().await;
    let agent = Agent { url: world.server.url.clone(), ..agent };
    assert_eq!(agent.sent(&offer).await, (200, json!({"status": "completed", "replayed": true})));
    let other = agent.complete(&offer, "failed", failure("refused", None), "none").await;
    assert_code(&other, 409, "result_conflict");
    assert_eq!(world.status(&task).await["status"], "completed");
}

#[tokio::test]
async fn a_newer_started_epoch_fences_the_older_one() {
    let (world, agent) = World::paired().await;
    let task = world.fetch().await;
    let old = agent.offer().await;
    world.advance(OFFER);
    let new = agent.offer().await;
    assert_code(&agent.fetched(&old).await, 409, "lease_lost");
    assert_code(&agent.heartbeat(&old, Value::Null).await, 409, "lease_lost");
    assert_code(&agent.start(&old).await, 409, "lease_lost");
    assert_eq!(world.status(&task).await["status"], "processing");
    assert_eq!(agent.fetched(&new).await.0, 200);
    assert_code(&agent.fetched(&old).await, 410, "task_closed");
}

#[tokio::test]
async fn a_newer_epoch_that_was_only_offered_lets_a_late_result_in() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let old = agent.offer().await;
    agent.poll(json!({"accepts": []})).await;
    let new = agent.offer().await;
    assert_eq!((&old["epoch"], &new["epoch"]), (&json!(1), &json!(2)));
    assert_eq!(agent.sent(&old).await.1["status"], "completed");
    assert_code(&agent.start(&new).await, 410, "task_closed");
    assert_eq!(world.status(&task).await["task_output"], json!({"sent": true}));
}

#[tokio::test]
async fn a_newer_started_invitation_fences_the_older_result() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let old = agent.offer().await;
    agent.poll(json!({"accepts": []})).await;
    let new = agent.offer().await;
    assert_eq!(agent.start(&new).await.0, 200);
    assert_code(&agent.sent(&old).await, 409, "lease_lost");
    assert_eq!(agent.sent(&new).await.0, 200);
}

#[tokio::test]
async fn returning_costs_no_attempt() {
    let (world, agent) = World::paired().await;
    let task = world.fetch().await;
    for epoch in 1..=5 {
        let offer = agent.offer().await;
        assert_eq!((&offer["epoch"], &offer["attempt"]), (&json!(epoch), &json!(1)));
        assert_eq!(agent.returned(&offer).await, (200, json!({"status": "pending", "replayed": false})));
        assert_eq!(agent.returned(&offer).await, (200, json!({"status": "pending", "replayed": true})));
        assert_eq!(world.status(&task).await["status"], "pending");
        world.advance(REST);
    }
}

#[tokio::test]
async fn what_was_returned_rests_a_while() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let next = world.invite().await;
    let first = agent.offer().await;
    agent.returned(&first).await;
    // Nothing else waits for it.
    let other = agent.offer().await;
    assert_eq!(other["task"], json!(next));
    agent.start(&other).await;
    agent.sent(&other).await;
    assert_eq!(agent.poll(json!({})).await["task"], Value::Null);
    world.advance(REST - 1);
    assert_eq!(agent.poll(json!({})).await["task"], Value::Null);
    world.advance(1);
    assert_eq!(agent.offer().await["task"], json!(task));
}

#[tokio::test]
async fn what_was_returned_comes_at_once_to_who_says_something_else() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    agent.returned(&agent.offer().await).await;
    let invitations = json!({"accepts": ["agent_send_connection_request"]});
    let offer = agent.poll(invitations.clone()).await["task"].clone();
    assert_eq!(offer["task"], json!(task));
    agent.returned(&offer).await;
    agent.poll(json!({"state": "paused"})).await;
    let offer = agent.poll(invitations).await["task"].clone();
    assert_eq!(offer["task"], json!(task));
    agent.returned(&offer).await;
    assert_eq!(world.pair_again().await.offer().await["task"], json!(task));
}

#[tokio::test]
async fn a_started_invitation_that_was_returned_is_offered_again() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let first = agent.offer().await;
    agent.start(&first).await;
    assert_eq!(agent.returned(&first).await.1["status"], "pending");
    assert_code(&agent.start(&first).await, 409, "lease_lost");
    world.advance(REST);
    let second = agent.offer().await;
    assert_eq!((&second["mode"], &second["epoch"]), (&json!("run"), &json!(2)));
    assert_eq!(agent.start(&second).await.1["replayed"], false);
}

#[tokio::test]
async fn a_verify_offer_that_comes_back_is_never_run_again() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    world.advance(10 * MINUTE);
    let verify = agent.offer().await;
    assert_eq!(agent.returned(&verify).await, (200, json!({"status": "processing", "replayed": false})));
    assert_eq!(agent.poll(json!({})).await["task"], Value::Null);
    world.advance(REST);
    assert_eq!(agent.offer().await["mode"], "verify");
    // And a proof that comes later is still taken.
    assert_eq!(agent.sent(&verify).await.1["status"], "completed");
    assert_eq!(world.status(&task).await["status"], "completed");
}

#[tokio::test]
async fn only_what_had_no_effect_is_returned() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    assert_code(&agent.complete(&offer, "returned", Value::Null, "maybe").await, 422, "invalid_message");
}

#[tokio::test]
async fn results_of_another_shape_are_not_taken() {
    let (world, agent) = World::paired().await;
    let task = world.fetch().await;
    let offer = agent.offer().await;
    for output in [
        Value::Null,
        json!([]),
        json!([0, []]),
        json!({}),
        json!({"total": 1}),
        json!({"sent": true}),
        json!({"total": 1, "connections": []}),
        json!({"total": 1, "connections": [{"name": "John Doe"}]}),
        json!({"total": 1, "connections": ["John Doe"]}),
        json!({"total": "0", "connections": []}),
    ] {
        assert_code(&agent.complete(&offer, "completed", output, "none").await, 422, "invalid_message");
    }
    let odd = agent.complete(&offer, "failed", failure("odd", None), "none").await;
    assert_code(&odd, 422, "invalid_message");
    assert_eq!(world.status(&task).await["status"], "processing");
    agent.fetched(&offer).await;
    world.invite().await;
    let offer = agent.offer().await;
    for output in [json!({"sent": false}), json!({"sent": "true"}), json!([true]), json!(true)] {
        assert_code(&agent.complete(&offer, "completed", output, "done").await, 422, "invalid_message");
    }
    let more = json!({"sent": true, "to": "John Doe"});
    assert_eq!(agent.complete(&offer, "completed", more, "done").await.0, 200);
    let task = offer["task"].as_str().unwrap();
    assert_eq!(world.status(task).await["task_output"], json!({"sent": true}));
}

#[tokio::test]
async fn an_unknown_outcome_ends_the_task() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    let unknown = failure("outcome_unknown", None);
    assert_eq!(agent.complete(&offer, "failed", unknown, "maybe").await.1["status"], "failed");
    assert_eq!(world.status(&task).await["task_output"]["code"], "outcome_unknown");
    assert_eq!(agent.poll(json!({})).await["task"], Value::Null);
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let (world, agent) = World::paired().await;
    let done = world.fetch().await;
    let offer = agent.offer().await;
    agent.fetched(&offer).await;
    let queued = world.invite().await;
    let world = world.restart().await;
    let agent = Agent { url: world.server.url.clone(), ..agent };
    assert_eq!(world.status(&done).await["task_output"], json!({"total": 0, "connections": []}));
    assert_eq!(agent.offer().await["task"], json!(queued));
}
