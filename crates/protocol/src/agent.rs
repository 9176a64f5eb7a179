//! The agent protocol, version 1: what the extension and a task API server say to each other.
//!
//! Durations are milliseconds, never wall-clock times. Unknown fields are ignored. What a "level one" server (only
//! `poll` and `complete`) leaves out has its default here. `docs/PROTOCOL.md` is the prose.

use crate::{Findings, TaskFailure, whole};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use std::fmt;

/// Names a server may list in [`PollAnswer::supports`].
pub mod capability {
    /// The server wants `start` before every effect.
    pub const START: &str = "start";
    /// The server takes heartbeats.
    pub const HEARTBEAT: &str = "heartbeat";
    /// The server wants to be told how many invitations count.
    pub const USAGE: &str = "usage";
}

/// How long after a `start` request left an invitation may be sent, when the server doesn't say.
#[must_use]
pub const fn default_act_within_ms() -> u64 {
    20_000
}

/// How long a lease lasts without a heartbeat, when the server doesn't say.
#[must_use]
pub const fn default_lease_ms() -> u64 {
    60_000
}

/// What carries a code, a token or a person's data prints as its name alone, wherever it is printed.
macro_rules! prints_as_name {
    ($($name:ident)*) => {
        $(impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        })*
    };
}

prints_as_name! { PairRequest PairAnswer Offer Start Heartbeat Complete }

const fn one() -> u32 {
    1
}

/// `null` means absent, as it does for callers.
fn or_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

fn or_default_lease<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Option::deserialize(deserializer).map(|ms| ms.unwrap_or_else(default_lease_ms))
}

fn or_default_act_within<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Option::deserialize(deserializer).map(|ms| ms.unwrap_or_else(default_act_within_ms))
}

fn or_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    Option::deserialize(deserializer).map(|number| number.unwrap_or_else(one))
}

/// What is not of this type is absent: no result is refused for what stands beside it.
fn or_none<'de, T: serde::de::DeserializeOwned, D: Deserializer<'de>>(d: D) -> Result<Option<T>, D::Error> {
    Value::deserialize(d).map(|value| serde_json::from_value(value).ok())
}

/// `POST /agent/v1/pair`: a one-time code for an agent token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PairRequest {
    /// The one-time code.
    pub code: String,
    /// What the person calls this browser.
    pub name: String,
}

/// Answer to [`PairRequest`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PairAnswer {
    /// The agent token; shown to nobody, used as `Authorization: Bearer`.
    pub token: String,
    /// The server's id for this agent.
    pub agent: String,
}

/// Answer to [`crate::Poll`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PollAnswer {
    /// A task to carry out, or nothing.
    #[serde(default)]
    pub task: Option<Offer>,
    /// What to do with held tasks.
    #[serde(default, deserialize_with = "or_default")]
    pub directives: Vec<Directive>,
    /// When to poll again; absent: at once after a held poll, in 5 s after one that came back at once.
    #[serde(default)]
    pub next_ms: Option<u64>,
    /// Which optional calls the server has, and what it wants to be told: see [`capability`].
    #[serde(default, deserialize_with = "or_default")]
    pub supports: Vec<String>,
}

/// What a server wants done with a held task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Directive {
    /// The task.
    pub task: String,
    /// The epoch the directive is about; one for another epoch is ignored.
    pub epoch: u32,
    /// What to do.
    #[serde(rename = "do")]
    pub action: DirectiveAction,
}

/// See [`Directive`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DirectiveAction {
    /// Go on.
    Continue,
    /// Stop before the next effect and complete `failed`/`cancelled`.
    Cancel,
    /// Post the result again.
    Resend,
    /// Forget it: it was overtaken or is closed.
    Abandon,
    /// One this version doesn't know; ignored.
    #[serde(other)]
    Unknown,
}

/// What an offer wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Carry the task out.
    #[default]
    Run,
    /// Find out, by reading alone, whether an invitation that was started went out.
    Verify,
}

/// A task offered to the agent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Offer {
    /// The task's id, at most 128 characters.
    pub task: String,
    /// The kind; may be one this version doesn't know.
    pub task_type: String,
    /// The input as the caller sent it.
    #[serde(default, deserialize_with = "or_default")]
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub task_input: Map<String, Value>,
    /// What is wanted. Default: run.
    #[serde(default, deserialize_with = "or_default")]
    pub mode: Mode,
    /// Names this offer in every later call. Default: the task's id.
    #[serde(default)]
    pub token: Option<String>,
    /// Grows with every offer of the same task that isn't a repeat. Default 1.
    #[serde(default = "one", deserialize_with = "or_one")]
    pub epoch: u32,
    /// How long the offer stands, counted from the answer's arrival.
    #[serde(default)]
    pub offer_ms: Option<u64>,
    /// How long the lease lasts without a heartbeat.
    #[serde(default)]
    pub lease_ms: Option<u64>,
    /// Which attempt this is, from 1.
    #[serde(default = "one", deserialize_with = "or_one")]
    pub attempt: u32,
    /// In mode `verify`: how long ago the invitation was started, at most.
    #[serde(default)]
    pub since_ms: Option<u64>,
    /// A member that isn't what it must be. Set by who reads an offer and can still say so; never sent.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schema(ignore))]
    pub unread: Option<String>,
}

impl Offer {
    /// The token, or its default, the task's id.
    #[must_use]
    pub fn token_or_task(&self) -> &str {
        self.token.as_deref().unwrap_or(&self.task)
    }
}

/// `POST /agent/v1/tasks/{id}/start`: asks for leave to have an effect.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Start {
    /// The offer's token.
    pub token: String,
}

/// Answer to [`Start`]; on the server's disk before it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StartAnswer {
    /// How long the lease lasts without a heartbeat.
    #[serde(default = "default_lease_ms", deserialize_with = "or_default_lease")]
    pub lease_ms: u64,
    /// The effect must begin within this time, counted from before the request left.
    #[serde(default = "default_act_within_ms", deserialize_with = "or_default_act_within")]
    pub act_within_ms: u64,
    /// Whether this token had started before.
    #[serde(default, deserialize_with = "or_default")]
    pub replayed: bool,
}

/// How much of a task is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Progress {
    /// Rows walked.
    #[cfg_attr(feature = "schema", schema(maximum = 9_007_199_254_740_991_i64))]
    #[serde(deserialize_with = "whole::needed")]
    pub done: u64,
    /// Rows expected, when known.
    #[cfg_attr(feature = "schema", schema(maximum = 9_007_199_254_740_991_i64))]
    #[serde(default, deserialize_with = "whole::optional")]
    pub of: Option<u64>,
}

/// `POST /agent/v1/tasks/{id}/heartbeat`, every 15 s while a task runs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Heartbeat {
    /// The offer's token.
    pub token: String,
    /// How far it is.
    #[serde(default)]
    pub progress: Option<Progress>,
}

/// What a heartbeat is answered with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HeartbeatAction {
    /// Go on.
    #[default]
    Continue,
    /// Stop before the next effect.
    Cancel,
}

/// Answer to [`Heartbeat`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HeartbeatAnswer {
    /// The lease, counted anew.
    #[serde(default = "default_lease_ms", deserialize_with = "or_default_lease")]
    pub lease_ms: u64,
    /// Go on, or stop.
    #[serde(rename = "do", default, deserialize_with = "or_default")]
    pub action: HeartbeatAction,
}

/// How a task ended, as the agent tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CompletionStatus {
    /// Done.
    Completed,
    /// Ended with a [`TaskFailure`].
    Failed,
    /// Not begun: nothing of it was sent. Queued again, at no cost of an attempt.
    Returned,
}

/// What is known of the task's effect on LinkedIn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Certainly none.
    #[default]
    None,
    /// Certainly done.
    Done,
    /// Not known.
    Maybe,
}

/// `POST /agent/v1/tasks/{id}/complete`: the result. Repeated until the answer is final; idempotent by token.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Complete {
    /// The offer's token.
    pub token: String,
    /// How it ended.
    pub status: CompletionStatus,
    /// A documented output, a [`TaskFailure`], or `null` for `returned`.
    #[serde(default)]
    pub task_output: Value,
    /// What is known of the effect.
    #[serde(default, deserialize_with = "or_default")]
    pub effect: Effect,
    /// What was odd about a list; absent when nothing was, or when it is no such object.
    #[serde(default, deserialize_with = "or_none")]
    pub findings: Option<Findings>,
}

impl Complete {
    /// The failure in a `failed` completion, when it has the documented shape.
    #[must_use]
    pub fn failure(&self) -> Option<TaskFailure> {
        match self.status {
            CompletionStatus::Failed => serde_json::from_value(self.task_output.clone()).ok(),
            CompletionStatus::Completed | CompletionStatus::Returned => None,
        }
    }
}

/// Answer to [`Complete`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CompleteAnswer {
    /// The task's public status now: `pending`, `processing`, `completed` or `failed`.
    #[serde(default)]
    pub status: String,
    /// Whether this token had completed before.
    #[serde(default)]
    pub replayed: bool,
}
