//! What the person sets: all or nothing, told to pages and server, and never past a ceiling.

use crate::support::*;

#[test]
fn settings_are_changed_as_a_whole_stored_and_shown() {
    let (_, mut agent) = world(3, Two);
    let shown = |agent: &mut Agent| serde_json::to_value(agent.status()).unwrap();
    let before = shown(&mut agent);
    let defaults = json!({ "paused": false, "kinds_off": [], "invites_per_day": 20, "invites_per_week": 100,
        "read_gap_ms": 1_500, "invite_gap_ms": 8_000, "hours": null, "ask_before_invite": false });
    assert_eq!(before["settings"], defaults);
    let ceilings = json!({ "invites_per_day": 100, "invites_per_week": 200, "read_gap_ms": 1_000, "invite_gap_ms": 5_000 });
    assert_eq!(before["ceilings"], ceilings);
    let usage = json!({ "day": 0, "day_limit": 20, "week": 0, "week_limit": 100, "by_hand": "unknown" });
    assert_eq!((&before["usage"], &before["approvals"]), (&usage, &json!([])));
    let refused = agent
        .ask(Command::SetSettings { settings: json!({ "invites_per_day": 7, "invites_per_week": 201 }) });
    let problem = refused.error.unwrap();
    assert_eq!((refused.ok, problem.code), (false, "invalid_settings"));
    assert_eq!(problem.message, "'invites_per_week' must be a whole number from 0 to 200");
    assert_eq!(shown(&mut agent)["settings"], defaults, "nothing of it was changed");
    let hours = json!({ "days": [1, 2], "from": "22:00", "to": "06:00" });
    set(&mut agent, json!({ "invites_per_day": 7, "hours": hours, "ask_before_invite": true }));
    agent.reboot();
    let after = shown(&mut agent);
    assert_eq!((&after["settings"]["invites_per_day"], &after["settings"]["hours"]), (&json!(7), &hours));
    assert_eq!(
        (&after["usage"]["day_limit"], &after["settings"]["ask_before_invite"]),
        (&json!(7), &json!(true))
    );
    assert_eq!(after["settings"]["invites_per_week"], 100);
}

#[test]
fn a_message_of_a_page_is_a_command_or_none() {
    let message = |message: Value| {
        let message: liaison::agent::event::CommandMessage = serde_json::from_value(message).unwrap();
        message.into_command().map(|command| format!("{command:?}"))
    };
    let known = [
        (json!({ "kind": "set_settings", "settings": { "invites_per_day": 3 } }), "SetSettings"),
        (json!({ "kind": "set_settings", "settings": 7 }), "SetSettings"),
        (json!({ "kind": "set_settings" }), "SetSettings"),
        (json!({ "kind": "decide", "task": "t-1", "approve": true, "asked_at_ms": 7 }), "Decide"),
        (json!({ "kind": "cancel_task", "task": "t-1" }), "CancelTask"),
    ];
    for (given, name) in known {
        assert_eq!(message(given.clone()).as_deref(), Some(name), "{given}");
    }
    for given in [
        json!({ "kind": "decide", "task": "t-1", "asked_at_ms": 7 }),
        json!({ "kind": "decide", "approve": true, "asked_at_ms": 7 }),
        json!({ "kind": "decide", "task": "t-1", "approve": true }),
        json!({ "kind": "cancel_task" }),
        json!({ "kind": "drain" }),
    ] {
        assert_eq!(message(given.clone()), None, "{given}");
    }
}

#[test]
fn a_kind_that_is_off_is_not_taken_and_the_other_goes_on() {
    for (off, other) in [(FETCH, CONNECT), (CONNECT, FETCH)] {
        let (world, mut agent) = world(3, Two);
        set(&mut agent, json!({ "kinds_off": [off] }));
        agent.run_for(MINUTE);
        assert_eq!(waiting(&world), [(off.to_owned(), "kind_off".to_owned(), None)]);
        assert_eq!((accepts(&world), said_state(&world).as_str()), (vec![other.to_owned()], "ready"));
        let input = if off == FETCH { json!({}) } else { stranger() };
        world.server.borrow_mut().add("t-1", off, input.clone());
        let offer = json!({ "task": "t-2", "task_type": off, "task_input": input });
        world.server.borrow_mut().offer_raw(offer);
        agent.run_for(HOUR);
        assert_eq!((posts(&world), world.site.borrow().count(LIST)), (0, 0), "{off}");
        assert_eq!(last_completion(&world)["status"], "returned");
        let status = agent.status();
        let shown: Vec<_> =
            status.waiting.iter().map(|wait| (wait.task_type, wait.reason, wait.for_ms)).collect();
        assert_eq!(shown, [(off, "kind_off", None)], "popup and server are told the same");
        set(&mut agent, json!({ "kinds_off": [] }));
        assert_eq!(agent.run_to_end("t-1").0, "completed");
    }
}

#[test]
fn a_list_that_is_being_read_stops_when_its_kind_is_switched_off() {
    let (world, mut agent) = world(900, Two);
    world.server.borrow_mut().add("t-1", FETCH, json!({ "count": 500 }));
    agent.run_until("the second page", |world| world.site.borrow().count(LIST) == 2);
    set(&mut agent, json!({ "kinds_off": [FETCH] }));
    agent.run_for(HOUR);
    assert_eq!(world.site.borrow().count(LIST), 2);
    assert_eq!(waiting(&world)[0].1, "kind_off");
    assert_eq!(world.server.borrow().last_poll()["held"][0]["task"], "t-1");
    set(&mut agent, json!({ "kinds_off": [] }));
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    assert_eq!(ids(&world.server.borrow().ended("t-1").unwrap().1), network(&world)[..500]);
}

#[test]
fn a_cap_waits_with_its_reason_until_the_oldest_is_a_window_old() {
    for (settings, reason, window) in [
        (json!({ "invites_per_day": 3 }), "daily_limit", DAY),
        (json!({ "invites_per_week": 3 }), "weekly_limit", 7 * DAY),
    ] {
        let (world, mut agent) = world(3, Two);
        set(&mut agent, settings);
        for n in 0..5 {
            let input = json!({ "profile_urn": format!("ACoAAsimNobody{n}") });
            world.server.borrow_mut().add(&format!("t-{n}"), CONNECT, input);
        }
        agent.run_for(HOUR);
        assert_eq!(posts(&world), 3, "{reason}");
        let first = world.site.borrow().invitations[0].1;
        let (kind, told, for_ms) = waiting(&world).remove(0);
        assert_eq!(
            (kind.as_str(), told.as_str(), accepts(&world)),
            (CONNECT, reason, vec![FETCH.to_owned()])
        );
        assert!(for_ms.unwrap() <= first + window - world.now() + 30 * SECOND);
        let status = agent.status();
        assert_eq!((status.usage.week, status.usage.by_hand), (3, "known"));
        let until = world.now() + status.waiting[0].for_ms.unwrap();
        assert!((first + window - until).abs() <= SECOND, "{reason}: {until}");
        agent.run_for(window - HOUR - MINUTE);
        assert_eq!(posts(&world), 3);
        agent.run_for(2 * MINUTE);
        assert_eq!(posts(&world), 5, "{reason}: it goes on by itself");
    }
}

#[test]
fn none_a_day_is_none_and_without_an_end() {
    for member in ["invites_per_day", "invites_per_week"] {
        let (world, mut agent) = world(3, Two);
        set(&mut agent, json!({ member: 0 }));
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_for(8 * DAY);
        let reason =
            member.replace("invites_per_day", "daily_limit").replace("invites_per_week", "weekly_limit");
        assert_eq!((posts(&world), waiting(&world)), (0, vec![(CONNECT.to_owned(), reason, None)]));
    }
}

#[test]
fn gaps_are_the_persons() {
    let (world, mut agent) = world(900, Two);
    set(&mut agent, json!({ "read_gap_ms": 60_000, "invite_gap_ms": 300_000 }));
    for n in 0..3 {
        let input = json!({ "profile_urn": format!("ACoAAsimNobody{n}") });
        world.server.borrow_mut().add(&format!("t-{n}"), CONNECT, input);
    }
    agent.run_for(HOUR);
    let times: Vec<i64> = world.site.borrow().invitations.iter().map(|(_, at, _)| *at).collect();
    assert_eq!(times.len(), 3);
    assert!(times.windows(2).all(|pair| (300_000..310_000).contains(&(pair[1] - pair[0]))), "{times:?}");
    let seen = world.site.borrow().times.len();
    world.server.borrow_mut().add("t-9", FETCH, json!({ "count": 300 }));
    assert_eq!(agent.run_to_end("t-9").0, "completed");
    let pages = world.site.borrow().times[seen..].to_vec();
    assert!(pages.windows(2).all(|pair| (60_000..62_000).contains(&(pair[1] - pair[0]))), "{pages:?}");
    set(&mut agent, json!({ "read_gap_ms": 1_000 }));
    let before = world.now();
    assert_eq!(fetch(&mut agent, "t-10", json!({ "count": 3 })).len(), 3);
    assert!(world.now() - before < 3 * SECOND, "a gap made smaller is not waited for");
}

#[test]
fn what_an_earlier_version_counted_counts() {
    let (world, mut agent) = world(3, Two);
    let times: Vec<i64> = (0..20).map(|n| world.now() - HOUR + n).collect();
    agent.kill();
    world
        .disk
        .borrow_mut()
        .put("pace", &json!({ "next_read_at": 0, "next_invite_at": 0, "invites": times }).to_string());
    world.disk.borrow_mut().put("settings", "{\"paused\":false}");
    agent.reboot();
    agent.run_for(MINUTE);
    for _ in 0..2 {
        let status = agent.status();
        assert_eq!((status.usage.day, status.waiting[0].reason), (20, "daily_limit"));
        agent.reboot();
    }
    assert!(!world.disk.borrow().local("pace").unwrap().contains("invites"));
}

/// A reason, and what makes it hold.
type Case<'a> = (&'a str, &'a dyn Fn(&mut Agent));

#[test]
fn popup_and_poll_tell_the_same_reason_for_as_long() {
    let checkpoint = || Mishap::RedirectedTo("https://www.linkedin.com/checkpoint/challenge/abc");
    let answer = |status| Mishap::Answer { status, body: String::new(), retry_after: None };
    let fetch_meets = |agent: &mut Agent, mishap: Mishap| {
        agent.world.site.borrow_mut().next(LIST, mishap);
        carry_out(agent, "t-x", FETCH, json!({}));
    };
    let invite_meets = |agent: &mut Agent, code: &'static str| {
        agent.world.site.borrow_mut().next(INVITE, Mishap::Code(400, code));
        carry_out(agent, "t-x", CONNECT, stranger());
    };
    let reasons: [Case; 14] = [
        ("paused", &|agent| drop(agent.ask(Command::SetPaused { paused: true }))),
        ("kind_off", &|agent| set(agent, json!({ "kinds_off": [CONNECT] }))),
        ("challenge", &|agent| fetch_meets(agent, checkpoint())),
        ("blocked", &|agent| fetch_meets(agent, answer(999))),
        ("throttled", &|agent| fetch_meets(agent, answer(429))),
        ("signed_out", &|agent| {
            agent.world.site.borrow_mut().signed_in = false;
            agent.tell(Event::SessionChanged);
        }),
        ("wrong_account", &|agent| member_changes(agent, 1)),
        ("approval", &|agent| {
            set(agent, json!({ "ask_before_invite": true }));
            agent.world.server.borrow_mut().add("t-x", CONNECT, stranger());
        }),
        ("account_stopped", &|agent| invite_meets(agent, "MAX_INVITATION_SENT")),
        ("invitation_limit", &|agent| invite_meets(agent, "FUSE_LIMIT_EXCEEDED")),
        ("weekly_limit", &|agent| set(agent, json!({ "invites_per_week": 0 }))),
        ("daily_limit", &|agent| set(agent, json!({ "invites_per_day": 0 }))),
        ("working_hours", &|agent| {
            set(agent, json!({ "hours": { "days": [3], "from": "09:00", "to": "18:00" } }))
        }),
        ("pacing", &|agent| {
            set(agent, json!({ "invite_gap_ms": 3_600_000 }));
            carry_out(agent, "t-x", CONNECT, stranger());
        }),
    ];
    for (reason, happens) in reasons {
        let (world, mut agent) = world(3, Two);
        happens(&mut agent);
        agent.run_for(2 * SECOND);
        let polled = world.server.borrow().last_poll();
        let at = world.now();
        let shown = agent.status().waiting;
        let told = polled["waiting"].as_array().unwrap();
        let said = |wait: &Value| (wait["task_type"].clone(), wait["reason"].clone());
        let of_popup: Vec<_> = shown.iter().map(|wait| (json!(wait.task_type), json!(wait.reason))).collect();
        assert_eq!(told.iter().map(said).collect::<Vec<_>>(), of_popup, "{reason}");
        assert!(shown.iter().any(|wait| wait.reason == reason), "{reason}: {shown:?}");
        for (told, shown) in told.iter().zip(&shown) {
            let (told, shown) = (told["for_ms"].as_i64(), shown.for_ms);
            assert_eq!(told.is_some(), shown.is_some(), "{reason}");
            let apart = told.zip(shown).map_or(0, |(told, shown)| told - shown);
            assert!((0..30 * SECOND).contains(&apart), "{reason}: {apart} at {at}");
        }
    }
}
