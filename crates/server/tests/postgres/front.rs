//! What stands in front of several servers: a round-robin that leaves out whoever failed once, and repeats only what was
//! never sent.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

#[derive(Clone)]
pub struct Front {
    pub url: String,
    behind: Arc<Mutex<Vec<String>>>,
    turn: Arc<AtomicUsize>,
    http: reqwest::Client,
}

impl Front {
    pub async fn before(servers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let front = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            behind: Arc::new(Mutex::new(servers.iter().map(|&server| server.to_owned()).collect())),
            turn: Arc::default(),
            http: crate::support::client(),
        };
        let app = Router::new().fallback(pass).with_state(front.clone());
        tokio::spawn(async { axum::serve(listener, app).await.unwrap() });
        front
    }

    pub fn add(&self, server: &str) {
        self.behind.lock().unwrap().push(server.to_owned());
    }

    fn leave_out(&self, server: &str) {
        self.behind.lock().unwrap().retain(|known| known != server);
    }

    fn next(&self) -> Option<String> {
        let behind = self.behind.lock().unwrap();
        let turn = self.turn.fetch_add(1, Ordering::SeqCst);
        (!behind.is_empty()).then(|| behind[turn % behind.len()].clone())
    }

    async fn send(&self, server: &str, asked: &Asked) -> reqwest::Result<Response> {
        let Asked { method, uri, headers, body } = asked.clone();
        let request = self.http.request(method, format!("{server}{uri}")).headers(headers).body(body);
        let answer = request.send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        Ok((status, headers, answer.bytes().await?).into_response())
    }
}

#[derive(Clone)]
struct Asked {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

async fn pass(
    State(front): State<Front>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = Asked { method, uri, headers, body };
    while let Some(server) = front.next() {
        match front.send(&server, &asked).await {
            Ok(response) => return response,
            Err(error) => {
                front.leave_out(&server);
                if !error.is_connect() {
                    break;
                }
            }
        }
    }
    StatusCode::BAD_GATEWAY.into_response()
}
