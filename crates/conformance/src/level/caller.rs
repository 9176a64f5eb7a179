//! The documented caller API: three calls, exact to the letter.

use super::one::row;
use crate::agent::{Outcome, Poll};
use crate::caller::{Caller, STATUS, path_of};
use crate::check::{Check, Level, checks};
use crate::kit::Kit;
use crate::shape::{Kind, Offer};
use crate::wire::{Answer, Credential};
use serde_json::{Value, json};

checks! { Caller, "docs/API.md";
    FETCH "caller.fetch": "a fetch is answered with an id and its message",
        "Both POSTs answer 200 with `{\"success\":true,\"api_agent_task_id\":\"<id>\",\"message\":\"<text>\"}`.";
    PENDING "caller.pending": "a waiting task is shown with its whole input, and no output",
        "`task_input` holds every documented field as the caller sent it, absent ones with their default or `null`, and `task_type`.";
    PASSED_ON "caller.passed-on": "the agent is offered what the caller asked for", "holds every documented field as the caller sent it";
    COMPLETED "caller.completed": "a completed task is shown with the rows that the agent read",
        "`get-task-status` answers 200 with `{\"success\":true,\"data\":{\"id\",\"status\",\"task_input\",\"task_output\"}}`.";
    FIRST "caller.first-result": "another result for a finished task doesn't show", "`task_output` is `null` until the task has ended.";
    INVITE "caller.invite": "an invitation is answered with an id and its message, and ends with `{\"sent\":true}`",
        "The text is `Fetch connections task created successfully` or `Send connection request task created successfully`.";
    FAILED "caller.failed": "a failed task is shown with its error and code",
        "`get-task-status` answers 200 with `{\"success\":true,\"data\":{\"id\",\"status\",\"task_input\",\"task_output\"}}`.";
    FORGIVING "caller.forgiving": "`null`, no body, `40.0`, unknown members and every spelling of a profile are taken",
        "`null` means absent, a POST without a body is `{}`, `40.0` is 40, and members that nobody knows are ignored.";
    KEY "caller.key": "without a key, or with a wrong one, 401 comes before anything else", "| 401 | `Missing API Key` · `Invalid API Key` | whatever else is wrong |";
    BODY "caller.body": "what is no JSON object is refused", "| 400 | `Invalid JSON body` | it is not a JSON object |";
    FETCH_INPUT "caller.fetch-input": "each wrong member of a fetch has its text",
        "| 400 | `Invalid 'start': must be a non-negative integer` · `Invalid 'count': must be an integer between 1 and 500` | a fetch; nothing is clamped |";
    INVITE_INPUT "caller.invite-input": "each wrong member of an invitation has its text",
        "| 400 | `Missing or invalid 'profile_urn'` · `Invalid 'note': must be a string` · `Invalid 'note': must be 300 characters or fewer` | an invitation |";
    TASK_ID "caller.task-id": "a status without an id is refused", "| 400 | `Missing or invalid 'api_agent_task_id'` | a status |";
    UNKNOWN "caller.unknown": "a task that isn't there is 404", "| 404 | `Agent task not found` | unknown, or another team's |";
    ERRORS "caller.errors": "unknown addresses and wrong methods are errors in JSON too",
        "An error is `{\"success\":false,\"error\":\"<text>\"}`, to an unknown address (404) and a wrong method (405) too.";
    LIMIT "caller.limit": "after LinkedIn's limit was met an invitation is 429, a wrong one still 400, and a fetch still taken",
        "| 429 | `LinkedIn invitation limit reached` | an invitation, while the limit that LinkedIn named last lasts; with `Retry-After` |";
}

const WRONG_KEY: &str = "conformance-wrong-key";
/// An id as they are given out, of no task.
const NO_TASK: &str = "550e8400-e29b-41d4-a716-446655440000";
/// How long the limit lasts that the kit makes up: long enough to ask three times.
const LIMIT_MS: u64 = 15_000;

/// Tries all of it.
pub async fn run(kit: &mut Kit) {
    let Some(caller) = kit.caller.clone() else { return };
    a_fetch(kit, &caller).await;
    an_invitation(kit, &caller).await;
    a_failure(kit, &caller).await;
    forgiving(kit, &caller).await;
    refusals(kit, &caller).await;
    kit.tidy_up().await;
}

/// Tries what has to come last: no invitation is taken for a while after it.
pub async fn run_last(kit: &mut Kit) {
    let Some(caller) = kit.caller.clone() else { return };
    a_limit(kit, &caller).await;
    kit.tidy_up().await;
}

async fn a_fetch(kit: &mut Kit, caller: &Caller) -> Option<()> {
    kit.tidy_up().await;
    let keyword = kit.fresh_word();
    let answer = caller.post(path_of(Kind::Read), &json!({"keyword": keyword})).await;
    let task = answer.and_then(|answer| created(answer, "Fetch connections task created successfully"));
    let task = kit.judge(&FETCH, task)?;
    let input = json!({"keyword": keyword, "sort_type": null, "start": 0, "count": 40,
                       "task_type": "agent_fetch_connections"});
    let pending = shown(caller, &task, "pending", &input, &Value::Null).await;
    kit.judge(&PENDING, pending);
    let offer = kit.take_queued(Kind::Read).await;
    let offer = kit.need(&PASSED_ON, offer)?;
    kit.judge(&PASSED_ON, passed_on(&offer, "keyword", &keyword));
    let rows = [row(1, "At work, \"quoted\" \u{1f44b}"), row(2, "")];
    let outcome = Outcome::rows(&rows);
    let ended = kit.end(&offer, &outcome).await;
    kit.need(&COMPLETED, ended)?;
    let completed = shown(caller, &task, "completed", &input, outcome.output()).await;
    kit.judge(&COMPLETED, completed)?;
    let other = kit.agent.complete(&offer, &Outcome::rows(&[])).await;
    kit.need(&FIRST, other)?;
    let same = shown(caller, &task, "completed", &input, outcome.output()).await;
    kit.judge(&FIRST, same)
}

async fn an_invitation(kit: &mut Kit, caller: &Caller) -> Option<()> {
    kit.tidy_up().await;
    let mut input = kit.fresh_input(Kind::Invitation);
    input["note"] = json!("Hello, \u{1f44b}");
    let answer = caller.post(path_of(Kind::Invitation), &input).await;
    let task = answer.and_then(|answer| created(answer, "Send connection request task created successfully"));
    let task = kit.need(&INVITE, task)?;
    let offer = kit.take_queued(Kind::Invitation).await;
    let offer = kit.need(&INVITE, offer)?;
    kit.judge(&PASSED_ON, passed_on(&offer, "note", "Hello, \u{1f44b}"));
    let leave = kit.may_send(&offer).await;
    kit.need(&INVITE, leave)?;
    let ended = kit.end(&offer, &Outcome::sent()).await;
    kit.need(&INVITE, ended)?;
    input["task_type"] = json!(Kind::Invitation.task_type());
    let completed = shown(caller, &task, "completed", &input, &json!({"sent": true})).await;
    kit.judge(&INVITE, completed)
}

async fn a_failure(kit: &mut Kit, caller: &Caller) -> Option<()> {
    kit.tidy_up().await;
    let input = kit.fresh_input(Kind::Read);
    let task = caller.create(Kind::Read, &input).await;
    let task = kit.need(&FAILED, task)?;
    let offer = kit.take_queued(Kind::Read).await;
    let offer = kit.need(&FAILED, offer)?;
    let ended = kit.end(&offer, &Outcome::failed("throttled", Some(900_000))).await;
    kit.need(&FAILED, ended)?;
    let data = caller.status(&task, "").await;
    kit.judge(
        &FAILED,
        data.and_then(|data| {
            let output = &data["task_output"];
            let right =
                data["status"] == "failed" && output["error"].is_string() && output["code"] == "throttled";
            if right { Ok(()) } else { Err(format!("the failed task was shown as {data}")) }
        }),
    )
}

async fn forgiving(kit: &mut Kit, caller: &Caller) -> Option<()> {
    kit.tidy_up().await;
    let fetches = ["", "{}", r#"{"keyword":null,"count":40.0,"colour":"red"}"#];
    let id = kit.fresh_word().replace('-', "f");
    let spellings = [
        "urn:li:fsd_profile:ACoAAa",
        "urn:li:fs_miniProfile:ACoAAb",
        "urn:li:fs_profile:ACoAAc",
        "https://www.linkedin.com/in/ACoAAd",
    ];
    let invitations =
        spellings.map(|start| json!({"profile_urn": format!("{start}{id}"), "note": null}).to_string());
    let bodies = fetches.iter().map(|body| (Kind::Read, *body));
    let bodies = bodies.chain(invitations.iter().map(|body| (Kind::Invitation, body.as_str())));
    for (kind, body) in bodies {
        let answer = caller.post_raw(path_of(kind), caller.credential(), body).await;
        let taken = answer.and_then(|answer| answer.ok(&format!("a POST of {body}")));
        kit.judge(&FORGIVING, taken)?;
    }
    Some(())
}

async fn refusals(kit: &mut Kit, caller: &Caller) -> Option<()> {
    kit.tidy_up().await;
    let (fetch, invite) = (path_of(Kind::Read), path_of(Kind::Invitation));
    for (credential, text) in
        [(Credential::None, "Missing API Key"), (Credential::ApiKey(WRONG_KEY), "Invalid API Key")]
    {
        for path in [fetch, invite] {
            let answer = caller.post_raw(path, credential, "{").await;
            kit.judge(&KEY, answer.and_then(|answer| is_error(&answer, 401, text)));
        }
        let answer = caller.ask(credential, "").await;
        kit.judge(&KEY, answer.and_then(|answer| is_error(&answer, 401, text)));
    }
    for body in ["{", "[]", "null", "\"text\""] {
        refused(kit, caller, &BODY, fetch, body, "Invalid JSON body").await;
        refused(kit, caller, &BODY, invite, body, "Invalid JSON body").await;
    }
    for (body, text) in [
        (r#"{"keyword":5}"#, "Invalid 'keyword': must be a string"),
        (r#"{"sort_type":[]}"#, "Invalid 'sort_type': must be a string"),
        (r#"{"start":-1}"#, "Invalid 'start': must be a non-negative integer"),
        (r#"{"start":"0"}"#, "Invalid 'start': must be a non-negative integer"),
        (r#"{"count":0}"#, "Invalid 'count': must be an integer between 1 and 500"),
        (r#"{"count":501}"#, "Invalid 'count': must be an integer between 1 and 500"),
        (r#"{"count":1.5}"#, "Invalid 'count': must be an integer between 1 and 500"),
    ] {
        refused(kit, caller, &FETCH_INPUT, fetch, body, text).await;
    }
    let note = |note: Value| json!({"profile_urn": "ACoAAConformance", "note": note}).to_string();
    for (body, text) in [
        ("{}".to_owned(), "Missing or invalid 'profile_urn'"),
        (json!({"profile_urn": 5}).to_string(), "Missing or invalid 'profile_urn'"),
        (json!({"profile_urn": "urn:li:member:4290000001"}).to_string(), "Missing or invalid 'profile_urn'"),
        (note(json!(1)), "Invalid 'note': must be a string"),
        (note(json!("x".repeat(301))), "Invalid 'note': must be 300 characters or fewer"),
        (note(json!("\u{1f44b}".repeat(151))), "Invalid 'note': must be 300 characters or fewer"),
    ] {
        refused(kit, caller, &INVITE_INPUT, invite, &body, text).await;
    }
    let answer = caller.ask(caller.credential(), "").await;
    kit.judge(
        &TASK_ID,
        answer.and_then(|answer| is_error(&answer, 400, "Missing or invalid 'api_agent_task_id'")),
    );
    let answer = caller.ask(caller.credential(), &format!("?api_agent_task_id={NO_TASK}")).await;
    kit.judge(&UNKNOWN, answer.and_then(|answer| is_error(&answer, 404, "Agent task not found")));
    let answer = caller.post("/linkedin-agent/conformance-no-such-call", &json!({})).await;
    kit.judge(&ERRORS, answer.and_then(|answer| is_an_error(&answer, 404)));
    let answer = caller.post(STATUS, &json!({})).await;
    kit.judge(&ERRORS, answer.and_then(|answer| is_an_error(&answer, 405))).map(drop)
}

async fn refused(kit: &mut Kit, caller: &Caller, check: &'static Check, path: &str, body: &str, text: &str) {
    let answer = caller.post_raw(path, caller.credential(), body).await;
    kit.judge(check, answer.and_then(|answer| is_error(&answer, 400, text)));
}

async fn a_limit(kit: &mut Kit, caller: &Caller) -> Option<()> {
    kit.tidy_up().await;
    let input = kit.fresh_input(Kind::Invitation);
    let task = caller.create(Kind::Invitation, &input).await;
    kit.need(&LIMIT, task)?;
    let offer = kit.take_queued(Kind::Invitation).await;
    let offer = kit.need(&LIMIT, offer)?;
    let leave = kit.may_send(&offer).await;
    kit.need(&LIMIT, leave)?;
    let ended = kit.end(&offer, &Outcome::failed("invitation_limit", Some(LIMIT_MS))).await;
    kit.need(&LIMIT, ended)?;
    // The agent says so too from then on.
    let limited = Poll::ready(&[Kind::Read]).waiting(Kind::Invitation, "invitation_limit", LIMIT_MS);
    let polled = kit.agent.poll(limited).await;
    kit.need(&LIMIT, polled)?;
    let another = kit.fresh_input(Kind::Invitation);
    let answer = caller.post(path_of(Kind::Invitation), &another).await;
    kit.judge(
        &LIMIT,
        answer.and_then(|answer| {
            is_error(&answer, 429, "LinkedIn invitation limit reached")?;
            match &answer.retry_after {
                Some(_) => Ok(()),
                None => Err("the 429 came without `Retry-After`".to_owned()),
            }
        }),
    )?;
    refused(kit, caller, &LIMIT, path_of(Kind::Invitation), "{}", "Missing or invalid 'profile_urn'").await;
    let fetch = caller.create(Kind::Read, &json!({})).await;
    kit.judge(&LIMIT, fetch).map(drop)
}

/// The id in the answer to a POST.
fn created(answer: Answer, message: &str) -> Result<String, String> {
    let answer = answer.ok("the POST")?;
    let id = answer.json["api_agent_task_id"].as_str().filter(|id| !id.is_empty());
    match id {
        Some(id) if answer.json["success"] == true && answer.json["message"] == message => Ok(id.to_owned()),
        _ => Err(format!("the POST was answered {}", answer.quote())),
    }
}

/// Whether a task is shown as it should be; it may have more members than the documented ones.
async fn shown(
    caller: &Caller,
    task: &str,
    status: &str,
    input: &Value,
    output: &Value,
) -> Result<(), String> {
    let answer = caller.ask(caller.credential(), &format!("?api_agent_task_id={task}")).await?;
    let answer = answer.ok("get-task-status")?;
    let data = &answer.json["data"];
    if answer.json["success"] != true || data["id"] != task || data["status"] != status {
        return Err(format!("a task that is {status} was answered {}", answer.quote()));
    }
    let members = input.as_object().into_iter().flatten();
    for (name, value) in members {
        if data["task_input"].get(name) != Some(value) {
            return Err(format!(
                "`task_input.{name}` is {}, and {value} was sent or is the default",
                data["task_input"][name]
            ));
        }
    }
    if data.get("task_output") == Some(output) {
        Ok(())
    } else {
        Err(format!("`task_output` of a task that is {status} is not {output}: {}", answer.quote()))
    }
}

fn passed_on(offer: &Offer, member: &str, value: &str) -> Result<(), String> {
    let said = &offer.input[member];
    if said == value {
        Ok(())
    } else {
        Err(format!("`task_input.{member}` of the offer is {said}, and the caller sent \"{value}\""))
    }
}

/// Whether it is this error, to the letter.
pub fn is_error(answer: &Answer, status: u16, text: &str) -> Result<(), String> {
    is_an_error(answer, status)?;
    if answer.json["error"] == text {
        Ok(())
    } else {
        Err(format!("{} has the text {}, and not \"{text}\"", answer.status, answer.json["error"]))
    }
}

/// Whether it is an error in its documented form.
pub fn is_an_error(answer: &Answer, status: u16) -> Result<(), String> {
    let shaped = answer.json["success"] == false && answer.json["error"].is_string();
    if answer.status == status && shaped {
        Ok(())
    } else {
        Err(format!("{status} with `success` false and an `error` was due, and {} came", answer.quote()))
    }
}
