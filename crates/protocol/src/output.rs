//! What a finished task holds: the documented records and the typed failure.

use crate::ErrorCode;
use serde::{Deserialize, Serialize};

/// One connection, exactly the documented seven fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// First and last name, joined by one space; `""` when LinkedIn gave none.
    pub name: String,
    /// Trimmed; `""` when LinkedIn gave none.
    pub first_name: String,
    /// Trimmed; `""` when LinkedIn gave none.
    pub last_name: String,
    /// Trimmed; `""` when LinkedIn gave none.
    pub headline: String,
    /// `urn:li:fsd_profile:<id>`; always there.
    pub entity_urn: String,
    /// The slug of the profile's address, as LinkedIn gave it (not percent-decoded); `""` when there is none.
    pub public_identifier: String,
    /// The largest picture; `null` when there is none. The URL expires within weeks.
    pub profile_image_url: Option<String>,
}

/// `task_output` of a completed `agent_fetch_connections`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchOutput {
    /// How many connections are in *this* answer. Less than `count` only at the end of the list.
    pub total: u64,
    /// In the order LinkedIn lists them.
    pub connections: Vec<Connection>,
}

/// `task_output` of a completed `agent_send_connection_request`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentOutput {
    /// Always `true`: what was not sent ends the task `failed`.
    pub sent: bool,
}

/// `task_output` of a failed task as the agent posts it. The server turns `retry_in_ms` into the documented
/// `retry_at`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskFailure {
    /// One sentence for a person. Never holds a name, a note, a cookie or a page's text.
    pub error: String,
    /// For the program.
    pub code: ErrorCode,
    /// Whether creating the task again makes sense.
    pub retryable: bool,
    /// How long to wait first, in milliseconds; `null` when no time is known.
    #[serde(default)]
    pub retry_in_ms: Option<u64>,
    /// What to do, for a person.
    pub remedy: String,
}

impl TaskFailure {
    /// A failure with the code's own sentence and remedy.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self {
            error: code.sentence().to_owned(),
            code,
            retryable: code.retryable(),
            retry_in_ms: None,
            remedy: code.remedy().to_owned(),
        }
    }

    /// The same failure with `detail` after the sentence. `detail` must hold nothing of a person or a session.
    #[must_use]
    pub fn with_detail(mut self, detail: &str) -> Self {
        self.error = format!("{}: {detail}", self.error);
        self
    }

    /// The same failure with the wait that LinkedIn, or our own back-off, asks for.
    #[must_use]
    pub fn retry_in(mut self, ms: u64) -> Self {
        self.retry_in_ms = Some(ms);
        self
    }
}
