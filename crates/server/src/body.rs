//! Request bodies: read up to a limit, then parsed.

use crate::error::ApiError;
use axum::body::Body;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::error::Error;
use tower_http::timeout::TimeoutError;

/// A caller's task is a few hundred bytes.
const CALLER_LIMIT: usize = 64 * 1024;
/// A poll names everything in the agent's journal.
const AGENT_LIMIT: usize = 256 * 1024;
/// 500 connections with long headlines and picture URLs come to about 1 MB.
const RESULT_LIMIT: usize = 4 * 1024 * 1024;
/// How much of an oversized body is still read and thrown away. A connection closed on a client that is writing
/// loses the answer on its way, and the client would see a broken pipe instead of the 413.
const DRAIN_LIMIT: usize = 32 * 1024 * 1024;

/// A caller's JSON object; a body without content is `{}`.
pub async fn caller_fields(body: Body) -> Result<Map<String, Value>, ApiError> {
    let bytes = read(body, CALLER_LIMIT, ApiError::InvalidJson).await?;
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_slice(&bytes).map_err(|_| ApiError::InvalidJson)
}

/// A caller's text, which they wrote into the body because it is too long for an address.
pub async fn caller_text(body: Body) -> Result<String, ApiError> {
    const BROKEN: ApiError = ApiError::Asked(Cow::Borrowed("The body is no text"));
    String::from_utf8(read(body, CALLER_LIMIT, BROKEN).await?).map_err(|_| BROKEN)
}

/// An agent's message.
pub async fn agent_message<T: DeserializeOwned>(body: Body) -> Result<T, ApiError> {
    message(body, AGENT_LIMIT).await
}

/// An agent's result.
pub async fn agent_result<T: DeserializeOwned>(body: Body) -> Result<T, ApiError> {
    message(body, RESULT_LIMIT).await
}

async fn message<T: DeserializeOwned>(body: Body, limit: usize) -> Result<T, ApiError> {
    const NOT_UNDERSTOOD: ApiError = ApiError::Message("The message is not one of the agent protocol");
    let bytes = read(body, limit, NOT_UNDERSTOOD).await?;
    serde_json::from_slice(&bytes).map_err(|_| NOT_UNDERSTOOD)
}

/// Whether [`crate::watch`] gave the body up.
fn has_paused(error: &axum::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<TimeoutError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The whole body, or `broken` when it ends early.
async fn read(mut body: Body, limit: usize, broken: ApiError) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    let mut seen = 0;
    while let Some(frame) = body.frame().await {
        let frame = match frame {
            Ok(frame) => frame,
            Err(error) if has_paused(&error) => return Err(ApiError::SlowBody),
            Err(_) => return Err(broken),
        };
        let Some(data) = frame.data_ref() else { continue };
        seen += data.len();
        if seen <= limit {
            bytes.extend_from_slice(data);
        } else if seen <= DRAIN_LIMIT {
            bytes = Vec::new();
        } else {
            break;
        }
    }
    if seen > limit { Err(ApiError::TooLarge) } else { Ok(bytes) }
}
