//! A finished list as a table.

use super::support::*;
use serde_json::{Value, json};

async fn table(world: &World, task: &str) -> (u16, reqwest::header::HeaderMap, String) {
    let url = format!("{}/linkedin-agent/tasks/{task}/connections.csv", world.server.url);
    let response = world.http.get(url).header("x-api-key", &world.key).send().await.unwrap();
    (response.status().as_u16(), response.headers().clone(), response.text().await.unwrap())
}

fn person(name: &str, headline: &str) -> Value {
    json!({"name": name, "first_name": name, "last_name": "", "headline": headline, "profile_image_url": null,
           "entity_urn": "urn:li:fsd_profile:ACoAABCDEF123", "public_identifier": "p"})
}

async fn finished(world: &World, agent: &Agent, input: Value, output: Value) -> String {
    let task = world.create(FETCH, input).await;
    assert_eq!(agent.complete(&agent.offer().await, "completed", output, "none").await.0, 200);
    task
}

#[tokio::test]
async fn a_table_with_the_documented_columns() {
    let (world, agent) = World::paired().await;
    let output = json!({"total": 3, "connections": [
        person("Zoë \"Z\" Ångström", "Baker, butcher\nand candlestick maker"),
        person("=HYPERLINK(\"http://example.com\")", "@home"),
        person("", "-"),
    ]});
    let task = finished(&world, &agent, json!({}), output).await;
    let (status, headers, text) = table(&world, &task).await;
    assert_eq!(status, 200);
    assert_eq!(headers["content-type"], "text/csv; charset=utf-8; header=present");
    assert_eq!(headers["content-disposition"], format!("attachment; filename=\"connections-{task}.csv\""));
    assert_eq!(headers["x-content-type-options"], "nosniff");
    let urn = "urn:li:fsd_profile:ACoAABCDEF123";
    let formula = "\"'=HYPERLINK(\"\"http://example.com\"\")\"";
    let zoe = "\"Zoë \"\"Z\"\" Ångström\"";
    let expected = format!(
        "name,first_name,last_name,headline,entity_urn,public_identifier,profile_image_url\r\n\
         {zoe},{zoe},,\"Baker, butcher\nand candlestick maker\",{urn},p,\r\n\
         {formula},{formula},,'@home,{urn},p,\r\n\
         ,,,'-,{urn},p,\r\n"
    );
    assert_eq!(text, expected);
}

#[tokio::test]
async fn all_fields_have_columns_of_their_own_and_no_rows_are_a_table_too() {
    let (world, agent) = World::paired().await;
    let mut row = person("Ada", "");
    row["connected_at"] = json!("2026-01-02T03:04:05Z");
    row["connection_urn"] = Value::Null;
    let output = json!({"total": 1, "network_total": 7, "connections": [row]});
    let task = finished(&world, &agent, json!({"fields": "all"}), output).await;
    let text = table(&world, &task).await.2;
    let mut lines = text.lines();
    assert!(lines.next().unwrap().ends_with(",profile_image_url,connected_at,connection_urn"));
    assert!(lines.next().unwrap().ends_with(",p,,2026-01-02T03:04:05Z,"));
    let empty = finished(&world, &agent, json!({}), json!({"total": 0, "connections": []})).await;
    assert_eq!(table(&world, &empty).await.2.lines().count(), 1);
}

#[tokio::test]
async fn what_has_no_table() {
    let (world, agent) = World::paired().await;
    let task = world.fetch().await;
    let path = |task: &str| format!("/linkedin-agent/tasks/{task}/connections.csv");
    assert_code(&world.get(&path(&task)).await, 409, "not_finished");
    let offer = agent.offer().await;
    assert_eq!(agent.complete(&offer, "failed", failure("throttled", None), "none").await.0, 200);
    assert_code(&world.get(&path(&task)).await, 409, "no_connections");
    let invitation = world.invite().await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    assert_eq!(agent.sent(&offer).await.0, 200);
    assert_code(&world.get(&path(&invitation)).await, 409, "no_connections");
    let output = json!({"total": 0, "network_total": 9, "connections": []});
    let total = finished(&world, &agent, json!({"fields": "total"}), output).await;
    assert_code(&world.get(&path(&total)).await, 409, "no_connections");
    let (other_key, _other) = world.other_team().await;
    for (key, task) in [
        (&other_key, total.as_str()),
        (&world.key, "550e8400-e29b-41d4-a716-446655440000"),
        (&world.key, "x"),
        (&world.key, "..%2F..%2Fetc"),
        (&world.key, "%FF"),
    ] {
        assert_refused(&world.get_under(key, &path(task)).await, 404, "Agent task not found");
    }
    assert_refused(&world.get_under("", &path(&total)).await, 401, "Missing API Key");
}
