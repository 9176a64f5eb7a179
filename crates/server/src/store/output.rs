//! What callers are shown of a completed task: the documented members and nothing else.

use liaison_protocol::{FetchOutput, Fields, FullConnection, FullFetchOutput, SentOutput, TaskType};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The documented output of a kind, out of what an agent says. `None` when it is another one. The types of
/// `liaison_protocol` are the one list of members; others are left out. An agent that knows nothing of `fields` answers
/// `all` with the documented members alone, and the rest is `null`.
pub(super) fn documented(kind: TaskType, input: &Value, said: &Value) -> Option<Value> {
    match (kind, Fields::of(input)) {
        (TaskType::FetchConnections, Fields::Documented) => {
            only(said, |output: &FetchOutput| counts(output.total, &output.connections))
        }
        (TaskType::FetchConnections, Fields::All) => only(said, |output: &FullFetchOutput| {
            counts(output.total, &output.connections) && output.connections.iter().all(is_dated_rightly)
        }),
        (TaskType::FetchConnections, Fields::Total) => only(said, |output: &FullFetchOutput| {
            output.total == 0 && output.connections.is_empty() && output.network_total.is_some()
        }),
        (TaskType::SendConnectionRequest, _) => only(said, |output: &SentOutput| output.sent),
    }
}

/// Whether an agent that knows nothing of `fields` answered a task for the network's size with rows.
pub(super) fn is_of_older_agent(kind: TaskType, input: &Value, said: &Value) -> bool {
    let knows_nothing = Fields::of(input) == Fields::Total && said.get("network_total").is_none();
    knows_nothing && documented(kind, &Value::Null, said).is_some()
}

fn counts<T>(total: u64, connections: &[T]) -> bool {
    u64::try_from(connections.len()) == Ok(total)
}

/// A time that callers could misread is worse than none: `null`, or ISO 8601 with a `Z`.
fn is_dated_rightly(row: &FullConnection) -> bool {
    row.connected_at.as_deref().is_none_or(|time| humantime::parse_rfc3339(time).is_ok())
}

fn only<T: DeserializeOwned + Serialize>(said: &Value, is_right: impl Fn(&T) -> bool) -> Option<Value> {
    // Lists would be taken for objects with their members in order.
    let output = said.is_object().then(|| T::deserialize(said).ok()).flatten().filter(is_right)?;
    serde_json::to_value(output).ok()
}
