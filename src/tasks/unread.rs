//! An answer that is the protocol's but for a member that isn't what it must be: which one is said, and a task whose id can be
//! read is not lost over it. A server that is never told offers it again and again, and everything behind it waits.

use super::not_our_protocol;
use crate::agent::status::Problem;
use crate::json;
use liaison_protocol::{Offer, PollAnswer};
use serde_json::Value;

/// Of the answer to a poll, what can be read of it: all but members of its offer, the first of which is in [`Offer::unread`].
///
/// # Errors
/// When it is none of our protocol, or what can't be read is not the offer's or its id.
pub(super) fn poll_answer(body: &str) -> Result<PollAnswer, Problem> {
    let Some(Value::Object(members)) = json::read(body) else { return Err(not_our_protocol()) };
    let (answer, unread) = salvage(String::new(), members.iter(), json::read::<PollAnswer>);
    if let Some(name) = unread.iter().find(|name| **name != "task") {
        return Err(unreadable(name));
    }
    let Some(Value::Object(offer)) = members.get("task") else { return Err(unreadable("task")) };
    let Some(Value::String(id)) = offer.get("task") else { return Err(unreadable("task.task")) };
    let kind = offer.get("task_type").and_then(Value::as_str);
    let least =
        format!("\"task\":{},\"task_type\":{}", json::write(id), json::write(kind.unwrap_or_default()));
    let read_offer =
        |text: &str| json::read(&format!("{{\"task\":{text}}}")).and_then(|answer: PollAnswer| answer.task);
    let others = offer.iter().filter(|(name, _)| !["task", "task_type"].contains(&name.as_str()));
    let (offer, unread) = salvage(least, others, read_offer);
    let (Some(answer), Some(offer)) = (answer, offer) else { return Err(not_our_protocol()) };
    // What is wrong with no other member is wrong with the kind.
    let unread = kind.and(unread.first()).copied().unwrap_or("task_type").to_owned();
    Ok(PollAnswer { task: Some(Offer { unread: Some(unread), ..offer }), ..answer })
}

/// What can be read of these members, one after the other behind `kept`; and the names of the others.
fn salvage<'m, T>(
    mut kept: String,
    members: impl Iterator<Item = (&'m String, &'m Value)>,
    read: impl Fn(&str) -> Option<T>,
) -> (Option<T>, Vec<&'m str>) {
    let mut unread = Vec::new();
    for (name, value) in members {
        let comma = if kept.is_empty() { "" } else { "," };
        let longer = format!("{kept}{comma}{}:{}", json::write(name.as_str()), json::write(value));
        match read(&format!("{{{longer}}}")) {
            Some(_) => kept = longer,
            None => unread.push(name.as_str()),
        }
    }
    (read(&format!("{{{kept}}}")), unread)
}

fn unreadable(member: &str) -> Problem {
    let message =
        format!("The server's answer can't be read: '{member}' in it is not what the protocol says");
    let problem =
        Problem::new("unreadable_answer", message, "Tell whoever runs the server, or look at its log");
    problem.said("unreadable_answer", vec![member.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_with_an_id_is_kept_and_what_is_wrong_with_it_is_named() {
        for (unread, body) in [
            (
                "epoch",
                r#"{"task":{"task":"t","task_type":"a","epoch":"1"},"next_ms":7,"supports":["start"]}"#,
            ),
            (
                "task_input",
                r#"{"task":{"task":"t","task_type":"a","task_input":"x"},"next_ms":7,"supports":["start"]}"#,
            ),
            (
                "lease_ms",
                r#"{"next_ms":7,"supports":["start"],"task":{"lease_ms":"9","task_type":"a","task":"t"}}"#,
            ),
            ("task_type", r#"{"task":{"task":"t","task_type":4},"next_ms":7,"supports":["start"]}"#),
            ("task_type", r#"{"task":{"task":"t"},"next_ms":7,"supports":["start"]}"#),
            (
                "token",
                r#"{"task":{"task":"t","task_type":"a","token":[],"other":{}},"next_ms":7,"supports":["start"]}"#,
            ),
        ] {
            let answer = poll_answer(body).unwrap();
            let offer = answer.task.unwrap();
            assert_eq!((offer.task.as_str(), offer.unread.as_deref()), ("t", Some(unread)), "{body}");
            assert_eq!((answer.next_ms, answer.supports), (Some(7), vec!["start".to_owned()]), "{body}");
        }
    }

    #[test]
    fn otherwise_the_member_is_named_alone() {
        for (member, body) in [
            ("task", r#"{"task":"t"}"#),
            ("task.task", r#"{"task":{"task":7,"task_type":"a"}}"#),
            ("task.task", r#"{"task":{"task_type":"a"}}"#),
            ("next_ms", r#"{"next_ms":"1000"}"#),
            ("next_ms", r#"{"task":{"task":"t","task_type":"a","epoch":"1"},"next_ms":"1000"}"#),
            ("directives", r#"{"directives":[{"task":"t"}]}"#),
        ] {
            let problem = poll_answer(body).unwrap_err();
            assert_eq!(problem.code, "unreadable_answer", "{body}");
            assert!(problem.message.contains(&format!("'{member}'")), "{body}: {}", problem.message);
        }
        for body in ["", "<!doctype html>", "[]", "null", "7"] {
            assert_eq!(poll_answer(body).unwrap_err().code, not_our_protocol().code, "{body}");
        }
    }
}
