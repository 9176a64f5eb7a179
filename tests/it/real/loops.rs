//! The documented loop (`start`, `count`, until an answer is shorter), over lists that clamp their pages and shift.

use super::{Rig, with_rig};
use liaison_simulator::Settings;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const ALL: usize = 1_237;

/// Everybody of the network, newest first.
async fn people(rig: &Rig) -> Vec<Value> {
    let network = rig.control("GET", "/__sim/network?count=5000", Value::Null).await;
    network["people"].as_array().unwrap().clone()
}

fn urn(person: &Value) -> String {
    format!("urn:li:fsd_profile:{}", person["id"].as_str().unwrap())
}

fn has_in_name(person: &Value, part: &str) -> bool {
    let text = |name: &str| person[name].as_str().unwrap_or_default().trim().to_lowercase();
    person["odd"] != "Unresolved" && format!("{} {}", text("first_name"), text("last_name")).contains(part)
}

/// Follows the loop. Returns the URNs in the order they came, and whether an answer said that the list had shifted.
async fn follow(rig: &Rig, keyword: Option<&str>, count: usize) -> (Vec<String>, bool) {
    let (mut all, mut shifted) = (Vec::new(), false);
    loop {
        let input = json!({
            "keyword": keyword, "sort_type": "RECENTLY_ADDED", "start": all.len(), "count": count,
        });
        let task = rig.begin("fetch-connections", input).await;
        let data = rig.whole_end_of(&task).await;
        assert_eq!(data["status"], "completed", "{data}");
        shifted |= data["findings"]["list_shifted"] == true;
        let output = &data["task_output"];
        let rows = output["connections"].as_array().unwrap();
        all.extend(rows.iter().map(|row| row["entity_urn"].as_str().unwrap().to_owned()));
        if output["total"].as_u64().unwrap() < count as u64 {
            return (all, shifted);
        }
    }
}

#[test]
fn whoever_follows_the_loop_gets_everybody_once_whatever_the_clamp() {
    for (clamp, count) in [(10, 500), (40, 40), (40, 500), (100, 100), (100, 500)] {
        let settings = Settings { connections: ALL as u32, page_clamp: clamp, ..Settings::default() };
        with_rig(settings, |rig| async move {
            let expected: Vec<String> = people(&rig).await.iter().map(urn).collect();
            assert_eq!(expected.len(), ALL);
            let (all, shifted) = follow(&rig, None, count).await;
            assert_eq!((all, shifted), (expected, false), "clamp {clamp}, count {count}");
        });
    }
}

#[test]
fn whoever_follows_the_loop_by_a_keyword_gets_every_name_that_has_it_once() {
    for clamp in [10, 40, 100] {
        let settings = Settings { connections: ALL as u32, page_clamp: clamp, ..Settings::default() };
        with_rig(settings, |rig| async move {
            let people = people(&rig).await;
            let named: Vec<String> =
                people.iter().filter(|person| has_in_name(person, "a")).map(urn).collect();
            assert!(named.len() > 300, "{} have it", named.len());
            let (all, shifted) = follow(&rig, Some("A"), 90).await;
            assert_eq!((all, shifted), (named, false), "clamp {clamp}");
        });
    }
}

#[test]
fn rows_that_come_and_go_under_the_loop_lose_and_double_nobody_who_was_there_throughout() {
    // The nth request for a page, and what happens just before it.
    let changes = [
        (2, json!({ "kind": "shift", "insert": 3 })),
        (4, json!({ "kind": "shift", "remove": 1, "at": 170 })),
        (5, json!({ "kind": "shift", "insert": 5, "at": 260 })),
        (7, json!({ "kind": "shift", "remove": 9, "at": 400 })),
        (9, json!({ "kind": "shift", "remove": 2 })),
        (11, json!({ "kind": "shift", "insert": 20 })),
        (12, json!({ "kind": "shift", "remove": 30, "at": 500 })),
    ];
    for (clamp, count, keyword) in
        [(40, 500, None), (100, 40, None), (100, 500, None), (40, 90, Some("a")), (100, 500, Some("a"))]
    {
        let settings = Settings { connections: ALL as u32, page_clamp: clamp, ..Settings::default() };
        let changes = changes.clone();
        with_rig(settings, |rig| async move {
            let what = format!("clamp {clamp}, count {count}, keyword {keyword:?}");
            let before = people(&rig).await;
            for (nth, fault) in changes {
                let armed = json!({ "match": { "path": "/dash/connections" }, "nth": nth, "fault": fault });
                rig.control("POST", "/__sim/fault", armed).await;
            }
            let (all, shifted) = follow(&rig, keyword, count).await;
            assert!(!shifted, "{what}: so little can be followed");
            let after: BTreeSet<String> = people(&rig).await.iter().map(urn).collect();
            let came: BTreeSet<&String> = all.iter().collect();
            assert_eq!(came.len(), all.len(), "{what}: doubled");
            let wanted = |person: &&Value| keyword.is_none_or(|part| has_in_name(person, part));
            for person in before.iter().filter(wanted).map(urn).filter(|urn| after.contains(urn)) {
                assert!(came.contains(&person), "{what}: {person} is lost");
            }
        });
    }
}

#[test]
fn a_place_that_is_lost_is_told() {
    with_rig(Settings { connections: 600, ..Settings::default() }, |rig| async move {
        // All that was read is gone.
        let fault = json!({ "kind": "shift", "remove": 500 });
        let armed = json!({ "match": { "path": "/dash/connections" }, "nth": 2, "fault": fault });
        rig.control("POST", "/__sim/fault", armed).await;
        let task =
            rig.begin("fetch-connections", json!({ "count": 300, "sort_type": "RECENTLY_ADDED" })).await;
        let data = rig.whole_end_of(&task).await;
        assert_eq!((&data["status"], &data["findings"]["list_shifted"]), (&json!("completed"), &json!(true)));
    });
}
