//! What agents call: the protocol of `docs/PROTOCOL.md`.

use crate::auth::Agent;
use crate::body::{agent_message, agent_result};
use crate::error::ApiError;
use crate::lifecycle::LEASE_MS;
use crate::openapi::answers::{AgentRefused, AgentTaskRefused, NotPaired};
use crate::openapi::shapes::CompleteBody;
use crate::parked;
use crate::peer::Peer;
use crate::router::App;
use crate::secret::hash_secret;
use crate::store::{Asking, Greeting, Leave, TaskResult};
use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::header::{CONTENT_TYPE, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use liaison_protocol::{
    Complete, CompleteAnswer, CompletionStatus, Effect, Heartbeat, HeartbeatAnswer, PairAnswer, PairRequest,
    Poll, PollAnswer, ReadyState, Start, StartAnswer, TaskType,
};

/// Longest name of a browser, and longest id that an agent makes up.
const MAX_NAME: usize = 128;

/// What the origins of extensions begin with.
const EXTENSIONS: [&str; 2] = ["chrome-extension://", "moz-extension://"];

/// The task in a path. What can't be an id is the id of no task.
pub struct TaskId(String);

impl FromRequestParts<App> for TaskId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let path = Path::from_request_parts(parts, app).await;
        path.map(|Path(task)| Self(task)).map_err(|_| ApiError::AgentTask)
    }
}

/// Gives an agent its token for a one-time code.
#[utoipa::path(post, path = "/agent/v1/pair", tag = "agents", request_body(content = PairRequest),
    responses((status = 200, description = "Paired", body = PairAnswer), NotPaired))]
pub async fn pair(
    State(app): State<App>,
    peer: Peer,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<PairAnswer>, ApiError> {
    refuse_web_pages(&headers)?;
    let request: PairRequest = agent_message(body).await?;
    // What acts on a terminal has no place in a name that is listed there.
    let name: String = request.name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
    let now = app.now();
    app.guesses.admit(peer.address, now).map_err(|until| ApiError::TooManyGuesses { until, now })?;
    let paired = app.store.pair(&request.code, name.trim(), now).await;
    if !matches!(paired, Ok(None)) {
        app.guesses.take_back(peer.address);
    }
    let (answer, member) = paired?.ok_or(ApiError::PairingCode)?;
    // The poll of the agent that was just superseded goes back empty, and its next one is told.
    app.hub.end_poll(&member);
    tracing::info!(agent = answer.agent, "a browser was paired");
    Ok(Json(answer))
}

/// The one call that needs no token, so the one that any page in the person's browser could make, to burn codes by wrong
/// guesses. A page can't hide its origin, nor send JSON elsewhere without being allowed to.
fn refuse_web_pages(headers: &HeaderMap) -> Result<(), ApiError> {
    let is_extension = |origin: &HeaderValue| {
        EXTENSIONS.iter().any(|scheme| origin.as_bytes().starts_with(scheme.as_bytes()))
    };
    if !headers.get_all(ORIGIN).iter().all(is_extension) {
        return Err(ApiError::ForeignOrigin);
    }
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(ApiError::Message("A pairing is sent with Content-Type: application/json"));
    }
    Ok(())
}

/// Asks for work, and says what is held. The answer may be held back for `wait_ms`.
#[utoipa::path(post, path = "/agent/v1/poll", tag = "agents", security(("agent_token" = [])),
    request_body(content = Poll),
    responses((status = 200, description = "Work, or none", body = PollAnswer), AgentRefused))]
pub async fn poll(
    State(app): State<App>,
    Agent(agent): Agent,
    body: Body,
) -> Result<Json<PollAnswer>, ApiError> {
    let poll: Poll = agent_message(body).await?;
    if poll.instance.is_empty() || poll.instance.len() > MAX_NAME {
        return Err(ApiError::Message("A poll names its instance, in at most 128 bytes"));
    }
    if agent.superseded {
        return Err(ApiError::Superseded);
    }
    let Greeting::Welcome { account_fits } = Box::pin(app.store.greet(&agent, &poll, app.now())).await?
    else {
        return Err(ApiError::Superseded);
    };
    let asking = Asking {
        agent: &agent.id,
        instance: &poll.instance,
        member: &agent.member_id,
        ready: account_fits && poll.state == ReadyState::Ready,
        accepts: poll.accepts.iter().filter_map(|name| TaskType::from_wire(name)).collect(),
        waiting: &poll.waiting,
        held: &poll.held,
    };
    parked::poll(&app, asking, poll.wait_ms).await.map(Json)
}

/// Asks for leave to have an effect.
#[utoipa::path(post, path = "/agent/v1/tasks/{task}/start", tag = "agents", security(("agent_token" = [])),
    params(("task" = String, Path, description = "The task's id")), request_body(content = Start),
    responses((status = 200, description = "Granted", body = StartAnswer), AgentTaskRefused))]
pub async fn start(
    State(app): State<App>,
    Agent(agent): Agent,
    TaskId(task): TaskId,
    body: Body,
) -> Result<Json<StartAnswer>, ApiError> {
    let start: Start = agent_message(body).await?;
    if agent.superseded {
        return Err(ApiError::Superseded);
    }
    let Leave { act_within_ms, replayed } = app.store.start(&agent, &task, &start.token, app.now()).await?;
    Ok(Json(StartAnswer { lease_ms: LEASE_MS, act_within_ms, replayed }))
}

/// Says that the task is being carried out, and how far it is.
#[utoipa::path(post, path = "/agent/v1/tasks/{task}/heartbeat", tag = "agents", security(("agent_token" = [])),
    params(("task" = String, Path, description = "The task's id")), request_body(content = Heartbeat),
    responses((status = 200, description = "Noted", body = HeartbeatAnswer), AgentTaskRefused))]
pub async fn heartbeat(
    State(app): State<App>,
    Agent(agent): Agent,
    TaskId(task): TaskId,
    body: Body,
) -> Result<Json<HeartbeatAnswer>, ApiError> {
    let beat: Heartbeat = agent_message(body).await?;
    let action = app.store.heartbeat(&agent, &task, &beat.token, beat.progress, app.now()).await?;
    Ok(Json(HeartbeatAnswer { lease_ms: LEASE_MS, action }))
}

/// Hands in a result.
///
/// A superseded agent may still hand in what it did: throwing the result
/// away would help nobody, and the fence of epochs keeps it from doing harm.
#[utoipa::path(post, path = "/agent/v1/tasks/{task}/complete", tag = "agents", security(("agent_token" = [])),
    params(("task" = String, Path, description = "The task's id")), request_body(content = CompleteBody),
    responses((status = 200, description = "Final", body = CompleteAnswer), AgentTaskRefused))]
pub async fn complete(
    State(app): State<App>,
    Agent(agent): Agent,
    TaskId(task): TaskId,
    body: Body,
) -> Result<Json<CompleteAnswer>, ApiError> {
    let complete: Complete = agent_result(body).await?;
    let result = check_result(&complete)?;
    let word = word_for(&result);
    let settled = app.store.complete(&agent, &task, &complete.token, result, app.now()).await?;
    if !settled.replayed {
        app.metrics.result(word);
    }
    if settled.ended {
        app.hub.task_ended(&task);
        // The account is free for the next one.
        app.hub.wake(&agent.member_id);
    }
    Ok(Json(CompleteAnswer { status: settled.status, replayed: settled.replayed }))
}

/// What a result is counted as.
fn word_for(result: &TaskResult<'_>) -> &'static str {
    match (result.status, &result.failure) {
        (CompletionStatus::Failed, Some(failure)) => failure.code.as_str(),
        (CompletionStatus::Failed, None) => "failed",
        (CompletionStatus::Completed, _) => "completed",
        (CompletionStatus::Returned, _) => "returned",
    }
}

fn check_result(complete: &Complete) -> Result<TaskResult<'_>, ApiError> {
    let failure = complete.failure();
    if complete.status == CompletionStatus::Failed && failure.is_none() {
        return Err(ApiError::Message("A failed task's output is a failure with a known code"));
    }
    if complete.status == CompletionStatus::Returned && complete.effect != Effect::None {
        return Err(ApiError::Message("A task is returned only when nothing of it was sent"));
    }
    // The parsed form, so that blanks and the order of members make no other result. Findings are a remark beside the
    // result: they are no reason to refuse one that was taken before, and the first ones stand.
    let parsed = format!("{:?} {:?} {}", complete.status, complete.effect, complete.task_output);
    Ok(TaskResult {
        status: complete.status,
        output: &complete.task_output,
        failure,
        findings: complete.findings,
        hash: hash_secret(&parsed),
    })
}
