//! A caller's orders: have something done, and never mind. One way in for every API that a caller may use.

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::router::App;
use crate::store::{Cancelled, Created, NewTask};
use liaison_protocol::{TaskInput, TaskOptions, TaskType};
use serde_json::{Map, Value};

/// What a caller wants done.
pub struct Order<'a> {
    /// Whose it is.
    pub team: &'a str,
    /// What.
    pub kind: TaskType,
    /// The members of the documented request, unchecked.
    pub fields: &'a Map<String, Value>,
    /// The caller's key.
    pub key: Option<&'a str>,
    /// The request that this is a part of, see [`NewTask::part_of`].
    pub part_of: Option<&'a Value>,
}

/// An order that passed the checks.
struct Checked {
    input: TaskInput,
    options: TaskOptions,
    echo: Value,
}

impl Checked {
    fn of(order: &Order<'_>) -> Result<Self, ApiError> {
        let (kind, fields) = (order.kind, order.fields);
        let input = TaskInput::parse(kind, fields)?;
        let options = TaskOptions::parse(kind, fields)?;
        let mut echo = TaskInput::echo(kind, fields);
        options.echo_into(&mut echo);
        Ok(Self { input, options, echo })
    }

    fn task<'a>(&'a self, order: &Order<'a>) -> NewTask<'a> {
        let Self { input, options, echo } = self;
        let Order { team, key, part_of, .. } = *order;
        NewTask { team, input, options: *options, echo, key, part_of }
    }
}

/// Checks an order, takes it as a task, and wakes who acts.
pub async fn take(app: &App, order: Order<'_>) -> Result<Created, ApiError> {
    create(app, Checked::of(&order)?.task(&order)).await
}

/// As [`take`], of a part of a read, which goes on with the task under its key if that is one to go on with (see
/// [`crate::store::Store::part_is_there`]). `None`: there is none, and unless it `may_begin` none is made.
pub async fn take_part(
    app: &App,
    order: Order<'_>,
    not_before: Timestamp,
    may_begin: bool,
) -> Result<Option<Created>, ApiError> {
    let checked = Checked::of(&order)?;
    let part = checked.task(&order);
    if !app.store.part_is_there(&part, not_before).await? && !may_begin {
        return Ok(None);
    }
    create(app, part).await.map(Some)
}

async fn create(app: &App, new: NewTask<'_>) -> Result<Created, ApiError> {
    let now = app.now();
    let created = app.store.create_task(new, now).await.map_err(|error| ApiError::not_created(error, now))?;
    if let Some(member) = &created.new_for {
        app.hub.wake(member);
    }
    Ok(created)
}

/// Ends a task of this team, or asks for its end, and tells who waits.
pub async fn call_off(app: &App, team: &str, task: &str) -> Result<Cancelled, ApiError> {
    let cancelled = app.store.cancel_task(team, task, app.now()).await?.ok_or(ApiError::TaskNotFound)?;
    if cancelled.ended {
        app.hub.task_ended(task);
    }
    // A parked poll is told at once, and the account is free for the next one.
    app.hub.wake(&cancelled.member);
    Ok(cancelled)
}
