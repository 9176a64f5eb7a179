//! `cancel-task`: at once before the start, before the next effect after it, and never against the truth.

use super::support::*;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::spawn;
use tokio::time::timeout;

const CANCEL: &str = "/linkedin-agent/cancel-task";

fn cancelled(task: &str, status: &str) -> Value {
    json!({"id": task, "status": status, "cancel_requested": true})
}

async fn assert_ended_cancelled(world: &World, task: &str) {
    let data = world.status(task).await;
    let output = &data["task_output"];
    assert_eq!((&data["status"], &output["code"]), (&json!("failed"), &json!("cancelled")), "{data}");
    assert_eq!((&output["retryable"], &data["cancel_requested"]), (&json!(false), &json!(true)));
    assert!(data.get("waiting").is_none());
}

#[tokio::test]
async fn before_it_is_offered_it_ends_at_once() {
    let (world, agent) = World::paired().await;
    let (read, invitation) = (world.fetch().await, world.invite().await);
    for task in [&read, &invitation] {
        assert_eq!(world.cancel(task).await, cancelled(task, "failed"));
        assert_ended_cancelled(&world, task).await;
        // Asked again it says the same.
        assert_eq!(world.cancel(task).await, cancelled(task, "failed"));
    }
    assert_eq!(agent.poll(json!({})).await["task"], Value::Null);
}

#[tokio::test]
async fn an_offered_invitation_ends_at_once_and_is_never_started() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let offer = agent.offer().await;
    agent.poll(held(&offer, "claimed")).await;
    assert_eq!(world.cancel(&task).await, cancelled(&task, "failed"));
    assert_code(&agent.start(&offer).await, 410, "task_closed");
    assert_code(&agent.sent(&offer).await, 410, "task_closed");
    assert_eq!(agent.poll(held(&offer, "claimed")).await["directives"], directive(&offer, "abandon"));
    assert_ended_cancelled(&world, &task).await;
}

#[tokio::test]
async fn a_started_read_is_told_to_stop_and_says_that_it_did() {
    let (world, agent) = World::paired().await;
    let task = world.fetch().await;
    let offer = agent.offer().await;
    assert_eq!(agent.heartbeat(&offer, Value::Null).await.1["do"], "continue");
    assert_eq!(world.cancel(&task).await, cancelled(&task, "processing"));
    assert_eq!(world.status(&task).await["cancel_requested"], true);
    // It is remembered.
    let world = world.restart().await;
    let agent = Agent { url: world.server.url.clone(), ..agent };
    assert_eq!(agent.heartbeat(&offer, Value::Null).await.1["do"], "cancel");
    assert_eq!(agent.poll(held(&offer, "running")).await["directives"], directive(&offer, "cancel"));
    assert_eq!(agent.poll(held(&offer, "finished")).await["directives"], directive(&offer, "resend"));
    let ended = agent.complete(&offer, "failed", failure("cancelled", None), "none").await;
    assert_eq!(ended, (200, json!({"status": "failed", "replayed": false})));
    assert_eq!(world.status(&task).await["task_output"]["code"], "cancelled");
}

#[tokio::test]
async fn what_was_done_already_stands() {
    let (world, agent) = World::paired().await;
    let (read, invitation) = (world.fetch().await, world.invite().await);
    let offer = agent.offer().await;
    world.cancel(&read).await;
    assert_eq!(agent.fetched(&offer).await.1["status"], "completed");
    let offer = agent.offer().await;
    agent.start(&offer).await;
    assert_eq!(world.cancel(&invitation).await, cancelled(&invitation, "processing"));
    assert_eq!(agent.poll(held(&offer, "running")).await["directives"], directive(&offer, "cancel"));
    assert_eq!(agent.sent(&offer).await.1["status"], "completed");
    assert_eq!(world.status(&invitation).await["task_output"], json!({"sent": true}));
    // Of what is over nothing changes; nobody had asked for the end of this one in time.
    let late = world.fetch().await;
    agent.fetched(&agent.offer().await).await;
    let expected = json!({"id": late, "status": "completed", "cancel_requested": false});
    assert_eq!(world.cancel(&late).await, expected);
    assert!(world.status(&late).await.get("cancel_requested").is_none());
}

#[tokio::test]
async fn a_started_invitation_that_was_not_sent_ends_cancelled() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    world.cancel(&task).await;
    // A worker that comes back and asks again has no time left to send it in.
    let again = json!({"lease_ms": 60_000, "act_within_ms": 0, "replayed": true});
    assert_eq!(agent.start(&offer).await, (200, again));
    assert_eq!(agent.returned(&offer).await, (200, json!({"status": "failed", "replayed": false})));
    assert_eq!(agent.returned(&offer).await, (200, json!({"status": "failed", "replayed": true})));
    assert_ended_cancelled(&world, &task).await;
    world.advance(REST);
    assert_eq!(agent.poll(json!({})).await["task"], Value::Null);
}

#[tokio::test]
async fn a_cancelled_read_whose_agent_lost_it_ends_when_it_would_be_begun_again() {
    let (world, agent) = World::paired().await;
    for beat in [true, false] {
        let task = world.fetch().await;
        let offer = agent.offer().await;
        if beat {
            agent.heartbeat(&offer, Value::Null).await;
        }
        world.cancel(&task).await;
        assert_eq!(agent.poll(json!({})).await["task"], Value::Null);
        assert_ended_cancelled(&world, &task).await;
        assert_code(&agent.fetched(&offer).await, 410, "task_closed");
    }
}

#[tokio::test]
async fn a_cancelled_read_whose_agent_is_gone_ends_within_a_minute() {
    let (world, agent) = World::paired().await;
    let task = world.fetch().await;
    agent.offer().await;
    world.cancel(&task).await;
    world.advance(MINUTE - 1);
    world.cancel(&task).await;
    assert_eq!(world.server.sweep().await.unwrap(), 0);
    world.advance(1);
    assert_eq!(world.server.sweep().await.unwrap(), 1);
    assert_ended_cancelled(&world, &task).await;
}

#[tokio::test]
async fn a_cancelled_invitation_whose_agent_is_gone_is_looked_up() {
    let (world, agent) = World::paired().await;
    for found in [true, false] {
        let task = world.invite().await;
        let offer = agent.offer().await;
        agent.start(&offer).await;
        world.cancel(&task).await;
        world.advance(2 * MINUTE);
        let verify = agent.offer().await;
        assert_eq!((&verify["mode"], &verify["token"]), (&json!("verify"), &offer["token"]));
        // There is nothing left to stop.
        assert_eq!(agent.poll(held(&offer, "verifying")).await["directives"], directive(&offer, "continue"));
        assert_eq!(agent.heartbeat(&offer, Value::Null).await.1["do"], "continue");
        if found {
            assert_eq!(agent.sent(&verify).await.1["status"], "completed");
        } else {
            // Who was asked to look can't say that it never left.
            assert_eq!(agent.returned(&verify).await.1["status"], "processing");
            world.advance(DAY);
            assert_eq!(world.server.sweep().await.unwrap(), 1);
            assert_eq!(world.status(&task).await["task_output"]["code"], "outcome_unknown");
        }
    }
}

#[tokio::test]
async fn it_reaches_a_parked_poll_and_a_waiting_caller_at_once() {
    let (world, agent) = World::paired().await;
    let task = world.invite().await;
    let offer = agent.offer().await;
    let named = held(&offer, "claimed");
    agent.poll(named.clone()).await;
    let parked = spawn({
        let (agent, mut poll) = (agent.clone(), named);
        poll["wait_ms"] = json!(25_000);
        async move { agent.poll(poll).await }
    });
    let at_once = Duration::from_secs(20);
    timeout(at_once, world.server.parked().wait_for(|parked| *parked == 1)).await.unwrap().unwrap();
    let query = format!("?api_agent_task_id={task}&wait=25");
    let (waited, ()) = tokio::join!(timeout(at_once, world.get_as(&world.key, &query)), async {
        world.cancel(&task).await;
    });
    assert_eq!(waited.unwrap().1["data"]["status"], "failed");
    assert_eq!(timeout(at_once, parked).await.unwrap().unwrap()["directives"], directive(&offer, "abandon"));
}

#[tokio::test]
async fn who_may_not_see_a_task_may_not_end_it() {
    let (world, _agent) = World::paired().await;
    let task = world.invite().await;
    let (other_key, _other) = world.other_team().await;
    let body = json!({ "api_agent_task_id": task }).to_string();
    let theirs = world.post_raw(CANCEL, Some(&other_key), body.clone()).await;
    let unknown = json!({"api_agent_task_id": "550e8400-e29b-41d4-a716-446655440000"});
    assert_refused(&theirs, 404, "Agent task not found");
    assert_eq!(world.post(CANCEL, unknown).await, theirs);
    assert_refused(&world.post_raw(CANCEL, None, body).await, 401, "Missing API Key");
    for bad in [json!({}), json!({"api_agent_task_id": 7}), json!({"api_agent_task_id": "7"})] {
        let refused = world.post(CANCEL, bad).await;
        assert_refused(&refused, 400, "Missing or invalid 'api_agent_task_id'");
    }
    assert_refused(&world.post_raw(CANCEL, Some(&world.key), "[]").await, 400, "Invalid JSON body");
    assert_eq!(world.status(&task).await["status"], "pending");
    let capitals = json!({"api_agent_task_id": task.to_uppercase()});
    assert_eq!(world.post(CANCEL, capitals).await.1["data"], cancelled(&task, "failed"));
}

/// A task whose start came before its cancelling: the agent has leave, the caller is told that it may be too late, and
/// what was sent stands.
async fn assert_started(world: &World, agent: &Agent, offer: &Value, leave: &Answer, answer: &Value) {
    let task = offer["task"].as_str().unwrap();
    let given = json!({"lease_ms": 60_000, "act_within_ms": 20_000, "replayed": false});
    assert_eq!((leave, answer), (&(200, given), &cancelled(task, "processing")));
    assert_eq!(agent.heartbeat(offer, Value::Null).await.1["do"], "cancel");
    assert_eq!(agent.sent(offer).await, (200, json!({"status": "completed", "replayed": false})));
    assert_eq!(world.status(task).await["task_output"], json!({"sent": true}));
    assert_eq!(world.cancel(task).await, cancelled(task, "completed"));
}

/// A task whose cancelling came first: no leave, and nothing else that its agent says changes that.
async fn assert_stopped(world: &World, agent: &Agent, offer: &Value, leave: &Answer, answer: &Value) {
    let task = offer["task"].as_str().unwrap();
    assert_code(leave, 410, "task_closed");
    assert_eq!(answer, &cancelled(task, "failed"));
    assert_code(&agent.sent(offer).await, 410, "task_closed");
    assert_ended_cancelled(world, task).await;
}

#[tokio::test]
async fn a_start_and_a_cancel_in_either_order() {
    let (world, agent) = World::paired().await;
    for start_first in [true, false, true, false] {
        let task = world.invite().await;
        let offer = agent.offer().await;
        if start_first {
            let leave = agent.start(&offer).await;
            let answer = world.cancel(&task).await;
            assert_started(&world, &agent, &offer, &leave, &answer).await;
        } else {
            let answer = world.cancel(&task).await;
            let leave = agent.start(&offer).await;
            assert_stopped(&world, &agent, &offer, &leave, &answer).await;
        }
    }
}

/// Whichever comes first decides, and nobody is told anything else: what the agent heard fits what the caller heard.
#[tokio::test]
async fn a_race_has_the_outcome_of_one_of_the_orders() {
    let (world, agent) = World::paired().await;
    for round in 0..40 {
        let task = world.invite().await;
        let offer = agent.offer().await;
        let (leave, answer) = if round % 2 == 0 {
            tokio::join!(agent.start(&offer), world.cancel(&task))
        } else {
            let (answer, leave) = tokio::join!(world.cancel(&task), agent.start(&offer));
            (leave, answer)
        };
        if leave.0 == 200 {
            assert_started(&world, &agent, &offer, &leave, &answer).await;
        } else {
            assert_stopped(&world, &agent, &offer, &leave, &answer).await;
        }
    }
}

/// The same of a result and a cancel: what was sent stands, whether or not somebody asked for its end in time.
#[tokio::test]
async fn a_result_and_a_cancel_at_the_same_moment() {
    let (world, agent) = World::paired().await;
    for _ in 0..20 {
        let task = world.invite().await;
        let offer = agent.offer().await;
        agent.start(&offer).await;
        let (told, answer) = tokio::join!(agent.sent(&offer), world.cancel(&task));
        assert_eq!(told, (200, json!({"status": "completed", "replayed": false})));
        let in_time = answer["cancel_requested"] == true;
        assert_eq!(answer["status"], if in_time { "processing" } else { "completed" }, "{answer}");
        let data = world.status(&task).await;
        assert_eq!(data["task_output"], json!({"sent": true}));
        assert_eq!(data.get("cancel_requested").is_some(), in_time, "{data}");
    }
}

#[tokio::test]
async fn a_row_of_an_unknown_kind_is_cancelled_only_while_it_waits() {
    let (world, agent) = World::paired().await;
    let started = world.invite().await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    world.sql("UPDATE task SET task_type = 'agent_dance'").await;
    let queued = world.fetch().await;
    world.sql("UPDATE task SET task_type = 'agent_dance' WHERE state = 'queued'").await;
    assert_eq!(world.cancel(&queued).await["status"], "failed");
    assert_eq!(world.cancel(&started).await["status"], "processing");
    world.advance(DAY);
    world.server.sweep().await.unwrap();
    assert_eq!(world.status(&started).await["task_output"]["code"], "outcome_unknown");
}
