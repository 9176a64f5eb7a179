//! `fields`: what of the connections a caller wants, beside or instead of the documented seven members.

use crate::fakes::linkedin::{ANY_LIST, Change, Kind, SUMMARY};
use crate::support::*;

fn names(row: &Value) -> Vec<&str> {
    row.as_object().unwrap().keys().map(String::as_str).collect()
}

fn answer(status: u16, body: &str) -> Mishap {
    Mishap::Answer { status, body: body.to_owned(), retry_after: None }
}

#[test]
fn who_does_not_ask_gets_the_documented_members_and_no_other_question_is_asked() {
    let (world, mut agent) = world(5, Two);
    let (_, output) = carry_out(&mut agent, "t-1", FETCH, json!({}));
    assert_eq!(names(&output), ["connections", "total"]);
    assert_eq!(
        names(&output["connections"][0]),
        [
            "entity_urn",
            "first_name",
            "headline",
            "last_name",
            "name",
            "profile_image_url",
            "public_identifier"
        ]
    );
    assert_eq!(world.site.borrow().count(SUMMARY), 0);
}

#[test]
fn all_adds_the_time_the_connection_itself_and_the_size_of_the_network() {
    let (world, mut agent) = world(230, Two);
    world.site.borrow_mut().people[1].kind = Kind::Unresolved;
    let (status, output) = carry_out(&mut agent, "t-1", FETCH, json!({ "fields": "all", "count": 120 }));
    assert_eq!((status.as_str(), ids(&output)), ("completed", network(&world)[..120].to_vec()));
    assert_eq!(output["network_total"], 230);
    let row = &output["connections"][0];
    assert_eq!(names(row).len(), 9);
    assert_eq!(row["connected_at"], "2026-08-05T15:56:33.000Z");
    assert_eq!(row["connection_urn"], "urn:li:fsd_connection:ACoSim000000");
    let unresolved = &output["connections"][1];
    assert_eq!((names(unresolved).len(), &unresolved["connected_at"]), (9, &Value::Null));
    assert_eq!(world.site.borrow().count(SUMMARY), 1, "once, not once a page");
}

#[test]
fn a_size_that_linkedin_does_not_tell_costs_nobody_the_list() {
    for mishap in [answer(404, ""), answer(500, "{}"), answer(403, "{}"), answer(200, "{\"data\":{}}")] {
        let what = format!("{mishap:?}");
        let (world, mut agent) = world(30, Two);
        world.site.borrow_mut().next(SUMMARY, mishap);
        let (status, output) = carry_out(&mut agent, "t-1", FETCH, json!({ "fields": "all" }));
        assert_eq!((status.as_str(), ids(&output).len()), ("completed", 30), "{what}");
        assert_eq!(output["network_total"], Value::Null, "{what}");
    }
    // What stops everything stops this too.
    let (world, mut agent) = world(30, Two);
    world.site.borrow_mut().next(SUMMARY, answer(451, ""));
    let (status, output) = carry_out(&mut agent, "t-1", FETCH, json!({ "fields": "all" }));
    assert_eq!((status.as_str(), &output["code"]), ("failed", &json!("challenge")));
    assert_eq!(world.site.borrow().count(ANY_LIST), 0);
}

#[test]
fn total_reads_the_size_and_not_one_row() {
    let (world, mut agent) = world(4_882, Two);
    let (status, output) = carry_out(&mut agent, "t-1", FETCH, json!({ "fields": "total", "count": 500 }));
    assert_eq!(status, "completed");
    assert_eq!(output, json!({ "total": 0, "network_total": 4882, "connections": [] }));
    assert_eq!((world.site.borrow().count(SUMMARY), world.site.borrow().count(ANY_LIST)), (1, 0));
}

#[test]
fn a_size_that_is_all_that_was_wanted_fails_with_its_code() {
    for (mishap, code) in [
        (answer(404, ""), "drift"),
        (answer(429, ""), "throttled"),
        (answer(401, ""), "signed_out"),
        (answer(200, "{\"numConnections\":\"500+\"}"), "drift"),
        (Mishap::LostBefore, "network"),
    ] {
        let (world, mut agent) = world(30, Two);
        world.site.borrow_mut().next(SUMMARY, mishap);
        let (status, output) = carry_out(&mut agent, "t-1", FETCH, json!({ "fields": "total" }));
        assert_eq!((status.as_str(), &output["code"]), ("failed", &json!(code)));
    }
}

#[test]
fn a_csrf_text_to_the_size_is_read_past_once() {
    let csrf = || answer(403, "CSRF check failed.");
    let (world, mut agent) = world(30, Two);
    world.site.borrow_mut().next(SUMMARY, csrf());
    assert_eq!(carry_out(&mut agent, "t-1", FETCH, json!({ "fields": "total" })).0, "completed");
    world.site.borrow_mut().next(SUMMARY, csrf());
    world.site.borrow_mut().next(SUMMARY, csrf());
    assert_eq!(carry_out(&mut agent, "t-2", FETCH, json!({ "fields": "total" })).1["code"], "csrf");
}

#[test]
fn a_worker_ended_anywhere_goes_on_with_what_was_wanted() {
    let wanted = json!({ "fields": "all", "count": 200 });
    let (world, mut agent) = world(230, Two);
    world.server.borrow_mut().add("t-1", FETCH, wanted);
    agent.run_until("the first page", |world| world.site.borrow().count(ANY_LIST) == 1);
    agent.reboot();
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    let output = world.server.borrow().ended("t-1").unwrap().1.clone();
    assert_eq!((ids(&output), &output["network_total"]), (network(&world)[..200].to_vec(), &json!(230)));
    assert!(output["connections"].as_array().unwrap().iter().all(|row| row["connected_at"].is_string()));
}

#[test]
fn the_connection_is_spelled_alike_whichever_list_it_comes_from() {
    let (world, mut agent) = world(3, Two);
    for _ in 0..2 {
        world.site.borrow_mut().next(ANY_LIST, answer(400, "{}"));
    }
    let (_, output) = carry_out(&mut agent, "t-1", FETCH, json!({ "fields": "all" }));
    assert_eq!(last_completion(&world)["findings"]["fallback"], "legacy_list");
    assert_eq!(output["connections"][0]["connection_urn"], "urn:li:fsd_connection:ACoSim000000");
    assert_eq!(output["connections"][0]["connected_at"], "2026-08-05T15:56:33.000Z");
}

#[test]
fn a_sort_order_that_cannot_be_asked_for_asks_nothing() {
    for fields in ["all", "total"] {
        let (world, mut agent) = world(3, Two);
        let wanted = json!({ "fields": fields, "sort_type": "BY_HEIGHT" });
        assert_eq!(carry_out(&mut agent, "t-1", FETCH, wanted).1["code"], "invalid_input");
        assert_eq!((world.site.borrow().count(SUMMARY), world.site.borrow().count(ANY_LIST)), (0, 0));
    }
}

#[test]
fn a_task_of_which_something_was_asked_is_not_given_back() {
    let (world, mut agent) = world(30, Two);
    world.server.borrow_mut().add("t-1", FETCH, json!({ "fields": "all" }));
    agent.run_until("the size", |world| world.site.borrow().count(SUMMARY) == 1);
    world.site.borrow_mut().signed_in = false;
    let (status, output) = agent.run_to_end("t-1");
    assert_eq!((status.as_str(), &output["code"]), ("failed", &json!("signed_out")));
    assert_eq!(world.server.borrow().task("t-1").returned, 0);
}

#[test]
fn who_has_no_name_is_counted_with_a_keyword_and_without() {
    let (world, mut agent) = world(30, Two);
    world.site.borrow_mut().people[3].kind = Kind::Unresolved;
    world.site.borrow_mut().people[4].name = (String::new(), String::new());
    let (_, output) = carry_out(&mut agent, "t-1", FETCH, json!({}));
    assert_eq!((ids(&output).len(), &last_completion(&world)["findings"]["unresolved"]), (30, &json!(2)));
    let (_, output) = carry_out(&mut agent, "t-2", FETCH, json!({ "keyword": "Sim" }));
    assert_eq!((ids(&output).len(), &last_completion(&world)["findings"]["unresolved"]), (28, &json!(2)));
}

#[test]
fn who_has_no_name_is_counted_once_by_a_walk_that_steps_back() {
    let (world, mut agent) = world(250, Two);
    for person in &mut world.site.borrow_mut().people[90..98] {
        person.kind = Kind::Unresolved;
    }
    world.site.borrow_mut().changes = vec![(2, Change::Remove(99, 1))];
    carry_out(&mut agent, "t-1", FETCH, json!({ "keyword": "Sim", "count": 500 }));
    assert_eq!(last_completion(&world)["findings"]["unresolved"], 8);
}
