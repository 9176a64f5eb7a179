//! What is told of the server: that it serves, fails, asks to wait or is silent, and what a person's own test changes.

use crate::support::*;
use liaison::agent::status::{Answer, ContactStatus};

fn busy(status: u16, retry_after: &'static str) -> Loss {
    Loss::Answer { status, body: "{}".to_owned(), retry_after: Some(retry_after) }
}

fn next_polls(world: &FakeWorld, count: usize, loss: &Loss) {
    for _ in 0..count {
        world.server.borrow_mut().next("/poll", loss.clone());
    }
}

fn contact(agent: &mut Agent) -> ContactStatus {
    agent.status().contact
}

#[test]
fn a_server_that_answers_badly_is_not_said_to_be_silent() {
    let losses = [
        (answers(500, ""), "server_error"),
        (answers(429, ""), "server_error"),
        (answers(404, ""), "unexpected_answer"),
        (html(), "not_a_task_server"),
        (answers(302, ""), "redirected"),
        (answers(307, ""), "redirected"),
    ];
    for (loss, said) in losses {
        let (world, mut agent) = world(3, Two);
        agent.run_for(HOUR);
        next_polls(&world, 100, &loss);
        agent.run_for(10 * MINUTE);
        let failing = contact(&mut agent);
        assert_eq!((failing.state, failing.error.unwrap().said), ("failing", said));
        let since = failing.failing_ms.unwrap();
        assert!((9 * MINUTE..=10 * MINUTE).contains(&since), "{said}: {since}");
        assert!(failing.last_ms_ago.unwrap() <= MINUTE, "{said}: it was heard just now");
        assert!(
            world.shown.borrow().notices.is_empty(),
            "{said}: nobody is called for a server that answers"
        );

        world.server.borrow_mut().script.clear();
        next_polls(&world, 1, &Loss::Before);
        agent.run_until("silence", |world| world.server.borrow().script.is_empty());
        agent.settle();
        agent.run_for(LITTLE);
        let silent = contact(&mut agent);
        assert_eq!((silent.state, silent.failing_ms), ("unreachable", None), "{said}");
        agent.run_for(2 * MINUTE);
        let served = contact(&mut agent);
        assert_eq!((served.state, served.failing_ms, served.error), ("connected", None, None), "{said}");
    }
}

/// Until an answer that has left is there.
const LITTLE: i64 = 100;

#[test]
fn a_server_that_asks_to_wait_is_said_to_and_for_how_long_by_the_next_worker_too() {
    for status in [429, 503] {
        let (world, mut agent) = world(3, Two);
        next_polls(&world, 1, &busy(status, "900"));
        agent.run_for(MINUTE);
        let told = contact(&mut agent);
        assert_eq!((told.state, told.error.unwrap().said), ("waiting", "server_error"));
        assert!((14 * MINUTE..=15 * MINUTE).contains(&told.wait_ms.unwrap()));
        agent.reboot();
        agent.run_for(4 * MINUTE);
        let told = contact(&mut agent);
        assert_eq!((told.state, told.error), ("waiting", None));
        assert!((10 * MINUTE..=11 * MINUTE).contains(&told.wait_ms.unwrap()));
        agent.run_for(12 * MINUTE);
        let told = contact(&mut agent);
        assert_eq!((told.state, told.wait_ms), ("connected", None));
    }
}

#[test]
fn an_answer_that_asked_to_wait_is_no_news_when_the_wait_is_over() {
    let (world, mut agent) = world(3, Two);
    next_polls(&world, 1, &busy(503, "60"));
    let polls = calls(&world, "/poll");
    agent.run_until("the refusal", |world| calls(world, "/poll") > polls);
    agent.run_for(30 * SECOND);
    assert_eq!(contact(&mut agent).state, "waiting");
    agent.run_until("the next poll", |world| calls(world, "/poll") > polls + 1);
    let parked = contact(&mut agent);
    assert_eq!(
        (parked.state, parked.wait_ms, parked.error, parked.failing_ms),
        ("connected", None, None, None)
    );
    // What that poll comes back with is.
    next_polls(&world, 1, &answers(500, ""));
    agent.run_until("the failure", |world| world.server.borrow().script.is_empty());
    agent.run_for(LITTLE);
    assert_eq!(contact(&mut agent).state, "failing");
}

#[test]
fn what_fails_while_the_server_has_asked_to_wait_outlasts_the_wait() {
    let (world, mut agent) = world(3, Two);
    world.server.borrow_mut().next("/complete", busy(503, "20"));
    for _ in 0..100 {
        world.server.borrow_mut().next("/complete", Loss::Before);
    }
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    agent.run_until("the result", |world| calls(world, "/complete") == 1);
    next_polls(&world, 1, &busy(503, "40"));
    agent.run_until("the result again", |world| calls(world, "/complete") == 2);
    agent.run_for(LITTLE);
    assert_eq!(contact(&mut agent).state, "waiting");
    let polls = calls(&world, "/poll");
    agent.run_until("the next poll", |world| calls(world, "/poll") > polls);
    assert_eq!(contact(&mut agent).state, "unreachable");
}

#[test]
fn no_wait_is_said_to_be_longer_than_it_is() {
    let (world, mut agent) = world(3, Two);
    next_polls(&world, 1, &busy(429, "99999999999999999999"));
    agent.run_for(MINUTE);
    let hour = contact(&mut agent).wait_ms.unwrap();
    assert!((59 * MINUTE..=HOUR).contains(&hour), "{hour}");
    set_clock(&mut agent, -DAY, false);
    assert!(contact(&mut agent).wait_ms.unwrap() <= HOUR);
    agent.ask(Command::Forget);
    assert_eq!(contact(&mut agent).wait_ms, None, "there is no server to wait for");
}

#[test]
fn what_the_agent_waits_for_by_itself_is_not_said_to_be_asked_for() {
    let (world, mut agent) = world(3, Two);
    world.server.borrow_mut().next("/complete", answers(410, "task_closed"));
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    agent.run_until("the result", |world| calls(world, "/complete") == 1);
    agent.run_for(LITTLE);
    assert_eq!((contact(&mut agent).state, contact(&mut agent).wait_ms), ("connected", None));
    // And no test ends it.
    let polls = calls(&world, "/poll");
    assert!(agent.ask(Command::TestConnection).ok);
    agent.run_for(SECOND);
    assert_eq!(calls(&world, "/poll"), polls + 1, "the test's alone");
}

#[test]
fn a_test_that_is_passed_and_the_end_of_a_pause_end_the_wait() {
    let acts: [fn(&mut Agent); 2] = [
        |agent| assert!(agent.ask(Command::TestConnection).ok),
        |agent| {
            agent.ask(Command::SetPaused { paused: true });
            agent.run_for(MINUTE);
            assert!(contact(agent).wait_ms.is_some(), "a pause alone changes nothing");
            agent.ask(Command::SetPaused { paused: false });
        },
    ];
    for act in acts {
        for restarts in [false, true] {
            let (world, mut agent) = world(3, Two);
            next_polls(&world, 1, &busy(503, "3600"));
            agent.run_for(MINUTE);
            if restarts {
                agent.reboot();
                agent.run_for(SECOND);
            }
            let polls = calls(&world, "/poll");
            act(&mut agent);
            agent.run_for(SECOND);
            assert!(calls(&world, "/poll") > polls, "at once");
            assert_eq!(contact(&mut agent).error, None, "it is asked, and has not answered yet");
            // A server may hold a poll for so long.
            agent.run_for(30 * SECOND);
            assert_eq!((contact(&mut agent).state, contact(&mut agent).wait_ms), ("connected", None));
            assert_eq!(fetch(&mut agent, "t-1", json!({})).len(), 3);
        }
    }
}

#[test]
fn a_result_that_is_to_wait_is_posted_after_a_test_that_is_passed() {
    let (world, mut agent) = world(3, Two);
    world.server.borrow_mut().next("/complete", busy(503, "3600"));
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    agent.run_until("the result", |world| calls(world, "/complete") == 1);
    agent.run_for(MINUTE);
    assert_eq!(calls(&world, "/complete"), 1);
    assert!(agent.ask(Command::TestConnection).ok);
    agent.run_for(SECOND);
    assert_eq!((calls(&world, "/complete"), agent.status().recent[0].acknowledged), (2, true));
}

#[test]
fn a_test_that_is_not_passed_ends_no_wait() {
    let (world, mut agent) = world(3, Two);
    next_polls(&world, 2, &busy(503, "3600"));
    agent.run_for(MINUTE);
    assert!(!agent.ask(Command::TestConnection).ok);
    let polls = calls(&world, "/poll");
    agent.run_for(50 * MINUTE);
    assert_eq!((calls(&world, "/poll"), contact(&mut agent).state), (polls, "waiting"));
}

#[test]
fn a_server_that_takes_the_token_again_is_worked_for_again_after_a_test() {
    for (status, code, state) in
        [(401, "unauthorised", "unauthorised"), (403, "", "unauthorised"), (409, "superseded", "superseded")]
    {
        let (world, mut agent) = world(3, Two);
        // The same to the poll, and to a first test.
        next_polls(&world, 2, &answers(status, code));
        agent.run_for(MINUTE);
        assert_eq!(agent.status().state, state);
        assert!(!agent.ask(Command::TestConnection).ok);
        agent.run_for(HOUR);
        assert_eq!(agent.status().state, state, "a test that meets the same changes nothing");
        // That LinkedIn knows nobody is no fault of the server's.
        world.site.borrow_mut().signed_in = false;
        assert!(!agent.ask(Command::TestConnection).ok);
        world.site.borrow_mut().signed_in = true;
        agent.tell(Event::SessionChanged);
        agent.run_for(SECOND);
        assert_eq!((agent.status().state, contact(&mut agent).state), ("ready", "connected"));
        agent.reboot();
        assert_eq!(fetch(&mut agent, "t-1", json!({})).len(), 3, "{status}");
    }
}

#[test]
fn a_test_of_another_pairing_clears_nothing() {
    let (world, mut agent) = world(3, Two);
    next_polls(&world, 1, &answers(401, ""));
    agent.run_for(MINUTE);
    let served = Some("another".to_owned());
    agent.tell(Event::Probed { id: 4_711, answer: Answer::done(), served });
    agent.run_for(MINUTE);
    assert_eq!(agent.status().state, "unauthorised");
}

#[test]
fn a_redirect_fails_the_test_and_a_pairing_by_its_name() {
    let (world, mut agent) = world(3, Two);
    agent.run_for(SECOND);
    world.server.borrow_mut().next("/poll", answers(301, ""));
    assert_eq!(agent.ask(Command::TestConnection).error.unwrap().said, "redirected");
    world.server.borrow_mut().next("/pair", answers(308, ""));
    let code = Some("CODE".to_owned());
    let pair = Command::Pair { server: SERVER.to_owned(), code, token: None, name: String::new() };
    assert_eq!(agent.ask(pair).error.unwrap().said, "redirected");
}
