//! [`SiteTransport`]: LinkedIn, by the browser's own `fetch`, bytes straight into WASM memory.
//!
//! The worker talks to LinkedIn as the browser does: its cookies, its origin, no header rewritten.

use super::host::Host;
use super::keep_alive::KeepAlive;
use crate::config::SITE_TIMEOUT_MS;
use crate::ports::{Session, SiteAnswer, SiteFailure, SiteTransport};
use crate::voyager::request::{BodyForm, CsrfToken, Method, ORIGIN, Redirect, SiteRequest};
use futures_util::future::{Either, join, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{ArrayBuffer, Uint8Array};
use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReadableStreamByobReader, Request, RequestCache, RequestCredentials,
    RequestInit, RequestRedirect, Response, ResponseType,
};

const SESSION_COOKIE: &str = "li_at";
const CSRF_COOKIE: &str = "JSESSIONID";
/// Two pages of a hundred people, so that one arrives in one piece (docs/decisions/0006-own-json-reader.md).
const BUFFER_BYTES: u32 = 512 * 1024;

thread_local! {
    /// What bodies are read through, while no call has it.
    static BUFFER: Cell<Option<ArrayBuffer>> = const { Cell::new(None) };
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = fetch)]
    fn fetch(request: &Request) -> Result<js_sys::Promise, JsValue>;

    /// What a stream's reader gives.
    type Piece;

    #[wasm_bindgen(method, getter)]
    fn done(this: &Piece) -> bool;

    #[wasm_bindgen(method, getter)]
    fn value(this: &Piece) -> Option<Uint8Array>;
}

/// LinkedIn, from the person's own session.
pub struct BrowserSite {
    host: Rc<Host>,
    keep_alive: KeepAlive,
}

impl BrowserSite {
    /// LinkedIn, with the cookies of `host`.
    #[must_use]
    pub const fn new(host: Rc<Host>, keep_alive: KeepAlive) -> Self {
        Self { host, keep_alive }
    }
}

impl SiteTransport for BrowserSite {
    async fn session(&self) -> Session {
        let cookies = join(self.host.cookie(SESSION_COOKIE), self.host.cookie(CSRF_COOKIE)).await;
        let (Ok(session), Ok(csrf)) = cookies else {
            return Session { permitted: false, signed_in: false, csrf: None };
        };
        Session {
            permitted: true,
            signed_in: session.as_string().is_some_and(|value| !value.is_empty()),
            csrf: csrf.as_string().as_deref().and_then(CsrfToken::from_cookie),
        }
    }

    async fn send(&self, request: SiteRequest) -> Result<SiteAnswer, SiteFailure> {
        // No await before the call: see the trait.
        let open = self.keep_alive.hold();
        let abort = AbortController::new().map_err(|_| SiteFailure::NotSent)?;
        let url = format!("{ORIGIN}{}", request.path);
        let call = build(&url, &request, &abort).and_then(|request| fetch(&request));
        let answer = JsFuture::from(call.map_err(|_| SiteFailure::NotSent)?);
        let timeout = TimeoutFuture::new(u32::try_from(SITE_TIMEOUT_MS).unwrap_or(u32::MAX));
        let result = match select(pin!(read(answer)), timeout).await {
            Either::Left((result, _)) => result,
            Either::Right(((), _)) => {
                // Without a reason: gloo-net and others take anything but an `Error` badly.
                abort.abort();
                Err(SiteFailure::TimedOut)
            }
        };
        drop(open);
        result
    }
}

fn build(url: &str, request: &SiteRequest, abort: &AbortController) -> Result<Request, JsValue> {
    let init = RequestInit::new();
    init.set_method(match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
    });
    init.set_redirect(match request.redirect {
        Redirect::Follow => RequestRedirect::Follow,
        Redirect::Manual => RequestRedirect::Manual,
    });
    init.set_credentials(RequestCredentials::Include);
    init.set_cache(RequestCache::NoStore);
    init.set_signal(Some(&abort.signal()));
    let headers = Headers::new()?;
    for (name, value) in &request.headers {
        headers.set(name, value)?;
    }
    init.set_headers(&headers);
    if let Some(body) = &request.body {
        match request.body_form {
            BodyForm::Text => init.set_body(&JsValue::from_str(body)),
            BodyForm::Stream => {
                init.set_body_opt_readable_stream(Response::new_with_opt_str(Some(body))?.body().as_ref());
                // Without it Chrome refuses a stream: the answer may come before all of it is sent.
                js_sys::Reflect::set(&init, &"duplex".into(), &"half".into())?;
            }
        }
    }
    Request::new_with_str_and_init(url, &init)
}

async fn read(answer: JsFuture) -> Result<SiteAnswer, SiteFailure> {
    read_answer(answer.await.map_err(|_| SiteFailure::NoAnswer)?.unchecked_into()).await
}

/// What a response says, its body read whole.
///
/// # Errors
/// [`SiteFailure::CutOff`] when the body doesn't come whole.
pub async fn read_answer(response: Response) -> Result<SiteAnswer, SiteFailure> {
    let header = |name: &str| response.headers().get(name).ok().flatten();
    let mut answer = SiteAnswer {
        status: response.status(),
        url: response.url(),
        opaque_redirect: response.type_() == ResponseType::Opaqueredirect,
        content_type: header("content-type"),
        retry_after: header("retry-after"),
        date: header("date"),
        body: Vec::new(),
    };
    answer.body = read_body(&response).await.map_err(|_| SiteFailure::CutOff)?;
    Ok(answer)
}

/// Piece by piece through one buffer that goes to the browser and comes back, page after page: `arrayBuffer()` makes a new one
/// for each page and takes four times as long. Not every stream can be read so.
async fn read_body(response: &Response) -> Result<Vec<u8>, JsValue> {
    let Some(stream) = response.body() else { return Ok(Vec::new()) };
    let Ok(reader) = ReadableStreamByobReader::new(&stream) else {
        let buffer = JsFuture::from(response.array_buffer()?).await?;
        return Ok(Uint8Array::new(&buffer).to_vec());
    };
    let mut body = Vec::new();
    // One that is away with another call, or was lost with one, is replaced.
    let mut buffer = BUFFER.take().unwrap_or_else(|| ArrayBuffer::new(BUFFER_BYTES));
    loop {
        let place = Uint8Array::new(&buffer);
        let piece: Piece = JsFuture::from(reader.read_with_array_buffer_view(&place)).await?.unchecked_into();
        let Some(bytes) = piece.value() else { return Ok(body) };
        buffer = bytes.buffer();
        if piece.done() {
            BUFFER.set(Some(buffer));
            return Ok(body);
        }
        // Not `resize`: compiled for size it writes its zeros one by one.
        let arrived = bytes.to_vec();
        if body.is_empty() {
            body = arrived;
        } else {
            body.extend_from_slice(&arrived);
        }
    }
}
