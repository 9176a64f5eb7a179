//! What callers call about tasks that are there: the list, one as a table, and their deletion.

use super::task::StatusData;
use crate::auth::{Caller, WritingCaller};
use crate::error::ApiError;
use crate::export;
use crate::lifecycle::State;
use crate::openapi::answers::{NotDeleted, NotExported, NotListed};
use crate::openapi::shapes::{Listed, OneTask};
use crate::query::{Members, parse_count, parse_id, write_cursor};
use crate::router::App;
use crate::store::{Deletion, ListFilter, TaskView};
use axum::Json;
use axum::extract::{FromRequestParts, Path, State as Shared};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use liaison_protocol::TaskType;
use serde::Serialize;
use utoipa::ToSchema;

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 100;

/// The answer with a page of tasks.
#[derive(Serialize, ToSchema)]
pub struct ListAnswer {
    success: bool,
    data: Vec<ListedData>,
    next_cursor: Option<String>,
}

/// A task in a list.
#[derive(Serialize, ToSchema)]
pub struct ListedData {
    #[serde(flatten)]
    pub status: StatusData,
    created_at: String,
    ended_at: Option<String>,
}

/// The answer to a deletion.
#[derive(Serialize, ToSchema)]
pub struct DeletedAnswer {
    success: bool,
    data: DeletedData,
}

#[derive(Serialize, ToSchema)]
struct DeletedData {
    id: String,
    deleted: bool,
}

/// The id in a path. What can't be one is the id of nothing.
pub struct PathId(Option<String>);

impl FromRequestParts<App> for PathId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let path: Result<Path<String>, _> = Path::from_request_parts(parts, app).await;
        Ok(Self(path.ok().and_then(|Path(id)| parse_id(&id))))
    }
}

impl PathId {
    /// The id, or else `missing`.
    pub fn or(self, missing: ApiError) -> Result<String, ApiError> {
        self.0.ok_or(missing)
    }
}

impl DeletedAnswer {
    /// Of what had this id.
    pub const fn of(id: String) -> Self {
        Self { success: true, data: DeletedData { id, deleted: true } }
    }
}

/// The team's tasks, newest first.
#[utoipa::path(get, path = "/linkedin-agent/tasks", operation_id = "list_tasks", tag = "callers",
    security(("api_key" = [])), params(Listed),
    responses((status = 200, description = "A page of them", body = ListAnswer), NotListed))]
pub async fn list(
    Shared(app): Shared<App>,
    caller: Caller,
    query: Members,
) -> Result<Json<ListAnswer>, ApiError> {
    let filter = filter(&query)?;
    let page = app.store.list_tasks(&caller.team, &filter, app.now()).await?;
    let data = page.tasks.into_iter().map(|task| ListedData::of(task, filter.outputs)).collect();
    Ok(Json(ListAnswer { success: true, data, next_cursor: page.next.as_ref().map(write_cursor) }))
}

/// Which tasks a query is about.
pub fn filter(query: &Members) -> Result<ListFilter, ApiError> {
    let status = query.optional("status", "'pending', 'processing', 'completed' or 'failed'", |word| {
        [State::Queued, State::Started, State::Completed, State::Failed]
            .into_iter()
            .find(|state| state.public() == word)
    })?;
    let kinds = "'agent_fetch_connections' or 'agent_send_connection_request'";
    let kind = query.optional("task_type", kinds, TaskType::from_wire)?;
    let outputs = query.optional("include", "'output'", |word| (word == "output").then_some(()))?;
    let limit =
        query.optional("limit", "an integer between 1 and 100", |text| parse_count(text, MAX_LIMIT))?;
    Ok(ListFilter {
        status,
        task_type: kind.map(|kind| kind.as_str().to_owned()),
        created_after: query.time("created_after")?,
        created_before: query.time("created_before")?,
        after: query.cursor()?,
        limit: limit.unwrap_or(DEFAULT_LIMIT),
        outputs: outputs.is_some(),
    })
}

impl ListedData {
    /// With the task's output, or without a word about it.
    pub fn of(task: TaskView, outputs: bool) -> Self {
        let (created_at, ended_at) = (task.created_at.to_iso(), task.ended_at.map(|at| at.to_iso()));
        Self { status: StatusData::of(task, outputs), created_at, ended_at }
    }
}

/// Deletes a task that has ended, and what came of it.
#[utoipa::path(delete, path = "/linkedin-agent/tasks/{task}", operation_id = "delete_task", tag = "callers",
    security(("api_key" = [])), params(OneTask),
    responses((status = 200, description = "Deleted", body = DeletedAnswer), NotDeleted))]
pub async fn delete(
    Shared(app): Shared<App>,
    WritingCaller(caller): WritingCaller,
    id: PathId,
) -> Result<Json<DeletedAnswer>, ApiError> {
    forget(&app, &caller.team, id.or(ApiError::TaskNotFound)?).await.map(Json)
}

/// Deletes a task of a team.
pub async fn forget(app: &App, team: &str, id: String) -> Result<DeletedAnswer, ApiError> {
    match app.store.delete_task(team, &id, app.now()).await? {
        Deletion::Deleted => Ok(DeletedAnswer::of(id)),
        Deletion::NotFinished => Err(ApiError::NotFinished),
        Deletion::Unknown => Err(ApiError::TaskNotFound),
    }
}

/// The rows of a completed list as a table.
#[utoipa::path(get, path = "/linkedin-agent/tasks/{task}/connections.csv", operation_id = "connections_csv",
    tag = "callers", security(("api_key" = [])), params(OneTask),
    responses((status = 200, description = "RFC 4180, UTF-8", content_type = "text/csv", body = String), NotExported))]
pub async fn connections_csv(
    Shared(app): Shared<App>,
    caller: Caller,
    id: PathId,
) -> Result<Response, ApiError> {
    table(&app, &caller.team, &id.or(ApiError::TaskNotFound)?).await
}

/// The rows of a team's list as a table.
pub async fn table(app: &App, team: &str, id: &str) -> Result<Response, ApiError> {
    let task = app.store.task_view(team, id, app.now()).await?.ok_or(ApiError::TaskNotFound)?;
    if !task.state.is_over() {
        return Err(ApiError::NotFinished);
    }
    let output = task.output.filter(|_| task.state == State::Completed);
    let table =
        output.and_then(|output| export::table(&task.input, &output)).ok_or(ApiError::NoConnections)?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"connections-{id}.csv\"")),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((headers, table).into_response())
}
