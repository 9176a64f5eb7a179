//! `start`: any answer but 200 means "do not send", and so does a late one.

use crate::support::*;

/// What the first `start` is answered with, and what becomes of the task while the server says no more.
fn after(loss: Loss) -> (FakeWorld, Agent) {
    let (world, mut agent) = world(3, Two);
    world.server.borrow_mut().next("/start", loss);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the start", |world| calls(world, "/start") == 1);
    agent.run_for(300);
    (world, agent)
}

#[test]
fn a_start_that_is_refused_drops_the_task_and_sends_nothing() {
    for (status, code) in
        [(404, "not_found"), (409, "lease_lost"), (410, "task_closed"), (413, "too_large"), (422, "no")]
    {
        let (world, mut agent) = world(3, Two);
        world.server.borrow_mut().next("/start", answers(status, code));
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the start", |world| calls(world, "/start") == 1);
        world.server.borrow_mut().tasks.clear();
        agent.run_for(HOUR);
        assert_eq!((posts(&world), record(&world, "t-1")), (0, None), "{status}");
        assert_eq!(calls(&world, "/complete"), 0, "{status}: nothing is reported of a task that is not ours");
    }
}

#[test]
fn a_start_that_is_unauthorised_ends_the_pairing() {
    for (status, code, state) in
        [(401, "unauthorised", "unauthorised"), (403, "", "unauthorised"), (409, "superseded", "superseded")]
    {
        let (world, mut agent) = after(answers(status, code));
        agent.run_for(HOUR);
        assert_eq!((posts(&world), agent.status().state), (0, state), "{status}");
        let polls = calls(&world, "/poll");
        agent.run_for(HOUR);
        assert_eq!(calls(&world, "/poll"), polls, "it stops and asks the person");
    }
}

#[test]
fn a_start_without_a_good_answer_is_asked_again_and_sent_once() {
    let losses = [
        Loss::Before,
        Loss::After,
        Loss::TimedOut,
        html(),
        Loss::Body("{\"lease_ms\":".to_owned()),
        answers(500, ""),
        answers(418, ""),
    ];
    for loss in losses {
        let what = format!("{loss:?}");
        let (world, mut agent) = after(loss);
        assert_eq!(posts(&world), 0, "{what}: sent without leave");
        let (status, _) = agent.run_to_end("t-1");
        assert_eq!((status.as_str(), posts(&world)), ("completed", 1), "{what}");
        assert!(calls(&world, "/start") >= 2, "{what}");
    }
}

/// The server no longer wants the agent, and its caller calls the task off meanwhile. Then the person pairs anew.
fn called_off_between_two_pairings(world: &FakeWorld, agent: &mut Agent) {
    assert_eq!(agent.status().state, "unauthorised");
    world.server.borrow_mut().tasks[0].stand =
        Stand::Ended("failed".to_owned(), json!({ "code": "cancelled" }));
    pair_again(agent);
}

#[test]
fn after_pairing_anew_what_was_approved_is_not_sent_without_leave() {
    for restarts in [false, true] {
        let (world, mut agent) = world(3, Two);
        set(&mut agent, json!({ "ask_before_invite": true }));
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the question", |world| record(world, "t-1").is_some());
        world.server.borrow_mut().next("/poll", answers(401, "unauthorised"));
        agent.run_for(MINUTE);
        assert!(decide(&mut agent, "t-1", true).ok);
        called_off_between_two_pairings(&world, &mut agent);
        if restarts {
            agent.kill();
            world.disk.borrow_mut().restart_browser(0);
            agent.reboot();
        }
        agent.run_for(HOUR);
        assert_eq!((posts(&world), record(&world, "t-1")), (0, None), "restarts: {restarts}");
    }
}

#[test]
fn after_pairing_anew_what_was_being_checked_is_not_sent_without_leave() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().next(SENT, Mishap::Slow(20 * SECOND));
    world.server.borrow_mut().next("/heartbeat", answers(401, "unauthorised"));
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the heartbeat", |world| calls(world, "/heartbeat") == 1);
    agent.run_for(SECOND);
    assert!(record(&world, "t-1").unwrap().contains("checking"));
    called_off_between_two_pairings(&world, &mut agent);
    agent.run_for(HOUR);
    assert_eq!((posts(&world), record(&world, "t-1")), (0, None));
}

#[test]
fn a_server_that_asks_to_wait_gets_the_task_back() {
    for status in [429, 503] {
        let body = "{}".to_owned();
        let (world, mut agent) = world(3, Two);
        world.server.borrow_mut().next("/start", Loss::Answer { status, body, retry_after: Some("30") });
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the task's return", |world| calls(world, "/complete") == 1);
        assert_eq!((posts(&world), calls(&world, "/start")), (0, 1), "{status}");
        let completion = last_completion(&world);
        assert_eq!((&completion["status"], &completion["effect"]), (&json!("returned"), &json!("none")));
    }
}

#[test]
fn a_start_that_is_never_answered_is_returned_after_three() {
    let (world, mut agent) = world(3, Two);
    for _ in 0..3 {
        world.server.borrow_mut().next("/start", Loss::Before);
    }
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the task's return", |world| world.server.borrow().task("t-1").returned == 1);
    assert_eq!((calls(&world, "/start"), posts(&world)), (3, 0));
    let (status, _) = agent.run_to_end("t-1");
    assert_eq!((status.as_str(), posts(&world)), ("completed", 1));
}

#[test]
fn a_start_answered_too_late_is_returned_and_never_sent() {
    // `act_within_ms` counts from before the request left.
    for (act_within, slow) in [(20_000, 19_999), (2_000, 2_000), (60_000, 19_999)] {
        let (world, mut agent) = world(3, Two);
        world.server.borrow_mut().act_within_ms = act_within;
        world.server.borrow_mut().next("/start", Loss::Slow(slow));
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the task's return", |world| world.server.borrow().task("t-1").returned == 1);
        assert_eq!((posts(&world), last_completion(&world)["effect"].clone()), (0, json!("none")));
    }
    let (world, mut agent) = world(3, Two);
    world.server.borrow_mut().next("/start", Loss::Slow(19_000));
    let (status, _) = invite(&mut agent, "t-1", stranger());
    assert_eq!((status.as_str(), posts(&world)), ("completed", 1), "in time is in time");
}

#[test]
fn a_clock_set_back_between_start_and_send_sends_nothing() {
    let (world, mut agent) = world(3, Two);
    world.server.borrow_mut().next("/start", Loss::Slow(3_000));
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the start", |world| calls(world, "/start") == 1);
    world.time.jump(-10 * SECOND);
    agent.run_until("the task's return", |world| world.server.borrow().task("t-1").returned == 1);
    assert_eq!(posts(&world), 0);
    let (status, _) = agent.run_to_end("t-1");
    assert_eq!((status.as_str(), posts(&world)), ("completed", 1), "offered again, it is sent");
}

#[test]
fn a_person_who_pauses_while_leave_is_asked_for_is_obeyed() {
    let (world, mut agent) = after(Loss::Slow(3_000));
    assert!(agent.ask(Command::SetPaused { paused: true }).ok);
    agent.run_until("the task's return", |world| world.server.borrow().task("t-1").returned == 1);
    agent.run_for(HOUR);
    assert_eq!(posts(&world), 0);
    agent.ask(Command::SetPaused { paused: false });
    assert_eq!(agent.run_to_end("t-1").0, "completed");
}

#[test]
fn another_member_who_signs_in_while_leave_is_asked_for_sends_nothing() {
    let (world, mut agent) = after(Loss::Slow(5_000));
    world.site.borrow_mut().member += 1;
    agent.tell(Event::SessionChanged);
    agent.run_for(HOUR);
    assert_eq!((posts(&world), said_state(&world).as_str()), (0, "wrong_account"));
}

#[test]
fn a_cancellation_that_comes_before_the_send_is_obeyed() {
    let (world, mut agent) = after(Loss::Slow(16_000));
    world.server.borrow_mut().tasks[0].cancel = true;
    let (status, output) = agent.run_to_end("t-1");
    assert_eq!((status.as_str(), output["code"].as_str()), ("failed", Some("cancelled")));
    assert_eq!(posts(&world), 0);
}

#[test]
fn a_start_that_was_replayed_after_a_long_night_is_looked_for_where_it_was_sent() {
    let (world, mut agent) = world(3, Two);
    world.disk.borrow_mut().sync();
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the POST", |world| posts(world) == 1);
    agent.kill();
    // The power fails: "about to send" never reached the disk, and the computer is started hours later.
    while !record(&world, "t-1").is_some_and(|record| record.contains("\"starting\"")) {
        world.disk.borrow_mut().forget_last();
    }
    world.disk.borrow_mut().restart_browser(0);
    world.time.jump(9 * HOUR);
    agent.reboot();
    assert_eq!((agent.run_to_end("t-1").0.as_str(), posts(&world)), ("completed", 1));
}
