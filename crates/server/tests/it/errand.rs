//! Rows that come by more than one task, and what a key stands for when one of them brought nothing.

use super::lists::*;
use super::support::*;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use std::time::Duration;

impl World {
    /// So many rows, under a key.
    fn rows(&self, count: u64, key: &str) -> RequestBuilder {
        self.bare_rows(count).header("idempotency-key", key)
    }

    fn bare_rows(&self, count: u64) -> RequestBuilder {
        let post = self.http.post(format!("{}/v1/network/connections", self.server.url));
        let body = json!({"login_token": "none", "total_results": count});
        post.header("x-api-key", &self.key).body(body.to_string())
    }

    fn page(&self, query: &str) -> RequestBuilder {
        self.http.get(format!("{}/v2/connections?q=viewer{query}", self.server.url)).bearer_auth(&self.key)
    }
}

fn told(answer: &Whole) -> (u16, &str) {
    (answer.0, answer.2["code"].as_str().unwrap_or_default())
}

/// The numbers of the people in an answer, in its order.
fn who(answer: &Whole) -> Vec<usize> {
    assert_eq!(answer.0, 200, "{}", answer.2);
    let rows = answer.2["data"]["connections"].as_array().unwrap().iter();
    let number = |row: &Value| {
        let url = row["profile_url"].as_str().unwrap().trim_end_matches('/').to_owned();
        url.rsplit('-').next().unwrap().parse().unwrap()
    };
    rows.map(number).collect()
}

fn findings(answer: &Whole) -> Option<&str> {
    answer.1.get("x-liaison-findings").map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_part_that_is_of_no_one_list_with_those_before_makes_no_list() {
    for found in [json!({"list_shifted": true}), json!({"fallback": "legacy_list"})] {
        let (world, agent) = World::paired().await;
        let network = people(700);
        let mut other = network.clone();
        other.reverse();
        let in_two_orders = async {
            agent.carry_out(&network).await;
            agent.carry_out_and_find(&other, found.clone()).await;
        };
        let answer = tokio::join!(in_two_orders, whole(world.rows(600, "k-1"))).1;
        assert_eq!(told(&answer), (502, "drift"), "{found}");
        assert_eq!(findings(&answer), None);

        // Under the same key it is not the same answer for a day, but read anew.
        let in_one = async {
            let first = agent.carry_out_and_find(&other, json!({"fallback": "legacy_list"})).await;
            let second = agent.carry_out_and_find(&other, json!({"fallback": "legacy_list"})).await;
            (first["start"].clone(), second["start"].clone())
        };
        let (starts, answer) = tokio::join!(in_one, whole(world.rows(600, "k-1")));
        assert_eq!(starts, (json!(0), json!(500)));
        assert_eq!(who(&answer), (100..700).rev().collect::<Vec<_>>());
        assert_eq!(findings(&answer), Some("fallback=legacy_list"));
        assert_eq!((tasks_named(&answer.1).len(), world.tasks().await), (2, 4));
    }
}

#[tokio::test]
async fn two_forms_of_one_list_are_one_list() {
    let (world, agent) = World::paired().await;
    let network = people(700);
    let carried_out = async {
        agent.carry_out_and_find(&network, json!({"unresolved": 2, "duplicates": 1})).await;
        agent.carry_out_and_find(&network, json!({"unresolved": 1, "fallback": "older_decoration"})).await;
    };
    let answer = tokio::join!(carried_out, whole(world.bare_rows(600))).1;
    assert_eq!(who(&answer), (0..600).collect::<Vec<_>>());
    assert_eq!(findings(&answer), Some("unresolved=3, duplicates=1, fallback=older_decoration"));
}

#[tokio::test]
async fn what_was_odd_about_a_list_is_in_the_head_of_its_answer() {
    let (world, agent) = World::paired().await;
    let network = people(60);
    let found = json!({"list_shifted": true, "unreadable": 3, "fallback": "legacy_list"});
    let told = Some("list_shifted, unreadable=3, fallback=legacy_list");
    let answer =
        tokio::join!(agent.carry_out_and_find(&network, found.clone()), whole(world.bare_rows(50))).1;
    assert_eq!((answer.0, findings(&answer)), (200, told));
    // A page of a caller who pages.
    let paged = whole(world.page("&start=50"));
    let answer = tokio::join!(agent.carry_out_and_find(&network, found), paged).1;
    assert_eq!((answer.0, findings(&answer)), (200, told));
    let answer = tokio::join!(agent.carry_out(&network), whole(world.page(""))).1;
    assert_eq!((answer.0, findings(&answer)), (200, None));
}

/// Somebody in front is gone by then: row 500 of now is row 501 of then, and nobody would notice.
#[tokio::test]
async fn what_was_read_long_ago_is_not_gone_on_with() {
    let (world, agent) = World::answering_within(Duration::ZERO).await.with_agent().await;
    let network = people(700);
    let ask = async |part: usize| {
        let late = whole(world.rows(600, "k-1")).await;
        assert_eq!(told(&late), (504, "not_in_time"));
        let tasks = tasks_named(&late.1);
        assert_eq!(tasks.len(), part);
        tasks.last().unwrap().clone()
    };
    let first = ask(1).await;
    agent.carry_out(&network).await;
    world.advance(5 * HOUR);
    let anew = ask(1).await;
    assert_ne!(anew, first);
    assert_eq!(agent.carry_out(&network[1..]).await["start"], 0);
    world.advance(20 * MINUTE);
    ask(2).await;
    assert_eq!(agent.carry_out(&network[1..]).await["start"], 500);
    // Once all of it is there, it is there for as long as the key is kept.
    world.advance(5 * HOUR);
    let answer = whole(world.rows(600, "k-1")).await;
    assert_eq!(who(&answer), (1..601).collect::<Vec<_>>());
    assert_eq!(world.tasks().await, 3);
}

#[tokio::test]
async fn a_part_that_brought_nothing_frees_its_key() {
    let (world, agent) = World::paired().await;
    let network = people(700);
    for (n, code) in FAILURES.iter().map(|(code, _)| *code).chain(["signed_out"]).enumerate() {
        let key = format!("k-{n}");
        let fails = async {
            agent.carry_out(&network).await;
            agent.fail(failure(code, Some(60_000))).await;
        };
        let answer = tokio::join!(fails, whole(world.rows(600, &key))).1;
        assert_ne!(answer.0, 200);
        assert_eq!(answer.2["code"], code);
        // What was read stays, and what wasn't is read.
        let (input, answer) = tokio::join!(agent.carry_out(&network), whole(world.rows(600, &key)));
        assert_eq!(input["start"], 500);
        assert_eq!(who(&answer), (0..600).collect::<Vec<_>>(), "{code}");
        assert_eq!(world.tasks().await, 3 * (i64::try_from(n).unwrap() + 1));
    }
}

#[tokio::test]
async fn a_part_that_expired_or_was_deleted_frees_its_key() {
    let (world, agent) = World::answering_within(Duration::ZERO).await.with_agent().await;
    let network = people(3);
    let late = async || {
        let answer = whole(world.rows(3, "k-1")).await;
        assert_eq!(told(&answer), (504, "not_in_time"));
        tasks_named(&answer.1).remove(0)
    };
    let first = late().await;
    assert_eq!(late().await, first);
    world.advance(10 * MINUTE);
    assert_eq!(world.server.sweep().await.unwrap(), 1);
    assert_eq!(world.status(&first).await["task_output"]["code"], "expired");
    let second = late().await;
    assert_ne!(second, first);
    agent.carry_out(&network).await;
    assert_eq!(who(&whole(world.rows(3, "k-1")).await), [0, 1, 2]);
    assert_eq!(world.delete(&format!("/linkedin-agent/tasks/{second}")).await.0, 200);
    assert_ne!(late().await, second);
    assert_eq!(world.tasks().await, 3);
}

/// A list anew does no harm; a second invitation would.
#[tokio::test]
async fn nothing_but_a_part_frees_a_key() {
    let (world, agent) = World::paired().await;
    let invitation = json!({"profile_urn": "ACoAABCDEF123"});
    let (_, invited) = world.post_under("k-1", SEND, &invitation).await;
    let offer = agent.offer().await;
    assert_eq!(agent.complete(&offer, "failed", failure("refused", None), "none").await.0, 200);
    let (_, fetched) = world.post_under("k-2", FETCH, &json!({"count": 3})).await;
    agent.fail(failure("network", None)).await;
    let failed = tokio::join!(agent.fail(failure("network", None)), whole(world.rows(3, "k-3"))).1;
    assert_eq!(failed.0, 502);
    for (key, count) in [("k-1", 3), ("k-2", 3), ("k-3", 4)] {
        assert_eq!(told(&whole(world.rows(count, key)).await), (422, "idempotency_key_reused"), "{key}");
    }
    assert_eq!(world.post_under("k-1", SEND, &invitation).await, (200, invited));
    assert_eq!(world.post_under("k-2", FETCH, &json!({"count": 3})).await, (200, fetched));
    assert_eq!(world.tasks().await, 3);
}
