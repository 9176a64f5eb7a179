//! The dashboard's session as a browser carries it: a cookie, and beside it a token that the page alone knows.
//!
//! A browser sends a cookie with what any page has it send. `SameSite=Strict` ends that for pages of other sites, but what
//! a site is says nothing of ports, and on one's own computer anything may serve a page at another port. So what changes
//! something also has a header that only a script of our own pages can set, since nobody else is given leave: its value is
//! derived from the cookie's secret, which no script can read, and told to who asks with the cookie. Browsers that say
//! where a request comes from are believed when it is elsewhere.

use crate::auth::Operator;
use crate::door::Guest;
use crate::error::ApiError;
use crate::peer::{Peer, peer_of};
use crate::router::App;
use crate::secret::{hash_secret, hex};
use crate::store::SessionView;
use crate::watch;
use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};

const NAME: &str = "liaison_session";
const CSRF_TOKEN: &str = "x-csrf-token";
const FETCH_SITE: &str = "sec-fetch-site";

/// Somebody who is signed in to the dashboard.
pub struct SignedIn {
    /// What they are signed in as.
    pub session: SessionView,
    /// What the cookie holds.
    pub secret: String,
}

impl SignedIn {
    /// Who shows the cookie of a session that is not over, and the token where something is to change.
    ///
    /// # Errors
    /// [`ApiError::AdminKey`] without a cookie, [`ApiError::SessionOver`], [`ApiError::ForeignPage`],
    /// [`ApiError::CsrfToken`].
    pub async fn by_cookie(parts: &Parts, app: &App) -> Result<Self, ApiError> {
        let secret = secret_in(&parts.headers).ok_or(ApiError::AdminKey)?;
        from_our_page(&parts.headers)?;
        let find = app.store.use_session(secret, app.now());
        let peer = peer_of(&parts.extensions);
        let session = app.door.open(Guest::Session, peer, secret, find, ApiError::SessionOver).await?;
        let only_looks = matches!(parts.method, Method::GET | Method::HEAD);
        if !only_looks && !shows_token(&parts.headers, secret) {
            return Err(ApiError::CsrfToken);
        }
        watch::note("key", &session.key);
        Ok(Self { session, secret: secret.to_owned() })
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        Self::by_cookie(parts, app).await
    }
}

impl From<SignedIn> for Operator {
    fn from(signed_in: SignedIn) -> Self {
        Self { key: signed_in.session.key }
    }
}

/// The token that goes with a cookie's secret, and says nothing of it.
#[must_use]
pub fn csrf_token(secret: &str) -> String {
    hex(&hash_secret(&format!("csrf {secret}")))
}

/// Refuses what a browser says that a page from elsewhere had it send.
///
/// # Errors
/// [`ApiError::ForeignPage`].
pub fn from_our_page(headers: &HeaderMap) -> Result<(), ApiError> {
    let ours = headers.get_all(FETCH_SITE).iter().all(|site| site == "same-origin");
    if ours { Ok(()) } else { Err(ApiError::ForeignPage) }
}

/// The `Set-Cookie` that has a browser keep the secret, for so many seconds; none has it forget.
#[must_use]
pub fn cookie(secret: &str, seconds: u64, app: &App, peer: Peer) -> String {
    let secure = if app.tls || peer.took_tls { "; Secure" } else { "" };
    format!("{NAME}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

/// As hashes, of which a comparison may tell.
fn shows_token(headers: &HeaderMap, secret: &str) -> bool {
    let shown = headers.get(CSRF_TOKEN).and_then(|token| token.to_str().ok());
    shown.is_some_and(|token| hash_secret(token) == hash_secret(&csrf_token(secret)))
}

fn secret_in(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == NAME).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        for (lines, found) in [
            (&["liaison_session=a"][..], Some("a")),
            (&["b=c; liaison_session=a;d=e"], Some("a")),
            (&["b=c", "liaison_session=a"], Some("a")),
            (&["liaison_session="], Some("")),
            (&["xliaison_session=a", "LIAISON_SESSION=a", "liaison_session"], None),
            (&[], None),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(COOKIE, line.parse().unwrap());
            }
            assert_eq!(secret_in(&headers), found, "{lines:?}");
        }
    }
}
