//! One attempt: a POST, and what its answer means. No redirect is followed, no proxy asked, and no answer read further
//! than its head.

use super::address::{Forbidden, check_url, only_public};
use super::signature::sign;
use crate::clock::Timestamp;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{StatusCode, redirect};
use std::error::Error;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::net::lookup_host;

/// The specification asks for 15 to 30 s.
const TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const USER_AGENT: &str = concat!("liaison-server/", env!("CARGO_PKG_VERSION"));

/// Why an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The endpoint wants to hear no more.
    Gone,
    /// Anything else.
    Failed {
        /// A word for it; nothing that the endpoint said but its status.
        error: String,
        /// How long it asks to be left alone.
        retry_after_ms: Option<u64>,
    },
}

/// What sends. It is made when first needed: reading the computer's certificates takes a while.
pub struct Client {
    allow_private: bool,
    http: OnceLock<reqwest::Client>,
}

/// Looks a name up once, and hands on the very addresses that were looked at.
struct Guarded {
    allow_private: bool,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let addresses = lookup_host((name.as_str(), 0)).await?.collect();
            let addresses = if allow_private { addresses } else { only_public(addresses)? };
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

impl Client {
    pub const fn new(allow_private: bool) -> Self {
        Self { allow_private, http: OnceLock::new() }
    }

    /// Sends a message once.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn send(
        &self,
        url: &str,
        secret: &str,
        id: &str,
        body: String,
        now: Timestamp,
    ) -> Result<(), Failure> {
        // Again, for it may have been registered when private ones were allowed. The client asks no resolver about an
        // address that stands in the URL itself.
        let url = check_url(url, self.allow_private).map_err(|_| failed("forbidden_address"))?;
        let timestamp_s = u64::try_from(now.0 / 1000).unwrap_or(0);
        let signature = sign(secret, id, timestamp_s, &body).map_err(|_| failed("secret"))?;
        let request = self
            .http()
            .map_err(|error| {
                tracing::error!(%error, cause = ?error, "webhooks can't be sent");
                failed("tls")
            })?
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp_s)
            .header("webhook-signature", signature)
            .body(body);
        let response = request.send().await.map_err(|error| failed(word_for(&error)))?;
        match response.status() {
            status if status.is_success() => Ok(()),
            StatusCode::GONE => Err(Failure::Gone),
            status => Err(Failure::Failed {
                error: format!("http_{}", status.as_u16()),
                retry_after_ms: retry_after_ms(response.headers()),
            }),
        }
    }

    fn http(&self) -> Result<&reqwest::Client, reqwest::Error> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        // Somebody else may have chosen one for the whole process, and either will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            // Each attempt looks its host up anew.
            .pool_max_idle_per_host(0)
            .dns_resolver(Guarded { allow_private: self.allow_private })
            .build()?;
        Ok(self.http.get_or_init(|| http))
    }
}

fn failed(error: &str) -> Failure {
    Failure::Failed { error: error.to_owned(), retry_after_ms: None }
}

fn word_for(error: &reqwest::Error) -> &'static str {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<Forbidden>() {
            return "forbidden_address";
        }
        cause = inner.source();
    }
    if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "connection"
    } else {
        "no_answer"
    }
}

/// In seconds; a date there is no use to who doesn't know the other's clock.
fn retry_after_ms(headers: &HeaderMap) -> Option<u64> {
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(seconds.saturating_mul(1000))
}
