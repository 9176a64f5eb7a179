//! Three doors: callers come with an API key, agents with a token, operators with an admin key, or with the session
//! that it began ([`crate::session`]). They are looked for in
//! different tables of the database, so that none opens another's.
//!
//! A secret is looked up by its hash. How long that takes says something about hashes, and nothing about a secret.

use crate::door::Guest;
use crate::error::ApiError;
use crate::peer::{Peer, peer_of};
use crate::router::App;
use crate::session::SignedIn;
use crate::store::{Access, AgentIdentity};
use crate::watch;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

const API_KEY_HEADER: &str = "x-api-key";

/// A caller who showed a valid API key.
pub struct Caller {
    /// Their team.
    pub team: String,
    /// The id of their key.
    pub key: String,
    /// What it may do.
    pub access: Access,
    /// Which doors beside the documented ones it opens.
    pub scopes: Vec<String>,
}

/// A caller whose key may change something: make, cancel or delete.
pub struct WritingCaller(pub Caller);

/// An agent that showed a valid token.
pub struct Agent(pub AgentIdentity);

/// An operator who showed a valid admin key, or is signed in to the dashboard by one.
pub struct Operator {
    /// The id of their key.
    pub key: String,
}

impl Caller {
    /// The caller whose key stands where LinkedIn's own API has an access token.
    pub async fn by_bearer(headers: &HeaderMap, peer: Peer, app: &App) -> Result<Self, ApiError> {
        let key = bearer(headers).filter(|key| !key.is_empty()).ok_or(ApiError::MissingKey)?;
        Self::by_key(key, peer, app).await
    }

    async fn by_key(key: &str, peer: Peer, app: &App) -> Result<Self, ApiError> {
        let find = app.store.use_key(key, app.now());
        let found = app.door.open(Guest::Caller, peer, key, find, ApiError::InvalidKey).await?;
        app.door.count(key)?;
        let key = found;
        watch::note("team", &key.team_id);
        watch::note("key", &key.id);
        Ok(Self { team: key.team_id, key: key.id, access: key.access, scopes: key.scopes.0 })
    }

    /// Whether the key was made for this.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|given| given == scope)
    }

    /// Refuses a key that may only read.
    pub fn may_write(&self) -> Result<(), ApiError> {
        if self.access == Access::Write { Ok(()) } else { Err(ApiError::ReadOnlyKey) }
    }
}

impl Operator {
    /// The operator who shows this admin key.
    pub async fn by_key(key: &str, peer: Peer, app: &App) -> Result<Self, ApiError> {
        let find = app.store.use_admin_key(key, app.now());
        let key = app.door.open(Guest::Operator, peer, key, find, ApiError::AdminKey).await?;
        watch::note("key", &key);
        Ok(Self { key })
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let key =
            parts.headers.get(API_KEY_HEADER).filter(|key| !key.is_empty()).ok_or(ApiError::MissingKey)?;
        let key = key.to_str().map_err(|_| ApiError::InvalidKey)?;
        Self::by_key(key, peer_of(&parts.extensions), app).await
    }
}

impl FromRequestParts<App> for WritingCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, app).await?;
        caller.may_write()?;
        Ok(Self(caller))
    }
}

impl FromRequestParts<App> for Agent {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let token = bearer(&parts.headers).ok_or(ApiError::AgentToken)?;
        let find = app.store.agent_of_token(token);
        let peer = peer_of(&parts.extensions);
        let agent = app.door.open(Guest::Agent, peer, token, find, ApiError::AgentToken).await?;
        watch::note("agent", &agent.id);
        Ok(Self(agent))
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        match bearer(&parts.headers) {
            Some(key) => Self::by_key(key, peer_of(&parts.extensions), app).await,
            None => SignedIn::by_cookie(parts, app).await.map(Into::into),
        }
    }
}

/// The secret in `Authorization: Bearer <secret>`.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
