//! Two doors: callers come with an API key, agents with a token. The two are looked for in different places of the
//! request and of the database, so that neither opens the other's.

use crate::error::ApiError;
use crate::router::App;
use crate::store::AgentIdentity;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

const API_KEY_HEADER: &str = "x-api-key";

/// What a key needs for LinkedIn's own call, by LinkedIn's name for it.
pub const CONNECTIONS_SCOPE: &str = "r_1st_connections";

/// A caller who showed a valid API key.
pub struct Caller {
    /// Their team.
    pub team: String,
    scopes: Vec<String>,
}

impl Caller {
    /// The caller whose key stands where LinkedIn's own API has an access token.
    pub async fn by_bearer(headers: &HeaderMap, app: &App) -> Result<Self, ApiError> {
        let key = bearer(headers).filter(|key| !key.is_empty()).ok_or(ApiError::MissingKey)?;
        Self::by_key(key, app).await
    }

    async fn by_key(key: &str, app: &App) -> Result<Self, ApiError> {
        let team = app.store.team_of_key(key).await?.ok_or(ApiError::InvalidKey)?;
        Ok(Self { team, scopes: vec![CONNECTIONS_SCOPE.to_owned()] })
    }

    /// Whether the key was made for this.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|given| given == scope)
    }
}

/// An agent that showed a valid token.
pub struct Agent(pub AgentIdentity);

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let key =
            parts.headers.get(API_KEY_HEADER).filter(|key| !key.is_empty()).ok_or(ApiError::MissingKey)?;
        let key = key.to_str().map_err(|_| ApiError::InvalidKey)?;
        Self::by_key(key, app).await
    }
}

impl FromRequestParts<App> for Agent {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let token = bearer(&parts.headers).ok_or(ApiError::AgentToken)?;
        app.store.agent_of_token(token).await?.map(Self).ok_or(ApiError::AgentToken)
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
