//! Which server tells an endpoint what, at the store: over HTTP nobody can be stopped in the middle.

use super::support::*;
use liaison_server::store::{NewWebhook, Outcome};

/// An endpoint that is still to be told of one task, and the number of what it is still to be told.
async fn one_to_tell() -> (World, String) {
    let world = World::paired().await.0;
    let store = world.server.store();
    let team = store.first_team().await.unwrap();
    let url = "https://hooks.example/here";
    let new = NewWebhook { team: &team, url, secret: "whsec_none", include_output: false };
    let webhook = store.add_webhook(new, world.now()).await.unwrap().id;
    let task = world.fetch().await;
    store.cancel_task(&team, &task, world.now()).await.unwrap();
    (world, webhook)
}

const UNTOLD: &str = "SELECT count(*) FROM webhook_delivery";

#[tokio::test]
async fn an_attempt_that_was_overtaken_decides_nothing() {
    let (world, _) = one_to_tell().await;
    let store = world.server.store();
    let slow = store.claim_deliveries(world.now()).await.unwrap().remove(0);
    assert!(store.claim_deliveries(world.now()).await.unwrap().is_empty(), "it is busy");
    world.advance(MINUTE);
    let next = store.claim_deliveries(world.now()).await.unwrap().remove(0);
    assert_eq!((slow.attempt, next.attempt), (1, 2));
    store.settle_delivery(&slow, &Outcome::Delivered, world.now()).await.unwrap();
    store.drop_delivery(&slow).await.unwrap();
    assert_eq!(world.number(UNTOLD).await, 1, "the second attempt's to remove");
    assert_eq!(world.number("SELECT count(*) FROM webhook WHERE busy_until > 0").await, 1);
    store.settle_delivery(&next, &Outcome::Delivered, world.now()).await.unwrap();
    assert_eq!(world.number(UNTOLD).await, 0);
    assert_eq!(world.number("SELECT count(*) FROM webhook WHERE busy_until > 0").await, 0);
}

#[tokio::test]
async fn what_an_endpoint_was_to_be_told_goes_with_it() {
    let (world, webhook) = one_to_tell().await;
    let store = world.server.store();
    let team = store.first_team().await.unwrap();
    let claimed = store.claim_deliveries(world.now()).await.unwrap().remove(0);
    assert!(store.delete_webhook(&team, &webhook).await.unwrap());
    assert_eq!(world.number(UNTOLD).await, 0);
    store.settle_delivery(&claimed, &Outcome::Delivered, world.now()).await.unwrap();
}
