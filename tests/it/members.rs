//! The session a call was made in: an answer from before it changed says nothing of the member who is signed in now.

use crate::support::*;

#[test]
fn an_answer_to_me_from_before_the_session_changed_binds_nobody() {
    let world = FakeWorld::new(3, Two);
    let mut agent = Agent::boot(&world);
    world.site.borrow_mut().next(ME, Mishap::Slow(5_000));
    pair_again(&mut agent);
    agent.run_until("the question", |world| world.site.borrow().count(ME) == 1);
    member_changes(&mut agent, 1);
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    assert_eq!(agent.run_to_end("t-1").0, "completed", "the second answer binds");
    assert_eq!((world.site.borrow().count(ME), said_state(&world).as_str()), (2, "ready"));
    member_changes(&mut agent, -1);
    agent.run_for(MINUTE);
    assert_eq!(said_state(&world), "wrong_account", "who was answered first was not bound");
}

#[test]
fn an_answer_to_me_from_before_the_session_changed_lets_nothing_out() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().next(ME, Mishap::Slow(5_000));
    agent.tell(Event::SessionChanged);
    agent.run_until("the question", |world| world.site.borrow().count(ME) == 2);
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    world.server.borrow_mut().add("t-2", CONNECT, stranger());
    member_changes(&mut agent, 1);
    agent.run_for(HOUR);
    assert_eq!((world.site.borrow().count(LIST), posts(&world), calls(&world, "/start")), (0, 0, 0));
    assert_eq!((world.site.borrow().count(ME), said_state(&world).as_str()), (3, "wrong_account"));
}

#[test]
fn a_page_from_before_the_session_changed_is_thrown_away_and_asked_for_again() {
    let (world, mut agent) = world(230, Two);
    world.site.borrow_mut().script.push_back(("start=99", Mishap::Slow(5_000)));
    world.server.borrow_mut().add("t-1", FETCH, json!({ "count": 200 }));
    // Another member signs in unseen; what the second page brings is of that member's list.
    agent.run_until("the first page", |world| world.site.borrow().count(LIST) == 1);
    agent.run_for(SECOND);
    let mut others = FakeWorld::new(400, Two).site.borrow().people[90..].to_vec();
    // The walk would find its place in it.
    others[99] = world.site.borrow().people[99].clone();
    let own = std::mem::replace(&mut world.site.borrow_mut().people, others);
    agent.run_until("the second page", |world| world.site.borrow().count(LIST) == 2);
    agent.run_for(SECOND);
    member_changes(&mut agent, 1);
    agent.run_for(HOUR);
    assert_eq!((world.site.borrow().count(LIST), said_state(&world).as_str()), (2, "wrong_account"));
    world.site.borrow_mut().people = own;
    member_changes(&mut agent, -1);
    let (_, output) = agent.run_to_end("t-1");
    assert_eq!(ids(&output), network(&world)[..200]);
    let seconds = world.site.borrow().pages().iter().filter(|(start, _)| *start == 99).count();
    assert_eq!(seconds, 2, "asked for again");
}

#[test]
fn a_permission_given_back_has_it_asked_who_is_signed_in_before_any_work() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().permitted = false;
    agent.tell(Event::PermissionsChanged);
    agent.run_for(MINUTE);
    // Without the permission nothing is heard of the cookie.
    world.site.borrow_mut().member += 1;
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    world.server.borrow_mut().add("t-2", CONNECT, stranger());
    world.site.borrow_mut().permitted = true;
    let asked = world.site.borrow().count(ME);
    agent.tell(Event::PermissionsChanged);
    agent.run_for(HOUR);
    assert_eq!((world.site.borrow().count(LIST), posts(&world), calls(&world, "/start")), (0, 0, 0));
    assert_eq!((world.site.borrow().count(ME), said_state(&world).as_str()), (asked + 1, "wrong_account"));
}

#[test]
fn pairing_again_goes_on_with_a_walk_for_the_same_member_alone() {
    for same in [true, false] {
        let (world, mut agent) = world(900, Two);
        world.server.borrow_mut().add("t-1", FETCH, json!({ "count": 500 }));
        agent.run_until("the third page", |world| world.site.borrow().count(LIST) == 3);
        world.site.borrow_mut().member += u64::from(!same);
        pair_again(&mut agent);
        if same {
            let (_, output) = agent.run_to_end("t-1");
            assert_eq!(ids(&output), network(&world)[..500]);
            assert!(world.site.borrow().count(LIST) <= 7, "it goes on where it was");
            continue;
        }
        agent.run_for(HOUR);
        assert_eq!((world.site.borrow().count(LIST), said_state(&world).as_str()), (3, "wrong_account"));
        member_changes(&mut agent, -1);
        assert_eq!(ids(&agent.run_to_end("t-1").1), network(&world)[..500]);
    }
}

#[test]
fn pairing_again_while_leave_is_asked_for_sends_for_the_same_member_alone() {
    for same in [true, false] {
        let (world, mut agent) = world(3, Two);
        world.server.borrow_mut().next("/start", Loss::Slow(5_000));
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the start", |world| calls(world, "/start") == 1);
        world.site.borrow_mut().member += u64::from(!same);
        pair_again(&mut agent);
        if same {
            assert_eq!(agent.run_to_end("t-1").0, "completed");
            assert_eq!(posts(&world), 1);
        } else {
            agent.run_for(HOUR);
            assert_eq!((posts(&world), said_state(&world).as_str()), (0, "wrong_account"));
            assert_eq!(world.server.borrow().task("t-1").returned, 1);
        }
    }
}

#[test]
fn pairing_again_looks_for_an_invitation_for_the_same_member_alone() {
    for same in [true, false] {
        let (world, mut agent) = world(3, Two);
        world.site.borrow_mut().next(INVITE, Mishap::LostAfter);
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the POST", |world| posts(world) == 1);
        agent.run_for(SECOND);
        world.site.borrow_mut().member += u64::from(!same);
        pair_again(&mut agent);
        if !same {
            agent.run_for(HOUR);
            assert_eq!((world.site.borrow().count(SENT), said_state(&world).as_str()), (1, "wrong_account"));
            member_changes(&mut agent, -1);
        }
        assert_eq!(agent.run_to_end("t-1").0, "completed");
        assert_eq!((posts(&world), world.site.borrow().count(SENT)), (1, 2));
    }
}

#[test]
fn a_late_refusal_of_an_old_pairing_does_not_end_the_new_one() {
    let (world, mut agent) = world(3, Two);
    world.server.borrow_mut().next("/complete", Loss::Late { ms: 5_000, status: 401 });
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    agent.run_until("the result", |world| calls(world, "/complete") == 1);
    pair_again(&mut agent);
    assert_eq!(agent.run_to_end("t-1").0, "completed", "it is posted again");
    agent.run_for(MINUTE);
    assert_eq!((agent.status().state, record(&world, "t-1")), ("ready", None));
    // A heartbeat.
    world.site.borrow_mut().insert(0, 3_000);
    world.server.borrow_mut().next("/heartbeat", Loss::Late { ms: 5_000, status: 401 });
    world.server.borrow_mut().add("t-2", FETCH, json!({ "keyword": "nobody" }));
    agent.run_until("the heartbeat", |world| calls(world, "/heartbeat") == 1);
    pair_again(&mut agent);
    assert_eq!(agent.run_to_end("t-2").0, "completed");
    assert_eq!(agent.status().state, "ready");
}

#[test]
fn a_pairing_left_while_leave_to_send_is_asked_for_leaves_no_task_stuck() {
    let (world, mut agent) = world(3, Two);
    world.server.borrow_mut().next("/start", Loss::Slow(6_000));
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the question", |world| calls(world, "/start") == 1);
    assert!(agent.ask(Command::Forget).ok);
    pair_again(&mut agent);
    let (status, output) = agent.run_to_end("t-1");
    assert_eq!(
        (status.as_str(), &output["code"]),
        ("failed", &json!("outcome_unknown")),
        "it was looked for"
    );
    assert_eq!((posts(&world), world.site.borrow().count(SENT)), (0, 4));
}

#[test]
fn a_pairing_left_while_a_result_is_posted_keeps_no_update_waiting() {
    let (world, mut agent) = world(3, Two);
    world.server.borrow_mut().next("/complete", Loss::Slow(6_000));
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    agent.run_until("the post", |world| calls(world, "/complete") == 1);
    assert!(agent.ask(Command::Forget).ok);
    assert!(agent.ask(Command::Drain).ok);
}
