//! What `docs/API.md` adds to the documented calls: no server needs it, and one that has it has it so.

use super::caller::is_error;
use super::one::row;
use crate::agent::{Outcome, Poll};
use crate::caller::{CANCEL, Caller, path_of};
use crate::check::{Check, Level, checks};
use crate::kit::Kit;
use crate::shape::Kind;
use crate::wire::Answer;
use serde_json::{Value, json};

checks! { Extras, "docs/API.md";
    WAIT "extras.wait": "a status with `wait` is held back until the task has ended",
        "`&wait=<seconds>` on a status, 1 to 25, is ours: the answer is held back until the task has ended.";
    WAIT_RANGE "extras.wait-range": "another `wait` is refused", "Another value is a 400 with the text `Invalid 'wait': must be an integer between 1 and 25`.";
    SAME_KEY "extras.same-key": "the same request under the same key is the same task", "The same key and the same request: 200 and the same answer, the same task.";
    KEY_REUSED "extras.key-reused": "another request under the same key is 422, and makes nothing",
        "The same key and another request, or the other call: 422 `idempotency_key_reused`. Nothing is done.";
    SAME_PERSON "extras.same-person": "a second invitation to somebody is answered with the first one's task, however they are spelled",
        "An invitation to somebody to whom the team's acting account has one already is answered with the task that is there, and `\"deduplicated\":true`";
    OTHER_NOTE "extras.other-note": "with another note, while the first is pending, it is 409", "| `pending`, with another note | 409 `pending_with_another_note`";
    DUPLICATE "extras.duplicate": "`allow_duplicate` makes another task", "`\"allow_duplicate\":true` makes a new task in any case; anything but a boolean is 400.";
    DEADLINE "extras.deadline": "`deadline_ms` is an integer from a minute to 30 days", "an integer from 60,000 (a minute) to 2,592,000,000 (30 days), for both calls.";
    CANCEL_PENDING "extras.cancel-pending": "a cancelled task that was not taken ends at once, and is not offered",
        "it ends at once, `failed`/`cancelled`; nothing of it is ever sent";
    CANCEL_TWICE "extras.cancel-twice": "cancelling may be repeated", "Cancelling is durable before it is answered, and may be repeated.";
    CANCEL_UNKNOWN "extras.cancel-unknown": "cancelling what isn't there is 404", "Unknown tasks and those of other teams: 404.";
    WAITING "extras.waiting": "a status says why the task waits, as its agent said", "Of a `pending` task it is what the agent of the acting admin last said about this kind of task";
}

const NO_TASK: &str = "550e8400-e29b-41d4-a716-446655440000";
const HOUR_MS: u64 = 3_600_000;

/// Whether the server has them: it knows `cancel-task`.
pub async fn are_offered(caller: &Caller) -> bool {
    let answer = caller.post(CANCEL, &json!({})).await;
    answer.is_ok_and(|answer| is_error(&answer, 400, "Missing or invalid 'api_agent_task_id'").is_ok())
}

/// Tries all of it.
pub async fn run(kit: &mut Kit) {
    let Some(caller) = kit.caller.clone() else { return };
    waits(kit, &caller).await;
    keys(kit, &caller).await;
    a_person_twice(kit, &caller).await;
    cancels(kit, &caller).await;
    says_why(kit, &caller).await;
    kit.tidy_up().await;
}

async fn waits(kit: &mut Kit, caller: &Caller) -> Option<()> {
    kit.tidy_up().await;
    let input = kit.fresh_input(Kind::Read);
    let task = caller.create(Kind::Read, &input).await;
    let task = kit.need(&WAIT, task)?;
    let offer = kit.take_queued(Kind::Read).await;
    let offer = kit.need(&WAIT, offer)?;
    let outcome = Outcome::rows(&[row(1, "At work")]);
    let (data, ended) = tokio::join!(caller.status(&task, "&wait=25"), kit.end(&offer, &outcome));
    kit.need(&WAIT, ended)?;
    kit.judge(
        &WAIT,
        data.and_then(|data| match &data["status"] {
            status if status == "completed" => Ok(()),
            status => Err(format!("the status with `wait` was answered while the task was {status}")),
        }),
    );
    for wait in ["0", "26", "1.5", "x"] {
        let answer = caller.ask(caller.credential(), &format!("?api_agent_task_id={task}&wait={wait}")).await;
        let text = "Invalid 'wait': must be an integer between 1 and 25";
        kit.judge(&WAIT_RANGE, answer.and_then(|answer| is_error(&answer, 400, text)));
    }
    Some(())
}

async fn keys(kit: &mut Kit, caller: &Caller) -> Option<()> {
    kit.tidy_up().await;
    let key = kit.fresh_word();
    let input = kit.fresh_input(Kind::Read);
    let (fetch, invite) = (path_of(Kind::Read), path_of(Kind::Invitation));
    let first = caller.post_under(&key, fetch, &input).await.and_then(id_of);
    let first = kit.need(&SAME_KEY, first)?;
    let second = caller.post_under(&key, fetch, &input).await.and_then(id_of);
    kit.judge(&SAME_KEY, second.and_then(|second| is_same(&second, &first)))?;
    let (read, person) = (kit.fresh_input(Kind::Read), kit.fresh_input(Kind::Invitation));
    for (path, other) in [(fetch, read), (invite, person)] {
        let answer = caller.post_under(&key, path, &other).await;
        kit.judge(&KEY_REUSED, answer.and_then(|answer| has_code(&answer, 422, "idempotency_key_reused")));
    }
    let offer = kit.take_queued(Kind::Read).await;
    let offer = kit.need(&KEY_REUSED, offer)?;
    let ended = kit.end(&offer, &Outcome::rows(&[])).await;
    kit.need(&KEY_REUSED, ended)?;
    let left = kit.agent.poll(Poll::ready(&Kind::BOTH)).await;
    kit.judge(
        &KEY_REUSED,
        left.and_then(|answer| match answer.offer {
            None => Ok(()),
            Some(offer) => Err(format!("one task was made, and {} was offered too", offer.task)),
        }),
    );
    for value in [json!(59_999), json!(2_592_000_001_u64), json!("60000"), json!(60_000.5)] {
        let answer = caller.post(fetch, &json!({"deadline_ms": value})).await;
        kit.judge(&DEADLINE, answer.and_then(|answer| has_code(&answer, 400, "invalid_input")));
    }
    let taken = caller.post(fetch, &json!({"deadline_ms": 60_000})).await.and_then(id_of);
    kit.judge(&DEADLINE, taken).map(drop)
}

async fn a_person_twice(kit: &mut Kit, caller: &Caller) -> Option<()> {
    kit.tidy_up().await;
    let path = path_of(Kind::Invitation);
    let person = kit.fresh_input(Kind::Invitation);
    let first = caller.post(path, &person).await.and_then(id_of);
    let first = kit.need(&SAME_PERSON, first)?;
    let mut again = person.clone();
    again["profile_urn"] =
        json!(format!("urn:li:fsd_profile:{}", person["profile_urn"].as_str().unwrap_or_default()));
    let second =
        caller.post(path, &again).await.and_then(|answer| match answer.json["deduplicated"] == true {
            true => is_same(&id_of(answer)?, &first),
            false => Err(format!("it was answered {}, without `\"deduplicated\":true`", answer.quote())),
        });
    kit.judge(&SAME_PERSON, second)?;
    again["note"] = json!("another note");
    let noted = caller.post(path, &again).await;
    kit.judge(&OTHER_NOTE, noted.and_then(|answer| has_code(&answer, 409, "pending_with_another_note")));
    again["allow_duplicate"] = json!(true);
    let another = caller.post(path, &again).await.and_then(id_of);
    kit.judge(
        &DUPLICATE,
        another.and_then(|another| match is_same(&another, &first) {
            Ok(()) => Err(format!("`allow_duplicate` was answered with task {first}, which was there")),
            Err(_) => Ok(()),
        }),
    );
    again["allow_duplicate"] = json!("yes");
    let odd = caller.post(path, &again).await;
    kit.judge(&DUPLICATE, odd.and_then(|answer| has_code(&answer, 400, "invalid_input")))
}

async fn cancels(kit: &mut Kit, caller: &Caller) -> Option<()> {
    kit.tidy_up().await;
    let input = kit.fresh_input(Kind::Read);
    let task = caller.create(Kind::Read, &input).await;
    let task = kit.need(&CANCEL_PENDING, task)?;
    let cancelled = caller.cancel(&task).await.and_then(|answer| is_cancelled(answer, &task));
    kit.judge(&CANCEL_PENDING, cancelled)?;
    let offered = kit.agent.poll(Poll::ready(&Kind::BOTH)).await;
    kit.judge(
        &CANCEL_PENDING,
        offered.and_then(|answer| match answer.offer {
            Some(offer) if offer.input["keyword"] == input["keyword"] => {
                Err("the cancelled task was offered".to_owned())
            }
            _ => Ok(()),
        }),
    );
    let data = caller.status(&task, "").await;
    kit.judge(
        &CANCEL_PENDING,
        data.and_then(|data| match data["task_output"]["code"] == "cancelled" {
            true => Ok(()),
            false => Err(format!("the cancelled task is shown as {data}")),
        }),
    );
    let again = caller.cancel(&task).await.and_then(|answer| is_cancelled(answer, &task));
    kit.judge(&CANCEL_TWICE, again);
    let unknown = caller.cancel(NO_TASK).await;
    kit.judge(&CANCEL_UNKNOWN, unknown.and_then(|answer| is_error(&answer, 404, "Agent task not found")))
}

async fn says_why(kit: &mut Kit, caller: &Caller) -> Option<()> {
    kit.tidy_up().await;
    let input = kit.fresh_input(Kind::Read);
    let task = caller.create(Kind::Read, &input).await;
    let task = kit.need(&WAITING, task)?;
    let waits = Poll::ready(&[Kind::Invitation]).waiting(Kind::Read, "working_hours", HOUR_MS);
    let polled = kit.agent.poll(waits).await;
    kit.need(&WAITING, polled)?;
    let data = caller.status(&task, "").await;
    kit.judge(
        &WAITING,
        data.and_then(|data| {
            let waiting = &data["waiting"];
            if waiting["reason"] == "working_hours" && waiting["until"].is_string() {
                Ok(())
            } else {
                Err(format!("the agent said working_hours, and `data.waiting` is {waiting}"))
            }
        }),
    )
}

fn id_of(answer: Answer) -> Result<String, String> {
    let answer = answer.ok("the POST")?;
    let id = answer.json["api_agent_task_id"].as_str();
    id.map(str::to_owned).ok_or_else(|| format!("the POST was answered {}", answer.quote()))
}

fn is_same(task: &str, first: &str) -> Result<(), String> {
    if task == first {
        Ok(())
    } else {
        Err(format!("it was answered with task {task}, and not with {first}"))
    }
}

fn has_code(answer: &Answer, status: u16, code: &str) -> Result<(), String> {
    if answer.status == status && answer.json["code"] == code {
        Ok(())
    } else {
        Err(format!("{status} `{code}` was due, and {} came", answer.quote()))
    }
}

fn is_cancelled(answer: Answer, task: &str) -> Result<(), String> {
    let answer = answer.ok("cancel-task")?;
    let data: &Value = &answer.json["data"];
    let right = data["id"] == task && data["status"] == "failed" && data["cancel_requested"] == true;
    if right { Ok(()) } else { Err(format!("cancel-task was answered {}", answer.quote())) }
}
