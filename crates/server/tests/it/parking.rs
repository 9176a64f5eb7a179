//! Polls that wait, and callers who do.

use super::support::*;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::spawn;
use tokio::time::timeout;

/// A wait of 25 s that runs out looks once more and finds what it was never told of; so what is woken is woken before.
async fn woken<T>(waiting: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(20), waiting).await.unwrap()
}

fn parked_poll(agent: &Agent, changes: Value) -> tokio::task::JoinHandle<Value> {
    let agent = agent.clone();
    let mut poll = json!({"wait_ms": 25_000});
    for (name, value) in changes.as_object().unwrap() {
        poll[name] = value.clone();
    }
    spawn(async move { agent.poll(poll).await })
}

async fn until_parked(world: &World, count: usize) {
    woken(world.server.parked().wait_for(|parked| *parked == count)).await.unwrap();
}

#[tokio::test]
async fn a_task_wakes_the_parked_poll() {
    let (world, agent) = World::paired().await;
    let poll = parked_poll(&agent, json!({}));
    until_parked(&world, 1).await;
    let task = world.fetch().await;
    let answer = woken(poll).await.unwrap();
    assert_eq!((&answer["task"]["task"], &answer["next_ms"]), (&json!(task), &json!(0)));
    assert_eq!(answer["supports"], json!(["start", "heartbeat", "usage"]));
}

#[tokio::test]
async fn no_wake_up_is_lost_however_they_meet() {
    let (world, agent) = World::paired().await;
    for _ in 0..50 {
        let poll = parked_poll(&agent, json!({}));
        let task = world.fetch().await;
        let offer = woken(poll).await.unwrap()["task"].clone();
        assert_eq!(offer["task"], json!(task));
        assert_eq!(agent.fetched(&offer).await.0, 200);
    }
}

#[tokio::test]
async fn another_team_s_task_wakes_nobody() {
    let (world, agent) = World::paired().await;
    let (other_key, _other) = world.other_team().await;
    let poll = parked_poll(&agent, json!({}));
    until_parked(&world, 1).await;
    assert_eq!(world.post_raw(FETCH, Some(&other_key), "{}").await.0, 200);
    let task = world.fetch().await;
    assert_eq!(woken(poll).await.unwrap()["task"]["task"], json!(task));
}

#[tokio::test]
async fn a_newer_poll_answers_the_older_one_empty() {
    let (world, agent) = World::paired().await;
    let older = parked_poll(&agent, json!({}));
    until_parked(&world, 1).await;
    let newer = parked_poll(&agent, json!({}));
    assert_eq!(woken(older).await.unwrap()["task"], Value::Null);
    let task = world.fetch().await;
    assert_eq!(woken(newer).await.unwrap()["task"]["task"], json!(task));
}

#[tokio::test]
async fn pairing_again_answers_the_older_agent_s_poll_empty() {
    let (world, older) = World::paired().await;
    let poll = parked_poll(&older, json!({}));
    until_parked(&world, 1).await;
    let newer = world.pair_again().await;
    assert_eq!(woken(poll).await.unwrap()["task"], Value::Null);
    assert_code(&older.try_poll(json!({})).await, 409, "superseded");
    world.fetch().await;
    newer.offer().await;
}

#[tokio::test]
async fn the_end_of_a_task_wakes_the_parked_poll_for_the_next() {
    let (world, agent) = World::paired().await;
    world.fetch().await;
    let next = world.fetch().await;
    let first = agent.offer().await;
    // It holds the result that was not acknowledged yet, and was told to send it again.
    agent.poll(held(&first, "running")).await;
    let poll = parked_poll(&agent, held(&first, "running"));
    until_parked(&world, 1).await;
    agent.fetched(&first).await;
    let answer = woken(poll).await.unwrap();
    assert_eq!(answer["directives"], directive(&first, "abandon"));
    assert_eq!(answer["task"]["task"], json!(next));
}

#[tokio::test]
async fn directives_are_answered_at_once_and_only_once() {
    let (world, agent) = World::paired().await;
    world.fetch().await;
    let offer = agent.offer().await;
    let mut patient = held(&offer, "running");
    patient["wait_ms"] = json!(25_000);
    assert_eq!(woken(agent.poll(patient.clone())).await["directives"], directive(&offer, "continue"));
    let again = parked_poll(&agent, patient);
    until_parked(&world, 1).await;
    world.server.shutdown().await;
    assert_eq!(woken(again).await.unwrap()["task"], Value::Null);
}

#[tokio::test]
async fn a_caller_who_waits_hears_of_the_end() {
    let (world, agent) = World::paired().await;
    let task = world.fetch().await;
    let offer = agent.offer().await;
    let query = format!("?api_agent_task_id={task}&wait=25");
    let (waited, completed) = tokio::join!(woken(world.get_as(&world.key, &query)), agent.fetched(&offer));
    assert_eq!((waited.1["data"]["status"].as_str(), completed.0), (Some("completed"), 200));
}

#[tokio::test]
async fn a_caller_who_waits_hears_of_a_deadline() {
    let (world, _agent) = World::paired().await;
    let task = world.fetch().await;
    world.advance(DAY);
    let query = format!("?api_agent_task_id={task}&wait=25");
    let (waited, swept) = tokio::join!(woken(world.get_as(&world.key, &query)), world.server.sweep());
    assert_eq!((waited.1["data"]["status"].as_str(), swept.unwrap()), (Some("failed"), 1));
}

#[tokio::test]
async fn shutdown_answers_who_waits() {
    let (world, agent) = World::paired().await;
    let task = world.fetch().await;
    let poll = parked_poll(&agent, json!({"state": "paused"}));
    until_parked(&world, 1).await;
    let (key, url, http) = (world.key.clone(), world.server.url.clone(), world.http.clone());
    world.server.shutdown().await;
    let answer = woken(poll).await.unwrap();
    assert_eq!((&answer["task"], &answer["next_ms"]), (&Value::Null, &json!(1000)));
    let gone = http.get(format!("{url}/linkedin-agent/get-task-status?api_agent_task_id={task}"));
    assert!(gone.header("x-api-key", key).send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn a_parked_poll_hears_when_what_it_returned_has_rested() {
    let (world, agent) = World::paired().await;
    let task = world.fetch().await;
    agent.returned(&agent.offer().await).await;
    world.advance(REST - 300);
    let poll = parked_poll(&agent, json!({}));
    until_parked(&world, 1).await;
    world.advance(300);
    assert_eq!(woken(poll).await.unwrap()["task"]["task"], json!(task));
}

#[tokio::test]
async fn what_is_returned_to_one_server_rests_at_another() {
    let (world, agent) = World::paired().await;
    let other = world.second_instance().await;
    let elsewhere = Agent { url: other.url.clone(), ..agent.clone() };
    let task = world.fetch().await;
    agent.returned(&agent.offer().await).await;
    for agent in [&elsewhere, &agent] {
        assert_eq!(agent.poll(json!({})).await["task"], Value::Null);
    }
    // Other words end the rest, wherever they are said.
    elsewhere.poll(json!({"state": "paused"})).await;
    assert_eq!(agent.offer().await["task"], json!(task));
}
