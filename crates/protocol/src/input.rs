//! What a caller may ask for, checked to the letter of the documented error texts.
//!
//! The server answers with these texts; the agent checks again, since any server may drive it.

use crate::{InvalidProfileUrn, ProfileId, normalise_profile_urn, trim_note, whole};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::fmt;

/// Most connections one task may ask for.
pub const MAX_COUNT: u64 = 500;
const DEFAULT_COUNT: u64 = 40;

/// The closed vocabulary of tasks. A server can ask for one of these with its known fields and for nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TaskType {
    /// List or search the account's own first-degree connections.
    #[serde(rename = "agent_fetch_connections")]
    FetchConnections,
    /// Send one connection invitation.
    #[serde(rename = "agent_send_connection_request")]
    SendConnectionRequest,
}

impl TaskType {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FetchConnections => "agent_fetch_connections",
            Self::SendConnectionRequest => "agent_send_connection_request",
        }
    }

    /// The type of a name on the wire; `None` for one this version doesn't know.
    #[must_use]
    pub fn from_wire(name: &str) -> Option<Self> {
        known_task_types().into_iter().find(|known| known.as_str() == name)
    }

    /// Whether carrying it out changes something at LinkedIn.
    #[must_use]
    pub const fn has_effect(self) -> bool {
        matches!(self, Self::SendConnectionRequest)
    }
}

/// Every task type, in a fixed order.
#[must_use]
pub const fn known_task_types() -> [TaskType; 2] {
    [TaskType::FetchConnections, TaskType::SendConnectionRequest]
}

/// A documented 400: [`fmt::Display`] gives the exact text of the `error` member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputError {
    /// `keyword` is not a string.
    Keyword,
    /// `sort_type` is not a string.
    SortType,
    /// `start` is not a non-negative integer.
    Start,
    /// `start` is an integer beyond what JavaScript counts to.
    StartTooLarge,
    /// `count` is not an integer from 1 to 500. Never clamped: a clamped page would end the caller's loop early.
    Count,
    /// `fields` is neither of the two words it may be. Not documented by the API we stand in for: checked last.
    Fields,
    /// `profile_urn` is missing, not a string, or can never be a profile URN.
    ProfileUrn,
    /// `profile_urn` looks like a public identifier.
    PublicIdentifier,
    /// `note` is not a string.
    NoteType,
    /// `note` is longer than 300 UTF-16 units after trimming.
    NoteLength,
    /// `deadline_ms` is not an integer from a minute to thirty days. Ours: checked after the documented fields.
    Deadline,
    /// `allow_duplicate` is not a boolean. Ours as well.
    AllowDuplicate,
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keyword => "Invalid 'keyword': must be a string",
            Self::SortType => "Invalid 'sort_type': must be a string",
            Self::Start => "Invalid 'start': must be a non-negative integer",
            Self::StartTooLarge => return write!(f, "Invalid 'start': must be at most {}", whole::MAX_SAFE),
            Self::Count => "Invalid 'count': must be an integer between 1 and 500",
            Self::Fields => "Invalid 'fields': must be 'all' or 'total'",
            Self::ProfileUrn => return InvalidProfileUrn::Other.fmt(f),
            Self::PublicIdentifier => return InvalidProfileUrn::PublicIdentifier.fmt(f),
            Self::NoteType => "Invalid 'note': must be a string",
            Self::NoteLength => "Invalid 'note': must be 300 characters or fewer",
            Self::Deadline => "Invalid 'deadline_ms': must be an integer between 60000 and 2592000000",
            Self::AllowDuplicate => "Invalid 'allow_duplicate': must be a boolean",
        })
    }
}

impl std::error::Error for InputError {}

impl InputError {
    /// What to do about it, where the documented text leaves that open.
    #[must_use]
    pub const fn remedy(self) -> Option<&'static str> {
        match self {
            Self::NoteLength => Some(
                "Shorten the note: it is counted in UTF-16 units, as a browser counts it, so that an emoji counts as two \
                 or more",
            ),
            _ => None,
        }
    }
}

impl From<InvalidProfileUrn> for InputError {
    fn from(invalid: InvalidProfileUrn) -> Self {
        match invalid {
            InvalidProfileUrn::PublicIdentifier => Self::PublicIdentifier,
            InvalidProfileUrn::Other => Self::ProfileUrn,
        }
    }
}

/// What of the connections is wanted, beside or instead of the documented seven members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fields {
    /// The documented members alone. What callers get who don't say.
    #[default]
    Documented,
    /// `all`: each connection's `connected_at` and `connection_urn` as well, and `network_total` beside `total`.
    All,
    /// `total`: no rows, only the network's size.
    Total,
}

impl Fields {
    fn from_wire(word: &str) -> Option<Self> {
        match word {
            "all" => Some(Self::All),
            "total" => Some(Self::Total),
            _ => None,
        }
    }

    /// What a task's input asks for; anything that isn't one of the words asks for nothing special.
    #[must_use]
    pub fn of(task_input: &Value) -> Self {
        task_input.get("fields").and_then(Value::as_str).and_then(Self::from_wire).unwrap_or_default()
    }
}

/// A checked `fetch-connections` input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchConnections {
    /// Names that contain this, ignoring case; trimmed, never empty.
    pub keyword: Option<String>,
    /// LinkedIn's sort order as the caller wrote it. Which are known is the agent's to say.
    pub sort_type: Option<String>,
    /// Index of the first connection wanted, in the (filtered) list.
    pub start: u64,
    /// How many are wanted, 1 to 500.
    pub count: u64,
    /// What of them is wanted.
    #[serde(default)]
    pub fields: Fields,
}

/// A checked `send-connection-request` input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendConnectionRequest {
    /// Whom to invite.
    pub profile: ProfileId,
    /// The note, trimmed; `None` sends the invitation without one.
    pub note: Option<String>,
}

/// A checked input of a known type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task_type")]
pub enum TaskInput {
    /// List or search connections.
    #[serde(rename = "agent_fetch_connections")]
    FetchConnections(FetchConnections),
    /// Send an invitation.
    #[serde(rename = "agent_send_connection_request")]
    SendConnectionRequest(SendConnectionRequest),
}

impl TaskInput {
    /// Checks `fields` as an input of `task_type`. Unknown fields are ignored, `null` means absent, `40.0` is 40.
    ///
    /// # Errors
    /// The first documented complaint, in the order of the documentation.
    pub fn parse(task_type: TaskType, fields: &Map<String, Value>) -> Result<Self, InputError> {
        match task_type {
            TaskType::FetchConnections => parse_fetch(fields).map(Self::FetchConnections),
            TaskType::SendConnectionRequest => parse_send(fields).map(Self::SendConnectionRequest),
        }
    }

    /// The type of this input.
    #[must_use]
    pub const fn task_type(&self) -> TaskType {
        match self {
            Self::FetchConnections(_) => TaskType::FetchConnections,
            Self::SendConnectionRequest(_) => TaskType::SendConnectionRequest,
        }
    }

    /// The documented `task_input`: every field as the caller sent it, absent ones filled with their default or
    /// `null`, and `task_type`. Only the documented fields are echoed; an integer is echoed as one, also when it was
    /// written as `40.0` or `4e1`.
    #[must_use]
    pub fn echo(task_type: TaskType, fields: &Map<String, Value>) -> Value {
        let sent = |name: &str, default: Value| match fields.get(name) {
            None | Some(Value::Null) => default,
            Some(value) => match (value, optional_integer(fields, name)) {
                (Value::Number(_), Ok(Some(integer))) => json!(integer),
                _ => value.clone(),
            },
        };
        match task_type {
            TaskType::FetchConnections => {
                let mut echo = json!({
                    "keyword": sent("keyword", Value::Null),
                    "sort_type": sent("sort_type", Value::Null),
                    "start": sent("start", json!(0)),
                    "count": sent("count", json!(DEFAULT_COUNT)),
                    "task_type": task_type.as_str(),
                });
                // Ours, not the documented API's: who doesn't use it doesn't see it.
                if let Some(word) = fields.get("fields").filter(|word| !word.is_null()) {
                    echo["fields"] = word.clone();
                }
                echo
            }
            TaskType::SendConnectionRequest => json!({
                "profile_urn": sent("profile_urn", Value::Null),
                "note": sent("note", Value::Null),
                "task_type": task_type.as_str(),
            }),
        }
    }
}

fn parse_fetch(fields: &Map<String, Value>) -> Result<FetchConnections, InputError> {
    let keyword = optional_string(fields, "keyword").map_err(|()| InputError::Keyword)?;
    let sort_type = optional_string(fields, "sort_type").map_err(|()| InputError::SortType)?;
    let start = optional_integer(fields, "start").map_err(|_| match fields.get("start") {
        Some(Value::Number(number)) if whole::is_too_large(number) => InputError::StartTooLarge,
        _ => InputError::Start,
    })?;
    let count = optional_integer(fields, "count").map_err(|_| InputError::Count)?.unwrap_or(DEFAULT_COUNT);
    if !(1..=MAX_COUNT).contains(&count) {
        return Err(InputError::Count);
    }
    let fields = match optional_string(fields, "fields").map_err(|()| InputError::Fields)? {
        None => Fields::Documented,
        Some(word) => Fields::from_wire(word).ok_or(InputError::Fields)?,
    };
    let non_blank = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    Ok(FetchConnections {
        keyword: keyword.and_then(non_blank),
        sort_type: sort_type.and_then(non_blank),
        start: start.unwrap_or(0),
        count,
        fields,
    })
}

fn parse_send(fields: &Map<String, Value>) -> Result<SendConnectionRequest, InputError> {
    let urn = match fields.get("profile_urn") {
        Some(Value::String(urn)) => urn,
        _ => return Err(InputError::ProfileUrn),
    };
    let profile = normalise_profile_urn(urn)?;
    let note = match optional_string(fields, "note").map_err(|()| InputError::NoteType)? {
        None => None,
        Some(note) => trim_note(note).map_err(|_| InputError::NoteLength)?.map(str::to_owned),
    };
    Ok(SendConnectionRequest { profile, note })
}

fn optional_string<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, ()> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(()),
    }
}

/// A member is there and is no non-negative integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnInteger;

/// A non-negative integer, also when it is written as `40.0`; `None` when it is absent or `null`. Larger than 2^53 is no
/// integer to JavaScript.
///
/// # Errors
/// When it is anything else.
pub fn optional_integer(fields: &Map<String, Value>, name: &str) -> Result<Option<u64>, NotAnInteger> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => whole::of(number).map(Some).ok_or(NotAnInteger),
        Some(_) => Err(NotAnInteger),
    }
}
