//! Each effect as a call through the ports, and its outcome as an event.

use super::Driver;
use crate::agent::entry::{Entry, Stage};
use crate::agent::event::{CommandId, Event, Identity, PairingRequest, PairingSecret, Reply, SiteCall};
use crate::agent::server_url::ServerUrl;
use crate::agent::state::Pairing;
use crate::agent::status::{Answer, Problem, TestStep};
use crate::ports::{Clock, Face, Ports, SiteTransport, TaskAnswer, TaskCall, TaskSilence, TaskTransport};
use crate::{execute, tasks};
use futures_util::FutureExt;
use liaison_protocol::{CompleteAnswer, PairAnswer, Poll, PollAnswer, Progress, ReadyState};
use std::rc::Rc;

/// The permission without which LinkedIn can't be talked to.
const SITE_PATTERN: &str = "https://www.linkedin.com/*";

/// The step of the connection test that a poll which got through passes.
const AUTHORISE: &str = "authorise";

impl<P: Ports> Driver<P> {
    pub(super) fn poll(&mut self, generation: u64, poll: Poll) {
        let Some(pairing) = self.state.pairing.clone() else { return };
        let ports = Rc::clone(&self.ports);
        self.begin_poll(async move {
            let sent_at = ports.clock().now();
            let answer = ports.tasks().call(tasks::poll(&pairing, &poll)).await;
            let unreached = answer.is_err();
            let mut reply = tasks::sort_poll(answer, ports.clock().now());
            let pattern = pairing.server.permission_pattern();
            if unreached && !ports.face().has_permission(&pattern).await {
                reply = Reply::Retry { retry_after_ms: None, problem: no_server_permission() };
            }
            Event::Polled { generation, sent_at, reply }
        });
    }

    pub(super) fn start(&mut self, task: String) {
        let Some((pairing, entry)) = self.about(&task) else { return };
        let call = tasks::start(&pairing, &task, &entry.token);
        self.call(call, move |answer, now| Event::Started { task, reply: tasks::sort(answer, now) });
    }

    pub(super) fn heartbeat(&mut self, task: String) {
        let Some((pairing, entry)) = self.about(&task) else { return };
        let call = tasks::heartbeat(&pairing, &task, &entry.token, progress_of(&entry));
        self.call(call, move |answer, now| Event::Beaten { task, reply: tasks::sort(answer, now) });
    }

    pub(super) fn complete(&mut self, task: String, body: &str) {
        let Some((pairing, _)) = self.about(&task) else { return };
        let call = tasks::complete(&pairing, &task, body);
        self.call(call, move |answer, now| Event::Completed { task, reply: sort_completion(answer, now) });
    }

    pub(super) fn site(&mut self, task: Option<String>, call: SiteCall) {
        let ports = Rc::clone(&self.ports);
        self.begin(async move {
            let outcome = execute::perform(call, ports.as_ref()).await;
            Some(Event::Site { task, outcome })
        });
    }

    pub(super) fn pair(&mut self, id: CommandId, request: PairingRequest) {
        let ports = Rc::clone(&self.ports);
        self.begin(async move {
            let draw = || ports.clock().random();
            let instance = format!("{:016x}{:016x}", draw(), draw());
            let identity = Identity { instance, salt: (draw(), draw()) };
            let result = try_pairing(ports.as_ref(), &request, &identity.instance).await;
            Some(Event::Paired { id, request, identity, result })
        });
    }

    pub(super) fn probe(&mut self, id: CommandId, poll: Poll) {
        let Some(pairing) = self.state.pairing.clone() else { return };
        let ports = Rc::clone(&self.ports);
        self.begin(async move {
            let steps = probe(ports.as_ref(), &pairing.server, &pairing.token, &poll).await;
            let is_served = steps.iter().any(|step| step.name == AUTHORISE && step.ok);
            let served = is_served.then_some(poll.instance);
            let error = TestStep::failure(&steps);
            let answer = Answer { ok: error.is_none(), error, steps: Some(steps), ..Answer::done() };
            Some(Event::Probed { id, answer, served })
        });
    }

    fn about(&self, task: &str) -> Option<(Rc<Pairing>, Rc<Entry>)> {
        Some((self.state.pairing.clone()?, self.state.tasks.get(task)?.clone()))
    }

    fn call(
        &self,
        call: TaskCall,
        event: impl FnOnce(Result<TaskAnswer, TaskSilence>, i64) -> Event + 'static,
    ) {
        let ports = Rc::clone(&self.ports);
        let instance =
            self.state.pairing.as_ref().map(|pairing| pairing.instance.clone()).unwrap_or_default();
        let work = async move {
            let answer = ports.tasks().call(call).await;
            (instance, event(answer, ports.clock().now()))
        };
        self.asked.push(work.boxed_local());
    }
}

/// Any 2xx to a `complete` is final, with or without a body.
fn sort_completion(answer: Result<TaskAnswer, TaskSilence>, now: i64) -> Reply<CompleteAnswer> {
    tasks::sort_forgiving(answer, now)
}

fn progress_of(entry: &Entry) -> Option<Progress> {
    match &entry.stage {
        Stage::Walking(walk) => {
            let of = walk.input.keyword.is_none().then_some(walk.input.count);
            Some(Progress { done: walk.walked, of })
        }
        _ => None,
    }
}

async fn try_pairing<P: Ports>(
    ports: &P,
    request: &PairingRequest,
    instance: &str,
) -> Result<PairAnswer, Problem> {
    if !ports.face().has_permission(&request.server.permission_pattern()).await {
        return Err(no_server_permission());
    }
    match &request.secret {
        PairingSecret::Code(_) => {
            let Some(call) = tasks::pair(request) else { return Err(tasks::not_our_protocol()) };
            let answer = ports.tasks().call(call).await;
            into_result(
                tasks::sort(answer, ports.clock().now()),
                ("unknown_code", "The server doesn't know this code"),
            )
        }
        PairingSecret::Token(token) => {
            let poll = empty_poll(instance, ports.version());
            let answer = ports.tasks().call(tasks::poll_with(&request.server, token, &poll)).await;
            let reply = tasks::sort_poll(answer, ports.clock().now());
            into_result(reply, ("unknown_token", "The server doesn't know this token"))
                .map(|_| PairAnswer { token: token.clone(), agent: String::new() })
        }
    }
}

/// A poll that takes nothing and is answered at once.
fn empty_poll(instance: &str, version: String) -> Poll {
    Poll {
        instance: instance.to_owned(),
        version,
        account: None,
        wait_ms: 0,
        state: ReadyState::Paused,
        accepts: Vec::new(),
        waiting: Vec::new(),
        held: Vec::new(),
        usage: None,
    }
}

fn into_result<T>(reply: Reply<T>, unknown: (&'static str, &'static str)) -> Result<T, Problem> {
    match reply {
        Reply::Ok(value) => Ok(value),
        Reply::Refused { status: 401 | 403, .. } => {
            let (said, message) = unknown;
            let problem = Problem::new("unauthorised", message, "Ask the server for a new one and try again");
            Err(problem.said(said, Vec::new()))
        }
        Reply::Refused { .. } => Err(tasks::not_our_protocol()),
        Reply::Retry { problem, .. } => Err(problem),
    }
}

fn no_server_permission() -> Problem {
    Problem::new(
        "no_permission",
        "The browser doesn't let the extension talk to this server",
        "Allow access when the browser asks",
    )
    .said("no_server_permission", Vec::new())
}

/// The connection test: permission, reach, protocol, authorisation, LinkedIn. Stops at the first server step that
/// fails; LinkedIn is looked at in any case.
async fn probe<P: Ports>(ports: &P, server: &ServerUrl, token: &str, poll: &Poll) -> Vec<TestStep> {
    let mut steps = Vec::new();
    let allowed = ports.face().has_permission(&server.permission_pattern()).await;
    steps.push(step_of("permission", allowed.then_some(()).ok_or_else(no_server_permission)));
    if allowed {
        let answer = ports.tasks().call(tasks::poll_with(server, token, poll)).await;
        let reached = answer.as_ref().map(|_| ()).map_err(|&silence| tasks::silent(silence));
        let is_reached = reached.is_ok();
        steps.push(step_of("reach", reached));
        if is_reached {
            let reply = tasks::sort_poll(answer, ports.clock().now());
            server_steps(reply, &mut steps);
        }
    }
    steps.push(linkedin_step(ports).await);
    steps
}

fn server_steps(reply: Reply<PollAnswer>, steps: &mut Vec<TestStep>) {
    let unauthorised = |said: &'static str, message: &'static str| {
        let problem = Problem::new("unauthorised", message, "Pair again with a new code or token");
        Err(problem.said(said, Vec::new()))
    };
    match reply {
        Reply::Ok(_) => {
            steps.push(step_of("protocol", Ok(())));
            steps.push(step_of(AUTHORISE, Ok(())));
        }
        Reply::Refused { status: 401 | 403, .. } => {
            steps.push(step_of("protocol", Ok(())));
            steps.push(step_of(
                AUTHORISE,
                unauthorised("token_refused", "The server doesn't take this browser's token"),
            ));
        }
        Reply::Refused { status: 409, .. } => {
            steps.push(step_of("protocol", Ok(())));
            steps.push(step_of(
                AUTHORISE,
                unauthorised("superseded", "Another browser has paired in this one's place"),
            ));
        }
        Reply::Refused { .. } => steps.push(step_of("protocol", Err(tasks::not_our_protocol()))),
        Reply::Retry { problem, .. } => steps.push(step_of("protocol", Err(problem))),
    }
}

async fn linkedin_step<P: Ports>(ports: &P) -> TestStep {
    if !ports.face().has_permission(SITE_PATTERN).await {
        return step_of("linkedin", Err(Problem::no_site_permission()));
    }
    let session = ports.site().session().await;
    let found = if session.signed_in && session.csrf.is_some() {
        Ok(())
    } else {
        Err(Problem::of(liaison_protocol::ErrorCode::SignedOut))
    };
    step_of("linkedin", found)
}

fn step_of(name: &'static str, result: Result<(), Problem>) -> TestStep {
    match result {
        Ok(()) => TestStep::passed(name, "", ""),
        Err(problem) => TestStep::stumbled(name, problem),
    }
}
