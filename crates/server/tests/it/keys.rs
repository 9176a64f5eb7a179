//! `Idempotency-Key`: the same request twice is one task, whatever happened in between.

use super::support::*;
use crate::database::READABLE_KEYS;
use serde_json::json;

const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";

fn id(answer: &Answer) -> &str {
    assert_eq!(answer.0, 200, "{}", answer.1);
    answer.1["api_agent_task_id"].as_str().unwrap()
}

fn assert_reused(answer: &Answer) {
    assert_code(answer, 422, "idempotency_key_reused");
}

#[tokio::test]
async fn the_same_request_is_the_same_task() {
    let (world, agent) = World::paired().await;
    let body = json!({"profile_urn": "ACoAABCDEF123", "note": "hello"});
    let first = world.post_under(KEY, SEND, &body).await;
    assert_eq!(world.post_under(KEY, SEND, &body).await, first);
    // Other words for the same request, and the key as the IETF's draft writes it.
    let same = json!({"note": " hello\n", "profile_urn": "urn:li:fsd_profile:ACoAABCDEF123", "extra": 1});
    assert_eq!(world.post_under(&format!("\"{KEY}\""), SEND, &same).await, first);
    let world = world.restart().await;
    assert_eq!(world.post_under(KEY, SEND, &body).await, first);
    // Also when it has ended, and when it would be refused by now.
    let agent = Agent { url: world.server.url.clone(), ..agent };
    let offer = agent.offer().await;
    agent.start(&offer).await;
    agent.complete(&offer, "failed", failure("invitation_limit", None), "none").await;
    assert_eq!(world.post(SEND, json!({"profile_urn": "ACoAABCDEF124"})).await.0, 429);
    assert_eq!(world.post_under(KEY, SEND, &body).await, first);
    assert_ne!(id(&world.post_under("another", FETCH, &json!({})).await), id(&first));
}

#[tokio::test]
async fn another_request_under_the_same_key_is_refused() {
    let (world, _agent) = World::paired().await;
    let read = world.post_under(KEY, FETCH, &json!({"count": 40})).await;
    for (path, body) in [
        (FETCH, json!({"count": 41})),
        (FETCH, json!({"keyword": "John"})),
        (FETCH, json!({"fields": "all"})),
        (FETCH, json!({"deadline_ms": 60_000})),
        // Of the deadline there is no default to be said: without one it is this version's, and a later one may have another.
        (FETCH, json!({"deadline_ms": DAY})),
        (SEND, json!({"profile_urn": "ACoAABCDEF123"})),
    ] {
        assert_reused(&world.post_under(KEY, path, &body).await);
    }
    // A default is a default, said or not.
    for body in [json!({}), json!({"start": 0, "keyword": "  "}), json!({"deadline_ms": null})] {
        assert_eq!(world.post_under(KEY, FETCH, &body).await, read, "{body}");
    }
    let invitation = json!({"profile_urn": "ACoAABCDEF123"});
    let answer = world.post_under("k2", SEND, &invitation).await;
    for more in [json!({"note": "hello"}), json!({"allow_duplicate": true}), json!({"deadline_ms": DAY})] {
        let mut body = invitation.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_reused(&world.post_under("k2", SEND, &body).await);
    }
    assert_eq!(
        world.post_under("k2", SEND, &json!({"profile_urn": "ACoAABCDEF123", "note": ""})).await,
        answer
    );
}

#[tokio::test]
async fn at_the_same_moment_it_is_one_task() {
    let (world, _agent) = World::paired().await;
    let body = json!({"count": 7});
    let posts: Vec<_> = (0..20)
        .map(|_| {
            let request = world.http.post(format!("{}{FETCH}", world.server.url));
            let request = request.header("x-api-key", &world.key).header("idempotency-key", KEY);
            tokio::spawn(answer(request.body(body.to_string())))
        })
        .collect();
    let mut answers = Vec::new();
    for post in posts {
        answers.push(post.await.unwrap());
    }
    assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:?}");
    id(&answers[0]);
    assert_eq!(count(&world, "task").await, 1);
}

async fn count(world: &World, table: &'static str) -> i64 {
    let statement = match table {
        "task" => "SELECT count(*) FROM task",
        _ => "SELECT count(*) FROM idempotency_key",
    };
    world.number(statement).await
}

#[tokio::test]
async fn a_key_is_the_team_s_own() {
    let (world, _agent) = World::paired().await;
    let (other_key, _other) = world.other_team().await;
    let ours = world.post_under(KEY, FETCH, &json!({})).await;
    let request = world.http.post(format!("{}{FETCH}", world.server.url)).header("x-api-key", other_key);
    let request = request.header("idempotency-key", KEY);
    // Neither is another request refused for it, nor the same one answered with a task that isn't theirs.
    let theirs = answer(request.try_clone().unwrap().body(r#"{"count":3}"#)).await;
    assert_ne!(id(&theirs), id(&ours));
    assert_eq!(answer(request.try_clone().unwrap().body(r#"{"count":3}"#)).await, theirs);
    assert_reused(&answer(request.body("{}")).await);
    assert_eq!(world.post_under(KEY, FETCH, &json!({})).await, ours);
    assert_eq!(count(&world, "idempotency_key").await, 2);
}

#[tokio::test]
async fn what_is_refused_leaves_no_key() {
    let world = World::new().await;
    let body = json!({"profile_urn": "ACoAABCDEF123"});
    assert_eq!(world.post_under(KEY, SEND, &body).await.0, 403);
    assert_eq!(world.post_under(KEY, SEND, &json!({})).await.0, 400);
    assert_eq!(world.post_under(KEY, FETCH, &json!({"count": 0})).await.0, 400);
    let agent = world.pair(&world.server.pairing_code.clone().unwrap()).await;
    let limited =
        json!([{"task_type": "agent_send_connection_request", "reason": "invitation_limit", "for_ms": 1000}]);
    agent.poll(json!({"waiting": limited})).await;
    assert_eq!(world.post_under(KEY, SEND, &body).await.0, 429);
    assert_eq!(count(&world, "idempotency_key").await, 0);
    world.advance(1000);
    id(&world.post_under(KEY, SEND, &body).await);
    let other_note = json!({"profile_urn": "ACoAABCDEF123", "note": "hello"});
    assert_code(&world.post_under("k2", SEND, &other_note).await, 409, "pending_with_another_note");
    assert_eq!(count(&world, "idempotency_key").await, 1);
}

#[tokio::test]
async fn what_is_no_key_is_refused() {
    let (world, _agent) = World::paired().await;
    let text = "Invalid 'Idempotency-Key': must be one key of 1 to 255 printable ASCII characters";
    for key in ["", "two words", "\"open", &"k".repeat(256)] {
        let refused = world.post_under(key, FETCH, &json!({})).await;
        assert_refused(&refused, 400, text);
        assert_eq!(refused.1["code"], "invalid_input");
    }
    let twice = world.http.post(format!("{}{SEND}", world.server.url)).header("x-api-key", &world.key);
    let twice = twice.header("idempotency-key", "a").header("idempotency-key", "a");
    assert_refused(&answer(twice.body("{}")).await, 400, text);
    // Who is not let in is told nothing else.
    let nobody = world.http.post(format!("{}{FETCH}", world.server.url)).header("idempotency-key", "");
    assert_eq!(answer(nobody).await.0, 401);
    assert_eq!(count(&world, "task").await, 0);
    id(&world.post_under(&"k".repeat(255), FETCH, &json!({})).await);
}

#[tokio::test]
async fn a_key_is_kept_as_long_as_its_task_and_a_day_more() {
    let (world, agent) = World::paired().await;
    let body = json!({"profile_urn": "ACoAABCDEF123"});
    let first = world.post_under(KEY, SEND, &body).await;
    world.advance(6 * DAY);
    world.server.sweep().await.unwrap();
    assert_eq!(world.post_under(KEY, SEND, &body).await, first);
    let offer = agent.offer().await;
    agent.start(&offer).await;
    agent.complete(&offer, "failed", failure("refused", None), "none").await;
    world.advance(DAY - 1);
    world.server.sweep().await.unwrap();
    assert_eq!(world.post_under(KEY, SEND, &body).await, first);
    world.advance(1);
    world.server.sweep().await.unwrap();
    assert_eq!(count(&world, "idempotency_key").await, 0);
    assert_ne!(id(&world.post_under(KEY, SEND, &body).await), id(&first));
}

#[tokio::test]
async fn a_key_of_a_task_that_had_ended_is_kept_for_a_day_too() {
    let (world, agent) = World::paired().await;
    let body = json!({"profile_urn": "ACoAABCDEF123"});
    let sent = world.create(SEND, body.clone()).await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    agent.sent(&offer).await;
    world.advance(5 * DAY);
    let answer = world.post_under(KEY, SEND, &body).await;
    assert_eq!((id(&answer), &answer.1["deduplicated"]), (sent.as_str(), &json!(true)));
    world.advance(DAY - 1);
    world.server.sweep().await.unwrap();
    assert_eq!(world.post_under(KEY, SEND, &body).await, answer);
    world.advance(1);
    world.server.sweep().await.unwrap();
    assert_eq!(count(&world, "idempotency_key").await, 0);
}

#[tokio::test]
async fn a_sweep_forgets_all_keys_that_are_over() {
    let (world, _agent) = World::paired().await;
    let body = json!({"profile_urn": "ACoAABCDEF123"});
    let task = world.create(SEND, body.clone()).await;
    for key in 0..250 {
        assert_eq!(id(&world.post_under(&key.to_string(), SEND, &body).await), task);
    }
    world.cancel(&task).await;
    world.advance(DAY - 1);
    world.server.sweep().await.unwrap();
    assert_eq!(count(&world, "idempotency_key").await, 250);
    world.advance(1);
    world.server.sweep().await.unwrap();
    assert_eq!(count(&world, "idempotency_key").await, 0);
}

#[tokio::test]
async fn neither_the_key_nor_the_note_is_kept_with_it() {
    let (world, _agent) = World::paired().await;
    world
        .post_under("the-caller's-key", SEND, &json!({"profile_urn": "ACoAABCDEF123", "note": "dear you"}))
        .await;
    assert_eq!(world.number(READABLE_KEYS).await, 0);
    assert_eq!(count(&world, "idempotency_key").await, 1);
}
