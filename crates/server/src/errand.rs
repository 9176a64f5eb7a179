//! A read that its caller waits for: what stands behind the published APIs whose calls answer with rows instead of a
//! task's id.
//!
//! The rows come by tasks like any other, one after another, as many as are needed and not one more. Who goes away takes
//! their task with them, unless they gave an `Idempotency-Key` and so can come back for it. What is not there in time is
//! left to be asked for by its id; an errand's task has to start soon, or it is not carried out at all.

mod head;
mod unmet;

pub use head::{name_findings, name_tasks};
pub use unmet::Unmet;

use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::idempotency::IdempotencyKey;
use crate::lifecycle::State;
use crate::orders::{self, Order};
use crate::parked;
use crate::router::App;
use crate::store::TaskView;
use liaison_protocol::{
    Fallback, Fields, Findings, FullConnection, FullFetchOutput, MAX_COUNT, TaskType, WaitReason,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::Instant;

/// How soon an errand's task must start: long enough to come back for it, and short enough that callers who try again
/// and again leave no pile of work behind.
const START_WITHIN_MS: u64 = 10 * 60_000;
/// How soon after the end of the one before it a part must be made. An agent knows for half an hour where it stood in the list;
/// later nobody would notice that somebody before that place is gone, and the part would begin one row too late.
const GO_ON_WITHIN_MS: u64 = 30 * 60_000 - START_WITHIN_MS;
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
    /// Whether one of the tasks was made by an earlier call, or the list was begun by one that is too long ago.
    came_back: bool,
    /// Tasks that were made before are none of this errand's.
    not_before: Timestamp,
}

/// Rows, in the order of the list.
#[derive(Default)]
pub struct Rows {
    /// How many connections the account has, when that was asked for and LinkedIn told.
    pub network_total: Option<u64>,
    /// No one twice.
    pub connections: Vec<FullConnection>,
    /// What was odd about the list.
    pub findings: Findings,
}

/// What one task has brought.
struct Read {
    output: FullFetchOutput,
    findings: Findings,
    ended_at: Timestamp,
}

impl Read {
    /// Whether these rows come right after those before them, as far as that can be known. LinkedIn's older list is in
    /// another order, in which a number is another place.
    fn goes_on_from(&self, before: &Self) -> bool {
        let is_legacy = |read: &Self| read.findings.fallback == Some(Fallback::LegacyList);
        !self.findings.list_shifted && is_legacy(self) == is_legacy(before)
    }
}

impl<'a> Errand<'a> {
    /// An errand for `caller`, who asked for `whole`.
    pub fn new(app: &'a App, caller: &'a Caller, key: &'a IdempotencyKey, whole: Value) -> Self {
        let give_up = Instant::now() + app.answer_within;
        let (team, key) = (caller.team.as_str(), key.as_deref());
        let not_before = Timestamp(0);
        Self {
            app,
            team,
            key,
            whole,
            give_up,
            impatient: &[],
            tasks: Vec::new(),
            came_back: false,
            not_before,
        }
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
        let read = self.run(0, 1, Fields::Total, None).await?;
        Ok(read.and_then(|read| read.output.network_total))
    }

    /// `count` connections from `start` on, fewer only at the end of the list; `fields` as of the first task.
    pub async fn rows(&mut self, start: u64, count: u64, fields: Fields) -> Result<Rows, ApiError> {
        if let Some(rows) = self.joined(start, count, fields).await? {
            return Ok(rows);
        }
        // What earlier calls have left under a key is read anew, or the key would stand for nothing as long as it is kept.
        if std::mem::take(&mut self.came_back) {
            self.tasks.clear();
            self.not_before = self.app.now().plus_ms(1);
            if let Some(rows) = self.joined(start, count, fields).await? {
                return Ok(rows);
            }
        }
        // Rather none than an answer with people left out, or one that says it were the list's end.
        Err(ApiError::Unmet(Unmet::Unreadable))
    }

    /// As [`Errand::rows`]; `None` when the parts don't make one list.
    async fn joined(&mut self, start: u64, count: u64, fields: Fields) -> Result<Option<Rows>, ApiError> {
        let mut rows = Rows::default();
        let mut seen = HashSet::new();
        let (mut next, mut fields) = (start, fields);
        let mut before: Option<Read> = None;
        let most_tasks = count.div_ceil(MAX_COUNT) + TOP_UPS;
        for _ in 0..most_tasks {
            let wanted = count.saturating_sub(rows.connections.len() as u64).min(MAX_COUNT);
            let ended_before = before.as_ref().map(|read| read.ended_at);
            let Some(mut read) = self.run(next, wanted, fields, ended_before).await? else { return Ok(None) };
            if before.as_ref().is_some_and(|before| !read.goes_on_from(before)) {
                return Ok(None);
            }
            rows.network_total = rows.network_total.or(read.output.network_total);
            rows.findings = sum(rows.findings, read.findings);
            let fresh = |row: &FullConnection| seen.insert(row.connection.entity_urn.clone());
            rows.connections.extend(std::mem::take(&mut read.output.connections).into_iter().filter(fresh));
            if read.output.total < wanted || rows.connections.len() as u64 >= count {
                return Ok(Some(rows));
            }
            next += wanted;
            fields = Fields::Documented;
            before = Some(read);
        }
        Ok(None)
    }

    /// One task, from its beginning to its end. `None`: it could only be made so long after `ended_before`, the end of the
    /// one before, that nobody can say whether it would begin where that one ended.
    async fn run(
        &mut self,
        start: u64,
        count: u64,
        fields: Fields,
        ended_before: Option<Timestamp>,
    ) -> Result<Option<Read>, ApiError> {
        // The first part has the caller's key itself, so that the same key for another call is noticed. No caller's key
        // has a line's end in it.
        let number = self.tasks.len();
        let key = self.key.map(|key| if number == 0 { key.to_owned() } else { format!("{key}\n{number}") });
        let part = Part {
            team: self.team.to_owned(),
            key,
            whole: self.whole.clone(),
            start,
            count,
            fields,
            not_before: ended_before.unwrap_or(self.not_before).max(self.not_before),
            may_begin: ended_before.is_none_or(|ended| self.app.now().ms_since(ended) <= GO_ON_WITHIN_MS),
        };
        // Goes on when its caller goes away: then its outcome is dropped, and the task called off.
        let taken = tokio::spawn(part.take(self.app.clone())).await;
        let Some(mut taken) = taken.map_err(|_| ApiError::Panicked)?? else {
            self.came_back = true;
            return Ok(None);
        };
        self.came_back |= !taken.is_new;
        self.tasks.push(taken.task.clone());
        let view = self.ended(&taken.task, &mut taken.abandoned).await?;
        let output = view.output.unwrap_or_default();
        if view.state != State::Completed {
            return Err(ApiError::Unmet(Unmet::failed(&output, self.app.now())));
        }
        let output = FullFetchOutput::deserialize(output);
        Ok(Some(Read {
            output: output.map_err(|_| ApiError::Unmet(Unmet::Unreadable))?,
            findings: view.findings.unwrap_or_default(),
            ended_at: view.ended_at.unwrap_or_else(|| self.app.now()),
        }))
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

/// What was odd about a list, part after part.
fn sum(one: Findings, other: Findings) -> Findings {
    Findings {
        unresolved: one.unresolved.saturating_add(other.unresolved),
        duplicates: one.duplicates.saturating_add(other.duplicates),
        unreadable: one.unreadable.saturating_add(other.unreadable),
        list_shifted: one.list_shifted || other.list_shifted,
        fallback: one.fallback.or(other.fallback),
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
    /// A task that was made before is no part of it.
    not_before: Timestamp,
    /// Whether a task is made when there is none.
    may_begin: bool,
}

/// The task of a part.
struct Taken {
    task: String,
    is_new: bool,
    abandoned: Abandoned,
}

impl Part {
    async fn take(self, app: App) -> Result<Option<Taken>, ApiError> {
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
        let taken = orders::take_part(&app, order, self.not_before, self.may_begin).await?;
        let Some(created) = taken else { return Ok(None) };
        let abandoned = self.key.is_none().then(|| created.task.clone());
        let abandoned = Abandoned { app, team: self.team, task: abandoned };
        Ok(Some(Taken { task: created.task, is_new: created.new_for.is_some(), abandoned }))
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
