//! Storage that refuses: nothing is done that the journal doesn't have, and no task is lost.

use crate::support::*;

fn inputs() -> [(&'static str, Value); 2] {
    [(FETCH, json!({ "count": 130 })), (CONNECT, stranger())]
}

#[test]
fn each_write_in_turn_fails_once_and_the_task_ends_all_the_same() {
    for level in [One, Two] {
        for (kind, input) in inputs() {
            let mut failures = 0;
            for nth in 1..40 {
                let (world, mut agent) = world(150, level);
                let first = world.disk.borrow().writes;
                world.disk.borrow_mut().fails = vec![first + nth];
                let (status, output) = carry_out(&mut agent, "t-1", kind, input.clone());
                agent.run_for(MINUTE);
                let what = format!("{level:?}, {kind}, write {nth}");
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
            }
            assert!(failures >= 4, "{level:?}, {kind}: only {failures} writes");
        }
    }
}

#[test]
fn each_write_in_turn_fails_and_then_the_worker_dies() {
    for level in [One, Two] {
        for (kind, input) in inputs() {
            for nth in 1..14 {
                let (world, mut agent) = world(150, level);
                let first = world.disk.borrow().writes;
                world.disk.borrow_mut().fails = vec![first + nth];
                world.server.borrow_mut().add("t-1", kind, input.clone());
                agent.run_until("the failure, or the end", |world| {
                    world.disk.borrow().writes >= first + nth || world.server.borrow().ended("t-1").is_some()
                });
                agent.reboot();
                let (status, output) = agent.run_to_end("t-1");
                let what = format!("{level:?}, {kind}, write {nth}: {status} {output}");
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
fn a_damaged_record_is_set_aside_and_told_of() {
    let later = "{\"v\":2,\"task\":\"t-7\"}";
    let table = [
        ("task:t-7", "{"),
        ("task:t-7", later),
        ("task:t-7", ""),
        ("tombstones:5", "[1]"),
        ("pace", "x"),
        ("invitations", "{\"invites\":[{\"at\":1e400}]}"),
        ("breakers", "[1"),
        ("recent", "{}"),
        ("settings", "null"),
        ("settings", "{\"invites_per_day\":1e400}"),
        ("settings", "{\"hours\":{\"days\":[9],\"from\":\"09:00\",\"to\":\"18:00\"}}"),
    ];
    for (key, value) in table {
        let (world, mut agent) = world(3, Two);
        agent.kill();
        world.disk.borrow_mut().put(key, value);
        agent.reboot();
        // The person's limits may have been in it.
        assert_eq!(agent.status().paused, key == "settings", "{key}");
        agent.ask(Command::SetPaused { paused: false });
        assert_eq!(fetch(&mut agent, "t-1", json!({})).len(), 3, "{key}: the agent lives on");
        assert_eq!(agent.status().attention.map(|problem| problem.code), Some("record_set_aside"), "{key}");
        assert_eq!(world.disk.borrow().local(&format!("aside:{key}")), Some(value), "{key}");
        assert_ne!(world.disk.borrow().local(key), Some(value), "{key}");
        agent.reboot();
        assert_eq!(
            agent.status().attention.map(|problem| problem.code),
            Some("record_set_aside"),
            "{key}: still"
        );
    }
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
