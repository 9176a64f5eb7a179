//! Offers: what is begun, what is answered from memory, what is given back, what ends at once.

use crate::fakes::linkedin::Change;
use crate::support::*;

/// Gives out an offer as it is; the result that is posted for it.
fn offered(agent: &mut Agent, offer: Value) -> Value {
    let before = calls(&agent.world, "/complete");
    agent.world.server.borrow_mut().offer_raw(offer);
    agent.run_until("the result", |world| calls(world, "/complete") > before);
    agent.run_for(SECOND);
    last_completion(&agent.world)
}

#[test]
fn a_kind_that_is_not_known_ends_at_once() {
    let (world, mut agent) = world(3, Two);
    for kind in ["agent_visit_url", "", "agent_fetch_connections ", &"x".repeat(5_000)] {
        let result =
            offered(&mut agent, json!({ "task": "t-1", "task_type": kind, "task_input": { "url": "x" } }));
        assert_eq!(
            (&result["status"], &result["task_output"]["code"]),
            (&json!("failed"), &json!("unsupported_task"))
        );
    }
    assert_eq!(world.site.borrow().requests.len(), 1, "only who is signed in was asked");
}

#[test]
fn input_that_cannot_be_carried_out_sends_nothing() {
    let (world, mut agent) = world(3, Two);
    let table = [
        (FETCH, json!({ "count": 0 }), "'count'"),
        (FETCH, json!({ "count": 501 }), "'count'"),
        (FETCH, json!({ "count": 1.5 }), "'count'"),
        (FETCH, json!({ "count": "40" }), "'count'"),
        (FETCH, json!({ "start": -1 }), "'start'"),
        (FETCH, json!({ "keyword": 7 }), "'keyword'"),
        (FETCH, json!({ "sort_type": [] }), "'sort_type'"),
        (CONNECT, json!({}), "'profile_urn'"),
        (CONNECT, json!({ "profile_urn": "urn:li:member:123456789" }), "'profile_urn'"),
        (CONNECT, json!({ "profile_urn": "ACo/../x" }), "'profile_urn'"),
        (CONNECT, json!({ "profile_urn": "ada-lovelace" }), "public identifier"),
        (CONNECT, json!({ "profile_urn": STRANGER, "note": 5 }), "'note'"),
        (CONNECT, json!({ "profile_urn": STRANGER, "note": "x".repeat(301) }), "'note'"),
    ];
    for (n, (kind, input, named)) in table.into_iter().enumerate() {
        let result =
            offered(&mut agent, json!({ "task": format!("t-{n}"), "task_type": kind, "task_input": input }));
        assert_eq!(result["task_output"]["code"], "invalid_input", "{input}");
        assert!(result["task_output"]["error"].as_str().unwrap().contains(named), "{result}");
    }
    assert_eq!(world.site.borrow().requests.len(), 1);
    let result = carry_out(&mut agent, "t-99", FETCH, json!({ "sort_type": "BY_SHOE_SIZE" }));
    assert_eq!(result.1["code"], "invalid_input");
    for word in ["RECENTLY_ADDED", "FIRSTNAME_LASTNAME", "LASTNAME_FIRSTNAME"] {
        assert!(result.1["error"].as_str().unwrap().contains(word), "{}", result.1);
    }
    assert_eq!(world.site.borrow().count(LIST), 0);
}

#[test]
fn a_note_of_emoji_at_the_limit_goes() {
    let (world, mut agent) = world(3, Two);
    let note = "\u{1f680}".repeat(150);
    let input = json!({ "profile_urn": STRANGER, "note": format!(" {note} ") });
    assert_eq!(invite(&mut agent, "t-1", input).0, "completed");
    assert_eq!(world.site.borrow().invitations[0].2.as_deref(), Some(note.as_str()));
}

#[test]
fn an_id_that_could_not_be_a_path_is_not_touched() {
    let (world, mut agent) = world(3, Two);
    for id in ["", ".", "..", "a/b", "a b", "ä", "%2e", &"x".repeat(129)] {
        world.server.borrow_mut().offer_raw(json!({ "task": id, "task_type": FETCH, "task_input": {} }));
        agent.run_for(MINUTE);
    }
    let server = world.server.borrow();
    let strange: Vec<&String> =
        server.calls.iter().map(|(path, _)| path).filter(|path| path.contains("/tasks/")).collect();
    assert_eq!((strange, world.site.borrow().count(LIST)), (vec![], 0));
}

#[test]
fn an_offer_that_was_not_asked_for_is_returned() {
    // Paced: another invitation comes right after one.
    let (world, mut agent) = world(3, Two);
    assert_eq!(invite(&mut agent, "t-1", stranger()).0, "completed");
    let offer =
        json!({ "task": "t-2", "task_type": CONNECT, "task_input": { "profile_urn": "ACoAAother9" } });
    let result = offered(&mut agent, offer);
    assert_eq!(
        (&result["status"], &result["effect"], &result["task_output"]),
        (&json!("returned"), &json!("none"), &Value::Null)
    );
    assert_eq!(posts(&world), 1);
    let polls = calls(&world, "/poll");
    agent.run_for(3 * SECOND);
    assert_eq!(
        calls(&world, "/poll"),
        polls,
        "a server that offers what it was told not to is not asked again at once"
    );
}

#[test]
fn a_finished_invitation_that_is_offered_again_gets_the_old_outcome() {
    for level in [One, Two] {
        let (world, mut agent) = world(3, level);
        assert_eq!(invite(&mut agent, "t-1", stranger()).0, "completed");
        world.site.borrow_mut().next(INVITE, Mishap::Code(400, "MAX_INVITATION_SENT"));
        let other = json!({ "profile_urn": "ACoAAother9" });
        assert_eq!(invite(&mut agent, "t-2", other.clone()).0, "failed");
        agent.run_for(MINUTE);
        // The invitation is withdrawn by hand: LinkedIn would take another.
        world.site.borrow_mut().invitations.clear();
        for reboot in [false, true] {
            if reboot {
                world.disk.borrow_mut().restart_browser(0);
                agent.reboot();
            }
            let offer = |task: &str, input: &Value, epoch: u32| {
                json!({
                    "task": task, "task_type": CONNECT, "task_input": input, "epoch": epoch, "token": "again",
                })
            };
            for epoch in [1, 2] {
                let first = offered(&mut agent, offer("t-1", &stranger(), epoch));
                let old = (json!("completed"), json!({ "sent": true }), json!("done"), json!("again"));
                let new = (&first["status"], &first["task_output"], &first["effect"], &first["token"]);
                assert_eq!(new, (&old.0, &old.1, &old.2, &old.3));
                let second = offered(&mut agent, offer("t-2", &other, epoch));
                assert_eq!(second["task_output"]["code"], "account_restricted");
            }
        }
        assert_eq!(posts(&world), 2);
    }
}

#[test]
fn a_tombstone_is_kept_whatever_the_clock_says() {
    let (world, mut agent) = world(3, Two);
    let input = json!({ "profile_urn": "ACoAAother9" });
    assert_eq!(invite(&mut agent, "t-0", input.clone()).0, "completed");
    agent.run_for(MINUTE);
    world.time.jump(91 * DAY);
    assert_eq!(invite(&mut agent, "t-9", json!({ "profile_urn": "ACoAAother8" })).0, "completed");
    agent.run_for(MINUTE);
    world.time.jump(-91 * DAY);
    agent.run_for(MINUTE);
    assert_eq!(agent.ask(Command::ExportLog).log.unwrap().len(), 2, "the log is whole too");
    let offer = json!({ "task": "t-0", "task_type": CONNECT, "task_input": input });
    assert_eq!(offered(&mut agent, offer)["status"], "completed");
    assert_eq!(posts(&world), 2);
    assert!(world.disk.borrow().keys().iter().any(|key| key.starts_with("tombstones:")));
}

#[test]
fn a_fetch_that_is_offered_again_is_read_again() {
    let (world, mut agent) = world(3, Two);
    assert_eq!(fetch(&mut agent, "t-1", json!({})).len(), 3);
    world.site.borrow_mut().changes = vec![(3, Change::Insert(0, 2))];
    let result =
        offered(&mut agent, json!({ "task": "t-1", "task_type": FETCH, "task_input": {}, "epoch": 2 }));
    assert_eq!(result["task_output"]["total"], 5, "a read has no effect, so it keeps no tombstone");
}

#[test]
fn a_result_that_could_not_be_posted_takes_on_the_token_of_a_newer_offer() {
    let (world, mut agent) = world(3, Two);
    for _ in 0..3 {
        world.server.borrow_mut().next("/complete", Loss::Before);
    }
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the first try", |world| calls(world, "/complete") == 1);
    let offer = json!({ "task": "t-1", "task_type": CONNECT, "task_input": stranger(), "epoch": 7, "token": "newer" });
    world.server.borrow_mut().offer_raw(offer);
    agent.run_until("the fourth try", |world| calls(world, "/complete") == 4);
    assert_eq!((last_completion(&world)["token"].clone(), posts(&world)), (json!("newer"), 1));
}

#[test]
fn a_server_that_offers_what_is_held_is_not_asked_in_a_loop() {
    let (world, mut agent) = world(3, One);
    world.server.borrow_mut().ignores_held = true;
    world.site.borrow_mut().next(INVITE, Mishap::LostBefore);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the POST", |world| world.site.borrow().count(INVITE) == 1);
    let polls = calls(&world, "/poll");
    assert_eq!(agent.run_to_end("t-1").1["code"], "outcome_unknown");
    let polls = calls(&world, "/poll") - polls;
    assert!(polls <= 400, "{polls} polls in twenty minutes");
    assert_eq!(world.site.borrow().count(INVITE), 1);
}

#[test]
fn a_plain_server_is_polled_every_five_seconds() {
    let (world, mut agent) = world(3, One);
    world.server.borrow_mut().holds = false;
    agent.run_for(MINUTE);
    let polls = calls(&world, "/poll");
    agent.run_for(10 * MINUTE);
    let polls = calls(&world, "/poll") - polls;
    assert!((110..=121).contains(&polls), "{polls} polls in ten minutes");
    assert_eq!(fetch(&mut agent, "t-1", json!({})).len(), 3);
}
