//! Several servers on one database: any of them serves any agent and any caller.

use super::cluster::Cluster;
use super::database::Home;
use super::it::support::*;
use liaison_server::{Config, Running};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::spawn;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

/// Less than a wait of 25 s, which finds by itself at its end what it was never told of.
async fn soon<T>(waiting: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(20), waiting).await.unwrap()
}

/// Two servers, one browser, which is reached at either.
struct Two {
    world: World,
    other: Running,
    agent: Agent,
}

impl Two {
    async fn new() -> Self {
        let (world, agent) = World::paired().await;
        let other = world.second_instance().await;
        assert_eq!((&other.api_key, &other.pairing_code), (&None, &None));
        Self { world, other, agent }
    }

    /// The same browser, by way of the other server.
    fn elsewhere(&self) -> Agent {
        Agent { url: self.other.url.clone(), ..self.agent.clone() }
    }

    async fn status_elsewhere(&self, query: &str) -> Value {
        let url = format!("{}/linkedin-agent/get-task-status{query}", self.other.url);
        answer(self.world.http.get(url).header("x-api-key", &self.world.key)).await.1["data"].clone()
    }
}

fn parked_poll(agent: &Agent) -> JoinHandle<Value> {
    let agent = agent.clone();
    spawn(async move { agent.poll(json!({"wait_ms": 25_000})).await })
}

async fn until_parked(server: &Running, count: usize) {
    soon(server.parked().wait_for(|parked| *parked == count)).await.unwrap();
}

#[tokio::test]
async fn a_task_that_comes_in_at_one_wakes_the_poll_at_the_other() {
    let two = Two::new().await;
    for _ in 0..20 {
        let poll = parked_poll(&two.elsewhere());
        until_parked(&two.other, 1).await;
        let task = two.world.fetch().await;
        let offer = soon(poll).await.unwrap()["task"].clone();
        assert_eq!(offer["task"], json!(task));
        assert_eq!(two.agent.fetched(&offer).await.0, 200);
    }
}

#[tokio::test]
async fn who_waits_at_one_hears_of_the_end_at_the_other() {
    let two = Two::new().await;
    let task = two.world.fetch().await;
    let offer = two.elsewhere().offer().await;
    let query = format!("?api_agent_task_id={task}&wait=25");
    let (data, completed) = tokio::join!(soon(two.status_elsewhere(&query)), two.agent.fetched(&offer));
    assert_eq!((data["status"].as_str(), completed.0), (Some("completed"), 200));
}

#[tokio::test]
async fn a_cancellation_at_one_is_heard_by_the_poll_at_the_other() {
    let two = Two::new().await;
    let task = two.world.fetch().await;
    let offer = two.agent.offer().await;
    // Told once, it parks.
    two.elsewhere().poll(held(&offer, "running")).await;
    let agent = two.elsewhere();
    let mut patient = held(&offer, "running");
    patient["wait_ms"] = json!(25_000);
    let poll = spawn(async move { agent.poll(patient).await });
    until_parked(&two.other, 1).await;
    two.world.cancel(&task).await;
    assert_eq!(soon(poll).await.unwrap()["directives"], directive(&offer, "cancel"));
}

#[tokio::test]
async fn a_newer_poll_at_the_other_answers_the_older_one_empty() {
    let two = Two::new().await;
    let older = parked_poll(&two.agent);
    until_parked(&two.world.server, 1).await;
    let newer = parked_poll(&two.elsewhere());
    assert_eq!(soon(older).await.unwrap()["task"], Value::Null);
    let task = two.world.fetch().await;
    assert_eq!(soon(newer).await.unwrap()["task"]["task"], json!(task));
}

#[tokio::test]
async fn pairing_at_one_answers_the_older_agent_s_poll_at_the_other_empty() {
    let two = Two::new().await;
    let older = parked_poll(&two.elsewhere());
    until_parked(&two.other, 1).await;
    let newer = two.world.pair_again().await;
    assert_eq!(soon(older).await.unwrap()["task"], Value::Null);
    assert_code(&two.elsewhere().try_poll(json!({})).await, 409, "superseded");
    two.world.fetch().await;
    newer.offer().await;
}

/// Told the same by each of them once, the agent is left in peace by both.
#[tokio::test]
async fn directives_are_no_news_at_either_once_both_have_told_them() {
    let two = Two::new().await;
    let task = two.world.fetch().await;
    let offer = two.agent.offer().await;
    let mut patient = held(&offer, "running");
    patient["wait_ms"] = json!(25_000);
    for agent in [two.agent.clone(), two.elsewhere()] {
        assert_eq!(soon(agent.poll(patient.clone())).await["directives"], directive(&offer, "continue"));
    }
    for (agent, server) in [(two.agent.clone(), &two.world.server), (two.elsewhere(), &two.other)] {
        let poll = spawn({
            let patient = patient.clone();
            async move { agent.poll(patient).await }
        });
        until_parked(server, 1).await;
        poll.abort();
        until_parked(server, 0).await;
    }
    two.world.cancel(&task).await;
    assert_eq!(soon(two.elsewhere().poll(patient)).await["directives"], directive(&offer, "cancel"));
}

/// A rolling restart: the poll at the one that ends is answered at once and told to come back within a second; the other
/// has what came in meanwhile.
#[tokio::test]
async fn when_one_ends_its_polls_go_on_at_the_other() {
    let Two { world, other, agent } = Two::new().await;
    let poll = parked_poll(&Agent { url: other.url.clone(), ..agent.clone() });
    until_parked(&other, 1).await;
    let ending = spawn(other.shutdown());
    let answer = soon(poll).await.unwrap();
    assert!(answer["task"].is_null() && answer["next_ms"].as_u64().unwrap() <= 1_000, "{answer}");
    let task = world.fetch().await;
    let offer = agent.offer().await;
    assert_eq!(offer["task"], json!(task));
    agent.fetched(&offer).await;
    ending.await.unwrap();
    // The one that comes in its place serves both.
    let place = world.second_instance().await;
    let agent = Agent { url: place.url.clone(), ..agent };
    let poll = parked_poll(&agent);
    until_parked(&place, 1).await;
    let next = world.fetch().await;
    assert_eq!(soon(poll).await.unwrap()["task"]["task"], json!(next));
}

/// Hints that were missed while the connection was away are made up for.
#[tokio::test]
async fn who_could_not_listen_for_a_while_looks_again() {
    let two = Two::new().await;
    let poll = parked_poll(&two.elsewhere());
    until_parked(&two.other, 1).await;
    two.world
        .sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        .await;
    let body = json!({});
    let request = || two.world.post_under("a-key", FETCH, &body);
    // The connections of requests were ended as well: whoever meets one is told to come back.
    let mut created = request().await;
    while created.0 == 503 {
        created = request().await;
    }
    let answer = soon(poll).await.unwrap();
    assert_eq!(answer["task"]["task"], created.1["api_agent_task_id"]);
}

/// Only one of them makes the tables and the team.
#[tokio::test]
async fn servers_that_start_at_once_on_an_empty_database() {
    let cluster = Arc::new(Cluster::hasty());
    let home = Home::on(&cluster).await;
    let start = async || {
        let config = Config { listen: ([127, 0, 0, 1], 0).into(), ..Config::new(home.database()) };
        liaison_server::start(config).await.unwrap()
    };
    let started = tokio::join!(start(), start(), start(), start());
    let servers = [started.0, started.1, started.2, started.3];
    let keys: BTreeSet<&String> = servers.iter().filter_map(|server| server.api_key.as_ref()).collect();
    assert_eq!(keys.len(), 1);
    assert_eq!(home.number("SELECT count(*) FROM team").await, 1);
    for server in servers {
        server.shutdown().await;
    }
}

/// The same request under the same key at both at the same moment is one task.
#[tokio::test]
async fn a_key_is_one_task_wherever_it_comes_in() {
    let two = Two::new().await;
    for number in 0..30 {
        let key = format!("key-{number}");
        let there = || async {
            let request = two.world.http.post(format!("{}{FETCH}", two.other.url));
            let request = request.header("x-api-key", &two.world.key).header("idempotency-key", &key);
            answer(request.body("{}")).await
        };
        let body = json!({});
        let here = || two.world.post_under(&key, FETCH, &body);
        let (one, two, three, four) = tokio::join!(here(), there(), here(), there());
        for answer in [&two, &three, &four] {
            assert_eq!((one.0, &one.1["api_agent_task_id"]), (answer.0, &answer.1["api_agent_task_id"]));
        }
        assert_eq!(one.0, 200);
    }
    assert_eq!(two.world.number("SELECT count(*) FROM task").await, 30);
}

/// What two decide at the same moment, one of them decides first: every call is about the same member.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_decisions_about_one_member_the_second_knows_of_the_first() {
    let two = Two::new().await;
    let urls = [two.world.server.url.clone(), two.other.url.clone()];
    for round in 0..15 {
        let mut creating = JoinSet::new();
        for call in 0..16 {
            let request = two.world.http.post(format!("{}{SEND}", urls[call % 2]));
            let person = json!({"profile_urn": format!("ACoAABCDEF{round:03}")});
            let request = request.header("x-api-key", &two.world.key).body(person.to_string());
            creating.spawn(async move { answer(request).await.1["api_agent_task_id"].clone() });
        }
        let tasks: BTreeSet<String> =
            creating.join_all().await.iter().map(|task| task.as_str().unwrap().to_owned()).collect();
        assert_eq!(tasks.len(), 1, "one person, one invitation");
        let mut polling = JoinSet::new();
        for url in urls.iter().cycle().take(8) {
            let agent = Agent { url: url.clone(), ..two.agent.clone() };
            polling.spawn(async move { agent.poll(json!({})).await["task"].clone() });
        }
        let offers = polling.join_all().await;
        let tokens: BTreeSet<&str> = offers.iter().filter_map(|offer| offer["token"].as_str()).collect();
        assert_eq!(tokens.len(), 1, "one task, one offer: {offers:?}");
        let offer = offers.iter().find(|offer| offer.is_object()).unwrap();
        let mut starting = JoinSet::new();
        for url in urls.iter().cycle().take(8) {
            let (agent, offer) = (Agent { url: url.clone(), ..two.agent.clone() }, offer.clone());
            starting.spawn(async move { agent.start(&offer).await.1["replayed"] == false });
        }
        let first = starting.join_all().await.into_iter().filter(|first| *first).count();
        assert_eq!(first, 1, "leave to send is given once");
        assert_eq!(two.agent.sent(offer).await.0, 200);
    }
}
