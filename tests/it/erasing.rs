//! All that is kept of the person is erased, whatever is under way; what holds the agent back is not.

use crate::fakes::server::Level;
use crate::support::*;
use std::collections::BTreeSet;

fn erase(agent: &mut Agent) {
    assert!(agent.ask(Command::EraseEverything).ok);
}

/// The kinds of keys that are left.
fn kinds_left(world: &FakeWorld) -> BTreeSet<String> {
    let disk = world.disk.borrow();
    disk.keys().into_iter().map(|key| key.split(':').next().unwrap_or(key).to_owned()).collect()
}

/// Nothing of the person is in what is stored, under any key and in either area.
fn nothing_is_left(world: &FakeWorld) {
    let text = world.disk.borrow().all_text();
    for personal in [
        TOKEN,
        STRANGER,
        "Hello there",
        "ACoSim",
        "Sim1",
        "Test",
        "\"bound_account\"",
        "\"in_call\":\"",
        "\"whom\"",
    ] {
        assert!(!text.contains(personal), "{personal} is left in\n{text}");
    }
}

#[test]
fn nothing_of_the_person_is_left() {
    let (world, mut agent) = world(130, Two);
    set(
        &mut agent,
        json!({ "invites_per_day": 7, "hours": { "days": [1, 2, 3, 4, 5, 6, 7], "from": "00:00", "to": "23:59" } }),
    );
    assert_eq!(fetch(&mut agent, "t-1", json!({ "keyword": "sim", "count": 3 })).len(), 3);
    let input = json!({ "profile_urn": STRANGER, "note": "Hello there" });
    assert_eq!(invite(&mut agent, "t-2", input).0, "completed");
    agent.run_for(MINUTE);
    erase(&mut agent);
    nothing_is_left(&world);
    let kept = ["breakers", "invitations", "pace", "recent", "settings", "tombstones"];
    let allowed: BTreeSet<String> = kept.iter().map(|&kind| kind.to_owned()).collect();
    let left = kinds_left(&world);
    assert!(left.is_subset(&allowed), "{left:?}");
    let status = agent.status();
    assert_eq!((status.state, status.server, status.recent), ("unpaired", None, vec![]));
    assert_eq!((status.settings.invites_per_day, status.settings.hours), (20, None));
    assert_eq!(agent.ask(Command::ExportLog).log.unwrap(), []);
    // And a new worker finds no more than that.
    agent.reboot();
    assert_eq!(agent.status().state, "unpaired");
    assert_eq!(agent.status().attention, None);
}

#[test]
fn what_was_sent_still_counts_and_a_stop_still_stops() {
    let (world, mut agent) = world(3, Two);
    assert_eq!(invite(&mut agent, "t-1", stranger()).0, "completed");
    world
        .site
        .borrow_mut()
        .next(LIST, Mishap::RedirectedTo("https://www.linkedin.com/checkpoint/challenge/x"));
    assert_eq!(carry_out(&mut agent, "t-2", FETCH, json!({ "count": 1 })).1["code"], "challenge");
    erase(&mut agent);
    pair_again(&mut agent);
    agent.run_for(MINUTE);
    let status = agent.status();
    assert_eq!((status.usage.day, status.state), (1, "latched"));
    assert_eq!(status.attention.unwrap().code, "challenge");
}

#[test]
fn a_task_in_hand_is_dropped_at_whatever_point_and_nothing_is_sent_twice() {
    for level in [One, Two] {
        for (kind, input) in [
            (FETCH, json!({ "count": 130 })),
            (CONNECT, json!({ "profile_urn": STRANGER, "note": "Hello there" })),
        ] {
            let mut erased = 0;
            for point in 1..40 {
                let (world, mut agent) = world(150, level);
                let begun = world.points();
                world.server.borrow_mut().add("t-1", kind, input.clone());
                let reached = |world: &FakeWorld| world.points() >= begun + point;
                agent.run_until("the point, or the end", |world| {
                    reached(world) || world.server.borrow().ended("t-1").is_some()
                });
                if !reached(&world) {
                    break;
                }
                erase(&mut agent);
                erased += 1;
                nothing_is_left(&world);
                let posted = posts(&world);
                agent.run_for(HOUR);
                let what = format!("{level:?}, {kind}, point {point}");
                nothing_is_left(&world);
                assert_eq!(posts(&world), posted, "{what}: it goes on");
                assert_eq!(record(&world, "t-1"), None, "{what}");
                assert_eq!(agent.ask(Command::ExportLog).log.unwrap(), [], "{what}");
                pair_again(&mut agent);
                agent.run_to_end("t-1");
                agent.run_for(30 * MINUTE);
                assert!(posts(&world) <= 1, "{what}: {} POSTs", posts(&world));
            }
            assert!(erased > 8, "{level:?}, {kind}: only {erased}");
        }
    }
}

/// Once the person was shown that the pairing is lost: they erase everything, or clear what they were shown.
fn what_may_have_been_sent_is_remembered(level: Level, task_too: bool, act: fn(&mut Agent)) -> usize {
    let (mut acted, input) = (0, json!({ "profile_urn": STRANGER, "note": "Hello there" }));
    for point in 1..40 {
        let (world, mut agent) = world(3, level);
        let begun = world.points();
        world.server.borrow_mut().add("t-1", CONNECT, input.clone());
        let reached = |world: &FakeWorld| world.points() >= begun + point;
        agent.run_until("the point, or the end", |world| {
            reached(world) || world.server.borrow().ended("t-1").is_some()
        });
        if !reached(&world) {
            break;
        }
        agent.kill();
        world.disk.borrow_mut().put("pairing", "2:damaged");
        if task_too && record(&world, "t-1").is_some() {
            world.disk.borrow_mut().put("task:t-1", "2:damaged");
        }
        agent.reboot();
        act(&mut agent);
        acted += 1;
        // Whoever was invited accepts, so LinkedIn's list can't tell.
        world.site.borrow_mut().invitations.clear();
        agent.reboot();
        pair_again(&mut agent);
        agent.run_to_end("t-1");
        agent.run_for(30 * MINUTE);
        assert!(posts(&world) <= 1, "{level:?}, point {point}, {task_too}: {} POSTs", posts(&world));
        assert!(
            world.disk.borrow().keys().iter().all(|key| !key.starts_with("lost:")),
            "it has its tombstone"
        );
    }
    acted
}

#[test]
fn a_pairing_that_was_lost_is_no_way_to_send_twice() {
    for level in [One, Two] {
        for task_too in [false, true] {
            let erased = what_may_have_been_sent_is_remembered(level, task_too, |agent| {
                erase(agent);
                nothing_is_left(&agent.world);
                assert_eq!(agent.status().attention, None);
            });
            let cleared = what_may_have_been_sent_is_remembered(level, task_too, |agent| {
                assert!(clear_stop(agent).ok);
            });
            assert!(erased > 8 && cleared == erased, "{level:?}: only {erased}, {cleared}");
        }
    }
}

#[test]
fn an_invitation_that_waits_for_its_person_is_never_sent() {
    let (world, mut agent) = world(3, Two);
    set(&mut agent, json!({ "ask_before_invite": true }));
    let input = json!({ "profile_urn": STRANGER, "note": "Hello there" });
    world.server.borrow_mut().add("t-1", CONNECT, input);
    agent.run_until("the question", |world| record(world, "t-1").is_some());
    agent.run_for(SECOND);
    erase(&mut agent);
    nothing_is_left(&world);
    agent.run_for(HOUR);
    assert_eq!((posts(&world), agent.status().approvals.len()), (0, 0));
}

#[test]
fn damaged_records_go_too_and_what_stood_in_their_place_holds() {
    let (world, mut agent) = world(3, Two);
    assert_eq!(invite(&mut agent, "t-1", stranger()).0, "completed");
    agent.kill();
    for key in ["settings", "invitations", "pairing"] {
        world.disk.borrow_mut().put(key, "2:damaged");
    }
    agent.reboot();
    assert_eq!(agent.status().attention.unwrap().code, "record_set_aside");
    erase(&mut agent);
    nothing_is_left(&world);
    assert!(world.disk.borrow().keys().iter().all(|key| !key.starts_with("aside:")));
    assert_eq!(agent.status().attention, None);
    pair_again(&mut agent);
    let asked = |world: &FakeWorld| {
        world
            .site
            .borrow()
            .requests
            .iter()
            .filter(|path| path.contains("Sent") || path.contains("sent"))
            .count()
    };
    let before = asked(&world);
    invite(&mut agent, "t-2", json!({ "profile_urn": "ACoAAother9" }));
    assert!(asked(&world) > before, "what was sent is looked up before anything goes");
}

#[test]
fn a_disk_that_refuses_leaves_all_of_it_and_says_so() {
    let (world, mut agent) = world(3, Two);
    assert_eq!(fetch(&mut agent, "t-1", json!({ "count": 1 })).len(), 1);
    world.disk.borrow_mut().broken = true;
    assert_eq!(agent.ask(Command::EraseEverything).error.unwrap().code, "storage");
    world.disk.borrow_mut().broken = false;
    agent.run_for(MINUTE);
    assert_eq!((agent.status().state, agent.ask(Command::ExportLog).log.unwrap().len()), ("ready", 1));
}
