//! The two ways to the same server: its store alone, and HTTP.

use crate::support::{Agent, Answer, FETCH, SEND, T0, World};
use liaison_protocol::{
    CompletionStatus, Held, Poll, ReadyState, TaskFailure, TaskInput, TaskOptions, TaskType, Waiting,
};
use liaison_server::Timestamp;
use liaison_server::lifecycle::Fenced;
use liaison_server::secret::hash_secret;
use liaison_server::store::{
    AgentIdentity, Asking, CreateError, Greeting, NewTask, Refusal, ResultError, Store, TaskResult,
};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A server with one team, one API key and one browser's token. Answers are statuses and bodies, as over HTTP.
pub trait Driver: Sized {
    async fn new() -> Self;
    fn now(&self) -> i64;
    fn advance(&mut self, ms: u64);
    async fn restart(&mut self);
    async fn create(&self, read: bool, body: &Value, key: Option<&str>) -> Answer;
    async fn status(&self, task: &str) -> Value;
    async fn cancel(&self, task: &str) -> Value;
    async fn poll(&self, poll: &Value) -> Answer;
    async fn start(&self, task: &str, token: &str) -> Answer;
    async fn beat(&self, task: &str, token: &str) -> Answer;
    async fn complete(&self, task: &str, body: &Value) -> Answer;
    /// Sweeps until nothing is due.
    async fn sweep(&self);
}

pub struct HttpDriver {
    world: Option<World>,
    agent: Agent,
}

impl HttpDriver {
    fn world(&self) -> &World {
        self.world.as_ref().unwrap()
    }
}

impl Driver for HttpDriver {
    async fn new() -> Self {
        let (world, agent) = World::paired().await;
        Self { world: Some(world), agent }
    }

    fn now(&self) -> i64 {
        self.world().now().0
    }

    fn advance(&mut self, ms: u64) {
        self.world().advance(ms);
    }

    async fn restart(&mut self) {
        let world = self.world.take().unwrap().restart().await;
        self.agent.url.clone_from(&world.server.url);
        self.world = Some(world);
        // Its own first sweep and its look whether there is more are over with these.
        self.sweep().await;
        self.sweep().await;
    }

    async fn create(&self, read: bool, body: &Value, key: Option<&str>) -> Answer {
        let path = if read { FETCH } else { SEND };
        match key {
            Some(key) => self.world().post_under(key, path, body).await,
            None => self.world().post(path, body.clone()).await,
        }
    }

    async fn status(&self, task: &str) -> Value {
        self.world().status(task).await
    }

    async fn cancel(&self, task: &str) -> Value {
        self.world().cancel(task).await
    }

    async fn poll(&self, poll: &Value) -> Answer {
        self.agent.call("poll", poll.clone()).await
    }

    async fn start(&self, task: &str, token: &str) -> Answer {
        self.agent.call(&format!("tasks/{task}/start"), json!({ "token": token })).await
    }

    async fn beat(&self, task: &str, token: &str) -> Answer {
        self.agent.call(&format!("tasks/{task}/heartbeat"), json!({"token": token, "progress": null})).await
    }

    async fn complete(&self, task: &str, body: &Value) -> Answer {
        self.agent.call(&format!("tasks/{task}/complete"), body.clone()).await
    }

    async fn sweep(&self) {
        self.world().server.sweep().await.unwrap();
    }
}

pub struct StoreDriver {
    store: Store,
    team: String,
    agent: AgentIdentity,
    now: Timestamp,
    folder: TempDir,
}

fn refused(status: u16, code: &str) -> Answer {
    (status, json!({"success": false, "code": code}))
}

fn of_result(error: &ResultError) -> Answer {
    match error {
        ResultError::Fenced(Fenced::LeaseLost) => refused(409, "lease_lost"),
        ResultError::Fenced(Fenced::ResultConflict) => refused(409, "result_conflict"),
        ResultError::Fenced(Fenced::TaskClosed) => refused(410, "task_closed"),
        other => panic!("{other}"),
    }
}

impl Driver for StoreDriver {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp(T0);
        let store = Store::open(&folder.path().join("liaison.db").into()).await.unwrap();
        let first = store.first_start(now).await.unwrap().unwrap();
        let team = store.first_team().await.unwrap();
        let (paired, _) = store.pair(&first.pairing_code, "a browser", now).await.unwrap().unwrap();
        let agent = store.agent_of_token(&paired.token).await.unwrap().unwrap();
        Self { store, team, agent, now, folder }
    }

    fn now(&self) -> i64 {
        self.now.0
    }

    fn advance(&mut self, ms: u64) {
        self.now = self.now.plus_ms(ms);
    }

    async fn restart(&mut self) {
        self.store.close().await;
        self.store = Store::open(&self.folder.path().join("liaison.db").into()).await.unwrap();
    }

    async fn create(&self, read: bool, body: &Value, key: Option<&str>) -> Answer {
        let kind = if read { TaskType::FetchConnections } else { TaskType::SendConnectionRequest };
        let fields = body.as_object().unwrap();
        let input = TaskInput::parse(kind, fields).unwrap();
        let options = TaskOptions::parse(kind, fields).unwrap();
        let mut echo = TaskInput::echo(kind, fields);
        options.echo_into(&mut echo);
        let new = NewTask { team: &self.team, input: &input, options, echo: &echo, key, part_of: None };
        match self.store.create_task(new, self.now).await {
            Ok(created) if created.deduplicated => {
                (200, json!({"api_agent_task_id": created.task, "deduplicated": true}))
            }
            Ok(created) => (200, json!({"api_agent_task_id": created.task})),
            Err(CreateError::Refused(Refusal::NoAgent)) => refused(403, "plugin_required"),
            Err(CreateError::KeyReused) => refused(422, "idempotency_key_reused"),
            Err(CreateError::OtherNote) => refused(409, "pending_with_another_note"),
            Err(CreateError::BeingCancelled) => refused(409, "being_cancelled"),
            Err(other) => panic!("{other}"),
        }
    }

    async fn status(&self, task: &str) -> Value {
        let view = self.store.task_view(&self.team, task, self.now).await.unwrap().unwrap();
        json!({"status": view.state.public(), "task_input": view.input, "task_output": view.output,
               "cancel_requested": view.cancel_requested})
    }

    async fn cancel(&self, task: &str) -> Value {
        let cancelled = self.store.cancel_task(&self.team, task, self.now).await.unwrap().unwrap();
        json!({"id": task, "status": cancelled.state.public(), "cancel_requested": cancelled.requested})
    }

    async fn poll(&self, poll: &Value) -> Answer {
        let poll: Poll = serde_json::from_value(poll.clone()).unwrap();
        let greeting = self.store.greet(&self.agent, &poll, self.now).await.unwrap();
        let Greeting::Welcome { account_fits } = greeting else { return refused(409, "superseded") };
        let held: &[Held] = &poll.held;
        let waiting: &[Waiting] = &poll.waiting;
        let asking = Asking {
            agent: &self.agent.id,
            instance: &poll.instance,
            member: &self.agent.member_id,
            ready: account_fits && poll.state == ReadyState::Ready,
            accepts: poll.accepts.iter().filter_map(|name| TaskType::from_wire(name)).collect(),
            waiting,
            held,
            resting: Vec::new(),
        };
        let work = self.store.poll(&asking, self.now).await.unwrap();
        (200, json!({"task": work.offer, "directives": work.directives}))
    }

    async fn start(&self, task: &str, token: &str) -> Answer {
        match self.store.start(&self.agent, task, token, self.now).await {
            Ok(leave) => (200, json!({"act_within_ms": leave.act_within_ms, "replayed": leave.replayed})),
            Err(error) => of_result(&error),
        }
    }

    async fn beat(&self, task: &str, token: &str) -> Answer {
        match self.store.heartbeat(&self.agent, task, token, None, self.now).await {
            Ok(action) => (200, json!({ "do": action })),
            Err(error) => of_result(&error),
        }
    }

    async fn complete(&self, task: &str, body: &Value) -> Answer {
        let result = TaskResult {
            status: serde_json::from_value(body["status"].clone()).unwrap(),
            output: &body["task_output"],
            failure: serde_json::from_value::<TaskFailure>(body["task_output"].clone()).ok(),
            findings: None,
            hash: hash_secret(&body.to_string()),
        };
        assert_eq!(result.failure.is_some(), result.status == CompletionStatus::Failed);
        match self.store.complete(&self.agent, task, body["token"].as_str().unwrap(), result, self.now).await
        {
            Ok(settled) => (200, json!({"status": settled.status, "replayed": settled.replayed})),
            Err(error) => of_result(&error),
        }
    }

    async fn sweep(&self) {
        while !self.store.sweep(self.now).await.unwrap().is_empty() {}
        self.store.forget_old_keys(self.now).await.unwrap();
    }
}
