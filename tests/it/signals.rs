//! The person is called only when nothing but a human helps, once for each event, and the call is taken back when it is over.

use crate::support::*;
use liaison::ports::Badge;

fn called(world: &FakeWorld) -> Vec<&'static str> {
    world.shown.borrow().notices.iter().map(|notice| notice.kind).collect()
}

/// What is called for and was not taken back.
fn standing(world: &FakeWorld) -> Vec<String> {
    let shown = world.shown.borrow();
    let mut ids: Vec<String> = shown.notices.iter().map(|notice| notice.id.clone()).collect();
    for over in &shown.withdrawn {
        let at = ids.iter().position(|id| id == over).expect("only what was shown is taken back");
        ids.remove(at);
    }
    ids
}

/// The server answers no poll until its script is cleared.
fn silence(world: &FakeWorld) {
    for _ in 0..500 {
        world.server.borrow_mut().next("/poll", Loss::Before);
    }
}

fn sign_in(agent: &mut Agent, signed_in: bool) {
    agent.world.site.borrow_mut().signed_in = signed_in;
    agent.tell(Event::SessionChanged);
}

#[test]
fn who_is_signed_out_is_called_once_and_no_longer_than_it_lasts() {
    let (world, mut agent) = world(3, Two);
    agent.run_for(MINUTE);
    assert!(called(&world).is_empty(), "nothing is wrong");
    sign_in(&mut agent, false);
    agent.run_for(3 * HOUR);
    assert_eq!(
        (called(&world), standing(&world)),
        (vec!["signed_out"], vec!["linkedin/signed_out".to_owned()])
    );
    // A new worker has to ask first, and calls no second time.
    agent.reboot();
    agent.run_for(HOUR);
    assert_eq!((called(&world).len(), standing(&world).len()), (1, 1));
    sign_in(&mut agent, true);
    agent.run_for(MINUTE);
    assert!(standing(&world).is_empty());
    sign_in(&mut agent, false);
    agent.run_for(MINUTE);
    assert_eq!(called(&world), ["signed_out", "signed_out"], "another event");
}

#[test]
fn a_browser_that_is_started_anew_is_told_what_still_holds() {
    let (world, mut agent) = world(3, Two);
    sign_in(&mut agent, false);
    agent.run_for(MINUTE);
    agent.kill();
    world.disk.borrow_mut().restart_browser(0);
    agent.reboot();
    agent.run_for(MINUTE);
    assert_eq!(called(&world), ["signed_out", "signed_out"]);
}

#[test]
fn a_security_check_and_a_block_call_until_a_person_clears_them() {
    for (mishap, kind, page) in [
        (Mishap::RedirectedTo("https://www.linkedin.com/checkpoint/challenge/x"), "challenge", "linkedin"),
        (Mishap::Answer { status: 999, body: String::new(), retry_after: None }, "blocked", "popup"),
    ] {
        let (world, mut agent) = world(3, Two);
        world.site.borrow_mut().script.push_back((LIST, mishap));
        carry_out(&mut agent, "t-1", FETCH, json!({}));
        agent.run_for(2 * HOUR);
        agent.reboot();
        agent.run_for(MINUTE);
        assert_eq!(called(&world), [kind]);
        assert_eq!(standing(&world), [format!("{page}/{kind}")]);
        assert!(clear_stop(&mut agent).ok);
        assert!(standing(&world).is_empty(), "{kind}");
    }
}

#[test]
fn a_server_is_gone_after_a_quarter_of_an_hour_whatever_workers_end_meanwhile() {
    let (world, mut agent) = world(3, Two);
    agent.run_for(MINUTE);
    silence(&world);
    agent.run_for(10 * MINUTE);
    agent.reboot();
    agent.run_for(4 * MINUTE);
    assert!(called(&world).is_empty(), "it may just be starting");
    assert_ne!(world.shown.borrow().badges.last().unwrap().0, Badge::Attention);
    agent.run_for(2 * MINUTE);
    assert_eq!(standing(&world), ["options/server_gone"]);
    assert_eq!(world.shown.borrow().badges.last().unwrap().0, Badge::Attention);
    agent.run_for(HOUR);
    assert_eq!(called(&world).len(), 1);
    world.server.borrow_mut().script.clear();
    agent.run_for(5 * MINUTE);
    assert!(standing(&world).is_empty());
    assert_eq!(world.shown.borrow().badges.last().unwrap().0, Badge::Idle);
}

/// No poll gets another answer than this one.
fn only(world: &FakeWorld, answer: fn() -> Loss) {
    for _ in 0..500 {
        world.server.borrow_mut().next("/poll", answer());
    }
}

#[test]
fn a_server_that_answers_is_not_silent_whatever_it_says() {
    let answers: [fn() -> Loss; 4] = [
        || answers(404, "not_found"),
        || answers(500, "internal"),
        || Loss::Answer { status: 503, body: "{}".to_owned(), retry_after: Some("3600") },
        html,
    ];
    for answer in answers {
        let (world, mut agent) = world(3, Two);
        only(&world, answer);
        agent.run_for(3 * HOUR);
        assert!(called(&world).is_empty());
        assert!(agent.status().contact.error.is_some());
    }
}

#[test]
fn a_server_that_answers_again_in_whatever_words_is_gone_no_more() {
    let (world, mut agent) = world(3, Two);
    silence(&world);
    agent.run_for(20 * MINUTE);
    assert_eq!(standing(&world), ["options/server_gone"]);
    world.server.borrow_mut().script.clear();
    only(&world, || answers(500, "internal"));
    agent.run_for(2 * MINUTE);
    assert!(standing(&world).is_empty());
}

#[test]
fn without_the_permission_for_it_nothing_is_said_of_the_server() {
    let (world, mut agent) = world(3, Two);
    silence(&world);
    world.shown.borrow_mut().denied.push("https://tasks.example/*".to_owned());
    agent.run_for(3 * HOUR);
    assert!(called(&world).is_empty());
    assert_eq!(agent.status().attention.unwrap().code, "no_permission");
}

#[test]
fn while_the_computer_sleeps_no_server_is_silent() {
    for restarts in [false, true] {
        let (world, mut agent) = world(3, Two);
        silence(&world);
        agent.run_for(5 * MINUTE);
        set_clock(&mut agent, 8 * HOUR, restarts);
        // The network takes its time to come back, too.
        agent.run_for(10 * MINUTE);
        assert!(called(&world).is_empty(), "{restarts}: nobody was asked for eight hours");
        world.server.borrow_mut().script.clear();
        agent.run_for(5 * MINUTE);
        assert!(called(&world).is_empty(), "{restarts}");
    }
}

#[test]
fn a_sleep_takes_no_call_back_that_still_holds() {
    for restarts in [false, true] {
        let (world, mut agent) = world(3, Two);
        silence(&world);
        agent.run_for(20 * MINUTE);
        set_clock(&mut agent, 8 * HOUR, restarts);
        agent.run_for(20 * MINUTE);
        assert_eq!((called(&world).len(), standing(&world).len()), (1, 1), "{restarts}");
        set_clock(&mut agent, -24 * HOUR, restarts);
        agent.run_for(20 * MINUTE);
        assert_eq!((called(&world).len(), standing(&world).len()), (1, 1), "{restarts}");
    }
}

#[test]
fn each_invitation_that_waits_calls_for_its_answer_and_for_no_other() {
    let (world, mut agent) = world(3, Two);
    set(&mut agent, json!({ "ask_before_invite": true }));
    for task in ["t-1", "t-2"] {
        world.server.borrow_mut().add(task, CONNECT, stranger());
    }
    agent.run_until("the first to be asked about", |world| asked_at(world, "t-1") > 0);
    agent.run_for(HOUR);
    assert_eq!(called(&world), ["approval"]);
    assert_eq!(standing(&world), [format!("popup/approval/{}", asked_at(&world, "t-1"))]);
    assert!(decide(&mut agent, "t-1", false).ok);
    agent.run_until("the second to be asked about", |world| asked_at(world, "t-2") > 0);
    agent.run_for(MINUTE);
    assert_eq!(standing(&world), [format!("popup/approval/{}", asked_at(&world, "t-2"))]);
    assert!(decide(&mut agent, "t-2", true).ok);
    assert!(standing(&world).is_empty());
}

#[test]
fn in_a_pause_nobody_is_called_and_what_still_holds_after_it_calls() {
    let (world, mut agent) = world(3, Two);
    assert!(agent.ask(Command::SetPaused { paused: true }).ok);
    silence(&world);
    agent.run_for(HOUR);
    assert!(called(&world).is_empty());
    assert!(agent.ask(Command::SetPaused { paused: false }).ok);
    assert_eq!(called(&world), ["server_gone"]);
}

#[test]
fn nothing_calls_for_a_browser_that_works_for_nobody() {
    let (world, mut agent) = world(3, Two);
    sign_in(&mut agent, false);
    agent.run_for(MINUTE);
    assert!(agent.ask(Command::Forget).ok);
    assert!(standing(&world).is_empty());
    agent.run_for(HOUR);
    assert_eq!(called(&world).len(), 1);
}
