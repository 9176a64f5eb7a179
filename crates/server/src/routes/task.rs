//! What callers call: the documented endpoints.

use crate::auth::{Caller, WritingCaller};
use crate::body::caller_fields;
use crate::error::ApiError;
use crate::idempotency::IdempotencyKey;
use crate::openapi::answers::{NotAnswered, NotCreated, NotDone};
use crate::openapi::shapes::{
    AboutTask, FetchConnectionsBody, Keyed, SendConnectionRequestBody, TaskOutput, TaskStatus, WhichTask,
};
use crate::orders::{self, Order};
use crate::parked;
use crate::query::{Members, parse_count, parse_id};
use crate::router::App;
use crate::store::{EventView, TaskView, WaitingView};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use liaison_protocol::{Findings, Progress, TaskType, WaitReason};
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;
use utoipa::ToSchema;

const MAX_WAIT_S: u32 = 25;
const DEDUPLICATED: &str = "This person has an invitation already; its task is answered";

/// The answer to a task that was taken.
#[derive(Serialize, ToSchema)]
pub struct CreatedAnswer {
    success: bool,
    pub api_agent_task_id: String,
    message: &'static str,
    #[serde(skip_serializing_if = "is_false")]
    deduplicated: bool,
}

/// The answer of `cancel-task`.
#[derive(Serialize, ToSchema)]
pub struct CancelAnswer {
    success: bool,
    data: CancelData,
}

#[derive(Serialize, ToSchema)]
struct CancelData {
    id: String,
    #[schema(value_type = TaskStatus)]
    status: &'static str,
    cancel_requested: bool,
}

/// The answer of `get-task-status`.
#[derive(Serialize, ToSchema)]
pub struct StatusAnswer {
    success: bool,
    data: StatusData,
}

/// A task as its callers see it.
#[derive(Serialize, ToSchema)]
pub struct StatusData {
    id: String,
    #[schema(value_type = TaskStatus)]
    status: &'static str,
    #[schema(value_type = Object)]
    task_input: Value,
    /// Without the inner one where outputs are not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<TaskOutput>)]
    task_output: Option<Option<Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<WaitingData>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<Progress>,
    #[serde(skip_serializing_if = "is_false")]
    cancel_requested: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Findings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Vec<EventData>>,
}

#[derive(Serialize, ToSchema)]
struct EventData {
    at: String,
    event: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct WaitingData {
    reason: WaitReason,
    until: Option<String>,
}

/// Makes a task that lists or searches the account's own connections.
#[utoipa::path(post, path = "/linkedin-agent/fetch-connections", tag = "callers", security(("api_key" = [])),
    params(Keyed),
    request_body(content = FetchConnectionsBody),
    responses(
        (status = 200, description = "Taken", body = CreatedAnswer, links(("status" = (operation_id = "get_status",
            parameters(("api_agent_task_id" = "$response.body#/api_agent_task_id")))))),
        NotCreated,
    ))]
pub async fn fetch_connections(
    State(app): State<App>,
    WritingCaller(caller): WritingCaller,
    key: IdempotencyKey,
    body: Body,
) -> Result<Json<CreatedAnswer>, ApiError> {
    take(&app, &caller.team, &key, TaskType::FetchConnections, body).await.map(Json)
}

/// Makes a task that sends one invitation.
#[utoipa::path(post, path = "/linkedin-agent/send-connection-request", tag = "callers", security(("api_key" = [])),
    params(Keyed),
    request_body(content = SendConnectionRequestBody),
    responses(
        (status = 200, description = "Taken", body = CreatedAnswer, links(("status" = (operation_id = "get_status",
            parameters(("api_agent_task_id" = "$response.body#/api_agent_task_id")))))),
        NotCreated,
    ))]
pub async fn send_connection_request(
    State(app): State<App>,
    WritingCaller(caller): WritingCaller,
    key: IdempotencyKey,
    body: Body,
) -> Result<Json<CreatedAnswer>, ApiError> {
    take(&app, &caller.team, &key, TaskType::SendConnectionRequest, body).await.map(Json)
}

/// Takes a task for a team, as the documented call of its kind does.
pub async fn take(
    app: &App,
    team: &str,
    key: &IdempotencyKey,
    kind: TaskType,
    body: Body,
) -> Result<CreatedAnswer, ApiError> {
    let fields = caller_fields(body).await?;
    let order = Order { team, kind, fields: &fields, key: key.as_deref(), part_of: None };
    let created = orders::take(app, order).await?;
    let message = match kind {
        _ if created.deduplicated => DEDUPLICATED,
        TaskType::FetchConnections => "Fetch connections task created successfully",
        TaskType::SendConnectionRequest => "Send connection request task created successfully",
    };
    let (success, deduplicated) = (true, created.deduplicated);
    Ok(CreatedAnswer { success, api_agent_task_id: created.task, message, deduplicated })
}

/// Calls a task off: at once before it has started, and before its next step after that.
#[utoipa::path(post, path = "/linkedin-agent/cancel-task", tag = "callers", security(("api_key" = [])),
    request_body(content = WhichTask),
    responses((status = 200, description = "Asked for", body = CancelAnswer), NotDone))]
pub async fn cancel(
    State(app): State<App>,
    WritingCaller(caller): WritingCaller,
    body: Body,
) -> Result<Json<CancelAnswer>, ApiError> {
    let fields = caller_fields(body).await?;
    let id = fields.get("api_agent_task_id").and_then(Value::as_str).ok_or(ApiError::TaskId)?;
    let id = parse_id(id).ok_or(ApiError::TaskId)?;
    call_off(&app, &caller.team, id).await.map(Json)
}

/// Calls a task of a team off.
pub async fn call_off(app: &App, team: &str, id: String) -> Result<CancelAnswer, ApiError> {
    let cancelled = orders::call_off(app, team, &id).await?;
    let data = CancelData { id, status: cancelled.state.public(), cancel_requested: cancelled.requested };
    Ok(CancelAnswer { success: true, data })
}

/// How a task stands. With `wait` the answer is held back until the task ends, or for so many seconds.
#[utoipa::path(get, path = "/linkedin-agent/get-task-status", tag = "callers", security(("api_key" = [])),
    params(AboutTask),
    responses((status = 200, description = "So", body = StatusAnswer), NotAnswered))]
pub async fn get_status(
    State(app): State<App>,
    caller: Caller,
    query: Members,
) -> Result<Json<StatusAnswer>, ApiError> {
    let [id] = query.values("api_agent_task_id")[..] else { return Err(ApiError::TaskId) };
    let task = parse_id(id).ok_or(ApiError::TaskId)?;
    let wait = match query.values("wait")[..] {
        [] => 0,
        [seconds] => parse_count(seconds, MAX_WAIT_S).ok_or(ApiError::Wait)?,
        _ => return Err(ApiError::Wait),
    };
    let events = asks_for_events(&query)?;
    let view = parked::task(&app, &caller.team, &task, Duration::from_secs(wait.into())).await?;
    let mut data = StatusData::of(view.ok_or(ApiError::TaskNotFound)?, true);
    if events {
        data.tell(app.store.task_events(&caller.team, &task).await?);
    }
    Ok(Json(StatusAnswer { success: true, data }))
}

/// Whether a task's history is wanted, too.
pub fn asks_for_events(query: &Members) -> Result<bool, ApiError> {
    let events = query.optional("include", "'events'", |word| (word == "events").then_some(()))?;
    Ok(events.is_some())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl StatusData {
    /// With the task's output, or without a word about it.
    pub fn of(view: TaskView, outputs: bool) -> Self {
        Self {
            id: view.id,
            status: view.state.public(),
            task_input: view.input,
            task_output: outputs.then_some(view.output),
            waiting: view.waiting.map(Into::into),
            progress: view.progress,
            cancel_requested: view.cancel_requested,
            findings: view.findings,
            events: None,
        }
    }

    /// With its history, too.
    pub fn tell(&mut self, events: Vec<EventView>) {
        self.events = Some(events.into_iter().map(Into::into).collect());
    }
}

impl From<EventView> for EventData {
    fn from(EventView { at, event, epoch, attempt, code }: EventView) -> Self {
        Self { at: at.to_iso(), event, epoch, attempt, code }
    }
}

impl From<WaitingView> for WaitingData {
    fn from(waiting: WaitingView) -> Self {
        Self { reason: waiting.reason, until: waiting.until.map(|until| until.to_iso()) }
    }
}
