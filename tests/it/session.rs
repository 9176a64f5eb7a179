//! Who is signed in: work is done for the bound member alone, and nothing is asked without a session.

use crate::support::*;

#[test]
fn nobody_signed_in_waits_and_takes_up_work_when_somebody_is() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().signed_in = false;
    agent.tell(Event::SessionChanged);
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    let asked = world.site.borrow().requests.len();
    agent.run_for(3 * HOUR);
    assert_eq!(world.server.borrow().task("t-1").stand, Stand::Queued);
    assert_eq!(world.site.borrow().requests.len(), asked, "no request leaves without a session");
    assert_eq!(said_state(&world), "signed_out");
    assert_eq!(waiting(&world)[0].1, "signed_out");
    let status = agent.status();
    assert_eq!((status.state, status.linkedin), ("signed_out", "signed_out"));
    assert_eq!(status.attention.unwrap().code, "signed_out");
    world.site.borrow_mut().signed_in = true;
    agent.tell(Event::SessionChanged);
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    assert_eq!(agent.status().state, "ready");
}

#[test]
fn a_session_that_ends_in_the_middle_of_a_walk_is_told_by_code() {
    let ends = [
        Mishap::Answer { status: 401, body: "{}".to_owned(), retry_after: None },
        Mishap::Html("<!doctype html><form action=\"/checkpoint/lg/login-submit\">"),
        Mishap::RedirectedTo("https://www.linkedin.com/uas/login?session_redirect=%2Fcheckpoint%2Fchallenge"),
    ];
    for end in ends {
        let what = format!("{end:?}");
        let (world, mut agent) = world(230, Two);
        world.site.borrow_mut().script.push_back(("start=99", end));
        let (_, output) = carry_out(&mut agent, "t-1", FETCH, json!({ "count": 200 }));
        assert_eq!(output["code"], "signed_out", "{what}");
        assert_eq!((&output["retryable"], agent.status().state), (&json!(true), "signed_out"), "{what}");
        world.server.borrow_mut().add("t-2", FETCH, json!({ "count": 200 }));
        agent.run_for(MINUTE);
        assert_eq!(world.server.borrow().task("t-2").stand, Stand::Queued, "{what}");
        // Looked at again by itself, though no cookie changed.
        assert_eq!(agent.run_to_end("t-2").0, "completed", "{what}");
    }
}

#[test]
fn linkedin_that_ends_a_session_by_deleting_the_cookie_is_not_a_broken_network() {
    let (world, mut agent) = world(230, Two);
    world.site.borrow_mut().script.push_back(("start=99", Mishap::LostBefore));
    world.server.borrow_mut().add("t-1", FETCH, json!({ "count": 200 }));
    agent.run_until("the second page", |world| world.site.borrow().count(LIST) == 2);
    world.site.borrow_mut().signed_in = false;
    assert_eq!(agent.run_to_end("t-1").1["code"], "signed_out");
}

#[test]
fn a_task_of_which_nothing_was_asked_is_returned_when_nobody_is_signed_in() {
    for (kind, input) in [(FETCH, json!({})), (CONNECT, stranger())] {
        for level in [One, Two] {
            let (world, mut agent) = world(3, level);
            // The cookie is gone, and nobody has told the worker.
            world.site.borrow_mut().signed_in = false;
            world.server.borrow_mut().add("t-1", kind, input.clone());
            agent.run_until("the return", |world| world.server.borrow().task("t-1").returned == 1);
            assert_eq!((posts(&world), last_completion(&world)["effect"].clone()), (0, json!("none")));
            world.site.borrow_mut().signed_in = true;
            agent.tell(Event::SessionChanged);
            assert_eq!(agent.run_to_end("t-1").0, "completed", "{kind}: it costs no attempt");
        }
    }
}

#[test]
fn the_first_member_is_bound_and_no_other_works() {
    let (world, mut agent) = world(3, Two);
    let account = world.server.borrow().last_poll()["account"].clone();
    assert!(account.as_str().is_some_and(|hash| !hash.contains("429000")), "a hash, not a number: {account}");
    world.site.borrow_mut().member += 1;
    agent.tell(Event::SessionChanged);
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    agent.run_for(HOUR);
    assert_eq!(world.server.borrow().task("t-1").stand, Stand::Queued);
    assert_eq!(
        (said_state(&world).as_str(), waiting(&world)[1].1.as_str()),
        ("wrong_account", "wrong_account")
    );
    assert_ne!(world.server.borrow().last_poll()["account"], account);
    let status = agent.status();
    assert_eq!((status.state, status.attention.unwrap().code), ("wrong_account", "wrong_account"));
    // Over a restart of the browser, too.
    world.disk.borrow_mut().restart_browser(0);
    agent.reboot();
    agent.run_for(HOUR);
    assert_eq!((said_state(&world).as_str(), accepts(&world).len()), ("wrong_account", 0));
    world.site.borrow_mut().member -= 1;
    agent.tell(Event::SessionChanged);
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    assert_eq!(world.server.borrow().last_poll()["account"], account);
}

#[test]
fn no_work_is_taken_before_it_is_known_who_is_signed_in() {
    let (world, mut agent) = world(3, Two);
    for mishap in [Mishap::LostBefore, Mishap::Answer { status: 200, body: "{}".into(), retry_after: None }] {
        world.site.borrow_mut().next(ME, mishap);
    }
    agent.tell(Event::SessionChanged);
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    agent.run_for(100 * SECOND);
    assert_eq!((world.server.borrow().task("t-1").stand.clone(), accepts(&world).len()), (Stand::Queued, 0));
    let told: Vec<_> = waiting(&world).into_iter().map(|(kind, reason, _)| (kind, reason)).collect();
    assert_eq!(told, [FETCH, CONNECT].map(|kind| (kind.to_owned(), "signed_out".to_owned())), "and says why");
    assert_eq!(agent.status().waiting.len(), 2);
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    assert_eq!(world.site.borrow().count(ME), 4);
}

#[test]
fn a_permission_taken_away_is_shown_and_its_return_noticed() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().permitted = false;
    world.server.borrow_mut().add("t-1", FETCH, json!({}));
    agent.run_until("the return", |world| world.server.borrow().task("t-1").returned == 1);
    agent.run_for(MINUTE);
    let status = agent.status();
    assert_eq!((status.state, status.attention.unwrap().code), ("no_permission", "no_permission"));
    assert_eq!(accepts(&world).len(), 0);
    world.site.borrow_mut().permitted = true;
    agent.tell(Event::PermissionsChanged);
    assert_eq!(agent.run_to_end("t-1").0, "completed");
    assert_eq!(agent.status().state, "ready");
}
