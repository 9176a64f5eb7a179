//! Every task ends by its deadline, and a sweep never touches what has moved.

use super::support::*;
use serde_json::{Value, json};

async fn code_after(world: &World, task: &str, wait: u64) -> Value {
    world.advance(wait - 1);
    assert_eq!(world.server.sweep().await.unwrap(), 0, "swept too early");
    world.advance(1);
    assert_eq!(world.server.sweep().await.unwrap(), 1);
    let data = world.status(task).await;
    assert_eq!(data["status"], "failed");
    data["task_output"]["code"].clone()
}

#[tokio::test]
async fn a_read_starts_within_a_day() {
    let (world, _agent) = World::paired().await;
    let task = world.fetch().await;
    assert_eq!(code_after(&world, &task, DAY).await, "expired");
}

#[tokio::test]
async fn an_invitation_starts_within_a_week() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let offer = agent.offer().await;
    assert_eq!(code_after(&world, &task, 7 * DAY).await, "expired");
    assert_code(&agent.start(&offer).await, 410, "task_closed");
}

#[tokio::test]
async fn a_started_read_ends_within_a_day() {
    let (world, agent) = World::paired().await;
    let task = world.fetch().await;
    world.advance(20 * HOUR);
    let offer = agent.offer().await;
    assert_eq!(code_after(&world, &task, DAY).await, "expired");
    assert_code(&agent.fetched(&offer).await, 410, "task_closed");
    assert_code(&agent.heartbeat(&offer, Value::Null).await, 410, "task_closed");
    assert_eq!(agent.poll(held(&offer, "running")).await["directives"], directive(&offer, "abandon"));
}

#[tokio::test]
async fn a_started_invitation_ends_unknown() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    world.advance(6 * DAY);
    let offer = agent.offer().await;
    agent.start(&offer).await;
    assert_eq!(code_after(&world, &task, DAY).await, "outcome_unknown");
    let data = world.status(&task).await;
    assert_eq!(data["task_output"]["retryable"], false);
}

#[tokio::test]
async fn a_verifying_invitation_ends_unknown() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    world.advance(HOUR);
    assert_eq!(agent.offer().await["mode"], "verify");
    assert_eq!(code_after(&world, &task, 23 * HOUR).await, "outcome_unknown");
}

#[tokio::test]
async fn what_was_returned_has_its_first_deadline_again() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    agent.returned(&offer).await;
    assert_eq!(code_after(&world, &task, 7 * DAY).await, "expired");
}

#[tokio::test]
async fn nothing_is_offered_past_its_deadline() {
    let (world, agent) = World::paired().await;
    world.fetch().await;
    world.advance(DAY);
    // The sweep has not come by yet.
    assert_eq!(agent.poll(json!({})).await["task"], Value::Null);
}

#[tokio::test]
async fn a_finished_task_is_not_swept() {
    let (world, agent) = World::paired().await;
    let task = world.fetch().await;
    let offer = agent.offer().await;
    agent.fetched(&offer).await;
    world.advance(30 * DAY);
    assert_eq!(world.server.sweep().await.unwrap(), 0);
    assert_eq!(world.status(&task).await["status"], "completed");
}

#[tokio::test]
async fn a_sweep_ends_all_that_is_due() {
    let (world, _agent) = World::paired().await;
    for _ in 0..205 {
        world.fetch().await;
    }
    world.advance(DAY);
    assert_eq!(world.server.sweep().await.unwrap(), 205);
}

#[tokio::test]
async fn a_row_of_an_unknown_kind_ends_too_and_stops_no_other() {
    let (world, _agent) = World::paired().await;
    let odd = world.fetch().await;
    world.sql("UPDATE task SET task_type = 'agent_dance'").await;
    assert_eq!(world.status(&odd).await["status"], "pending");
    let next = world.fetch().await;
    world.advance(DAY);
    assert_eq!(world.server.sweep().await.unwrap(), 2);
    for task in [odd, next] {
        assert_eq!(world.status(&task).await["task_output"]["code"], "expired");
    }
}

#[tokio::test]
async fn nothing_is_started_past_its_deadline() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let offer = agent.offer().await;
    world.advance(7 * DAY);
    // The sweep has not come by yet.
    assert_code(&agent.start(&offer).await, 410, "task_closed");
    assert_eq!(agent.poll(json!({})).await["task"], Value::Null);
    assert_eq!(world.status(&task).await["status"], "pending");
}
