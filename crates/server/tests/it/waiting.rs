//! `data.waiting`: each reason as the agent names it; and an invitation that waits for its person.

use super::support::*;
use liaison_protocol::WaitReason;
use serde_json::{Value, json};

const READ: &str = "agent_fetch_connections";
const INVITE: &str = "agent_send_connection_request";

fn entry(kind: &str, reason: &str, for_ms: Option<u64>) -> Value {
    json!({"task_type": kind, "reason": reason, "for_ms": for_ms})
}

async fn waiting(world: &World, task: &str) -> Value {
    world.status(task).await["waiting"].clone()
}

#[tokio::test]
async fn each_reason_is_shown_as_it_is_named() {
    let (world, agent) = World::paired().await;
    let noted = world.create(SEND, json!({"profile_urn": "ACoAABCDEF999", "note": "hello"})).await;
    let (plain, read) = (world.invite().await, world.fetch().await);
    for reason in WaitReason::ALL.iter().map(|reason| reason.as_str()) {
        // A limit on notes is shown of what has a note, and of nothing else.
        let notes = reason == "note_limit";
        let invitation = if notes { &noted } else { &plain };
        for (kind, task, other) in [(INVITE, invitation, &read), (READ, &read, &plain)] {
            let expected = if notes && kind == READ { "paused" } else { reason };
            let poll = json!({"accepts": [], "state": "paused", "waiting": [entry(kind, reason, None)]});
            agent.poll(poll).await;
            assert_eq!(waiting(&world, task).await, json!({"reason": expected, "until": null}), "{kind}");
            // Of another kind nothing is said by it, so that one is shown what the agent's state says; but LinkedIn's limit
            // on invitations is known from then on, whatever it was named for.
            let known = json!({"reason": "invitation_limit", "until": world.now().plus_ms(DAY).to_iso()});
            let limited = reason == "invitation_limit" && kind == READ;
            let stated = if limited { known } else { json!({"reason": "paused", "until": null}) };
            assert_eq!(waiting(&world, other).await, stated, "{kind}");
        }
        let poll = json!({"accepts": [], "waiting": [entry(INVITE, reason, Some(9_000))]});
        agent.poll(poll).await;
        let until = Value::from(world.now().plus_ms(9_000).to_iso());
        assert_eq!(waiting(&world, invitation).await, json!({"reason": reason, "until": until}));
        world.sql("UPDATE agent SET invitation_limit_until = NULL, note_limit_until = NULL").await;
    }
}

#[tokio::test]
async fn of_several_reasons_the_first_that_lasts_is_shown() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let entries = json!([
        entry(INVITE, "note_limit", None),
        entry(INVITE, "pacing", Some(1_000)),
        entry(INVITE, "working_hours", Some(HOUR)),
        entry(INVITE, "kind_off", None),
    ]);
    agent.poll(json!({"accepts": [], "waiting": entries})).await;
    assert_eq!(waiting(&world, &task).await["reason"], "pacing");
    world.advance(1_000);
    assert_eq!(waiting(&world, &task).await["reason"], "working_hours");
    let world = world.restart().await;
    assert_eq!(waiting(&world, &task).await["reason"], "working_hours");
}

#[tokio::test]
async fn another_account_than_the_bound_one_is_told_whoever_says_it() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    agent.poll(json!({"accepts": []})).await;
    agent.poll(json!({"account": "acc-2"})).await;
    assert_eq!(waiting(&world, &task).await["reason"], "wrong_account");
    agent.poll(json!({"account": "acc-2", "state": "paused"})).await;
    assert_eq!(waiting(&world, &task).await["reason"], "paused");
    agent.poll(json!({"accepts": []})).await;
    assert_eq!(waiting(&world, &task).await, Value::Null);
}

#[tokio::test]
async fn a_walk_that_waits_for_its_person_says_so() {
    let (world, agent) = World::paired().await;
    let task = world.fetch().await;
    let offer = agent.offer().await;
    assert_eq!(waiting(&world, &task).await, Value::Null);
    let mut poll = held(&offer, "running");
    poll["state"] = json!("signed_out");
    agent.poll(poll.clone()).await;
    assert_eq!(waiting(&world, &task).await, json!({"reason": "signed_out", "until": null}));
    // The pace of the next one is nothing to this one.
    poll["state"] = json!("ready");
    poll["waiting"] = json!([entry(READ, "pacing", Some(9_000))]);
    agent.poll(poll).await;
    assert_eq!(waiting(&world, &task).await, Value::Null);
    world.advance(2 * MINUTE + 1);
    assert_eq!(waiting(&world, &task).await["reason"], "agent_offline");
    agent.heartbeat(&offer, Value::Null).await;
    assert_eq!(waiting(&world, &task).await, Value::Null);
    agent.fetched(&offer).await;
    world.advance(HOUR);
    assert_eq!(waiting(&world, &task).await, Value::Null);
}

#[tokio::test]
async fn which_of_the_two_latches_it_is_is_told_of_what_is_looked_up_too() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    for (kind, reason) in [(INVITE, "blocked"), (INVITE, "challenge"), (READ, "blocked")] {
        let mut poll = held(&offer, "verifying");
        poll["state"] = json!("latched");
        poll["accepts"] = json!([]);
        // The person has switched off one kind, which is told first.
        let other = if kind == INVITE { READ } else { INVITE };
        poll["waiting"] = json!([entry(other, "kind_off", None), entry(kind, reason, None)]);
        agent.poll(poll).await;
        assert_eq!(world.status(&task).await["status"], "processing");
        assert_eq!(waiting(&world, &task).await, json!({"reason": reason, "until": null}), "{kind}");
    }
    let mut poll = held(&offer, "verifying");
    poll["state"] = json!("latched");
    agent.poll(poll.clone()).await;
    assert_eq!(waiting(&world, &task).await["reason"], "challenge");
    poll["state"] = json!("ready");
    poll["waiting"] = json!([entry(INVITE, "blocked", None)]);
    agent.poll(poll).await;
    assert_eq!(waiting(&world, &task).await, Value::Null);
}

/// A poll of an agent that asks its person about the invitation in `offer`, and reads meanwhile.
fn asking(offer: &Value) -> Value {
    let mut poll = held(offer, "claimed");
    poll["accepts"] = json!([READ]);
    poll["waiting"] = json!([entry(INVITE, "approval", None)]);
    poll
}

#[tokio::test]
async fn an_invitation_that_waits_for_its_person_is_kept_for_days() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let queued = world.invite().await;
    let offer = agent.offer().await;
    assert_eq!(offer["task"], json!(task));
    for hour in 0..6 * 24 {
        let answer = agent.poll(asking(&offer)).await;
        assert_eq!(answer["directives"], directive(&offer, "continue"), "after {hour} h");
        assert_eq!(answer["task"], Value::Null);
        for waits in [&task, &queued] {
            assert_eq!(waiting(&world, waits).await, json!({"reason": "approval", "until": null}));
        }
        assert_eq!(world.status(&task).await["status"], "pending");
        world.server.sweep().await.unwrap();
        world.advance(HOUR);
    }
    // A night without the browser takes nothing away either, nor does a new start of the server.
    let world = world.restart().await;
    let agent = Agent { url: world.server.url.clone(), ..agent };
    agent.poll(asking(&offer)).await;
    assert_eq!(
        agent.start(&offer).await.1,
        json!({"lease_ms": 60_000, "act_within_ms": 20_000, "replayed": false})
    );
    assert_eq!(agent.sent(&offer).await.1["status"], "completed");
}

#[tokio::test]
async fn its_deadline_ends_it_all_the_same() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let offer = agent.offer().await;
    world.advance(7 * DAY - 1);
    agent.poll(asking(&offer)).await;
    world.advance(1);
    assert_eq!(world.server.sweep().await.unwrap(), 1);
    assert_eq!(agent.poll(asking(&offer)).await["directives"], directive(&offer, "abandon"));
    assert_eq!(world.status(&task).await["task_output"]["code"], "expired");
}

#[tokio::test]
async fn reads_go_on_meanwhile_and_no_second_invitation_does() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let offer = agent.offer().await;
    let second = world.invite().await;
    let read = world.fetch().await;
    let mut poll = asking(&offer);
    // Whatever is accepted: of the kind that it waits with it is given no second.
    poll["accepts"] = json!([INVITE, READ]);
    let answer = agent.poll(poll.clone()).await;
    assert_eq!(answer["task"]["task"], json!(read));
    assert_eq!(agent.fetched(&answer["task"]).await.0, 200);
    assert_eq!(agent.poll(poll.clone()).await["task"], Value::Null);
    // Approved, it waits for the hour or the pace in the same way.
    poll["waiting"] = json!([entry(INVITE, "working_hours", Some(HOUR))]);
    let read = world.fetch().await;
    let answer = agent.poll(poll).await;
    assert_eq!(answer["task"]["task"], json!(read));
    agent.fetched(&answer["task"]).await;
    // While it is begun, nothing else is.
    world.fetch().await;
    assert_eq!(agent.poll(held(&offer, "claimed")).await["task"], Value::Null);
    agent.start(&offer).await;
    agent.sent(&offer).await;
    let invitations = json!({"accepts": [INVITE]});
    assert_eq!(agent.poll(invitations).await["task"]["task"], json!(second));
}

/// What hinders the next one of its kind says nothing about the one in hand, unless that is known to wait for its person.
#[tokio::test]
async fn who_has_just_taken_the_last_one_of_the_day_is_busy_with_it() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let read = world.fetch().await;
    let offer = agent.offer().await;
    let mut poll = held(&offer, "claimed");
    for reason in WaitReason::ALL.iter().filter(|reason| **reason != WaitReason::Approval) {
        poll["waiting"] = json!([entry(INVITE, reason.as_str(), Some(HOUR))]);
        assert_eq!(agent.poll(poll.clone()).await["task"], Value::Null, "{}", reason.as_str());
    }
    // Another kind's wait for its person, which there is none of, frees nobody either.
    poll["waiting"] = json!([entry(READ, "approval", None)]);
    assert_eq!(agent.poll(poll).await["task"], Value::Null);
    assert_eq!(agent.poll(asking(&offer)).await["task"]["task"], json!(read));
}

#[tokio::test]
async fn once_its_person_was_asked_it_waits_for_what_hinders_it_then() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let offer = agent.offer().await;
    agent.poll(asking(&offer)).await;
    let world = world.restart().await;
    let agent = Agent { url: world.server.url.clone(), ..agent };
    let hinders = |reason| {
        let mut poll = held(&offer, "claimed");
        poll["waiting"] = json!([entry(INVITE, reason, Some(HOUR))]);
        poll
    };
    let may = [
        "kind_off",
        "account_stopped",
        "invitation_limit",
        "note_limit",
        "weekly_limit",
        "daily_limit",
        "working_hours",
        "pacing",
    ];
    for reason in may {
        let read = world.fetch().await;
        let offered = agent.poll(hinders(reason)).await["task"].clone();
        assert_eq!(offered["task"], json!(read), "{reason}");
        agent.fetched(&offered).await;
    }
    world.fetch().await;
    for reason in WaitReason::ALL.iter().map(|reason| reason.as_str()) {
        if reason != "approval" && !may.contains(&reason) {
            assert_eq!(agent.poll(hinders(reason)).await["task"], Value::Null, "{reason}");
        }
    }
    // Taken anew, it is asked about anew.
    agent.returned(&offer).await;
    // The limit that was named is over by then.
    world.advance(HOUR);
    let anew = agent.poll(json!({"accepts": [INVITE]})).await["task"].clone();
    let mut poll = held(&anew, "claimed");
    poll["waiting"] = json!([entry(INVITE, "pacing", Some(HOUR))]);
    assert_eq!(agent.poll(poll).await["task"], Value::Null);
}

#[tokio::test]
async fn refused_by_its_person_it_ends_cancelled() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let offer = agent.offer().await;
    agent.poll(asking(&offer)).await;
    let refused = agent.complete(&offer, "failed", failure("cancelled", None), "none").await;
    assert_eq!(refused.1, json!({"status": "failed", "replayed": false}));
    assert_eq!(world.status(&task).await["task_output"]["code"], "cancelled");
}
