//! Members of a query: each at most once, each with its own way to be wrong.

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::store::Position;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::time::UNIX_EPOCH;

const CURSOR: &str = "a 'next_cursor' that was answered";
const TIME: &str = "a time like 2026-11-22T08:00:00Z";

/// A request's query.
pub struct Members(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Members {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query: Result<Query<Vec<(String, String)>>, QueryRejection> =
            Query::from_request_parts(parts, state).await;
        query.map(|Query(members)| Self(members)).map_err(|_| ApiError::Query("query", "names and values"))
    }
}

impl Members {
    /// All values of a name.
    pub fn values(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(given, _)| given == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The value of a name, if it is there, as `read` understands it.
    ///
    /// # Errors
    /// When it is there twice or isn't understood.
    pub fn optional<T>(
        &self,
        name: &'static str,
        must_be: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ApiError> {
        match self.values(name)[..] {
            [] => Ok(None),
            [value] => read(value).map(Some).ok_or(ApiError::Query(name, must_be)),
            _ => Err(ApiError::Query(name, must_be)),
        }
    }

    /// A time in UTC, as ISO 8601 writes it.
    ///
    /// # Errors
    /// As [`Members::optional`].
    pub fn time(&self, name: &'static str) -> Result<Option<Timestamp>, ApiError> {
        self.optional(name, TIME, |text| {
            let since_epoch = humantime::parse_rfc3339(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
            i64::try_from(since_epoch.as_millis()).ok().map(Timestamp)
        })
    }

    /// Where a page begins.
    ///
    /// # Errors
    /// As [`Members::optional`].
    pub fn cursor(&self) -> Result<Option<Position>, ApiError> {
        self.optional("cursor", CURSOR, |text| {
            let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
            let (created_at, id) = plain.split_once(' ')?;
            Some(Position { created_at: Timestamp(created_at.parse().ok()?), id: parse_id(id)? })
        })
    }
}

/// What [`Members::cursor`] reads. It holds what its reader was shown anyway.
pub fn write_cursor(position: &Position) -> String {
    URL_SAFE_NO_PAD.encode(format!("{} {}", position.created_at.0, position.id))
}

/// A whole number from 1 to `most`, in digits.
pub fn parse_count(text: &str, most: u32) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && (1..=most).contains(number))
}

/// An id in the one form in which it was given out, in letters of either case.
pub fn parse_id(text: &str) -> Option<String> {
    if text.len() != uuid::fmt::Hyphenated::LENGTH {
        return None;
    }
    uuid::Uuid::try_parse(text).ok().map(|id| id.to_string())
}
