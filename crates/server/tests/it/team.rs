//! Teams, members and keys, as callers and agents feel them.

use super::support::*;
use liaison_server::store::{
    Access, MemberChange, MemberRole, NewKey, NewWebhook, Page, ResultError, WebhookError,
};
use serde_json::{Value, json};

const CANCEL: &str = "/linkedin-agent/cancel-task";

async fn first_team(world: &World) -> String {
    world.server.store().first_team().await.unwrap()
}

async fn member_with_browser(world: &World, role: MemberRole) -> (String, Agent) {
    let store = world.server.store();
    let member = store.add_member(&first_team(world).await, role, world.now()).await.unwrap();
    let code = store.new_pairing_code(&member, world.now()).await.unwrap();
    (member, world.pair(&code).await)
}

async fn acting(world: &World) -> Option<String> {
    world.server.store().acting_member(&first_team(world).await).await.unwrap()
}

#[tokio::test]
async fn a_read_only_key_changes_nothing() {
    let (world, agent) = World::paired().await;
    let task = world.fetch().await;
    let read = NewKey { access: Access::Read, ..NewKey::default() };
    let team = first_team(&world).await;
    let key = world.server.store().add_key(&team, &read, world.now()).await.unwrap().secret;
    for (path, body) in [
        (FETCH, json!({})),
        (SEND, json!({"profile_urn": "ACoAABCDEF123"})),
        (CANCEL, json!({"api_agent_task_id": task})),
        // Before its input is looked at.
        (FETCH, json!({"count": 0})),
    ] {
        let refused = world.post_raw(path, Some(&key), body.to_string()).await;
        assert_refused(&refused, 403, "This API key may only read");
        assert_eq!(refused.1["code"], "read_only_key");
    }
    assert_eq!(world.number("SELECT count(*) FROM task").await, 1);
    let (status, body) = world.get_as(&key, &format!("?api_agent_task_id={task}")).await;
    assert_eq!((status, &body["data"]["status"]), (200, &json!("pending")), "{body}");
    agent.offer().await;
}

#[tokio::test]
async fn a_revoked_key_is_none() {
    let (world, _agent) = World::paired().await;
    let (store, team) = (world.server.store(), first_team(&world).await);
    let made = store.add_key(&team, &NewKey::default(), world.now()).await.unwrap();
    let task = world.post_raw(FETCH, Some(&made.secret), "{}").await.1["api_agent_task_id"].clone();
    store.revoke_key(&team, &made.id, world.now()).await.unwrap();
    assert_refused(&world.post_raw(FETCH, Some(&made.secret), "{}").await, 401, "Invalid API Key");
    let query = format!("?api_agent_task_id={}", task.as_str().unwrap());
    assert_refused(&world.get_as(&made.secret, &query).await, 401, "Invalid API Key");
    // The team's other keys go on.
    assert_eq!(world.get_as(&world.key, &query).await.0, 200);
}

#[tokio::test]
async fn the_last_use_is_known_to_the_minute() {
    let (world, _agent) = World::paired().await;
    let (store, team) = (world.server.store(), first_team(&world).await);
    let last_used = async || store.keys(&team, Page::ALL).await.unwrap().entries[0].last_used_at;
    assert_eq!(last_used().await, None);
    let task = world.fetch().await;
    let first = world.now();
    assert_eq!(last_used().await, Some(first));
    world.advance(MINUTE - 1);
    world.status(&task).await;
    assert_eq!(last_used().await, Some(first));
    world.advance(1);
    world.status(&task).await;
    assert_eq!(last_used().await, Some(world.now()));
    // Wrong ones leave nothing.
    world.advance(MINUTE);
    world.get_as("lsk_0", "").await;
    assert_eq!(last_used().await, Some(first.plus_ms(MINUTE)));
}

#[tokio::test]
async fn roles_decide_who_acts() {
    let (world, first) = World::paired().await;
    let (store, team) = (world.server.store(), first_team(&world).await);
    let oldest = acting(&world).await.unwrap();
    world.advance(1);
    let (second, browser) = member_with_browser(&world, MemberRole::Member).await;
    let before = world.fetch().await;
    let become_ = async |member: &str, role| {
        let change = MemberChange { role: Some(role), ..MemberChange::default() };
        store.change_member(&team, member, change).await.unwrap();
    };
    become_(&second, MemberRole::Admin).await;
    assert_eq!(acting(&world).await.as_ref(), Some(&oldest), "the older admin acts");
    become_(&oldest, MemberRole::Member).await;
    assert_eq!(acting(&world).await.as_ref(), Some(&second));
    let after = world.fetch().await;
    // What was accepted stays with the account that acted then.
    assert_eq!(first.offer().await["task"], json!(before));
    assert_eq!(browser.offer().await["task"], json!(after));
    become_(&second, MemberRole::Member).await;
    assert_refused(&world.post(FETCH, json!({})).await, 404, "No admin user found in the team");
    become_(&oldest, MemberRole::Admin).await;
    world.fetch().await;
}

#[tokio::test]
async fn the_next_admin_acts_when_the_oldest_leaves() {
    let (world, first) = World::paired().await;
    let (store, team) = (world.server.store(), first_team(&world).await);
    world.advance(1);
    let (second, browser) = member_with_browser(&world, MemberRole::Admin).await;
    let oldest = acting(&world).await.unwrap();
    store.remove_member(&team, &oldest, world.now()).await.unwrap();
    assert_eq!(acting(&world).await, Some(second));
    let task = world.fetch().await;
    assert_code(&first.try_poll(json!({})).await, 409, "superseded");
    assert_eq!(browser.offer().await["task"], json!(task));
}

#[tokio::test]
async fn who_leaves_ends_what_they_had_not_begun_and_nothing_else() {
    let (world, agent) = World::paired().await;
    let (store, team) = (world.server.store(), first_team(&world).await);
    let (read, sent) = (world.fetch().await, world.invite().await);
    let begun = agent.offer().await;
    assert_eq!(begun["task"], json!(read));
    let waiting = world.fetch().await;
    let member = acting(&world).await.unwrap();
    store.remove_member(&team, &member, world.now()).await.unwrap();
    assert_eq!(world.server.sweep().await.unwrap(), 2);
    for task in [&sent, &waiting] {
        let status = world.status(task).await;
        assert_eq!(
            (&status["status"], &status["task_output"]["code"]),
            (&json!("failed"), &json!("cancelled"))
        );
    }
    assert_eq!(world.status(&read).await["status"], "processing");
    assert_code(&agent.try_poll(held(&begun, "running")).await, 409, "superseded");
    // What was under way may still be handed in.
    assert_eq!(agent.fetched(&begun).await.0, 200);
    assert_eq!(world.status(&read).await["status"], "completed");
    assert_refused(&world.post(FETCH, json!({})).await, 404, "No admin user found in the team");
}

#[tokio::test]
async fn an_invitation_in_the_hands_of_who_leaves_ends_by_its_deadline() {
    let (world, agent) = World::paired().await;
    let (store, team) = (world.server.store(), first_team(&world).await);
    let (offered, started) = (world.invite().await, world.invite().await);
    let first = agent.offer().await;
    agent.start(&first).await;
    agent.sent(&first).await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    assert_eq!((&first["task"], &offer["task"]), (&json!(offered), &json!(started)));
    let late = world.invite().await;
    store.remove_member(&team, &acting(&world).await.unwrap(), world.now()).await.unwrap();
    world.server.sweep().await.unwrap();
    assert_eq!(world.status(&started).await["status"], "processing");
    assert_eq!(world.status(&late).await["task_output"]["code"], "cancelled");
    world.advance(DAY);
    world.server.sweep().await.unwrap();
    assert_eq!(world.status(&started).await["task_output"]["code"], "outcome_unknown");
}

#[tokio::test]
async fn what_who_leaves_gives_back_is_called_off() {
    let (world, agent) = World::paired().await;
    let (store, team) = (world.server.store(), first_team(&world).await);
    let task = world.invite().await;
    let offer = agent.offer().await;
    agent.start(&offer).await;
    store.remove_member(&team, &acting(&world).await.unwrap(), world.now()).await.unwrap();
    assert_eq!(agent.heartbeat(&offer, Value::Null).await.1["do"], "cancel");
    assert_eq!(agent.returned(&offer).await.0, 200);
    let status = world.status(&task).await;
    assert_eq!((&status["status"], &status["task_output"]["code"]), (&json!("failed"), &json!("cancelled")));
}

#[tokio::test]
async fn an_offer_to_who_leaves_is_called_off() {
    let (world, agent) = World::paired().await;
    let (store, team) = (world.server.store(), first_team(&world).await);
    let task = world.invite().await;
    let offer = agent.offer().await;
    store.remove_member(&team, &acting(&world).await.unwrap(), world.now()).await.unwrap();
    assert_code(&agent.start(&offer).await, 409, "superseded");
    world.server.sweep().await.unwrap();
    assert_eq!(world.status(&task).await["task_output"]["code"], "cancelled");
}

/// The call was let in before they left, and decided about after.
#[tokio::test]
async fn who_leaves_gets_no_leave_to_send_that_was_asked_for_before() {
    let (world, agent) = World::paired().await;
    let (store, team) = (world.server.store(), first_team(&world).await);
    world.invite().await;
    let offer = agent.offer().await;
    let let_in = store.agent_of_token(&agent.token).await.unwrap().unwrap();
    assert!(!let_in.superseded);
    store.remove_member(&team, &acting(&world).await.unwrap(), world.now()).await.unwrap();
    let word = |name: &str| offer[name].as_str().unwrap().to_owned();
    let refused = store.start(&let_in, &word("task"), &word("token"), world.now()).await;
    assert!(matches!(refused, Err(ResultError::Superseded)), "{refused:?}");
}

/// The call was let in before the team was removed, and decided about after.
#[tokio::test]
async fn a_removed_team_gets_no_webhook_that_was_asked_for_before() {
    let world = World::new().await;
    let (store, team) = (world.server.store(), first_team(&world).await);
    store.remove_team(&team, world.now()).await.unwrap();
    let url = "https://hooks.example/late";
    let late = NewWebhook { team: &team, url, secret: "whsec_none", include_output: true };
    let refused = store.add_webhook(late, world.now()).await;
    assert!(matches!(refused, Err(WebhookError::NoTeam)), "{refused:?}");
    assert_eq!(world.number("SELECT count(*) FROM webhook").await, 0);
}

#[tokio::test]
async fn codes_of_who_left_pair_nothing() {
    let world = World::new().await;
    let (store, team) = (world.server.store(), first_team(&world).await);
    let member = acting(&world).await.unwrap();
    store.remove_member(&team, &member, world.now()).await.unwrap();
    let code = world.server.pairing_code.clone().unwrap();
    assert_code(&world.post_raw("/agent/v1/pair", None, pairing(&code)).await, 401, "unauthorised");
    assert!(store.new_pairing_code(&member, world.now()).await.is_err());
    assert!(store.remove_member(&team, &member, world.now()).await.is_err());
}

#[tokio::test]
async fn a_revoked_browser_says_and_gets_nothing_more() {
    let (world, agent) = World::paired().await;
    let (store, team) = (world.server.store(), first_team(&world).await);
    world.fetch().await;
    let limit =
        json!([{"task_type": "agent_send_connection_request", "reason": "invitation_limit", "for_ms": DAY}]);
    let offer = agent.poll(json!({"waiting": limit})).await["task"].clone();
    let id = store.agents(&team, Page::ALL, world.now()).await.unwrap().entries[0].id.clone();
    store.revoke_agent(&team, &id, world.now()).await.unwrap();
    assert_code(&agent.try_poll(json!({})).await, 401, "unauthorised");
    assert_code(&agent.heartbeat(&offer, Value::Null).await, 401, "unauthorised");
    assert_code(&agent.fetched(&offer).await, 401, "unauthorised");
    // Nobody is there to vouch for the team now.
    let refused = world.post(FETCH, json!({})).await;
    assert_code(&refused, 403, "plugin_required");
    assert!(refused.1["error"].as_str().unwrap().starts_with("Plugin installation required"));
    // The limit is the account's: the next browser knows it, too.
    let next = world.pair_again().await;
    assert_code(&world.post(SEND, json!({"profile_urn": "ACoAABCDEF123"})).await, 429, "invitation_limit");
    world.advance(MINUTE);
    assert_eq!(next.offer().await["task"], offer["task"]);
}

#[tokio::test]
async fn a_removed_team_is_gone_and_the_other_goes_on() {
    let (world, agent) = World::paired().await;
    let (other_key, other) = world.other_team().await;
    let store = world.server.store();
    let team = first_team(&world).await;
    let task = world.fetch().await;
    store.remove_team(&team, world.now()).await.unwrap();
    assert_refused(&world.post(FETCH, json!({})).await, 401, "Invalid API Key");
    assert_code(&agent.try_poll(json!({})).await, 409, "superseded");
    assert_eq!(world.server.sweep().await.unwrap(), 1);
    assert_eq!(world.number("SELECT count(*) FROM task WHERE failure_code = 'cancelled'").await, 1);
    assert!(store.add_member(&team, MemberRole::Admin, world.now()).await.is_err());
    assert!(store.new_api_key(&team, world.now()).await.is_err());
    assert!(store.remove_team(&team, world.now()).await.is_err());
    let query = format!("?api_agent_task_id={task}");
    assert_refused(&world.get_as(&other_key, &query).await, 404, "Agent task not found");
    assert_eq!(world.post_raw(FETCH, Some(&other_key), "{}").await.0, 200);
    other.offer().await;
    // A team that was removed is no reason for a new first one.
    assert_ne!(first_team(&world).await, team);
    world.restart().await;
}

#[tokio::test]
async fn one_team_can_t_learn_another_s() {
    let (world, _agent) = World::paired().await;
    let (other_key, other) = world.other_team().await;
    let task = world.fetch().await;
    let unknown = "00000000-0000-4000-8000-000000000000";
    // Word for word what is said of a task that never was.
    let query = |id: &str| format!("?api_agent_task_id={id}");
    assert_eq!(
        world.get_as(&other_key, &query(&task)).await,
        world.get_as(&other_key, &query(unknown)).await
    );
    let cancel = async |id: &str| {
        world.post_raw(CANCEL, Some(&other_key), json!({"api_agent_task_id": id}).to_string()).await
    };
    assert_eq!(cancel(&task).await, cancel(unknown).await);
    assert_eq!(other.poll(json!({})).await["task"], Value::Null);
    assert_eq!(world.status(&task).await["status"], "pending");
    // Nor do its browsers vouch for the other.
    world.advance(3 * DAY);
    other.poll(json!({})).await;
    assert_eq!(world.post(FETCH, json!({})).await.0, 403);
    assert_eq!(world.post_raw(FETCH, Some(&other_key), "{}").await.0, 200);
}
