//! Who comes too often, and a queue that is full.

use super::support::*;
use liaison_server::Config;
use liaison_server::bucket::Rate;
use reqwest::Response;
use serde_json::{Value, json};
use std::time::Duration;

const HOUR_LONG: Duration = Duration::from_secs(3600);

/// The code of a refusal, and when it says to come again.
async fn refused(response: Response) -> (u16, String, u64) {
    let status = response.status().as_u16();
    let wait =
        response.headers().get("retry-after").map_or(0, |wait| wait.to_str().unwrap().parse().unwrap());
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(body["success"], false);
    (status, body["code"].as_str().unwrap().to_owned(), wait)
}

async fn post(world: &World, key: &str, path: &str, body: Value) -> Response {
    let request = world.http.post(format!("{}{path}", world.server.url)).header("x-api-key", key);
    request.body(body.to_string()).send().await.unwrap()
}

#[tokio::test]
async fn a_key_that_is_used_too_often_waits_and_no_other() {
    let change = |config: &mut Config| config.limits.api_key = Some(Rate { burst: 3, every: HOUR_LONG });
    let (world, agent) = World::paired_and(change).await;
    let (other_key, _) = world.other_team().await;
    for _ in 0..3 {
        world.fetch().await;
    }
    let (status, code, wait) = refused(post(&world, &world.key, FETCH, json!({})).await).await;
    assert_eq!((status, code.as_str()), (429, "too_often"));
    assert!((3590..=3601).contains(&wait), "{wait}");
    assert_eq!(world.get_as(&world.key, "").await.0, 429, "every call counts");
    assert_eq!(post(&world, &other_key, FETCH, json!({})).await.status(), 200);
    for _ in 0..10 {
        agent.poll(json!({})).await;
    }
}

#[tokio::test]
async fn many_wrong_secrets_from_one_address_are_not_looked_up() {
    let change = |config: &mut Config| {
        config.limits.wrong_secrets = Rate { burst: 2, every: HOUR_LONG };
        config.neighbours.proxies = vec!["127.0.0.1/32".parse().unwrap()];
    };
    let (world, agent) = World::paired_and(change).await;
    world.fetch().await;
    agent.offer().await;
    let stranger = Agent { token: "lat_0".to_owned(), ..agent.clone() };
    assert_refused(&world.get_as("lsk_0", "").await, 401, "Invalid API Key");
    assert_refused(&world.get_as("lsk_1", "").await, 401, "Invalid API Key");
    let (status, code, wait) = refused(post(&world, "lsk_2", FETCH, json!({})).await).await;
    assert_eq!((status, code.as_str()), (429, "wrong_too_often"));
    assert!((3590..=3601).contains(&wait), "{wait}");
    // Who came in before goes on: they share the address with the one who guesses.
    world.fetch().await;
    agent.poll(json!({})).await;
    // A missing key is no guess.
    assert_refused(&world.post_raw(FETCH, None, "{}").await, 401, "Missing API Key");
    for _ in 0..2 {
        assert_code(&stranger.try_poll(json!({})).await, 401, "unauthorised");
    }
    assert_code(&stranger.try_poll(json!({})).await, 429, "wrong_too_often");
}

/// A script with a key that was revoked, in the house of the person whose browser has just met a server that was restarted.
#[tokio::test]
async fn wrong_secrets_at_one_door_close_no_other() {
    let change = |config: &mut Config| {
        config.limits.wrong_secrets = Rate { burst: 1, every: HOUR_LONG };
        config.neighbours.proxies = vec!["127.0.0.1/32".parse().unwrap()];
    };
    let (world, agent) = World::paired_and(change).await;
    let admin_key = world.admin_key().await;
    let world = world.restart().await;
    let agent = Agent { url: world.server.url.clone(), ..agent };
    assert_refused(&world.get_as("lsk_0", "").await, 401, "Invalid API Key");
    assert_code(&world.get_as("lsk_1", "").await, 429, "wrong_too_often");
    agent.poll(json!({})).await;
    let teams = async |key: &str| {
        answer(world.http.get(format!("{}/admin/v1/teams", world.server.url)).bearer_auth(key)).await.0
    };
    assert_eq!(teams(&admin_key).await, 200);
    let stranger = Agent { token: "lat_0".to_owned(), ..agent.clone() };
    assert_eq!((stranger.try_poll(json!({})).await.0, stranger.try_poll(json!({})).await.0), (401, 429));
    assert_eq!((teams("lak_0").await, teams("lak_0").await, teams(&admin_key).await), (401, 429, 200));
}

#[tokio::test]
async fn behind_a_proxy_each_of_its_clients_counts_for_itself() {
    let change = |config: &mut Config| {
        config.limits.wrong_secrets = Rate { burst: 1, every: HOUR_LONG };
        config.neighbours.proxies = vec!["127.0.0.1/32".parse().unwrap()];
    };
    let world = World::configured(change).await;
    let from = async |client: &str| {
        let url = format!("{}/linkedin-agent/get-task-status", world.server.url);
        let request = world.http.get(url).header("x-api-key", "lsk_0").header("x-forwarded-for", client);
        answer(request).await.0
    };
    assert_eq!((from("192.0.2.1").await, from("192.0.2.1").await), (401, 429));
    assert_eq!((from("192.0.2.2").await, from("192.0.2.2").await), (401, 429));
    // What the client adds itself stands before what the proxy heard.
    assert_eq!(from("198.51.100.9, 192.0.2.1").await, 429);
}

#[tokio::test]
async fn a_queue_has_an_end() {
    let (world, agent) = World::paired_and(|config| config.limits.queue = 3).await;
    let (other_key, _) = world.other_team().await;
    let (first_status, first) = world.post_under("k", SEND, &json!({"profile_urn": "ACoAAFIRST"})).await;
    assert_eq!(first_status, 200);
    world.fetch().await;
    world.fetch().await;
    let (status, code, wait) = refused(post(&world, &world.key, FETCH, json!({})).await).await;
    assert_eq!((status, code.as_str(), wait), (429, "queue_full", 60));
    assert_eq!(post(&world, &world.key, FETCH, json!({})).await.status(), 429, "and stays full");
    assert_eq!(post(&world, &other_key, FETCH, json!({})).await.status(), 200, "another team has its own");
    // What is there already is answered all the same.
    assert_eq!(world.post_under("k", SEND, &json!({"profile_urn": "ACoAAFIRST"})).await, (200, first));
    assert_eq!(world.post(SEND, json!({"profile_urn": "ACoAAFIRST"})).await.0, 200);
    assert_eq!(world.number("SELECT count(*) FROM task").await, 4);

    let offer = agent.offer().await;
    assert_eq!(post(&world, &world.key, FETCH, json!({})).await.status(), 429, "what is in hand counts");
    assert_eq!(agent.start(&offer).await.0, 200);
    assert_eq!(agent.sent(&offer).await.0, 200);
    world.fetch().await;
    assert_eq!(post(&world, &world.key, FETCH, json!({})).await.status(), 429);
}
