//! A task server of either level, as a stranger would write one from `docs/PROTOCOL.md`: raw JSON in, raw JSON out.

use super::wire::{Fate, Letter};
use super::{FakeWorld, SERVER, TOKEN};
use liaison::ports::{TaskAnswer, TaskCall, TaskSilence, TaskTransport};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Poll, Waker};

const LATENCY_MS: i64 = 15;
const ACT_WITHIN_MS: i64 = 20_000;

/// What the server has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// `poll` and `complete`.
    One,
    /// `start`, `heartbeat` and directives too.
    Two,
}

/// What goes wrong with one call.
#[derive(Clone, Debug)]
pub enum Loss {
    /// Neither effect nor answer.
    Before,
    /// The effect, and no answer.
    After,
    /// No answer in time, and no effect.
    TimedOut,
    /// This answer, without an effect.
    Answer { status: u16, body: String, retry_after: Option<&'static str> },
    /// The true answer, so much later.
    Slow(i64),
    /// The effect, and this body to it.
    Body(String),
    /// This status so much later, without an effect.
    Late { ms: i64, status: u16 },
}

/// Where a task stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Stand {
    /// To be offered.
    Queued,
    /// Offered, not begun.
    Offered,
    /// Begun, by the steady clock.
    Started(i64),
    /// Ended: `completed` or `failed`, and the output.
    Ended(String, Value),
}

/// One task.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its id.
    pub id: String,
    kind: String,
    input: Value,
    /// Where it stands.
    pub stand: Stand,
    /// The newest epoch.
    pub epoch: u64,
    token: String,
    final_body: Option<Value>,
    /// Whether a caller wants it stopped.
    pub cancel: bool,
    /// How often it was returned.
    pub returned: u32,
    /// Whether an agent was asked to verify it: what is returned then may have been sent all the same.
    verified: bool,
}

/// The server.
pub struct TaskServer {
    /// What it has; a newer version of it may have more.
    pub level: Level,
    /// All tasks.
    pub tasks: Vec<Task>,
    /// Every call: its path and body.
    pub calls: Vec<(String, Value)>,
    /// Losses, each for the next call whose path ends so.
    pub script: VecDeque<(&'static str, Loss)>,
    /// Offers that are given out as they are, in answer to any poll.
    pub raw_offers: VecDeque<Value>,
    /// Directives that are given out as they are with the next poll's answer.
    pub raw_directives: Vec<Value>,
    /// Whether polls are held; a plain server answers at once.
    pub holds: bool,
    /// Offers what is held, too: a server that forgot a rule.
    pub ignores_held: bool,
    /// Offers whatever the agent accepts, and whatever its state: a server that obeys nothing.
    pub ignores_accepts: bool,
    /// When to poll again after an answer without a task.
    pub next_ms: u64,
    /// What `start` says besides the rest.
    pub act_within_ms: i64,
    parked: Vec<Waker>,
}

impl TaskServer {
    /// A server of that level, without a task.
    pub fn new(level: Level) -> Self {
        Self {
            level,
            tasks: Vec::new(),
            calls: Vec::new(),
            script: VecDeque::new(),
            raw_offers: VecDeque::new(),
            raw_directives: Vec::new(),
            holds: true,
            ignores_held: false,
            ignores_accepts: false,
            next_ms: 0,
            act_within_ms: ACT_WITHIN_MS,
            parked: Vec::new(),
        }
    }

    /// A new task; who waits is answered.
    pub fn add(&mut self, id: &str, kind: &str, input: Value) {
        self.tasks.push(Task {
            id: id.to_owned(),
            kind: kind.to_owned(),
            input,
            stand: Stand::Queued,
            epoch: 0,
            token: String::new(),
            final_body: None,
            cancel: false,
            returned: 0,
            verified: false,
        });
        self.wake();
    }

    /// Knows no more of a task, as one that lost its memory.
    pub fn forget(&mut self, id: &str) {
        self.tasks.retain(|task| task.id != id);
    }

    /// A task that was offered once, to an agent of another life.
    pub fn restore(&mut self, id: &str, kind: &str, input: Value, stand: Stand) {
        self.add(id, kind, input);
        if let Some(task) = self.tasks.last_mut() {
            (task.epoch, task.token, task.stand) = (1, format!("{id}#1"), stand);
        }
    }

    /// Offers this, as it is.
    pub fn offer_raw(&mut self, offer: Value) {
        self.raw_offers.push_back(offer);
        self.wake();
    }

    /// Answers who waits, as after a change.
    pub fn wake(&mut self) {
        self.parked.drain(..).for_each(Waker::wake);
    }

    /// Arms a loss for the next call whose path ends so.
    pub fn next(&mut self, path_end: &'static str, loss: Loss) {
        self.script.push_back((path_end, loss));
    }

    /// A task.
    pub fn task(&self, id: &str) -> &Task {
        self.tasks.iter().find(|task| task.id == id).unwrap_or_else(|| panic!("no task {id}"))
    }

    /// How a task ended, when it did.
    pub fn ended(&self, id: &str) -> Option<(String, Value)> {
        match &self.task(id).stand {
            Stand::Ended(status, output) => Some((status.clone(), output.clone())),
            _ => None,
        }
    }

    /// The bodies of calls whose path ends so.
    pub fn bodies(&self, path_end: &str) -> Vec<&Value> {
        self.calls.iter().filter(|(path, _)| path.ends_with(path_end)).map(|(_, body)| body).collect()
    }

    /// What the last poll said.
    pub fn last_poll(&self) -> Value {
        self.bodies("/poll").last().map_or(Value::Null, |body| (*body).clone())
    }

    /// The answer to a poll, when there is something to say.
    fn poll(&mut self, body: &Value, now: i64) -> Option<Value> {
        if let Some(offer) = self.raw_offers.pop_front() {
            return Some(self.answer(Some(offer), Vec::new()));
        }
        if self.level == Level::One {
            return self.poll_plainly(body);
        }
        let directives = self.directives(body);
        let offered = body["state"] == "ready" || self.ignores_accepts;
        let offer = if offered { self.offer(body, now) } else { None };
        (offer.is_some() || !directives.is_empty()).then(|| self.answer(offer, directives))
    }

    fn answer(&self, offer: Option<Value>, directives: Vec<Value>) -> Value {
        match self.level {
            Level::One => json!({ "task": offer }),
            Level::Two => json!({
                "task": offer, "directives": directives, "supports": ["start", "heartbeat", "usage"],
                "next_ms": if offer.is_some() { 0 } else { self.next_ms },
            }),
        }
    }

    fn poll_plainly(&mut self, body: &Value) -> Option<Value> {
        let is_held =
            |task: &Task| body["held"].as_array().unwrap().iter().any(|held| held["task"] == task.id);
        let ignores_held = self.ignores_held;
        let open = |task: &&Task| !matches!(task.stand, Stand::Ended(..)) && (ignores_held || !is_held(task));
        let task = self.tasks.iter().find(open)?;
        if body["state"] != "ready"
            || !body["accepts"].as_array().unwrap().iter().any(|kind| *kind == *task.kind)
        {
            return None;
        }
        let offer = json!({ "task": task.id, "task_type": task.kind, "task_input": task.input });
        Some(self.answer(Some(offer), Vec::new()))
    }

    fn directives(&mut self, body: &Value) -> Vec<Value> {
        let mut directives = std::mem::take(&mut self.raw_directives);
        for held in body["held"].as_array().unwrap() {
            let Some(task) = self.tasks.iter().find(|task| held["task"] == task.id) else { continue };
            let overtaken = held["epoch"].as_u64() < Some(task.epoch);
            let action = match &task.stand {
                Stand::Ended(..) => "abandon",
                _ if overtaken => "abandon",
                _ if held["phase"] == "finished" => "resend",
                _ if task.cancel => "cancel",
                _ => continue,
            };
            directives.push(json!({ "task": task.id, "epoch": held["epoch"], "do": action }));
        }
        directives
    }

    fn offer(&mut self, body: &Value, now: i64) -> Option<Value> {
        let is_held =
            |task: &Task| body["held"].as_array().unwrap().iter().any(|held| held["task"] == task.id);
        let ignores_accepts = self.ignores_accepts;
        let accepts = |task: &Task| {
            ignores_accepts || body["accepts"].as_array().unwrap().iter().any(|kind| *kind == *task.kind)
        };
        for task in &mut self.tasks {
            if is_held(task) {
                continue;
            }
            let is_read = task.kind == "agent_fetch_connections";
            let (fresh, mode, since) = match task.stand {
                Stand::Ended(..) => continue,
                Stand::Started(at) if !is_read && now >= at + ACT_WITHIN_MS + 60_000 => {
                    (false, "verify", Some(now - at))
                }
                Stand::Started(_) if !is_read => continue,
                _ if !accepts(task) => continue,
                Stand::Offered => (false, "run", None),
                Stand::Queued | Stand::Started(_) => (true, "run", None),
            };
            if fresh {
                task.epoch += 1;
                task.token = format!("{}#{}", task.id, task.epoch);
            }
            task.verified |= mode == "verify";
            if mode == "run" {
                task.stand = if is_read { Stand::Started(now) } else { Stand::Offered };
            }
            return Some(json!({
                "task": task.id, "task_type": task.kind, "task_input": task.input, "mode": mode,
                "token": task.token, "epoch": task.epoch, "since_ms": since, "attempt": 1,
            }));
        }
        None
    }

    fn about(&mut self, path: &str, body: &Value, now: i64) -> (u16, Value) {
        let mut parts = path.rsplit('/');
        let (verb, id) = (parts.next().unwrap(), parts.next().unwrap());
        let act_within_ms = self.act_within_ms;
        let Some(task) = self.tasks.iter_mut().find(|task| task.id == id) else {
            return if verb == "complete" { (200, json!({})) } else { problem(404, "not_found") };
        };
        let is_current = self.level == Level::One || body["token"] == task.token;
        match (verb, &task.stand) {
            ("complete", Stand::Ended(status, _)) => match &task.final_body {
                Some(last) if last == body || self.level == Level::One => {
                    (200, json!({ "status": status, "replayed": true }))
                }
                _ => problem(409, "result_conflict"),
            },
            (_, Stand::Ended(..)) => problem(410, "task_closed"),
            _ if !is_current => problem(409, "lease_lost"),
            ("start", Stand::Queued) => problem(409, "lease_lost"),
            ("start", stand) => {
                let replayed = matches!(stand, Stand::Started(_));
                if !replayed {
                    task.stand = Stand::Started(now);
                }
                (200, json!({ "lease_ms": 60_000, "act_within_ms": act_within_ms, "replayed": replayed }))
            }
            ("heartbeat", _) => {
                (200, json!({ "lease_ms": 60_000, "do": if task.cancel { "cancel" } else { "continue" } }))
            }
            ("complete", _) => {
                task.complete(body);
                (200, json!({ "status": "completed", "replayed": false }))
            }
            _ => problem(404, "not_found"),
        }
    }

    /// Takes a call whose reply nobody hears.
    pub fn take(&mut self, path: &str, body: &Value, now: i64) {
        if path.ends_with("/poll") {
            drop(self.poll(body, now));
        } else if !path.ends_with("/pair") {
            drop(self.about(path, body, now));
        }
    }

    fn mishap(&mut self, path: &str) -> Option<Loss> {
        let at = self.script.iter().position(|(end, _)| path.ends_with(end))?;
        self.script.remove(at).map(|(_, loss)| loss)
    }
}

impl Task {
    fn complete(&mut self, body: &Value) {
        if body["status"] == "returned" {
            self.returned += 1;
            if !self.verified {
                self.stand = Stand::Queued;
            }
            return;
        }
        self.final_body = Some(body.clone());
        self.stand = Stand::Ended(body["status"].as_str().unwrap().to_owned(), body["task_output"].clone());
    }
}

fn problem(status: u16, code: &str) -> (u16, Value) {
    (status, json!({ "success": false, "error": "no", "code": code }))
}

impl TaskTransport for FakeWorld {
    async fn call(&self, call: TaskCall) -> Result<TaskAnswer, TaskSilence> {
        let path = call.url.strip_prefix(SERVER).unwrap_or_else(|| panic!("called {}", call.url)).to_owned();
        let body: Value = serde_json::from_str(&call.body).unwrap();
        let verb = path.rsplit('/').next().unwrap().to_owned();
        let timeout_ms = call.timeout_ms.cast_signed();
        let fate = self.call_leaves(&path);
        self.point(&format!("{verb} left")).await;
        self.time.pass(LATENCY_MS).await;
        match fate {
            Some(Fate::RequestLate(ms)) if ms >= timeout_ms => {
                self.post_letter(ms, Letter::Task(path, body));
                self.time.pass(timeout_ms).await;
                return Err(TaskSilence::TimedOut);
            }
            Some(Fate::RequestLate(ms)) => self.time.pass(ms).await,
            _ => {}
        }
        let loss = {
            let mut server = self.server.borrow_mut();
            server.calls.push((path.clone(), body.clone()));
            server.mishap(&path).or(match fate {
                Some(Fate::RequestLost) => Some(Loss::Before),
                Some(Fate::ReplyLost) => Some(Loss::After),
                _ => None,
            })
        };
        match &loss {
            Some(Loss::Before) => return Err(TaskSilence::Unreachable),
            Some(Loss::TimedOut) => {
                self.time.pass(i64::try_from(call.timeout_ms).unwrap()).await;
                return Err(TaskSilence::TimedOut);
            }
            Some(Loss::Late { ms, status }) => {
                self.time.pass(*ms).await;
                return Ok(TaskAnswer { status: *status, retry_after: None, body: "{}".to_owned() });
            }
            // As a browser has it, which follows none.
            Some(Loss::Answer { status: 301 | 302 | 303 | 307 | 308, .. }) => {
                return Err(TaskSilence::Redirected);
            }
            Some(Loss::Answer { status, body, retry_after }) => {
                let retry_after = retry_after.map(str::to_owned);
                return Ok(TaskAnswer { status: *status, retry_after, body: body.clone() });
            }
            _ => {}
        }
        if fate == Some(Fate::Doubled) {
            self.server.borrow_mut().take(&path, &body, self.time.steady());
        }
        let (status, answer) = match verb.as_str() {
            "pair" if body["code"] == "CODE" => (200, json!({ "token": TOKEN, "agent": "a-1" })),
            "pair" => problem(401, "unauthorised"),
            _ if call.token.as_deref() != Some(TOKEN) => problem(401, "unauthorised"),
            "poll" => (200, self.parked(&body).await),
            _ => self.server.borrow_mut().about(&path, &body, self.time.steady()),
        };
        self.point(&format!("{verb} taken")).await;
        match (&loss, fate) {
            (Some(Loss::Slow(ms)), _) => self.time.pass(*ms).await,
            (_, Some(Fate::ReplyLate(ms))) => self.time.pass(ms.min(timeout_ms)).await,
            _ => {}
        }
        self.time.pass(LATENCY_MS).await;
        self.point(&format!("{verb} answered")).await;
        let body = match loss {
            _ if matches!(fate, Some(Fate::ReplyLate(ms)) if ms >= timeout_ms) => {
                return Err(TaskSilence::TimedOut);
            }
            Some(Loss::After) => return Err(TaskSilence::Unreachable),
            Some(Loss::Body(body)) => body,
            _ => answer.to_string(),
        };
        Ok(TaskAnswer { status, retry_after: None, body })
    }
}

impl FakeWorld {
    /// A poll's answer: at once when there is something to say, else when its time is over.
    async fn parked(&self, body: &Value) -> Value {
        let since = self.time.steady();
        let wait = body["wait_ms"].as_i64().unwrap();
        poll_fn(|context| {
            let now = self.time.steady();
            let mut server = self.server.borrow_mut();
            let hold = if server.holds { wait } else { 0 };
            if let Some(answer) = server.poll(body, now) {
                return Poll::Ready(answer);
            }
            if now >= since + hold {
                return Poll::Ready(server.answer(None, Vec::new()));
            }
            server.parked.push(context.waker().clone());
            self.time.wake_at(since + hold, context.waker());
            Poll::Pending
        })
        .await
    }
}
