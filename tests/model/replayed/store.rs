//! The server's real store, over SQLite, asked what the model's server is asked.

use liaison_model::rules::{Rival, Rules};
use liaison_model::server::{self, CallAnswer};
use liaison_model::world::{Body, Phase, Said};
use liaison_protocol::{
    CompletionStatus, ErrorCode, HeartbeatAction, Held, HeldPhase, Poll, ReadyState, TaskFailure, TaskInput,
    TaskOptions, TaskType,
};
use liaison_server::Timestamp;
use liaison_server::lifecycle::State;
use liaison_server::store::{
    AgentIdentity, Asking, Greeting, NewTask, PollWork, ResultError, Store, TaskResult,
};
use serde_json::{Value, json};

const T0: i64 = 1_795_305_600_000;

/// See the module.
pub struct RealServer {
    store: Store,
    team: String,
    member: String,
    tokens: Vec<String>,
    /// The task, once it is there.
    pub task: String,
    read: bool,
    _folder: tempfile::TempDir,
}

/// The time of the model, on the store's clock.
pub fn at(now: i64) -> Timestamp {
    Timestamp(T0 + now)
}

impl RealServer {
    /// A store with a team and a paired browser.
    pub async fn new(rules: &Rules) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("model.sqlite").into()).await.unwrap();
        let first = store.first_start(at(0)).await.unwrap().unwrap();
        let team = store.first_team().await.unwrap();
        let member = store.acting_member(&team).await.unwrap().unwrap();
        let (answer, _) = store.pair(&first.pairing_code, "first", at(0)).await.unwrap().unwrap();
        let tokens = vec![answer.token];
        Self { store, team, member, tokens, task: String::new(), read: rules.read, _folder: folder }
    }

    /// The caller's POST.
    pub async fn posts(&mut self) {
        let (kind, echo) = if self.read {
            (TaskType::FetchConnections, json!({}))
        } else {
            (TaskType::SendConnectionRequest, json!({ "profile_urn": "urn:li:fsd_profile:ACoAAB0000001" }))
        };
        let input = TaskInput::parse(kind, echo.as_object().unwrap()).unwrap();
        let new = NewTask {
            team: &self.team,
            input: &input,
            echo: &echo,
            key: None,
            part_of: None,
            options: TaskOptions::default(),
        };
        self.task = self.store.create_task(new, at(0)).await.unwrap().task;
    }

    /// The second browser: with the same token, or with one of its own.
    pub async fn rival_pairs(&mut self, rules: &Rules, now: i64) {
        let token = if rules.rival == Rival::NewPairing {
            let code = self.store.new_pairing_code(&self.member, at(now)).await.unwrap();
            self.store.pair(&code, "second", at(now)).await.unwrap().unwrap().0.token
        } else {
            self.tokens[0].clone()
        };
        self.tokens.push(token);
    }

    async fn agent(&self, by: u8) -> AgentIdentity {
        self.store.agent_of_token(&self.tokens[usize::from(by)]).await.unwrap().unwrap()
    }

    /// A poll; `None` when it is told that it was superseded.
    pub async fn poll(&self, by: u8, said: Said, now: i64) -> Option<PollWork> {
        let agent = self.agent(by).await;
        if agent.superseded {
            return None;
        }
        let state = if said.ready { ReadyState::Ready } else { ReadyState::Paused };
        let accepts = if said.accepts { liaison_protocol::known_task_types().to_vec() } else { Vec::new() };
        let held = said.held.map(|(epoch, phase)| Held {
            task: self.task.clone(),
            epoch: u32::from(epoch),
            phase: match phase {
                Phase::Claimed => HeldPhase::Claimed,
                Phase::Running => HeldPhase::Running,
                Phase::Verifying => HeldPhase::Verifying,
                Phase::Finished => HeldPhase::Finished,
            },
        });
        let poll = Poll {
            instance: format!("instance-{by}"),
            version: "0".to_owned(),
            account: None,
            wait_ms: 0,
            state,
            accepts: accepts.iter().map(|kind| kind.as_str().to_owned()).collect(),
            waiting: Vec::new(),
            held: held.into_iter().collect(),
            usage: None,
        };
        // What was given back rests for a moment, which is manners and no part of the model: who says something new is
        // offered it at once.
        let other = Poll { accepts: vec!["another".to_owned()], ..poll.clone() };
        self.store.greet(&agent, &other, at(now)).await.unwrap();
        if self.store.greet(&agent, &poll, at(now)).await.unwrap() == Greeting::Superseded {
            return None;
        }
        let asking = Asking {
            agent: &agent.id,
            instance: &poll.instance,
            member: &agent.member_id,
            ready: state == ReadyState::Ready,
            accepts,
            held: &poll.held,
            waiting: &[],
        };
        Some(self.store.poll(&asking, at(now)).await.unwrap())
    }

    /// A `start`.
    pub async fn start(&self, by: u8, token: &str, now: i64) -> CallAnswer {
        let agent = self.agent(by).await;
        if agent.superseded {
            return CallAnswer::Superseded;
        }
        match self.store.start(&agent, &self.task, token, at(now)).await {
            Ok(leave) if leave.act_within_ms == 0 => CallAnswer::NoTime,
            leave => answer(leave.map(|leave| leave.replayed)),
        }
    }

    /// A `complete`.
    pub async fn complete(&self, by: u8, token: &str, body: Body, now: i64) -> CallAnswer {
        let agent = self.agent(by).await;
        let status = match body {
            Body::Completed => CompletionStatus::Completed,
            Body::Returned => CompletionStatus::Returned,
            _ => CompletionStatus::Failed,
        };
        let failure = (status == CompletionStatus::Failed).then(|| TaskFailure::new(code_of(body)));
        let output = match (body, self.read) {
            (Body::Completed, true) => json!({ "total": 0, "connections": [] }),
            (Body::Completed, false) => json!({ "sent": true }),
            _ => Value::Null,
        };
        let result = TaskResult { status, output: &output, failure, findings: None, hash: vec![body as u8] };
        let settled = self.store.complete(&agent, &self.task, token, result, at(now)).await;
        answer(settled.map(|settled| settled.replayed))
    }

    /// The caller's cancellation.
    pub async fn cancels(&self, now: i64) {
        self.store.cancel_task(&self.team, &self.task, at(now)).await.unwrap().unwrap();
    }

    /// A heartbeat: whether the agent is told to stop; `None` when the lease is gone.
    pub async fn beat(&self, by: u8, token: &str, now: i64) -> Option<bool> {
        let agent = self.agent(by).await;
        match self.store.heartbeat(&agent, &self.task, token, None, at(now)).await {
            Ok(action) => Some(action == HeartbeatAction::Cancel),
            Err(ResultError::NotFound | ResultError::Fenced(_)) => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// A sweep.
    pub async fn sweep(&self, now: i64) {
        self.store.sweep(at(now)).await.unwrap();
    }

    /// Where the task is, and with which code it failed.
    pub async fn stand(&self, now: i64) -> Option<(State, Option<String>)> {
        let view = self.store.task_view(&self.team, &self.task, at(now)).await.unwrap()?;
        let code = view.output.as_ref().and_then(|output| output["code"].as_str()).map(str::to_owned);
        Some((view.state, code))
    }
}

/// The code of a failure.
pub fn code_of(body: Body) -> ErrorCode {
    match body {
        Body::Unknown | Body::Carried => ErrorCode::OutcomeUnknown,
        Body::CannotResendYet => ErrorCode::CannotResendYet,
        Body::Cancelled => ErrorCode::Cancelled,
        Body::Expired => ErrorCode::Expired,
        Body::GivenUp => ErrorCode::Upstream,
        Body::Completed | Body::Returned | Body::Refused => ErrorCode::ProfileUnavailable,
    }
}

fn answer(result: Result<bool, ResultError>) -> CallAnswer {
    match result {
        Ok(replayed) => CallAnswer::Fine { replayed },
        Err(ResultError::NotFound | ResultError::Fenced(_)) => CallAnswer::Refused,
        Err(error) => panic!("{error}"),
    }
}

/// The kind, by its name on the wire.
pub fn kind(rules: &Rules) -> &'static str {
    server::kind(rules).as_str()
}
