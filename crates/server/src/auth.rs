//! Two doors: callers come with an API key, agents with a token. The two are looked for in different places of the
//! request and of the database, so that neither opens the other's.

use crate::error::ApiError;
use crate::peer::Peer;
use crate::router::App;
use crate::store::AgentIdentity;
use crate::watch;
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

const API_KEY_HEADER: &str = "x-api-key";

/// A caller who showed a valid API key.
pub struct Caller {
    /// Their team.
    pub team: String,
}

/// An agent that showed a valid token.
pub struct Agent(pub AgentIdentity);

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let key =
            parts.headers.get(API_KEY_HEADER).filter(|key| !key.is_empty()).ok_or(ApiError::MissingKey)?;
        let key = &key.to_str().map_err(|_| ApiError::InvalidKey)?.to_owned();
        let Ok(peer) = Peer::from_request_parts(parts, app).await;
        let team = app.door.open(peer, key, app.store.team_of_key(key), ApiError::InvalidKey).await?;
        app.door.count(key)?;
        watch::note("team", &team);
        Ok(Self { team })
    }
}

impl FromRequestParts<App> for Agent {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, token) = header.and_then(|value| value.split_once(' ')).ok_or(ApiError::AgentToken)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(ApiError::AgentToken);
        }
        let (token, Ok(peer)) = (token.trim().to_owned(), Peer::from_request_parts(parts, app).await);
        let find = app.store.agent_of_token(&token);
        let agent = app.door.open(peer, &token, find, ApiError::AgentToken).await?;
        watch::note("agent", &agent.id);
        Ok(Self(agent))
    }
}
