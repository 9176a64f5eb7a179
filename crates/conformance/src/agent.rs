//! The agent that the kit plays: it says what the extension would say, and watches what it is told.

use crate::shape::{self, Kind, Offer};
use crate::wire::{Answer, Credential, Wire};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

/// Within this time an empty answer counts as one that came back at once.
const AT_ONCE: Duration = Duration::from_secs(1);
/// When the agent asks again after such an answer that doesn't say when.
const NEXT_MS: u64 = 5_000;
/// The bounds of what an answer may say of it.
const SOONEST_MS: u64 = 500;
const LATEST_MS: u64 = 300_000;

/// A paired browser.
pub struct Agent {
    /// How it reaches its server.
    pub wire: Wire,
    token: String,
    instance: String,
    /// What it saw.
    pub seen: Seen,
}

/// What holds of all answers, and is judged at the end.
#[derive(Default)]
pub struct Seen {
    /// What polls named in `supports`.
    pub supports: BTreeSet<String>,
    /// The first member of a wrong type.
    pub wrong_type: Option<String>,
    /// The first offer whose epoch and token don't go with those before.
    pub wrong_epoch: Option<String>,
    newest: HashMap<String, (u64, String)>,
}

/// What a poll says.
pub struct Poll<'a> {
    state: &'a str,
    accepts: &'a [Kind],
    held: Value,
    waiting: Value,
    wait_ms: u64,
    more: bool,
}

/// What it was answered with.
pub struct PollAnswer {
    /// The offer, if there is one that can be read.
    pub offer: Option<Offer>,
    /// After how long the agent polls again.
    pub next: Duration,
    directives: Value,
}

/// How a task ended.
#[derive(Clone)]
pub struct Outcome {
    status: &'static str,
    output: Value,
    effect: &'static str,
}

impl Poll<'_> {
    /// A ready agent's, which holds nothing and doesn't wait for its answer.
    pub fn ready(accepts: &[Kind]) -> Poll<'_> {
        Poll { state: "ready", accepts, held: json!([]), waiting: json!([]), wait_ms: 0, more: false }
    }

    /// In another state.
    pub fn state<'a>(self, state: &'a str) -> Poll<'a>
    where
        Self: 'a,
    {
        Poll { state, ..self }
    }

    /// With a task in the journal.
    pub fn holding(self, offer: &Offer, phase: &str) -> Self {
        Self { held: json!([{"task": offer.task, "epoch": offer.epoch, "phase": phase}]), ..self }
    }

    /// With a kind that waits.
    pub fn waiting(self, kind: Kind, reason: &str, for_ms: u64) -> Self {
        Self { waiting: json!([{"task_type": kind.task_type(), "reason": reason, "for_ms": for_ms}]), ..self }
    }

    /// Whose answer may be held back for so long.
    pub fn hold_ms(self, wait_ms: u64) -> Self {
        Self { wait_ms, ..self }
    }

    /// With members that no version has.
    pub fn with_unknown_members(self) -> Self {
        Self { more: true, ..self }
    }
}

impl PollAnswer {
    /// What it says about a task: the directive's word.
    pub fn directive(&self, offer: &Offer) -> Option<&str> {
        let about = |said: &&Value| said["task"] == *offer.task && said["epoch"] == offer.epoch;
        self.directives.as_array()?.iter().find(about)?["do"].as_str()
    }
}

impl Outcome {
    /// The rows that were read.
    pub fn rows(rows: &[Value]) -> Self {
        let output = json!({"total": rows.len(), "connections": rows});
        Self { status: "completed", output, effect: "none" }
    }

    /// The invitation went out.
    pub fn sent() -> Self {
        Self { status: "completed", output: json!({"sent": true}), effect: "done" }
    }

    /// It failed, before anything was sent.
    pub fn failed(code: &str, retry_in_ms: Option<u64>) -> Self {
        let output = json!({"error": "The conformance kit ended this task", "code": code, "retryable": true,
                            "retry_in_ms": retry_in_ms, "remedy": "Nothing is to be done"});
        Self { status: "failed", output, effect: "none" }
    }

    /// An invitation of which nobody can say whether it went out.
    pub fn unknown() -> Self {
        Self { effect: "maybe", ..Self::failed("outcome_unknown", None) }
    }

    /// Nothing of it was sent; somebody else may.
    pub const fn returned() -> Self {
        Self { status: "returned", output: Value::Null, effect: "none" }
    }

    /// A status that doesn't exist.
    pub const fn nonsense() -> Self {
        Self { status: "perhaps", output: Value::Null, effect: "none" }
    }

    /// The body of the call.
    pub fn body(&self, token: &str) -> Value {
        json!({"token": token, "status": self.status, "task_output": self.output, "effect": self.effect})
    }

    /// What a caller is shown of a completed task.
    pub const fn output(&self) -> &Value {
        &self.output
    }
}

impl Agent {
    /// With a token that was pasted, or given for a pairing code.
    pub fn new(wire: Wire, token: String, instance: String) -> Self {
        Self { wire, token, instance, seen: Seen::default() }
    }

    /// Polls.
    pub async fn poll(&mut self, poll: Poll<'_>) -> Result<PollAnswer, String> {
        let asked_at = Instant::now();
        let answer = self.send_poll(&poll).await?;
        let at_once = asked_at.elapsed() < AT_ONCE;
        let answer = answer.ok("a poll")?;
        if !answer.json.is_object() {
            return Err(format!("a poll was answered {}, which is no JSON object", answer.quote()));
        }
        Ok(self.note(answer.json, at_once))
    }

    /// Polls, and takes no note of the answer.
    pub async fn send_poll(&self, poll: &Poll<'_>) -> Result<Answer, String> {
        let hold = Duration::from_millis(poll.wait_ms);
        self.wire.post("/agent/v1/poll", self.credential(), self.poll_body(poll), hold).await
    }

    /// What a poll's body is.
    pub fn poll_body(&self, poll: &Poll<'_>) -> String {
        let accepts: Vec<&str> = poll.accepts.iter().map(|kind| kind.task_type()).collect();
        let mut body = json!({
            "instance": self.instance, "version": env!("CARGO_PKG_VERSION"), "account": "conformance-account",
            "wait_ms": poll.wait_ms, "state": poll.state, "accepts": accepts, "waiting": poll.waiting,
            "held": poll.held,
        });
        if self.seen.supports("usage") {
            body["usage"] = json!({"day": {"used": 3, "limit": 20}, "week": {"used": 12, "limit": 80}});
        }
        if poll.more {
            body["colour"] = json!("red");
            body["shades"] = json!([{"of": null}]);
        }
        body.to_string()
    }

    /// Reads an answer, and notes what is judged at the end.
    fn note(&mut self, said: Value, at_once: bool) -> PollAnswer {
        if let Some(fault) = shape::poll_fault(&said) {
            self.seen.wrong_type.get_or_insert(fault);
        }
        let names = said["supports"].as_array().into_iter().flatten().filter_map(Value::as_str);
        self.seen.supports.extend(names.map(str::to_owned));
        let offer = match &said["task"] {
            Value::Null => None,
            task => match shape::offer(task) {
                Ok(offer) => Some(offer),
                Err(fault) => {
                    self.seen.wrong_type.get_or_insert(fault);
                    None
                }
            },
        };
        if let Some(offer) = &offer {
            self.seen.note_epoch(offer);
        }
        let quick = offer.is_none() && at_once;
        let next_ms = said["next_ms"].as_u64().unwrap_or(if quick { NEXT_MS } else { 0 });
        let next_ms = next_ms.clamp(if quick { SOONEST_MS } else { 0 }, LATEST_MS);
        let directives = said["directives"].clone();
        PollAnswer { offer, next: Duration::from_millis(next_ms), directives }
    }

    /// Asks for leave to send, with a token.
    pub async fn start(&self, task: &str, token: &str) -> Result<Answer, String> {
        self.call(task, "start", json!({"token": token})).await
    }

    /// Says that it is alive.
    pub async fn heartbeat(&self, task: &str, token: &str, progress: Value) -> Result<Answer, String> {
        self.call(task, "heartbeat", json!({"token": token, "progress": progress})).await
    }

    /// Hands in how a task ended.
    pub async fn complete(&self, offer: &Offer, outcome: &Outcome) -> Result<Answer, String> {
        self.call(&offer.task, "complete", outcome.body(&offer.token)).await
    }

    /// A call about a task.
    pub async fn call(&self, task: &str, call: &str, body: Value) -> Result<Answer, String> {
        let path = format!("/agent/v1/tasks/{task}/{call}");
        let answer = self.wire.post(&path, self.credential(), body.to_string(), Duration::ZERO).await;
        answer.map_err(|fault| fault.replacen(&path, call, 1))
    }

    fn credential(&self) -> Credential<'_> {
        Credential::Bearer(&self.token)
    }
}

impl Seen {
    /// Whether polls named a call of level two, or something to be told.
    pub fn supports(&self, call: &str) -> bool {
        self.supports.contains(call)
    }

    /// As a task was offered last.
    pub fn newest(&self, offer: Offer) -> Offer {
        match self.newest.get(&offer.task) {
            Some((epoch, token)) => Offer { epoch: *epoch, token: token.clone(), ..offer },
            None => offer,
        }
    }

    fn note_epoch(&mut self, offer: &Offer) {
        let now = (offer.epoch, offer.token.clone());
        let Some((epoch, token)) = self.newest.insert(offer.task.clone(), now) else { return };
        let fault = if offer.epoch < epoch {
            format!("task {} was offered under epoch {}, after epoch {epoch}", offer.task, offer.epoch)
        } else if offer.epoch == epoch && offer.token != token {
            format!("task {} was offered twice under epoch {epoch}, with another token each time", offer.task)
        } else {
            return;
        };
        self.wrong_epoch.get_or_insert(fault);
    }
}
