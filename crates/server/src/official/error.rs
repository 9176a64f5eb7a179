//! An error as LinkedIn's own API tells it.

use super::{VERSION_HEADER, VERSIONS};
use crate::errand::name_tasks;
use crate::error::ApiError;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

const ERROR_HEADER: HeaderName = HeaderName::from_static("x-restli-error-response");

/// LinkedIn's own subcodes, as seen in its answers; 0 is for what has none.
const EMPTY_TOKEN: u32 = 65_604;
const INVALID_TOKEN: u32 = 65_600;
const NO_PERMISSION: u32 = 100;
const THROTTLED: u32 = 101;

/// An error of the server, in LinkedIn's words.
pub struct Error(ApiError);

/// The body of an error.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = RestliError)]
pub struct Body {
    /// LinkedIn's own subcode, or 0.
    #[serde(rename = "serviceErrorCode")]
    service_error_code: u32,
    /// The server's own word for it.
    code: &'static str,
    message: String,
    status: u16,
}

impl<E: Into<ApiError>> From<E> for Error {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let told = self.0.told();
        let (service_error_code, message) = match &self.0 {
            ApiError::MissingKey => (EMPTY_TOKEN, "Empty oauth2 access token".to_owned()),
            ApiError::InvalidKey => (INVALID_TOKEN, "Invalid access token".to_owned()),
            ApiError::Scope(scope) => {
                (NO_PERMISSION, format!("Not enough permissions to access: GET /connections ({scope})"))
            }
            _ if told.status == StatusCode::TOO_MANY_REQUESTS => (THROTTLED, told.error.clone()),
            _ => (0, told.error.clone()),
        };
        let status = told.status.as_u16();
        let mut response = told.with_body(Body { service_error_code, code: told.code, message, status });
        response.headers_mut().insert(ERROR_HEADER, HeaderValue::from_static("true"));
        response.headers_mut().insert(VERSION_HEADER, HeaderValue::from_static(VERSIONS[1]));
        if let ApiError::Unmet(unmet) = &self.0 {
            name_tasks(&mut response, unmet.tasks());
        }
        response
    }
}
