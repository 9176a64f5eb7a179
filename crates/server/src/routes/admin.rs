//! What operators call: teams, members, keys and browsers, as at the command line, and the tasks of any team.
//!
//! An admin key opens every team. A member, a key or a browser is found under its own team alone, so that a slip of the
//! pen in a path does nothing to another's.

pub mod agent;
pub mod key;
pub mod member;
pub mod task;
pub mod team;

use crate::error::ApiError;
use crate::name;
use crate::router::App;
use crate::store::{Listed, Page};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

const DEFAULT_LIMIT: u32 = 50;
const MAX_LIMIT: u32 = 200;
const NO_NAME: ApiError = ApiError::Field(
    "Invalid 'name': must be a string of 1 to 100 characters, none of them a control character",
);

/// The ids in a path. What can't be an id is the id of nothing.
pub struct Ids<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Ids<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let path = Path::from_request_parts(parts, app).await;
        path.map(|Path(ids)| Self(ids)).map_err(|_| ApiError::NoRoute(""))
    }
}

/// Which part of a list is asked for: `?cursor=…&limit=1..200`.
pub struct Part {
    cursor: Option<String>,
    limit: u32,
}

impl Part {
    fn page(&self) -> Page<'_> {
        Page { cursor: self.cursor.as_deref(), limit: self.limit }
    }
}

impl FromRequestParts<App> for Part {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        const NO_LIMIT: ApiError = ApiError::Field("Invalid 'limit': must be an integer between 1 and 200");
        let query: Result<Query<Vec<(String, String)>>, QueryRejection> =
            Query::from_request_parts(parts, app).await;
        let Query(query) = query.map_err(|_| ApiError::Cursor)?;
        let mut part = Self { cursor: None, limit: DEFAULT_LIMIT };
        for (name, value) in query {
            match name.as_str() {
                "cursor" => part.cursor = Some(value),
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
                    part.limit = limit.ok_or(NO_LIMIT)?;
                }
                _ => {}
            }
        }
        Ok(part)
    }
}

/// An answer with what was asked for.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Done<T> {
    success: bool,
    data: T,
}

impl<T> Done<T> {
    /// That.
    pub const fn with(data: T) -> Json<Self> {
        Json(Self { success: true, data })
    }
}

/// An answer to what leaves nothing to show.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Gone {
    success: bool,
}

/// See [`Gone`].
pub const GONE: Json<Gone> = Json(Gone { success: true });

/// A part of a list, and where the next one begins.
#[derive(Serialize, utoipa::ToSchema)]
pub struct List<T> {
    success: bool,
    #[serde(flatten)]
    listed: Listed<T>,
}

impl<T> List<T> {
    const fn of(listed: Listed<T>) -> Json<Self> {
        Json(Self { success: true, listed })
    }
}

/// A name that has to be there.
fn name_in(fields: &Map<String, Value>) -> Result<&str, ApiError> {
    fields.get("name").and_then(Value::as_str).and_then(name::parse).ok_or(NO_NAME)
}

/// A name that need not be: absent, `null` or a name.
fn optional_name_in(fields: &Map<String, Value>) -> Result<Option<Option<&str>>, ApiError> {
    match fields.get("name") {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(None)),
        Some(_) => Ok(Some(Some(name_in(fields)?))),
    }
}
