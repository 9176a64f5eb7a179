//! What is about the file itself.

use super::database::Home;
use super::process::command;
use super::retention::{HEADLINE, NOTE, PERSON, assert_gone, deleted, invited, listed_people};
use super::support::{SEND, World};
use serde_json::json;
use std::fs;

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

/// Nothing of it is left in the files, once the server has ended and with it what SQLite keeps beside the database.
#[tokio::test]
async fn what_is_deleted_is_overwritten() {
    let (world, agent) = World::paired().await;
    let (invitation, _) = invited(&world, &agent).await;
    let list = listed_people(&world, &agent).await;
    let world = world.restart().await;
    let marks = [NOTE, HEADLINE, PERSON];
    let found = |world: &World| {
        let bytes: Vec<u8> =
            world.home.files().into_iter().flat_map(|file| fs::read(file).unwrap()).collect();
        marks.map(|mark| bytes.windows(mark.len()).any(|part| part == mark.as_bytes()))
    };
    assert_eq!(found(&world), [true; 3]);
    deleted(&world, &invitation).await;
    deleted(&world, &list).await;
    let world = world.restart().await;
    assert_eq!(found(&world), [false; 3]);
    assert_gone(&world, &invitation).await;
}
