//! Nothing goes round in a loop: what is refused, given back or makes no progress slows the agent down.

use crate::support::*;

/// Ten minutes of a server that answers each call of that kind so: polls, starts, pages.
fn ten_minutes(kind: &'static str, path_end: &'static str, loss: &Loss) -> (usize, usize, usize) {
    let (world, mut agent) = world(3, Two);
    for _ in 0..2_000 {
        world.server.borrow_mut().next(path_end, loss.clone());
    }
    let polls = calls(&world, "/poll");
    let input = if kind == FETCH { json!({}) } else { stranger() };
    world.server.borrow_mut().add("t-1", kind, input);
    agent.run_for(10 * MINUTE);
    assert_eq!(posts(&world), 0);
    (calls(&world, "/poll") - polls, calls(&world, "/start"), world.site.borrow().count(LIST))
}

#[test]
fn a_server_that_asks_every_start_to_wait_is_left_alone_so_long() {
    let busy = Loss::Answer { status: 503, body: "{}".to_owned(), retry_after: Some("600") };
    let (polls, starts, _) = ten_minutes(CONNECT, "/start", &busy);
    assert!(polls <= 3 && starts <= 2, "{polls} polls, {starts} starts");
}

#[test]
fn a_server_that_refuses_every_start_and_offers_again_is_asked_slowly() {
    let (polls, starts, _) = ten_minutes(CONNECT, "/start", &answers(404, "not_found"));
    assert!((1..=8).contains(&starts) && polls <= 10, "{polls} polls, {starts} starts");
}

#[test]
fn a_server_that_refuses_every_result_and_offers_again_has_little_read() {
    let (polls, _, pages) = ten_minutes(FETCH, "/complete", &answers(422, "no"));
    assert!((1..=16).contains(&pages) && polls <= 20, "{polls} polls, {pages} pages");
}

#[test]
fn a_list_that_ignores_where_a_page_begins_is_drift() {
    for input in
        [json!({ "count": 500 }), json!({ "keyword": "nobody" }), json!({ "keyword": "ada", "count": 90 })]
    {
        let (world, mut agent) = world(300, Two);
        world.site.borrow_mut().ignores_start = true;
        let (status, output) = carry_out(&mut agent, "t-1", FETCH, input.clone());
        assert_eq!((status.as_str(), &output["code"]), ("failed", &json!("drift")), "{input}");
        let pages = world.site.borrow().count(LIST);
        assert!(pages <= 15, "{input}: {pages} pages");
    }
}

#[test]
fn a_throttling_that_comes_while_leave_is_asked_for_sends_nothing() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().sent_list_lags = true;
    world.site.borrow_mut().next(INVITE, Mishap::LostAfter);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the POST", |world| posts(world) == 1);
    agent.run_for(118 * SECOND);
    world.server.borrow_mut().next("/start", Loss::Slow(6_000));
    let busy = Mishap::Answer { status: 429, body: String::new(), retry_after: None };
    world.site.borrow_mut().next(SENT, busy);
    world.server.borrow_mut().add("t-2", CONNECT, json!({ "profile_urn": "ACoAAother9" }));
    agent.run_until("the return", |world| world.server.borrow().task("t-2").returned == 1);
    assert_eq!((posts(&world), calls(&world, "/start"), world.site.borrow().count(SENT)), (1, 2, 3));
    assert_eq!(waiting(&world).len(), 0, "it was asked for before the throttling");
    agent.run_for(MINUTE);
    assert_eq!((posts(&world), waiting(&world)[0].1.as_str()), (1, "throttled"));
}

#[test]
fn what_keeps_an_invitation_from_going_gives_it_back() {
    let changes: [(&str, Happening); 4] = [
        ("paused", |agent| drop(agent.ask(Command::SetPaused { paused: true }))),
        ("signed_out", |agent| {
            agent.world.site.borrow_mut().signed_in = false;
            agent.tell(Event::SessionChanged);
        }),
        ("latched", |agent| {
            let checkpoint = Mishap::RedirectedTo("https://www.linkedin.com/checkpoint/challenge/abc");
            agent.world.site.borrow_mut().next(ME, checkpoint);
            agent.tell(Event::SessionChanged);
        }),
        ("ready", |agent| {
            (0..3).for_each(|_| agent.world.site.borrow_mut().next(ME, Mishap::LostBefore));
            agent.tell(Event::SessionChanged);
        }),
    ];
    for (state, change) in changes {
        // Checking or Starting, until the answer comes; by then nothing may go.
        for (level, questions) in [(One, 1), (Two, 1), (Two, 2)] {
            let (world, mut agent) = world(3, level);
            if questions == 1 {
                world.site.borrow_mut().next(SENT, Mishap::Slow(5_000));
            }
            world.server.borrow_mut().next("/start", Loss::TimedOut);
            world.server.borrow_mut().add("t-1", CONNECT, stranger());
            agent.run_until("the question", |world| {
                calls(world, "/start") + world.site.borrow().count(SENT) == questions
            });
            agent.run_for(SECOND);
            change(&mut agent);
            let what = format!("{state}, {level:?}, {questions}");
            agent.run_for(90 * SECOND);
            assert_eq!((posts(&world), world.server.borrow().task("t-1").returned), (0, 1), "{what}");
            assert_eq!(
                (last_completion(&world)["effect"].clone(), said_state(&world).as_str()),
                (json!("none"), state),
                "{what}"
            );
            assert_eq!(calls(&world, "/start") + world.site.borrow().count(SENT), questions, "{what}");
        }
    }
}
