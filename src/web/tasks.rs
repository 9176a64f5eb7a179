//! [`TaskTransport`] over gloo-net. No cookies, no redirects, no cache; the call is aborted when its future is dropped.

use super::keep_alive::KeepAlive;
use crate::ports::{TaskAnswer, TaskCall, TaskSilence, TaskTransport};
use futures_util::future::{Either, select};
use gloo_net::http::{Request, Response};
use gloo_timers::future::TimeoutFuture;
use std::pin::pin;
use web_sys::{AbortController, RequestCache, RequestCredentials, RequestRedirect, ResponseType};

/// The task server, by `fetch`.
pub struct BrowserTasks {
    keep_alive: KeepAlive,
}

/// Aborts on drop, without a reason: gloo-net panics on a rejection that isn't an `Error`.
struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl BrowserTasks {
    /// A transport that keeps the worker alive while a call is open.
    #[must_use]
    pub const fn new(keep_alive: KeepAlive) -> Self {
        Self { keep_alive }
    }
}

impl TaskTransport for BrowserTasks {
    async fn call(&self, call: TaskCall) -> Result<TaskAnswer, TaskSilence> {
        let _open = self.keep_alive.hold();
        let abort = AbortOnDrop(AbortController::new().map_err(|_| TaskSilence::Unreachable)?);
        let timeout = TimeoutFuture::new(u32::try_from(call.timeout_ms).unwrap_or(u32::MAX));
        match select(pin!(exchange(call, &abort.0)), timeout).await {
            Either::Left((answer, _)) => answer,
            Either::Right(((), _)) => Err(TaskSilence::TimedOut),
        }
    }
}

async fn exchange(call: TaskCall, abort: &AbortController) -> Result<TaskAnswer, TaskSilence> {
    let mut request = Request::post(&call.url)
        .header("content-type", "application/json")
        .credentials(RequestCredentials::Omit)
        .redirect(RequestRedirect::Manual)
        .cache(RequestCache::NoStore)
        .abort_signal(Some(&abort.signal()));
    if let Some(token) = &call.token {
        request = request.header("authorization", &format!("Bearer {token}"));
    }
    // As bytes, which is how it leaves: a string would be turned into UTF-16 first, and back.
    let body = js_sys::Uint8Array::from(call.body.as_bytes());
    let request = request.body(body).map_err(|_| TaskSilence::Unreachable)?;
    let response: Response = request.send().await.map_err(|_| TaskSilence::Unreachable)?;
    if response.type_() == ResponseType::Opaqueredirect {
        return Err(TaskSilence::Redirected);
    }
    let (status, retry_after) = (response.status(), response.headers().get("retry-after"));
    let body = response.text().await.map_err(|_| TaskSilence::Unreachable)?;
    Ok(TaskAnswer { status, retry_after, body })
}
