//! A team's list of tasks.

use super::support::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const TASKS: &str = "/linkedin-agent/tasks";

async fn page(world: &World, query: &str) -> (Vec<Value>, Option<String>) {
    let (status, body) = world.get(&format!("{TASKS}{query}")).await;
    assert_eq!((status, &body["success"]), (200, &json!(true)), "{body}");
    let next = body["next_cursor"].as_str().map(str::to_owned);
    assert!(next.is_some() || body["next_cursor"].is_null(), "{body}");
    (body["data"].as_array().unwrap().clone(), next)
}

fn ids(tasks: &[Value]) -> Vec<String> {
    tasks.iter().map(|task| task["id"].as_str().unwrap().to_owned()).collect()
}

async fn listed(world: &World, query: &str) -> Vec<String> {
    ids(&page(world, query).await.0)
}

#[tokio::test]
async fn newest_first_as_get_task_status_shows_them() {
    let (world, agent) = World::paired().await;
    let first = world.fetch().await;
    world.advance(1_000);
    let second = world.invite().await;
    let offer = agent.offer().await;
    assert_eq!(offer["task"], json!(first));
    world.advance(1_000);
    assert_eq!(agent.fetched(&offer).await.0, 200);
    let (tasks, next) = page(&world, "").await;
    assert_eq!((ids(&tasks), next), (vec![second.clone(), first.clone()], None));

    let mut expected = world.status(&first).await;
    assert_eq!(expected.as_object_mut().unwrap().remove("task_output").unwrap()["total"], 0);
    expected["created_at"] = json!("2026-11-22T00:00:00.000Z");
    expected["ended_at"] = json!("2026-11-22T00:00:02.000Z");
    assert_eq!(tasks[1], expected);
    assert_eq!((&tasks[0]["ended_at"], &tasks[0]["waiting"]), (&Value::Null, &Value::Null));

    let (tasks, _) = page(&world, "?include=output").await;
    assert_eq!(tasks[1]["task_output"], json!({"total": 0, "connections": []}));
    assert!(tasks[0]["task_output"].is_null() && tasks[0].get("task_output").is_some());
}

#[tokio::test]
async fn filters() {
    let (world, agent) = World::paired().await;
    let fetched = world.fetch().await;
    assert_eq!(agent.fetched(&agent.offer().await).await.0, 200);
    world.advance(HOUR);
    let failed = world.fetch().await;
    let offer = agent.offer().await;
    assert_eq!(agent.complete(&offer, "failed", failure("throttled", None), "none").await.0, 200);
    world.advance(HOUR);
    let started = world.invite().await;
    let offer = agent.offer().await;
    assert_eq!(agent.start(&offer).await.0, 200);
    let waits = world.invite().await;
    for (query, expected) in [
        ("?status=completed", vec![&fetched]),
        ("?status=failed", vec![&failed]),
        ("?status=processing", vec![&started]),
        ("?status=pending", vec![&waits]),
        ("?task_type=agent_fetch_connections", vec![&failed, &fetched]),
        ("?task_type=agent_send_connection_request&status=pending", vec![&waits]),
        ("?task_type=agent_send_connection_request&status=completed", vec![]),
        ("?created_before=2026-11-22T00:00:00Z", vec![]),
        ("?created_before=2026-11-22T00:00:00.001Z", vec![&fetched]),
        ("?created_after=2026-11-22T01:00:00Z&created_before=2026-11-22T02:00:00Z", vec![&failed]),
        ("?created_after=2026-11-22T02:00:00.001Z", vec![]),
    ] {
        let mut found = listed(&world, query).await;
        let mut expected: Vec<String> = expected.into_iter().cloned().collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{query}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let (world, _agent) = World::paired().await;
    world.fetch().await;
    world.fetch().await;
    let (_, cursor) = page(&world, "?limit=1").await;
    let cursor = cursor.unwrap();
    let twice = format!("cursor={cursor}&cursor={cursor}");
    let cut = format!("cursor={}", cursor.chars().skip(1).collect::<String>());
    let kind = "'agent_fetch_connections' or 'agent_send_connection_request'";
    let status = "'pending', 'processing', 'completed' or 'failed'";
    let limit = "an integer between 1 and 100";
    let time = "a time like 2026-11-22T08:00:00Z";
    let next = "a 'next_cursor' that was answered";
    for (query, name, must_be) in [
        ("status=queued", "status", status),
        ("status=", "status", status),
        ("status=pending&status=pending", "status", status),
        ("status=PENDING", "status", status),
        ("task_type=fetch", "task_type", kind),
        ("limit=0", "limit", limit),
        ("limit=101", "limit", limit),
        ("limit=1.0", "limit", limit),
        ("limit=%2B1", "limit", limit),
        ("limit=-1", "limit", limit),
        ("limit=", "limit", limit),
        ("limit=99999999999999999999", "limit", limit),
        ("limit=1%27%20OR%201=1", "limit", limit),
        ("created_after=yesterday", "created_after", time),
        ("created_after=2026-11-22", "created_after", time),
        ("created_after=1795305600000", "created_after", time),
        ("created_before=2026-13-01T00:00:00Z", "created_before", time),
        ("created_before=2026-11-22T00:00:00%2B01:00", "created_before", time),
        ("created_before=1969-12-31T23:59:59Z", "created_before", time),
        ("include=events", "include", "'output'"),
        ("cursor=", "cursor", next),
        ("cursor=abc", "cursor", next),
        ("cursor=%00", "cursor", next),
        (&cut, "cursor", next),
        (&twice, "cursor", next),
    ] {
        let answer = world.get(&format!("{TASKS}?{query}")).await;
        assert_refused(&answer, 400, &format!("Invalid '{name}': must be {must_be}"));
        assert_eq!(answer.1["code"], "invalid_input");
    }
    assert_eq!(listed(&world, &format!("?cursor={cursor}&unknown=1")).await.len(), 1);
    let injected = world.get(&format!("{TASKS}?status=%27%3B%20DROP%20TABLE%20task%3B--")).await;
    assert_eq!(injected.0, 400);
    assert_eq!(listed(&world, "").await.len(), 2);
}

#[tokio::test]
async fn a_team_sees_its_own() {
    let (world, _agent) = World::paired().await;
    let (other_key, _other_agent) = world.other_team().await;
    let (one, two) = (world.fetch().await, world.fetch().await);
    let (_, theirs) = world.get_under(&other_key, TASKS).await;
    assert_eq!(theirs, json!({"success": true, "data": [], "next_cursor": null}));
    // Another team's place in the list says nothing about it.
    let (_, cursor) = page(&world, "?limit=1").await;
    let (_, theirs) = world.get_under(&other_key, &format!("{TASKS}?cursor={}", cursor.unwrap())).await;
    assert_eq!(theirs["data"], json!([]));
    for key in ["lsk_wrong", ""] {
        assert_eq!(world.get_under(key, TASKS).await.0, 401);
    }
    assert_eq!(listed(&world, "").await.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([one, two]));
}

#[tokio::test]
async fn outputs_end_a_page_early_and_lose_nothing() {
    let (world, agent) = World::paired().await;
    let row = json!({"name": "N", "first_name": "N", "last_name": "", "headline": "h".repeat(800_000),
                     "profile_image_url": null, "entity_urn": "urn:li:fsd_profile:ACoAABCDEF123", "public_identifier": "n"});
    for _ in 0..8 {
        world.fetch().await;
        let output = json!({"total": 1, "connections": [row]});
        assert_eq!(agent.complete(&agent.offer().await, "completed", output, "none").await.0, 200);
        world.advance(1);
    }
    let (first, cursor) = page(&world, "?include=output").await;
    assert_eq!(first.len(), 6);
    let (rest, end) = page(&world, &format!("?include=output&cursor={}", cursor.unwrap())).await;
    assert_eq!((rest.len(), end), (2, None));
    assert_eq!(listed(&world, "").await, ids(&[first, rest].concat()));
}

/// What happens between two pages.
#[derive(Clone, Copy, Debug)]
enum Step {
    Create,
    LaterThan(u64),
    Move,
    Delete,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => Just(Step::Create),
        1 => (0_u64..2).prop_map(Step::LaterThan),
        1 => Just(Step::Move),
        1 => Just(Step::Delete),
    ];
    prop::collection::vec(step, 0..12)
}

/// Of the tasks that were there when the walk began, each comes once, unless it was deleted.
#[test]
fn a_walk_shows_each_task_once_whatever_happens_meanwhile() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (world, agent) = runtime.block_on(World::paired());
    let walk = (0_usize..24, 1_usize..6, prop::collection::vec(steps(), 8));
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    runner
        .run(&walk, |(before, limit, between)| {
            runtime.block_on(one_walk(&world, &agent, before, limit, &between));
            Ok(())
        })
        .unwrap();
}

async fn one_walk(world: &World, agent: &Agent, before: usize, limit: usize, between: &[Vec<Step>]) {
    world.advance(1_000);
    let since = format!("&created_after={}", world.now().to_iso());
    for number in 0..before {
        world.fetch().await;
        // Some of them at the same moment.
        world.advance(u64::from(number % 3 == 0));
    }
    let all = listed(world, &format!("?limit=100{since}")).await;
    assert_eq!(all.len(), before);
    let (mut seen, mut deleted) = (Vec::new(), BTreeSet::new());
    let mut between = between.iter();
    let mut cursor = None;
    loop {
        let place = cursor.map_or(String::new(), |cursor| format!("&cursor={cursor}"));
        let (tasks, next) = page(world, &format!("?limit={limit}{since}{place}")).await;
        assert!(tasks.len() == limit || next.is_none(), "a short page that is not the last");
        seen.extend(ids(&tasks));
        let unique: BTreeSet<&String> = seen.iter().collect();
        assert_eq!(unique.len(), seen.len(), "a task came twice");
        if next.is_none() {
            break;
        }
        cursor = next;
        for step in between.next().into_iter().flatten() {
            match step {
                Step::Create => drop(world.fetch().await),
                Step::LaterThan(ms) => world.advance(*ms),
                Step::Move => {
                    if let Some(offer) = agent.poll(json!({})).await["task"].as_object() {
                        agent.fetched(&json!(offer)).await;
                    }
                }
                Step::Delete => {
                    let over = listed(world, "?status=completed&limit=1").await;
                    for task in over {
                        assert_eq!(world.delete(&format!("{TASKS}/{task}")).await.0, 200);
                        deleted.insert(task);
                    }
                }
            }
        }
    }
    for task in all {
        assert!(seen.contains(&task) || deleted.contains(&task), "a task was left out");
    }
}
