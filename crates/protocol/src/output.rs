//! What a finished task holds: the documented records and the typed failure.

use crate::{ErrorCode, whole};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;

/// One connection, exactly the documented seven fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
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

/// One connection of a task with `fields: "all"`: the documented seven members and these two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FullConnection {
    /// The documented members.
    #[serde(flatten)]
    pub connection: Connection,
    /// When the two connected, as ISO 8601 in UTC; `null` when LinkedIn gave no time.
    pub connected_at: Option<String>,
    /// The connection itself as LinkedIn spells it, `urn:li:fsd_connection:<id>`; `null` when LinkedIn gave none.
    pub connection_urn: Option<String>,
}

/// `task_output` of a completed `agent_fetch_connections`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FetchOutput {
    /// How many connections are in *this* answer. Less than `count` only at the end of the list.
    pub total: u64,
    /// In the order LinkedIn lists them.
    pub connections: Vec<Connection>,
}

/// The same of a task with `fields: "all"`. With `fields: "total"` it has no rows and `total` is 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FullFetchOutput {
    /// As in [`FetchOutput`].
    pub total: u64,
    /// How many connections the account has, by LinkedIn's own count; `null` when LinkedIn didn't tell. May differ by a
    /// few from the rows of the list.
    pub network_total: Option<u64>,
    /// As in [`FetchOutput`].
    pub connections: Vec<FullConnection>,
}

/// What was odd about a list, counted. Rows are never dropped in silence: what is not in the answer is counted here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Findings {
    /// Rows whose member LinkedIn didn't resolve; they are in the answer, with their URN alone.
    #[serde(default)]
    pub unresolved: u64,
    /// Rows that came twice, dropped.
    #[serde(default)]
    pub duplicates: u64,
    /// Rows that carried no URN that names a member.
    #[serde(default)]
    pub unreadable: u64,
    /// The list shifted under the walk and its place was not found again for certain.
    #[serde(default)]
    pub list_shifted: bool,
    /// The way in that was used because LinkedIn no longer answered the first one as it should; `null` for that one, and for
    /// one that this version doesn't know.
    #[serde(default, deserialize_with = "known_fallback")]
    pub fallback: Option<Fallback>,
}

fn known_fallback<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Fallback>, D::Error> {
    let word = Option::<Cow<'de, str>>::deserialize(deserializer)?;
    Ok(word.and_then(|word| Fallback::from_wire(&word)))
}

/// A way to the list of connections other than the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// The same list under an older decoration.
    OlderDecoration,
    /// LinkedIn's older list.
    LegacyList,
}

impl Fallback {
    fn from_wire(word: &str) -> Option<Self> {
        match word {
            "older_decoration" => Some(Self::OlderDecoration),
            "legacy_list" => Some(Self::LegacyList),
            _ => None,
        }
    }
}

/// `task_output` of a completed `agent_send_connection_request`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SentOutput {
    /// Always `true`: what was not sent ends the task `failed`.
    pub sent: bool,
}

/// `task_output` of a failed task as the agent posts it. The server turns `retry_in_ms` into the documented
/// `retry_at`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TaskFailure {
    /// One sentence for a person. Never holds a name, a note, a cookie or a page's text.
    pub error: String,
    /// For the program.
    pub code: ErrorCode,
    /// Whether creating the task again makes sense.
    pub retryable: bool,
    /// How long to wait first, in milliseconds; `null` when no time is known.
    #[serde(default, deserialize_with = "whole::optional")]
    #[cfg_attr(feature = "schema", schema(maximum = 9_007_199_254_740_991_i64))]
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
