//! One team can't learn that another's task exists: the answer about it is that about a task that never was, to the
//! letter.

use super::support::*;
use serde_json::json;

const NEVER_WAS: &str = "00000000-0000-4000-8000-000000000000";

/// Everything that a client gets to see, but for the id that each request has of its own.
async fn whole(request: reqwest::RequestBuilder) -> String {
    let response = request.send().await.unwrap();
    let status = response.status();
    let mut headers: Vec<String> = response
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.retain(|header| !header.starts_with("x-request-id") && !header.starts_with("date"));
    headers.sort();
    format!("{status}\n{}\n\n{}", headers.join("\n"), response.text().await.unwrap())
}

#[tokio::test]
async fn a_caller_learns_nothing_of_another_team_s_task() {
    let (world, agent) = World::paired().await;
    let (stranger, _) = world.other_team().await;
    let read = world.fetch().await;
    assert_eq!(agent.fetched(&agent.offer().await).await.0, 200);
    let queued = world.invite().await;
    let in_hand = world.fetch().await;
    let offer = agent.poll(json!({"accepts": ["agent_fetch_connections"]})).await["task"].clone();
    assert_eq!(offer["task"], json!(in_hand));
    let ended = world.invite().await;
    world.cancel(&ended).await;
    let about = async |key: &str, task: &str, query: &str| {
        let url = format!("{}/linkedin-agent", world.server.url);
        let cancel = world.http.post(format!("{url}/cancel-task"));
        let mut answers = Vec::new();
        for call in [
            world.http.get(format!("{url}/get-task-status?api_agent_task_id={task}{query}")),
            cancel.body(json!({ "api_agent_task_id": task }).to_string()),
            world.http.get(format!("{url}/tasks/{task}/connections.csv")),
            world.http.delete(format!("{url}/tasks/{task}")),
        ] {
            answers.push(whole(call.header("x-api-key", key)).await);
        }
        answers
    };
    for query in ["", "&wait=1", "&include=events"] {
        let nothing = about(&stranger, NEVER_WAS, query).await;
        assert!(nothing.iter().all(|answer| answer.starts_with("404")), "{nothing:?}");
        for task in [&queued, &in_hand, &ended, &read] {
            assert_eq!(about(&stranger, task, query).await, nothing);
        }
    }
    let table = world.http.get(format!("{}/linkedin-agent/tasks/{read}/connections.csv", world.server.url));
    assert!(whole(table.header("x-api-key", &world.key)).await.starts_with("200"), "nothing was deleted");
    // A key of another team names nothing of this one.
    let body = json!({"profile_urn": "ACoAAFOREIGN"});
    let (_, ours) = world.post_under("the-key", SEND, &body).await;
    let request = world.http.post(format!("{}{SEND}", world.server.url)).header("x-api-key", &stranger);
    let (status, theirs) = answer(request.header("idempotency-key", "the-key").body(body.to_string())).await;
    assert_eq!((status, theirs["deduplicated"].as_bool()), (200, None), "{theirs}");
    assert_ne!(ours["api_agent_task_id"], theirs["api_agent_task_id"]);
    assert_eq!(world.status(&queued).await["status"], "pending", "nothing was cancelled");
    assert_eq!(world.status(&in_hand).await["status"], "processing");
}

#[tokio::test]
async fn a_caller_learns_nothing_of_another_team_s_webhook() {
    let (world, _agent) = World::paired().await;
    let (stranger, _) = world.other_team().await;
    let body = json!({"url": "https://hooks.example.com/"});
    let (status, made) = world.post("/linkedin-agent/webhooks", body).await;
    assert_eq!(status, 200, "{made}");
    let delete = async |key: &str, webhook: &str| {
        let url = format!("{}/linkedin-agent/webhooks/{webhook}", world.server.url);
        whole(world.http.delete(url).header("x-api-key", key)).await
    };
    let id = made["data"]["id"].as_str().unwrap();
    let nothing = delete(&stranger, NEVER_WAS).await;
    assert!(nothing.starts_with("404"), "{nothing}");
    assert_eq!(delete(&stranger, id).await, nothing);
    assert!(delete(&world.key, id).await.starts_with("200"), "it is still there");
}

#[tokio::test]
async fn an_agent_learns_nothing_of_another_s_task() {
    let (world, agent) = World::paired().await;
    let (_, stranger) = world.other_team().await;
    world.invite().await;
    let offer = agent.offer().await;
    let about = async |task: &str, call: &str| {
        let url = format!("{}/agent/v1/tasks/{task}/{call}", world.server.url);
        let message = json!({"token": offer["token"], "status": "returned", "effect": "none"});
        whole(world.http.post(url).bearer_auth(&stranger.token).body(message.to_string())).await
    };
    let task = offer["task"].as_str().unwrap();
    for call in ["start", "heartbeat", "complete"] {
        let nothing = about(NEVER_WAS, call).await;
        assert!(nothing.starts_with("404"), "{nothing}");
        assert_eq!(about(task, call).await, nothing);
    }
    let told = async |task: &str| {
        let held = json!({"held": [{"task": task, "epoch": offer["epoch"], "phase": "running"}]});
        let mut answer = stranger.poll(held).await;
        assert_eq!(answer["directives"][0]["task"], json!(task));
        answer["directives"][0]["task"].take();
        answer
    };
    assert_eq!(told(task).await, told(NEVER_WAS).await);
    assert_eq!(agent.start(&offer).await.0, 200);
}
