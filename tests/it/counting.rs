//! What was sent by hand counts: the account's own list is read before an invitation is started, once an hour at most.

use crate::support::*;

/// Invitations that the person sent by hand, so many, the first at `first` and then every `gap` ms.
fn by_hand(world: &FakeWorld, count: i64, first: i64, gap: i64) {
    let mut site = world.site.borrow_mut();
    let ahead = site.clock_ahead_ms;
    for n in 0..count {
        site.invitations.push((format!("ACoAAbyhand{n}"), first + n * gap + ahead, None));
    }
}

fn person(n: i64) -> Value {
    json!({ "profile_urn": format!("ACoAAsimNobody{n}") })
}

#[test]
fn what_was_sent_by_hand_counts_and_the_task_goes_back() {
    for level in [One, Two] {
        for ahead in [0, 90 * MINUTE, -90 * MINUTE] {
            let (world, mut agent) = world(3, level);
            world.site.borrow_mut().clock_ahead_ms = ahead;
            let first = world.now() - 3 * HOUR;
            by_hand(&world, 20, first, MINUTE);
            world.server.borrow_mut().add("t-1", CONNECT, person(1));
            agent.run_until("the return", |world| world.server.borrow().task("t-1").returned == 1);
            agent.run_for(MINUTE);
            let what = format!("{level:?}, {ahead}");
            assert_eq!((posts(&world), calls(&world, "/start")), (0, 0), "{what}");
            let status = agent.status();
            assert_eq!(
                (status.usage.day, status.usage.week, status.usage.by_hand),
                (20, 20, "known"),
                "{what}"
            );
            let wait = &status.waiting[0];
            let until = world.now() + wait.for_ms.unwrap();
            assert_eq!(
                (wait.reason, (until - first - DAY).abs() <= 2 * SECOND),
                ("daily_limit", true),
                "{what}: {until}"
            );
            agent.run_for(first + DAY - MINUTE - world.now());
            assert_eq!(world.site.borrow().count(SENT), 1, "{what}: not asked again while it waits");
            assert_eq!(agent.run_to_end("t-1").0, "completed", "{what}");
        }
    }
}

#[test]
fn who_asks_for_it_is_told_in_each_poll_how_many_count() {
    let (world, mut agent) = world(3, Two);
    let said = |agent: &mut Agent| {
        agent.run_for(MINUTE);
        agent.world.server.borrow().last_poll()["usage"].clone()
    };
    let of = |day: u64, day_limit: u64, week: u64| json!({ "day": { "used": day, "limit": day_limit }, "week": { "used": week, "limit": 100 } });
    assert_eq!(said(&mut agent), of(0, 20, 0));
    by_hand(&world, 2, world.now() - 30 * HOUR, MINUTE);
    assert_eq!(invite(&mut agent, "t-1", person(1)).0, "completed");
    assert_eq!(said(&mut agent), of(1, 20, 3));
    set(&mut agent, json!({ "invites_per_day": 7 }));
    assert_eq!(said(&mut agent), of(1, 7, 3));
    agent.run_for(DAY);
    assert_eq!(said(&mut agent), of(0, 7, 3));
}

#[test]
fn nobody_else_is_told_how_many_count() {
    let (world, mut agent) = world(3, One);
    assert_eq!(invite(&mut agent, "t-1", person(1)).0, "completed");
    assert!(agent.ask(Command::TestConnection).ok);
    agent.run_for(HOUR);
    assert!(world.server.borrow().bodies("/poll").iter().all(|poll| poll.get("usage").is_none()));
}

#[test]
fn the_list_is_read_once_an_hour_and_ours_are_not_counted_twice() {
    let (world, mut agent) = world(3, Two);
    for n in 0..10 {
        assert_eq!(invite(&mut agent, &format!("t-{n}"), person(n)).0, "completed");
    }
    assert_eq!((world.site.borrow().count(SENT), agent.status().usage.week), (1, 10));
    agent.run_for(HOUR);
    assert_eq!(invite(&mut agent, "t-10", person(10)).0, "completed");
    assert_eq!((world.site.borrow().count(SENT), agent.status().usage.week), (2, 11));
    agent.run_for(5 * HOUR);
    assert_eq!(world.site.borrow().count(SENT), 2, "only before an invitation");
}

#[test]
fn a_full_page_is_followed_by_the_next_while_caps_go_beyond_it() {
    for (week_limit, pages, counted) in [(100, 1, 100), (200, 2, 150)] {
        let (world, mut agent) = world(3, Two);
        set(&mut agent, json!({ "invites_per_week": week_limit }));
        by_hand(&world, 150, world.now() - 6 * DAY, 30 * MINUTE);
        world.server.borrow_mut().add("t-1", CONNECT, person(1));
        agent.run_for(MINUTE);
        let sent: Vec<String> =
            world.site.borrow().requests.iter().filter(|request| request.contains(SENT)).cloned().collect();
        assert_eq!(sent.len(), pages, "{sent:?}");
        assert!(sent.get(1).is_none_or(|second| second.contains("start=100&")), "{sent:?}");
        assert_eq!(posts(&world), u32::from(week_limit == 200));
        assert_eq!(agent.status().usage.week, counted + posts(&world) as usize);
    }
}

#[test]
fn a_list_that_has_drifted_leaves_our_own_counts_and_says_so() {
    let answer = |status, body: &str| Mishap::Answer { status, body: body.to_owned(), retry_after: None };
    for drifted in [answer(200, "{}"), answer(404, "{}"), answer(403, "{}")] {
        let (world, mut agent) = world(3, Two);
        by_hand(&world, 20, world.now() - 3 * HOUR, MINUTE);
        world.site.borrow_mut().next(SENT, drifted.clone());
        assert_eq!(invite(&mut agent, "t-1", person(1)).0, "completed", "{drifted:?}");
        let usage = agent.status().usage;
        assert_eq!((usage.week, usage.by_hand), (1, "unknown"), "{drifted:?}");
        assert_eq!(invite(&mut agent, "t-2", person(2)).0, "completed");
        assert_eq!(world.site.borrow().count(SENT), 1, "not asked again within the hour");
        agent.run_for(HOUR);
        world.server.borrow_mut().add("t-3", CONNECT, person(3));
        agent.run_for(MINUTE);
        assert_eq!((posts(&world), agent.status().usage.by_hand), (2, "known"));
    }
}

#[test]
fn a_look_that_cannot_be_had_gives_the_task_back_and_is_not_tried_at_once() {
    for mishap in [Mishap::LostBefore, Mishap::TimedOut, Mishap::CutOff, Mishap::Code(500, "")] {
        let (world, mut agent) = world(3, Two);
        for _ in 0..3 {
            world.site.borrow_mut().next(SENT, mishap.clone());
        }
        world.server.borrow_mut().add("t-1", CONNECT, person(1));
        agent.run_for(5 * MINUTE);
        let returned = world.server.borrow().task("t-1").returned;
        assert_eq!((returned, world.site.borrow().count(SENT), posts(&world)), (3, 4, 1), "{mishap:?}");
    }
}

#[test]
fn what_was_counted_outlives_pairings_servers_tokens_and_restarts() {
    let leave: [Happening; 4] = [
        pair_again,
        |agent| {
            assert!(agent.ask(Command::Forget).ok);
            pair_again(agent);
        },
        |agent| {
            agent.kill();
            agent.world.disk.borrow_mut().restart_browser(0);
            agent.reboot();
        },
        |agent| {
            assert!(agent.ask(Command::Forget).ok);
            member_changes(agent, 1);
            pair_again(agent);
        },
    ];
    for (n, leave) in leave.into_iter().enumerate() {
        let (world, mut agent) = world(3, Two);
        // LinkedIn's list doesn't help.
        world.site.borrow_mut().sent_list_lags = true;
        set(&mut agent, json!({ "invites_per_day": 2, "ask_before_invite": false }));
        for n in 0..2 {
            assert_eq!(invite(&mut agent, &format!("t-{n}"), person(n)).0, "completed");
        }
        leave(&mut agent);
        world.server.borrow_mut().add("t-9", CONNECT, person(9));
        agent.run_for(HOUR);
        let status = agent.status();
        assert_eq!((posts(&world), status.usage.day, status.usage.day_limit), (2, 2, 2), "{n}");
        assert_eq!(status.waiting[0].reason, "daily_limit", "{n}");
    }
}

#[test]
fn after_a_damaged_record_the_list_is_read_before_anything_goes() {
    for key in ["invitations", "pace"] {
        let (world, mut agent) = world(3, Two);
        set(&mut agent, json!({ "invites_per_day": 2 }));
        for n in 0..2 {
            assert_eq!(invite(&mut agent, &format!("t-{n}"), person(n)).0, "completed");
        }
        agent.kill();
        world.disk.borrow_mut().put(key, "{\"invites\":");
        agent.reboot();
        agent.run_for(MINUTE);
        counted_again(&world, &mut agent, key);
    }
}

/// The list can't be read at first.
fn counted_again(world: &FakeWorld, agent: &mut Agent, key: &str) {
    let looks = world.site.borrow().count(SENT);
    assert_eq!(waiting(world)[0].1, "storage", "{key}: the person has to look first");
    assert!(clear_stop(agent).ok);
    world
        .site
        .borrow_mut()
        .next(SENT, Mishap::Answer { status: 200, body: "{}".to_owned(), retry_after: None });
    world.server.borrow_mut().add("t-9", CONNECT, person(9));
    agent.run_for(10 * MINUTE);
    agent.reboot();
    agent.run_for(10 * MINUTE);
    let is_full = key == "pace";
    // What is left of the counts may be enough to wait for.
    let reason = if is_full { "daily_limit" } else { "weekly_limit" };
    assert_eq!((posts(world), waiting(world)[0].1.as_str()), (2, reason), "{key}: it can't be counted");
    assert_eq!(world.site.borrow().count(SENT) - looks, usize::from(!is_full));
    agent.run_for(HOUR);
    assert_eq!((posts(world), agent.status().usage.day), (2, 2), "{key}: it was counted");
    assert_eq!(waiting(world)[0].1, "daily_limit");
}
