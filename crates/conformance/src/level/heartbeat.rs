//! Level two: `heartbeat`.

use super::start::is_refused;
use crate::agent::{Outcome, Poll};
use crate::check::{Check, Level, checks};
use crate::kit::Kit;
use crate::shape::{Kind, Offer, needed_count};
use serde_json::{Value, json};

checks! { Heartbeat, "docs/PROTOCOL.md";
    ANSWER "heartbeat.answer": "a heartbeat is answered with `lease_ms` above 0 and `do` `continue`, also when the size is not known",
        "`{\"token\":\"…\",\"progress\":{\"done\":140,\"of\":500}}` → 200 `{\"lease_ms\":60000,\"do\":\"continue\"}`, every 15 s while a task runs.";
    OTHER_TOKEN "heartbeat.other-token": "a token that wasn't offered is refused", "The token names the offer in all later calls";
    CANCEL "heartbeat.cancel": "after a cancel it is answered `cancel`",
        "`do` may be `cancel`: stop before the next effect and complete `failed`/`cancelled`.";
    CANCEL_HELD "heartbeat.cancel-held": "after a cancel a held task that runs is answered `cancel`",
        "`cancel` if that was asked for and it is `claimed` or `running`";
    CANCELLED "heartbeat.cancelled": "the cancelled task's end is taken", "Answer: any 2xx is final; its body isn't needed.";
}

/// Tries all of it.
pub async fn run(kit: &mut Kit) {
    a_read(kit).await;
    a_cancelled_read(kit).await;
    kit.tidy_up().await;
}

async fn a_read(kit: &mut Kit) -> Option<()> {
    kit.tidy_up().await;
    let offer = kit.take(Kind::Read).await;
    let offer = kit.need(&ANSWER, offer)?;
    for progress in [json!({"done": 140, "of": 500}), json!({"done": 180, "of": null}), Value::Null] {
        let beat = beat(kit, &offer, progress, "continue").await;
        kit.judge(&ANSWER, beat);
    }
    let stranger = kit.agent.heartbeat(&offer.task, "conformance-wrong-token", Value::Null).await;
    kit.judge(
        &OTHER_TOKEN,
        stranger.and_then(|answer| is_refused(&answer, "a heartbeat under another token")),
    )
}

async fn a_cancelled_read(kit: &mut Kit) -> Option<()> {
    kit.tidy_up().await;
    let cancels = match &kit.caller {
        Some(caller) if super::extras::are_offered(caller).await => Some(caller.clone()),
        _ => None,
    };
    let Some(caller) = cancels else {
        for check in [&CANCEL, &CANCEL_HELD, &CANCELLED] {
            kit.found.skipped(check, "the kit knows no way to call a task off here: there is no cancel-task");
        }
        return None;
    };
    let input = kit.fresh_input(Kind::Read);
    let task = caller.create(Kind::Read, &input).await;
    let task = kit.need(&CANCEL, task)?;
    let offer = kit.take_queued(Kind::Read).await;
    let offer = kit.need(&CANCEL, offer)?;
    let cancelled = caller.cancel(&task).await.and_then(|answer| answer.ok("cancel-task"));
    kit.need(&CANCEL, cancelled)?;
    let beat = beat(kit, &offer, json!({"done": 200, "of": 500}), "cancel").await;
    kit.judge(&CANCEL, beat);
    let held = kit.agent.poll(Poll::ready(&Kind::BOTH).holding(&offer, "running")).await;
    let told = held.and_then(|answer| match answer.directive(&offer) {
        Some("cancel") => Ok(()),
        other => Err(format!("it was answered {}", other.unwrap_or("nothing"))),
    });
    kit.judge(&CANCEL_HELD, told);
    let ended = kit.end(&offer, &Outcome::failed("cancelled", None)).await;
    kit.judge(&CANCELLED, ended).map(drop)
}

async fn beat(kit: &Kit, offer: &Offer, progress: Value, word: &str) -> Result<(), String> {
    let answer = kit.agent.heartbeat(&offer.task, &offer.token, progress).await?.ok("heartbeat")?;
    if needed_count(&answer.json, "lease_ms")? == 0 {
        return Err("`lease_ms` is 0".to_owned());
    }
    let said = &answer.json["do"];
    if said == word { Ok(()) } else { Err(format!("`do` is {said}, and \"{word}\" is right")) }
}
