//! Whether an answer has the documented members, of the documented types.

use serde_json::Value;
use std::fmt;

/// The two kinds of task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Reads a list; has no effect.
    Read,
    /// Sends an invitation.
    Invitation,
}

impl Kind {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Read, Self::Invitation];

    /// The `task_type`.
    pub const fn task_type(self) -> &'static str {
        match self {
            Self::Read => "agent_fetch_connections",
            Self::Invitation => "agent_send_connection_request",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Invitation => "invitation",
        })
    }
}

/// An offered task; what was absent has its default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its id.
    pub task: String,
    /// Its kind, as it came.
    pub task_type: String,
    /// Its input.
    pub input: Value,
    /// What names the offer.
    pub token: String,
    /// Which offer of the task it is.
    pub epoch: u64,
    /// Whether the agent is only asked to look whether an invitation went out.
    pub verify: bool,
}

/// The offer in `said`, or what is wrong with it.
pub fn offer(said: &Value) -> Result<Offer, String> {
    let text = |name: &str| match &said[name] {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        other => Err(format!("`task.{name}` is {other}, and not a string")),
    };
    for name in ["offer_ms", "lease_ms", "attempt", "since_ms"] {
        count(said, name).map_err(|fault| format!("`task.{name}` {fault}"))?;
    }
    let task = text("task")?.filter(|id| is_id(id));
    let task = task.ok_or_else(|| format!("`task.task` is {}, and no id of a task", said["task"]))?;
    let task_type = text("task_type")?.ok_or("`task.task_type` is absent")?;
    let input = match &said["task_input"] {
        Value::Null => Value::Object(serde_json::Map::new()),
        input @ Value::Object(_) => input.clone(),
        other => return Err(format!("`task.task_input` is {other}, and not an object")),
    };
    let verify = match text("mode")?.as_deref() {
        None | Some("run") => false,
        Some("verify") => true,
        Some(other) => return Err(format!("`task.mode` is \"{other}\", and neither run nor verify")),
    };
    let epoch = count(said, "epoch").map_err(|fault| format!("`task.epoch` {fault}"))?.unwrap_or(1);
    let token = text("token")?.unwrap_or_else(|| task.clone());
    Ok(Offer { task, task_type, input, token, epoch, verify })
}

/// What is wrong with the members of a poll's answer beside the offer.
pub fn poll_fault(said: &Value) -> Option<String> {
    if let Err(fault) = count(said, "next_ms") {
        return Some(format!("`next_ms` {fault}"));
    }
    match &said["supports"] {
        Value::Null => {}
        Value::Array(names) if names.iter().all(Value::is_string) => {}
        other => return Some(format!("`supports` is {other}, and not a list of strings")),
    }
    match &said["directives"] {
        Value::Null => None,
        Value::Array(directives) => directives.iter().find_map(directive_fault),
        other => Some(format!("`directives` is {other}, and not a list")),
    }
}

fn directive_fault(said: &Value) -> Option<String> {
    let is_action = |word: &str| ["continue", "cancel", "resend", "abandon"].contains(&word);
    let right =
        said["task"].is_string() && said["epoch"].is_u64() && said["do"].as_str().is_some_and(is_action);
    (!right).then(|| format!("{said} is no directive"))
}

/// A number of milliseconds and the like: an integer from 0 on, or absent.
pub fn count(said: &Value, name: &str) -> Result<Option<u64>, String> {
    match &said[name] {
        Value::Null => Ok(None),
        value => value.as_u64().map(Some).ok_or_else(|| format!("is {value}, and not an integer from 0 on")),
    }
}

/// The same, where it must be there.
pub fn needed_count(said: &Value, name: &str) -> Result<u64, String> {
    match count(said, name) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => Err(format!("`{name}` is absent")),
        Err(fault) => Err(format!("`{name}` {fault}")),
    }
}

/// What an id of a task may look like: it stands in paths as it is.
fn is_id(id: &str) -> bool {
    let may_stand = |letter: u8| letter.is_ascii_alphanumeric() || b"_.:-".contains(&letter);
    (1..=128).contains(&id.len()) && id.bytes().all(may_stand) && id != "." && id != ".."
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_absent_has_its_default() {
        let offer = offer(&json!({"task": "t-1", "task_type": "x"})).unwrap();
        assert_eq!((offer.token.as_str(), offer.epoch, offer.verify), ("t-1", 1, false));
        assert_eq!(offer.input, json!({}));
    }

    #[test]
    fn offers_of_wrong_types_are_named() {
        for (change, named) in [
            (json!({"task": 7}), "`task.task` is 7, and not a string"),
            (json!({"task": "a/b"}), "no id of a task"),
            (json!({"task": ".."}), "no id of a task"),
            (json!({"task_type": null}), "`task.task_type` is absent"),
            (json!({"task_input": []}), "`task.task_input` is []"),
            (json!({"mode": "look"}), "neither run nor verify"),
            (json!({"token": 5}), "`task.token` is 5"),
            (json!({"epoch": "1"}), "`task.epoch` is \"1\""),
            (json!({"lease_ms": -1}), "`task.lease_ms` is -1"),
            (json!({"offer_ms": 1.5}), "`task.offer_ms` is 1.5"),
        ] {
            let mut said = json!({"task": "t-1", "task_type": "x"});
            said.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let fault = offer(&said).unwrap_err();
            assert!(fault.contains(named), "{fault}");
        }
    }

    #[test]
    fn answers_of_wrong_types_are_named() {
        assert_eq!(
            poll_fault(&json!({"task": null, "next_ms": 0, "supports": ["start"], "directives": []})),
            None
        );
        for wrong in [
            json!({"next_ms": "5"}),
            json!({"supports": "start"}),
            json!({"supports": [1]}),
            json!({"directives": {}}),
            json!({"directives": [{"task": "t-1", "epoch": 1, "do": "stop"}]}),
            json!({"directives": [{"task": "t-1", "do": "cancel"}]}),
        ] {
            assert!(poll_fault(&wrong).is_some(), "{wrong}");
        }
    }
}
