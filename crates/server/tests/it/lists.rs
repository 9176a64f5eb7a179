//! A network of invented people, and an agent that reads it to order; what the APIs that answer with rows are tried with.

use super::support::*;
use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

/// A status, a head and a JSON body.
pub type Whole = (u16, HeaderMap, Value);

/// `count` people, the first with a picture and a slug of their own.
pub fn people(count: usize) -> Vec<Value> {
    (0..count).map(person).collect()
}

fn person(n: usize) -> Value {
    json!({
        "name": format!("Ada{n} Sim"), "first_name": format!("Ada{n}"), "last_name": "Sim",
        "headline": format!("At work {n}"), "entity_urn": urn(n), "public_identifier": format!("ada-sim-{n}"),
        "profile_image_url": format!("https://media.licdn.com/{n}"),
    })
}

pub fn urn(n: usize) -> String {
    format!("urn:li:fsd_profile:{}", profile(n))
}

pub fn profile(n: usize) -> String {
    format!("ACoAA{n:08}")
}

/// What an agent with this network answers to a task's input.
pub fn read(network: &[Value], input: &Value) -> Value {
    let number = |name: &str| usize::try_from(input[name].as_u64().unwrap()).unwrap();
    let rows: Vec<Value> = network.iter().skip(number("start")).take(number("count")).cloned().collect();
    match input["fields"].as_str() {
        None => json!({"total": rows.len(), "connections": rows}),
        Some("total") => json!({"total": 0, "network_total": network.len(), "connections": []}),
        Some(_) => {
            let full = rows.into_iter().map(|mut row| {
                row["connected_at"] = Value::Null;
                row["connection_urn"] = Value::Null;
                row
            });
            let full: Vec<Value> = full.collect();
            json!({"total": full.len(), "network_total": network.len(), "connections": full})
        }
    }
}

impl Agent {
    /// The next offer, waited for.
    pub async fn next_offer(&self) -> Value {
        let answer = self.poll(json!({"wait_ms": 20_000})).await;
        assert!(answer["task"].is_object(), "nothing was offered: {answer}");
        answer["task"].clone()
    }

    /// Carries out the next task; its input.
    pub async fn carry_out(&self, network: &[Value]) -> Value {
        let offer = self.next_offer().await;
        let answer = self.complete(&offer, "completed", read(network, &offer["task_input"]), "none").await;
        assert_eq!(answer.0, 200, "{}", answer.1);
        offer["task_input"].clone()
    }

    /// Carries out the next task, and has something to say about the list; the task's input.
    pub async fn carry_out_and_find(&self, network: &[Value], findings: Value) -> Value {
        let offer = self.next_offer().await;
        let output = read(network, &offer["task_input"]);
        let path = format!("tasks/{}/complete", offer["task"].as_str().unwrap());
        let body = json!({"token": offer["token"], "status": "completed", "task_output": output, "effect": "none",
                          "findings": findings});
        let answer = self.call(&path, body).await;
        assert_eq!(answer.0, 200, "{}", answer.1);
        offer["task_input"].clone()
    }

    /// Fails the next task.
    pub async fn fail(&self, failure: Value) {
        let offer = self.next_offer().await;
        let answer = self.complete(&offer, "failed", failure, "none").await;
        assert_eq!(answer.0, 200, "{}", answer.1);
    }
}

impl World {
    pub async fn tasks(&self) -> i64 {
        self.number("SELECT count(*) FROM task").await
    }
}

pub async fn whole(request: RequestBuilder) -> Whole {
    let response = request.send().await.unwrap();
    let (status, head) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    (status, head, serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status} is no JSON: {text}")))
}

/// The tasks that an answer's head names.
pub fn tasks_named(head: &HeaderMap) -> Vec<String> {
    let named = head.get("x-liaison-tasks").map(|value| value.to_str().unwrap()).unwrap_or_default();
    named.split(", ").filter(|task| !task.is_empty()).map(str::to_owned).collect()
}

/// Every failure that a list can end with, and the status that tells of it.
pub const FAILURES: &[(&str, u16)] = &[
    ("wrong_account", 503),
    ("challenge", 503),
    ("csrf", 503),
    ("blocked", 429),
    ("throttled", 429),
    ("drift", 502),
    ("refused", 502),
    ("network", 502),
    ("upstream", 502),
    ("invalid_input", 400),
    ("unsupported_task", 501),
    ("cancelled", 409),
    ("expired", 504),
];
