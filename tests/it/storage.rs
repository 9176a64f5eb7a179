//! Storage that refuses: nothing is done that the journal doesn't have, and no task is lost.

use crate::support::*;

/// What doesn't change by itself with time.
fn stored(world: &FakeWorld) -> Vec<(String, String)> {
    let records = world.disk.borrow().records();
    records.into_iter().filter(|(key, _)| key != "probe" && key != "pace").collect()
}

fn inputs() -> [(&'static str, Value); 2] {
    [(FETCH, json!({ "count": 130 })), (CONNECT, stranger())]
}

#[test]
fn each_write_in_turn_fails_once_and_the_task_ends_all_the_same() {
    for level in [One, Two] {
        for (kind, input) in inputs() {
            let mut failures = 0;
            for (nth, partly) in (1..40).flat_map(|nth| [0, 1, 9].map(|partly| (nth, partly))) {
                let (world, mut agent) = world(150, level);
                let first = world.disk.borrow().writes;
                world.disk.borrow_mut().fails = vec![first + nth];
                world.disk.borrow_mut().partly = partly;
                let (status, output) = carry_out(&mut agent, "t-1", kind, input.clone());
                agent.run_for(MINUTE);
                let what = format!("{level:?}, {kind}, write {nth}, {partly} keys of it");
                if world.disk.borrow().writes < first + nth {
                    break;
                }
                failures += 1;
                assert_eq!(status, "completed", "{what}: {output}");
                assert_eq!(posts(&world), u32::from(kind == CONNECT), "{what}");
                assert_eq!(record(&world, "t-1"), None, "{what}");
                assert_eq!(
                    accepts(&world).first().map(String::as_str),
                    Some(FETCH),
                    "{what}: it takes work again"
                );
                assert_eq!(agent.status().state, "ready", "{what}");
                let before = stored(&world);
                agent.reboot();
                agent.run_for(MINUTE);
                assert_eq!(agent.ask(Command::ExportLog).log.unwrap().len(), 1, "{what}");
                assert_eq!(stored(&world), before, "{what}: storage says what the worker knew");
            }
            assert!(failures >= 4, "{level:?}, {kind}: only {failures} writes");
        }
    }
}

#[test]
fn each_write_in_turn_fails_wholly_or_in_part_and_then_the_worker_dies() {
    for level in [One, Two] {
        for (kind, input) in inputs() {
            for (nth, partly) in (1..14).flat_map(|nth| [0, 1, 2, 9].map(|partly| (nth, partly))) {
                let (world, mut agent) = world(150, level);
                let first = world.disk.borrow().writes;
                world.disk.borrow_mut().fails = vec![first + nth];
                world.disk.borrow_mut().partly = partly;
                world.server.borrow_mut().add("t-1", kind, input.clone());
                agent.run_until("the failure, or the end", |world| {
                    world.disk.borrow().writes >= first + nth || world.server.borrow().ended("t-1").is_some()
                });
                agent.reboot();
                let (status, output) = agent.run_to_end("t-1");
                let what = format!("{level:?}, {kind}, write {nth}, {partly} keys of it: {status} {output}");
                assert!(posts(&world) <= 1, "{what}");
                let unknown = output["code"] == "outcome_unknown" && posts(&world) == 0;
                assert!(status == "completed" || unknown, "{what}");
            }
        }
    }
}

#[test]
fn while_storage_refuses_nothing_is_accepted_and_nothing_sent() {
    let (world, mut agent) = world(3, Two);
    world.disk.borrow_mut().broken = true;
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    world.server.borrow_mut().add("t-2", FETCH, json!({}));
    let asked = world.site.borrow().requests.len();
    agent.run_for(HOUR);
    assert_eq!(world.site.borrow().requests.len(), asked);
    assert_eq!((accepts(&world).len(), waiting(&world)[0].1.as_str()), (0, "storage"));
    assert_eq!((calls(&world, "/start"), calls(&world, "/complete")), (0, 0));
    assert_eq!(agent.status().attention.unwrap().code, "storage");
    let paused = agent.ask(Command::SetPaused { paused: true });
    assert_eq!((paused.ok, paused.error.unwrap().code), (false, "storage"));
    world.disk.borrow_mut().broken = false;
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    assert_eq!(agent.run_to_end("t-2").0, "completed");
    assert_eq!(agent.status().attention, None);
}

#[test]
fn storage_that_breaks_between_start_and_send_sends_nothing() {
    let (world, mut agent) = world(3, Two);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the start", |world| calls(world, "/start") == 1);
    world.disk.borrow_mut().broken = true;
    agent.run_for(MINUTE);
    assert_eq!(world.site.borrow().count(INVITE), 0, "\"about to send\" could not be written");
    world.disk.borrow_mut().broken = false;
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    assert_eq!(world.server.borrow().task("t-1").returned, 1, "by then it was too late");
    assert_eq!(posts(&world), 1);
}

#[test]
fn an_outcome_that_cannot_be_written_is_not_forgotten() {
    let (world, mut agent) = world(3, Two);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the POST", |world| posts(world) == 1);
    world.disk.borrow_mut().broken = true;
    agent.run_for(HOUR);
    assert_eq!(calls(&world, "/complete"), 0, "not told before it is written");
    world.disk.borrow_mut().broken = false;
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    assert_eq!((posts(&world), world.site.borrow().count(SENT)), (1, 1), "known, so not looked for");
}

#[test]
fn a_change_of_member_is_heard_though_it_cannot_be_written() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().member += 1;
    let first = world.disk.borrow().writes;
    world.disk.borrow_mut().fails = vec![first + 1];
    agent.tell(Event::SessionChanged);
    agent.run_for(MINUTE);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_for(HOUR);
    assert_eq!((posts(&world), said_state(&world).as_str()), (0, "wrong_account"));
}

#[test]
fn a_worker_that_cannot_write_at_its_start_begins_nothing() {
    // The browser restarted in the middle of an invitation that the server saw started.
    for point in ["start answered", "about to send"] {
        let (world, mut agent) = world(3, Two);
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the start", |world| calls(world, "/start") == 1);
        if point == "about to send" {
            agent.run_until("the POST", |world| posts(world) == 1);
        } else {
            agent.run_for(5);
        }
        agent.kill();
        world.disk.borrow_mut().restart_browser(0);
        let before = posts(&world);
        let first = world.disk.borrow().writes;
        world.disk.borrow_mut().fails = vec![first + 1];
        agent.reboot();
        agent.run_for(10);
        // The watchdog, before the write is tried again.
        agent.tell(Event::Woken);
        let (status, output) = agent.run_to_end("t-1");
        agent.run_for(MINUTE);
        assert!(posts(&world) == before, "{point}: an invitation that may have been sent was sent");
        let unknown = status == "failed" && output["code"] == "outcome_unknown";
        assert!(if before == 1 { status == "completed" } else { unknown }, "{point}: {status} {output}");
        assert_eq!(accepts(&world).len(), 2, "{point}: the agent lives on");
    }
}

#[test]
fn a_journal_that_cannot_be_read_starts_nothing() {
    let (world, mut agent) = world(3, Two);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the start", |world| calls(world, "/start") == 1);
    agent.kill();
    world.disk.borrow_mut().unreadable = true;
    agent.reboot();
    agent.run_for(MINUTE);
    assert!(!agent.is_running(), "the shell is told and tries again");
    world.disk.borrow_mut().unreadable = false;
    agent.reboot();
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    assert_eq!(posts(&world), 1);
}

#[test]
fn keys_of_others_are_left_alone() {
    let (world, mut agent) = world(3, Two);
    agent.kill();
    world.disk.borrow_mut().put("somebody-else", "{");
    agent.reboot();
    assert_eq!(fetch(&mut agent, "t-1", json!({})).len(), 3);
    assert_eq!((world.disk.borrow().local("somebody-else"), agent.status().attention), (Some("{"), None));
}

#[test]
fn a_step_that_was_written_in_part_is_undone_with_the_next_write() {
    // The offer's record is written and the write fails all the same: the server offers it to this agent no more.
    let (world, mut agent) = world(3, Two);
    let first = world.disk.borrow().writes;
    (world.disk.borrow_mut().fails, world.disk.borrow_mut().partly) = (vec![first + 1], 9);
    world
        .server
        .borrow_mut()
        .offer_raw(json!({ "task": "t-1", "task_type": CONNECT, "task_input": stranger() }));
    agent.run_until("the failure", |world| world.disk.borrow().writes > first);
    assert!(record(&world, "t-1").is_some(), "written in part");
    agent.run_for(MINUTE);
    assert_eq!(record(&world, "t-1"), None);
    agent.reboot();
    agent.run_for(HOUR);
    assert_eq!((calls(&world, "/start"), posts(&world)), (0, 0));
}

#[test]
fn results_that_nobody_takes_do_not_fill_the_disk() {
    let (world, mut agent) = world(500, Two);
    for _ in 0..1_000 {
        world.server.borrow_mut().next("/complete", answers(503, "x"));
    }
    for n in 0..24 {
        world.server.borrow_mut().add(&format!("t-{n}"), FETCH, json!({ "count": 500 }));
    }
    agent.run_for(20 * MINUTE);
    let held = world.disk.borrow().keys().iter().filter(|key| key.starts_with("task:")).count();
    assert!((10..24).contains(&held), "{held}");
    assert!(world.disk.borrow().quota_bytes() < 4_000_000, "{}", world.disk.borrow().quota_bytes());
    assert!(waiting(&world).iter().all(|(_, reason, _)| reason == "storage"), "{:?}", waiting(&world));
    assert_eq!((accepts(&world).len(), said_state(&world).as_str()), (0, "ready"));
    world.server.borrow_mut().script.clear();
    assert_eq!(agent.run_to_end("t-23").0, "completed");
}

#[test]
fn a_server_that_offers_looks_without_end_is_not_followed() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().signed_in = false;
    agent.tell(Event::SessionChanged);
    for n in 0..1_000 {
        let offer = json!({ "task": format!("v-{n}"), "task_type": CONNECT, "task_input": stranger(), "mode": "verify" });
        world.server.borrow_mut().offer_raw(offer);
    }
    agent.run_for(3 * HOUR);
    let held = world.disk.borrow().keys().iter().filter(|key| key.starts_with("task:")).count();
    assert_eq!(held, 100);
}

#[test]
fn an_answer_too_long_for_our_protocol_is_not_stored() {
    let (world, mut agent) = world(3, Two);
    let long = "x".repeat(70_000);
    let offers = [
        json!({ "task": "t-1", "task_type": FETCH, "task_input": { "keyword": long } }),
        json!({ "task": "t-1", "task_type": FETCH, "task_input": {}, "token": long }),
    ];
    for offer in offers {
        world.server.borrow_mut().offer_raw(offer);
        agent.run_for(MINUTE);
        assert_eq!((record(&world, "t-1"), world.site.borrow().count(LIST)), (None, 0));
    }
    assert_eq!(fetch(&mut agent, "t-2", json!({})).len(), 3);
}

#[test]
fn the_most_that_is_ever_kept_is_less_than_chromes_quota() {
    const QUOTA_BYTES: usize = 10_485_760;
    let (world, mut agent) = world(3, Two);
    assert_eq!(invite(&mut agent, "t-0", stranger()).0, "completed");
    agent.run_for(MINUTE);
    agent.kill();
    let record = |key: &str| world.disk.borrow().local(key).unwrap().to_owned();
    let key_of = |start: &str| {
        world.disk.borrow().keys().into_iter().find(|key| key.starts_with(start)).unwrap().to_owned()
    };
    let json = |record: &str| serde_json::to_string(record).unwrap().len();
    // The longest ids there can be, and a long address.
    let (id, server) = ("t".repeat(128), format!("https://tasks.example/{}", "p".repeat(234)));
    let longest = |record: &str| {
        record.replace("t-0", &id).replace(SERVER, &server).replace("null", "\"sender_unconfirmed\"")
    };
    // Each bound counts bytes as they are; Chrome counts a quotation mark twice.
    let growth = |record: &str| json(&longest(record)) as f64 / longest(record).len() as f64;
    let of = |bytes: usize, growth: f64| (bytes as f64 * growth) as usize;
    let tombstone = of(5 << 19, growth(&record(&key_of("tombstones:"))) * 1.1);
    let log = of(2 << 20, growth(&record(&key_of("log:")))) + json(&longest(&record(&key_of("log:")))) * 128;
    // Rows have a quotation mark every ten bytes or so; one task may come on top.
    let held = of((2 << 20) + 1_200_000, 1.15) + 100 * 2_000;
    let aside = of(256 << 10, 2.0);
    let all = tombstone + log + held + aside + 100_000;
    assert!(all < QUOTA_BYTES, "tombstones {tombstone}, log {log}, held {held}, aside {aside}: {all}");
}
