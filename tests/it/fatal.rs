//! A task whose answers end the worker: it is tried three times and then ends.

use crate::fakes::FakeWorld;
use crate::fakes::agent::Agent;
use crate::fakes::linkedin::{INVITE, LIST, Mishap, SENT};
use crate::fakes::server::Level::{One, Two};
use crate::support::{CONNECT, FETCH, posts, stranger};
use serde_json::json;

/// Ends the worker while LinkedIn is about to answer the next such call.
fn die_in_call(world: &FakeWorld, agent: &mut Agent, piece: &'static str) {
    let before = world.site.borrow().count(piece);
    world.site.borrow_mut().next(piece, Mishap::Slow(1_000));
    agent.run_until("the call", |world| world.site.borrow().count(piece) > before);
    agent.reboot();
}

#[test]
fn a_list_that_ends_its_worker_three_times_ends() {
    let world = FakeWorld::new(150, Two);
    let mut agent = Agent::paired(&world);
    world.server.borrow_mut().add("t-1", FETCH, json!({ "count": 130 }));
    for _ in 0..3 {
        die_in_call(&world, &mut agent, LIST);
    }
    let (status, output) = agent.run_to_end("t-1");
    assert_eq!((status.as_str(), output["code"].as_str()), ("failed", Some("upstream")), "{output}");
    assert!(output["error"].as_str().unwrap().ends_with("the extension's worker ended 3 times over it"));
    let asked = world.site.borrow().count(LIST);
    agent.run_for(3_600_000);
    assert_eq!(world.site.borrow().count(LIST), asked, "and doesn't come back");
    world.server.borrow_mut().add("t-2", FETCH, json!({}));
    assert_eq!(agent.run_to_end("t-2").0, "completed", "the next one is another matter");
}

#[test]
fn an_answer_that_was_taken_in_begins_the_count_anew() {
    let world = FakeWorld::new(250, Two);
    let mut agent = Agent::paired(&world);
    world.server.borrow_mut().add("t-1", FETCH, json!({ "count": 230 }));
    for _ in 0..2 {
        for _ in 0..2 {
            die_in_call(&world, &mut agent, LIST);
        }
        let before = world.site.borrow().count(LIST);
        agent.run_until("a page", |world| world.site.borrow().count(LIST) > before);
    }
    assert_eq!(agent.run_to_end("t-1").0, "completed");
}

#[test]
fn workers_that_end_between_calls_are_nobody_s_fault() {
    let world = FakeWorld::new(150, Two);
    let mut agent = Agent::paired(&world);
    world.server.borrow_mut().add("t-1", FETCH, json!({ "count": 130 }));
    agent.run_until("the first page", |world| world.site.borrow().count(LIST) > 0);
    for _ in 0..8 {
        agent.run_for(100);
        agent.reboot();
    }
    assert_eq!(agent.run_to_end("t-1").0, "completed");
}

#[test]
fn an_invitation_that_was_not_sent_says_so() {
    let world = FakeWorld::new(3, One);
    let mut agent = Agent::paired(&world);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    for _ in 0..3 {
        die_in_call(&world, &mut agent, SENT);
    }
    let (status, output) = agent.run_to_end("t-1");
    assert_eq!((status.as_str(), output["code"].as_str()), ("failed", Some("expired")), "{output}");
    assert_eq!(posts(&world), 0);
}

#[test]
fn one_that_may_have_been_sent_is_not_known() {
    let world = FakeWorld::new(3, Two);
    let mut agent = Agent::paired(&world);
    world.site.borrow_mut().next(INVITE, Mishap::LostBefore);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the send", |world| posts(world) > 0);
    let looked = world.site.borrow().count(SENT);
    for _ in 0..3 {
        die_in_call(&world, &mut agent, SENT);
    }
    let (status, output) = agent.run_to_end("t-1");
    assert_eq!((status.as_str(), output["code"].as_str()), ("failed", Some("outcome_unknown")), "{output}");
    assert_eq!((posts(&world), world.site.borrow().count(SENT) - looked), (1, 3));
}
