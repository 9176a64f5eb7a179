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
use crate::router::App;
use crate::store::{TaskView, WaitingView};
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use liaison_protocol::{Findings, Progress, TaskType, WaitReason};
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;
use utoipa::ToSchema;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

const MAX_WAIT_S: u64 = 25;
const DEDUPLICATED: &str = "This person has an invitation already; its task is answered";

/// The answer to a task that was taken.
#[derive(Serialize, ToSchema)]
pub struct CreatedAnswer {
    success: bool,
    api_agent_task_id: String,
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

#[derive(Serialize, ToSchema)]
struct StatusData {
    id: String,
    #[schema(value_type = TaskStatus)]
    status: &'static str,
    #[schema(value_type = Object)]
    task_input: Value,
    #[schema(value_type = Option<TaskOutput>)]
    task_output: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<WaitingData>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<Progress>,
    #[serde(skip_serializing_if = "is_false")]
    cancel_requested: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Findings>,
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
    let message = "Fetch connections task created successfully";
    create(&app, &caller, &key, TaskType::FetchConnections, body, message).await
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
    let message = "Send connection request task created successfully";
    create(&app, &caller, &key, TaskType::SendConnectionRequest, body, message).await
}

async fn create(
    app: &App,
    caller: &Caller,
    key: &IdempotencyKey,
    kind: TaskType,
    body: Body,
    message: &'static str,
) -> Result<Json<CreatedAnswer>, ApiError> {
    let fields = caller_fields(body).await?;
    let order = Order { team: &caller.team, kind, fields: &fields, key: key.as_deref(), part_of: None };
    let created = orders::take(app, order).await?;
    Ok(Json(CreatedAnswer {
        success: true,
        api_agent_task_id: created.task,
        message: if created.deduplicated { DEDUPLICATED } else { message },
        deduplicated: created.deduplicated,
    }))
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
    let id = parse_task_id(id)?.to_string();
    let cancelled = orders::call_off(&app, &caller.team, &id).await?;
    let data = CancelData { id, status: cancelled.state.public(), cancel_requested: cancelled.requested };
    Ok(Json(CancelAnswer { success: true, data }))
}

/// How a task stands. With `wait` the answer is held back until the task ends, or for so many seconds.
#[utoipa::path(get, path = "/linkedin-agent/get-task-status", tag = "callers", security(("api_key" = [])),
    params(AboutTask),
    responses((status = 200, description = "So", body = StatusAnswer), NotAnswered))]
pub async fn get_status(
    State(app): State<App>,
    caller: Caller,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Result<Json<StatusAnswer>, ApiError> {
    let Query(query) = query.map_err(|_| ApiError::TaskId)?;
    let task = task_id(&query)?;
    let wait = wait(&query)?;
    let view = parked::task(&app, &caller.team, &task.to_string(), wait).await?;
    let view = view.ok_or(ApiError::TaskNotFound)?;
    Ok(Json(StatusAnswer { success: true, data: view.into() }))
}

/// The values of a name in a query.
fn values<'a>(query: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    query.iter().filter(|(given, _)| given == name).map(|(_, value)| value.as_str()).collect()
}

/// The id in the one form in which it was given out, in letters of either case.
fn task_id(query: &[(String, String)]) -> Result<Uuid, ApiError> {
    match values(query, "api_agent_task_id")[..] {
        [id] => parse_task_id(id),
        _ => Err(ApiError::TaskId),
    }
}

fn parse_task_id(id: &str) -> Result<Uuid, ApiError> {
    if id.len() != Hyphenated::LENGTH {
        return Err(ApiError::TaskId);
    }
    Uuid::try_parse(id).map_err(|_| ApiError::TaskId)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

fn wait(query: &[(String, String)]) -> Result<Duration, ApiError> {
    match values(query, "wait")[..] {
        [] => Ok(Duration::ZERO),
        [seconds] if seconds.bytes().all(|byte| byte.is_ascii_digit()) => match seconds.parse() {
            Ok(seconds @ 1..=MAX_WAIT_S) => Ok(Duration::from_secs(seconds)),
            _ => Err(ApiError::Wait),
        },
        _ => Err(ApiError::Wait),
    }
}

impl From<TaskView> for StatusData {
    fn from(view: TaskView) -> Self {
        Self {
            id: view.id,
            status: view.state.public(),
            task_input: view.input,
            task_output: view.output,
            waiting: view.waiting.map(Into::into),
            progress: view.progress,
            cancel_requested: view.cancel_requested,
            findings: view.findings,
        }
    }
}

impl From<WaitingView> for WaitingData {
    fn from(waiting: WaitingView) -> Self {
        Self { reason: waiting.reason, until: waiting.until.map(|until| until.to_iso()) }
    }
}
