//! A task's history.

use super::support::*;
use serde_json::{Value, json};

async fn events(world: &World, task: &str) -> Vec<Value> {
    let (status, body) = world.get_as(&world.key, &format!("?api_agent_task_id={task}&include=events")).await;
    assert_eq!(status, 200, "{body}");
    body["data"]["events"].as_array().unwrap().clone()
}

/// The names, with the epoch where there is one.
async fn names(world: &World, task: &str) -> Vec<String> {
    let name = |line: &Value| {
        let epoch = line["epoch"].as_u64().map_or(String::new(), |epoch| format!(" {epoch}"));
        format!("{}{epoch}", line["event"].as_str().unwrap())
    };
    events(world, task).await.iter().map(name).collect()
}

#[tokio::test]
async fn an_invitation_from_end_to_end() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    world.advance(1_000);
    let offer = agent.offer().await;
    world.advance(1_000);
    assert_eq!(agent.start(&offer).await.0, 200);
    world.advance(1_000);
    assert_eq!(agent.sent(&offer).await.0, 200);
    assert_eq!(
        events(&world, &task).await,
        [
            json!({"at": "2026-11-22T00:00:00.000Z", "event": "created"}),
            json!({"at": "2026-11-22T00:00:01.000Z", "event": "offered", "epoch": 1, "attempt": 1}),
            json!({"at": "2026-11-22T00:00:02.000Z", "event": "started", "epoch": 1}),
            json!({"at": "2026-11-22T00:00:03.000Z", "event": "completed"}),
        ]
    );
}

#[tokio::test]
async fn only_who_asks_is_shown_them() {
    let (world, _agent) = World::paired().await;
    let task = world.fetch().await;
    assert_eq!(world.status(&task).await.get("events"), None);
    for query in ["include=output", "include=", "include=events&include=events", "include=events%20"] {
        let answer = world.get_as(&world.key, &format!("?api_agent_task_id={task}&{query}")).await;
        assert_refused(&answer, 400, "Invalid 'include': must be 'events'");
    }
    let (other_key, _other) = world.other_team().await;
    let query = format!("?api_agent_task_id={task}&include=events");
    assert_refused(&world.get_as(&other_key, &query).await, 404, "Agent task not found");
}

#[tokio::test]
async fn returned_lost_and_resumed() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let offer = agent.offer().await;
    assert_eq!(agent.returned(&offer).await.0, 200);
    world.advance(REST);
    // Taken, as it names it; then lost.
    let offer = agent.offer().await;
    agent.poll(held(&offer, "claimed")).await;
    world.advance(OFFER);
    agent.poll(json!({"accepts": []})).await;
    // And back again.
    let answer = agent.poll(held(&offer, "claimed")).await;
    assert_eq!(answer["directives"], directive(&offer, "continue"), "{answer}");
    let names = names(&world, &task).await;
    assert_eq!(names, ["created", "offered 1", "returned 1", "offered 2", "lost 2", "resumed 2"]);
}

#[tokio::test]
async fn a_read_that_is_begun_again_says_so() {
    let (world, agent) = World::paired().await;
    let task = world.fetch().await;
    let offer = agent.offer().await;
    assert_eq!(agent.heartbeat(&offer, json!({"done": 1, "of": 2})).await.0, 200);
    let again = agent.offer().await;
    assert_eq!(agent.complete(&again, "failed", failure("throttled", None), "none").await.0, 200);
    let lines = events(&world, &task).await;
    assert_eq!(names(&world, &task).await, ["created", "offered 1", "lost 1", "offered 2", "failed"]);
    assert_eq!((&lines[3]["attempt"], &lines[4]["code"]), (&json!(2), &json!("throttled")));
}

#[tokio::test]
async fn another_browser_takes_over() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    agent.offer().await;
    let other = Agent { instance: "i-2".to_owned(), ..agent };
    other.poll(json!({"accepts": []})).await;
    other.offer().await;
    assert_eq!(names(&world, &task).await, ["created", "offered 1", "lost 1", "offered 3"]);
}

#[tokio::test]
async fn cancelled_on_the_way() {
    let (world, agent) = World::paired().await;
    let waiting = world.invite().await;
    world.cancel(&waiting).await;
    let lines = events(&world, &waiting).await;
    assert_eq!(names(&world, &waiting).await, ["created", "cancel_requested", "failed"]);
    assert_eq!(lines[2]["code"], "cancelled");
    let task = world.invite().await;
    let offer = agent.offer().await;
    assert_eq!(agent.start(&offer).await.0, 200);
    world.cancel(&task).await;
    world.cancel(&task).await;
    assert_eq!(agent.sent(&offer).await.0, 200);
    let expected = ["created", "offered 1", "started 1", "cancel_requested", "completed"];
    assert_eq!(names(&world, &task).await, expected);
}

/// What is over stays as it is; the history says what turned out to be true, once.
#[tokio::test]
async fn a_late_proof() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let offer = agent.offer().await;
    assert_eq!(agent.start(&offer).await.0, 200);
    world.advance(2 * MINUTE);
    assert_eq!(agent.offer().await["mode"], "verify");
    world.advance(DAY);
    assert_eq!(world.server.sweep().await.unwrap(), 1);
    let before = ["created", "offered 1", "started 1", "verifying 1", "failed"];
    assert_eq!(names(&world, &task).await, before);
    for _ in 0..2 {
        assert_code(&agent.sent(&offer).await, 410, "task_closed");
    }
    let after = [&before[..], &["late_proof"]].concat();
    assert_eq!(names(&world, &task).await, after);
    let data = world.status(&task).await;
    assert_eq!(
        (&data["status"], &data["task_output"]["code"]),
        (&json!("failed"), &json!("outcome_unknown"))
    );
}

/// A task that goes back and forth for days keeps its first moves and its end.
#[tokio::test]
async fn the_history_has_an_end() {
    let (world, agent) = World::paired().await;
    let task = world.fetch().await;
    for _ in 0..50 {
        assert_eq!(agent.returned(&agent.offer().await).await.0, 200);
        world.advance(REST);
    }
    world.cancel(&task).await;
    let names = names(&world, &task).await;
    assert_eq!(names.len(), 1 + 40 + 2);
    assert_eq!(names[40..], ["returned 20", "cancel_requested", "failed"]);
}
