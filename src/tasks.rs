//! The task server's calls as values: what is posted, and how an answer is sorted. No sending.

mod unread;

use crate::agent::event::{PairingRequest, PairingSecret, Reply};
use crate::agent::server_url::ServerUrl;
use crate::agent::state::Pairing;
use crate::agent::status::{Problem, UNREACHABLE};
use crate::config::{ANSWER_BYTES, CALL_TIMEOUT_MS, POLL_GRACE_MS};
use crate::json;
use crate::ports::{TaskAnswer, TaskCall, TaskSilence};
use crate::voyager::time::retry_after_ms;
use liaison_protocol::{Heartbeat, PairRequest, Poll, PollAnswer, Progress, Start};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Path of the poll, behind the server's URL.
pub const POLL: &str = "/agent/v1/poll";
const PAIR: &str = "/agent/v1/pair";

/// A poll.
#[must_use]
pub fn poll(pairing: &Pairing, poll: &Poll) -> TaskCall {
    poll_with(&pairing.server, &pairing.token, poll)
}

/// A poll with a token that isn't a pairing's yet.
#[must_use]
pub fn poll_with(server: &ServerUrl, token: &str, poll: &Poll) -> TaskCall {
    let timeout_ms = poll.wait_ms + POLL_GRACE_MS;
    TaskCall { url: server.call(POLL), token: Some(token.to_owned()), body: json::write(poll), timeout_ms }
}

/// The exchange of a one-time code; `None` when a token was pasted.
#[must_use]
pub fn pair(request: &PairingRequest) -> Option<TaskCall> {
    let PairingSecret::Code(code) = &request.secret else { return None };
    let body = json::write(&PairRequest { code: code.clone(), name: request.name.clone() });
    Some(TaskCall { url: request.server.call(PAIR), token: None, body, timeout_ms: CALL_TIMEOUT_MS })
}

/// A `start`.
#[must_use]
pub fn start(pairing: &Pairing, task: &str, token: &str) -> TaskCall {
    about(pairing, task, "start", json::write(&Start { token: token.to_owned() }))
}

/// A heartbeat.
#[must_use]
pub fn heartbeat(pairing: &Pairing, task: &str, token: &str, progress: Option<Progress>) -> TaskCall {
    about(pairing, task, "heartbeat", json::write(&Heartbeat { token: token.to_owned(), progress }))
}

/// A `complete`, with its body as the journal has it.
#[must_use]
pub fn complete(pairing: &Pairing, task: &str, body: &str) -> TaskCall {
    about(pairing, task, "complete", body.to_owned())
}

fn about(pairing: &Pairing, task: &str, verb: &str, body: String) -> TaskCall {
    // Invariant: a task's id was checked when it was offered and needs no escaping.
    let url = pairing.server.call(&format!("/agent/v1/tasks/{task}/{verb}"));
    TaskCall { url, token: Some(pairing.token.clone()), body, timeout_ms: CALL_TIMEOUT_MS }
}

/// Sorts an answer that must have a body of the protocol.
#[must_use]
pub fn sort<T: DeserializeOwned>(answer: Result<TaskAnswer, TaskSilence>, now: i64) -> Reply<T> {
    let is_fit = |body: &&str| body.len() <= ANSWER_BYTES;
    sort_with(answer, now, |body| Some(body).filter(is_fit).and_then(json::read).ok_or_else(not_our_protocol))
}

/// Sorts the answer to a poll. A task whose id can be read is not lost over another member of its offer.
#[must_use]
pub fn sort_poll(answer: Result<TaskAnswer, TaskSilence>, now: i64) -> Reply<PollAnswer> {
    sort_with(answer, now, |body| match body.len() {
        0..=ANSWER_BYTES => json::read(body).map_or_else(|| unread::poll_answer(body), Ok),
        _ => Err(not_our_protocol()),
    })
}

/// Sorts an answer whose status alone is final; a body is welcome.
#[must_use]
pub fn sort_forgiving<T: DeserializeOwned + Default>(
    answer: Result<TaskAnswer, TaskSilence>,
    now: i64,
) -> Reply<T> {
    sort_with(answer, now, |body| Ok(json::read(body).unwrap_or_default()))
}

fn sort_with<T>(
    answer: Result<TaskAnswer, TaskSilence>,
    now: i64,
    read: impl FnOnce(&str) -> Result<T, Problem>,
) -> Reply<T> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(silence) => return Reply::Retry { retry_after_ms: None, problem: silent(silence) },
    };
    match answer.status {
        200..=299 => match read(&answer.body) {
            Ok(value) => Reply::Ok(value),
            Err(problem) => Reply::Retry { retry_after_ms: None, problem },
        },
        401 | 403 | 404 | 409 | 410 | 413 | 422 => {
            Reply::Refused { status: answer.status, code: code_of(&answer.body) }
        }
        status => {
            let retry_after_ms = match status {
                429 | 503 => answer.retry_after.as_deref().and_then(|header| retry_after_ms(header, now)),
                _ => None,
            };
            Reply::Retry { retry_after_ms, problem: trouble_at_server(status) }
        }
    }
}

fn code_of(body: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Refusal {
        code: String,
    }
    json::read::<Refusal>(body).map(|refusal| refusal.code)
}

/// Why nothing came that could be read.
#[must_use]
pub fn silent(silence: TaskSilence) -> Problem {
    let (said, message) = match silence {
        TaskSilence::Unreachable => ("unreachable", "The server can't be reached"),
        TaskSilence::TimedOut => ("no_answer_in_time", "The server didn't answer in time"),
        TaskSilence::Redirected => return redirected(),
    };
    let remedy = "Check that the server runs and that its address is right";
    Problem::new(UNREACHABLE, message, remedy).said(said, Vec::new())
}

fn redirected() -> Problem {
    Problem::new(
        "redirected",
        "The server's address redirects elsewhere: to a login page, to https, or to another address",
        "Pair with the server's final address",
    )
}

/// Something answered that doesn't speak the protocol.
#[must_use]
pub fn not_our_protocol() -> Problem {
    Problem::new(
        "not_a_task_server",
        "What answered there is not a task server of this protocol",
        "Check the server's address, the path included",
    )
}

fn trouble_at_server(status: u16) -> Problem {
    let message = format!("The server answered {status}");
    let problem = Problem::new("server_error", message, "Look at the server's log");
    problem.said("server_error", vec![status.to_string()])
}
