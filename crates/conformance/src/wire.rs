//! One HTTP call and its answer, as the agent and a caller see it.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use std::error::Error;
use std::time::Duration;

/// Beyond the time that an answer may be held back for: a server that takes longer counts as silent.
const GRACE: Duration = Duration::from_secs(10);
/// How much of a body is repeated in a complaint.
const QUOTED: usize = 240;

/// What a call proves itself with.
#[derive(Clone, Copy)]
pub enum Credential<'a> {
    /// Nothing.
    None,
    /// `Authorization: Bearer …`, of an agent.
    Bearer(&'a str),
    /// `x-api-key: …`, of a caller.
    ApiKey(&'a str),
}

/// The server, as far as HTTP goes.
#[derive(Clone)]
pub struct Wire {
    base: String,
    http: Client,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, if it is JSON; else `null`.
    pub json: Value,
    /// The header `Retry-After`, as it came.
    pub retry_after: Option<String>,
    text: String,
}

impl Wire {
    /// To the server at `base`, path prefix included.
    pub fn new(base: &str) -> Result<Self, String> {
        // Another provider may be there already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().redirect(Policy::none()).no_proxy().build();
        let http = http.map_err(|error| format!("there is no HTTP client: {}", causes(&error)))?;
        Ok(Self { base: base.trim_end_matches('/').to_owned(), http })
    }

    /// A POST whose answer may be held back for `hold`.
    pub async fn post(
        &self,
        path: &str,
        credential: Credential<'_>,
        body: String,
        hold: Duration,
    ) -> Result<Answer, String> {
        let request = self.http.post(format!("{}{path}", self.base)).header(CONTENT_TYPE, "application/json");
        send(request.body(body), credential, hold, path).await
    }

    /// The same with a header more.
    pub async fn post_with(
        &self,
        path: &str,
        credential: Credential<'_>,
        (name, value): (&str, &str),
        body: String,
    ) -> Result<Answer, String> {
        let request = self.http.post(format!("{}{path}", self.base)).header(CONTENT_TYPE, "application/json");
        send(request.header(name, value).body(body), credential, Duration::ZERO, path).await
    }

    /// A GET whose answer may be held back for `hold`.
    pub async fn get(
        &self,
        path: &str,
        credential: Credential<'_>,
        hold: Duration,
    ) -> Result<Answer, String> {
        send(self.http.get(format!("{}{path}", self.base)), credential, hold, path).await
    }
}

async fn send(
    request: RequestBuilder,
    credential: Credential<'_>,
    hold: Duration,
    path: &str,
) -> Result<Answer, String> {
    let request = match credential {
        Credential::None => request,
        Credential::Bearer(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
        Credential::ApiKey(key) => request.header("x-api-key", key),
    };
    let path = path.split('?').next().unwrap_or(path);
    let limit = hold + GRACE;
    let failed = |error: reqwest::Error| {
        if error.is_timeout() {
            format!("{path} was not answered within {} s", limit.as_secs_f32())
        } else {
            format!("{path} was not answered: {}", causes(&error.without_url()))
        }
    };
    let response = request.timeout(limit).send().await.map_err(failed)?;
    let status = response.status().as_u16();
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = retry_after.map(str::to_owned);
    let text = response.text().await.map_err(failed)?;
    let json = serde_json::from_str(&text).unwrap_or(Value::Null);
    Ok(Answer { status, json, retry_after, text })
}

impl Answer {
    /// Whether it is a 2xx.
    pub const fn is_success(&self) -> bool {
        self.status / 100 == 2
    }

    /// Whether the agent takes it for a final no.
    pub const fn is_final_refusal(&self) -> bool {
        matches!(self.status, 404 | 409 | 410 | 413 | 422)
    }

    /// The status and the beginning of the body, for a complaint.
    pub fn quote(&self) -> String {
        let short: String = self.text.chars().take(QUOTED).collect();
        let more = if short.len() < self.text.len() { "…" } else { "" };
        format!("{} {short}{more}", self.status).trim_end().to_owned()
    }

    /// Itself, if it is a 200.
    pub fn ok(self, call: &str) -> Result<Self, String> {
        if self.status == 200 { Ok(self) } else { Err(format!("{call} was answered {}", self.quote())) }
    }
}

/// An error and what lies behind it, in one line.
fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}
