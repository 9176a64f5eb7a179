//! The caller that the kit plays: a program with an API key.

use crate::shape::Kind;
use crate::wire::{Answer, Credential, Wire};
use serde_json::{Value, json};
use std::time::Duration;

/// Where a call off is asked for.
pub const CANCEL: &str = "/linkedin-agent/cancel-task";
/// Where a task is asked about.
pub const STATUS: &str = "/linkedin-agent/get-task-status";

/// Where a kind of task is asked for.
pub const fn path_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Read => "/linkedin-agent/fetch-connections",
        Kind::Invitation => "/linkedin-agent/send-connection-request",
    }
}

/// A program with an API key.
#[derive(Clone)]
pub struct Caller {
    wire: Wire,
    key: String,
}

impl Caller {
    /// With its key.
    pub const fn new(wire: Wire, key: String) -> Self {
        Self { wire, key }
    }

    /// A POST as it stands.
    pub async fn post_raw(&self, path: &str, key: Credential<'_>, body: &str) -> Result<Answer, String> {
        self.wire.post(path, key, body.to_owned(), Duration::ZERO).await
    }

    /// A POST with the key.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer, String> {
        self.post_raw(path, self.credential(), &body.to_string()).await
    }

    /// A POST with the key, under an `Idempotency-Key`.
    pub async fn post_under(&self, idempotency: &str, path: &str, body: &Value) -> Result<Answer, String> {
        let header = ("Idempotency-Key", idempotency);
        self.wire.post_with(path, self.credential(), header, body.to_string()).await
    }

    /// Asks for a task; answers its id.
    pub async fn create(&self, kind: Kind, body: &Value) -> Result<String, String> {
        let answer = self.post(path_of(kind), body).await?.ok("a POST for a task")?;
        let id = answer.json["api_agent_task_id"].as_str().map(str::to_owned);
        id.ok_or_else(|| {
            format!("a POST for a task was answered {}, without an `api_agent_task_id`", answer.quote())
        })
    }

    /// Asks about a task as it stands in `query`.
    pub async fn ask(&self, key: Credential<'_>, query: &str) -> Result<Answer, String> {
        // A `wait` may be 25 s.
        self.wire.get(&format!("{STATUS}{query}"), key, Duration::from_secs(25)).await
    }

    /// The `data` of a task's status; `wait` is appended to the query.
    pub async fn status(&self, task: &str, wait: &str) -> Result<Value, String> {
        let query = format!("?api_agent_task_id={task}{wait}");
        let answer = self.ask(self.credential(), &query).await?.ok("get-task-status")?;
        Ok(answer.json["data"].clone())
    }

    /// Calls a task off.
    pub async fn cancel(&self, task: &str) -> Result<Answer, String> {
        self.post(CANCEL, &json!({"api_agent_task_id": task})).await
    }

    /// Its key.
    pub fn credential(&self) -> Credential<'_> {
        Credential::ApiKey(&self.key)
    }
}
