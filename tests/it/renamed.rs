//! Servers that give one task the id of another, or offer what can't be read: nobody is told of one invitation what became of
//! another, or that one which may be out is not.

use crate::support::*;

fn other() -> Value {
    json!({ "profile_urn": "ACoFlood00001" })
}

fn offer(task: &str, input: &Value) -> Value {
    json!({ "task": task, "task_type": CONNECT, "task_input": input })
}

/// As after a restart without memory: what comes in gets the first id again.
fn count_anew(world: &FakeWorld, kind: &str, input: Value) {
    let mut server = world.server.borrow_mut();
    server.forget("t-1");
    server.add("t-1", kind, input);
}

fn results(world: &FakeWorld) -> Vec<Value> {
    world.server.borrow().bodies("t-1/complete").into_iter().cloned().collect()
}

#[test]
fn an_id_that_another_invitation_had_is_refused_and_never_answered_with_what_became_of_that() {
    for level in [One, Two] {
        let (world, mut agent) = world(3, level);
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        assert_eq!(agent.run_to_end("t-1").0, "completed", "{level:?}");
        // Its server begins to count anew.
        count_anew(&world, CONNECT, other());
        let (status, output) = agent.run_to_end("t-1");
        assert_eq!(
            (status.as_str(), output["code"].as_str()),
            ("failed", Some("invalid_input")),
            "{level:?}"
        );
        assert_eq!((posts(&world), world.site.borrow().count(INVITE)), (1, 1), "{level:?}");
        count_anew(&world, CONNECT, stranger());
        assert_eq!(agent.run_to_end("t-1").0, "completed", "{level:?}: the first one, as it was");
        assert_eq!(posts(&world), 1, "{level:?}");
    }
}

#[test]
fn an_id_that_is_another_invitation_s_before_that_is_sent_means_the_newer() {
    let (world, mut agent) = world(3, One);
    set(&mut agent, json!({ "ask_before_invite": true }));
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    agent.run_until("the question", |world| asked_at(world, "t-1") > 0);
    count_anew(&world, CONNECT, other());
    world.server.borrow_mut().offer_raw(offer("t-1", &other()));
    agent.run_until("the other", |world| {
        record(world, "t-1").is_some_and(|record| record.contains("ACoFlood"))
    });
    assert!(decide(&mut agent, "t-1", true).ok);
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    let sent: Vec<String> = world.site.borrow().invitations.iter().map(|(whom, ..)| whom.clone()).collect();
    assert!(matches!(&sent[..], [whom] if whom.contains("ACoFlood00001")), "{sent:?}");
}

#[test]
fn what_became_of_an_invitation_whose_id_is_another_s_meanwhile_is_told_to_nobody() {
    for reboot in [false, true] {
        let (world, mut agent) = world(3, One);
        world.site.borrow_mut().next(INVITE, Mishap::LostAfter);
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        agent.run_until("the search", |world| {
            record(world, "t-1").is_some_and(|record| record.contains("verifying"))
        });
        count_anew(&world, CONNECT, other());
        world.server.borrow_mut().offer_raw(offer("t-1", &other()));
        agent.run_until("the offer", |world| {
            record(world, "t-1").is_some_and(|record| record.contains("disowned"))
        });
        if reboot {
            agent.reboot();
        }
        let (status, output) = agent.run_to_end("t-1");
        assert_eq!((status.as_str(), output["code"].as_str()), ("failed", Some("invalid_input")), "{reboot}");
        assert_eq!(results(&world).len(), 1, "{reboot}: {:?}", results(&world));
        assert_eq!((posts(&world), world.site.borrow().invitations.len()), (1, 1), "{reboot}");
        // Of the first it is known all the same what became of it.
        count_anew(&world, CONNECT, stranger());
        assert_eq!((agent.run_to_end("t-1").0.as_str(), posts(&world)), ("completed", 1), "{reboot}");
    }
}

#[test]
fn a_result_that_was_not_taken_is_not_another_s() {
    for (first, kind) in [(stranger(), CONNECT), (json!({}), FETCH)] {
        let (world, mut agent) = world(3, One);
        world.server.borrow_mut().next("/complete", Loss::Before);
        world.server.borrow_mut().add("t-1", kind, first.clone());
        agent.run_until("a result", |world| calls(world, "/complete") == 1);
        agent.settle();
        count_anew(&world, CONNECT, other());
        world.server.borrow_mut().offer_raw(offer("t-1", &other()));
        let (status, output) = agent.run_to_end("t-1");
        let wanted =
            if kind == CONNECT { ("failed", Some("invalid_input"), 1) } else { ("completed", None, 1) };
        assert_eq!((status.as_str(), output["code"].as_str(), posts(&world)), wanted, "{kind}");
        let sent: Vec<String> =
            world.site.borrow().invitations.iter().map(|(whom, ..)| whom.clone()).collect();
        assert!(
            sent.iter().all(|whom| whom.contains("ACoFlood00001") == (kind == FETCH)),
            "{kind}: {sent:?}"
        );
    }
}

#[test]
fn an_old_outcome_that_was_not_taken_is_not_another_s() {
    let (world, mut agent) = world(3, One);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    world.server.borrow_mut().next("/complete", Loss::Before);
    count_anew(&world, CONNECT, stranger());
    agent.run_until("the old outcome", |world| calls(world, "/complete") == 2);
    agent.settle();
    count_anew(&world, CONNECT, other());
    world.server.borrow_mut().offer_raw(offer("t-1", &other()));
    let (status, output) = agent.run_to_end("t-1");
    assert_eq!((status.as_str(), output["code"].as_str()), ("failed", Some("invalid_input")));
    assert_eq!(posts(&world), 1);
}

#[test]
fn a_look_at_somebody_else_under_a_known_id_is_taken() {
    let (world, mut agent) = world(3, Two);
    world.server.borrow_mut().add("t-1", CONNECT, stranger());
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    agent.run_for(MINUTE);
    let mut look = offer("t-1", &other());
    (look["mode"], look["epoch"], look["token"]) = (json!("verify"), json!(2), json!("again"));
    world.server.borrow_mut().forget("t-1");
    world.server.borrow_mut().offer_raw(look);
    agent.run_until("what it found", |world| calls(world, "/complete") == 2);
    assert_eq!(
        last_completion(&world)["task_output"]["code"],
        "outcome_unknown",
        "it was never sent from here"
    );
    assert_eq!(posts(&world), 1);
}

#[test]
fn a_task_whose_offer_can_not_be_read_whole_ends_and_what_is_behind_it_is_done() {
    let bad = [
        ("attempt", json!(-1)),
        ("epoch", json!("1")),
        ("task_input", json!("x")),
        ("task_type", json!(7)),
        ("lease_ms", json!("60000")),
    ];
    for (member, value) in bad {
        let (world, mut agent) = world(3, One);
        let mut malformed = offer("t-1", &stranger());
        malformed[member] = value;
        world.server.borrow_mut().offer_raw(malformed);
        world.server.borrow_mut().add("t-2", CONNECT, other());
        assert_eq!(agent.run_to_end("t-2").0, "completed", "{member}");
        let bodies: Vec<Value> = world.server.borrow().bodies("t-1/complete").into_iter().cloned().collect();
        assert!(matches!(&bodies[..], [body] if body["status"] == "failed"), "{member}: {bodies:?}");
        let output = &bodies[0]["task_output"];
        assert_eq!(output["code"], "invalid_input", "{member}");
        assert!(output["error"].as_str().unwrap().contains(&format!("'{member}'")), "{member}: {output}");
        assert_eq!(posts(&world), 1, "{member}");
    }
}

#[test]
fn of_an_offer_that_may_be_about_what_went_out_nobody_is_told_that_it_did_not() {
    let looks = [
        ("mode", json!("to look")),
        ("since_ms", json!("80000")),
        ("since_ms", json!(-5)),
        ("attempt", json!("2")),
        ("task_type", json!(7)),
    ];
    for (member, value) in looks {
        let (world, mut agent) = world(3, Two);
        let mut look = offer("t-1", &stranger());
        (look["mode"], look["token"]) = (json!("verify"), json!("x"));
        look[member] = value;
        world.server.borrow_mut().add("t-1", CONNECT, stranger());
        world.server.borrow_mut().offer_raw(look);
        agent.run_until("an answer", |world| calls(world, "/complete") == 1);
        let said = last_completion(&world);
        assert_eq!(
            (&said["task_output"]["code"], &said["effect"]),
            (&json!("outcome_unknown"), &json!("maybe")),
            "{member}"
        );
    }
}
