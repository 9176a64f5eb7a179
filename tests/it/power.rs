//! A power cut after "about to send" was written, and before that was on the disk: the journal says that the start was
//! being asked for, and the invitation is out. Whatever hinders the agent then, it must not say that nothing was sent.
//!
//! The orders of events are those that the model (`tests/model`) found.

use crate::support::*;

/// A world in which LinkedIn has the invitation and the journal has `stage`, of an earlier session. The worker is down.
fn cut_after_the_post(level: crate::fakes::server::Level, stage: &str) -> (FakeWorld, Agent) {
    let (world, mut agent) = world(3, level);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the POST", |world| posts(world) == 1);
    agent.kill();
    while !record(&world, "t-1").expect("an entry").contains(stage) {
        world.disk.borrow_mut().forget_last();
    }
    world.disk.borrow_mut().restart_browser(0);
    (world, agent)
}

#[test]
fn without_an_answer_to_its_start_it_asks_on_and_gives_nothing_back() {
    let silences = [Loss::Before, answers(500, ""), html(), Loss::TimedOut];
    let busy = Loss::Answer { status: 503, body: "{}".to_owned(), retry_after: Some("30") };
    for silence in silences.into_iter().chain([busy]) {
        let what = format!("{silence:?}");
        let (world, mut agent) = cut_after_the_post(Two, "starting");
        for _ in 0..6 {
            world.server.borrow_mut().next("/start", silence.clone());
        }
        agent.reboot();
        let (status, _) = agent.run_to_end("t-1");
        assert_eq!((status.as_str(), posts(&world)), ("completed", 1), "{what}");
        assert_eq!(world.server.borrow().task("t-1").returned, 0, "{what}: it may have been sent");
        assert_eq!(calls(&world, "/start"), 8, "{what}: the first, six in vain, and the last");
    }
}

#[test]
fn paused_or_signed_out_it_asks_the_server_and_gives_nothing_back() {
    let hindrances: [fn(&FakeWorld); 2] = [
        |world| world.disk.borrow_mut().put("settings", "{\"paused\":true}"),
        |world| world.site.borrow_mut().signed_in = false,
    ];
    for hinder in hindrances {
        let (world, mut agent) = cut_after_the_post(Two, "starting");
        hinder(&world);
        agent.reboot();
        agent.run_for(HOUR);
        assert_eq!(world.server.borrow().task("t-1").returned, 0);
        assert!(record(&world, "t-1").unwrap().contains("verifying"), "it waits to be looked for");
        world.site.borrow_mut().signed_in = true;
        agent.tell(Event::SessionChanged);
        agent.ask(Command::SetPaused { paused: false });
        let (status, _) = agent.run_to_end("t-1");
        assert_eq!((status.as_str(), posts(&world)), ("completed", 1));
    }
}

#[test]
fn cancelled_after_the_effect_the_truth_wins() {
    let (world, mut agent) = cut_after_the_post(Two, "starting");
    world.server.borrow_mut().tasks[0].cancel = true;
    world.server.borrow_mut().next("/start", Loss::Slow(16_000));
    agent.reboot();
    let (status, _) = agent.run_to_end("t-1");
    assert_eq!((status.as_str(), posts(&world)), ("completed", 1));
    assert!(calls(&world, "/heartbeat") >= 1, "it was told");
}

#[test]
fn what_was_not_started_before_the_cut_is_returned_and_sent_once_under_another_token() {
    let (world, mut agent) = world(3, Two);
    world.server.borrow_mut().next("/start", Loss::Before);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the start", |world| calls(world, "/start") == 1);
    agent.kill();
    world.disk.borrow_mut().restart_browser(0);
    agent.reboot();
    agent.run_until("the task's return", |world| world.server.borrow().task("t-1").returned == 1);
    assert_eq!(posts(&world), 0, "what that session said last may still be on its way");
    let (status, _) = agent.run_to_end("t-1");
    assert_eq!((status.as_str(), posts(&world)), ("completed", 1));
}

/// At level one LinkedIn has an invitation with a note that its person approved, and the journal still waits for their
/// word. The browser is down.
fn cut_back_to_the_question() -> (FakeWorld, Agent) {
    let (world, mut agent) = world(3, One);
    set(&mut agent, json!({ "ask_before_invite": true }));
    world.server.borrow_mut().add("t-1", CONNECT, json!({ "profile_urn": STRANGER, "note": "Hello there" }));
    agent.run_until("the question", |world| record(world, "t-1").is_some());
    agent.run_for(SECOND);
    world.disk.borrow_mut().sync();
    assert!(decide(&mut agent, "t-1", true).ok);
    agent.run_until("the POST", |world| posts(world) == 1);
    cut_power(&mut agent);
    assert!(record(&world, "t-1").unwrap().contains("\"approved\":false"));
    (world, agent)
}

/// What keeps the list from being read after a power cut, and what takes that away again.
type Hindrance = (&'static str, fn(&FakeWorld), Happening);

const NO_LIST: [Hindrance; 9] = [
    ("no network", |world| world.site.borrow_mut().next(SENT, Mishap::LostBefore), |_| {}),
    (
        "no network for long",
        |world| (0..5).for_each(|_| world.site.borrow_mut().next(SENT, Mishap::LostBefore)),
        |_| {},
    ),
    ("throttled", |world| world.site.borrow_mut().next(SENT, Mishap::Code(503, "")), |_| {}),
    ("drifted", |world| world.site.borrow_mut().next(SENT, drifted()), |_| {}),
    ("refused", |world| world.site.borrow_mut().next(SENT, Mishap::Code(403, "NO")), |_| {}),
    (
        "signed out",
        |world| world.site.borrow_mut().signed_in = false,
        |agent| {
            agent.world.site.borrow_mut().signed_in = true;
            agent.tell(Event::SessionChanged);
        },
    ),
    (
        "paused",
        |world| settings(world, "\"paused\":false", "\"paused\":true"),
        |agent| drop(agent.ask(Command::SetPaused { paused: false })),
    ),
    (
        "after hours",
        |world| {
            settings(world, "\"hours\":null", "\"hours\":{\"days\":[3],\"from\":\"03:00\",\"to\":\"03:01\"}")
        },
        |agent| set(agent, json!({ "hours": null })),
    ),
    (
        "at a cap",
        |world| settings(world, "\"invites_per_day\":20", "\"invites_per_day\":0"),
        |agent| set(agent, json!({ "invites_per_day": 20 })),
    ),
];

fn drifted() -> Mishap {
    Mishap::Answer { status: 200, body: "{\"data\":{\"other\":1}}".to_owned(), retry_after: None }
}

fn settings(world: &FakeWorld, from: &str, to: &str) {
    let old = world.disk.borrow().local("settings").unwrap().to_owned();
    let new = old.replace(from, to);
    assert_ne!(old, new);
    world.disk.borrow_mut().forge("settings", &new);
}

#[test]
fn without_a_list_to_read_what_may_have_been_sent_is_not_given_back() {
    for (what, hinder, allow) in NO_LIST {
        let (world, mut agent) = cut_back_to_the_question();
        hinder(&world);
        agent.reboot();
        agent.run_for(10 * MINUTE);
        assert_eq!(world.server.borrow().task("t-1").returned, 0, "{what}");
        allow(&mut agent);
        let (status, output) = agent.run_to_end("t-1");
        assert_eq!((status.as_str(), posts(&world)), ("completed", 1), "{what}: {output}");
        assert_eq!(world.server.borrow().task("t-1").returned, 0, "{what}");
    }
}

#[test]
fn without_a_list_for_a_day_what_may_have_been_sent_ends_unknown() {
    for lasting in ["signed out", "paused"] {
        let (what, hinder, _) = NO_LIST.into_iter().find(|(what, ..)| *what == lasting).unwrap();
        let (world, mut agent) = cut_back_to_the_question();
        hinder(&world);
        agent.reboot();
        let (status, output) = agent.run_to_end("t-1");
        assert_eq!((status.as_str(), &output["code"]), ("failed", &json!("outcome_unknown")), "{what}");
        assert_eq!((last_completion(&world)["effect"].as_str(), posts(&world)), (Some("maybe"), 1), "{what}");
    }
}

#[test]
fn what_was_approved_and_may_have_been_sent_is_not_said_to_have_failed_with_the_list() {
    for mishap in [drifted(), Mishap::Code(403, "NO")] {
        let what = format!("{mishap:?}");
        let (world, mut agent) = world(3, One);
        set(&mut agent, json!({ "ask_before_invite": true }));
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the question", |world| record(world, "t-1").is_some());
        agent.run_for(SECOND);
        set(&mut agent, json!({ "invites_per_day": 0 }));
        assert!(decide(&mut agent, "t-1", true).ok);
        world.disk.borrow_mut().sync();
        set(&mut agent, json!({ "invites_per_day": 20 }));
        agent.run_until("the POST", |world| posts(world) == 1);
        cut_power(&mut agent);
        assert!(record(&world, "t-1").unwrap().contains("\"approved\":true"));
        world.site.borrow_mut().next(SENT, mishap);
        agent.reboot();
        set(&mut agent, json!({ "invites_per_day": 20 }));
        let (status, output) = agent.run_to_end("t-1");
        assert_eq!((status.as_str(), posts(&world)), ("completed", 1), "{what}: {output}");
        assert_eq!(world.server.borrow().task("t-1").returned, 0, "{what}");
    }
}

#[test]
fn what_was_sent_and_acknowledged_is_not_told_as_cancelled_when_the_journal_has_lost_it() {
    for note in [None, Some("Hello there")] {
        let (world, mut agent) = world(3, Two);
        set(&mut agent, json!({ "ask_before_invite": true }));
        let input = json!({ "profile_urn": STRANGER, "note": note });
        world.server.borrow_mut().add("t-1", CONNECT, input.clone());
        agent.run_until("the question", |world| record(world, "t-1").is_some());
        agent.run_for(SECOND);
        world.disk.borrow_mut().sync();
        assert!(decide(&mut agent, "t-1", true).ok);
        assert_eq!(agent.run_to_end("t-1").0, "completed");
        agent.run_for(SECOND);
        cut_power(&mut agent);
        agent.reboot();
        // It is abandoned, or its start is refused.
        world.server.borrow_mut().next("/poll", Loss::Before);
        agent.run_for(SECOND);
        decide(&mut agent, "t-1", true);
        agent.run_for(MINUTE);
        let recent = agent.status().recent;
        let told: Vec<_> = recent.iter().map(|recent| (recent.outcome, recent.code)).collect();
        assert_eq!(told, [("failed", Some("outcome_unknown"))], "{note:?}");
        let log = agent.ask(Command::ExportLog).log.unwrap();
        let told: Vec<_> = log.iter().map(|line| (line.outcome.as_str(), line.code.as_deref())).collect();
        assert_eq!(told, [("failed", Some("outcome_unknown"))], "{note:?}");
        let again = json!({ "task": "t-1", "task_type": CONNECT, "task_input": input, "epoch": 9 });
        world.server.borrow_mut().offer_raw(again);
        agent.run_for(MINUTE);
        decide(&mut agent, "t-1", true);
        agent.run_for(HOUR);
        assert_eq!((posts(&world), record(&world, "t-1")), (1, None), "{note:?}: it isn't sent again");
    }
}

#[test]
fn what_the_server_has_closed_is_not_told_as_cancelled() {
    for (status, code) in [(410, "task_closed"), (404, "not_found"), (409, "lease_lost")] {
        let (world, mut agent) = world(3, Two);
        set(&mut agent, json!({ "ask_before_invite": true }));
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the question", |world| record(world, "t-1").is_some());
        world.server.borrow_mut().next("/start", answers(status, code));
        assert!(decide(&mut agent, "t-1", true).ok);
        agent.run_until("the start", |world| calls(world, "/start") == 1);
        world.server.borrow_mut().tasks.clear();
        agent.run_for(MINUTE);
        let recent = agent.status().recent;
        assert_eq!((recent[0].outcome, recent[0].code, posts(&world)), ("closed", None, 0), "{code}");
        // The list was read for it, to count by.
        let log = agent.ask(Command::ExportLog).log.unwrap();
        assert_eq!(
            (log.len(), log[0].outcome.as_str(), log[0].code.as_deref()),
            (1, "closed", None),
            "{code}"
        );
    }
}
