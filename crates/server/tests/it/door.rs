//! Keys, tokens and codes: who may come in where.

use super::support::*;
use serde_json::json;

#[tokio::test]
async fn no_key() {
    let world = World::new().await;
    assert_refused(&world.post_raw(FETCH, None, "{}").await, 401, "Missing API Key");
    assert_refused(&world.post_raw(FETCH, Some(""), "{}").await, 401, "Missing API Key");
}

#[tokio::test]
async fn wrong_key() {
    let world = World::new().await;
    assert_refused(&world.post_raw(FETCH, Some("lsk_0"), "{}").await, 401, "Invalid API Key");
    assert_refused(&world.get_as("lsk_0", "").await, 401, "Invalid API Key");
}

#[tokio::test]
async fn neither_opens_the_other_s_doors() {
    let (world, agent) = World::paired().await;
    assert_refused(&world.post_raw(FETCH, Some(&agent.token), "{}").await, 401, "Invalid API Key");
    let with_key = Agent { token: world.key.clone(), ..agent.clone() };
    assert_code(&with_key.try_poll(json!({})).await, 401, "unauthorised");
    for call in ["start", "heartbeat", "complete"] {
        assert_code(&with_key.call(&format!("tasks/t/{call}"), json!({})).await, 401, "unauthorised");
    }
    // A token in the caller's header, a key in the agent's: not looked at either.
    assert_code(&world.post_raw("/agent/v1/poll", Some(&agent.token), "{}").await, 401, "unauthorised");
}

#[tokio::test]
async fn a_code_works_once() {
    let world = World::new().await;
    let code = world.server.pairing_code.clone().unwrap();
    world.pair(&code).await;
    assert_code(&world.post_raw("/agent/v1/pair", None, pairing(&code)).await, 401, "unauthorised");
}

#[tokio::test]
async fn a_code_lives_ten_minutes() {
    let world = World::new().await;
    world.advance(10 * MINUTE);
    let code = world.server.pairing_code.clone().unwrap();
    assert_code(&world.post_raw("/agent/v1/pair", None, pairing(&code)).await, 401, "unauthorised");
}

async fn pair_from(world: &World, code: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = world.http.post(format!("{}/agent/v1/pair", world.server.url)).body(pairing(code));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answer(request).await
}

#[tokio::test]
async fn a_web_page_can_t_burn_the_code() {
    let world = World::new().await;
    let code = world.server.pairing_code.clone().unwrap();
    let json = ("content-type", "application/json");
    for origin in
        ["https://evil.example", "null", "http://localhost:8787", "https://chrome-extension.example", ""]
    {
        for _ in 0..5 {
            let answer = pair_from(&world, "AAAAA-AAAAA", &[json, ("origin", origin)]).await;
            assert_code(&answer, 403, "foreign_origin");
        }
    }
    for content_type in ["text/plain", "text/plain;application/json", "multipart/form-data"] {
        for _ in 0..10 {
            let answer = pair_from(&world, "AAAAA-AAAAA", &[("content-type", content_type)]).await;
            assert_code(&answer, 422, "invalid_message");
        }
    }
    assert_code(&pair_from(&world, &code, &[]).await, 422, "invalid_message");
    let utf8 = ("content-type", "Application/JSON; charset=utf-8");
    let extension = ("origin", "chrome-extension://abcdefghijklmnopabcdefghijklmnop");
    assert_eq!(pair_from(&world, &code, &[utf8, extension]).await.0, 200);
}

#[tokio::test]
async fn a_path_that_is_no_utf_8_is_no_task() {
    let (_world, agent) = World::paired().await;
    for call in ["start", "heartbeat", "complete"] {
        assert_code(&agent.call(&format!("tasks/%FF/{call}"), json!({"token": "t"})).await, 404, "not_found");
    }
}

#[tokio::test]
async fn messages_that_are_none() {
    let (world, agent) = World::paired().await;
    assert_code(&agent.call("poll", json!({"instance": 1})).await, 422, "invalid_message");
    assert_code(&agent.try_poll(json!({"instance": ""})).await, 422, "invalid_message");
    assert_code(
        &agent.call("tasks/t/complete", json!({"token": "t", "status": "gone"})).await,
        422,
        "invalid_message",
    );
    assert_code(&world.post_raw("/agent/v1/pair", None, "<html>").await, 422, "invalid_message");
    let huge = json!({"token": "t", "status": "completed", "task_output": "x".repeat(5 * 1024 * 1024)});
    assert_code(&agent.call("tasks/t/complete", huge).await, 413, "too_large");
}

#[tokio::test]
async fn another_team_s_task_is_not_there_for_an_agent() {
    let (world, agent) = World::paired().await;
    let (_, stranger) = world.other_team().await;
    world.invite().await;
    let offer = agent.offer().await;
    assert_code(&stranger.start(&offer).await, 404, "not_found");
    assert_code(&stranger.heartbeat(&offer, json!(null)).await, 404, "not_found");
    assert_code(&stranger.sent(&offer).await, 404, "not_found");
    assert_eq!(stranger.poll(held(&offer, "running")).await["directives"], directive(&offer, "abandon"));
    assert_eq!(agent.start(&offer).await.0, 200);
}

#[tokio::test]
async fn healthz() {
    let world = World::new().await;
    let response = world.http.get(format!("{}/healthz", world.server.url)).send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.text().await.unwrap().as_str()), (200, "ok"));
}
