//! Every answer that is not a success: one place gives it its status, its text and its code.
//!
//! The texts for callers are documented to the letter. The cause of a 5xx goes to the log and never into an answer.

use crate::clock::Timestamp;
use crate::errand::Unmet;
use crate::lifecycle::Fenced;
use crate::store::{CreateError, ManageError, Refusal, ResultError, StoreError, Thing};
use crate::webhook::UrlError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use liaison_protocol::{ErrorCode, InputError};
use serde::Serialize;
use std::borrow::Cow;
use std::error::Error;
use std::time::Duration;
use utoipa::ToSchema;

/// When to come again to a server whose disk is full or failing: a person has to see to it.
const STORAGE_RETRY_S: u64 = 30;
/// When to come again with a task for which there was no room: an agent ends a few a minute.
const QUEUE_RETRY_S: u64 = 60;
/// When to come again to a server that was too slow.
const SOON_RETRY_S: u64 = 5;

/// What can go wrong with a request.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("Invalid JSON body")]
    InvalidJson,
    #[error("Compressed bodies are not taken; send it without 'Content-Encoding'")]
    Compressed,
    #[error("{0}")]
    Input(InputError),
    /// An input that can't be, in words of whoever found so.
    #[error("{0}")]
    Asked(Cow<'static, str>),
    #[error("Missing or invalid 'api_agent_task_id'")]
    TaskId,
    #[error("Invalid 'wait': must be an integer between 1 and 25")]
    Wait,
    #[error("Invalid 'Idempotency-Key': must be one key of 1 to 255 printable ASCII characters")]
    Key,
    #[error("This 'Idempotency-Key' was used for another request; use a new key for a new request")]
    KeyReused,
    #[error(
        "An invitation to this person is pending with another note; cancel it first, or send \
         'allow_duplicate': true"
    )]
    OtherNote,
    #[error(
        "An invitation to this person is being cancelled and may still go out; send the request again once that \
         task has ended, or send 'allow_duplicate': true"
    )]
    BeingCancelled,
    #[error(
        "An invitation to this person was sent and its task has been deleted; send 'allow_duplicate': true to send \
         another"
    )]
    InvitedBefore,
    #[error("Invalid '{0}': must be {1}")]
    Query(&'static str, &'static str),
    #[error("Invalid 'url': must be {0}")]
    Url(UrlError),
    #[error("The task has not ended; cancel it first, or wait")]
    NotFinished,
    #[error("This task has no list of connections")]
    NoConnections,
    #[error("Webhook not found")]
    WebhookNotFound,
    #[error("A team has at most {0} webhooks; delete one first")]
    WebhookLimit(u32),
    #[error("Missing API Key")]
    MissingKey,
    #[error("Invalid API Key")]
    InvalidKey,
    #[error("This API key may only read")]
    ReadOnlyKey,
    #[error("Missing or invalid admin key (`liaison-server admin-key add` makes one)")]
    AdminKey,
    #[error("The session is over; sign in again")]
    SessionOver,
    #[error("Missing or wrong 'X-CSRF-Token'; it is the 'csrf' that the session was begun with")]
    CsrfToken,
    #[error("Only the dashboard's own pages may use its session")]
    ForeignPage,
    #[error("The dashboard has no such file")]
    NoFile,
    /// Something an operator sent that can't be.
    #[error("{0}")]
    Field(&'static str),
    #[error("No such {0}")]
    Unknown(Thing),
    #[error("Invalid 'cursor': must be the 'next_cursor' of the same list")]
    Cursor,
    #[error(
        "Plugin installation required: install the Liaison extension in the browser where you are signed in to \
         LinkedIn, pair it with this server (`liaison-server pair` makes a code), and keep that browser open"
    )]
    PluginRequired,
    #[error("This API key lacks the scope {0}")]
    Scope(&'static str),
    #[error("{0}")]
    Unmet(Unmet),
    #[error("No admin user found in the team")]
    NoAdmin,
    #[error("Agent task not found")]
    TaskNotFound,
    #[error("LinkedIn invitation limit reached")]
    Limit { code: ErrorCode, until: Timestamp, now: Timestamp },
    #[error("Too many tasks of this team are unfinished; create more once some have ended")]
    QueueFull,
    #[error("Too many calls with this API key; come again when 'Retry-After' says")]
    TooOften(Duration),
    #[error("Too many wrong keys or tokens came from this address; come again when 'Retry-After' says")]
    WrongTooOften(Duration),
    #[error(
        "On its own computer this server is not called by this name; use localhost, or start it with '--host' and the \
         name (behind a proxy, with '--trusted-proxy' and the proxy's address)"
    )]
    Host,
    #[error("Only programs on the server's own computer may see this, or who has its '--metrics-token'")]
    MetricsClosed,
    #[error("Not ready")]
    NotReady,
    #[error("The request's body paused for too long")]
    SlowBody,
    #[error("It took too long, and may have been done or not; send it again as after any lost answer")]
    Overtime,
    /// No such address, and what may be wrong with this one.
    #[error("Not found{0}")]
    NoRoute(&'static str),
    #[error("Method not allowed")]
    Method,
    #[error("Request body too large")]
    TooLarge,
    #[error("Missing or invalid agent token")]
    AgentToken,
    #[error("Wrong, used or outdated pairing code")]
    PairingCode,
    #[error("Too many wrong pairing codes; come again when 'Retry-After' says")]
    TooManyGuesses { until: Timestamp, now: Timestamp },
    #[error("Web pages can't pair; only the extension can")]
    ForeignOrigin,
    #[error("Another browser has been paired in this one's place, or its member has left the team")]
    Superseded,
    #[error("{0}")]
    Message(&'static str),
    #[error("No such task for this agent")]
    AgentTask,
    #[error("{0}")]
    Fenced(Fenced),
    #[error(
        "The server can't use its database right now, and the request may have been carried out or not; send it again \
         later, a POST for a task under the 'Idempotency-Key' that it had"
    )]
    Unavailable(#[source] StoreError),
    #[error("Internal server error")]
    Internal(#[source] StoreError),
    #[error("Internal server error")]
    Panicked,
}

/// Why a call was refused.
#[derive(Serialize, ToSchema)]
pub struct ErrorBody {
    /// Always `false`.
    success: bool,
    /// For a person.
    error: String,
    /// For the program.
    code: &'static str,
    /// When LinkedIn's limit is expected to be over, as ISO 8601.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_at: Option<String>,
    /// What to do, where the documented text leaves that open.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'static str>,
}

/// What every one of the published APIs says of an error, each in its own form.
pub struct Told {
    pub status: StatusCode,
    /// For the program.
    pub code: &'static str,
    /// For the person.
    pub error: String,
    /// When it may work, as ISO 8601.
    pub retry_at: Option<String>,
    /// The same in seconds from now.
    pub retry_after: Option<u64>,
}

impl Told {
    /// An answer with this body, and with `Retry-After` when it is known.
    pub fn with_body(&self, body: impl Serialize) -> Response {
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl ApiError {
    fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::InvalidJson
            | Self::Input(_)
            | Self::Asked(_)
            | Self::TaskId
            | Self::Wait
            | Self::Key
            | Self::Query(..)
            | Self::Url(_) => (StatusCode::BAD_REQUEST, ErrorCode::InvalidInput.as_str()),
            Self::Scope(_) => (StatusCode::FORBIDDEN, "missing_scope"),
            Self::Unmet(unmet) => unmet.status_and_code(),
            Self::Field(_) | Self::Cursor => (StatusCode::BAD_REQUEST, ErrorCode::InvalidInput.as_str()),
            Self::MissingKey
            | Self::InvalidKey
            | Self::AgentToken
            | Self::PairingCode
            | Self::AdminKey
            | Self::SessionOver => (StatusCode::UNAUTHORIZED, "unauthorised"),
            Self::CsrfToken => (StatusCode::FORBIDDEN, "csrf_token"),
            Self::ReadOnlyKey => (StatusCode::FORBIDDEN, "read_only_key"),
            Self::TooManyGuesses { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many_guesses"),
            Self::ForeignOrigin | Self::ForeignPage => (StatusCode::FORBIDDEN, "foreign_origin"),
            Self::MetricsClosed => (StatusCode::FORBIDDEN, "metrics_closed"),
            Self::PluginRequired => (StatusCode::FORBIDDEN, "plugin_required"),
            Self::NoAdmin => (StatusCode::NOT_FOUND, "no_admin"),
            Self::TaskNotFound
            | Self::AgentTask
            | Self::NoRoute(_)
            | Self::WebhookNotFound
            | Self::NoFile
            | Self::Unknown(_) => (StatusCode::NOT_FOUND, "not_found"),
            Self::Limit { code, .. } => (StatusCode::TOO_MANY_REQUESTS, code.as_str()),
            Self::QueueFull => (StatusCode::TOO_MANY_REQUESTS, "queue_full"),
            Self::TooOften(_) => (StatusCode::TOO_MANY_REQUESTS, "too_often"),
            Self::WrongTooOften(_) => (StatusCode::TOO_MANY_REQUESTS, "wrong_too_often"),
            Self::Host => (StatusCode::MISDIRECTED_REQUEST, "wrong_host"),
            Self::SlowBody => (StatusCode::REQUEST_TIMEOUT, "slow_body"),
            Self::NotReady => (StatusCode::SERVICE_UNAVAILABLE, "not_ready"),
            Self::Overtime => (StatusCode::SERVICE_UNAVAILABLE, "overtime"),
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::Compressed => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "compressed"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::KeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused"),
            Self::OtherNote => (StatusCode::CONFLICT, "pending_with_another_note"),
            Self::BeingCancelled => (StatusCode::CONFLICT, "being_cancelled"),
            Self::InvitedBefore => (StatusCode::CONFLICT, "invited_before"),
            Self::NotFinished => (StatusCode::CONFLICT, "not_finished"),
            Self::NoConnections => (StatusCode::CONFLICT, "no_connections"),
            Self::WebhookLimit(_) => (StatusCode::CONFLICT, "webhook_limit"),
            Self::Superseded => (StatusCode::CONFLICT, "superseded"),
            // Not 400: to an agent that would mean "try again", and the same body would come back for ever.
            Self::Message(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_message"),
            Self::Fenced(Fenced::LeaseLost) => (StatusCode::CONFLICT, "lease_lost"),
            Self::Fenced(Fenced::ResultConflict) => (StatusCode::CONFLICT, "result_conflict"),
            Self::Fenced(Fenced::TaskClosed) => (StatusCode::GONE, "task_closed"),
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "storage_unavailable"),
            Self::Internal(_) | Self::Panicked => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }
}

impl ApiError {
    /// What is to be said of it. What nobody but the operator should read of it goes to the log here.
    pub fn told(&self) -> Told {
        let (status, code) = self.status_and_code();
        let mut retry_at = None;
        let mut retry_after = None;
        match self {
            Self::Unmet(unmet) => (retry_at, retry_after) = unmet.retry(),
            Self::Limit { until, now, .. } | Self::TooManyGuesses { until, now } => {
                retry_at = Some(until.to_iso());
                retry_after = Some(until.ms_since(*now).div_ceil(1000).max(1));
            }
            Self::Unavailable(cause) => {
                retry_after = Some(STORAGE_RETRY_S);
                tracing::error!(cause = causes(cause), "the database can't be used");
            }
            Self::TooOften(wait) | Self::WrongTooOften(wait) => retry_after = Some(in_seconds(*wait)),
            Self::QueueFull => retry_after = Some(QUEUE_RETRY_S),
            Self::NotReady | Self::Overtime => retry_after = Some(SOON_RETRY_S),
            Self::Internal(cause) => tracing::error!(cause = causes(cause), "a request failed"),
            _ => {}
        }
        Told { status, code, error: self.to_string(), retry_at, retry_after }
    }

    fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Input(wrong) => wrong.remedy(),
            Self::Limit { code: ErrorCode::NoteLimit, .. } => Some(
                "Only invitations with a note are limited: send this one without, or when 'Retry-After' says",
            ),
            _ => None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let told = self.told();
        let (error, retry_at, remedy) = (told.error.clone(), told.retry_at.clone(), self.remedy());
        told.with_body(ErrorBody { success: false, error, code: told.code, retry_at, remedy })
    }
}

/// Whole seconds, of which a client that waits them has waited long enough.
fn in_seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(1)
}

/// An error and what lies behind it, in one line.
pub fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if error.is_passing() { Self::Unavailable(error) } else { Self::Internal(error) }
    }
}

impl From<ManageError> for ApiError {
    fn from(error: ManageError) -> Self {
        match error {
            ManageError::Unknown(thing) => Self::Unknown(thing),
            ManageError::Cursor => Self::Cursor,
            ManageError::Store(error) => error.into(),
        }
    }
}

impl From<InputError> for ApiError {
    fn from(error: InputError) -> Self {
        Self::Input(error)
    }
}

impl From<ResultError> for ApiError {
    fn from(error: ResultError) -> Self {
        match error {
            ResultError::NotFound => Self::AgentTask,
            ResultError::Superseded => Self::Superseded,
            ResultError::Output => Self::Message("The task's output doesn't have the documented shape"),
            ResultError::Fenced(fenced) => Self::Fenced(fenced),
            ResultError::Store(error) => error.into(),
        }
    }
}

impl ApiError {
    /// The answer to a task that was not taken.
    pub fn not_created(error: CreateError, now: Timestamp) -> Self {
        match error {
            CreateError::Refused(Refusal::NoAdmin) => Self::NoAdmin,
            CreateError::Refused(Refusal::NoAgent) => Self::PluginRequired,
            CreateError::Refused(Refusal::Limit { code, until }) => Self::Limit { code, until, now },
            CreateError::Refused(Refusal::QueueFull) => Self::QueueFull,
            CreateError::KeyReused => Self::KeyReused,
            CreateError::OtherNote => Self::OtherNote,
            CreateError::BeingCancelled => Self::BeingCancelled,
            CreateError::InvitedBefore => Self::InvitedBefore,
            CreateError::Store(error) => error.into(),
        }
    }
}
