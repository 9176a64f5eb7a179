//! Every row of the reconciliation table in `docs/PROTOCOL.md`.

use super::support::*;
use serde_json::{Value, json};

#[tokio::test]
async fn offered_not_named_gets_the_same_offer() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let first = agent.offer().await;
    assert_eq!((&first["epoch"], &first["mode"], &first["attempt"]), (&json!(1), &json!("run"), &json!(1)));
    for _ in 0..5 {
        world.advance(OFFER / 6);
        assert_eq!(agent.offer().await, first);
    }
    assert_eq!(world.status(first["task"].as_str().unwrap()).await["status"], "pending");
    assert_eq!(agent.start(&first).await.1["replayed"], false);
}

#[tokio::test]
async fn an_offer_that_arrived_and_was_lost_is_made_again_at_the_cost_of_an_attempt() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let first = agent.offer().await;
    agent.poll(held(&first, "claimed")).await;
    world.advance(HOUR);
    let mut again = agent.offer().await;
    assert_eq!(again["attempt"], json!(2));
    again["attempt"] = json!(1);
    assert_eq!(again, first);
    assert_eq!(agent.start(&first).await.1["replayed"], false);
}

#[tokio::test]
async fn an_invitation_whose_offers_are_lost_twice_on_their_way_goes_with_the_third() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let mut offer = Value::Null;
    // Each time the laptop goes to sleep before the answer is there.
    for night in 1..=3 {
        let lost = offer;
        offer = agent.offer().await;
        assert_eq!((&offer["epoch"], &offer["attempt"]), (&json!(night), &json!(1)));
        if night > 1 {
            assert_code(&agent.start(&lost).await, 409, "lease_lost");
        }
        assert_eq!(world.status(&task).await["status"], "pending");
        world.advance(DAY);
    }
    agent.poll(held(&offer, "claimed")).await;
    agent.start(&offer).await;
    assert_eq!(agent.sent(&offer).await.1["status"], "completed");
}

#[tokio::test]
async fn an_invitation_whose_offers_are_lost_three_times_on_their_way_is_given_up_unsent() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let mut offer = Value::Null;
    for _ in 1..=3 {
        offer = agent.offer().await;
        world.advance(DAY);
    }
    assert_given_up(&world, &agent, &offer).await;
}

/// The agent aborts a poll when its mind changes, and an offer may cross it.
#[tokio::test]
async fn an_offer_that_crossed_a_newer_poll_counts_for_nothing() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let reads_only = json!({ "accepts": ["agent_fetch_connections"] });
    for _ in 0..5 {
        agent.offer().await;
        assert_eq!(agent.poll(reads_only.clone()).await["task"], Value::Null);
        assert_eq!(world.status(&task).await["status"], "pending");
    }
    let offer = agent.offer().await;
    agent.start(&offer).await;
    assert_eq!(agent.sent(&offer).await.1["status"], "completed");
}

/// Nor does it take back what was lost before.
#[tokio::test]
async fn an_offer_that_crossed_takes_back_no_loss() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let mut offer = Value::Null;
    for _ in 1..=3 {
        agent.offer().await;
        agent.poll(json!({ "accepts": ["agent_fetch_connections"] })).await;
        offer = agent.offer().await;
        world.advance(DAY);
    }
    assert_given_up(&world, &agent, &offer).await;
}

#[tokio::test]
async fn what_was_lost_on_its_way_takes_back_no_attempt_that_was_lost_before() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    for attempt in 1..=3 {
        let lost = agent.offer().await;
        world.advance(OFFER);
        let offer = agent.offer().await;
        assert_eq!((&lost["attempt"], &offer["attempt"]), (&json!(attempt), &json!(attempt)));
        agent.poll(held(&offer, "claimed")).await;
    }
    let offer = agent.poll(json!({})).await["task"].clone();
    assert_eq!(offer, Value::Null, "three times it arrived and was lost");
}

/// What became of an invitation that its agent has lost three times before its start.
async fn assert_given_up(world: &World, agent: &Agent, offer: &Value) {
    assert_eq!(agent.poll(json!({})).await["task"], Value::Null);
    let data = world.status(offer["task"].as_str().unwrap()).await;
    let output = &data["task_output"];
    assert_eq!((&data["status"], &output["code"]), (&json!("failed"), &json!("expired")));
    assert!(output["error"].as_str().unwrap().contains("was not sent"), "{output}");
    assert_code(&agent.start(offer).await, 410, "task_closed");
}

#[tokio::test]
async fn an_invitation_claimed_and_lost_three_times_is_given_up_unsent() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let mut offer = Value::Null;
    for attempt in 1..=3 {
        offer = agent.offer().await;
        assert_eq!((&offer["attempt"], &offer["epoch"]), (&json!(attempt), &json!(1)));
        let named = agent.poll(held(&offer, "claimed")).await;
        assert_eq!(named["directives"], directive(&offer, "continue"));
    }
    assert_given_up(&world, &agent, &offer).await;
}

#[tokio::test]
async fn an_invitation_that_ends_its_worker_before_it_is_claimed_is_given_up_unsent() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let mut offer = Value::Null;
    // The worker comes back every 5 s: what it gets may be an answer that was lost.
    for second in (0..45).step_by(5) {
        offer = agent.offer().await;
        assert_eq!((&offer["attempt"], &offer["epoch"]), (&json!(1), &json!(1 + second / 15)));
        world.advance(5_000);
    }
    assert_given_up(&world, &agent, &offer).await;
    let query = "SELECT count(*) FROM task WHERE task_output LIKE '%3 times%'";
    assert_eq!(world.number(query).await, 1);
}

#[tokio::test]
async fn one_offer_that_arrives_ends_the_row_of_those_that_did_not() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let lose = async |times| {
        for _ in 0..times {
            agent.offer().await;
            world.advance(OFFER);
        }
    };
    lose(2).await;
    assert_eq!(world.number("SELECT unheard FROM task").await, 1);
    let named = agent.offer().await;
    agent.poll(held(&named, "claimed")).await;
    assert_eq!(world.number("SELECT unheard FROM task").await, 0);
    agent.offer().await;
    world.advance(OFFER);
    lose(1).await;
    agent.returned(&agent.offer().await).await;
    assert_eq!(world.number("SELECT unheard FROM task").await, 0);
    world.advance(REST);
    lose(2).await;
    let offer = world.pair_again().await.offer().await;
    assert_eq!(world.number("SELECT unheard FROM task").await, 0);
    assert_eq!(offer["mode"], json!("run"));
}

#[tokio::test]
async fn attempts_are_counted_on_disk_and_through_the_queue() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let first = agent.offer().await;
    agent.poll(held(&first, "claimed")).await;
    // Lost, and no longer wanted: back in the queue, at the cost of an attempt.
    agent.poll(json!({"accepts": []})).await;
    let world = world.restart().await;
    let agent = Agent { url: world.server.url.clone(), ..agent };
    let second = agent.offer().await;
    assert_eq!((&second["epoch"], &second["attempt"]), (&json!(2), &json!(2)));
    agent.poll(held(&second, "claimed")).await;
    agent.poll(json!({"accepts": []})).await;
    let third = agent.offer().await;
    assert_eq!((&third["epoch"], &third["attempt"]), (&json!(3), &json!(3)));
    agent.poll(held(&third, "claimed")).await;
    let world = world.restart().await;
    let agent = Agent { url: world.server.url.clone(), ..agent };
    assert_given_up(&world, &agent, &third).await;
}

#[tokio::test]
async fn returning_takes_back_no_attempt_that_was_lost_before() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let lost = agent.offer().await;
    agent.poll(held(&lost, "claimed")).await;
    for _ in 0..4 {
        let offer = agent.offer().await;
        assert_eq!(offer["attempt"], json!(2));
        agent.returned(&offer).await;
        world.advance(REST);
    }
}

#[tokio::test]
async fn a_verify_offer_that_is_lost_three_times_is_not_made_again() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    world.advance(2 * MINUTE);
    for _ in 0..3 {
        assert_eq!(agent.offer().await["mode"], "verify");
        // Its answer may have been lost on the way.
        world.advance(OFFER - 1);
        assert_eq!(agent.offer().await["mode"], "verify");
        world.advance(1);
    }
    assert_eq!(agent.poll(json!({})).await["task"], Value::Null);
    let read = world.fetch().await;
    assert_eq!(agent.offer().await["task"], json!(read));
    assert_eq!(world.status(&task).await["status"], "processing");
    assert_eq!(agent.sent(&offer).await.1["status"], "completed");
}

#[tokio::test]
async fn read_started_not_named_gets_the_same_offer_while_it_stands() {
    let (world, agent) = World::paired().await;
    world.fetch().await;
    let first = agent.offer().await;
    for _ in 0..5 {
        world.advance(OFFER / 6);
        assert_eq!(agent.offer().await, first);
    }
    assert_eq!(agent.fetched(&first).await.0, 200);
}

#[tokio::test]
async fn a_read_that_arrived_and_is_not_named_gets_a_new_epoch_at_once() {
    let (world, agent) = World::paired().await;
    world.fetch().await;
    let first = agent.offer().await;
    assert_eq!(agent.heartbeat(&first, Value::Null).await.0, 200);
    let second = agent.offer().await;
    assert_eq!((&second["epoch"], &second["attempt"]), (&json!(2), &json!(2)));
    agent.poll(held(&second, "running")).await;
    assert_eq!(agent.offer().await["epoch"], json!(3));
}

#[tokio::test]
async fn a_read_that_never_arrived_was_not_begun() {
    let (world, agent) = World::paired().await;
    let task = world.fetch().await;
    for epoch in 1..=5 {
        let offer = agent.offer().await;
        assert_eq!((&offer["epoch"], &offer["attempt"]), (&json!(epoch), &json!(1)));
        agent.poll(json!({"accepts": []})).await;
        assert_eq!(world.status(&task).await["status"], "pending");
    }
}

#[tokio::test]
async fn read_started_not_named_gets_a_new_epoch_once_its_offer_is_over() {
    let (world, agent) = World::paired().await;
    let task = world.fetch().await;
    let first = agent.offer().await;
    world.advance(OFFER);
    let second = agent.offer().await;
    assert_eq!((&second["task"], &second["epoch"], &second["attempt"]), (&json!(task), &json!(2), &json!(2)));
    assert_ne!(first["token"], second["token"]);
}

#[tokio::test]
async fn invitation_started_not_named_is_verified_later() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let offer = agent.offer().await;
    assert_eq!(agent.start(&offer).await.0, 200);
    world.advance(80_000 - 1);
    assert_eq!(agent.poll(json!({})).await["task"], Value::Null);
    world.advance(1);
    let verify = agent.offer().await;
    for member in ["task", "token", "epoch"] {
        assert_eq!(verify[member], offer[member], "{member}");
    }
    assert_eq!((&verify["mode"], &verify["since_ms"]), (&json!("verify"), &json!(80_000)));
    assert_eq!(world.status(&task).await["status"], "processing");
    // It is not offered for running again, whatever happens.
    world.advance(HOUR);
    assert_eq!(agent.offer().await["mode"], "verify");
    assert_eq!(agent.sent(&verify).await.1, json!({"status": "completed", "replayed": false}));
}

#[tokio::test]
async fn same_epoch_goes_on() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    world.fetch().await;
    let offer = agent.offer().await;
    let answer = agent.poll(held(&offer, "claimed")).await;
    assert_eq!((&answer["directives"], &answer["task"]), (&directive(&offer, "continue"), &Value::Null));
    agent.start(&offer).await;
    let answer = agent.poll(held(&offer, "running")).await;
    assert_eq!((&answer["directives"], &answer["task"]), (&directive(&offer, "continue"), &Value::Null));
    // What is only looked up from time to time keeps nothing else waiting.
    let answer = agent.poll(held(&offer, "verifying")).await;
    assert_eq!(answer["directives"], directive(&offer, "continue"));
    assert_eq!(answer["task"]["task_type"], "agent_fetch_connections");
}

#[tokio::test]
async fn a_held_read_goes_on_after_a_long_sleep() {
    let (world, agent) = World::paired().await;
    world.fetch().await;
    let offer = agent.offer().await;
    world.advance(8 * HOUR);
    assert_eq!(agent.poll(held(&offer, "running")).await["directives"], directive(&offer, "continue"));
    assert_eq!(agent.fetched(&offer).await.0, 200);
}

#[tokio::test]
async fn finished_and_unacknowledged_is_sent_again() {
    let (world, agent) = World::paired().await;
    world.fetch().await;
    let offer = agent.offer().await;
    let answer = agent.poll(held(&offer, "finished")).await;
    assert_eq!((&answer["directives"], &answer["task"]), (&directive(&offer, "resend"), &Value::Null));
    assert_eq!(agent.fetched(&offer).await.0, 200);
}

#[tokio::test]
async fn what_is_held_is_not_offered_though_it_is_queued() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let offer = agent.offer().await;
    agent.poll(json!({"accepts": []})).await;
    let answer = agent.poll(held(&offer, "finished")).await;
    assert_eq!((&answer["directives"], &answer["task"]), (&directive(&offer, "resend"), &Value::Null));
    // Held as running, it is taken out of the queue again under the epoch that it has.
    let answer = agent.poll(held(&offer, "running")).await;
    assert_eq!((&answer["directives"], &answer["task"]), (&directive(&offer, "continue"), &Value::Null));
    assert_eq!(agent.start(&offer).await.0, 200);
}

#[tokio::test]
async fn a_lower_epoch_is_abandoned() {
    let (world, agent) = World::paired().await;
    world.fetch().await;
    let old = agent.offer().await;
    world.advance(OFFER);
    let new = agent.offer().await;
    for phase in ["running", "finished"] {
        let answer = agent.poll(held(&old, phase)).await;
        assert_eq!((&answer["directives"], &answer["task"]), (&directive(&old, "abandon"), &Value::Null));
    }
    assert_eq!(agent.fetched(&new).await.0, 200);
}

#[tokio::test]
async fn a_closed_or_unknown_task_is_abandoned() {
    let (world, agent) = World::paired().await;
    world.fetch().await;
    let offer = agent.offer().await;
    agent.fetched(&offer).await;
    assert_eq!(agent.poll(held(&offer, "finished")).await["directives"], directive(&offer, "abandon"));
    let unknown = json!({"task": "550e8400-e29b-41d4-a716-446655440000", "epoch": 1});
    assert_eq!(agent.poll(held(&unknown, "running")).await["directives"], directive(&unknown, "abandon"));
}

#[tokio::test]
async fn an_epoch_from_the_future_is_left_alone() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let mut offer = agent.offer().await;
    offer["epoch"] = json!(7);
    for phase in ["running", "finished"] {
        let answer = agent.poll(held(&offer, phase)).await;
        assert_eq!((&answer["directives"], &answer["task"]), (&json!([]), &Value::Null));
    }
}

#[tokio::test]
async fn a_read_is_given_up_after_three_attempts() {
    let (world, agent) = World::paired().await;
    let task = world.fetch().await;
    for attempt in 1..=3 {
        assert_eq!(agent.offer().await["attempt"], json!(attempt));
        world.advance(OFFER);
    }
    assert_eq!(agent.poll(json!({})).await["task"], Value::Null);
    let data = world.status(&task).await;
    assert_eq!((&data["status"], &data["task_output"]["code"]), (&json!("failed"), &json!("upstream")));
    assert_eq!(data["task_output"]["retryable"], true);
}

#[tokio::test]
async fn only_what_is_accepted_is_offered() {
    let (world, agent) = World::paired().await;
    let invitation = world.invite().await;
    let read = world.fetch().await;
    let reads = json!({"accepts": ["agent_fetch_connections", "agent_who_knows"]});
    for state in ["paused", "signed_out", "wrong_account", "latched"] {
        assert_eq!(agent.poll(json!({"state": state})).await["task"], Value::Null, "{state}");
    }
    assert_eq!(agent.poll(json!({"accepts": []})).await["task"], Value::Null);
    let offer = agent.poll(reads).await["task"].clone();
    assert_eq!(offer["task"], json!(read));
    agent.fetched(&offer).await;
    assert_eq!(agent.offer().await["task"], json!(invitation));
}

#[tokio::test]
async fn an_offer_no_longer_acceptable_goes_back_to_the_queue() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let read = world.fetch().await;
    let first = agent.offer().await;
    let offer = agent.poll(json!({"accepts": ["agent_fetch_connections"]})).await["task"].clone();
    assert_eq!(offer["task"], json!(read));
    agent.fetched(&offer).await;
    let again = agent.offer().await;
    assert_eq!((&again["task"], &again["epoch"]), (&first["task"], &json!(2)));
    assert_code(&agent.start(&first).await, 409, "lease_lost");
    assert_eq!(agent.start(&again).await.0, 200);
}

#[tokio::test]
async fn one_task_at_a_time() {
    let (world, agent) = World::paired().await;
    world.fetch().await;
    world.fetch().await;
    let offer = agent.offer().await;
    for phase in ["claimed", "running"] {
        assert_eq!(agent.poll(held(&offer, phase)).await["task"], Value::Null);
    }
    agent.fetched(&offer).await;
    assert_ne!(agent.offer().await["task"], offer["task"]);
}

#[tokio::test]
async fn a_verify_offer_comes_whatever_is_accepted() {
    let (world, agent) = World::paired().await;
    world.invite().await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    world.advance(2 * MINUTE);
    assert_eq!(agent.poll(json!({"accepts": [], "state": "paused"})).await["task"], Value::Null);
    assert_eq!(agent.poll(json!({"accepts": [], "account": "acc-2"})).await["task"], Value::Null);
    assert_eq!(agent.poll(json!({"accepts": []})).await["task"]["mode"], "verify");
}

#[tokio::test]
async fn a_row_of_an_unknown_kind_stops_no_poll() {
    let (world, agent) = World::paired().await;
    let odd = world.invite().await;
    let offer = agent.offer().await;
    // As a newer version of the server may leave it.
    world.sql("UPDATE task SET task_type = 'agent_dance', state = 'started'").await;
    let next = world.fetch().await;
    assert_eq!(agent.offer().await["task"], json!(next));
    assert_eq!(agent.poll(held(&offer, "running")).await["directives"], json!([]));
    assert_eq!(world.status(&odd).await["status"], "processing");
}
