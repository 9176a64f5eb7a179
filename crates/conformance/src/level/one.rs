//! Level one: `poll` and `complete`.

use crate::agent::{Outcome, Poll};
use crate::check::{Check, Level, checks};
use crate::kit::Kit;
use crate::pairing::Pairing;
use crate::shape::{Kind, Offer};
use crate::wire::{Answer, Credential};
use serde_json::{Value, json};
use std::time::Duration;

checks! { One, "docs/PROTOCOL.md";
    PAIR "one.pair": "a pairing code is exchanged for a token", "→ 200 `{\"token\":\"…\",\"agent\":\"<id>\"}`.";
    PAIR_ONCE "one.pair-once": "a pairing code works once", "A wrong, used or outdated code is 401.";
    OFFER "one.offer": "a queued read is offered to a ready agent that accepts it",
        "Offer a task, and offer it again, in answer to any poll whose `state` is `ready` and whose `accepts` names its kind";
    AGAIN "one.again": "a task of which the agent knows nothing is offered again",
        "Offer a task, and offer it again, in answer to any poll whose `state` is `ready` and whose `accepts` names its kind, as long as it is neither finished nor named in that poll's `held`.";
    ACCEPTS "one.accepts": "a kind that isn't accepted is not offered", "the kinds that may be offered in answer to *this* poll.";
    STATE "one.state": "an agent that isn't ready is offered nothing", "Offer work to `ready` only";
    HELD "one.held": "a task that the agent holds is not offered to it", "as long as it is neither finished nor named in that poll's `held`.";
    COMPLETE "one.complete": "a result is taken, and the task not offered again", "Answer: any 2xx is final; its body isn't needed.";
    REPEAT "one.repeat": "the same result once more is answered 200", "Answer a repeated `complete` of a finished task with 200 and change nothing, whatever its body: the first result stands.";
    FIRST "one.first-result": "another result for a finished task changes nothing: 200, or 409 from a server with `start`",
        "Answer a repeated `complete` of a finished task with 200 and change nothing, whatever its body: the first result stands.";
    INVITATION "one.invitation": "an invitation is offered, and ends as a read does", "It suffices for both kinds of task.";
    FAILED "one.failed": "a failure is a result: it is taken, and the task not offered again", "Answer: any 2xx is final; its body isn't needed.";
    RETURNED "one.returned": "a returned task is offered again", "`complete` with status `returned` puts the task back into the queue, at any place; for a task that is queued already it changes nothing.";
    RETURNED_TWICE "one.returned-twice": "the same `returned` once more gets a 2xx",
        "`complete` with status `returned` puts the task back into the queue, at any place; for a task that is queued already it changes nothing.";
    EMPTY "one.empty": "a poll for which there is nothing to do is answered in time, with a JSON object",
        "how long the answer may be held back when there is nothing to do, at most 25,000. A server may answer at once";
    OLDER_POLL "one.older-poll": "a newer poll sends the parked one home", "A server that parks polls and sees a newer one with the same token answers the older one empty.";
    UNKNOWN_MEMBERS "one.unknown-members": "members that it doesn't know are no trouble", "Unknown members are ignored, on both sides.";
    LARGE "one.large": "a result of 1 MB is taken", "A result of 500 connections is about 250 kB, and may be 1 MB.";
    FINDINGS "one.findings": "a result with findings is taken", "They are a remark beside the result: findings of another shape are left out, and never a reason to refuse it.";
    TOKEN "one.token": "without its token nobody gets in: 401, or 403", "`Authorization: Bearer <agent token>` on every call but `pair`.";
    UNKNOWN_TASK "one.unknown-task": "the result of a task that it never had gets a final answer",
        "So answer 422 to a body that you will never take, 404 only for a task that you will never know, and 503 while you can't say.";
    BAD_RESULT "one.bad-result": "a result that it will never take gets a final answer",
        "So answer 422 to a body that you will never take, 404 only for a task that you will never know, and 503 while you can't say.";
    OTHER_CALLS "one.other-calls": "calls that it doesn't have are answered 404", "Calls it doesn't have it answers with 404.";
    TYPES "one.types": "whatever a poll is answered has the documented types, and ids that can stand in a path",
        "required; a string of 1–128 characters out of `A–Z a–z 0–9 . _ : -`, but neither `.` nor `..`.";
    EPOCHS "one.epochs": "another token comes with a higher epoch, and epochs only grow", "Grows with each offer that is not a repeat of the last one";
}

/// Long enough for a poll to be parked behind another, and no longer than it takes to tell the two apart.
const SHORT_HOLD_MS: u64 = 1_000;
const LONG_HOLD_MS: u64 = 25_000;
/// So that the older poll is there before the newer one: they go over two connections. The second is for a server that
/// was too busy to take them in their order.
const APART: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(2)];

/// Rows that bring a result to about 1 MB.
const MANY_ROWS: usize = 500;
const LONG_HEADLINE: usize = 1_750;
const WRONG_TOKEN: &str = "conformance-wrong-token";

/// Tries all of it.
pub async fn run(kit: &mut Kit) {
    let went_on = a_read(kit).await.is_some();
    if !went_on && kit.found.has_failed(&OFFER) {
        return;
    }
    an_invitation(kit).await;
    a_failure(kit).await;
    a_return(kit).await;
    nothing_to_do(kit).await;
    unknown_members(kit).await;
    a_large_result(kit).await;
    the_door(kit).await;
    odd_results(kit).await;
    kit.tidy_up().await;
}

/// Notes how the token came.
pub fn judge_pairing(kit: &mut Kit, pairing: Pairing) {
    match pairing.judged {
        Some([shape, once]) => {
            kit.judge(&PAIR, shape);
            kit.judge(&PAIR_ONCE, once);
        }
        None => {
            for check in [&PAIR, &PAIR_ONCE] {
                kit.found.skipped(check, "the token was pasted; pairing is optional");
            }
        }
    }
}

/// What holds of all answers, once there are no more.
pub fn judge_all_answers(kit: &mut Kit) {
    let seen = &mut kit.agent.seen;
    let (types, epochs) =
        (seen.wrong_type.take().map_or(Ok(()), Err), seen.wrong_epoch.take().map_or(Ok(()), Err));
    kit.judge(&TYPES, types);
    kit.judge(&EPOCHS, epochs);
}

async fn a_read(kit: &mut Kit) -> Option<()> {
    let offer = kit.take(Kind::Read).await;
    let offer = kit.judge(&OFFER, offer)?;
    let again = kit.take_again(Kind::Read, &offer).await;
    let offer = kit.judge(&AGAIN, again)?;
    let accepts =
        kit.is_not_offered(&offer, Poll::ready(&[Kind::Invitation]), "that accepts another kind").await;
    kit.judge(&ACCEPTS, accepts);
    for state in ["paused", "signed_out", "wrong_account", "latched"] {
        let when = format!("with state `{state}`");
        let idle = kit.is_not_offered(&offer, Poll::ready(&Kind::BOTH).state(state), &when).await;
        kit.judge(&STATE, idle);
    }
    for phase in ["claimed", "running", "finished"] {
        let when = format!("that names it in `held`, in phase `{phase}`");
        let held = kit.is_not_offered(&offer, Poll::ready(&Kind::BOTH).holding(&offer, phase), &when).await;
        kit.judge(&HELD, held);
    }
    // One that was offered when it must not be is the server's newest all the same.
    let offer = kit.agent.seen.newest(offer);
    let outcome = Outcome::rows(&[row(1, "At work")]);
    ends(kit, &COMPLETE, &offer, &outcome).await?;
    let repeat =
        kit.agent.complete(&offer, &outcome).await.and_then(|answer| answer.ok("the same result once more"));
    kit.judge(&REPEAT, repeat);
    let other = kit.agent.complete(&offer, &Outcome::failed("throttled", None)).await;
    let has_start = kit.agent.seen.supports("start");
    let other = other.and_then(|answer| match answer.status {
        200 => Ok(()),
        409 if has_start => Ok(()),
        _ => Err(format!("another result was answered {}", answer.quote())),
    });
    kit.judge(&FIRST, other);
    let gone = kit.is_not_offered(&offer, Poll::ready(&Kind::BOTH), "after its result was sent twice").await;
    kit.judge(&FIRST, gone);
    Some(())
}

async fn an_invitation(kit: &mut Kit) -> Option<()> {
    kit.tidy_up().await;
    let offer = kit.take(Kind::Invitation).await;
    let offer = kit.need(&INVITATION, offer)?;
    let leave = kit.may_send(&offer).await;
    kit.need(&INVITATION, leave)?;
    ends(kit, &INVITATION, &offer, &Outcome::sent()).await
}

async fn a_failure(kit: &mut Kit) -> Option<()> {
    kit.tidy_up().await;
    let offer = kit.take(Kind::Read).await;
    let offer = kit.need(&FAILED, offer)?;
    ends(kit, &FAILED, &offer, &Outcome::failed("throttled", Some(900_000))).await
}

/// Ends a task, which is then not offered any more.
async fn ends(kit: &mut Kit, check: &'static Check, offer: &Offer, outcome: &Outcome) -> Option<()> {
    let ended = kit.end(offer, outcome).await;
    kit.need(check, ended)?;
    let gone = kit.is_not_offered(offer, Poll::ready(&Kind::BOTH), "after its result was taken").await;
    kit.judge(check, gone).map(drop)
}

async fn a_return(kit: &mut Kit) -> Option<()> {
    kit.tidy_up().await;
    let offer = kit.take(Kind::Read).await;
    let offer = kit.need(&RETURNED, offer)?;
    let returned = kit.agent.complete(&offer, &Outcome::returned()).await.and_then(is_taken);
    kit.need(&RETURNED, returned)?;
    let twice = kit.agent.complete(&offer, &Outcome::returned()).await.and_then(is_taken);
    kit.judge(&RETURNED_TWICE, twice);
    let again = kit.take_again(Kind::Read, &offer).await;
    kit.judge(&RETURNED, again).map(drop)
}

fn is_taken(answer: Answer) -> Result<(), String> {
    if answer.is_success() { Ok(()) } else { Err(format!("complete was answered {}", answer.quote())) }
}

async fn nothing_to_do(kit: &mut Kit) -> Option<()> {
    kit.tidy_up().await;
    let empty = kit.agent.poll(Poll::ready(&Kind::BOTH).hold_ms(SHORT_HOLD_MS)).await;
    kit.judge(&EMPTY, empty)?;
    let mut sent_home = two_polls(kit, APART[0]).await;
    if sent_home.is_err() {
        sent_home = two_polls(kit, APART[1]).await;
    }
    kit.judge(&OLDER_POLL, sent_home).map(drop)
}

/// Parks a poll and sends another, whose answer must not be the first to come.
async fn two_polls(kit: &Kit, apart: Duration) -> Result<(), String> {
    let poll = |wait_ms: u64| Poll::ready(&Kind::BOTH).hold_ms(wait_ms);
    let older = async { kit.agent.send_poll(&poll(LONG_HOLD_MS)).await };
    let newer = async {
        tokio::time::sleep(apart).await;
        kit.agent.send_poll(&poll(SHORT_HOLD_MS)).await
    };
    tokio::select! {
        biased;
        older = older => {
            let answer = older?.ok("a parked poll, when a newer one came,")?;
            let task = &answer.json["task"];
            if task.is_null() { Ok(()) } else { Err(format!("the older poll was answered with the task {task}")) }
        }
        newer = newer => {
            newer?.ok("a poll")?;
            Err("the older poll was still parked when the newer one had its answer".to_owned())
        }
    }
}

async fn unknown_members(kit: &mut Kit) -> Option<()> {
    kit.tidy_up().await;
    let queued = kit.queue(Kind::Read).await;
    kit.need(&UNKNOWN_MEMBERS, queued)?;
    let polled = kit.agent.poll(Poll::ready(&[Kind::Read]).with_unknown_members()).await;
    kit.need(&UNKNOWN_MEMBERS, polled)?;
    let offer = kit.take_queued(Kind::Read).await;
    let offer = kit.need(&UNKNOWN_MEMBERS, offer)?;
    let mut body = Outcome::rows(&[]).body(&offer.token);
    body["colour"] = json!({"of": ["red"]});
    let taken = kit.agent.call(&offer.task, "complete", body).await.and_then(is_taken);
    kit.judge(&UNKNOWN_MEMBERS, taken)?;
    let offer = kit.take(Kind::Read).await;
    let offer = kit.need(&FINDINGS, offer)?;
    let mut body = Outcome::rows(&[row(1, "At work")]).body(&offer.token);
    body["findings"] = json!({"unresolved": 1, "duplicates": 0, "unreadable": 0, "list_shifted": false,
                              "fallback": "legacy_list"});
    let taken = kit.agent.call(&offer.task, "complete", body).await.and_then(is_taken);
    kit.judge(&FINDINGS, taken)
}

async fn a_large_result(kit: &mut Kit) -> Option<()> {
    kit.tidy_up().await;
    let offer = kit.take(Kind::Read).await;
    let offer = kit.need(&LARGE, offer)?;
    let headline = "x".repeat(LONG_HEADLINE);
    let rows: Vec<Value> = (0..MANY_ROWS).map(|number| row(number, &headline)).collect();
    let taken = kit.end(&offer, &Outcome::rows(&rows)).await;
    kit.judge(&LARGE, taken).map(drop)
}

/// A connection with all documented members, of a person who doesn't exist.
pub fn row(number: usize, headline: &str) -> Value {
    json!({"name": format!("Zoë {number} 李"), "first_name": format!("Zoë {number}"), "last_name": "李",
           "headline": headline, "entity_urn": format!("urn:li:fsd_profile:ACoAAConformance{number}"),
           "public_identifier": format!("zoe-{number}"), "profile_image_url": null})
}

async fn the_door(kit: &mut Kit) -> Option<()> {
    let poll = kit.agent.poll_body(&Poll::ready(&Kind::BOTH));
    let result = Outcome::rows(&[]).body("conformance").to_string();
    for (path, body) in [("/agent/v1/poll", poll), ("/agent/v1/tasks/conformance/complete", result)] {
        for (credential, whose) in
            [(Credential::None, "without a token"), (Credential::Bearer(WRONG_TOKEN), "with a wrong token")]
        {
            let answer = kit.agent.wire.post(path, credential, body.clone(), Duration::ZERO).await;
            let refused = answer.and_then(|answer| match answer.status {
                401 | 403 => Ok(()),
                _ => Err(format!("{path} {whose} was answered {}", answer.quote())),
            });
            kit.judge(&TOKEN, refused);
        }
    }
    Some(())
}

async fn odd_results(kit: &mut Kit) -> Option<()> {
    let body = Outcome::rows(&[]).body("conformance-no-such-token");
    let unknown = kit.agent.call("conformance-no-such-task", "complete", body).await;
    let is_final = |answer: &Answer| answer.is_success() || answer.is_final_refusal();
    kit.judge(
        &UNKNOWN_TASK,
        unknown.and_then(|answer| match is_final(&answer) {
            true => Ok(()),
            false => Err(format!("it was answered {}, to which the agent sends it again", answer.quote())),
        }),
    );
    kit.tidy_up().await;
    let offer = kit.take(Kind::Read).await;
    let offer = kit.need(&BAD_RESULT, offer)?;
    other_calls(kit, &offer).await;
    let bad = kit.agent.complete(&offer, &Outcome::nonsense()).await.and_then(|answer| match answer.status {
        200..=299 | 422 => Ok(()),
        _ => Err(format!("a `complete` with the status \"perhaps\" was answered {}", answer.quote())),
    });
    kit.judge(&BAD_RESULT, bad)
}

async fn other_calls(kit: &mut Kit, offer: &Offer) {
    let missing = ["start", "heartbeat"].into_iter().filter(|call| !kit.agent.seen.supports(call));
    let missing: Vec<&str> = missing.collect();
    if missing.is_empty() {
        kit.found.skipped(&OTHER_CALLS, "it has them all");
    }
    for call in missing {
        let body = json!({"token": offer.token, "progress": {"done": 1, "of": null}});
        let answer = kit.agent.call(&offer.task, call, body).await;
        kit.judge(
            &OTHER_CALLS,
            answer.and_then(|answer| match answer.status {
                404 => Ok(()),
                _ => {
                    Err(format!("{call}, which no poll named in `supports`, was answered {}", answer.quote()))
                }
            }),
        );
    }
}
