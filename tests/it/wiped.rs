//! Storage is emptied from outside while a task runs: the worker goes on from memory, the next one is unpaired and says so,
//! and nothing is sent twice.

use crate::support::*;

/// Empties storage at a point of a task; the worker dies some time later. Returns the world and the new, paired worker.
fn wiped(
    kind: &str,
    input: &Value,
    level: crate::fakes::server::Level,
    point: u32,
    lives_on: i64,
) -> Option<(FakeWorld, Agent)> {
    let (world, mut agent) = world(150, level);
    let begun = world.points();
    world.at_point(begun + point, |world| world.disk.borrow_mut().wipe());
    world.server.borrow_mut().add("t-1", kind, input.clone());
    agent.run_until("the point, or the end", |world| {
        world.points() >= begun + point || world.server.borrow().ended("t-1").is_some()
    });
    if world.points() < begun + point {
        return None;
    }
    agent.run_for(lives_on);
    agent.reboot();
    agent.run_for(MINUTE);
    let what = format!("{kind}, {level:?}, point {point}, {lives_on} ms");
    // A pairing that changed after the wipe was written again; what belongs to it was not.
    let status = agent.status();
    match status.attention {
        None => assert_eq!((status.state, status.server), ("unpaired", None), "{what}"),
        Some(problem) => assert_eq!((status.state, problem.code), ("latched", "record_set_aside"), "{what}"),
    }
    let asked = world.site.borrow().requests.len();
    agent.run_for(HOUR);
    assert_eq!(world.site.borrow().requests.len(), asked, "{what}: it does nothing");
    let was_unpaired = agent.status().server.is_none();
    pair_again(&mut agent);
    // It may be another server: what is held for the one before, its rows and results, is not for this one.
    let held = world.disk.borrow().keys().iter().filter(|key| key.starts_with("task:")).count();
    assert!(held == 0 || !was_unpaired, "{what}: a task of the pairing before is held");
    if agent.status().attention.is_some() {
        assert!(clear_stop(&mut agent).ok, "{what}");
        assert!(agent.ask(Command::SetPaused { paused: false }).ok, "{what}");
    }
    Some((world, agent))
}

#[test]
fn at_every_point_of_a_task() {
    for level in [One, Two] {
        for (kind, input) in [
            (FETCH, json!({ "count": 130 })),
            (CONNECT, json!({ "profile_urn": STRANGER, "note": "Hello there" })),
        ] {
            let mut wipes = 0;
            for point in 1.. {
                for lives_on in [0, 200, MINUTE] {
                    let Some((world, mut agent)) = wiped(kind, &input, level, point, lives_on) else {
                        continue;
                    };
                    wipes += 1;
                    let what = format!("{kind}, {level:?}, point {point}, {lives_on} ms");
                    // Nothing of what the wiped storage had been is taken for the new pairing's.
                    let held = world.disk.borrow().keys_with("Hello there").len();
                    assert_eq!(held, 0, "{what}: a note of the pairing before was kept");
                    let (status, output) = agent.run_to_end("t-1");
                    agent.run_for(30 * MINUTE);
                    let (posts, sent) = (posts(&world), world.site.borrow().invitations.len());
                    assert!(posts <= 1 && sent <= 1, "{what}: {posts} POSTs");
                    let code = output["code"].as_str().unwrap_or_default();
                    let fits = match (status.as_str(), code) {
                        ("completed", _) => kind == FETCH || sent == 1,
                        ("failed", "outcome_unknown") => kind == CONNECT,
                        // Its memory is gone, and at level one the server has none.
                        ("failed", "cannot_resend_yet") => kind == CONNECT && level == One && sent == 1,
                        _ => false,
                    };
                    assert!(fits, "{what}: {status} {code}, {sent} sent");
                    assert_eq!(record(&world, "t-1"), None, "{what}");
                }
                if point > 80 {
                    break;
                }
            }
            assert!(wipes > 40, "{level:?}, {kind}: only {wipes}");
        }
    }
}

#[test]
fn a_worker_that_lives_on_ends_its_task_from_memory() {
    for level in [One, Two] {
        let (world, mut agent) = world(150, level);
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the POST", |world| posts(world) == 1);
        world.disk.borrow_mut().wipe();
        assert_eq!(agent.run_to_end("t-1").0, "completed");
        assert_eq!(fetch(&mut agent, "t-2", json!({ "count": 130 })), network(&world)[..130]);
        // Offered again while it lives, and after the next one has been paired.
        world
            .server
            .borrow_mut()
            .offer_raw(json!({ "task": "t-1", "task_type": CONNECT, "task_input": stranger(), "epoch": 2 }));
        agent.run_for(MINUTE);
        agent.reboot();
        agent.run_for(MINUTE);
        assert_eq!(agent.status().state, "unpaired");
        pair_again(&mut agent);
        world
            .server
            .borrow_mut()
            .offer_raw(json!({ "task": "t-1", "task_type": CONNECT, "task_input": stranger(), "epoch": 3 }));
        agent.run_for(HOUR);
        assert_eq!((last_completion(&world)["status"].as_str(), posts(&world)), (Some("completed"), 1));
    }
}

#[test]
fn of_tasks_that_have_ended_storage_keeps_neither_what_was_asked_nor_what_came_of_it() {
    for level in [One, Two] {
        let (world, mut agent) = world(230, level);
        let noted = |profile: &str| json!({ "profile_urn": profile, "note": "Hello there" });
        assert_eq!(fetch(&mut agent, "t-1", json!({ "keyword": "Ada", "count": 5 })).len(), 5);
        assert_eq!(fetch(&mut agent, "t-2", json!({ "count": 150, "fields": "all" })).len(), 150);
        assert_eq!(invite(&mut agent, "t-3", noted("ACoAAother3")).0, "completed");
        world.site.borrow_mut().next(INVITE, Mishap::LostBefore);
        assert_eq!(invite(&mut agent, "t-4", noted("ACoAAother4")).1, "outcome_unknown");
        world.site.borrow_mut().next(INVITE, Mishap::Code(400, "CUSTOM_INVITE_LIMIT_REACHED"));
        assert_eq!(invite(&mut agent, "t-5", noted("ACoAAother5")).1, "note_limit");
        assert_eq!(
            carry_out(&mut agent, "t-6", FETCH, json!({ "keyword": "Ada", "sort_type": "BY_SHOE_SIZE" })).0,
            "failed"
        );
        agent.run_for(MINUTE);
        agent.kill();
        world
            .disk
            .borrow_mut()
            .put("task:t-7", &format!("{{\"note\":\"Hello there\",\"token\":\"{level:?}#7\"}}"));
        agent.reboot();
        agent.run_for(MINUTE);
        assert!(clear_stop(&mut agent).ok);
        agent.run_for(MINUTE);
        let disk = world.disk.borrow();
        let never = [
            "Hello there",
            "Ada",
            "ada",
            "At work",
            "first_name",
            "p-ACoSim",
            "ajax:",
            "42900000",
            "t-3#1",
            "#7",
            "BY_SHOE",
        ];
        for text in never {
            assert_eq!(disk.keys_with(text), [""; 0], "{level:?}: {text}");
        }
        // Whom the person invited is in the person's own log, and the token in the pairing.
        for profile in ["ACoAAother3", "ACoAAother4", "ACoAAother5"] {
            assert!(disk.keys_with(profile).iter().all(|key| key.starts_with("log:")), "{profile}");
        }
        assert_eq!(disk.keys_with(TOKEN), ["pairing"]);
    }
}
