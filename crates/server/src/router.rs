//! Every route, on one screen.

use crate::clock::{Clock, Timestamp};
use crate::door::Door;
use crate::error::ApiError;
use crate::guess::Guesses;
use crate::hub::Hub;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::parked::MAX_HOLD_MS;
use crate::peer::Neighbours;
use crate::routes::{about, admin, agent, dashboard, task, tasks, webhook};
use crate::secret::SecretHash;
use crate::store::Store;
use crate::watch::{self, Manner};
use crate::webhook::Webhooks;
use crate::{linkup, official};
use axum::Router;
use axum::http::Uri;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;

/// What every handler works with.
#[derive(Clone)]
pub struct App {
    /// What is on disk.
    pub store: Store,
    /// Who waits.
    pub hub: Hub,
    /// Who guesses pairing codes.
    pub guesses: Guesses,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Who knocks too often.
    pub door: Door,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Who is believed, and how we are called.
    pub neighbours: Arc<Neighbours>,
    /// What opens `/metrics`, if something has to.
    pub metrics_token: Option<Arc<SecretHash>>,
    /// Whether clients come over TLS of our own.
    pub tls: bool,
    /// How long anything may take.
    pub limits: Arc<Limits>,
    /// What tells endpoints that tasks have ended.
    pub webhooks: Webhooks,
    /// How long a task is kept after its end; for ever when `None`.
    pub retain: Option<Duration>,
    /// How long a call that answers with rows waits for them.
    pub answer_within: Duration,
}

impl App {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// The server, as a function of its state.
pub fn router(app: App) -> Router {
    let ours = Manner { tell: IntoResponse::into_response, held_back: Duration::ZERO };
    let parking = Manner { held_back: Duration::from_millis(MAX_HOLD_MS), ..ours };
    let waiting = |tell| Manner { tell, held_back: app.answer_within };
    watched(at_once().fallback(no_route), ours, &app)
        .merge(watched(held_back(), parking, &app))
        .merge(watched(as_linkedin_has_it(), waiting(official::tell), &app))
        .merge(watched(as_linkup_has_it(), waiting(linkup::tell), &app))
        .with_state(app)
}

/// Whatever becomes of a request, it is answered, and in the form of its API.
fn watched(routes: Router<App>, manner: Manner, app: &App) -> Router<App> {
    let routes = routes.method_not_allowed_fallback(wrong_method);
    survived(routes, manner.tell).layer(from_fn_with_state((app.clone(), manner), watch::watch))
}

/// A panic itself was reported on stderr by its hook.
fn survived<S: Clone + Send + Sync + 'static>(
    routes: Router<S>,
    tell: fn(ApiError) -> Response,
) -> Router<S> {
    routes.layer(CatchPanicLayer::custom(move |_: Box<dyn Any + Send>| tell(ApiError::Panicked)))
}

/// Answers that wait for something: a task's end, or work.
fn held_back() -> Router<App> {
    Router::new()
        .route("/linkedin-agent/get-task-status", get(task::get_status))
        .route("/agent/v1/poll", post(agent::poll))
}

/// Another published API's call; it shows its key as `Authorization: Bearer`.
fn as_linkedin_has_it() -> Router<App> {
    Router::new().route(
        "/v2/connections",
        get(official::connections).post(official::tunnelled).fallback(official::wrong_method),
    )
}

/// As above; this one shows its key as we do.
fn as_linkup_has_it() -> Router<App> {
    Router::new().route("/v1/network/connections", post(linkup::connections).fallback(linkup::wrong_method))
}

/// All others.
fn at_once() -> Router<App> {
    Router::new()
        // The server itself: open, but for what `about::metrics` says.
        .route("/healthz", get(about::health))
        .route("/readyz", get(about::ready))
        .route("/metrics", get(about::metrics))
        .route("/openapi.json", get(about::document))
        .route("/reference", get(about::reference))
        // The operator's page, and who is signed in to it: open, but for the cookie that it sets.
        .route("/", get(dashboard::page))
        .route("/dashboard/{file}", get(dashboard::file))
        .route(
            "/dashboard/session",
            get(dashboard::signed_in).post(dashboard::sign_in).delete(dashboard::sign_out),
        )
        // Callers: header `x-api-key`.
        .route("/linkedin-agent/fetch-connections", post(task::fetch_connections))
        .route("/linkedin-agent/send-connection-request", post(task::send_connection_request))
        .route("/linkedin-agent/cancel-task", post(task::cancel))
        .route("/linkedin-agent/tasks", get(tasks::list))
        .route("/linkedin-agent/tasks/{task}", delete(tasks::delete))
        .route("/linkedin-agent/tasks/{task}/connections.csv", get(tasks::connections_csv))
        .route("/linkedin-agent/webhooks", get(webhook::list).post(webhook::add))
        .route("/linkedin-agent/webhooks/{webhook}", delete(webhook::delete))
        // Agents: header `Authorization: Bearer`, but for the first.
        .route("/agent/v1/pair", post(agent::pair))
        .route("/agent/v1/tasks/{task}/start", post(agent::start))
        .route("/agent/v1/tasks/{task}/heartbeat", post(agent::heartbeat))
        .route("/agent/v1/tasks/{task}/complete", post(agent::complete))
        // Operators: header `Authorization: Bearer`, or the page's cookie.
        .route("/admin/v1/teams", get(admin::team::list).post(admin::team::add))
        .route(
            "/admin/v1/teams/{team}",
            get(admin::team::show).patch(admin::team::rename).delete(admin::team::remove),
        )
        .route("/admin/v1/teams/{team}/members", get(admin::member::list).post(admin::member::add))
        .route(
            "/admin/v1/teams/{team}/members/{member}",
            get(admin::member::show).patch(admin::member::change).delete(admin::member::remove),
        )
        .route("/admin/v1/teams/{team}/members/{member}/pairing-codes", post(admin::member::pairing_code))
        .route("/admin/v1/teams/{team}/keys", get(admin::key::list).post(admin::key::add))
        .route("/admin/v1/teams/{team}/keys/{key}", get(admin::key::show).delete(admin::key::revoke))
        .route("/admin/v1/teams/{team}/agents", get(admin::agent::list))
        .route(
            "/admin/v1/teams/{team}/agents/{agent}",
            get(admin::agent::show).patch(admin::agent::rename).delete(admin::agent::revoke),
        )
        .route("/admin/v1/teams/{team}/tasks", get(admin::task::list))
        .route("/admin/v1/teams/{team}/tasks/{task}", get(admin::task::show).delete(admin::task::delete))
        .route("/admin/v1/teams/{team}/tasks/{task}/cancel", post(admin::task::cancel))
        .route("/admin/v1/teams/{team}/tasks/{task}/connections.csv", get(admin::task::connections_csv))
        .route("/admin/v1/teams/{team}/fetch-connections", post(admin::task::fetch_connections))
        .route("/admin/v1/teams/{team}/send-connection-request", post(admin::task::send_connection_request))
}

/// What a base URL with a slash at its end makes of an address.
const SLASHES: &str =
    ": the path has a doubled slash, or one at its end; leave it out (perhaps your base URL ends with one)";

async fn no_route(uri: Uri) -> ApiError {
    let path = uri.path();
    ApiError::NoRoute(if path.contains("//") || path.ends_with('/') { SLASHES } else { "" })
}

async fn wrong_method() -> ApiError {
    ApiError::Method
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::extract::Request;
    use axum::http::StatusCode;
    use http_body_util::BodyExt;
    use serde_json::Value;
    use tower::ServiceExt;

    async fn after_a_panic(tell: fn(ApiError) -> Response) -> Value {
        let odd = Router::new().fallback(async || -> StatusCode { panic!("it never happens") });
        let response = survived(odd, tell).oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
    }

    #[tokio::test]
    async fn a_panic_is_told_in_the_form_of_its_api() {
        assert_eq!(after_a_panic(IntoResponse::into_response).await["success"], false);
        assert_eq!(after_a_panic(official::tell).await["status"], 500);
        assert_eq!(after_a_panic(linkup::tell).await["status"], "error");
    }
}
