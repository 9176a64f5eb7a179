//! An error as LinkupAPI tells it.

use crate::errand::name_tasks;
use crate::error::ApiError;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// LinkupAPI's text for a session that is over. Here it is the browser's.
const SIGNED_OUT: &str = "Invalid or expired LinkedIn cookie";

/// An error of the server, in LinkupAPI's words.
pub struct Error(ApiError);

/// The body of an error.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = LinkupError)]
pub struct Body {
    /// `error`.
    status: &'static str,
    message: String,
    /// The server's own word for it.
    code: &'static str,
    /// When to try again, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    retry_at: Option<String>,
}

impl<E: Into<ApiError>> From<E> for Error {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut told = self.0.told();
        let mut message = told.error.clone();
        if let ApiError::Unmet(unmet) = &self.0
            && unmet.is_signed_out()
        {
            told.status = StatusCode::UNAUTHORIZED;
            SIGNED_OUT.clone_into(&mut message);
        }
        let (code, retry_at) = (told.code, told.retry_at.clone());
        let mut response = told.with_body(Body { status: "error", message, code, retry_at });
        if let ApiError::Unmet(unmet) = &self.0 {
            name_tasks(&mut response, unmet.tasks());
        }
        response
    }
}
