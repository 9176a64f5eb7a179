//! The database goes away and comes back: nobody is told that something was done that was not, and nothing is lost.

use super::cluster::Cluster;
use super::database::Home;
use super::it::support::*;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::spawn;
use tokio::time::timeout;

async fn assert_unavailable(response: Response) {
    assert_eq!(
        (response.status().as_u16(), response.headers()["retry-after"].to_str().unwrap()),
        (503, "30")
    );
    let text = response.text().await.unwrap();
    assert!(
        text.contains("\"code\":\"storage_unavailable\"") && !text.to_lowercase().contains("postgres"),
        "{text}"
    );
}

fn create(world: &World, key: &str) -> RequestBuilder {
    let request = world.http.post(format!("{}{SEND}", world.server.url)).header("x-api-key", &world.key);
    let person = json!({"profile_urn": format!("ACoAA{key}"), "note": "hello"});
    request.header("idempotency-key", key).body(person.to_string())
}

fn of_agent(agent: &Agent, path: &str, body: &Value) -> RequestBuilder {
    let request = agent.http.post(format!("{}/agent/v1/{path}", agent.url));
    request.bearer_auth(&agent.token).body(body.to_string())
}

#[tokio::test]
async fn the_database_is_gone_for_a_while() {
    let cluster = Arc::new(Cluster::durable());
    let mut world = World::on(Home::on(&cluster).await, "").await;
    world.key = world.server.api_key.clone().unwrap();
    let agent = world.pair(&world.server.pairing_code.clone().unwrap()).await;
    let (other_key, stranger) = world.other_team().await;

    let (_, first) = answer(create(&world, "0000001")).await;
    let (_, second) = answer(create(&world, "0000002")).await;
    let offer = agent.offer().await;
    assert_eq!(agent.start(&offer).await.1["replayed"], false);
    let parked = spawn(async move { stranger.poll(json!({"wait_ms": 25_000})).await });
    world.server.parked().wait_for(|parked| *parked == 1).await.unwrap();
    world.server.store().answers().await.unwrap();

    cluster.stop();
    let poll = json!({"instance": "i-1", "version": "0", "account": "acc-1", "wait_ms": 0, "state": "ready", "accepts": []});
    let done = json!({"token": offer["token"], "status": "completed", "task_output": {"sent": true}, "effect": "done"});
    let path = |call: &str| format!("tasks/{}/{call}", offer["task"].as_str().unwrap());
    let status = format!(
        "{}/linkedin-agent/get-task-status?api_agent_task_id={}",
        world.server.url,
        first["api_agent_task_id"].as_str().unwrap()
    );
    // More often than there are connections, so that none of the old ones is left.
    for _ in 0..20 {
        for request in [
            create(&world, "0000003"),
            world.http.get(&status).header("x-api-key", &world.key),
            of_agent(&agent, "poll", &poll),
            of_agent(&agent, &path("start"), &json!({"token": offer["token"]})),
            of_agent(&agent, &path("complete"), &done),
        ] {
            assert_unavailable(request.send().await.unwrap()).await;
        }
    }
    assert!(world.server.store().answers().await.unwrap_err().is_passing());
    assert!(world.server.sweep().await.unwrap_err().is_passing());

    cluster.start();
    world.server.store().answers().await.unwrap();
    assert_eq!(agent.start(&offer).await.1["replayed"], true);
    assert_eq!(agent.sent(&offer).await.1, json!({"status": "completed", "replayed": false}));
    for (key, before) in [("0000001", Some(&first)), ("0000002", Some(&second)), ("0000003", None)] {
        let (code, again) = answer(create(&world, key)).await;
        assert_eq!(code, 200, "{again}");
        if let Some(before) = before {
            assert_eq!(again["api_agent_task_id"], before["api_agent_task_id"]);
        }
    }
    assert_eq!(world.number("SELECT count(*) FROM task").await, 3);
    assert_eq!(agent.offer().await["task"], second["api_agent_task_id"]);
    // Who was parked all the while is woken as before.
    assert_eq!(world.post_raw(FETCH, Some(&other_key), "{}").await.0, 200);
    assert!(timeout(Duration::from_secs(20), parked).await.unwrap().unwrap()["task"].is_object());
}
