//! Endpoints that are told of tasks' ends, over real sockets.

use super::support::*;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use liaison_server::SystemClock;
use liaison_server::store::{Access, NewKey};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

const WEBHOOKS: &str = "/linkedin-agent/webhooks";

/// An endpoint: takes note of what it is told, and answers what it was told to answer, or 204.
pub struct Endpoint {
    pub url: String,
    told: UnboundedReceiver<Told>,
    answers: Arc<Mutex<VecDeque<Response>>>,
}

pub struct Told {
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

#[derive(Clone)]
struct Ear(UnboundedSender<Told>, Arc<Mutex<VecDeque<Response>>>);

impl Endpoint {
    pub async fn new() -> Self {
        let (sender, told) = unbounded_channel();
        let answers: Arc<Mutex<VecDeque<Response>>> = Arc::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new().fallback(hear).with_state(Ear(sender, Arc::clone(&answers)));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, told, answers }
    }

    pub fn answers(&self, answer: impl IntoResponse) {
        self.answers.lock().unwrap().push_back(answer.into_response());
    }

    pub async fn next(&mut self) -> Told {
        self.told.recv().await.unwrap()
    }

    /// Something, before now.
    fn was_told(&mut self) -> Told {
        self.told.try_recv().unwrap()
    }

    fn was_told_nothing(&mut self) {
        assert!(self.told.try_recv().is_err(), "it was told something");
    }
}

async fn hear(State(Ear(told, answers)): State<Ear>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    told.send(Told { path: uri.to_string(), headers, body }).unwrap_or_else(|_| panic!("nobody listens"));
    answers.lock().unwrap().pop_front().unwrap_or_else(|| StatusCode::NO_CONTENT.into_response())
}

impl Told {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// Signed as the specification's own library signs it.
    fn verified(&self, secret: &str) -> Value {
        let webhook = Webhook::new(secret).unwrap();
        let timestamp = self.header("webhook-timestamp").parse().unwrap();
        let signature = webhook.sign(self.header("webhook-id"), timestamp, &self.body).unwrap();
        assert_eq!(self.header("webhook-signature"), signature);
        serde_json::from_slice(&self.body).unwrap()
    }
}

async fn world() -> (World, Agent) {
    World::paired_and(|config| config.allow_private_webhooks = true).await
}

/// Registers a URL; answers with the webhook's id and its secret.
async fn register(world: &World, body: Value) -> (String, String) {
    let (status, body) = world.post(WEBHOOKS, body).await;
    assert_eq!(status, 200, "{body}");
    let text = |name: &str| body["data"][name].as_str().unwrap().to_owned();
    (text("id"), text("secret"))
}

async fn webhooks(world: &World) -> Value {
    let (status, body) = world.get(WEBHOOKS).await;
    assert_eq!(status, 200, "{body}");
    body["data"].clone()
}

async fn deliver(world: &World) {
    world.server.deliver_webhooks().await.unwrap();
}

async fn done(world: &World, agent: &Agent) -> String {
    let task = world.fetch().await;
    assert_eq!(agent.fetched(&agent.offer().await).await.0, 200);
    task
}

async fn events(world: &World, task: &str) -> Vec<Value> {
    let (_, body) = world.get_as(&world.key, &format!("?api_agent_task_id={task}&include=events")).await;
    let events = body["data"]["events"].as_array().unwrap().iter();
    events.filter(|line| line["event"].as_str().unwrap().starts_with("webhook")).cloned().collect()
}

#[tokio::test]
async fn an_end_is_told_signed_and_without_peoples_data() {
    let (world, agent) = world().await;
    let mut endpoint = Endpoint::new().await;
    let (id, secret) = register(&world, json!({"url": endpoint.url})).await;
    assert!(secret.starts_with("whsec_"));
    let task = done(&world, &agent).await;
    let told = endpoint.next().await;
    let body = json!({"type": "task.completed", "timestamp": "2026-11-22T00:00:00.000Z",
                      "data": {"id": task, "status": "completed", "task_type": "agent_fetch_connections"}});
    assert_eq!((told.path.as_str(), told.verified(&secret)), ("/hook", body));
    assert_eq!(told.header("content-type"), "application/json");
    assert_eq!(told.header("webhook-id"), format!("msg_{task}_{id}"));
    assert_eq!(told.header("webhook-timestamp"), (T0 / 1000).to_string());
    assert!(!told.headers.contains_key("authorization") && !told.headers.contains_key("referer"));

    deliver(&world).await;
    endpoint.was_told_nothing();
    let line = json!({"at": "2026-11-22T00:00:00.000Z", "event": "webhook_delivered", "attempt": 1});
    assert_eq!(events(&world, &task).await, [line]);
    assert_eq!(webhooks(&world).await[0]["last_delivered_at"], "2026-11-22T00:00:00.000Z");
    assert_eq!(world.number("SELECT count(*) FROM webhook_delivery").await, 0);
}

/// By the computer's clock, to which the library compares.
#[tokio::test]
async fn the_specifications_library_takes_it_and_no_other() {
    let (world, agent) = World::paired_and(|config| {
        config.allow_private_webhooks = true;
        config.clock = Arc::new(SystemClock);
    })
    .await;
    let mut endpoint = Endpoint::new().await;
    let (_, secret) = register(&world, json!({"url": endpoint.url})).await;
    let (_, other) = register(&world, json!({"url": "http://127.0.0.1:9/"})).await;
    done(&world, &agent).await;
    let told = endpoint.next().await;
    let verify =
        |secret: &str, headers: &HeaderMap| Webhook::new(secret).unwrap().verify(&told.body, headers);
    verify(&secret, &told.headers).unwrap();
    assert!(verify(&other, &told.headers).is_err());
    let mut forged = told.headers.clone();
    forged.insert("webhook-id", "msg_other".parse().unwrap());
    assert!(verify(&secret, &forged).is_err());
}

#[tokio::test]
async fn every_way_to_end_is_told() {
    let (world, agent) = world().await;
    let mut endpoint = Endpoint::new().await;
    let (_, secret) = register(&world, json!({"url": endpoint.url})).await;
    let failed = world.fetch().await;
    let offer = agent.offer().await;
    assert_eq!(agent.complete(&offer, "failed", failure("throttled", None), "none").await.0, 200);
    let cancelled = world.fetch().await;
    world.cancel(&cancelled).await;
    let expired = world.fetch().await;
    // Nothing is under way while the clock jumps: its lease would be over.
    deliver(&world).await;
    world.advance(DAY);
    assert_eq!(world.server.sweep().await.unwrap(), 1);
    deliver(&world).await;
    let mut codes = Vec::new();
    for _ in 0..3 {
        let body = endpoint.next().await.verified(&secret);
        assert_eq!((&body["type"], &body["data"]["status"]), (&json!("task.failed"), &json!("failed")));
        codes.push((body["data"]["id"].clone(), body["data"]["code"].clone()));
    }
    codes.sort_by_key(|(_, code)| code.to_string());
    let expected = [(&cancelled, "cancelled"), (&expired, "expired"), (&failed, "throttled")];
    assert_eq!(codes, expected.map(|(task, code)| (json!(task), json!(code))));
    endpoint.was_told_nothing();
}

#[tokio::test]
async fn the_output_goes_with_it_where_it_was_asked_for() {
    let (world, agent) = world().await;
    let (mut plain, mut full) = (Endpoint::new().await, Endpoint::new().await);
    register(&world, json!({"url": plain.url, "include_output": false})).await;
    let (_, secret) = register(&world, json!({"url": full.url, "include_output": true})).await;
    done(&world, &agent).await;
    deliver(&world).await;
    let body = full.next().await.verified(&secret);
    assert_eq!(body["data"]["task_output"], json!({"total": 0, "connections": []}));
    let body: Value = serde_json::from_slice(&plain.next().await.body).unwrap();
    assert_eq!(body["data"].get("task_output"), None);
}

/// The same message each time, at the times of the specification's schedule, and after three days no more.
#[tokio::test]
async fn what_is_not_taken_is_sent_again_and_given_up_in_the_end() {
    let (world, agent) = world().await;
    let mut endpoint = Endpoint::new().await;
    let (_, secret) = register(&world, json!({"url": endpoint.url})).await;
    for status in [500, 404, 302, 429, 503, 400, 502, 504, 301, 500] {
        endpoint.answers(StatusCode::from_u16(status).unwrap());
    }
    let task = done(&world, &agent).await;
    let first = endpoint.next().await;
    deliver(&world).await;
    let minutes = 60;
    let hours = 60 * minutes;
    let delays =
        [5, 5 * minutes, 30 * minutes, 2 * hours, 5 * hours, 10 * hours, 14 * hours, 20 * hours, 24 * hours];
    for delay_s in delays {
        // Up to a tenth comes on top by chance.
        world.advance(delay_s * 1000 - 1);
        deliver(&world).await;
        endpoint.was_told_nothing();
        world.advance(delay_s * 100 + 1);
        deliver(&world).await;
        let again = endpoint.was_told();
        again.verified(&secret);
        assert_eq!((again.header("webhook-id"), &again.body), (first.header("webhook-id"), &first.body));
        assert_eq!(again.header("webhook-timestamp"), (world.now().0 / 1000).to_string());
        assert_ne!(again.header("webhook-signature"), first.header("webhook-signature"));
    }
    world.advance(30 * DAY);
    deliver(&world).await;
    endpoint.was_told_nothing();
    let lines = events(&world, &task).await;
    assert_eq!(lines.len(), 1);
    let (event, attempt, code) = (&lines[0]["event"], &lines[0]["attempt"], &lines[0]["code"]);
    assert_eq!((event, attempt, code), (&json!("webhook_failed"), &json!(10), &json!("http_500")));
    // An endpoint that took nothing in all that time is told nothing more.
    let webhook = webhooks(&world).await[0].clone();
    let (reason, error) = (&webhook["disabled_reason"], &webhook["last_error"]);
    assert_eq!((reason, error), (&json!("failing"), &json!("http_500")));
    agent.poll(json!({})).await;
    done(&world, &agent).await;
    deliver(&world).await;
    endpoint.was_told_nothing();
}

#[tokio::test]
async fn an_endpoint_may_ask_for_time_or_to_be_left_alone() {
    let (world, agent) = world().await;
    let mut endpoint = Endpoint::new().await;
    register(&world, json!({"url": endpoint.url})).await;
    endpoint.answers((StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "3600")]));
    let task = done(&world, &agent).await;
    endpoint.next().await;
    deliver(&world).await;
    world.advance(HOUR - 1);
    deliver(&world).await;
    endpoint.was_told_nothing();
    endpoint.answers(StatusCode::GONE);
    world.advance(1);
    deliver(&world).await;
    endpoint.next().await;
    deliver(&world).await;
    let webhook = webhooks(&world).await[0].clone();
    let (reason, at) = (&webhook["disabled_reason"], &webhook["disabled_at"]);
    assert_eq!((reason, at), (&json!("gone"), &json!("2026-11-22T01:00:00.000Z")));
    assert_eq!(events(&world, &task).await[0]["code"], "http_410");
    done(&world, &agent).await;
    deliver(&world).await;
    endpoint.was_told_nothing();
    assert_eq!(world.number("SELECT count(*) FROM webhook_delivery").await, 0);
}

#[tokio::test]
async fn a_slow_endpoint_holds_up_only_itself() {
    let (world, agent) = world().await;
    // Takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    register(&world, json!({"url": url})).await;
    let mut endpoint = Endpoint::new().await;
    register(&world, json!({"url": endpoint.url})).await;
    let held: TcpStream = {
        done(&world, &agent).await;
        silent.accept().await.unwrap().0
    };
    for _ in 0..3 {
        endpoint.next().await;
        done(&world, &agent).await;
    }
    endpoint.next().await;
    drop(held);
    drop(silent);
    deliver(&world).await;
    let webhooks = webhooks(&world).await;
    let errors: Vec<&Value> =
        webhooks.as_array().unwrap().iter().map(|webhook| &webhook["last_error"]).collect();
    assert_eq!(errors.iter().filter(|error| error.is_null()).count(), 1, "{webhooks}");
}

#[tokio::test]
async fn what_was_still_to_be_told_is_told_after_a_restart() {
    let (world, agent) = world().await;
    let mut endpoint = Endpoint::new().await;
    register(&world, json!({"url": endpoint.url})).await;
    endpoint.answers(StatusCode::INTERNAL_SERVER_ERROR);
    let task = done(&world, &agent).await;
    let first = endpoint.next().await;
    let world = world.restart().await;
    endpoint.was_told_nothing();
    world.advance(6_000);
    deliver(&world).await;
    assert_eq!(endpoint.next().await.body, first.body);
    assert_eq!(events(&world, &task).await[0]["attempt"], 2);
}

/// Two instances on one file: each delivery is made by one of them.
#[tokio::test]
async fn of_several_instances_one_tells() {
    let (world, agent) = world().await;
    let mut endpoint = Endpoint::new().await;
    register(&world, json!({"url": endpoint.url})).await;
    endpoint.answers(StatusCode::INTERNAL_SERVER_ERROR);
    done(&world, &agent).await;
    endpoint.next().await;
    deliver(&world).await;
    world.advance(6_000);
    let other = world.second_instance().await;
    let (one, two) = tokio::join!(world.server.deliver_webhooks(), other.deliver_webhooks());
    one.unwrap();
    two.unwrap();
    endpoint.next().await;
    endpoint.was_told_nothing();
    other.shutdown().await;
}

#[tokio::test]
async fn a_deleted_task_or_webhook_is_told_no_more() {
    let (world, agent) = world().await;
    let mut endpoint = Endpoint::new().await;
    let (id, _) = register(&world, json!({"url": endpoint.url})).await;
    endpoint.answers(StatusCode::INTERNAL_SERVER_ERROR);
    let task = done(&world, &agent).await;
    endpoint.next().await;
    deliver(&world).await;
    assert_eq!(world.delete(&format!("/linkedin-agent/tasks/{task}")).await.0, 200);
    world.advance(HOUR);
    deliver(&world).await;
    endpoint.was_told_nothing();
    endpoint.answers(StatusCode::INTERNAL_SERVER_ERROR);
    done(&world, &agent).await;
    endpoint.next().await;
    deliver(&world).await;
    let path = format!("{WEBHOOKS}/{id}");
    assert_eq!(
        world.delete(&path).await,
        (200, json!({"success": true, "data": {"id": id, "deleted": true}}))
    );
    world.advance(HOUR);
    deliver(&world).await;
    endpoint.was_told_nothing();
    assert_refused(&world.delete(&path).await, 404, "Webhook not found");
}

#[tokio::test]
async fn the_list_shows_no_secret_and_no_other_teams() {
    let (world, _agent) = World::paired().await;
    let (other_key, _other) = world.other_team().await;
    let (id, secret) = register(&world, json!({"url": "https://hooks.example.com/a?b=c"})).await;
    let list = webhooks(&world).await;
    let expected = json!([{"id": id, "url": "https://hooks.example.com/a?b=c", "include_output": false,
        "created_at": "2026-11-22T00:00:00.000Z", "disabled_at": null, "disabled_reason": null,
        "last_delivered_at": null, "last_error": null, "last_error_at": null}]);
    assert_eq!(list, expected);
    assert!(!list.to_string().contains(&secret));
    assert_eq!(world.get_under(&other_key, WEBHOOKS).await.1["data"], json!([]));
    let foreign =
        world.http.delete(format!("{}{WEBHOOKS}/{id}", world.server.url)).header("x-api-key", &other_key);
    assert_refused(&answer(foreign).await, 404, "Webhook not found");
    assert_eq!(webhooks(&world).await, expected);
}

#[tokio::test]
async fn another_teams_tasks_are_not_told() {
    let (world, _agent) = world().await;
    let (other_key, other_agent) = world.other_team().await;
    let mut endpoint = Endpoint::new().await;
    register(&world, json!({"url": endpoint.url})).await;
    assert_eq!(world.post_raw(FETCH, Some(&other_key), "{}").await.0, 200);
    assert_eq!(other_agent.fetched(&other_agent.offer().await).await.0, 200);
    deliver(&world).await;
    endpoint.was_told_nothing();
}

#[tokio::test]
async fn a_key_that_may_only_read_registers_and_deletes_nothing() {
    let (world, agent) = World::paired().await;
    let (id, _) = register(&world, json!({"url": "https://hooks.example.com/"})).await;
    let task = done(&world, &agent).await;
    let read = NewKey { access: Access::Read, ..NewKey::default() };
    let team = world.server.store().first_team().await.unwrap();
    let key = world.server.store().add_key(&team, &read, world.now()).await.unwrap().secret;
    let body = json!({"url": "https://hooks.example.com/"}).to_string();
    assert_code(&world.post_raw(WEBHOOKS, Some(&key), body).await, 403, "read_only_key");
    for path in [format!("{WEBHOOKS}/{id}"), format!("/linkedin-agent/tasks/{task}")] {
        let delete = world.http.delete(format!("{}{path}", world.server.url)).header("x-api-key", &key);
        assert_code(&answer(delete).await, 403, "read_only_key");
    }
    for path in [WEBHOOKS, "/linkedin-agent/tasks"] {
        let (status, body) = world.get_under(&key, path).await;
        assert_eq!((status, body["data"].as_array().unwrap().len()), (200, 1), "{path}");
    }
}

#[tokio::test]
async fn a_removed_team_is_told_nothing() {
    let (world, _agent) = world().await;
    let mut endpoint = Endpoint::new().await;
    register(&world, json!({"url": endpoint.url})).await;
    world.fetch().await;
    let team = world.server.store().first_team().await.unwrap();
    world.server.store().remove_team(&team, world.now()).await.unwrap();
    assert_eq!(world.server.sweep().await.unwrap(), 1);
    deliver(&world).await;
    endpoint.was_told_nothing();
}

#[tokio::test]
async fn a_team_has_twenty_at_most() {
    let (world, _agent) = World::paired().await;
    for number in 0..20 {
        register(&world, json!({"url": format!("https://hooks.example.com/{number}")})).await;
    }
    let answer = world.post(WEBHOOKS, json!({"url": "https://hooks.example.com/more"})).await;
    assert_refused(&answer, 409, "A team has at most 20 webhooks; delete one first");
}

#[tokio::test]
async fn urls_that_are_refused() {
    let (world, _agent) = World::paired().await;
    let none = "Invalid 'url': must be an absolute URL of at most 2048 characters, without a user name or a fragment";
    let scheme = "Invalid 'url': must be an https URL";
    let private = "Invalid 'url': must be a URL of a public host";
    for (url, text) in [
        (json!("http://169.254.169.254/latest/meta-data/"), scheme),
        (json!("https://169.254.169.254/latest/meta-data/"), private),
        (json!("https://localhost/hook"), private),
        (json!("https://127.0.0.1:8787/agent/v1/pair"), private),
        (json!("https://[::ffff:169.254.169.254]/"), private),
        (json!("https://2852039166/"), private),
        (json!("https://0x7f.1/"), private),
        (json!("https://example.com/\r\nx-injected: 1"), none),
        (json!("https://user:secret@example.com/"), none),
        (json!("file:///etc/passwd"), scheme),
        (json!("'; DROP TABLE webhook; --"), none),
        (json!(""), none),
        (json!(7), none),
        (Value::Null, none),
    ] {
        assert_refused(&world.post(WEBHOOKS, json!({"url": url})).await, 400, text);
    }
    assert_refused(&world.post(WEBHOOKS, json!({})).await, 400, none);
    assert_refused(&world.post_raw(WEBHOOKS, Some(&world.key), "[]").await, 400, "Invalid JSON body");
    assert_refused(&world.post_raw(WEBHOOKS, None, "{}").await, 401, "Missing API Key");
    let body = json!({"url": "https://example.com/", "include_output": "yes"});
    assert_refused(&world.post(WEBHOOKS, body).await, 400, "Invalid 'include_output': must be a boolean");
    assert_eq!(webhooks(&world).await, json!([]));
}

/// Neither is called: an address that was allowed once, and a name that is refused by itself. What other names stand for is
/// looked at when they are called, see `webhook::client`.
#[tokio::test]
async fn what_is_private_is_not_called() {
    let (mut world, agent) = world().await;
    let mut endpoint = Endpoint::new().await;
    register(&world, json!({"url": endpoint.url})).await;
    let by_name = endpoint.url.replace("127.0.0.1", "localhost").replace("http:", "https:");
    register(&world, json!({"url": by_name})).await;
    world.configure = Arc::new(|_| {});
    let world = world.restart().await;
    done(&world, &agent_at(&world, agent)).await;
    deliver(&world).await;
    for webhook in webhooks(&world).await.as_array().unwrap() {
        assert_eq!(webhook["last_error"], "forbidden_address", "{webhook}");
    }
    endpoint.was_told_nothing();
}

/// A host that sends on to a private one: the first is asked, the other is not.
#[tokio::test]
async fn no_redirect_is_followed() {
    let (world, agent) = world().await;
    let (mut public, mut private) = (Endpoint::new().await, Endpoint::new().await);
    register(&world, json!({"url": public.url})).await;
    for status in [301, 302, 303, 307, 308] {
        let to = [(header::LOCATION, private.url.clone())];
        public.answers((StatusCode::from_u16(status).unwrap(), to));
    }
    done(&world, &agent).await;
    for _ in 0..5 {
        deliver(&world).await;
        public.was_told();
        world.advance(DAY);
    }
    private.was_told_nothing();
    assert_eq!(webhooks(&world).await[0]["last_error"], "http_308");
}

fn agent_at(world: &World, agent: Agent) -> Agent {
    Agent { url: world.server.url.clone(), ..agent }
}
