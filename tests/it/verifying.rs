//! An invitation whose outcome is not known: looked for, never sent again. Reading can prove *sent*, never *not sent*.

use crate::support::*;

/// Invites with a mishap on the POST. Returns the task's status and code, and when the sent list was looked at, counted
/// from the POST.
fn invited_with(agent: &mut Agent, mishap: Mishap) -> (String, String, Vec<i64>) {
    let world = agent.world.clone();
    world.site.borrow_mut().next(INVITE, mishap);
    let before = world.site.borrow().count(SENT);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the POST", |world| world.site.borrow().count(INVITE) == 1);
    let posted = world.now();
    let before = before.max(world.site.borrow().count(SENT));
    let mut looks = Vec::new();
    while world.server.borrow().ended("t-1").is_none() {
        let seen = before + looks.len();
        agent.run_until("a look, or the end", |world| {
            world.site.borrow().count(SENT) > seen || world.server.borrow().ended("t-1").is_some()
        });
        if world.site.borrow().count(SENT) > seen {
            looks.push((world.now() - posted) / SECOND);
        }
    }
    let (status, output) = world.server.borrow().ended("t-1").unwrap();
    (status, output["code"].as_str().unwrap_or_default().to_owned(), looks)
}

#[test]
fn an_invitation_with_no_answer_that_is_in_the_list_was_sent() {
    for level in [One, Two] {
        for mishap in [Mishap::LostAfter, Mishap::CutOff, Mishap::TimedOut, Mishap::NoUrn, Mishap::SentTwice]
        {
            let what = format!("{level:?}, {mishap:?}");
            let (world, mut agent) = world(3, level);
            let (status, code, looks) = invited_with(&mut agent, mishap);
            assert_eq!((status.as_str(), code.as_str()), ("completed", ""), "{what}");
            assert!(looks.len() == 1 && (10..=12).contains(&looks[0]), "{what}: {looks:?}");
            assert_eq!(world.site.borrow().count(INVITE), 1, "{what}");
            assert_eq!(last_completion(&world)["effect"], "done", "{what}");
        }
    }
}

#[test]
fn an_invitation_that_is_never_found_is_looked_for_three_times_and_stays_unknown() {
    let unreadable = Mishap::Answer { status: 502, body: "oops".to_owned(), retry_after: None };
    for mishap in [Mishap::LostBefore, unreadable] {
        let (world, mut agent) = world(3, Two);
        let (status, code, looks) = invited_with(&mut agent, mishap);
        assert_eq!((status.as_str(), code.as_str()), ("failed", "outcome_unknown"));
        assert!(
            (10..=12).contains(&looks[0])
                && (120..=122).contains(&looks[1])
                && (1_200..=1_202).contains(&looks[2]),
            "{looks:?}"
        );
        assert_eq!((looks.len(), world.site.borrow().count(INVITE)), (3, 1));
        assert_eq!(last_completion(&world)["effect"], "maybe");
    }
}

#[test]
fn a_list_that_lags_proves_it_later() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().sent_list_lags = true;
    world.site.borrow_mut().next(INVITE, Mishap::LostAfter);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the first look", |world| world.site.borrow().count(SENT) == 2);
    agent.run_for(SECOND);
    assert_eq!(world.server.borrow().ended("t-1"), None, "not found is not unsent");
    world.site.borrow_mut().sent_list_lags = false;
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    assert_eq!((world.site.borrow().count(SENT), posts(&world)), (3, 1));
}

#[test]
fn only_an_invitation_as_new_as_the_send_is_proof() {
    // LinkedIn's clock may be hours off; its own `Date` header says by how much.
    for ahead in [0, 3 * HOUR, -3 * HOUR] {
        for (age, proof) in [(0, true), (MINUTE, true), (5 * MINUTE, false), (DAY, false)] {
            let (world, mut agent) = world(3, Two);
            world.site.borrow_mut().clock_ahead_ms = ahead;
            let old = (STRANGER.to_owned(), world.now() + ahead - age, None);
            world.site.borrow_mut().invitations.push(old);
            let (status, code, _) = invited_with(&mut agent, Mishap::LostBefore);
            let expected = if proof { ("completed", "") } else { ("failed", "outcome_unknown") };
            assert_eq!((status.as_str(), code.as_str()), expected, "{ahead} ahead, {age} old");
        }
    }
}

#[test]
fn cannot_resend_yet_is_verified_before_it_is_reported() {
    let (world, mut agent) = world(3, Two);
    let month_old = (STRANGER.to_owned(), world.now() - 30 * DAY, None);
    world.site.borrow_mut().invitations.push(month_old);
    let (status, output) = carry_out(&mut agent, "t-1", CONNECT, stranger());
    assert_eq!((status.as_str(), output["code"].as_str()), ("failed", Some("cannot_resend_yet")));
    assert_eq!((posts(&world), world.site.borrow().count(SENT)), (1, 2));
    assert_eq!(output["retryable"], false);
    agent.run_for(MINUTE);
    assert_eq!(accepts(&world).len(), 2, "this person only");
}

#[test]
fn cannot_resend_yet_beside_an_invitation_of_no_known_time_is_neither_sent_nor_unsent() {
    // Chrome repeats the POST: sent, and refused.
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().sent_list_has_times = false;
    world.site.borrow_mut().next(INVITE, Mishap::SentTwice);
    let (status, output) = carry_out(&mut agent, "t-1", CONNECT, stranger());
    assert_eq!((status.as_str(), output["code"].as_str()), ("failed", Some("outcome_unknown")));
    assert_eq!((posts(&world), last_completion(&world)["effect"].as_str()), (1, Some("maybe")));
}

#[test]
fn a_look_that_fails_is_tried_again_and_counts_for_nothing() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().next(INVITE, Mishap::LostAfter);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the POST", |world| posts(world) == 1);
    for mishap in [Mishap::LostBefore, Mishap::Code(500, ""), Mishap::Html("<p>"), Mishap::CutOff] {
        world.site.borrow_mut().next(SENT, mishap);
    }
    agent.run_until("the looks", |world| world.site.borrow().count(SENT) == 4);
    agent.tell(Event::SessionChanged);
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    assert_eq!(posts(&world), 1);
}

#[test]
fn it_is_looked_for_with_the_bound_account_alone() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().next(INVITE, Mishap::LostAfter);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the POST", |world| posts(world) == 1);
    world.site.borrow_mut().member += 1;
    agent.tell(Event::SessionChanged);
    agent.run_for(2 * HOUR);
    assert_eq!((world.site.borrow().count(SENT), world.server.borrow().ended("t-1")), (1, None));
    world.site.borrow_mut().member -= 1;
    agent.tell(Event::SessionChanged);
    assert_eq!(agent.run_to_end("t-1").0, "completed");
}

#[test]
fn other_work_goes_on_while_it_is_looked_for() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().next(INVITE, Mishap::LostBefore);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the POST", |world| posts(world) == 1);
    assert_eq!(fetch(&mut agent, "t-2", json!({})).len(), 3);
    assert_eq!(world.server.borrow().ended("t-1"), None);
    let held = world.server.borrow().last_poll()["held"].clone();
    assert_eq!(held, json!([{ "task": "t-1", "epoch": 1, "phase": "verifying" }]));
    assert_eq!(agent.run_to_end("t-1").1["code"], "outcome_unknown");
}

#[test]
fn a_server_may_ask_for_it_alone() {
    // The journal is lost; the server knows that it was started.
    for (sent, expected) in [(true, ("completed", "")), (false, ("failed", "outcome_unknown"))] {
        let (world, mut agent) = world(3, Two);
        if sent {
            let invitation = (STRANGER.to_owned(), world.now() - 4 * MINUTE, None);
            world.site.borrow_mut().invitations.push(invitation);
        }
        world.server.borrow_mut().offer_raw(json!({
            "task": "t-9", "task_type": CONNECT, "task_input": stranger(), "mode": "verify",
            "token": "x", "epoch": 3, "since_ms": 5 * MINUTE,
        }));
        agent.run_until("the result", |world| calls(world, "/complete") == 1);
        let completion = last_completion(&world);
        let code = completion["task_output"]["code"].as_str().unwrap_or_default();
        assert_eq!((completion["status"].as_str().unwrap(), code), expected);
        assert_eq!(posts(&world), 0, "verify never sends");
        assert_eq!(completion["token"], "x");
    }
}

#[test]
fn a_pause_puts_the_search_off() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().next(INVITE, Mishap::LostAfter);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the POST", |world| posts(world) == 1);
    agent.ask(Command::SetPaused { paused: true });
    agent.run_for(HOUR);
    assert_eq!(world.site.borrow().count(SENT), 1, "the one before it was started");
    agent.ask(Command::SetPaused { paused: false });
    assert_eq!(agent.run_to_end("t-1").0, "completed");
}

#[test]
fn where_no_look_can_be_made_it_ends_unknown_after_a_day() {
    let obstacles: [Happening; 3] = [
        |agent| assert!(agent.ask(Command::SetPaused { paused: true }).ok),
        |agent| {
            agent.world.site.borrow_mut().signed_in = false;
            agent.tell(Event::SessionChanged);
        },
        |agent| member_changes(agent, 1),
    ];
    for (nth, obstacle) in obstacles.into_iter().enumerate() {
        let (world, mut agent) = world(3, Two);
        world.site.borrow_mut().next(INVITE, Mishap::LostAfter);
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the POST", |world| posts(world) == 1);
        agent.run_for(SECOND);
        obstacle(&mut agent);
        agent.run_for(DAY - HOUR);
        assert_eq!(calls(&world, "/complete"), 0, "{nth}");
        agent.run_for(2 * HOUR);
        assert_eq!(last_completion(&world)["task_output"]["code"], "outcome_unknown", "{nth}");
    }
}

#[test]
fn after_a_long_sleep_a_look_is_made_before_it_ends() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().next(INVITE, Mishap::LostAfter);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the POST", |world| posts(world) == 1);
    agent.run_for(SECOND);
    agent.kill();
    let morning = world.time.steady() + 2 * DAY;
    while world.time.advance(morning) {}
    agent.reboot();
    assert_eq!(agent.run_to_end("t-1").0, "completed");
}

#[test]
fn a_clock_set_back_while_it_is_looked_for_hides_nothing() {
    for linkedins in [0, 5 * MINUTE] {
        let (world, mut agent) = world(3, Two);
        world.site.borrow_mut().sent_list_lags = true;
        world.site.borrow_mut().next(INVITE, Mishap::LostAfter);
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the POST", |world| posts(world) == 1);
        agent.run_for(10 * MINUTE);
        world.time.jump(-5 * MINUTE);
        world.site.borrow_mut().clock_ahead_ms += linkedins;
        world.site.borrow_mut().sent_list_lags = false;
        assert_eq!(agent.run_to_end("t-1").0, "completed", "{linkedins}");
    }
}

/// The person has invited the stranger by hand so long ago, as LinkedIn's clock shows.
fn invited_by_hand(world: &FakeWorld, ago: i64) {
    let at = world.time.steady() - ago;
    world.site.borrow_mut().invitations.push((STRANGER.to_owned(), at, None));
}

/// Our clock when it sends, how it is set then, how old the invitation by hand is. LinkedIn's clock never moves.
const CLOCKS: [(i64, i64, i64); 5] = [
    (DAY, -DAY, 20 * HOUR),
    (0, -DAY, 20 * HOUR),
    (0, DAY, 20 * HOUR),
    (30 * MINUTE, -30 * MINUTE, 20 * MINUTE),
    (-2 * DAY, 2 * DAY, 20 * HOUR),
];

#[test]
fn however_the_clock_is_set_an_older_invitation_is_no_proof() {
    for mishap in [Mishap::LostBefore, Mishap::Code(406, "CANT_RESEND_YET")] {
        for (off, set, ago) in CLOCKS {
            for restarts in [false, true] {
                let what = format!("{mishap:?}, {off} off, set by {set}, {ago} old, restarts: {restarts}");
                let (world, mut agent) = world(3, Two);
                world.time.jump(off);
                agent.run_for(MINUTE);
                invited_by_hand(&world, ago);
                world.site.borrow_mut().next(INVITE, mishap.clone());
                world.server.borrow_mut().add("t-1", CONNECT, stranger());
                agent.run_until("the POST", |world| world.site.borrow().count(INVITE) == 1);
                set_clock(&mut agent, set, restarts);
                let (status, output) = agent.run_to_end("t-1");
                assert_eq!((status.as_str(), output.get("sent")), ("failed", None), "{what}: {output}");
            }
        }
    }
}

#[test]
fn however_the_clock_is_set_what_was_sent_is_found() {
    for (off, set, _) in CLOCKS {
        for restarts in [false, true] {
            let what = format!("{off} off, set by {set}, restarts: {restarts}");
            let (world, mut agent) = world(3, Two);
            world.time.jump(off);
            agent.run_for(MINUTE);
            world.site.borrow_mut().next(INVITE, Mishap::LostAfter);
            world.server.borrow_mut().add("t-1", CONNECT, stranger());
            agent.run_until("the POST", |world| posts(world) == 1);
            set_clock(&mut agent, set, restarts);
            let (status, output) = agent.run_to_end("t-1");
            assert_eq!((status.as_str(), posts(&world)), ("completed", 1), "{what}: {output}");
        }
    }
}

#[test]
fn a_clock_set_between_the_list_and_the_send_has_nothing_called_unsent() {
    // Chrome repeats the POST: sent, and refused. The list was read before our clock was set.
    for set in [20 * MINUTE, -5 * MINUTE] {
        let (world, mut agent) = world(3, Two);
        assert_eq!(invite(&mut agent, "t-0", json!({ "profile_urn": "ACoAAother9" })).0, "completed");
        agent.run_for(10 * MINUTE);
        world.time.jump(set);
        agent.run_for(MINUTE);
        let looks = world.site.borrow().count(SENT);
        world.site.borrow_mut().next(INVITE, Mishap::SentTwice);
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the POST", |world| world.site.borrow().count(INVITE) == 2);
        assert_eq!(world.site.borrow().count(SENT), looks, "{set}: no list was read in between");
        let (status, output) = agent.run_to_end("t-1");
        let is_told = status == "completed" || output["code"] == "outcome_unknown";
        assert!(is_told, "{set}: {status}, {output}");
    }
}

#[test]
fn a_clock_set_back_between_the_list_and_the_send_makes_no_older_invitation_pass_for_it() {
    // LinkedIn's answer to the POST itself says by how much.
    let unreadable = Mishap::Answer { status: 502, body: "oops".to_owned(), retry_after: None };
    for (mishap, code) in
        [(Mishap::Code(406, "CANT_RESEND_YET"), "cannot_resend_yet"), (unreadable, "outcome_unknown")]
    {
        let (world, mut agent) = world(3, Two);
        assert_eq!(invite(&mut agent, "t-0", json!({ "profile_urn": "ACoAAother9" })).0, "completed");
        agent.run_for(20 * MINUTE);
        invited_by_hand(&world, 0);
        agent.run_for(20 * MINUTE);
        world.time.jump(-30 * MINUTE);
        agent.run_for(MINUTE);
        let looks = world.site.borrow().count(SENT);
        world.site.borrow_mut().next(INVITE, mishap);
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the POST", |world| world.site.borrow().count(INVITE) == 2);
        assert_eq!(world.site.borrow().count(SENT), looks, "{code}: no list was read in between");
        let (status, output) = agent.run_to_end("t-1");
        assert_eq!((status.as_str(), output["code"].as_str()), ("failed", Some(code)), "{output}");
    }
}

#[test]
fn a_clock_set_while_linkedin_answers_has_nothing_called_unsent() {
    // Chrome repeats the POST: sent, and refused.
    for set in [-30 * MINUTE, 30 * MINUTE] {
        let (world, mut agent) = world(3, Two);
        world.site.borrow_mut().next(INVITE, Mishap::SentTwice);
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the POST", |world| posts(world) == 1);
        world.time.jump(set);
        let (status, output) = agent.run_to_end("t-1");
        let is_told = status == "completed" || output["code"] == "outcome_unknown";
        assert!(is_told, "{set}: {status}, {output}");
    }
}

#[test]
fn at_level_one_what_was_sent_since_it_was_taken_is_told_by_the_clock_of_then() {
    // Taken while our clock was a day ahead, sent, and cut back to the person's approval; the clock is set right.
    for is_sent in [true, false] {
        let (world, mut agent) = world(3, One);
        world.time.jump(DAY);
        assert_eq!(invite(&mut agent, "t-0", json!({ "profile_urn": "ACoAAother9" })).0, "completed");
        set(&mut agent, json!({ "ask_before_invite": true }));
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the question", |world| record(world, "t-1").is_some());
        agent.run_for(SECOND);
        set(&mut agent, json!({ "invites_per_day": 0 }));
        assert!(decide(&mut agent, "t-1", true).ok);
        world.disk.borrow_mut().sync();
        if is_sent {
            set(&mut agent, json!({ "invites_per_day": 20 }));
            agent.run_until("the POST", |world| posts(world) == 2);
        } else {
            invited_by_hand(&world, 20 * HOUR);
        }
        cut_power(&mut agent);
        world.time.jump(-DAY);
        agent.reboot();
        set(&mut agent, json!({ "invites_per_day": 20 }));
        let (status, output) = agent.run_to_end("t-1");
        let wanted = if is_sent { "completed" } else { "failed" };
        assert_eq!((status.as_str(), posts(&world)), (wanted, 1 + u32::from(is_sent)), "{output}");
    }
}

#[test]
fn at_level_one_an_invitation_by_hand_is_not_told_as_sent_by_the_clock_of_now() {
    // Approved and not sent; after the browser's restart our clock is half an hour ahead.
    let (world, mut agent) = world(3, One);
    assert_eq!(invite(&mut agent, "t-0", json!({ "profile_urn": "ACoAAother9" })).0, "completed");
    invited_by_hand(&world, 0);
    agent.run_for(20 * MINUTE);
    set(&mut agent, json!({ "ask_before_invite": true }));
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the question", |world| record(world, "t-1").is_some());
    agent.run_for(SECOND);
    set(&mut agent, json!({ "invites_per_day": 0 }));
    assert!(decide(&mut agent, "t-1", true).ok);
    agent.run_for(SECOND);
    agent.kill();
    world.disk.borrow_mut().restart_browser(0);
    world.time.jump(30 * MINUTE);
    agent.reboot();
    set(&mut agent, json!({ "invites_per_day": 20 }));
    let (status, output) = agent.run_to_end("t-1");
    assert_eq!((status.as_str(), output.get("sent"), posts(&world)), ("failed", None, 1), "{output}");
}
