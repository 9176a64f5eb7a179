//! What agents call: the protocol of `docs/PROTOCOL.md`.

use crate::auth::Agent;
use crate::body::{agent_message, agent_result};
use crate::error::ApiError;
use crate::lifecycle::{ACT_WITHIN_MS, LEASE_MS};
use crate::parked;
use crate::router::App;
use crate::secret::hash_secret;
use crate::store::{Asking, Greeting, TaskResult};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use liaison_protocol::{
    Complete, CompleteAnswer, CompletionStatus, Effect, Heartbeat, HeartbeatAction, HeartbeatAnswer,
    PairAnswer, PairRequest, Poll, PollAnswer, ReadyState, Start, StartAnswer, TaskType,
};

/// Longest name of a browser, and longest id that an agent makes up.
const MAX_NAME: usize = 128;

/// `POST /agent/v1/pair`
pub async fn pair(State(app): State<App>, body: Body) -> Result<Json<PairAnswer>, ApiError> {
    let request: PairRequest = agent_message(body).await?;
    let name: String = request.name.chars().take(MAX_NAME).collect();
    let paired = app.store.pair(&request.code, name.trim(), app.now()).await?;
    let (answer, member) = paired.ok_or(ApiError::PairingCode)?;
    // The poll of the agent that was just superseded goes back empty, and its next one is told.
    drop(app.hub.take_place(&member));
    tracing::info!(agent = answer.agent, "a browser was paired");
    Ok(Json(answer))
}

/// `POST /agent/v1/poll`
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
    let Greeting::Welcome { account_fits } = app.store.greet(&agent, &poll, app.now()).await? else {
        return Err(ApiError::Superseded);
    };
    let asking = Asking {
        agent: &agent.id,
        instance: &poll.instance,
        member: &agent.member_id,
        ready: account_fits && poll.state == ReadyState::Ready,
        accepts: poll.accepts.iter().filter_map(|name| TaskType::from_wire(name)).collect(),
        held: &poll.held,
    };
    parked::poll(&app, &asking, poll.wait_ms).await.map(Json)
}

/// `POST /agent/v1/tasks/{task}/start`
pub async fn start(
    State(app): State<App>,
    Agent(agent): Agent,
    Path(task): Path<String>,
    body: Body,
) -> Result<Json<StartAnswer>, ApiError> {
    let start: Start = agent_message(body).await?;
    if agent.superseded {
        return Err(ApiError::Superseded);
    }
    let replayed = app.store.start(&agent, &task, &start.token, app.now()).await?;
    Ok(Json(StartAnswer { lease_ms: LEASE_MS, act_within_ms: ACT_WITHIN_MS, replayed }))
}

/// `POST /agent/v1/tasks/{task}/heartbeat`
pub async fn heartbeat(
    State(app): State<App>,
    Agent(agent): Agent,
    Path(task): Path<String>,
    body: Body,
) -> Result<Json<HeartbeatAnswer>, ApiError> {
    let beat: Heartbeat = agent_message(body).await?;
    app.store.heartbeat(&agent, &task, &beat.token, beat.progress, app.now()).await?;
    Ok(Json(HeartbeatAnswer { lease_ms: LEASE_MS, action: HeartbeatAction::Continue }))
}

/// `POST /agent/v1/tasks/{task}/complete`. A superseded agent may still hand in what it did: throwing the result
/// away would help nobody, and the fence of epochs keeps it from doing harm.
pub async fn complete(
    State(app): State<App>,
    Agent(agent): Agent,
    Path(task): Path<String>,
    body: Body,
) -> Result<Json<CompleteAnswer>, ApiError> {
    let complete: Complete = agent_result(body).await?;
    let result = check_result(&complete)?;
    let settled = app.store.complete(&agent, &task, &complete.token, result, app.now()).await?;
    if settled.ended {
        app.hub.task_ended(&task);
        // The account is free for the next one.
        app.hub.wake(&agent.member_id);
    }
    Ok(Json(CompleteAnswer { status: settled.status, replayed: settled.replayed }))
}

fn check_result(complete: &Complete) -> Result<TaskResult<'_>, ApiError> {
    let failure = complete.failure();
    if complete.status == CompletionStatus::Failed && failure.is_none() {
        return Err(ApiError::Message("A failed task's output is a failure with a known code"));
    }
    if complete.status == CompletionStatus::Returned && complete.effect != Effect::None {
        return Err(ApiError::Message("A task is returned only when nothing of it was sent"));
    }
    // The parsed form, so that blanks and the order of members make no other result.
    let parsed = format!("{:?} {:?} {}", complete.status, complete.effect, complete.task_output);
    Ok(TaskResult {
        status: complete.status,
        output: &complete.task_output,
        failure,
        hash: hash_secret(&parsed),
    })
}
