//! A caller's orders: have something done, and never mind. One way in for every API that a caller may use.

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

/// Checks an order, takes it as a task, and wakes who acts.
pub async fn take(app: &App, order: Order<'_>) -> Result<Created, ApiError> {
    let Order { team, kind, fields, key, part_of } = order;
    let input = TaskInput::parse(kind, fields)?;
    let options = TaskOptions::parse(kind, fields)?;
    let mut echo = TaskInput::echo(kind, fields);
    options.echo_into(&mut echo);
    let now = app.now();
    let new = NewTask { team, input: &input, options, echo: &echo, key, part_of };
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
