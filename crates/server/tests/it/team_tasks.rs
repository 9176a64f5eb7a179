//! What operators do with the tasks of a team.

use super::support::*;
use reqwest::Method;
use serde_json::{Value, json};

const NEVER_WAS: &str = "00000000-0000-4000-8000-000000000000";

struct Desk {
    world: World,
    key: String,
    team: String,
}

impl Desk {
    async fn of(world: World) -> Self {
        let (key, team) = (world.admin_key().await, world.server.store().first_team().await.unwrap());
        Self { world, key, team }
    }

    async fn in_team(&self, team: &str, method: Method, path: &str, body: Value) -> Answer {
        let url = format!("{}/admin/v1/teams/{team}/{path}", self.world.server.url);
        let request = self.world.http.request(method, url).bearer_auth(&self.key);
        answer(if body.is_null() { request } else { request.body(body.to_string()) }).await
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Answer {
        self.in_team(&self.team, method, path, body).await
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call(Method::GET, path, Value::Null).await;
        assert_eq!((status, &body["success"]), (200, &json!(true)), "{path}: {body}");
        body
    }
}

fn ids(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|task| task["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn they_are_listed_as_their_callers_see_them() {
    let (world, agent) = World::paired().await;
    let desk = Desk::of(world).await;
    let read = desk.world.fetch().await;
    let offer = agent.offer().await;
    assert_eq!(agent.heartbeat(&offer, json!({"done": 40, "of": 500})).await.0, 200);
    desk.world.advance(1);
    let invitation = desk.world.invite().await;
    let waits =
        json!([{"task_type": "agent_send_connection_request", "reason": "daily_limit", "for_ms": 60_000}]);
    let mut said = held(&offer, "running");
    said["waiting"] = waits;
    said["accepts"] = json!([]);
    agent.poll(said).await;

    let list = desk.get("tasks").await;
    let (_, callers) = desk.world.get("/linkedin-agent/tasks").await;
    assert_eq!((ids(&list), &list["next_cursor"]), (vec![invitation.as_str(), read.as_str()], &Value::Null));
    for (task, kind) in [(0, "agent_send_connection_request"), (1, "agent_fetch_connections")] {
        let mut expected = callers["data"][task].clone();
        expected["task_type"] = json!(kind);
        assert_eq!(list["data"][task], expected);
    }
    let waiting = json!({"reason": "daily_limit", "until": "2026-11-22T00:01:00.001Z"});
    assert_eq!(list["data"][0]["waiting"], waiting);
    assert_eq!(list["data"][0]["status"], "pending");
    assert_eq!(list["data"][1]["progress"], json!({"done": 40, "of": 500}));
    assert_eq!(list["data"][1]["created_at"], "2026-11-22T00:00:00.000Z");

    assert_eq!(ids(&desk.get("tasks?status=processing").await), [read.as_str()]);
    assert_eq!(ids(&desk.get("tasks?task_type=agent_send_connection_request").await), [invitation.as_str()]);
    let first = desk.get("tasks?limit=1").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = desk.get(&format!("tasks?limit=1&cursor={cursor}")).await;
    assert_eq!((ids(&first), ids(&second)), (vec![invitation.as_str()], vec![read.as_str()]));
    for query in ["status=gone", "task_type=x", "limit=0", "limit=101", "cursor=nothing"] {
        let refused = desk.call(Method::GET, &format!("tasks?{query}"), Value::Null).await;
        assert_code(&refused, 400, "invalid_input");
    }
}

#[tokio::test]
async fn one_is_told_with_its_history_and_its_table_and_deleted() {
    let (world, agent) = World::paired().await;
    let desk = Desk::of(world).await;
    let task = desk.world.fetch().await;
    let path = format!("tasks/{task}");
    let early = desk.call(Method::DELETE, &path, Value::Null).await;
    assert_code(&early, 409, "not_finished");
    let table = format!("{path}/connections.csv");
    assert_code(&desk.call(Method::GET, &table, Value::Null).await, 409, "not_finished");
    assert_eq!(agent.fetched(&agent.offer().await).await.0, 200);

    let told = desk.get(&format!("{path}?include=events")).await["data"].clone();
    let (_, callers) =
        desk.world.get_as(&desk.world.key, &format!("?api_agent_task_id={task}&include=events")).await;
    let mut expected = callers["data"].clone();
    for (name, value) in [
        ("task_type", "agent_fetch_connections"),
        ("created_at", "2026-11-22T00:00:00.000Z"),
        ("ended_at", "2026-11-22T00:00:00.000Z"),
    ] {
        expected[name] = json!(value);
    }
    assert_eq!(told, expected);
    assert!(told["events"].as_array().unwrap().len() >= 3, "{told}");
    assert_eq!(told["task_output"], json!({"total": 0, "connections": []}));
    assert!(desk.get(&path).await["data"].get("events").is_none());
    let refused = desk.call(Method::GET, &format!("{path}?include=all"), Value::Null).await;
    assert_code(&refused, 400, "invalid_input");

    let text = async |url: String, header: (&str, &str)| {
        let response = desk.world.http.get(url).header(header.0, header.1).send().await.unwrap();
        let headers = ["content-type", "content-disposition"].map(|name| response.headers()[name].clone());
        (response.status().as_u16(), headers, response.text().await.unwrap())
    };
    let url = &desk.world.server.url;
    let ours = format!("{url}/admin/v1/teams/{}/{table}", desk.team);
    let ours = text(ours, ("authorization", &format!("Bearer {}", desk.key))).await;
    let theirs = text(format!("{url}/linkedin-agent/{table}"), ("x-api-key", &desk.world.key)).await;
    assert_eq!((ours.0, &ours), (200, &theirs));

    let deleted = desk.call(Method::DELETE, &path, Value::Null).await;
    assert_eq!(deleted, (200, json!({"success": true, "data": {"id": task, "deleted": true}})));
    assert_code(&desk.call(Method::GET, &path, Value::Null).await, 404, "not_found");
    assert_code(&desk.call(Method::DELETE, &path, Value::Null).await, 404, "not_found");
}

#[tokio::test]
async fn both_documented_calls_are_made_for_a_team() {
    let (world, agent) = World::paired().await;
    let desk = Desk::of(world).await;
    let (status, read) = desk.call(Method::POST, "fetch-connections", json!({"count": 7})).await;
    assert_eq!((status, &read["message"]), (200, &json!("Fetch connections task created successfully")));
    let offer = agent.offer().await;
    assert_eq!((&offer["task"], &offer["task_input"]["count"]), (&read["api_agent_task_id"], &json!(7)));
    agent.fetched(&offer).await;
    let person = json!({"profile_urn": "ACoAABCDEF123", "note": "Hello"});
    let (status, sent) = desk.call(Method::POST, "send-connection-request", person.clone()).await;
    assert_eq!(
        (status, &sent["message"]),
        (200, &json!("Send connection request task created successfully"))
    );
    assert_eq!(desk.call(Method::POST, "send-connection-request", person).await.1["deduplicated"], true);
    let task = sent["api_agent_task_id"].as_str().unwrap();
    let cancelled = desk.call(Method::POST, &format!("tasks/{task}/cancel"), Value::Null).await;
    let data = json!({"id": task, "status": "failed", "cancel_requested": true});
    assert_eq!(cancelled, (200, json!({"success": true, "data": data})));
    assert_eq!(desk.world.status(task).await["task_output"]["code"], "cancelled");
    // The key of a request is the team's, whoever sends it.
    let url = format!("{}/admin/v1/teams/{}/fetch-connections", desk.world.server.url, desk.team);
    let request = desk.world.http.post(url).bearer_auth(&desk.key).header("idempotency-key", "a-key");
    let (_, ours) = answer(request).await;
    let (_, theirs) = desk.world.post_under("a-key", FETCH, &json!({})).await;
    assert_eq!(ours["api_agent_task_id"], theirs["api_agent_task_id"]);
    // Refusals are those of the documented calls.
    assert_code(
        &desk.call(Method::POST, "fetch-connections", json!({"count": 0})).await,
        400,
        "invalid_input",
    );
    assert_refused(
        &desk.call(Method::POST, "send-connection-request", json!({})).await,
        400,
        "Missing or invalid 'profile_urn'",
    );
    let (_, alone) = admin_post(&desk, "teams", json!({"name": "alone"})).await;
    let alone = alone["data"]["id"].as_str().unwrap();
    let refused = desk.in_team(alone, Method::POST, "fetch-connections", json!({})).await;
    assert_refused(&refused, 404, "No admin user found in the team");
}

async fn admin_post(desk: &Desk, path: &str, body: Value) -> Answer {
    let url = format!("{}/admin/v1/{path}", desk.world.server.url);
    answer(desk.world.http.post(url).bearer_auth(&desk.key).body(body.to_string())).await
}

/// A slip of the pen in a path does nothing to another team's, and what it is answered with says nothing of it.
#[tokio::test]
async fn a_task_is_found_under_its_own_team_alone() {
    let (world, agent) = World::paired().await;
    let (other_key, _) = world.other_team().await;
    let desk = Desk::of(world).await;
    let store = desk.world.server.store();
    let (teams, _) = (admin_teams(&desk).await, ());
    let other = teams.iter().find(|team| **team != desk.team).unwrap();
    let ended = desk.world.fetch().await;
    agent.fetched(&agent.offer().await).await;
    let queued = desk.world.invite().await;
    for (method, rest) in [
        (Method::GET, ""),
        (Method::GET, "?include=events"),
        (Method::DELETE, ""),
        (Method::POST, "/cancel"),
        (Method::GET, "/connections.csv"),
    ] {
        let never =
            desk.in_team(other, method.clone(), &format!("tasks/{NEVER_WAS}{rest}"), Value::Null).await;
        assert_refused(&never, 404, "Agent task not found");
        for task in [ended.as_str(), &queued, "x", "%FF"] {
            let strange =
                desk.in_team(other, method.clone(), &format!("tasks/{task}{rest}"), Value::Null).await;
            if task != "%FF" {
                assert_eq!(strange, never, "{method} {task}{rest}");
            }
            assert_code(&strange, 404, "not_found");
            let nowhere =
                desk.in_team("nowhere", method.clone(), &format!("tasks/{task}{rest}"), Value::Null).await;
            assert_code(&nowhere, 404, "not_found");
        }
    }
    assert_eq!(ids(&desk.in_team(other, Method::GET, "tasks", Value::Null).await.1), Vec::<&str>::new());
    for path in ["fetch-connections", "send-connection-request"] {
        let body = json!({"profile_urn": "ACoAABCDEF123"});
        assert_refused(&desk.in_team("nowhere", Method::POST, path, body).await, 404, "No such team");
    }
    assert_refused(&desk.in_team("nowhere", Method::GET, "tasks", Value::Null).await, 404, "No such team");
    assert_eq!(desk.world.status(&queued).await["status"], "pending", "nothing was cancelled");
    assert_eq!(desk.world.status(&ended).await["status"], "completed", "nothing was deleted");
    // What a removed team had is out of everybody's reach.
    let (_, theirs) = desk.world.post_raw(FETCH, Some(&other_key), "{}").await;
    let theirs = format!("tasks/{}", theirs["api_agent_task_id"].as_str().unwrap());
    assert_eq!(desk.in_team(other, Method::GET, &theirs, Value::Null).await.0, 200);
    store.remove_team(other, desk.world.now()).await.unwrap();
    assert_code(&desk.in_team(other, Method::GET, &theirs, Value::Null).await, 404, "not_found");
}

async fn admin_teams(desk: &Desk) -> Vec<String> {
    let request = desk.world.http.get(format!("{}/admin/v1/teams", desk.world.server.url));
    let (_, teams) = answer(request.bearer_auth(&desk.key)).await;
    ids(&teams).into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn what_a_browser_counts_of_its_invitations_is_told() {
    let (world, agent) = World::paired().await;
    let desk = Desk::of(world).await;
    let usage = async || desk.get("agents").await["data"][0]["usage"].clone();
    let of = |day: u64, week: u64| json!({"usage": {"day": {"used": day, "limit": 20}, "week": {"used": week, "limit": 80}}});
    let told = |day: u64, week: u64, at: &str| {
        let mut told = of(day, week)["usage"].clone();
        told["at"] = json!(at);
        told
    };
    agent.poll(json!({})).await;
    assert_eq!(usage().await, Value::Null, "an older browser says nothing of it");
    desk.world.advance(1);
    agent.poll(of(3, 12)).await;
    assert_eq!(usage().await, told(3, 12, "2026-11-22T00:00:00.001Z"));
    // News is written down at once, the same anew once a minute, and silence takes nothing back.
    desk.world.advance(1);
    agent.poll(of(3, 12)).await;
    assert_eq!(usage().await, told(3, 12, "2026-11-22T00:00:00.001Z"));
    agent.poll(of(4, 13)).await;
    assert_eq!(usage().await, told(4, 13, "2026-11-22T00:00:00.002Z"));
    desk.world.advance(MINUTE);
    agent.poll(json!({"usage": null})).await;
    assert_eq!(usage().await, told(4, 13, "2026-11-22T00:00:00.002Z"));
    desk.world.advance(MINUTE);
    agent.poll(of(4, 13)).await;
    assert_eq!(usage().await, told(4, 13, "2026-11-22T00:02:00.002Z"));
    for odd in [
        json!(7),
        json!({"day": {"used": 1, "limit": 2}}),
        json!({"day": {"used": -1, "limit": 2}, "week": {}}),
    ] {
        assert_code(&agent.try_poll(json!({ "usage": odd })).await, 422, "invalid_message");
    }
    // Another browser says it anew, for itself.
    desk.world.pair_again().await.poll(json!({})).await;
    assert_eq!(usage().await, Value::Null);
}
