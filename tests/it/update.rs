//! The extension is updated, or an older one is put in its place: what one version left in storage, the next goes on from.
//!
//! `tests/fixtures/storage/v1` is what the first release had stored at each stage of a task, written by running it. Chrome
//! empties the session's storage at an update, so each profile is tried without it and with it.

use crate::fakes::T0;
use crate::support::*;
use std::fs;

/// Fields of a profile that were noted beside what was stored.
struct Left {
    profile: Value,
    world: FakeWorld,
}

/// A world just after the update of a profile.
fn left(name: &str, has_session: bool) -> Left {
    let path = format!("{}/tests/fixtures/storage/v1/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let profile: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let level = if name == "checking" { One } else { Two };
    let world = FakeWorld::new(250, level);
    world.time.jump(profile["now"].as_i64().unwrap() + 5 * SECOND - T0);
    let of = |area: &str| profile[area].as_object().unwrap().clone();
    for (key, value) in of("local") {
        world.disk.borrow_mut().put(&key, value.as_str().unwrap());
    }
    for (key, value) in of("session").iter().filter(|_| has_session) {
        world.disk.borrow_mut().put_in_session(key, value.as_str().unwrap());
    }
    for one in profile["invitations"].as_array().unwrap() {
        let note = one[2].as_str().map(str::to_owned);
        let sent = (one[0].as_str().unwrap().to_owned(), one[1].as_i64().unwrap(), note);
        world.site.borrow_mut().invitations.push(sent);
    }
    let task = &profile["task"];
    if let Some(id) = task["id"].as_str() {
        let stand = match task["stand"].as_str().unwrap() {
            "offered" => Stand::Offered,
            "queued" => Stand::Queued,
            _ => Stand::Started(world.time.steady() - 5 * SECOND),
        };
        let kind = task["kind"].as_str().unwrap();
        world.server.borrow_mut().restore(id, kind, task["input"].clone(), stand);
    }
    Left { profile, world }
}

fn names() -> Vec<String> {
    let folder = format!("{}/tests/fixtures/storage/v1", env!("CARGO_MANIFEST_DIR"));
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = files.map(|file| file.trim_end_matches(".json").to_owned()).collect();
    names.sort();
    names
}

#[test]
fn every_record_of_the_first_release_is_understood_and_renewed() {
    let mut keys = std::collections::BTreeSet::new();
    for name in names() {
        let Left { profile, world } = left(&name, false);
        let account = profile["account"].clone();
        let mut agent = Agent::boot(&world);
        agent.settle();
        let before = profile["local"].as_object().unwrap();
        keys.extend(before.keys().filter_map(|key| key.split(':').next()).map(str::to_owned));
        keys.extend(profile["session"].as_object().unwrap().keys().cloned());
        for (key, value) in before.iter().filter(|(key, _)| !key.starts_with("aside:") && *key != "probe") {
            let raw = world.disk.borrow().raw(key).unwrap_or_default().to_owned();
            assert!(raw.starts_with("2:"), "{name}, {key}: {raw:.40}");
            let is_moving = key.starts_with("task:") || key == "pace";
            let same = world.disk.borrow().local(key) == value.as_str();
            assert!(is_moving || same, "{name}, {key}: the record is another now");
        }
        for key in ["settings", "pace", "invitations", "breakers"] {
            assert!(world.disk.borrow().raw(key).is_some(), "{name}: {key}");
        }
        agent.run_for(MINUTE);
        let status = agent.status();
        assert_eq!(
            status.server.map(|server| server.name).as_deref(),
            Some("Test"),
            "{name}: it stays paired"
        );
        if name != "latched-and-paused" {
            assert_eq!(world.server.borrow().last_poll()["account"], account, "{name}: and bound");
        }
        let told = status.attention.map(|problem| problem.code);
        let wanted = match name.as_str() {
            "set-aside" => Some("record_set_aside"),
            "latched-and-paused" => Some("challenge"),
            _ => None,
        };
        assert_eq!(told, wanted, "{name}");
    }
    let all = [
        "account",
        "aside",
        "breakers",
        "cursors",
        "pace",
        "pairing",
        "probe",
        "recent",
        "session",
        "settings",
        "task",
        "tombstones",
        "waits",
        "way",
    ];
    assert_eq!(keys.into_iter().collect::<Vec<_>>(), all, "the fixtures have every key there was");
}

#[test]
fn a_task_at_every_stage_goes_on() {
    let table = [
        ("starting", 1, "completed", ""),
        ("sending", 0, "completed", ""),
        ("sending-lost", 0, "failed", "outcome_unknown"),
        ("verifying", 0, "completed", ""),
        ("finished-invitation", 0, "completed", ""),
        // Without `start`, nobody can tell.
        ("checking", 0, "failed", "outcome_unknown"),
        ("finished-read", 0, "completed", ""),
        ("walking", 0, "completed", ""),
    ];
    for (name, sends, ends, code) in table {
        for has_session in [false, true] {
            let what = format!("{name}, session kept: {has_session}");
            let world = left(name, has_session).world;
            let mut agent = Agent::boot(&world);
            let (status, output) = agent.run_to_end("t-9");
            assert_eq!((status.as_str(), output["code"].as_str().unwrap_or("")), (ends, code), "{what}");
            assert_eq!(posts(&world), sends, "{what}");
            agent.run_for(MINUTE);
            assert_eq!((record(&world, "t-9"), agent.status().state), (None, "ready"), "{what}");
            let rows = output["connections"].as_array().map_or(0, Vec::len);
            let asked = world.site.borrow().pages();
            match name {
                "walking" => {
                    assert_eq!(ids(&output), network(&world)[..230], "{what}: with the rows it had");
                    assert_eq!(asked, [(198, 32)], "{what}");
                }
                "finished-read" => assert_eq!((rows, asked.len()), (30, 0), "{what}"),
                _ => {
                    let offer =
                        json!({ "task": "t-9", "task_type": CONNECT, "task_input": stranger(), "epoch": 2 });
                    world.server.borrow_mut().offer_raw(offer);
                    agent.run_until("the old outcome", |world| {
                        last_completion(world)["epoch"].is_null() && calls(world, "/complete") > 1
                    });
                    assert_eq!(
                        (last_completion(&world)["status"].as_str(), posts(&world)),
                        (Some(ends), sends),
                        "{what}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_was_remembered_counted_and_stopped_stays_so() {
    let world = left("idle", false).world;
    let mut agent = Agent::boot(&world);
    agent.run_for(MINUTE);
    for (task, outcome) in [("t-2", json!("completed")), ("t-3", json!("failed"))] {
        let before = calls(&world, "/complete");
        let offer = json!({ "task": task, "task_type": CONNECT, "task_input": stranger(), "epoch": 9 });
        world.server.borrow_mut().offer_raw(offer);
        agent.run_until("the old outcome", |world| calls(world, "/complete") > before);
        assert_eq!((&last_completion(&world)["status"], posts(&world)), (&outcome, 0));
        agent.run_for(MINUTE);
    }
    // A note limit was met: another note is refused, a plain invitation goes.
    let (_, code) = invite(&mut agent, "t-5", json!({ "profile_urn": STRANGER, "note": "Hi" }));
    assert_eq!((code.as_str(), posts(&world)), ("note_limit", 0));

    let world = left("capped", false).world;
    let mut agent = Agent::boot(&world);
    agent.run_for(MINUTE);
    assert_eq!((accepts(&world), waiting(&world)[0].1.as_str()), (vec![FETCH.to_owned()], "daily_limit"));

    let world = left("latched-and-paused", false).world;
    let mut agent = Agent::boot(&world);
    agent.run_for(MINUTE);
    assert!(agent.status().paused);
    assert!(agent.ask(Command::SetPaused { paused: false }).ok);
    world.server.borrow_mut().add("t-9", FETCH, json!({}));
    agent.run_for(HOUR);
    assert_eq!((agent.status().state, world.site.borrow().requests.len()), ("latched", 0));
    assert!(clear_stop(&mut agent).ok);
    assert_eq!(agent.run_to_end("t-9").0, "completed");
}

#[test]
fn an_update_whose_writes_fail_leaves_all_as_it_was() {
    let world = left("sending", false).world;
    world.disk.borrow_mut().broken = true;
    let before = world.disk.borrow().all_text();
    let mut agent = Agent::boot(&world);
    agent.run_for(MINUTE);
    assert!(!agent.is_running(), "the shell is told and tries again");
    assert_eq!((world.disk.borrow().all_text(), world.site.borrow().requests.len()), (before, 0));
    world.disk.borrow_mut().broken = false;
    agent.reboot();
    assert_eq!((agent.run_to_end("t-9").0.as_str(), posts(&world)), ("completed", 0));
}

#[test]
fn an_update_that_was_written_in_part_is_done_again() {
    for partly in 0..8 {
        let world = left("sending", false).world;
        (world.disk.borrow_mut().broken, world.disk.borrow_mut().partly) = (true, partly);
        let mut agent = Agent::boot(&world);
        agent.run_for(SECOND);
        world.disk.borrow_mut().broken = false;
        agent.reboot();
        // What the first release had not written counts as lost once the pairing is of this version: the person looks.
        if agent.status().attention.is_some() {
            assert!(clear_stop(&mut agent).ok);
            drop(agent.ask(Command::SetPaused { paused: false }));
        }
        assert_eq!((agent.run_to_end("t-9").0.as_str(), posts(&world)), ("completed", 0), "{partly}");
        assert_eq!(agent.status().server.unwrap().name, "Test");
    }
}

/// A paired agent with a past, in the middle of an invitation; what it has stored.
fn lived() -> Vec<(String, String)> {
    let (world, mut agent) = world(250, Two);
    assert_eq!(fetch(&mut agent, "t-1", json!({ "count": 3 })).len(), 3);
    assert_eq!(invite(&mut agent, "t-2", json!({ "profile_urn": "ACoAAother2" })).0, "completed");
    agent.run_for(MINUTE);
    world.server.borrow_mut().add("t-9", CONNECT, stranger());
    agent.run_until("the POST", |world| posts(world) == 2);
    drop(agent);
    world.disk.borrow().records()
}

/// The same a moment later, in a world that has seen the invitation.
fn goes_on(records: &[(String, String)]) -> (FakeWorld, Agent) {
    let world = FakeWorld::new(250, Two);
    world.time.jump(2 * MINUTE);
    for (key, value) in records {
        world.disk.borrow_mut().put(key, value);
    }
    world.site.borrow_mut().invitations.push((STRANGER.to_owned(), world.now() - 30 * SECOND, None));
    let stand = Stand::Started(world.time.steady());
    world.server.borrow_mut().restore("t-9", CONNECT, stranger(), stand);
    let agent = Agent::boot(&world);
    (world, agent)
}

#[test]
fn records_of_a_later_version_are_set_aside_as_they_are_and_told_of() {
    let lived = lived();
    for (key, value) in lived.iter().filter(|(key, _)| key != "probe") {
        // However long it is.
        let later = format!("3{}{}", value.strip_prefix('2').unwrap(), "x".repeat(100_000));
        let mut records = lived.clone();
        records.retain(|(other, _)| other != key);
        records.push((key.clone(), later.clone()));
        let (world, mut agent) = goes_on(&records);
        agent.run_for(MINUTE);
        assert_eq!(
            world.disk.borrow().raw(&format!("aside:{key}")),
            Some(later.as_str()),
            "{key}: untouched"
        );
        let problem = agent.status().attention.unwrap();
        assert_eq!(problem.code, "record_set_aside", "{key}");
        assert!(problem.message.contains("newer version"), "{key}: {problem:?}");
        assert_eq!(posts(&world), 0, "{key}");
    }
}

#[test]
fn what_an_older_version_set_aside_is_taken_back() {
    let lived = lived();
    // Each of them, and all at once: the first release sets aside all that it can't read.
    let sets = lived
        .iter()
        .map(|(key, _)| vec![key.clone()])
        .chain([lived.iter().map(|(key, _)| key.clone()).collect()]);
    for moved in sets {
        let mut records = lived.clone();
        for (key, _) in records.iter_mut().filter(|(key, _)| moved.contains(key) && key != "probe") {
            *key = format!("aside:{key}");
        }
        let (world, mut agent) = goes_on(&records);
        agent.run_for(MINUTE);
        let status = agent.status();
        assert_eq!((status.state, status.attention), ("ready", None), "{moved:?}");
        assert_eq!((agent.run_to_end("t-9").0.as_str(), posts(&world)), ("completed", 0), "{moved:?}");
        let asides = world.disk.borrow().keys().into_iter().filter(|key| key.starts_with("aside:")).count();
        assert_eq!(asides, 0, "{moved:?}");
        let log = agent.ask(Command::ExportLog).log.unwrap();
        assert_eq!(log.len(), 3, "{moved:?}");
    }
}

#[test]
fn nothing_takes_the_place_of_what_was_set_aside_until_it_is_cleared() {
    for key in ["settings", "pace", "invitations", "breakers"] {
        let (world, mut agent) = world(3, Two);
        agent.kill();
        let later = "3:of another time";
        world.disk.borrow_mut().put(key, later);
        agent.reboot();
        agent.run_for(MINUTE);
        let is_set = agent.ask(Command::SetPaused { paused: true }).ok;
        assert_eq!(is_set, key != "settings", "{key}: only what is written is said to be set");
        agent.tell(Event::SessionChanged);
        agent.run_for(HOUR);
        assert_eq!(world.disk.borrow().raw(key), None, "{key}");
        agent.reboot();
        agent.run_for(MINUTE);
        assert_eq!(world.disk.borrow().raw(&format!("aside:{key}")), Some(later), "{key}");
        assert!(clear_stop(&mut agent).ok);
        assert_eq!(world.disk.borrow().raw(&format!("aside:{key}")), None, "{key}");
        assert!(world.disk.borrow().raw(key).is_some_and(|value| value.starts_with("2:")), "{key}");
        agent.reboot();
        agent.run_for(MINUTE);
        assert_eq!(agent.status().attention, None, "{key}: cleared for good");
        assert!(agent.status().paused, "{key}");
    }
}
