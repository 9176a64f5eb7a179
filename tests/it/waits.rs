//! Waits: what goes on meanwhile, what outlives the worker, and that none is longer than it was made for.

use crate::support::*;

const YEAR: i64 = 365 * DAY;

/// An agent whose walk waits for the person, after its third page.
fn parked(park: Happening) -> (FakeWorld, Agent) {
    let (world, mut agent) = world(900, Two);
    world.server.borrow_mut().add("t-1", FETCH, json!({ "count": 500 }));
    agent.run_until("the third page", |world| world.site.borrow().count(LIST) == 3);
    park(&mut agent);
    agent.run_for(MINUTE);
    (world, agent)
}

fn pause(agent: &mut Agent) {
    agent.ask(Command::SetPaused { paused: true });
}

fn sign_out(agent: &mut Agent) {
    agent.world.site.borrow_mut().signed_in = false;
    agent.tell(Event::SessionChanged);
}

#[test]
fn a_walk_that_waits_for_the_person_does_not_silence_the_agent() {
    let parks: [(Happening, &str); 2] = [(pause, "paused"), (sign_out, "signed_out")];
    for (park, state) in parks {
        let (world, mut agent) = parked(park);
        let (polls, pages) = (calls(&world, "/poll"), world.site.borrow().count(LIST));
        agent.run_for(10 * MINUTE);
        let polled = calls(&world, "/poll") - polls;
        assert!((20..=30).contains(&polled), "{state}: {polled} polls in ten minutes");
        let poll = world.server.borrow().last_poll();
        assert_eq!((&poll["state"], &poll["accepts"]), (&json!(state), &json!([])));
        let held = (&poll["held"][0]["task"], &poll["held"][0]["phase"]);
        assert_eq!(held, (&json!("t-1"), &json!("running")));
        // Offered all the same, nothing is taken.
        for (task, kind, input) in [("t-8", FETCH, json!({})), ("t-9", CONNECT, stranger())] {
            let before = calls(&world, "/complete");
            let offer = json!({ "task": task, "task_type": kind, "task_input": input });
            world.server.borrow_mut().offer_raw(offer);
            agent.run_until("the return", |world| calls(world, "/complete") > before);
            assert_eq!(last_completion(&world)["status"], "returned", "{state}, {task}");
            agent.run_for(MINUTE);
        }
        assert_eq!((world.site.borrow().count(LIST), posts(&world)), (pages, 0), "{state}");
    }
}

#[test]
fn a_walk_of_yesterday_has_expired() {
    let (world, mut agent) = parked(pause);
    agent.run_for(23 * HOUR);
    assert_eq!(world.server.borrow().ended("t-1"), None);
    agent.run_for(2 * HOUR);
    let (status, output) = world.server.borrow().ended("t-1").unwrap();
    assert_eq!((status.as_str(), &output["code"]), ("failed", &json!("expired")));
    assert_eq!(world.site.borrow().count(LIST), 3);
}

#[test]
fn storage_that_fails_while_a_result_is_posted_is_told_to_the_server() {
    let (world, mut agent) = world(3, Two);
    world.server.borrow_mut().next("/complete", Loss::Slow(5_000));
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    agent.run_until("the result", |world| calls(world, "/complete") == 1);
    world.disk.borrow_mut().broken = true;
    agent.run_for(MINUTE);
    let polls = calls(&world, "/poll");
    agent.run_for(5 * MINUTE);
    assert!(calls(&world, "/poll") - polls >= 8, "it polls on");
    assert_eq!(calls(&world, "/complete"), 1);
    let reasons: Vec<String> = waiting(&world).into_iter().map(|(_, reason, _)| reason).collect();
    assert_eq!((reasons, accepts(&world).len()), (vec!["storage".to_owned(); 2], 0));
    world.disk.borrow_mut().broken = false;
    agent.run_for(MINUTE);
    assert_eq!((record(&world, "t-1"), accepts(&world).len()), (None, 2));
}

#[test]
fn what_a_server_asks_to_wait_outlives_the_worker() {
    let (world, mut agent) = world(3, Two);
    let busy = Loss::Answer { status: 503, body: "{}".to_owned(), retry_after: Some("900") };
    world.server.borrow_mut().next("/poll", busy);
    agent.run_for(MINUTE);
    let polls = calls(&world, "/poll");
    for _ in 0..12 {
        agent.reboot();
        agent.run_for(MINUTE);
    }
    assert_eq!(calls(&world, "/poll"), polls);
    agent.run_for(3 * MINUTE);
    assert!(calls(&world, "/poll") > polls);
}

#[test]
fn what_a_server_asks_to_wait_is_an_hour_at_most() {
    for path in ["/poll", "/complete"] {
        let (world, mut agent) = world(3, Two);
        let busy = Loss::Answer { status: 503, body: "{}".to_owned(), retry_after: Some("864000") };
        world.server.borrow_mut().add("t-1", FETCH, json!({}));
        world.server.borrow_mut().next(path, busy);
        agent.run_for(MINUTE);
        let before = calls(&world, path);
        agent.run_for(55 * MINUTE);
        assert_eq!(calls(&world, path), before, "{path}");
        agent.run_for(5 * MINUTE);
        assert!(calls(&world, path) > before, "{path}");
    }
}

/// Whether the task is carried out within this time, and polls go on all the while.
fn ends_within(agent: &mut Agent, task: &str, ms: i64) -> bool {
    let polls = calls(&agent.world, "/poll");
    agent.run_for(ms);
    assert!(calls(&agent.world, "/poll") > polls, "{task}: polls go on");
    agent.world.server.borrow().ended(task).is_some_and(|(status, _)| status == "completed")
}

#[test]
fn a_clock_set_back_makes_no_throttling_longer() {
    let (world, mut agent) = world(3, Two);
    let busy = Mishap::Answer { status: 429, body: String::new(), retry_after: None };
    world.site.borrow_mut().next(LIST, busy);
    assert_eq!(carry_out(&mut agent, "t-1", FETCH, json!({})).1["code"], "throttled");
    agent.run_for(MINUTE);
    world.time.jump(-YEAR);
    world.server.borrow_mut().add("t-2", FETCH, json!({}));
    assert!(ends_within(&mut agent, "t-2", 17 * MINUTE));
}

#[test]
fn a_clock_set_back_makes_no_invitation_limit_longer() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().next(INVITE, Mishap::Code(429, "FUSE_LIMIT_EXCEEDED"));
    assert_eq!(invite(&mut agent, "t-1", stranger()).1, "invitation_limit");
    agent.run_for(MINUTE);
    world.time.jump(-YEAR);
    world.server.borrow_mut().add("t-2", CONNECT, stranger());
    assert!(!ends_within(&mut agent, "t-2", 23 * HOUR));
    assert!(ends_within(&mut agent, "t-2", HOUR + 3 * MINUTE));
}

#[test]
fn a_clock_set_back_makes_no_gap_between_polls_longer() {
    let (world, mut agent) = world(3, Two);
    let later = json!({ "next_ms": 300_000, "supports": ["start", "heartbeat"] });
    world.server.borrow_mut().next("/poll", Loss::Body(later.to_string()));
    agent.run_for(MINUTE);
    world.time.jump(-YEAR);
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    assert!(ends_within(&mut agent, "t-1", 11 * MINUTE));
}

#[test]
fn a_clock_set_back_makes_no_wait_before_posting_longer() {
    let (world, mut agent) = world(3, Two);
    for _ in 0..6 {
        world.server.borrow_mut().next("/complete", Loss::Before);
    }
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    agent.run_until("the sixth try", |world| calls(world, "/complete") == 6);
    world.time.jump(-YEAR);
    assert!(ends_within(&mut agent, "t-1", 62 * MINUTE));
}

#[test]
fn a_clock_set_back_keeps_no_invitation_from_being_found() {
    // It was our clock that was wrong, or becomes so.
    for ahead in [-YEAR, 0] {
        let (world, mut agent) = world(3, Two);
        world.site.borrow_mut().clock_ahead_ms = ahead;
        world.site.borrow_mut().next(INVITE, Mishap::LostAfter);
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the POST", |world| posts(world) == 1);
        agent.run_for(SECOND);
        world.time.jump(-YEAR);
        assert!(ends_within(&mut agent, "t-1", MINUTE), "{ahead:?}");
        assert_eq!(posts(&world), 1);
    }
}
