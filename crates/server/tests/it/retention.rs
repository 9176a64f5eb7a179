//! What is deleted, by a caller or by age, and what must outlive it.

use super::support::*;
use liaison_server::Retain;
use serde_json::{Value, json};
use std::time::Duration;

const TASKS: &str = "/linkedin-agent/tasks";

/// A note that is in no other text.
pub const NOTE: &str = "quince-marmalade-note";
pub const HEADLINE: &str = "quince-marmalade-headline";
pub const PERSON: &str = "ACoAAQuinceMarmalade";

fn days(days: u64) -> Retain {
    Retain::For(Duration::from_millis(days * DAY))
}

pub async fn invited(world: &World, agent: &Agent) -> (String, Value) {
    let task = world.create(SEND, json!({"profile_urn": PERSON, "note": NOTE})).await;
    let offer = agent.offer().await;
    assert_eq!(agent.start(&offer).await.0, 200);
    assert_eq!(agent.sent(&offer).await.0, 200);
    (task, offer)
}

pub async fn listed_people(world: &World, agent: &Agent) -> String {
    let task = world.create(FETCH, json!({"keyword": NOTE})).await;
    let row = json!({"name": HEADLINE, "first_name": HEADLINE, "last_name": "", "headline": HEADLINE.repeat(400),
                     "profile_image_url": null, "entity_urn": format!("urn:li:fsd_profile:{PERSON}"),
                     "public_identifier": "p"});
    let rows = vec![row; 40];
    let output = json!({"total": 40, "connections": rows});
    assert_eq!(agent.complete(&agent.offer().await, "completed", output, "none").await.0, 200);
    task
}

pub async fn deleted(world: &World, task: &str) {
    let answer = world.delete(&format!("{TASKS}/{task}")).await;
    assert_eq!(answer, (200, json!({"success": true, "data": {"id": task, "deleted": true}})));
}

pub async fn assert_gone(world: &World, task: &str) {
    let query = format!("?api_agent_task_id={task}");
    assert_refused(&world.get_as(&world.key, &query).await, 404, "Agent task not found");
    let body = json!({"api_agent_task_id": task});
    assert_refused(&world.post("/linkedin-agent/cancel-task", body).await, 404, "Agent task not found");
    assert_refused(&world.delete(&format!("{TASKS}/{task}")).await, 404, "Agent task not found");
    assert_eq!(world.get(&format!("{TASKS}/{task}/connections.csv")).await.0, 404);
    let (_, list) = world.get(&format!("{TASKS}?limit=100")).await;
    assert!(!list.to_string().contains(task), "{list}");
}

#[tokio::test]
async fn only_what_is_over_is_deleted_and_by_its_team_alone() {
    let (world, agent) = World::paired().await;
    let (other_key, _other) = world.other_team().await;
    let task = world.fetch().await;
    let path = format!("{TASKS}/{task}");
    assert_code(&world.delete(&path).await, 409, "not_finished");
    let offer = agent.offer().await;
    assert_code(&world.delete(&path).await, 409, "not_finished");
    assert_eq!(agent.fetched(&offer).await.0, 200);
    let foreign = world.http.delete(format!("{}{path}", world.server.url)).header("x-api-key", other_key);
    assert_refused(&answer(foreign).await, 404, "Agent task not found");
    assert_eq!(world.status(&task).await["status"], "completed");
    deleted(&world, &task).await;
    assert_gone(&world, &task).await;
    for odd in ["x", "550e8400-e29b-41d4-a716-446655440000", "%FF", "a%27%20OR%201=1"] {
        assert_refused(&world.delete(&format!("{TASKS}/{odd}")).await, 404, "Agent task not found");
    }
}

#[tokio::test]
async fn the_guard_on_the_same_person_remembers_for_its_21_days() {
    let (world, agent) = World::paired().await;
    let (task, _) = invited(&world, &agent).await;
    world.advance(DAY);
    deleted(&world, &task).await;
    let again = json!({"profile_urn": format!("urn:li:fsd_profile:{PERSON}")});
    assert_code(&world.post(SEND, again.clone()).await, 409, "invited_before");
    world.advance(20 * DAY - 1);
    agent.poll(json!({})).await;
    world.server.sweep().await.unwrap();
    assert_code(&world.post(SEND, again.clone()).await, 409, "invited_before");
    world.advance(1);
    agent.poll(json!({})).await;
    let (status, body) = world.post(SEND, again).await;
    assert_eq!((status, body.get("deduplicated")), (200, None), "{body}");
    world.server.sweep().await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM task").await, 1);
}

#[tokio::test]
async fn a_deleted_invitation_yields_to_one_that_is_there_and_to_the_callers_word() {
    let (world, agent) = World::paired().await;
    let (task, _) = invited(&world, &agent).await;
    deleted(&world, &task).await;
    let over = json!({"profile_urn": PERSON, "allow_duplicate": true});
    let second = world.create(SEND, over).await;
    let (_, body) = world.post(SEND, json!({"profile_urn": PERSON})).await;
    assert_eq!((&body["api_agent_task_id"], &body["deduplicated"]), (&json!(second), &json!(true)));
    // One that ended without having been sent stood for nothing, and deleted it does neither.
    world.cancel(&second).await;
    deleted(&world, &second).await;
    assert_code(&world.post(SEND, json!({"profile_urn": PERSON})).await, 409, "invited_before");
    let other = json!({"profile_urn": "ACoAASomebodyElse"});
    let unsent = world.create(SEND, other.clone()).await;
    world.cancel(&unsent).await;
    deleted(&world, &unsent).await;
    assert_eq!(world.post(SEND, other).await.0, 200);
}

#[tokio::test]
async fn a_key_and_a_lease_answer_as_before() {
    let (world, agent) = World::paired().await;
    let body = json!({"profile_urn": PERSON, "note": NOTE});
    let (_, created) = world.post_under("key-1", SEND, &body).await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    assert_eq!(agent.sent(&offer).await.1["replayed"], false);
    let task = created["api_agent_task_id"].as_str().unwrap();
    deleted(&world, task).await;
    assert_eq!(agent.sent(&offer).await, (200, json!({"status": "completed", "replayed": true})));
    assert_eq!(agent.poll(held(&offer, "finished")).await["directives"], directive(&offer, "abandon"));
    world.advance(DAY - 1);
    agent.poll(json!({})).await;
    world.server.sweep().await.unwrap();
    assert_eq!(world.post_under("key-1", SEND, &body).await, (200, created.clone()));
    assert_code(&world.post_under("key-1", FETCH, &json!({})).await, 422, "idempotency_key_reused");
    world.advance(1);
    world.server.sweep().await.unwrap();
    assert_code(&world.post_under("key-1", SEND, &body).await, 409, "invited_before");
}

/// A key that came late is kept for its day, and what it was answered with as long.
#[tokio::test]
async fn a_late_key_outlives_its_task() {
    let (world, agent) = World::paired().await;
    let (task, _) = invited(&world, &agent).await;
    world.advance(21 * DAY - 1);
    agent.poll(json!({})).await;
    let body = json!({"profile_urn": PERSON});
    let (_, answered) = world.post_under("key-1", SEND, &body).await;
    assert_eq!(answered["api_agent_task_id"], json!(task));
    deleted(&world, &task).await;
    world.advance(DAY - 1);
    world.server.sweep().await.unwrap();
    assert_eq!(world.post_under("key-1", SEND, &body).await, (200, answered));
    world.advance(1);
    world.server.sweep().await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM task").await, 0);
}

#[tokio::test]
async fn what_ended_long_ago_goes_by_itself_and_then_all_of_it() {
    let (world, agent) = World::paired_and(|config| config.retain = days(30)).await;
    let (invitation, _) = invited(&world, &agent).await;
    let list = listed_people(&world, &agent).await;
    let waits = world.create(FETCH, json!({"deadline_ms": 30 * DAY})).await;
    world.advance(30 * DAY - 1);
    world.server.sweep().await.unwrap();
    assert_eq!(world.status(&list).await["status"], "completed");
    world.advance(1);
    assert_eq!(world.server.sweep().await.unwrap(), 1);
    assert_gone(&world, &list).await;
    assert_gone(&world, &invitation).await;
    assert_eq!(world.status(&waits).await["status"], "failed");
    assert_eq!(world.number("SELECT count(*) FROM task").await, 3);
    assert_eq!(world.number("SELECT count(*) FROM task_event WHERE event <> 'offered'").await, 0);
    world.advance(DAY);
    world.server.sweep().await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM task").await, 1);
    assert_eq!(world.number("SELECT count(*) FROM lease").await, 0);
    assert_eq!(world.number("SELECT count(*) FROM idempotency_key").await, 0);
}

#[tokio::test]
async fn many_go_in_batches() {
    let (world, _agent) = World::paired_and(|config| config.retain = days(1)).await;
    for _ in 0..250 {
        let task = world.fetch().await;
        world.cancel(&task).await;
    }
    world.advance(DAY);
    world.server.sweep().await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM task WHERE deleted_at IS NULL").await, 0);
    assert_eq!(world.number("SELECT count(*) FROM task").await, 250);
    world.advance(DAY);
    world.server.sweep().await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM task").await, 0);
}

#[test]
fn how_long_may_be_said_in_words() {
    for (text, retain) in [
        ("30d", Some(days(30))),
        ("720h", Some(days(30))),
        ("86400", Some(days(1))),
        ("1h", Some(Retain::For(Duration::from_secs(3600)))),
        ("forever", Some(Retain::Forever)),
        ("59m", None),
        ("0", None),
        ("0s", None),
        ("-1d", None),
        ("", None),
        ("soon", None),
        ("99999999999999999999d", None),
    ] {
        assert_eq!(text.parse().ok(), retain, "{text}");
    }
    assert_eq!(Retain::default().to_string().parse(), Ok(days(30)));
}
