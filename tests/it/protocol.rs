//! The edges of the protocol: members that are `null`, what is told beside a result, what a redirected POST means.

use crate::fakes::linkedin::{Change, Kind};
use crate::support::*;

#[test]
fn null_means_absent_for_every_optional_member() {
    let (world, mut agent) = world(3, Two);
    let nothing = json!({ "task": null, "directives": null, "next_ms": null, "supports": null });
    world.server.borrow_mut().next("/poll", Loss::Body(nothing.to_string()));
    agent.run_for(MINUTE);
    let status = agent.status();
    assert_eq!((status.state, status.contact.state), ("ready", "connected"));
    let offer = json!({
        "task": "t-0", "task_type": FETCH, "task_input": null, "mode": null, "token": null, "epoch": null,
        "offer_ms": null, "lease_ms": null, "attempt": null, "since_ms": null,
    });
    world.server.borrow_mut().offer_raw(offer);
    agent.run_until("the result", |world| calls(world, "/complete") == 1);
    let result = last_completion(&world);
    assert_eq!((&result["token"], &result["status"]), (&json!("t-0"), &json!("completed")));
    let leave = json!({ "lease_ms": null, "act_within_ms": null, "replayed": null });
    world.server.borrow_mut().next("/start", Loss::Body(leave.to_string()));
    assert_eq!(invite(&mut agent, "t-1", stranger()).0, "completed");
    assert_eq!((calls(&world, "/start"), posts(&world)), (1, 1));
    world.site.borrow_mut().insert(0, 3_000);
    let go_on = json!({ "lease_ms": null, "do": null });
    let read: liaison_protocol::HeartbeatAnswer = serde_json::from_value(go_on.clone()).unwrap();
    assert_eq!((read.lease_ms, read.action), (60_000, liaison_protocol::HeartbeatAction::Continue));
    world.server.borrow_mut().next("/heartbeat", Loss::Body(go_on.to_string()));
    assert_eq!(fetch(&mut agent, "t-2", json!({ "keyword": "nobody" })).len(), 0);
    assert_eq!(agent.status().contact.state, "connected");
}

#[test]
fn what_was_odd_about_a_list_is_told_beside_the_result() {
    let (world, mut agent) = world(40, Two);
    assert_eq!(fetch(&mut agent, "t-1", json!({})).len(), 40);
    assert!(last_completion(&world).get("findings").is_none(), "nothing to say");
    {
        let mut site = world.site.borrow_mut();
        site.people[3].kind = Kind::Unresolved;
        site.people[9].kind = Kind::Unreadable;
        site.people[10].kind = Kind::Unreadable;
        site.people[20] = site.people[5].clone();
    }
    let (status, output) = carry_out(&mut agent, "t-2", FETCH, json!({}));
    assert_eq!((status.as_str(), &output["total"]), ("completed", &json!(37)));
    let told =
        json!({ "unresolved": 1, "duplicates": 1, "unreadable": 2, "list_shifted": false, "fallback": null });
    assert_eq!(last_completion(&world)["findings"], told);
    assert!(output.get("findings").is_none(), "the output itself is as documented");
}

#[test]
fn a_list_that_shifted_beyond_recognition_is_told() {
    let (world, mut agent) = world(300, Two);
    world.site.borrow_mut().changes = vec![(2, Change::Remove(0, 300)), (2, Change::Insert(0, 300))];
    assert_eq!(carry_out(&mut agent, "t-1", FETCH, json!({ "count": 200 })).0, "completed");
    assert_eq!(last_completion(&world)["findings"]["list_shifted"], true);
    // Over a restart before it was posted, too.
    world.site.borrow_mut().people[7].kind = Kind::Unresolved;
    world.server.borrow_mut().next("/complete", Loss::Before);
    world.server.borrow_mut().add("t-2", FETCH, json!({ "count": 20 }));
    let posted = calls(&world, "/complete");
    agent.run_until("the first try", |world| calls(world, "/complete") > posted);
    agent.reboot();
    agent.run_to_end("t-2");
    assert_eq!(last_completion(&world)["findings"]["unresolved"], 1);
}

#[test]
fn a_redirected_post_is_followed_by_one_look_at_who_is_signed_in() {
    for signed_in in [true, false] {
        let (world, mut agent) = world(3, Two);
        let elsewhere = Mishap::RedirectedTo("https://www.linkedin.com/somewhere");
        world.site.borrow_mut().next(INVITE, elsewhere);
        if !signed_in {
            let ended = Mishap::Answer { status: 401, body: String::new(), retry_after: None };
            world.site.borrow_mut().next(ME, ended);
        }
        let asked = world.site.borrow().count(ME);
        assert_eq!(invite(&mut agent, "t-1", stranger()).1, "refused");
        assert_eq!(last_completion(&world)["effect"], "none");
        agent.run_for(5 * SECOND);
        assert_eq!((world.site.borrow().count(ME), posts(&world)), (asked + 1, 1), "at once, and once");
        agent.run_for(MINUTE);
        let shown = if signed_in { ("ready", "signed_in") } else { ("signed_out", "signed_out") };
        let status = agent.status();
        assert_eq!((status.state, status.linkedin), shown);
        assert_eq!(world.site.borrow().count(ME), asked + 1);
    }
}

#[test]
fn a_lost_permission_for_the_server_is_shown_and_its_return_noticed() {
    let (world, mut agent) = world(3, Two);
    world.shown.borrow_mut().denied.push("https://tasks.example/*".to_owned());
    for _ in 0..500 {
        world.server.borrow_mut().next("/poll", Loss::Before);
    }
    agent.run_for(MINUTE);
    let status = agent.status();
    assert_eq!((status.state, status.attention.unwrap().code), ("no_permission", "no_permission"));
    world.shown.borrow_mut().denied.clear();
    world.server.borrow_mut().script.clear();
    let polls = calls(&world, "/poll");
    agent.tell(Event::PermissionsChanged);
    agent.run_for(5 * SECOND);
    assert!(calls(&world, "/poll") > polls, "at once");
    let status = agent.status();
    assert_eq!((status.state, status.attention), ("ready", None));
}
