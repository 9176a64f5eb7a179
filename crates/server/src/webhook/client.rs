//! One attempt: a POST, and what its answer means. No redirect is followed, no proxy asked, and no answer read further
//! than its head.

use super::address::{Forbidden, check_url, only_public};
use super::signature::sign;
use crate::clock::Timestamp;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{StatusCode, redirect};
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
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
    look_up: LookUp,
    http: OnceLock<reqwest::Client>,
}

/// Finds the addresses that a name stands for, with any port.
type LookUp = fn(Name) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Looks a name up once, and hands on the very addresses that were looked at.
struct Guarded {
    allow_private: bool,
    look_up: LookUp,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (allow_private, found) = (self.allow_private, (self.look_up)(name));
        Box::pin(async move {
            let addresses = found.await?;
            let addresses = if allow_private { addresses } else { only_public(addresses)? };
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

impl Client {
    /// Looks names up as this computer does.
    pub const fn new(allow_private: bool) -> Self {
        Self::looking_up(allow_private, |name| {
            Box::pin(async move { Ok(lookup_host((name.as_str(), 0)).await?.collect()) })
        })
    }

    const fn looking_up(allow_private: bool, look_up: LookUp) -> Self {
        Self { allow_private, look_up, http: OnceLock::new() }
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
            .dns_resolver(Guarded { allow_private: self.allow_private, look_up: self.look_up })
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, TcpListener};

    async fn send(allow_private: bool, url: &str, look_up: LookUp) -> Result<(), Failure> {
        let client = Client::looking_up(allow_private, look_up);
        let secret = super::super::new_secret().unwrap();
        client.send(url, &secret, "msg_1", "{}".to_owned(), Timestamp(0)).await
    }

    /// A name that anybody may give to any address: only when it is looked up does it show what it stands for.
    #[tokio::test]
    async fn a_name_of_a_private_address_is_not_called() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let url = format!("https://hooks.example:{port}/hook");
        let nobody_called = || listener.accept().unwrap_err().kind() == io::ErrorKind::WouldBlock;
        let names: [LookUp; 3] = [
            |_| Box::pin(async { Ok(vec![([127, 0, 0, 1], 0).into()]) }),
            |_| Box::pin(async { Ok(vec![([127, 0, 0, 1], 0).into(), ([1, 1, 1, 1], 0).into()]) }),
            |_| Box::pin(async { Ok(Vec::new()) }),
        ];
        for look_up in names {
            assert_eq!(send(false, &url, look_up).await, Err(failed("forbidden_address")));
            assert!(nobody_called());
        }
        // The address is what it is about: where private ones are allowed, that very one is called.
        let answered = tokio::task::spawn_blocking(move || {
            listener.set_nonblocking(false).unwrap();
            drop(listener.accept().unwrap());
        });
        assert_ne!(send(true, &url, names[0]).await, Ok(()));
        answered.await.unwrap();
    }
}
