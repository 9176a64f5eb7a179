//! Request bodies: read up to a limit, then parsed.

use crate::error::ApiError;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_ENCODING;
use http_body_util::BodyExt;
use serde::de::{DeserializeOwned, IgnoredAny};
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
const NOT_UTF8: ApiError = ApiError::Asked(Cow::Borrowed("The body is not UTF-8"));
const HALF_A_CHARACTER: ApiError = ApiError::Asked(Cow::Borrowed(
    "A string in the body holds half of a character (a lone surrogate, such as \\ud83d): cut text between characters",
));
/// What some editors and languages write before a text.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// How bodies are compressed; clients write other words into that header, too, which change nothing.
const COMPRESSIONS: [&str; 6] = ["gzip", "x-gzip", "deflate", "compress", "br", "zstd"];

/// Whether the body that comes with these headers is compressed. Nobody here takes one: unpacked it could be of any size.
pub fn is_compressed(headers: &HeaderMap) -> bool {
    let given = headers.get_all(CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut codings = given.flat_map(|value| value.split(',')).map(str::trim);
    codings.any(|coding| COMPRESSIONS.iter().any(|known| known.eq_ignore_ascii_case(coding)))
}

/// A caller's JSON object; a body without content is `{}`.
pub async fn caller_fields(body: Body) -> Result<Map<String, Value>, ApiError> {
    let bytes = read(body, CALLER_LIMIT, ApiError::InvalidJson).await?;
    let text = std::str::from_utf8(&bytes).map_err(|_| NOT_UTF8)?;
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    if text.is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_str(text).map_err(|_| {
        // Who throws strings away doesn't look at what their escapes stand for.
        let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok();
        if is_json && has_half_a_character(text) { HALF_A_CHARACTER } else { ApiError::InvalidJson }
    })
}

/// Whether `json` escapes half of a surrogate pair, as JavaScript does when a string was cut within an emoji.
fn has_half_a_character(json: &str) -> bool {
    let mut rest = json;
    let units = std::iter::from_fn(|| {
        let first = rest.chars().next()?;
        let escaped = rest.strip_prefix("\\u").and_then(|hex| hex.get(..4));
        let length = match escaped {
            Some(_) => 6,
            // Whatever is escaped otherwise, itself a backslash perhaps.
            None if first == '\\' => 2,
            None => first.len_utf8(),
        };
        rest = rest.get(length..).unwrap_or_default();
        // All that isn't a unit of UTF-16 stands between those that are.
        Some(escaped.and_then(|hex| u16::from_str_radix(hex, 16).ok()).unwrap_or_default())
    });
    char::decode_utf16(units).any(|decoded| decoded.is_err())
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
