//! Every stored record in turn is damaged in every way: nothing panics, the person is told, and what stands in its place is
//! never wider than what the person allowed.

use crate::support::*;

/// What may lie there instead of a record. `value` is what did.
fn damages(value: &str, others: &[String]) -> Vec<String> {
    let cuts = [0, 1, 2, 10, 18, 19, 20, value.len() / 4, value.len() / 2, value.len() - 2, value.len() - 1];
    let mut all: Vec<String> = cuts.iter().filter_map(|&cut| value.get(..cut)).map(str::to_owned).collect();
    let words = [
        "garbage",
        "\u{0}\u{1}\u{fffd}",
        "null",
        "true",
        "7",
        "[]",
        "{}",
        "[[]]",
        "\"\"",
        "?{\"paused\":false}",
        "2:",
        "2:\n",
        ":",
        "-1:x",
        "0:x",
        "1:x",
        "{\"paused\":\"\\ud83d\"}",
        "{\"paused\":false}x",
        "{\"v\":1,\"task\":\"t-9\"}",
        "{\"invites\":\"many\"}",
        "{\"blocked_until\":{}}",
        "{\"bound_account\":7}",
    ];
    all.extend(words.map(str::to_owned));
    all.push(format!("{value}{value}"));
    all.push(value.replacen("2:", "2:0", 1));
    all.push(value.replace(['1', '2', '3'], "4"));
    all.push("[".repeat(100_000));
    all.push("\u{1f680}".repeat(1_000_000));
    all.extend(others.iter().cloned());
    all.retain(|damaged| damaged != value);
    all
}

/// What an agent has stored that has a past and is in the middle of an invitation.
fn lived(level: crate::fakes::server::Level) -> Vec<(String, String)> {
    let (world, mut agent) = world(250, level);
    assert_eq!(fetch(&mut agent, "t-1", json!({ "count": 3 })).len(), 3);
    assert_eq!(invite(&mut agent, "t-2", json!({ "profile_urn": "ACoAAother2" })).0, "completed");
    agent.run_for(MINUTE);
    world.server.borrow_mut().add("t-9", CONNECT, stranger());
    agent.run_until("the POST", |world| posts(world) == 2);
    let records = world.disk.borrow().records();
    records.into_iter().filter(|(key, _)| key != "probe").collect()
}

/// The agent a moment later. LinkedIn has the invitation, and the server saw it started.
fn goes_on(records: &[(String, String)], level: crate::fakes::server::Level) -> (FakeWorld, Agent) {
    let world = FakeWorld::new(250, level);
    world.time.jump(2 * MINUTE);
    for (key, value) in records {
        world.disk.borrow_mut().put(key, value);
    }
    world.site.borrow_mut().invitations.push((STRANGER.to_owned(), world.now() - 30 * SECOND, None));
    let stand = if level == Two { Stand::Started(world.time.steady()) } else { Stand::Queued };
    world.server.borrow_mut().restore("t-9", CONNECT, stranger(), stand);
    let agent = Agent::boot(&world);
    (world, agent)
}

const STOPPING: [&str; 5] = ["settings", "pace", "invitations", "breakers", "tombstones"];

#[test]
fn each_record_damaged_in_every_way() {
    let lived = lived(Two);
    let keys: Vec<&str> = lived.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys.len(), 9, "{keys:?}");
    for (at, (key, value)) in lived.iter().enumerate() {
        let others: Vec<String> =
            lived.iter().filter(|(other, _)| other != key).map(|(_, value)| value.clone()).collect();
        for damage in damages(value, &others) {
            let mut records = lived.clone();
            records[at].1.clone_from(&damage);
            let what = format!("{key} as {damage:.60}");
            let (world, mut agent) = goes_on(&records, Two);
            world.server.borrow_mut().add("t-10", FETCH, json!({ "count": 1 }));
            agent.run_for(HOUR);
            assert!(agent.is_running(), "{what}");
            let status = agent.status();
            assert_eq!(status.attention.map(|problem| problem.code), Some("record_set_aside"), "{what}");
            let aside = world.disk.borrow().raw(&format!("aside:{key}")).map(str::len);
            assert_eq!(aside, Some(damage.len().min(64 << 10)), "{what}: so much is kept");
            let kind = key.split(':').next().unwrap();
            let asked = world.site.borrow().requests.len();
            if kind == "pairing" {
                assert_eq!((status.state, asked), ("unpaired", 0), "{what}");
                pair_again(&mut agent);
                assert!(world.disk.borrow().raw("aside:pairing").is_none(), "{what}: it had the token");
            } else if STOPPING.contains(&kind) {
                assert_eq!((status.state, asked), ("latched", 0), "{what}: it stands still");
                assert_eq!((said_state(&world).as_str(), accepts(&world).len()), ("paused", 0), "{what}");
                assert!(waiting(&world).iter().all(|(_, reason, _)| reason == "storage"), "{what}");
                let look = agent.ask(Command::CheckLinkedIn);
                assert_eq!(look.error.unwrap().code, "record_set_aside", "{what}");
                assert!(clear_stop(&mut agent).ok, "{what}");
            }
            assert_eq!(
                status.paused,
                kind == "settings",
                "{what}: settings that are gone are looked at first"
            );
            if kind == "settings" {
                agent.run_for(HOUR);
                assert_eq!(world.site.borrow().requests.len(), 0, "{what}");
                assert!(agent.ask(Command::SetPaused { paused: false }).ok, "{what}");
            }
            assert_eq!(agent.run_to_end("t-9").0, "completed", "{what}: it was sent, and is found");
            assert_eq!(agent.run_to_end("t-10").0, "completed", "{what}");
            assert_eq!(posts(&world), 0, "{what}");
        }
    }
}

#[test]
fn a_record_that_is_gone_is_not_read_as_nothing_done() {
    for key in ["settings", "pace", "invitations", "breakers"] {
        let mut records = lived(Two);
        records.retain(|(other, _)| other != key);
        let (world, mut agent) = goes_on(&records, Two);
        for _ in 0..2 {
            agent.run_for(HOUR);
            assert_eq!((agent.status().state, world.site.borrow().requests.len()), ("latched", 0), "{key}");
            assert_eq!(agent.status().attention.unwrap().code, "record_set_aside", "{key}");
            agent.reboot();
        }
        assert!(clear_stop(&mut agent).ok);
        if key == "settings" {
            assert!(agent.ask(Command::SetPaused { paused: false }).ok);
        }
        assert_eq!((agent.run_to_end("t-9").0.as_str(), posts(&world)), ("completed", 0), "{key}");
        agent.reboot();
        agent.run_for(MINUTE);
        assert_eq!(agent.status().attention, None, "{key}: cleared for good");
    }
}

#[test]
fn limits_of_linkedin_that_were_forgotten_are_taken_to_have_begun_when_the_person_clears() {
    let mut records = lived(Two);
    records.retain(|(key, _)| key != "breakers");
    let (world, mut agent) = goes_on(&records, Two);
    agent.run_for(MINUTE);
    assert!(clear_stop(&mut agent).ok);
    agent.run_for(MINUTE);
    assert_eq!(waiting(&world)[0].1, "throttled");
    agent.run_for(HOUR);
    assert_eq!(waiting(&world), [(CONNECT.to_owned(), "invitation_limit".to_owned(), waiting(&world)[0].2)]);
    agent.run_for(DAY);
    assert_eq!(accepts(&world), [FETCH, CONNECT]);
}

#[test]
fn an_invitation_whose_record_is_lost_is_looked_for_and_never_sent() {
    for level in [One, Two] {
        for is_sent in [true, false] {
            for clears in [false, true] {
                let mut records = lived(level);
                for (key, value) in &mut records {
                    if key == "task:t-9" {
                        value.truncate(40);
                    }
                }
                let (world, mut agent) = goes_on(&records, level);
                if !is_sent {
                    world.site.borrow_mut().invitations.clear();
                }
                let what = format!("{level:?}, sent: {is_sent}, cleared: {clears}");
                if clears {
                    // Before the server is heard.
                    world.server.borrow_mut().next("/poll", Loss::Before);
                    assert!(clear_stop(&mut agent).ok, "{what}");
                    assert_eq!(world.disk.borrow().keys_with("aside"), [""; 0], "{what}");
                }
                let (status, output) = agent.run_to_end("t-9");
                assert_eq!(posts(&world), 0, "{what}");
                let code = output["code"].as_str().unwrap_or_default();
                // At level one nobody asks for a look at what the person has cleared.
                let known = is_sent && !(level == One && clears);
                let wanted = if known { ("completed", "") } else { ("failed", "outcome_unknown") };
                assert_eq!((status.as_str(), code), wanted, "{what}");
            }
        }
    }
}

#[test]
fn a_read_whose_record_is_lost_is_read_again() {
    for level in [One, Two] {
        let (world, mut agent) = world(250, level);
        world.server.borrow_mut().add("t-1", FETCH, json!({ "count": 230 }));
        agent.run_until("two pages", |world| world.site.borrow().count(LIST) == 3);
        agent.kill();
        // Cut off between two of its lines: a page's rows are missing.
        let value = world.disk.borrow().raw("task:t-1").unwrap().to_owned();
        let cut = value.rfind('\n').unwrap();
        world.disk.borrow_mut().put("task:t-1", value.get(..cut).unwrap());
        agent.reboot();
        agent.run_for(SECOND);
        assert!(clear_stop(&mut agent).ok);
        let (status, output) = agent.run_to_end("t-1");
        assert_eq!(status, "completed", "{output}");
        assert_eq!(ids(&output), network(&world)[..230], "{level:?}: no row is missing");
    }
}

#[test]
fn what_was_set_aside_is_bounded_and_goes_when_the_person_clears_it() {
    let (world, mut agent) = world(3, Two);
    agent.kill();
    for n in 0..100 {
        world.disk.borrow_mut().put(&format!("task:lost-{n}"), &"Hello there ".repeat(20_000));
    }
    agent.reboot();
    agent.run_for(MINUTE);
    assert!(world.disk.borrow().quota_bytes() < 300_000, "{}", world.disk.borrow().quota_bytes());
    let asides = |world: &FakeWorld| {
        world.disk.borrow().keys_with("").into_iter().filter(|key| key.starts_with("aside:")).count()
    };
    assert_eq!(asides(&world), 100);
    assert!(clear_stop(&mut agent).ok);
    assert_eq!((asides(&world), world.disk.borrow().keys_with("Hello there")), (0, vec![]));
    // Each may have been sent.
    world
        .server
        .borrow_mut()
        .offer_raw(json!({ "task": "lost-7", "task_type": CONNECT, "task_input": stranger() }));
    agent.run_until("the answer", |world| calls(world, "/complete") == 1);
    assert_eq!(
        (last_completion(&world)["task_output"]["code"].as_str(), posts(&world)),
        (Some("outcome_unknown"), 0)
    );
}

#[test]
fn who_forgets_the_pairing_keeps_nothing_of_its_tasks() {
    let mut records = lived(Two);
    for (key, value) in &mut records {
        if key == "task:t-9" {
            value.push('x');
        }
    }
    let (world, mut agent) = goes_on(&records, Two);
    agent.settle();
    assert_eq!(world.disk.borrow().keys_with("t-9#1").len(), 1);
    assert!(agent.ask(Command::Forget).ok);
    assert_eq!(
        (world.disk.borrow().keys_with("t-9#1"), world.disk.borrow().keys_with("aside")),
        (vec![], vec![])
    );
    pair_again(&mut agent);
    assert_eq!((agent.run_to_end("t-9").0.as_str(), posts(&world)), ("completed", 0));
}

#[test]
fn a_damaged_record_of_the_session_is_asked_for_again() {
    for key in ["session", "account", "waits", "cursors", "way"] {
        for damage in
            ["", "garbage", "0fe4a8e2e7090e79", "{}", "[]", "3:later", "2:0000000000000000\n0fe4a8e2e7090e79"]
        {
            let (world, mut agent) = world(250, Two);
            assert_eq!(fetch(&mut agent, "t-1", json!({ "count": 3 })).len(), 3);
            world.server.borrow_mut().add("t-2", CONNECT, stranger());
            agent.run_until("the POST", |world| posts(world) == 1);
            agent.kill();
            world.disk.borrow_mut().put_in_session(key, damage);
            agent.reboot();
            let what = format!("{key} as {damage}");
            assert_eq!((agent.run_to_end("t-2").0.as_str(), posts(&world)), ("completed", 1), "{what}");
            assert_eq!(fetch(&mut agent, "t-3", json!({ "start": 3, "count": 2 })).len(), 2, "{what}");
            assert_eq!((agent.status().state, agent.status().attention), ("ready", None), "{what}");
        }
    }
}

#[test]
fn settings_that_would_not_be_written_are_not_said_to_be_set() {
    let mut records = lived(Two);
    records.retain(|(key, _)| key != "settings");
    let (world, mut agent) = goes_on(&records, Two);
    agent.run_for(MINUTE);
    let commands = [
        Command::SetPaused { paused: true },
        Command::SetPaused { paused: false },
        Command::SetSettings { settings: json!({ "invites_per_day": 3 }) },
    ];
    for command in commands {
        let what = format!("{command:?}");
        let before = agent.status();
        let answer = agent.ask(command.clone());
        assert_eq!(answer.error.map(|problem| problem.code), Some("record_set_aside"), "{what}");
        assert_eq!(agent.status().settings, before.settings, "{what}");
    }
    assert!(clear_stop(&mut agent).ok);
    set(&mut agent, json!({ "invites_per_day": 3 }));
    agent.reboot();
    assert_eq!(agent.status().settings.invites_per_day, 3);
    assert!(world.disk.borrow().local("settings").is_some());
}

#[test]
fn an_erased_log_leaves_nothing_set_aside() {
    let mut records = lived(Two);
    for (key, value) in &mut records {
        if key.starts_with("log:") {
            value.push('x');
        }
    }
    let (world, mut agent) = goes_on(&records, Two);
    agent.settle();
    assert_eq!(world.disk.borrow().keys_with("ACoAAother2").len(), 1, "its lines");
    assert!(agent.ask(Command::EraseLog).ok);
    agent.settle();
    assert_eq!(world.disk.borrow().keys_with("ACoAAother2"), [""; 0]);
    assert_eq!(agent.status().attention, None);
}

#[test]
fn a_count_that_is_lost_with_the_pace_stays_lost_in_storage() {
    let mut records = lived(Two);
    records.retain(|(key, _)| key != "pace");
    let (world, mut agent) = goes_on(&records, Two);
    agent.settle();
    let counted = world.disk.borrow().local("invitations").map(str::to_owned).unwrap();
    assert!(counted.contains("\"lost\":true"), "{counted}");
}
