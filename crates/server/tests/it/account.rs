//! Whose browser, whose account, and why a task waits.

use super::support::*;
use liaison_protocol::TaskType;
use liaison_server::store::{Asking, MemberRole};
use serde_json::{Value, json};

#[tokio::test]
async fn the_first_account_is_bound() {
    let (world, agent) = World::paired().await;
    world.fetch().await;
    agent.poll(json!({"account": "acc-1", "accepts": []})).await;
    assert_eq!(agent.poll(json!({"account": "acc-2"})).await["task"], Value::Null);
    let world = world.restart().await;
    let agent = Agent { url: world.server.url.clone(), ..agent };
    assert_eq!(agent.poll(json!({"account": "acc-2"})).await["task"], Value::Null);
    agent.offer().await;
}

#[tokio::test]
async fn the_last_instance_owns_the_token() {
    let (world, first) = World::paired().await;
    world.invite().await;
    first.poll(json!({"accepts": []})).await;
    let second = Agent { instance: "i-2".to_owned(), ..first.clone() };
    let offer = second.offer().await;
    assert_code(&first.try_poll(json!({})).await, 409, "superseded");
    assert_eq!(second.start(&offer).await.0, 200);
}

#[tokio::test]
async fn a_new_instance_binds_the_account_anew() {
    let (world, first) = World::paired().await;
    world.fetch().await;
    first.poll(json!({"account": "acc-1", "accepts": []})).await;
    let second = Agent { instance: "i-2".to_owned(), ..first };
    assert!(second.poll(json!({"account": "salted-anew"})).await["task"].is_object());
}

#[tokio::test]
async fn a_superseded_agent_may_only_hand_in_what_it_did() {
    let (world, old) = World::paired().await;
    let task = world.invite().await;
    let offer = old.offer().await;
    let new = world.pair_again().await;
    assert_code(&old.start(&offer).await, 409, "superseded");
    assert_code(&old.try_poll(json!({})).await, 409, "superseded");
    assert_eq!(old.complete(&offer, "failed", failure("refused", None), "none").await.0, 200);
    assert_eq!(world.status(&task).await["status"], "failed");
    assert_eq!(new.poll(json!({})).await["task"], Value::Null);
}

#[tokio::test]
async fn a_new_agent_takes_over_what_the_old_one_had() {
    let (world, old) = World::paired().await;
    world.invite().await;
    let offered = old.offer().await;
    let new = world.pair_again().await;
    let taken = new.offer().await;
    assert_eq!((&taken["task"], &taken["epoch"]), (&offered["task"], &json!(2)));
    assert_eq!(new.start(&taken).await.0, 200);
    // What it started and nobody knows of is only ever looked up.
    let newest = world.pair_again().await;
    world.advance(10 * MINUTE);
    assert_eq!(newest.offer().await["mode"], "verify");
}

#[tokio::test]
async fn a_read_of_another_agent_waits_for_its_lease() {
    let (world, old) = World::paired().await;
    let task = world.fetch().await;
    old.offer().await;
    let new = world.pair_again().await;
    assert_eq!(new.poll(json!({})).await["task"], Value::Null);
    world.advance(MINUTE);
    let offer = new.offer().await;
    assert_eq!((&offer["task"], &offer["epoch"]), (&json!(task), &json!(2)));
}

#[tokio::test]
async fn the_oldest_admin_acts_and_others_only_vouch() {
    let world = World::new().await;
    let store = world.server.store();
    let team = store.first_team().await.unwrap();
    world.advance(1);
    let mut others = Vec::new();
    for role in [MemberRole::Member, MemberRole::Admin] {
        let member = store.add_member(&team, role, world.now()).await.unwrap();
        let code = store.new_pairing_code(&member, world.now()).await.unwrap();
        others.push(world.pair(&code).await);
    }
    let task = world.fetch().await;
    for other in &others {
        assert_eq!(other.poll(json!({})).await["task"], Value::Null);
    }
    assert_eq!(world.status(&task).await["waiting"], json!({"reason": "agent_offline", "until": null}));
    let admin = world.pair(&world.server.pairing_code.clone().unwrap()).await;
    assert_eq!(admin.offer().await["task"], json!(task));
}

#[tokio::test]
async fn why_a_task_waits() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let waiting = async || world.status(&task).await["waiting"].clone();
    let kind = "agent_send_connection_request";
    agent
        .poll(json!({"accepts": [], "waiting": [{"task_type": kind, "reason": "pacing", "for_ms": 9000}]}))
        .await;
    assert_eq!(waiting().await, json!({"reason": "pacing", "until": "2026-11-22T00:00:09.000Z"}));
    agent
        .poll(json!({"accepts": [], "waiting": [{"task_type": kind, "reason": "kind_off", "for_ms": null}]}))
        .await;
    assert_eq!(waiting().await, json!({"reason": "kind_off", "until": null}));
    for (state, reason) in
        [("paused", "paused"), ("signed_out", "signed_out"), ("wrong_account", "wrong_account")]
    {
        agent.poll(json!({"state": state})).await;
        assert_eq!(waiting().await, json!({"reason": reason, "until": null}));
    }
    agent.poll(json!({"accepts": []})).await;
    assert_eq!(waiting().await, Value::Null);
    world.advance(2 * MINUTE + 1);
    assert_eq!(waiting().await, json!({"reason": "agent_offline", "until": null}));
}

/// Two browsers that were given the same token, and one invitation.
async fn two_instances() -> (World, Agent, Agent, String) {
    let (world, first) = World::paired().await;
    let task = world.invite().await;
    let second = Agent { instance: "i-2".to_owned(), ..first.clone() };
    (world, first, second, task)
}

#[tokio::test]
async fn of_two_instances_one_gets_leave_to_send() {
    let (_world, first, second, task) = two_instances().await;
    let old = first.offer().await;
    assert_eq!((&old["task"], &old["epoch"]), (&json!(task), &json!(1)));
    let new = second.offer().await;
    assert_eq!(new["task"], json!(task));
    assert!(new["epoch"].as_u64() > Some(1), "{new}");
    assert_ne!(new["token"], old["token"]);
    assert_code(&first.start(&old).await, 409, "lease_lost");
    assert_eq!(second.start(&new).await.1["replayed"], false);
}

#[tokio::test]
async fn an_overtaken_instance_gets_no_leave_even_before_the_next_offer() {
    let (_world, first, second, _task) = two_instances().await;
    let old = first.offer().await;
    second.poll(json!({"accepts": []})).await;
    assert_code(&first.start(&old).await, 409, "lease_lost");
    assert_eq!(second.start(&second.offer().await).await.1["replayed"], false);
}

#[tokio::test]
async fn a_poll_that_was_overtaken_on_its_way_is_offered_nothing() {
    let (world, first, second, _task) = two_instances().await;
    first.poll(json!({"accepts": []})).await;
    second.poll(json!({"accepts": []})).await;
    let agent = world.server.store().agent_of_token(&first.token).await.unwrap().unwrap();
    let mut asking = Asking {
        agent: &agent.id,
        instance: &first.instance,
        member: &agent.member_id,
        ready: true,
        accepts: vec![TaskType::SendConnectionRequest],
        waiting: &[],
        held: &[],
    };
    assert!(world.server.store().poll(&asking, world.now()).await.unwrap().offer.is_none());
    asking.instance = &second.instance;
    assert!(world.server.store().poll(&asking, world.now()).await.unwrap().offer.is_some());
}

#[tokio::test]
async fn what_an_overtaken_instance_started_is_looked_up_and_never_run() {
    let (world, first, second, task) = two_instances().await;
    let offer = first.offer().await;
    first.start(&offer).await;
    assert_eq!(second.poll(json!({})).await["task"], Value::Null);
    world.advance(2 * MINUTE);
    let verify = second.offer().await;
    assert_eq!((&verify["mode"], &verify["token"]), (&json!("verify"), &offer["token"]));
    // The first one no longer is the only one that may have said something under this token.
    assert_eq!(first.returned(&offer).await.1["status"], "processing");
    world.advance(MINUTE);
    assert_eq!(second.offer().await["mode"], "verify");
    assert_eq!(world.status(&task).await["status"], "processing");
}

#[tokio::test]
async fn an_overtaken_instance_may_say_that_it_sent_nothing() {
    let (world, first, second, task) = two_instances().await;
    let offer = first.offer().await;
    first.start(&offer).await;
    assert_eq!(second.poll(json!({})).await["task"], Value::Null);
    assert_eq!(first.returned(&offer).await, (200, json!({"status": "pending", "replayed": false})));
    world.advance(REST);
    let again = second.offer().await;
    assert_eq!((&again["task"], &again["mode"]), (&json!(task), &json!("run")));
    assert_ne!(again["token"], offer["token"]);
}

#[tokio::test]
async fn what_an_overtaken_instance_returns_does_not_undo_the_other_s_start() {
    let (world, first, second, task) = two_instances().await;
    let old = first.offer().await;
    let new = second.offer().await;
    second.start(&new).await;
    assert_code(&first.returned(&old).await, 409, "lease_lost");
    assert_eq!(world.status(&task).await["status"], "processing");
    world.advance(2 * MINUTE);
    assert_eq!(second.offer().await["mode"], "verify");
}

#[tokio::test]
async fn a_new_instance_begins_the_other_s_read_anew() {
    let (world, first) = World::paired().await;
    world.fetch().await;
    let old = first.offer().await;
    let second = Agent { instance: "i-2".to_owned(), ..first };
    let new = second.offer().await;
    assert_eq!((&new["task"], &new["epoch"]), (&old["task"], &json!(2)));
    assert_ne!(new["token"], old["token"]);
}
