//! A read that its caller waits for: what stands behind the published APIs whose calls answer with rows instead of a
//! task's id.
//!
//! The rows come by tasks like any other, one after another, as many as are needed and not one more. Who goes away takes
//! their task with them, unless they gave an `Idempotency-Key` and so can come back for it. What is not there in time is
//! left to be asked for by its id; an errand's task has to start soon, or it is not carried out at all.

mod unmet;

pub use unmet::Unmet;

use crate::auth::Caller;
use crate::error::ApiError;
use crate::idempotency::IdempotencyKey;
use crate::lifecycle::State;
use crate::orders::{self, Order};
use crate::parked;
use crate::router::App;
use crate::store::TaskView;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use liaison_protocol::{Fields, FullConnection, FullFetchOutput, MAX_COUNT, TaskType, WaitReason};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::Instant;

/// How soon an errand's task must start: long enough to come back for it, and short enough that callers who try again
/// and again leave no pile of work behind.
const START_WITHIN_MS: u64 = 10 * 60_000;
/// Further tasks for what is missing because the list moved between two of them and gave rows twice.
const TOP_UPS: u64 = 2;
/// How often it is looked why a task waits. Its end is heard of at once.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// One caller's request.
pub struct Errand<'a> {
    app: &'a App,
    team: &'a str,
    key: Option<&'a str>,
    /// The request, so that a key stands for the whole of it.
    whole: Value,
    give_up: Instant,
    /// Reasons to wait for which this caller doesn't.
    impatient: &'a [WaitReason],
    tasks: Vec<String>,
}

/// The header that names an errand's tasks.
const TASKS_HEADER: HeaderName = HeaderName::from_static("x-liaison-tasks");

/// Names an errand's tasks in the head of its answer.
pub fn name_tasks(response: &mut Response, tasks: &[String]) {
    if let Some(value) = HeaderValue::from_str(&tasks.join(", ")).ok().filter(|value| !value.is_empty()) {
        response.headers_mut().insert(TASKS_HEADER, value);
    }
}

/// Rows, in the order of the list.
pub struct Rows {
    /// How many connections the account has, when that was asked for and LinkedIn told.
    pub network_total: Option<u64>,
    /// No one twice.
    pub connections: Vec<FullConnection>,
}

impl<'a> Errand<'a> {
    /// An errand for `caller`, who asked for `whole`.
    pub fn new(app: &'a App, caller: &'a Caller, key: &'a IdempotencyKey, whole: Value) -> Self {
        let give_up = Instant::now() + app.answer_within;
        let (team, key) = (caller.team.as_str(), key.as_deref());
        Self { app, team, key, whole, give_up, impatient: &[], tasks: Vec::new() }
    }

    /// Doesn't wait while the browser has one of these reasons to.
    #[must_use]
    pub fn impatient_of(self, impatient: &'a [WaitReason]) -> Self {
        Self { impatient, ..self }
    }

    /// The tasks so far.
    pub fn tasks(&self) -> &[String] {
        &self.tasks
    }

    /// How many connections the account has, without reading the list.
    pub async fn network_total(&mut self) -> Result<Option<u64>, ApiError> {
        Ok(self.run(0, 1, Fields::Total).await?.network_total)
    }

    /// `count` connections from `start` on, fewer only at the end of the list; `fields` as of the first task.
    pub async fn rows(&mut self, start: u64, count: u64, fields: Fields) -> Result<Rows, ApiError> {
        let mut rows = Rows { network_total: None, connections: Vec::new() };
        let mut seen = HashSet::new();
        let (mut next, mut fields) = (start, fields);
        let most_tasks = count.div_ceil(MAX_COUNT) + TOP_UPS;
        for _ in 0..most_tasks {
            let wanted = count.saturating_sub(rows.connections.len() as u64).min(MAX_COUNT);
            let output = self.run(next, wanted, fields).await?;
            rows.network_total = rows.network_total.or(output.network_total);
            let fresh = |row: &FullConnection| seen.insert(row.connection.entity_urn.clone());
            rows.connections.extend(output.connections.into_iter().filter(fresh));
            if output.total < wanted || rows.connections.len() as u64 >= count {
                return Ok(rows);
            }
            next += wanted;
            fields = Fields::Documented;
        }
        // Rather none than an answer that says it were the list's end.
        Err(ApiError::Unmet(Unmet::Unreadable))
    }

    /// One task, from its beginning to its end.
    async fn run(&mut self, start: u64, count: u64, fields: Fields) -> Result<FullFetchOutput, ApiError> {
        // The first part has the caller's key itself, so that the same key for another call is noticed. No caller's key
        // has a line's end in it.
        let number = self.tasks.len();
        let key = self.key.map(|key| if number == 0 { key.to_owned() } else { format!("{key}\n{number}") });
        let part = Part { team: self.team.to_owned(), key, whole: self.whole.clone(), start, count, fields };
        // Goes on when its caller goes away: then its outcome is dropped, and the task called off.
        let taken = tokio::spawn(part.take(self.app.clone())).await;
        let (task, mut abandoned) = taken.map_err(|_| ApiError::Panicked)??;
        self.tasks.push(task.clone());
        let view = self.ended(&task, &mut abandoned).await?;
        let output = view.output.unwrap_or_default();
        if view.state != State::Completed {
            return Err(ApiError::Unmet(Unmet::failed(&output, self.app.now())));
        }
        FullFetchOutput::deserialize(output).map_err(|_| ApiError::Unmet(Unmet::Unreadable))
    }

    /// The task once it has ended.
    async fn ended(&self, task: &str, abandoned: &mut Abandoned) -> Result<TaskView, ApiError> {
        // The first look is at once: there may be a reason not to wait at all.
        let mut wait = Duration::ZERO;
        loop {
            let view = tokio::select! {
                biased;
                () = self.app.hub.closed() => {
                    abandoned.keep();
                    return Err(ApiError::Unmet(Unmet::Closing { tasks: self.tasks.clone() }));
                }
                view = parked::task(self.app, self.team, task, wait) => view?.ok_or(ApiError::TaskNotFound)?,
            };
            if view.state.is_over() {
                abandoned.keep();
                return Ok(view);
            }
            let waiting = view.waiting.map(|waiting| waiting.reason);
            if let Some(reason) = waiting.filter(|reason| self.impatient.contains(reason)) {
                return Err(ApiError::Unmet(Unmet::Waits(reason)));
            }
            wait = self.give_up.saturating_duration_since(Instant::now()).min(LOOK_EVERY);
            if wait.is_zero() {
                abandoned.keep();
                return Err(ApiError::Unmet(Unmet::Late { tasks: self.tasks.clone(), waiting }));
            }
        }
    }
}

/// What one task is to bring.
struct Part {
    team: String,
    key: Option<String>,
    whole: Value,
    start: u64,
    count: u64,
    fields: Fields,
}

impl Part {
    async fn take(self, app: App) -> Result<(String, Abandoned), ApiError> {
        let mut wish = Map::new();
        wish.insert("start".to_owned(), json!(self.start));
        wish.insert("count".to_owned(), json!(self.count));
        wish.insert("deadline_ms".to_owned(), json!(START_WITHIN_MS));
        if self.fields != Fields::Documented {
            wish.insert("fields".to_owned(), json!(self.fields));
        }
        let order = Order {
            team: &self.team,
            kind: TaskType::FetchConnections,
            fields: &wish,
            key: self.key.as_deref(),
            part_of: Some(&self.whole),
        };
        let task = orders::take(&app, order).await?.task;
        let abandoned = self.key.is_none().then(|| task.clone());
        Ok((task, Abandoned { app, team: self.team, task: abandoned }))
    }
}

/// Calls a task off when it is dropped: its caller went away or would not wait, and has no way to ask for it again.
struct Abandoned {
    app: App,
    team: String,
    task: Option<String>,
}

impl Abandoned {
    /// It is over, or its caller knows its name.
    fn keep(&mut self) {
        self.task = None;
    }
}

impl Drop for Abandoned {
    fn drop(&mut self) {
        let (Some(task), Ok(runtime)) = (self.task.take(), Handle::try_current()) else { return };
        let (app, team) = (self.app.clone(), std::mem::take(&mut self.team));
        runtime.spawn(async move {
            // What can't be written down now runs into its deadline.
            if let Err(error) = orders::call_off(&app, &team, &task).await {
                tracing::debug!(code = error.told().code, "an abandoned task could not be called off");
            }
        });
    }
}
