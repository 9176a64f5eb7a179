//! What is remembered of invitations that ended, and records that can't be read.

use crate::support::*;

const DAYS: &str = "tombstones:";

/// Every tombstone on the disk, oldest first.
fn tombstones(world: &FakeWorld) -> Vec<Value> {
    let disk = world.disk.borrow();
    let days = disk.keys().into_iter().filter(|key| key.starts_with(DAYS));
    let of = |day: &str| serde_json::from_str::<Vec<Value>>(disk.local(day).unwrap()).unwrap();
    days.flat_map(of).collect()
}

/// Offers this; the completion that comes of it.
fn offered(agent: &mut Agent, offer: Value) -> Value {
    agent.run_for(MINUTE);
    let before = calls(&agent.world, "/complete");
    agent.world.server.borrow_mut().offer_raw(offer);
    agent.run_until("the result", |world| calls(world, "/complete") > before);
    agent.run_for(SECOND);
    last_completion(&agent.world)
}

fn again(task: &str, epoch: u32, mode: &str) -> Value {
    json!({ "task": task, "task_type": CONNECT, "task_input": stranger(), "epoch": epoch, "mode": mode })
}

#[test]
fn an_invitation_is_remembered_once_however_often_it_is_offered() {
    let (world, mut agent) = world(3, Two);
    assert_eq!(invite(&mut agent, "t-1", stranger()).0, "completed");
    for epoch in 1..6 {
        assert_eq!(offered(&mut agent, again("t-1", epoch, "run"))["status"], "completed");
        world.time.jump(DAY);
    }
    assert_eq!((tombstones(&world).len(), posts(&world)), (1, 1));
}

#[test]
fn over_the_limit_the_oldest_are_forgotten() {
    let (world, mut agent) = world(3, Two);
    assert_eq!(invite(&mut agent, "t-0", json!({ "profile_urn": "ACoAAother9" })).0, "completed");
    agent.run_for(MINUTE);
    let one = tombstones(&world).remove(0);
    let many = |numbers: std::ops::Range<u32>| {
        let one = |n: u32| {
            let mut tombstone = one.clone();
            tombstone["task"] = json!(format!("old-{n}"));
            tombstone
        };
        serde_json::to_string(&numbers.map(one).collect::<Vec<_>>()).unwrap()
    };
    let today = one["at"].as_i64().unwrap() / DAY;
    world.disk.borrow_mut().put(&format!("{DAYS}{:08}", today - 1), &many(0..2));
    world.disk.borrow_mut().put(&format!("{DAYS}{today:08}"), &many(2..10_000));
    agent.reboot();
    assert_eq!(invite(&mut agent, "t-1", stranger()).0, "completed");
    agent.run_for(MINUTE);
    let kept = tombstones(&world);
    assert_eq!(
        (kept.len(), &kept[0]["task"], &kept[9_999]["task"]),
        (10_000, &json!("old-1"), &json!("t-1"))
    );
    assert_eq!(offered(&mut agent, again("t-1", 9, "run"))["status"], "completed");
    assert_eq!(posts(&world), 2);
}

#[test]
fn an_offer_that_ended_before_any_effect_is_not_remembered() {
    let (world, mut agent) = world(3, Two);
    let bad = json!({ "task": "t-1", "task_type": CONNECT, "task_input": { "profile_urn": "?" } });
    assert_eq!(offered(&mut agent, bad)["task_output"]["code"], "invalid_input");
    assert_eq!(tombstones(&world), Vec::<Value>::new());
    assert_eq!(invite(&mut agent, "t-1", stranger()).0, "completed");
    agent.run_for(SECOND);
    assert_eq!((posts(&world), tombstones(&world).len()), (1, 1));
}

#[test]
fn an_unknown_outcome_is_looked_up_when_a_look_is_asked_for() {
    let (world, mut agent) = world(3, Two);
    world.site.borrow_mut().sent_list_lags = true;
    world.site.borrow_mut().next(INVITE, Mishap::LostAfter);
    assert_eq!(invite(&mut agent, "t-1", stranger()).1, "outcome_unknown");
    agent.run_for(MINUTE);
    // A server that closed it would have the search abandoned.
    world.server.borrow_mut().tasks.clear();
    world.site.borrow_mut().sent_list_lags = false;
    let looks = world.site.borrow().count(SENT);
    assert_eq!(offered(&mut agent, again("t-1", 2, "run"))["task_output"]["code"], "outcome_unknown");
    assert_eq!(world.site.borrow().count(SENT), looks);
    let found = offered(&mut agent, again("t-1", 3, "verify"));
    assert_eq!((&found["status"], &found["effect"]), (&json!("completed"), &json!("done")));
    assert_eq!((world.site.borrow().count(SENT), posts(&world)), (looks + 1, 1));
    let known = offered(&mut agent, again("t-1", 4, "run"));
    assert_eq!(
        (&known["status"], tombstones(&world).len()),
        (&json!("completed"), 1),
        "what was found is kept"
    );
}

#[test]
fn a_damaged_record_is_shown_until_a_person_clears_it() {
    let (world, mut agent) = world(3, Two);
    let asides =
        |world: &FakeWorld| world.disk.borrow().keys().iter().filter(|key| key.starts_with("aside:")).count();
    world.disk.borrow_mut().put("task:t-9", "{\"v\":1,\"task\":");
    agent.reboot();
    agent.run_for(MINUTE);
    assert_eq!((asides(&world), agent.status().attention.unwrap().code), (1, "record_set_aside"));
    agent.reboot();
    agent.run_for(MINUTE);
    assert_eq!((asides(&world), agent.status().attention.unwrap().code), (1, "record_set_aside"));
    assert!(clear_stop(&mut agent).ok);
    assert_eq!((asides(&world), agent.status().attention), (0, None));
    agent.reboot();
    agent.run_for(MINUTE);
    assert_eq!(agent.status().attention, None);
}
