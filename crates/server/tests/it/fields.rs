//! What a fetch asks for beside the documented members, and what was odd about the list that it read.

use super::support::*;
use serde_json::{Value, json};

/// A connection with the documented seven members alone.
fn ada() -> Value {
    json!({"name": "Ada Sim", "first_name": "Ada", "last_name": "Sim", "headline": "", "profile_image_url": null,
           "entity_urn": "urn:li:fsd_profile:ACoAABCDEF123", "public_identifier": "ada-sim"})
}

/// The same with what `fields: "all"` adds.
fn full(connected_at: Value, connection_urn: Value) -> Value {
    let mut row = ada();
    row["connected_at"] = connected_at;
    row["connection_urn"] = connection_urn;
    row
}

/// A task with these `fields` in an agent's hands.
async fn offered(fields: Value) -> (World, Agent, String, Value) {
    let (world, agent) = World::paired().await;
    let task = world.create(FETCH, json!({"fields": fields})).await;
    let offer = agent.offer().await;
    (world, agent, task, offer)
}

/// What callers are shown after an agent said this.
async fn shown(fields: Value, said: Value) -> Value {
    let (world, agent, task, offer) = offered(fields).await;
    let answer = agent.complete(&offer, "completed", said, "none").await;
    assert_eq!(answer, (200, json!({"status": "completed", "replayed": false})));
    world.status(&task).await["task_output"].clone()
}

async fn check_not_taken(fields: &str, outputs: impl IntoIterator<Item = Value>) {
    let (world, agent, task, offer) = offered(json!(fields)).await;
    for output in outputs {
        let answer = agent.complete(&offer, "completed", output.clone(), "none").await;
        assert_eq!((answer.0, &answer.1["code"]), (422, &json!("invalid_message")), "{output}");
    }
    assert_eq!(world.status(&task).await["task_output"], Value::Null);
}

#[tokio::test]
async fn the_agent_is_told_what_is_wanted_and_nothing_when_nothing_is() {
    for fields in [json!("all"), json!("total")] {
        let (world, _agent, task, offer) = offered(fields.clone()).await;
        let input = json!({"keyword": null, "sort_type": null, "start": 0, "count": 40, "fields": fields});
        assert_eq!(offer["task_input"], input);
        assert_eq!(world.status(&task).await["task_input"]["fields"], fields);
    }
    let (_world, _agent, _task, offer) = offered(Value::Null).await;
    assert_eq!(offer["task_input"].get("fields"), None);
}

#[tokio::test]
async fn all_shows_the_two_members_more_and_no_other() {
    let time = json!("2024-02-29T12:30:05.250Z");
    let rows = [full(time, json!("urn:li:fsd_connection:ACoAABCDEF123")), full(Value::Null, Value::Null)];
    let output = json!({"total": 2, "network_total": 751, "connections": rows});
    let mut said = output.clone();
    said["page"] = json!("<html>");
    said["connections"][0]["member_number"] = json!(4_290_000_001_u64);
    assert_eq!(shown(json!("all"), said).await, output);
}

#[tokio::test]
async fn all_is_also_answered_by_who_knows_nothing_of_it() {
    let said = json!({"total": 1, "connections": [ada()]});
    let output = json!({"total": 1, "network_total": null, "connections": [full(Value::Null, Value::Null)]});
    assert_eq!(shown(json!("all"), said).await, output);
}

#[tokio::test]
async fn what_nobody_asked_for_is_left_out() {
    let said = json!({"total": 1, "network_total": 751,
                      "connections": [full(json!(1_700_000_000_000_u64), json!("urn:li:fsd_connection:A"))]});
    assert_eq!(shown(Value::Null, said).await, json!({"total": 1, "connections": [ada()]}));
}

#[tokio::test]
async fn total_is_a_number_without_rows() {
    let output = json!({"total": 0, "network_total": 751, "connections": []});
    assert_eq!(shown(json!("total"), output.clone()).await, output);
    let none = json!({"total": 0, "network_total": 0, "connections": []});
    assert_eq!(shown(json!("total"), none.clone()).await, none);
}

#[tokio::test]
async fn a_total_that_is_none_is_not_taken() {
    let wrong = [json!(null), json!("751"), json!(-1), json!(7.5)];
    let outputs = wrong.map(|total| json!({"total": 0, "network_total": total, "connections": []}));
    check_not_taken("total", outputs).await;
    let rows = json!({"total": 1, "network_total": 751, "connections": [full(Value::Null, Value::Null)]});
    let miscounted = json!({"total": 1, "network_total": 751, "connections": []});
    check_not_taken("total", [rows, miscounted]).await;
}

#[tokio::test]
async fn an_agent_from_before_fields_ends_a_task_for_the_total_and_does_not_read_the_list_again() {
    for older in [json!({"total": 1, "connections": [ada()]}), json!({"total": 0, "connections": []})] {
        let (world, agent, task, offer) = offered(json!("total")).await;
        let answer = agent.complete(&offer, "completed", older, "none").await;
        assert_eq!(answer, (200, json!({"status": "failed", "replayed": false})));
        let data = world.status(&task).await;
        assert_eq!(
            (&data["status"], &data["task_output"]["code"]),
            (&json!("failed"), &json!("unsupported_task"))
        );
    }
}

#[tokio::test]
async fn rows_of_another_shape_are_not_taken() {
    let urn = json!("urn:li:fsd_connection:ACoAABCDEF123");
    let times = [
        json!(1_700_000_000_000_u64),
        json!(true),
        json!({}),
        json!(["2024-02-29T12:30:05Z"]),
        json!(""),
        json!("yesterday"),
        json!("2024-02-29"),
        json!("2024-02-30T12:30:05Z"),
        json!("2024-02-29T12:30:05"),
        json!("2024-02-29T12:30:05+01:00"),
    ];
    let list = |row: Value| json!({"total": 1, "network_total": null, "connections": [row]});
    check_not_taken("all", times.map(|time| list(full(time, urn.clone())))).await;
    check_not_taken("all", [json!(7), json!({})].map(|urn| list(full(Value::Null, urn)))).await;
    let mut without_urn = full(Value::Null, urn);
    without_urn.as_object_mut().unwrap().remove("entity_urn");
    let miscounted = json!({"total": 2, "network_total": 2, "connections": [full(Value::Null, Value::Null)]});
    let no_number = json!({"total": 0, "network_total": "2", "connections": []});
    check_not_taken("all", [list(without_urn), miscounted, no_number]).await;
}

/// Completes a fetch with findings beside its empty list.
async fn complete_with(agent: &Agent, offer: &Value, findings: Value) -> Answer {
    let output = json!({"total": 0, "connections": []});
    let path = format!("tasks/{}/complete", offer["task"].as_str().unwrap());
    let body = json!({"token": offer["token"], "status": "completed", "task_output": output, "effect": "none",
                      "findings": findings});
    agent.call(&path, body).await
}

fn some_findings() -> Value {
    json!({"unresolved": 1, "duplicates": 2, "unreadable": 3, "list_shifted": true, "fallback": "legacy_list"})
}

#[tokio::test]
async fn findings_are_shown_as_they_were_reported() {
    let (world, agent, task, offer) = offered(Value::Null).await;
    assert_eq!(world.status(&task).await.get("findings"), None);
    assert_eq!(complete_with(&agent, &offer, some_findings()).await.0, 200);
    let world = world.restart().await;
    let data = world.status(&task).await;
    assert_eq!((&data["status"], &data["findings"]), (&json!("completed"), &some_findings()));
}

#[tokio::test]
async fn what_is_not_said_of_a_list_is_nothing() {
    let (world, agent, task, offer) = offered(Value::Null).await;
    let said = json!({"fallback": "older_decoration", "mood": "good"});
    assert_eq!(complete_with(&agent, &offer, said).await.0, 200);
    let whole = json!({"unresolved": 0, "duplicates": 0, "unreadable": 0, "list_shifted": false,
                       "fallback": "older_decoration"});
    assert_eq!(world.status(&task).await["findings"], whole);
}

#[tokio::test]
async fn a_way_that_is_not_known_costs_nothing_that_stands_beside_it() {
    let (world, agent, task, offer) = offered(Value::Null).await;
    let said = json!({"list_shifted": true, "unresolved": 4, "fallback": "third_way"});
    assert_eq!(complete_with(&agent, &offer, said).await.0, 200);
    let shown = world.status(&task).await["findings"].clone();
    assert_eq!(
        (&shown["list_shifted"], &shown["unresolved"], &shown["fallback"]),
        (&json!(true), &json!(4), &Value::Null)
    );
}

#[tokio::test]
async fn findings_of_nothing_or_of_another_shape_are_absent_and_the_result_is_taken() {
    let nothing =
        json!({"unresolved": 0, "duplicates": 0, "unreadable": 0, "list_shifted": false, "fallback": null});
    let odd =
        [json!(null), json!({}), json!("odd"), json!({"unresolved": -1}), json!({"fallback": "by_hand"})];
    for findings in odd.into_iter().chain([nothing]) {
        let (world, agent, task, offer) = offered(Value::Null).await;
        assert_eq!(complete_with(&agent, &offer, findings.clone()).await.0, 200, "{findings}");
        let data = world.status(&task).await;
        assert_eq!((&data["status"], data.get("findings")), (&json!("completed"), None), "{findings}");
    }
}

#[tokio::test]
async fn the_same_result_with_other_findings_is_the_same_result_and_the_first_findings_stand() {
    let (world, agent, task, offer) = offered(Value::Null).await;
    complete_with(&agent, &offer, some_findings()).await;
    let replayed = (200, json!({"status": "completed", "replayed": true}));
    for findings in [some_findings(), json!({"unresolved": 9}), Value::Null] {
        assert_eq!(complete_with(&agent, &offer, findings).await, replayed);
    }
    assert_eq!(agent.fetched(&offer).await, replayed);
    assert_eq!(world.status(&task).await["findings"], some_findings());
    let other = agent.complete(&offer, "failed", failure("drift", None), "none").await;
    assert_code(&other, 409, "result_conflict");
}

#[tokio::test]
async fn what_was_given_back_leaves_no_findings() {
    let (world, agent, task, offer) = offered(Value::Null).await;
    let path = format!("tasks/{task}/complete");
    let body = json!({"token": offer["token"], "status": "returned", "task_output": null, "effect": "none",
                      "findings": some_findings()});
    assert_eq!(agent.call(&path, body).await.0, 200);
    world.advance(REST);
    assert_eq!(agent.fetched(&agent.offer().await).await.0, 200);
    assert_eq!(world.status(&task).await.get("findings"), None);
}

#[tokio::test]
async fn an_invitation_has_no_list_to_find_anything_odd_about() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    let path = format!("tasks/{task}/complete");
    let body = json!({"token": offer["token"], "status": "completed", "task_output": {"sent": true},
                      "effect": "done", "findings": some_findings()});
    assert_eq!(agent.call(&path, body).await.0, 200);
    assert_eq!(world.status(&task).await.get("findings"), None);
}
