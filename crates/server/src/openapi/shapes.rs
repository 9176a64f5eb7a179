//! What callers send and see where the code works with the JSON itself: bodies are checked member by member to the
//! documented texts, and outputs are passed on as they came. These types describe that JSON and are never made.

use liaison_protocol::{Effect, ErrorCode, Findings, FullFetchOutput, SentOutput, TaskFailure};
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// What a call that makes a task may carry beside its body.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub struct Keyed {
    /// Chosen by the caller, bare or in quotes: under the same key the same request is carried out once.
    #[param(
        rename = "Idempotency-Key",
        pattern = r#"^([!#-~][!-~]{0,254}|"([ !#-\[\]-~]|\\["\\]){1,255}")$"#
    )]
    pub key: Option<String>,
}

/// What is asked about a task.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AboutTask {
    /// The task's id.
    #[param(pattern = "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$")]
    pub api_agent_task_id: String,
    /// Seconds to wait for its end.
    #[param(minimum = 1, maximum = 25)]
    pub wait: Option<u32>,
    /// What is wanted beside: its history.
    #[param(inline)]
    pub include: Option<TaskHistory>,
}

/// What is wanted of a task.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Told {
    /// What is wanted beside: its history.
    #[param(inline)]
    pub include: Option<TaskHistory>,
}

/// What is asked beside a task's standing.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskHistory {
    /// The task's history.
    Events,
}

/// Which tasks are listed, and how.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Listed {
    /// Where they are.
    #[param(inline)]
    pub status: Option<TaskStatus>,
    /// `agent_fetch_connections` or `agent_send_connection_request`.
    #[param(pattern = "^agent_(fetch_connections|send_connection_request)$")]
    pub task_type: Option<String>,
    /// Created at that time or later.
    #[param(example = "2026-11-22T08:00:00Z")]
    pub created_after: Option<String>,
    /// Created before it.
    #[param(example = "2026-11-23T08:00:00Z")]
    pub created_before: Option<String>,
    /// `output` adds what came of them.
    #[param(pattern = "^output$")]
    pub include: Option<String>,
    /// The `next_cursor` of the page before, with the same filters.
    pub cursor: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
}

/// A task in a path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OneTask {
    /// The task's id.
    pub task: String,
}

/// A webhook in a path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OneWebhook {
    /// The webhook's id.
    pub webhook: String,
}

/// Where to tell of each end of a task.
#[derive(ToSchema)]
pub struct WebhookBody {
    /// An https URL of a public host.
    #[schema(example = "https://hooks.example.com/liaison")]
    pub url: String,
    /// Whether what came of the task is told, too.
    pub include_output: Option<bool>,
}

/// What to list. A body without content is `{}`.
#[derive(ToSchema)]
pub struct FetchConnectionsBody {
    /// Names that contain this, ignoring case.
    pub keyword: Option<String>,
    /// `RECENTLY_ADDED`, `FIRSTNAME_LASTNAME` or `LASTNAME_FIRSTNAME`.
    #[schema(example = "RECENTLY_ADDED")]
    pub sort_type: Option<String>,
    /// Index of the first connection wanted.
    #[schema(maximum = 9_007_199_254_740_991_i64, default = 0)]
    pub start: Option<u64>,
    /// How many are wanted.
    #[schema(minimum = 1, maximum = 500, default = 40)]
    pub count: Option<u64>,
    /// What of them is wanted beside the seven documented members, or instead.
    pub fields: Option<FieldsWord>,
    /// How soon the task must have started, in milliseconds.
    #[schema(minimum = 60_000, maximum = 2_592_000_000_i64)]
    pub deadline_ms: Option<u64>,
}

/// What of the connections is wanted.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldsWord {
    /// Two members more of each connection, and the size of the network.
    All,
    /// The size of the network alone.
    Total,
}

/// Whom to invite.
#[derive(ToSchema)]
pub struct SendConnectionRequestBody {
    /// A profile URN, a bare profile id, or the address of a profile that has its id in it. No public identifier
    /// ("vanity name").
    #[schema(
        example = "urn:li:fsd_profile:ACoAAExample",
        pattern = r"^((urn:li:(fsd_profile|fs_miniProfile|fs_profile|person):)?(AC[a-z][A-Z_][A-Za-z0-9_-]{2,124}|A[A-Z][A-Za-z0-9_-](AA|__)[A-Za-z0-9_-]{25,123})|https?://([A-Za-z0-9.-]+\.)?linkedin\.com/in/AC[a-z][A-Z_][A-Za-z0-9_-]{2,124}([/?#].*)?)$"
    )]
    pub profile_urn: String,
    /// A note of at most 300 UTF-16 units, blanks around it not counted.
    #[schema(max_length = 300)]
    pub note: Option<String>,
    /// How soon the task must have started, in milliseconds.
    #[schema(minimum = 60_000, maximum = 2_592_000_000_i64)]
    pub deadline_ms: Option<u64>,
    /// Whether a second invitation to the same person is meant.
    pub allow_duplicate: Option<bool>,
}

/// Which task.
#[derive(ToSchema)]
pub struct WhichTask {
    /// The task's id.
    #[schema(pattern = "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$")]
    pub api_agent_task_id: String,
}

/// Where a task is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// Not begun.
    Pending,
    /// Being carried out.
    Processing,
    /// Ended well.
    Completed,
    /// Ended with a failure.
    Failed,
}

/// What came of a task.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum TaskOutput {
    /// Of a list. `network_total`, `connected_at` and `connection_urn` are there when `fields` asked for them.
    #[schema(title = "Fetched")]
    Fetched(FullFetchOutput),
    /// Of an invitation.
    #[schema(title = "Sent")]
    Sent(SentOutput),
    /// Of a task that failed.
    #[schema(title = "Failed")]
    Failed(ShownFailure),
}

/// How a task ended, as its agent tells it.
#[derive(Serialize, ToSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum CompleteBody {
    /// Done. The output is the documented one of the kind.
    Completed {
        /// The offer's token.
        token: String,
        /// As `TaskOutput` has it.
        #[schema(value_type = Object)]
        task_output: Value,
        /// What is known of the effect.
        effect: Option<Effect>,
        /// What was odd about a list; ignored when it is anything else.
        #[schema(value_type = Value)]
        findings: Option<Findings>,
    },
    /// Ended with a failure.
    Failed {
        /// The offer's token.
        token: String,
        /// Why.
        task_output: TaskFailure,
        /// What is known of the effect.
        effect: Option<Effect>,
    },
    /// Not begun: nothing of it was sent.
    Returned {
        /// The offer's token.
        token: String,
        /// None.
        effect: Option<NoEffect>,
    },
}

/// What is known of the effect of what was not begun.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoEffect {
    /// Certainly none.
    None,
}

/// Why a task failed.
#[derive(Serialize, ToSchema)]
pub struct ShownFailure {
    /// For a person.
    pub error: String,
    /// For the program.
    pub code: ErrorCode,
    /// Whether creating the task again makes sense.
    pub retryable: bool,
    /// When to do so at the earliest, as ISO 8601.
    pub retry_at: Option<String>,
    /// What to do, for a person.
    pub remedy: String,
}
