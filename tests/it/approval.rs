//! "Ask me before each invitation": nothing goes without the person's word, whatever the server and the browser do.

use crate::support::*;
use liaison::agent::status::Approval;

/// An agent that asks, and an invitation that waits for the word.
fn asking(level: crate::fakes::server::Level) -> (FakeWorld, Agent) {
    let (world, mut agent) = world(3, level);
    set(&mut agent, json!({ "ask_before_invite": true }));
    let input = json!({ "profile_urn": STRANGER, "note": "Hello there" });
    world.server.borrow_mut().add("t-1", CONNECT, input);
    agent.run_until("the question", |world| record(world, "t-1").is_some());
    agent.run_for(SECOND);
    (world, agent)
}

fn approvals(agent: &mut Agent) -> Vec<Approval> {
    agent.status().approvals
}

#[test]
fn it_waits_for_days_and_over_restarts_while_lists_are_read() {
    for level in [One, Two] {
        let (world, mut agent) = asking(level);
        let asked_at_ms = approvals(&mut agent)[0].asked_at_ms;
        assert_eq!(waiting(&world), [(CONNECT.to_owned(), "approval".to_owned(), None)], "{level:?}");
        assert_eq!((accepts(&world), said_state(&world).as_str()), (vec![FETCH.to_owned()], "ready"));
        let held = world.server.borrow().last_poll()["held"][0].clone();
        assert_eq!((&held["task"], &held["phase"]), (&json!("t-1"), &json!("claimed")));
        let status = agent.status();
        assert_eq!(status.attention.unwrap().code, "approval");
        assert_eq!((status.running, status.waiting[0].reason), (None, "approval"));
        assert_eq!(fetch(&mut agent, "t-2", json!({})).len(), 3, "lists are read meanwhile");
        agent.run_for(DAY);
        agent.reboot();
        agent.run_for(DAY);
        let mut expected = Approval {
            task: "t-1".to_owned(),
            profile_urn: format!("urn:li:fsd_profile:{STRANGER}"),
            note: Some("Hello there".to_owned()),
            asked_at_ms,
            approved: false,
        };
        assert_eq!((approvals(&mut agent), posts(&world)), (vec![expected.clone()], 0), "{level:?}");
        assert_eq!((calls(&world, "/start"), world.site.borrow().count(SENT)), (0, 0), "{level:?}");
        agent.kill();
        world.disk.borrow_mut().restart_browser(0);
        agent.reboot();
        agent.run_for(HOUR);
        // The note went with the browser's session: it was offered again with it, and is asked anew.
        let asked_again = approvals(&mut agent);
        expected.asked_at_ms = asked_again[0].asked_at_ms;
        assert!(expected.asked_at_ms > asked_at_ms, "{level:?}");
        assert_eq!((asked_again, posts(&world)), (vec![expected], 0), "{level:?}");
        // Whether it had been started, or sent, was asked of the server, or of LinkedIn's list.
        let (starts, looks) = if level == One { (0, 1) } else { (1, 0) };
        assert_eq!((calls(&world, "/start"), world.site.borrow().count(SENT)), (starts, looks), "{level:?}");
        assert!(decide(&mut agent, "t-1", true).ok);
        assert_eq!(agent.run_to_end("t-1").0, "completed", "{level:?}");
        assert_eq!((posts(&world), approvals(&mut agent)), (1, Vec::new()));
        assert_eq!(agent.status().attention, None);
        assert!(decide(&mut agent, "t-1", true).error.is_some_and(|problem| problem.code == "not_found"));
    }
}

#[test]
fn refused_or_stopped_it_ends_cancelled_and_is_not_sent() {
    let answers: [Happening; 3] = [
        |agent| assert!(decide(agent, "t-1", false).ok),
        |agent| assert!(agent.ask(Command::CancelTask { task: "t-1".to_owned() }).ok),
        |agent| {
            set(agent, json!({ "hours": { "days": [3], "from": "03:00", "to": "03:01" } }));
            assert!(decide(agent, "t-1", true).ok);
            agent.run_for(HOUR);
            assert!(decide(agent, "t-1", false).ok, "a word can be taken back until it goes");
        },
    ];
    for answer in answers {
        for level in [One, Two] {
            let (world, mut agent) = asking(level);
            answer(&mut agent);
            let (status, output) = agent.run_to_end("t-1");
            assert_eq!((status.as_str(), &output["code"]), ("failed", &json!("cancelled")), "{level:?}");
            agent.run_for(DAY);
            assert_eq!((posts(&world), record(&world, "t-1")), (0, None));
        }
    }
    let (_, mut agent) = world(3, Two);
    for command in [
        Command::Decide { task: "t-9".to_owned(), approve: true, asked_at_ms: 0 },
        Command::CancelTask { task: "t-9".to_owned() },
    ] {
        assert_eq!(agent.ask(command).error.unwrap().code, "not_found");
    }
}

#[test]
fn a_list_in_hand_is_stopped_by_the_person_too() {
    let (world, mut agent) = world(900, Two);
    world.server.borrow_mut().add("t-1", FETCH, json!({ "count": 500 }));
    agent.run_until("the second page", |world| world.site.borrow().count(LIST) == 2);
    assert!(agent.ask(Command::CancelTask { task: "t-1".to_owned() }).ok);
    let (status, output) = agent.run_to_end("t-1");
    assert_eq!((status.as_str(), &output["code"]), ("failed", &json!("cancelled")));
    assert_eq!(world.site.borrow().count(LIST), 2);
}

#[test]
fn no_second_invitation_is_taken_meanwhile() {
    let (world, mut agent) = asking(Two);
    let offer =
        json!({ "task": "t-2", "task_type": CONNECT, "task_input": { "profile_urn": "ACoAAother9" } });
    world.server.borrow_mut().offer_raw(offer);
    agent.run_until("the return", |world| calls(world, "/complete") == 1);
    assert_eq!(last_completion(&world)["status"], "returned");
    agent.run_for(HOUR);
    assert_eq!((approvals(&mut agent).len(), posts(&world)), (1, 0));
}

#[test]
fn approved_it_waits_for_what_hinders_it_and_says_so() {
    let closed = json!({ "hours": { "days": [1], "from": "09:00", "to": "18:00" } });
    let hindrances: [(Value, &str); 4] = [
        (closed, "working_hours"),
        (json!({ "invites_per_day": 0 }), "daily_limit"),
        (json!({ "invites_per_week": 0 }), "weekly_limit"),
        (json!({ "kinds_off": [CONNECT] }), "kind_off"),
    ];
    for (settings, reason) in hindrances {
        for level in [One, Two] {
            let (world, mut agent) = asking(level);
            set(&mut agent, settings.clone());
            assert!(decide(&mut agent, "t-1", true).ok);
            agent.run_for(2 * MINUTE);
            let shown = approvals(&mut agent);
            assert_eq!(
                (shown.len(), shown[0].approved, agent.status().attention),
                (1, true, None),
                "{reason}"
            );
            let told: Vec<String> = waiting(&world).into_iter().map(|(_, reason, _)| reason).collect();
            assert!(told.contains(&reason.to_owned()), "{level:?}, {reason}: {told:?}");
            agent.reboot();
            agent.run_for(HOUR);
            assert_eq!(posts(&world), 0, "{level:?}, {reason}");
            let open =
                json!({ "hours": null, "invites_per_day": 20, "invites_per_week": 100, "kinds_off": [] });
            set(&mut agent, open);
            assert_eq!(agent.run_to_end("t-1").0, "completed", "{level:?}, {reason}");
            assert_eq!((posts(&world), world.server.borrow().task("t-1").returned), (1, 0));
        }
    }
}

#[test]
fn switched_off_while_one_waits_the_setting_answers_for_nobody() {
    let (world, mut agent) = asking(Two);
    set(&mut agent, json!({ "ask_before_invite": false }));
    agent.run_for(HOUR);
    assert_eq!((posts(&world), approvals(&mut agent).len()), (0, 1));
    decide(&mut agent, "t-1", true);
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    assert_eq!(invite(&mut agent, "t-2", json!({ "profile_urn": "ACoAAother9" })).0, "completed");
}

#[test]
fn a_server_that_cancels_or_closes_it_is_heard() {
    let (world, mut agent) = asking(Two);
    world.server.borrow_mut().tasks[0].cancel = true;
    let (status, output) = agent.run_to_end("t-1");
    assert_eq!((status.as_str(), &output["code"], posts(&world)), ("failed", &json!("cancelled"), 0));

    let (world, mut agent) = asking(Two);
    world.server.borrow_mut().tasks[0].stand = Stand::Ended("failed".to_owned(), Value::Null);
    agent.run_for(MINUTE);
    assert_eq!((approvals(&mut agent), record(&world, "t-1")), (Vec::new(), None), "abandoned");

    let (world, mut agent) = asking(Two);
    world.server.borrow_mut().next("/start", answers(410, "task_closed"));
    decide(&mut agent, "t-1", true);
    agent.run_until("the start", |world| calls(world, "/start") == 1);
    world.server.borrow_mut().tasks.clear();
    agent.run_for(HOUR);
    assert_eq!((posts(&world), record(&world, "t-1")), (0, None), "closed while it was asked for");
}

#[test]
fn an_approval_is_for_this_invitation_and_no_other() {
    // A server without `start` could be sent the wrong one for.
    let (world, mut agent) = asking(One);
    set(&mut agent, json!({ "invites_per_day": 0 }));
    decide(&mut agent, "t-1", true);
    agent.run_for(MINUTE);
    let offer = |epoch: u32, mode: &str, input: Value| json!({ "task": "t-1", "task_type": CONNECT, "task_input": input, "mode": mode, "epoch": epoch, "token": "x" });
    let same = json!({ "profile_urn": STRANGER, "note": "Hello there" });
    world.server.borrow_mut().offer_raw(offer(7, "run", same));
    agent.run_for(MINUTE);
    assert_eq!(world.server.borrow().last_poll()["held"][0]["epoch"], 7, "the same, under a new epoch");
    assert!(approvals(&mut agent)[0].approved, "is approved still");
    let other = json!({ "profile_urn": "ACoAAother9", "note": "Hello there" });
    world.server.borrow_mut().offer_raw(offer(8, "run", other));
    agent.run_for(MINUTE);
    set(&mut agent, json!({ "invites_per_day": 20 }));
    agent.run_for(HOUR);
    let invited = world.site.borrow().invitations.clone();
    assert!(invited.is_empty(), "another under its name is asked for anew, or given back: {invited:?}");
}

#[test]
fn a_word_on_what_was_shown_is_none_on_what_took_its_place() {
    for level in [One, Two] {
        for approve in [true, false] {
            for jump in [0, -HOUR] {
                let (world, mut agent) = asking(level);
                let shown = approvals(&mut agent).remove(0);
                let decide =
                    |approve, asked_at_ms| Command::Decide { task: "t-1".to_owned(), approve, asked_at_ms };
                world.time.jump(jump);
                let input = json!({ "profile_urn": "ACoAAother9", "note": "Another note" });
                world.server.borrow_mut().offer_raw(
                    json!({ "task": "t-1", "task_type": CONNECT, "task_input": input, "epoch": 8, "token": "x" }),
                );
                agent.run_until("the other", |world| {
                    record(world, "t-1").is_some_and(|record| record.contains("\"epoch\":8"))
                });
                let now_shown = approvals(&mut agent).remove(0);
                let what = format!("{level:?}, {approve}, {jump}");
                assert_ne!(now_shown.profile_urn, shown.profile_urn, "{what}");
                assert!(now_shown.asked_at_ms > shown.asked_at_ms, "{what}: {now_shown:?}");
                let answer = agent.ask(decide(approve, shown.asked_at_ms));
                assert_eq!(answer.error.map(|problem| problem.code), Some("invitation_changed"), "{what}");
                agent.run_for(MINUTE);
                assert_eq!((posts(&world), approvals(&mut agent).len()), (0, 1), "{what}");
                assert!(agent.ask(decide(approve, now_shown.asked_at_ms)).ok, "{what}");
                agent.run_for(MINUTE);
                let invited: Vec<_> =
                    world.site.borrow().invitations.iter().map(|(to, _, _)| to.clone()).collect();
                // A server with `start` knows no such token.
                let wanted =
                    if approve && level == One { vec!["ACoAAother9".to_owned()] } else { Vec::new() };
                assert_eq!(invited, wanted, "{what}");
            }
        }
    }
}

#[test]
fn nothing_of_the_note_is_left_when_it_has_ended() {
    for approve in [true, false] {
        let (world, mut agent) = asking(Two);
        decide(&mut agent, "t-1", approve);
        agent.run_to_end("t-1");
        agent.run_for(MINUTE);
        let disk = world.disk.borrow();
        assert_eq!(disk.keys_with("Hello there"), [""; 0]);
        assert!(disk.keys_with(STRANGER).iter().all(|key| key.starts_with("log:")));
    }
}

#[test]
fn a_browser_that_lost_its_last_writes_never_sends_twice() {
    for level in [One, Two] {
        for lost in 1..8 {
            let (world, mut agent) = asking(level);
            world.disk.borrow_mut().sync();
            decide(&mut agent, "t-1", true);
            agent.run_until("the POST", |world| posts(world) == 1);
            agent.kill();
            world.disk.borrow_mut().restart_browser(lost);
            agent.reboot();
            agent.run_for(MINUTE);
            // As far as the journal knows, the person may not have said anything.
            decide(&mut agent, "t-1", true);
            agent.run_for(2 * HOUR);
            let ended = world.server.borrow().ended("t-1").map(|(status, _)| status);
            assert_eq!(
                (ended.as_deref(), world.site.borrow().invitations.len()),
                (Some("completed"), 1),
                "{level:?}, {lost}"
            );
            assert_eq!(posts(&world), 1, "{level:?}, {lost}");
        }
    }
}

#[test]
fn what_was_only_asked_about_at_the_server_is_not_taken_for_approved() {
    // Its note went with the browser's session, so the server is asked whether it was started. Then the note is there again.
    let (world, mut agent) = asking(Two);
    let note = world.disk.borrow().in_session("note:t-1").unwrap().to_owned();
    world.disk.borrow_mut().sync();
    cut_power(&mut agent);
    world.server.borrow_mut().next("/start", Loss::TimedOut);
    agent.reboot();
    agent.run_until("the start", |world| calls(world, "/start") == 1);
    // It is learnt meanwhile who is signed in.
    agent.run_for(5 * SECOND);
    agent.kill();
    world.disk.borrow_mut().put_in_session("note:t-1", &note);
    agent.reboot();
    agent.run_for(HOUR);
    assert_eq!(posts(&world), 0, "nobody approved of it");
    assert_eq!(approvals(&mut agent).len(), 1, "it is asked about anew");
    assert!(decide(&mut agent, "t-1", true).ok);
    assert_eq!((agent.run_to_end("t-1").0.as_str(), posts(&world)), ("completed", 1));
}

#[test]
fn switched_on_it_holds_for_the_one_that_was_taken_already() {
    for (level, stage) in [(One, "checking"), (Two, "checking"), (Two, "starting")] {
        let (world, mut agent) = world(3, level);
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        let wanted = format!("\"{stage}\":{{");
        agent.run_until(stage, |world| record(world, "t-1").is_some_and(|record| record.contains(&wanted)));
        set(&mut agent, json!({ "ask_before_invite": true }));
        agent.run_for(MINUTE);
        let what = format!("{level:?}, {stage}");
        assert_eq!((posts(&world), approvals(&mut agent).len()), (0, 1), "{what}");
        assert_eq!(world.server.borrow().task("t-1").returned, 1, "{what}");
        assert!(decide(&mut agent, "t-1", true).ok);
        assert_eq!((agent.run_to_end("t-1").0.as_str(), posts(&world)), ("completed", 1), "{what}");
    }
}

#[test]
fn an_approved_one_that_is_refused_its_start_is_told_of() {
    let (world, mut agent) = asking(Two);
    world.server.borrow_mut().next("/start", answers(410, "task_closed"));
    decide(&mut agent, "t-1", true);
    agent.run_until("the start", |world| calls(world, "/start") == 1);
    world.server.borrow_mut().tasks.clear();
    agent.run_for(MINUTE);
    let recent = agent.status().recent;
    assert_eq!(
        (recent[0].task.as_str(), recent[0].outcome, recent[0].code, posts(&world)),
        ("t-1", "closed", None, 0)
    );
}
