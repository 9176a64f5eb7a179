//! The ways to the list of connections: which is taken when LinkedIn no longer answers the first, and how it is told.

use crate::fakes::linkedin::{ANY_LIST, LEGACY};
use crate::support::*;

const OLDER: &str = "ConnectionListWithProfile-15";
const CURRENT: &str = "ConnectionListWithProfile-16";

fn stale() -> Mishap {
    let body = json!({ "data": { "status": 400 }, "included": [] }).to_string();
    Mishap::Answer { status: 400, body, retry_after: None }
}

/// The next `times` requests whose path has `piece` are answered as a stale decoration is.
fn drop_way(world: &FakeWorld, piece: &'static str, times: usize) {
    for _ in 0..times {
        world.site.borrow_mut().next(piece, stale());
    }
}

fn asked(world: &FakeWorld, piece: &str) -> usize {
    world.site.borrow().count(piece)
}

fn told_fallback(world: &FakeWorld) -> Value {
    last_completion(world)["findings"]["fallback"].clone()
}

#[test]
fn a_stale_decoration_gives_way_to_the_one_before_and_it_is_told() {
    let (world, mut agent) = world(230, Two);
    assert_eq!(agent.status().fallback, None);
    drop_way(&world, CURRENT, 1);
    let rows = fetch(&mut agent, "t-1", json!({ "count": 200 }));
    assert_eq!(rows, network(&world)[..200]);
    assert_eq!(told_fallback(&world), "older_decoration");
    assert_eq!(serde_json::to_value(agent.status().fallback).unwrap(), "older_decoration");
    assert_eq!((asked(&world, CURRENT), asked(&world, OLDER)), (1, 3), "once is enough to know");
}

#[test]
fn the_legacy_list_is_the_last_resort_and_gives_the_same_people() {
    let (world, mut agent) = world(230, Two);
    world.site.borrow_mut().people[3].kind = crate::fakes::linkedin::Kind::Unresolved;
    drop_way(&world, CURRENT, 1);
    drop_way(&world, OLDER, 1);
    let (status, output) = carry_out(&mut agent, "t-1", FETCH, json!({ "count": 200 }));
    assert_eq!((status.as_str(), ids(&output)), ("completed", network(&world)[..200].to_vec()));
    let row = &output["connections"][0];
    let shown = [&row["name"], &row["headline"], &row["entity_urn"]];
    assert_eq!(shown, [&json!("Ada Sim0"), &json!("At work"), &json!("urn:li:fsd_profile:ACoSim000000")]);
    assert_eq!(told_fallback(&world), "legacy_list");
    assert_eq!(last_completion(&world)["findings"]["unresolved"], 1);
}

#[test]
fn what_worked_is_remembered_for_a_day_and_over_a_restart_and_then_the_first_way_is_tried_again() {
    let (world, mut agent) = world(30, Two);
    drop_way(&world, CURRENT, 1);
    drop_way(&world, OLDER, 1);
    fetch(&mut agent, "t-1", json!({ "count": 20 }));
    agent.reboot();
    fetch(&mut agent, "t-2", json!({ "count": 20 }));
    assert_eq!(told_fallback(&world), "legacy_list");
    assert_eq!((asked(&world, CURRENT), asked(&world, OLDER), asked(&world, LEGACY)), (1, 1, 2));
    agent.run_for(25 * HOUR);
    fetch(&mut agent, "t-3", json!({ "count": 20 }));
    assert_eq!(asked(&world, CURRENT), 2);
    assert!(last_completion(&world).get("findings").is_none(), "the first way works again");
    assert_eq!(agent.status().fallback, None);
}

#[test]
fn a_list_in_another_order_than_asked_for_is_no_way_out() {
    let (world, mut agent) = world(30, Two);
    drop_way(&world, CURRENT, 2);
    drop_way(&world, OLDER, 2);
    let by_name = json!({ "sort_type": "FIRSTNAME_LASTNAME" });
    let (status, output) = carry_out(&mut agent, "t-1", FETCH, by_name.clone());
    assert_eq!((status.as_str(), &output["code"]), ("failed", &json!("drift")));
    assert_eq!(asked(&world, LEGACY), 0);
    // A remembered legacy list serves only what it can sort.
    fetch(&mut agent, "t-2", json!({ "sort_type": "RECENTLY_ADDED" }));
    assert_eq!(told_fallback(&world), "legacy_list");
    assert_eq!(carry_out(&mut agent, "t-3", FETCH, by_name).0, "completed");
    assert!(last_completion(&world).get("findings").is_none());
}

#[test]
fn when_no_way_is_left_it_is_drift_with_the_shape_and_no_value() {
    let (world, mut agent) = world(3, Two);
    let body =
        r#"{"data":{"*things":["urn:li:fsd_connection:ACoSim000000"]},"included":[{"firstName":"Ada"}]}"#;
    for _ in 0..3 {
        let renamed = Mishap::Answer { status: 200, body: body.to_owned(), retry_after: None };
        world.site.borrow_mut().next(ANY_LIST, renamed);
    }
    let (status, output) = carry_out(&mut agent, "t-1", FETCH, json!({}));
    assert_eq!(
        (status.as_str(), &output["code"], &output["retryable"]),
        ("failed", &json!("drift"), &json!(false))
    );
    let error = output["error"].as_str().unwrap();
    assert!(error.contains("{data:{*things:[string]},included:[{firstName:string}]}"), "{error}");
    assert!(!error.contains("Ada") && !error.contains("ACoSim"), "{error}");
    assert_eq!(asked(&world, ANY_LIST), 3, "each way once");
}

#[test]
fn a_way_lost_in_the_middle_of_a_walk_loses_nobody() {
    for (sort, first_again) in [(json!("RECENTLY_ADDED"), 99), (Value::Null, 0)] {
        let (world, mut agent) = world(230, Two);
        world.site.borrow_mut().next("start=99", stale());
        world.site.borrow_mut().next("start=99", stale());
        let rows = fetch(&mut agent, "t-1", json!({ "count": 200, "sort_type": sort }));
        assert_eq!(rows, network(&world)[..200], "{sort}");
        assert_eq!(told_fallback(&world), "legacy_list");
        assert_eq!(last_completion(&world)["findings"]["duplicates"], 0, "{sort}");
        // Without a sort order the legacy list has one of its own: what was read before is no part of it.
        let legacy = world.site.borrow().requests.iter().find(|path| path.contains(LEGACY)).cloned();
        assert!(legacy.unwrap().contains(&format!("start={first_again}")), "{sort}");
    }
}

#[test]
fn only_drift_leads_to_another_way() {
    let answer = |status, body: &str| Mishap::Answer { status, body: body.to_owned(), retry_after: None };
    for (mishap, code) in [
        (answer(429, ""), "throttled"),
        (answer(999, ""), "blocked"),
        (answer(451, ""), "challenge"),
        (answer(401, "{}"), "signed_out"),
        (answer(500, "{}"), "upstream"),
        (answer(403, "{}"), "refused"),
        (Mishap::LostBefore, "network"),
    ] {
        let (world, mut agent) = world(30, Two);
        world.site.borrow_mut().next(ANY_LIST, mishap);
        assert_eq!(carry_out(&mut agent, "t-1", FETCH, json!({})).1["code"], code);
        assert_eq!(asked(&world, ANY_LIST), 1, "{code}");
        assert_eq!(agent.status().fallback, None, "{code}");
    }
}

#[test]
fn a_way_that_worked_and_fails_is_forgotten_and_the_first_one_is_tried() {
    let (world, mut agent) = world(30, Two);
    drop_way(&world, CURRENT, 1);
    drop_way(&world, OLDER, 1);
    fetch(&mut agent, "t-1", json!({ "count": 20 }));
    assert_eq!(told_fallback(&world), "legacy_list");
    drop_way(&world, LEGACY, 1);
    assert_eq!(fetch(&mut agent, "t-2", json!({ "count": 20 })).len(), 20);
    assert!(last_completion(&world).get("findings").is_none());
    assert_eq!((asked(&world, CURRENT), asked(&world, LEGACY)), (2, 2));
    assert_eq!(agent.status().fallback, None);
}

#[test]
fn pages_of_lists_in_two_orders_are_not_given_out_as_one_in_silence() {
    // The caller's second page comes by another way than the first, and back. By date every list has the same order.
    for (sort, shifted) in [(Value::Null, true), (json!("RECENTLY_ADDED"), false)] {
        let (world, mut agent) = world(120, Two);
        let page = |start: usize| json!({ "start": start, "count": 40, "sort_type": sort });
        assert_eq!(fetch(&mut agent, "t-1", page(0)), network(&world)[..40]);
        drop_way(&world, CURRENT, 1);
        drop_way(&world, OLDER, 1);
        assert_eq!(fetch(&mut agent, "t-2", page(40)), network(&world)[40..80], "{sort}");
        assert_eq!(last_completion(&world)["findings"]["list_shifted"], shifted, "{sort}: there");
        drop_way(&world, LEGACY, 1);
        assert_eq!(fetch(&mut agent, "t-3", page(80)), network(&world)[80..], "{sort}");
        let told = last_completion(&world)["findings"]["list_shifted"] == true;
        assert_eq!(told, shifted, "{sort}: and back");
    }
}

#[test]
fn a_cursor_of_the_legacy_list_is_no_place_in_another() {
    let (world, mut agent) = world(120, Two);
    drop_way(&world, CURRENT, 1);
    drop_way(&world, OLDER, 1);
    fetch(&mut agent, "t-1", json!({ "count": 40 }));
    // A task by name is read by the first way, which works again.
    fetch(&mut agent, "t-2", json!({ "count": 5, "sort_type": "FIRSTNAME_LASTNAME" }));
    fetch(&mut agent, "t-3", json!({ "start": 40, "count": 40 }));
    assert_eq!(last_completion(&world)["findings"]["list_shifted"], true);
    assert!(world.site.borrow().requests.last().unwrap().contains("start=40"), "not one row early");
}

#[test]
fn the_end_of_a_list_is_not_believed_beside_a_refusal_however_long() {
    let long = "x".repeat(5_000);
    // The row held last is asked for again, so a list ends with that row alone, or with none.
    let held = r#""urn:li:fsd_connection:ACoSim000198""#;
    let beside =
        |rows: &str, what: &str| format!(r#"{{"data":{{"*elements":[{rows}],{what}}},"included":[]}}"#);
    let refusals = [
        (format!(r#""errors":[{{"message":"{long}"}}]"#), "drift"),
        (format!(r#""status":500,"message":"{long}""#), "refused"),
        (format!(r#""code":"SOMETHING_NEW","message":"{long}""#), "refused"),
    ];
    for (rows, (what, code)) in
        ["", held].into_iter().flat_map(|rows| refusals.clone().map(|refusal| (rows, refusal)))
    {
        let (world, mut agent) = world(230, Two);
        for _ in 0..3 {
            let body = beside(rows, &what);
            world
                .site
                .borrow_mut()
                .next("start=198", Mishap::Answer { status: 200, body, retry_after: None });
        }
        let by_date = json!({ "count": 500, "sort_type": "RECENTLY_ADDED" });
        let (status, output) = carry_out(&mut agent, "t-1", FETCH, by_date);
        assert_eq!((status.as_str(), &output["code"]), ("failed", &json!(code)));
    }
}
