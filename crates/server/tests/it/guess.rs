//! Pairing codes: once, ten minutes, and few guesses.

use super::support::*;
use reqwest::Client;
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr};

const WRONG: &str = "AAAAA-AAAAA";

/// A client at another address of this computer.
fn from(last: u8) -> Client {
    drop(client());
    let address: IpAddr = Ipv4Addr::new(127, 0, 0, last).into();
    Client::builder().local_address(address).build().unwrap()
}

async fn guess(world: &World, http: &Client, code: &str) -> Answer {
    let request = http.post(format!("{}/agent/v1/pair", world.server.url)).body(pairing(code));
    answer(request.header("content-type", "application/json")).await
}

#[tokio::test]
async fn who_guesses_waits_and_burns_nobody_s_code() {
    let world = World::new().await;
    let code = world.server.pairing_code.clone().unwrap();
    let (guesser, person) = (from(1), from(2));
    for _ in 0..10 {
        assert_code(&guess(&world, &guesser, WRONG).await, 401, "unauthorised");
    }
    // No more is said there, not even whether a code is right.
    for guessed in [WRONG, &code] {
        let refused = guess(&world, &guesser, guessed).await;
        assert_code(&refused, 429, "too_many_guesses");
        assert_eq!(refused.1["retry_at"], "2026-11-22T00:10:00.000Z");
    }
    world.advance(90_500);
    let request = guesser.post(format!("{}/agent/v1/pair", world.server.url)).body(pairing(WRONG));
    let refused = request.header("content-type", "application/json").send().await.unwrap();
    assert_eq!(refused.headers()["retry-after"], "510");
    assert_eq!(guess(&world, &person, &code).await.0, 200);
    world.advance(10 * MINUTE - 90_500);
    assert_code(&guess(&world, &guesser, WRONG).await, 401, "unauthorised");
    world.pair_again().await;
}

#[tokio::test]
async fn right_codes_don_t_count() {
    let world = World::new().await;
    for _ in 0..12 {
        world.pair_again().await;
    }
}

#[tokio::test]
async fn guesses_at_the_same_moment_are_counted_one_by_one() {
    let world = World::new().await;
    let http = from(3);
    let guesses: Vec<_> = (0..40)
        .map(|_| {
            let request = http.post(format!("{}/agent/v1/pair", world.server.url)).body(pairing(WRONG));
            tokio::spawn(answer(request.header("content-type", "application/json")))
        })
        .collect();
    let mut looked_up = 0;
    for guess in guesses {
        match guess.await.unwrap().0 {
            401 => looked_up += 1,
            status => assert_eq!(status, 429),
        }
    }
    assert_eq!(looked_up, 10);
}

#[tokio::test]
async fn a_code_that_is_used_twice_at_the_same_moment_pairs_once() {
    let world = World::new().await;
    let code = world.server.pairing_code.clone().unwrap();
    let pairings: Vec<_> = (0..8)
        .map(|_| {
            let request = world.http.post(format!("{}/agent/v1/pair", world.server.url)).body(pairing(&code));
            tokio::spawn(answer(request.header("content-type", "application/json")))
        })
        .collect();
    let mut statuses = Vec::new();
    for pairing in pairings {
        statuses.push(pairing.await.unwrap().0);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401, 401, 401, 401, 401, 401, 401]);
    assert_eq!(world.number("SELECT count(*) FROM agent").await, 1);
}

#[tokio::test]
async fn a_database_that_fails_is_no_wrong_guess() {
    let world = World::new().await;
    let code = world.server.pairing_code.clone().unwrap();
    world.sql("ALTER TABLE pairing_code RENAME TO elsewhere").await;
    for _ in 0..11 {
        assert_eq!(guess(&world, &world.http, &code).await.0, 500);
    }
    world.sql("ALTER TABLE elsewhere RENAME TO pairing_code").await;
    assert_eq!(guess(&world, &world.http, &code).await.0, 200);
}

#[tokio::test]
async fn a_code_is_for_one_member_once_and_old_ones_are_forgotten() {
    let world = World::new().await;
    let (store, now) = (world.server.store(), world.now());
    let team = store.first_team().await.unwrap();
    let member = store.add_member(&team, liaison_server::store::MemberRole::Member, now).await.unwrap();
    let code = store.new_pairing_code(&member, now).await.unwrap();
    world.pair(&code).await;
    assert_code(&guess(&world, &world.http, &code).await, 401, "unauthorised");
    let agents = store.agents(&team, liaison_server::store::Page::ALL, now).await.unwrap().entries;
    let of = agents.iter().map(|agent| (agent.member_id.as_str(), agent.name.as_str()));
    assert_eq!(of.collect::<Vec<_>>(), [(member.as_str(), "a browser")]);
    assert_eq!(world.number("SELECT count(*) FROM pairing_code").await, 2);
    world.advance(10 * MINUTE);
    let late = store.new_pairing_code(&member, world.now()).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM pairing_code").await, 1);
    world.advance(10 * MINUTE - 1);
    world.pair(&late).await;
}

#[tokio::test]
async fn what_acts_on_a_terminal_is_in_no_name() {
    let world = World::new().await;
    let code = world.server.pairing_code.clone().unwrap();
    let body = json!({"code": code, "name": " \u{1b}[2Jdesk\n"}).to_string();
    assert_eq!(world.post_raw("/agent/v1/pair", None, body).await.0, 200);
    let store = world.server.store();
    let team = store.first_team().await.unwrap();
    let agents = store.agents(&team, liaison_server::store::Page::ALL, world.now()).await.unwrap();
    assert_eq!(agents.entries[0].name, "[2Jdesk");
}
