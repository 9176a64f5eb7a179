//! What callers are shown of a completed task: the documented members and nothing else.

use liaison_protocol::{FetchOutput, SentOutput, TaskType};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The documented output of a kind, out of what an agent says. `None` when it is another one. The types of
/// `liaison_protocol` are the one list of members; others are left out.
pub(super) fn documented(kind: TaskType, said: &Value) -> Option<Value> {
    match kind {
        TaskType::FetchConnections => {
            only(said, |output: &FetchOutput| u64::try_from(output.connections.len()) == Ok(output.total))
        }
        TaskType::SendConnectionRequest => only(said, |output: &SentOutput| output.sent),
    }
}

fn only<T: DeserializeOwned + Serialize>(said: &Value, is_right: impl Fn(&T) -> bool) -> Option<Value> {
    // Lists would be taken for objects with their members in order.
    let output = said.is_object().then(|| T::deserialize(said).ok()).flatten().filter(is_right)?;
    serde_json::to_value(output).ok()
}
