//! What is about the file itself.

use super::database::Home;
use super::process::command;
use super::support::{SEND, World};
use serde_json::json;

#[tokio::test]
async fn commands_without_a_database_say_so() {
    let home = Home::new().await;
    for verb in ["pair", "key"] {
        assert_eq!(command(verb, &home).status().unwrap().code(), Some(1));
        assert!(!home.file().exists());
    }
}

#[tokio::test]
async fn invitations_of_an_older_version_are_seen_too() {
    let (world, _agent) = World::paired().await;
    let body = json!({"profile_urn": "urn:li:fs_profile:ACoAABCDEF123"});
    let first = world.post(SEND, body.clone()).await.1;
    world.sql("UPDATE task SET profile = NULL").await;
    let world = world.restart().await;
    let again = world.post(SEND, body).await.1;
    assert_eq!(again["api_agent_task_id"], first["api_agent_task_id"]);
    assert_eq!(again["deduplicated"], true);
}
