//! Level two: `start`, and the directives of a server that has it.

use crate::agent::{Outcome, Poll};
use crate::check::{Check, Level, checks};
use crate::kit::Kit;
use crate::shape::{Kind, Offer, needed_count};
use crate::wire::Answer;

checks! { Start, "docs/PROTOCOL.md";
    ANSWER "start.answer": "a start is answered with `lease_ms`, `act_within_ms` above 0 and `replayed` false",
        "`{\"token\":\"…\"}` → 200 `{\"lease_ms\":60000,\"act_within_ms\":20000,\"replayed\":false}`.";
    REPLAYED "start.replayed": "the same start once more is answered 200 with `replayed` true", "`replayed` is true when this token had started before.";
    DURABLE "start.durable": "a start is remembered by a server that was ended hard and started again", "The start must be durable before the answer leaves.";
    OTHER_TOKEN "start.other-token": "a token that wasn't offered starts nothing", "The token names the offer in all later calls";
    CONTINUE "start.continue": "what the agent holds and goes on with is answered `continue`",
        "| any | same epoch, `claimed`, `running` or `verifying` | `continue`; `cancel` if that was asked for and it is `claimed` or `running` |";
    NOT_AGAIN "start.not-again": "a started invitation that the agent doesn't name is not offered to be sent",
        "an offer in mode `verify`, same token and epoch, no sooner than `act_within_ms` + 60 s after the start";
    RESEND "start.resend": "what is finished and not acknowledged is answered `resend`", "| not terminal | `finished` | `resend` |";
    CLOSED "start.closed": "a finished task can't be started", "the task ended already: cancelled, expired or failed; or its time to start is over";
    ABANDON "start.abandon": "a held task that is closed is answered `abandon`", "| any | lower epoch, or the task is closed | `abandon` |";
    RETURNED "start.returned": "what was started and then returned is offered to be sent again, under a higher epoch",
        "An invitation is started once. It is offered in mode `run` again only after the agent itself `returned` it";
    SECOND "start.second-epoch": "once the newer epoch has started, the older can't", "a newer epoch of the task has started";
    OLDER "start.abandon-older": "a held epoch that was overtaken is answered `abandon`", "| any | lower epoch, or the task is closed | `abandon` |";
    LATE "start.late-result": "the overtaken epoch's result is not taken, and the newer one's is",
        "A late `complete` is accepted unless a newer epoch has *started*.";
}

const WRONG_TOKEN: &str = "conformance-wrong-token";

/// Tries all of it.
pub async fn run(kit: &mut Kit) {
    one_start(kit).await;
    two_epochs(kit).await;
    kit.tidy_up().await;
}

async fn one_start(kit: &mut Kit) -> Option<()> {
    kit.tidy_up().await;
    let offer = kit.take(Kind::Invitation).await;
    let offer = kit.need(&ANSWER, offer)?;
    let stranger = kit.agent.start(&offer.task, WRONG_TOKEN).await;
    kit.judge(&OTHER_TOKEN, stranger.and_then(|answer| is_refused(&answer, "a start under another token")));
    let started = start(kit, &offer, false).await;
    kit.judge(&ANSWER, started)?;
    let again = start(kit, &offer, true).await;
    kit.judge(&REPLAYED, again);
    outlives_the_server(kit, &offer).await;
    is_told(kit, &CONTINUE, &offer, "running", "continue").await;
    let lost = kit.agent.poll(Poll::ready(&Kind::BOTH)).await;
    kit.judge(
        &NOT_AGAIN,
        lost.and_then(|answer| match answer.offer {
            Some(again) if again.task == offer.task && !again.verify => {
                Err(format!("task {} was offered in mode run right after its start", offer.task))
            }
            Some(again) if again.task == offer.task => {
                Err(format!("task {} was offered in mode verify right after its start", offer.task))
            }
            _ => Ok(()),
        }),
    );
    is_told(kit, &RESEND, &offer, "finished", "resend").await;
    let ended = kit.end(&offer, &Outcome::sent()).await;
    kit.need(&CLOSED, ended)?;
    let closed = kit.agent.start(&offer.task, &offer.token).await;
    kit.judge(&CLOSED, closed.and_then(|answer| is_refused(&answer, "the start of a finished task")));
    is_told(kit, &ABANDON, &offer, "finished", "abandon").await
}

async fn outlives_the_server(kit: &mut Kit, offer: &Offer) -> Option<()> {
    let restarted = kit.restart_server().await;
    if kit.need(&DURABLE, restarted)? {
        let again = start(kit, offer, true).await;
        kit.judge(&DURABLE, again)
    } else {
        kit.found.skipped(&DURABLE, "no --restart was given");
        None
    }
}

async fn two_epochs(kit: &mut Kit) -> Option<()> {
    kit.tidy_up().await;
    let older = kit.take(Kind::Invitation).await;
    let older = kit.need(&RETURNED, older)?;
    let started = start(kit, &older, false).await;
    kit.need(&RETURNED, started)?;
    let returned =
        kit.agent.complete(&older, &Outcome::returned()).await.and_then(|answer| answer.ok("returned"));
    kit.need(&RETURNED, returned)?;
    let newer = kit.take_again(Kind::Invitation, &older).await.and_then(|newer| is_newer(newer, &older));
    let newer = kit.judge(&RETURNED, newer)?;
    let started = start(kit, &newer, false).await;
    kit.need(&SECOND, started)?;
    let second = kit.agent.start(&older.task, &older.token).await;
    kit.judge(&SECOND, second.and_then(|answer| is_refused(&answer, "the start of the older epoch")));
    is_told(kit, &OLDER, &older, "running", "abandon").await;
    let late = kit.agent.complete(&older, &Outcome::sent()).await;
    let late = late.and_then(|answer| is_final(&answer, "the overtaken epoch's result"));
    kit.need(&LATE, late)?;
    let ended = kit.end(&newer, &Outcome::sent()).await;
    kit.judge(&LATE, ended).map(drop)
}

fn is_newer(newer: Offer, older: &Offer) -> Result<Offer, String> {
    if newer.verify {
        Err("it was offered in mode verify".to_owned())
    } else if newer.epoch <= older.epoch {
        Err(format!("it was offered again under epoch {}, after epoch {}", newer.epoch, older.epoch))
    } else {
        Ok(newer)
    }
}

/// Starts an offer, and reads the answer.
async fn start(kit: &Kit, offer: &Offer, replayed: bool) -> Result<(), String> {
    let answer = kit.agent.start(&offer.task, &offer.token).await?.ok("start")?;
    needed_count(&answer.json, "lease_ms")?;
    let act_within_ms = needed_count(&answer.json, "act_within_ms")?;
    if answer.json["replayed"] != replayed {
        Err(format!("`replayed` is {}, and {replayed} is right", answer.json["replayed"]))
    } else if act_within_ms == 0 {
        Err("`act_within_ms` is 0: nothing can be sent within that".to_owned())
    } else {
        Ok(())
    }
}

/// At such an answer nothing is sent. The kit takes a 5xx for a fault of the server's.
pub fn is_refused(answer: &Answer, what: &str) -> Result<(), String> {
    if answer.status / 100 == 4 { Ok(()) } else { Err(format!("{what} was answered {}", answer.quote())) }
}

/// At such an answer to `complete` the agent drops the result; at others it sends it again.
fn is_final(answer: &Answer, what: &str) -> Result<(), String> {
    if answer.is_final_refusal() { Ok(()) } else { Err(format!("{what} was answered {}", answer.quote())) }
}

/// Holds a task in a poll, and hears what to do with it.
async fn is_told(kit: &mut Kit, check: &'static Check, offer: &Offer, phase: &str, word: &str) -> Option<()> {
    let answer = kit.agent.poll(Poll::ready(&Kind::BOTH).holding(offer, phase)).await;
    let told = answer.and_then(|answer| match answer.directive(offer) {
        Some(said) if said == word => Ok(()),
        Some(said) => Err(format!("a `held` in phase `{phase}` was answered `{said}`, and not `{word}`")),
        None => Err(format!("a `held` in phase `{phase}` was not answered with `{word}`")),
    });
    kit.judge(check, told)
}
