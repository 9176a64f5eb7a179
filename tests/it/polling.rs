//! Polls: what they say, when they are sent, how their answers are sorted, and what the server has done with held tasks.

use crate::support::*;
use liaison::ports::Badge;

#[test]
fn a_parked_poll_is_held_and_followed_by_the_next() {
    let (world, mut agent) = world(3, Two);
    agent.run_for(MINUTE);
    let polls = calls(&world, "/poll");
    agent.run_for(10 * MINUTE);
    let polls = calls(&world, "/poll") - polls;
    assert!((23..=25).contains(&polls), "{polls} polls of 25 s in ten minutes");
    let poll = world.server.borrow().last_poll();
    assert_eq!(
        (&poll["wait_ms"], &poll["version"], &poll["held"]),
        (&json!(25_000), &json!("0.0.1-test"), &json!([]))
    );
    assert_eq!(poll["instance"].as_str().unwrap().len(), 32);
}

#[test]
fn a_parked_poll_is_broken_off_when_what_it_says_changes() {
    let (world, mut agent) = world(3, Two);
    agent.run_for(SECOND);
    let polls = calls(&world, "/poll");
    agent.ask(Command::SetPaused { paused: true });
    agent.run_for(SECOND);
    assert_eq!((calls(&world, "/poll") - polls, said_state(&world).as_str()), (1, "paused"));
    assert_eq!(accepts(&world).len(), 0);
    agent.ask(Command::SetPaused { paused: false });
    agent.run_for(SECOND);
    assert_eq!((calls(&world, "/poll") - polls, accepts(&world).len()), (2, 2));
}

#[test]
fn an_invitation_is_taken_again_the_moment_the_gap_is_over() {
    let (world, mut agent) = world(3, Two);
    assert_eq!(invite(&mut agent, "t-1", stranger()).0, "completed");
    agent.run_for(SECOND);
    assert_eq!(accepts(&world), [FETCH]);
    let (kind, reason, ms) = waiting(&world).remove(0);
    assert_eq!((kind.as_str(), reason.as_str()), (CONNECT, "pacing"));
    let ms = ms.unwrap();
    assert!((5_000..=15_000).contains(&ms), "{ms}");
    agent.run_for(ms);
    assert_eq!(accepts(&world).len(), 2);
}

#[test]
fn caps_wait_and_do_not_fail() {
    let (world, mut agent) = world(3, Two);
    for n in 0..22 {
        world.server.borrow_mut().add(
            &format!("t-{n}"),
            CONNECT,
            json!({ "profile_urn": format!("ACoCap{n:04}") }),
        );
    }
    agent.run_for(HOUR);
    assert_eq!((posts(&world), waiting(&world)[0].1.as_str()), (20, "daily_limit"));
    assert_eq!(accepts(&world), [FETCH]);
    agent.run_for(DAY);
    assert_eq!(posts(&world), 22);
}

#[test]
fn polls_that_fail_back_off_and_come_back() {
    let losses = [
        Loss::Before,
        Loss::After,
        Loss::TimedOut,
        html(),
        answers(500, ""),
        answers(404, ""),
        answers(418, ""),
        Loss::Body("{\"task\":{\"task\":5}}".to_owned()),
        Loss::Body("[]".to_owned()),
        Loss::Body(String::new()),
    ];
    for loss in losses {
        let what = format!("{loss:?}");
        let (world, mut agent) = world(3, Two);
        for _ in 0..8 {
            world.server.borrow_mut().next("/poll", loss.clone());
        }
        let polls = calls(&world, "/poll");
        agent.run_for(5 * SECOND);
        let early = calls(&world, "/poll") - polls;
        assert!(early <= 20, "{what}: {early} polls in five seconds");
        agent.run_for(20 * MINUTE);
        assert_eq!(agent.status().contact.state, "connected", "{what}");
        assert_eq!(fetch(&mut agent, "t-1", json!({})).len(), 3, "{what}");
    }
}

#[test]
fn a_server_that_cannot_be_reached_is_said_so() {
    let (world, mut agent) = world(3, Two);
    for _ in 0..50 {
        world.server.borrow_mut().next("/poll", Loss::Before);
    }
    agent.run_for(MINUTE);
    let contact = agent.status().contact;
    assert_eq!((contact.state, contact.error.unwrap().code), ("unreachable", "unreachable"));
}

#[test]
fn a_server_that_asks_to_wait_is_not_polled_meanwhile() {
    let (world, mut agent) = world(3, Two);
    let busy = Loss::Answer { status: 503, body: "{}".to_owned(), retry_after: Some("900") };
    world.server.borrow_mut().next("/poll", busy);
    agent.run_for(MINUTE);
    let polls = calls(&world, "/poll");
    agent.run_for(13 * MINUTE);
    assert_eq!(calls(&world, "/poll"), polls);
    agent.run_for(3 * MINUTE);
    assert!(calls(&world, "/poll") > polls);
}

#[test]
fn a_pairing_that_the_server_ends_stops_the_agent_and_asks_the_person() {
    for (status, code, state) in
        [(401, "unauthorised", "unauthorised"), (403, "", "unauthorised"), (409, "superseded", "superseded")]
    {
        let (world, mut agent) = world(3, Two);
        world.server.borrow_mut().next("/poll", answers(status, code));
        agent.run_for(MINUTE);
        let polls = calls(&world, "/poll");
        agent.run_for(DAY);
        agent.reboot();
        agent.run_for(DAY);
        assert_eq!(calls(&world, "/poll"), polls, "{status}");
        let shown = agent.status();
        assert_eq!((shown.state, shown.attention.unwrap().code), (state, state));
        assert_eq!(world.shown.borrow().badges.last().unwrap().0, Badge::Attention);
    }
}

#[test]
fn a_heartbeat_comes_every_fifteen_seconds_and_says_how_far_it_is() {
    let (world, mut agent) = world(2_000, Two);
    fetch(&mut agent, "t-1", json!({ "keyword": "nobody", "count": 500 }));
    let server = world.server.borrow();
    let beats = server.bodies("/heartbeat");
    assert!((2..=4).contains(&beats.len()), "{} beats in 42 s", beats.len());
    assert!(beats[1]["progress"]["done"].as_u64() > beats[0]["progress"]["done"].as_u64());
    assert_eq!(
        server.bodies("/poll").iter().filter(|poll| poll["held"] != json!([])).count(),
        0,
        "no poll meanwhile"
    );
}

#[test]
fn a_heartbeat_that_is_refused_drops_a_read() {
    for (status, code) in [(404, ""), (409, "lease_lost"), (410, "task_closed")] {
        let (world, mut agent) = world(5_000, Two);
        world.server.borrow_mut().next("/heartbeat", answers(status, code));
        world.server.borrow_mut().add("t-1", FETCH, json!({ "keyword": "nobody" }));
        agent.run_until("the heartbeat", |world| calls(world, "/heartbeat") == 1);
        world.server.borrow_mut().tasks.clear();
        agent.run_for(MINUTE);
        let pages = world.site.borrow().count(LIST);
        assert!(pages < 15, "{status}: {pages} pages");
        assert_eq!((record(&world, "t-1"), calls(&world, "/complete")), (None, 0), "{status}");
    }
}

#[test]
fn a_heartbeat_that_is_lost_is_ignored() {
    for loss in [Loss::Before, answers(500, ""), html(), answers(429, "")] {
        let (world, mut agent) = world(1_500, Two);
        world.server.borrow_mut().next("/heartbeat", loss);
        fetch(&mut agent, "t-1", json!({ "keyword": "nobody" }));
        assert!(calls(&world, "/heartbeat") >= 2);
    }
}

#[test]
fn a_cancellation_stops_a_read_after_its_page() {
    let (world, mut agent) = world(5_000, Two);
    world.server.borrow_mut().add("t-1", FETCH, json!({ "keyword": "nobody" }));
    agent.run_until("the third page", |world| world.site.borrow().count(LIST) == 3);
    world.server.borrow_mut().tasks[0].cancel = true;
    let (status, output) = agent.run_to_end("t-1");
    assert_eq!((status.as_str(), output["code"].as_str()), ("failed", Some("cancelled")));
    assert!(world.site.borrow().count(LIST) < 15);
}

#[test]
fn directives_to_a_search_and_a_result() {
    // (what the server says, of which epoch, whether the search goes on)
    for (word, epoch, goes_on) in [
        ("continue", 1, true),
        ("cancel", 1, true),
        ("frobnicate", 1, true),
        ("abandon", 2, true),
        ("abandon", 1, false),
    ] {
        let (world, mut agent) = world(3, Two);
        world.site.borrow_mut().next(INVITE, Mishap::LostAfter);
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the POST", |world| posts(world) == 1);
        agent.run_for(SECOND);
        let directive = json!({ "task": "t-1", "epoch": epoch, "do": word });
        world.server.borrow_mut().raw_directives.push(directive);
        world.server.borrow_mut().wake();
        agent.run_for(MINUTE);
        let ended = world.server.borrow().ended("t-1").map(|(status, _)| status);
        assert_eq!(ended.as_deref(), goes_on.then_some("completed"), "{word} of {epoch}");
        assert_eq!(record(&world, "t-1"), None);
        // What may have been sent is remembered, whoever abandons it.
        let before = calls(&world, "/complete");
        world
            .server
            .borrow_mut()
            .offer_raw(json!({ "task": "t-1", "task_type": CONNECT, "task_input": stranger() }));
        agent.run_until("the old outcome", |world| calls(world, "/complete") > before);
        assert_eq!(posts(&world), 1);
        let code = last_completion(&world)["task_output"]["code"].clone();
        assert_eq!(code, if goes_on { Value::Null } else { json!("outcome_unknown") });
    }
}

#[test]
fn a_worker_that_comes_back_with_a_result_is_told_to_send_it() {
    let (world, mut agent) = world(3, Two);
    for _ in 0..2 {
        world.server.borrow_mut().next("/complete", Loss::Before);
    }
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    agent.run_until("a poll that names it", |world| {
        world.server.borrow().last_poll()["held"]
            == json!([{ "task": "t-1", "epoch": 1, "phase": "finished" }])
    });
    assert_eq!(agent.run_to_end("t-1").0, "completed");
}

#[test]
fn a_closed_task_is_abandoned() {
    let (world, mut agent) = world(3, Two);
    for _ in 0..2 {
        world.server.borrow_mut().next("/complete", Loss::Before);
    }
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    agent.run_until("the first try", |world| calls(world, "/complete") == 1);
    world.server.borrow_mut().tasks[0].stand = Stand::Ended("failed".into(), Value::Null);
    agent.run_for(MINUTE);
    assert_eq!(record(&world, "t-1"), None);
}
