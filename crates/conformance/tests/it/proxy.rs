//! A proxy before the reference server that spoils what passes, and runs of the kit against it.

use crate::support::{FakeClock, Ours, Run, bytes_of, judge};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use liaison_server::lifecycle::REST_MS;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// A call on its way to the server, or the answer on its way back.
pub struct Passing {
    pub path: String,
    /// An agent's token or a caller's key, as it came.
    pub credential: Option<String>,
    pub body: Value,
    /// Of the answer; the server's own, or the one that a fault gives in its place.
    pub answer: Option<(u16, Value)>,
}

/// Spoils a call before the server sees it, and its answer before the kit sees it; seen twice, therefore.
type Fault = dyn FnMut(&mut Passing) + Send;

struct Proxy {
    server: String,
    http: reqwest::Client,
    fault: Mutex<Box<Fault>>,
    clock: Arc<FakeClock>,
}

impl Passing {
    pub fn is_poll(&self) -> bool {
        self.path == "/agent/v1/poll"
    }

    pub fn is_about(&self, call: &str) -> bool {
        self.path.starts_with("/agent/v1/tasks/") && self.path.ends_with(call)
    }

    /// The offer in the answer.
    pub fn offer(&mut self) -> Option<&mut Value> {
        let (_, answer) = self.answer.as_mut()?;
        answer.get_mut("task").filter(|task| task.is_object())
    }
}

/// Puts a fault before a server; answers where it listens.
async fn put_before(
    ours: &Ours,
    clock: Arc<FakeClock>,
    fault: impl FnMut(&mut Passing) + Send + 'static,
) -> String {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let proxy = Proxy {
        server: ours.server.url.clone(),
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
        fault: Mutex::new(Box::new(fault)),
        clock,
    };
    let router = Router::new().fallback(pass).with_state(Arc::new(proxy));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn pass(State(proxy): State<Arc<Proxy>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let raw = bytes_of(body).await;
    let said: Value = serde_json::from_slice(&raw).unwrap_or(Value::Null);
    let credential = ["authorization", "x-api-key"].iter().find_map(|name| head.headers.get(*name));
    let credential = credential.and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut passing =
        Passing { path: head.uri.path().to_owned(), credential, body: said.clone(), answer: None };
    spoil(&proxy, &mut passing);
    let mut retry_after = None;
    if passing.answer.is_none() {
        let url = format!("{}{}", proxy.server, head.uri.path_and_query().unwrap());
        let mut request = proxy.http.request(head.method, url);
        for name in ["authorization", "content-type", "idempotency-key", "x-api-key"] {
            if let Some(value) = head.headers.get(name) {
                request = request.header(name, value);
            }
        }
        let body = if passing.body == said { raw } else { passing.body.to_string().into_bytes() };
        let answer = request.body(body).send().await.unwrap();
        let status = answer.status().as_u16();
        retry_after = answer.headers().get("retry-after").cloned();
        if passing.body["status"] == "returned" {
            // Nobody needs to wait until it has rested.
            proxy.clock.advance(REST_MS);
        }
        let body = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or(Value::Null);
        passing.answer = Some((status, body));
        spoil(&proxy, &mut passing);
    }
    let (status, body) = passing.answer.unwrap();
    let mut response = (StatusCode::from_u16(status).unwrap(), Body::from(body.to_string())).into_response();
    response.headers_mut().extend(retry_after.map(|value| (RETRY_AFTER, value)));
    response
}

fn spoil(proxy: &Proxy, passing: &mut Passing) {
    proxy.fault.lock().unwrap()(passing);
}

/// Some levels against a server with a fault.
pub async fn run(levels: &str, fault: impl FnMut(&mut Passing) + Send + 'static) -> Run {
    run_with(levels, &[], fault).await
}

pub async fn run_with(levels: &str, more: &[&str], fault: impl FnMut(&mut Passing) + Send + 'static) -> Run {
    let clock = FakeClock::new();
    let ours = Ours::by_clock(clock.clone()).await;
    let url = put_before(&ours, clock, fault).await;
    let more: Vec<String> = more.iter().map(|argument| argument.replace("{url}", &url)).collect();
    let code = ours.pairing_code();
    let mut arguments =
        vec!["--server", &url, "--pairing-code", &code, "--api-key", &ours.key, "--level", levels];
    arguments.extend(more.iter().map(String::as_str));
    let run = judge(&arguments).await;
    assert_eq!(run.code, 1, "{}\n{:#}", run.stderr, run.report);
    run
}
