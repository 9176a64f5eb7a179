//! What a caller may say about a task beside its input. It is between caller and server: agents are not told.

use crate::input::optional_integer;
use crate::{InputError, TaskType};
use serde_json::{Map, Value, json};
use std::ops::RangeInclusive;

/// How soon after its creation a task may be asked to have started: a minute to thirty days, in milliseconds.
pub const DEADLINE_MS: RangeInclusive<u64> = 60_000..=30 * 86_400_000;

const DEADLINE: &str = "deadline_ms";
const DUPLICATE: &str = "allow_duplicate";

/// Checked options. What the caller left out, or wrote as `null`, is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskOptions {
    /// By when the task has to have started, in milliseconds from its creation.
    pub deadline_ms: Option<u64>,
    /// Whether a second invitation to the same person is meant. No option of a read.
    pub allow_duplicate: Option<bool>,
}

impl TaskOptions {
    /// Checks the options among `fields`. They are ours and not the documented API's: checked after the input.
    ///
    /// # Errors
    /// The first complaint.
    pub fn parse(task_type: TaskType, fields: &Map<String, Value>) -> Result<Self, InputError> {
        let deadline_ms = optional_integer(fields, DEADLINE).map_err(|_| InputError::Deadline)?;
        if deadline_ms.is_some_and(|ms| !DEADLINE_MS.contains(&ms)) {
            return Err(InputError::Deadline);
        }
        let allow_duplicate = match fields.get(DUPLICATE).filter(|_| task_type.has_effect()) {
            None | Some(Value::Null) => None,
            Some(Value::Bool(allow)) => Some(*allow),
            Some(_) => return Err(InputError::AllowDuplicate),
        };
        Ok(Self { deadline_ms, allow_duplicate })
    }

    /// Adds what the caller said to the `task_input` that is shown. Who doesn't use options doesn't see them.
    pub fn echo_into(self, task_input: &mut Value) {
        if let Some(ms) = self.deadline_ms {
            task_input[DEADLINE] = json!(ms);
        }
        if let Some(allow) = self.allow_duplicate {
            task_input[DUPLICATE] = json!(allow);
        }
    }

    /// Takes them out of a `task_input` again, before it goes to an agent.
    pub fn take_out(task_input: &mut Map<String, Value>) {
        for name in [DEADLINE, DUPLICATE] {
            task_input.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TaskType::{FetchConnections as Read, SendConnectionRequest as Invite};

    fn parse(kind: TaskType, fields: Value) -> Result<TaskOptions, InputError> {
        TaskOptions::parse(kind, fields.as_object().expect("an object"))
    }

    #[test]
    fn takes_what_it_says() {
        let options = |deadline_ms, allow_duplicate| Ok(TaskOptions { deadline_ms, allow_duplicate });
        for (kind, fields, expected) in [
            (Read, json!({}), options(None, None)),
            (Read, json!({"deadline_ms": null}), options(None, None)),
            (Read, json!({"deadline_ms": 60_000}), options(Some(60_000), None)),
            (Invite, json!({"deadline_ms": 6e4}), options(Some(60_000), None)),
            (Invite, json!({"deadline_ms": 2_592_000_000_u64}), options(Some(2_592_000_000), None)),
            (Invite, json!({"allow_duplicate": false}), options(None, Some(false))),
            (Invite, json!({"allow_duplicate": true}), options(None, Some(true))),
            (Invite, json!({"allow_duplicate": null}), options(None, None)),
            // Unknown fields are ignored, and of a read this is one.
            (Read, json!({"allow_duplicate": 7}), options(None, None)),
        ] {
            assert_eq!(parse(kind, fields.clone()), expected, "{fields}");
        }
        for value in
            [json!(59_999), json!(2_592_000_001_u64), json!("60000"), json!(true), json!(60_000.5), json!(-1)]
        {
            let fields = json!({ "deadline_ms": value });
            assert_eq!(parse(Read, fields.clone()), Err(InputError::Deadline), "{fields}");
        }
        for value in [json!("true"), json!(1), json!([]), json!({})] {
            let fields = json!({ "allow_duplicate": value });
            assert_eq!(parse(Invite, fields.clone()), Err(InputError::AllowDuplicate), "{fields}");
        }
    }

    #[test]
    fn is_shown_to_callers_and_not_to_agents() {
        let mut input = json!({"note": null});
        TaskOptions::default().echo_into(&mut input);
        assert_eq!(input, json!({"note": null}));
        TaskOptions { deadline_ms: Some(60_000), allow_duplicate: Some(true) }.echo_into(&mut input);
        assert_eq!(input, json!({"note": null, "deadline_ms": 60_000, "allow_duplicate": true}));
        let mut input = input.as_object().expect("an object").clone();
        TaskOptions::take_out(&mut input);
        assert_eq!(Value::Object(input), json!({"note": null}));
    }
}
