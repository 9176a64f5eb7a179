//! Why an errand brought nothing, and the status that its caller gets.

use crate::clock::Timestamp;
use axum::http::StatusCode;
use liaison_protocol::{ErrorCode, WaitReason};
use serde::Deserialize;
use serde_json::Value;
use std::fmt;
use std::time::UNIX_EPOCH;

/// When to come again to a server that is being restarted.
const CLOSING_RETRY_S: u64 = 1;

/// Why an errand brought nothing.
#[derive(Debug)]
pub enum Unmet {
    /// Its task ended `failed`.
    Failed {
        /// Why.
        code: ErrorCode,
        /// What happened and what to do about it.
        text: String,
        /// When to try again, as ISO 8601 and in seconds from now.
        retry: Option<(String, u64)>,
    },
    /// There was nothing to be had in time. The last of the tasks goes on.
    Late {
        /// All of the errand's tasks, in order.
        tasks: Vec<String>,
        /// Why the last one waits, when that is known.
        waiting: Option<WaitReason>,
    },
    /// The browser waits for something for which this caller doesn't.
    Waits(WaitReason),
    /// The server is being stopped. The last of the tasks goes on.
    Closing {
        /// As above.
        tasks: Vec<String>,
    },
    /// Results that don't fit together, or one without the documented shape, which is never stored.
    Unreadable,
}

/// `task_output` of a failed task, as far as it is told on.
#[derive(Deserialize)]
struct Failure {
    error: String,
    code: ErrorCode,
    retry_at: Option<String>,
    remedy: String,
}

impl Unmet {
    /// The end of a failed task.
    pub fn failed(output: &Value, now: Timestamp) -> Self {
        let Ok(failure) = Failure::deserialize(output) else { return Self::Unreadable };
        let seconds_to = |time: &String| {
            let at = humantime::parse_rfc3339(time).ok()?.duration_since(UNIX_EPOCH).ok()?;
            let at = Timestamp(i64::try_from(at.as_millis()).ok()?);
            Some(at.ms_since(now).div_ceil(1_000).max(1))
        };
        let retry = failure.retry_at.and_then(|time| seconds_to(&time).map(|seconds| (time, seconds)));
        Self::Failed { code: failure.code, text: format!("{}. {}", failure.error, failure.remedy), retry }
    }

    /// The tasks that their caller can still ask for.
    pub fn tasks(&self) -> &[String] {
        match self {
            Self::Late { tasks, .. } | Self::Closing { tasks } => tasks,
            _ => &[],
        }
    }

    /// Whether it is for want of somebody who is signed in to LinkedIn.
    pub fn is_signed_out(&self) -> bool {
        let failed = matches!(self, Self::Failed { code: ErrorCode::SignedOut, .. });
        failed || matches!(self, Self::Waits(WaitReason::SignedOut))
    }

    pub fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Failed { code, .. } => (status_of(*code), code.as_str()),
            Self::Late { .. } => (StatusCode::GATEWAY_TIMEOUT, "not_in_time"),
            Self::Waits(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason.as_str()),
            Self::Closing { .. } => (StatusCode::SERVICE_UNAVAILABLE, "closing"),
            Self::Unreadable => (StatusCode::BAD_GATEWAY, ErrorCode::Drift.as_str()),
        }
    }

    /// When it may work, as ISO 8601 and in seconds from now.
    pub fn retry(&self) -> (Option<String>, Option<u64>) {
        match self {
            Self::Failed { retry: Some((time, seconds)), .. } => (Some(time.clone()), Some(*seconds)),
            Self::Closing { .. } => (None, Some(CLOSING_RETRY_S)),
            _ => (None, None),
        }
    }
}

/// Whose turn it is: the caller's to slow down (429) or to ask otherwise (400, 501), a person's at the browser (503, 409),
/// nobody's but LinkedIn's (502).
fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::Throttled | ErrorCode::Blocked => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::SignedOut | ErrorCode::WrongAccount | ErrorCode::Challenge | ErrorCode::Csrf => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        ErrorCode::InvalidInput => StatusCode::BAD_REQUEST,
        ErrorCode::UnsupportedTask => StatusCode::NOT_IMPLEMENTED,
        ErrorCode::Cancelled => StatusCode::CONFLICT,
        ErrorCode::Expired => StatusCode::GATEWAY_TIMEOUT,
        _ => StatusCode::BAD_GATEWAY,
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { text, .. } => f.write_str(text),
            Self::Late { tasks, waiting } => {
                f.write_str("There was no answer in time")?;
                if let Some(reason) = waiting {
                    write!(f, ": the browser waits ({reason})")?;
                }
                write!(f, ". The work goes on; ask for it with get-task-status: {}", tasks.join(", "))
            }
            Self::Waits(reason) => write!(f, "The browser waits ({reason})"),
            Self::Closing { tasks } => {
                write!(f, "The server is being restarted. The work goes on: {}", tasks.join(", "))
            }
            Self::Unreadable => f.write_str("The browser's answers make no list"),
        }
    }
}
