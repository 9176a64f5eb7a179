//! Every route, on one screen.

use crate::clock::{Clock, Timestamp};
use crate::door::Door;
use crate::error::ApiError;
use crate::guess::Guesses;
use crate::hub::Hub;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::peer::Neighbours;
use crate::routes::{about, admin, agent, task, tasks, webhook};
use crate::secret::SecretHash;
use crate::store::Store;
use crate::webhook::Webhooks;
use crate::{linkup, official, watch};
use axum::Router;
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
    Router::new()
        // The server itself: open, but for what `about::metrics` says.
        .route("/healthz", get(about::health))
        .route("/readyz", get(about::ready))
        .route("/metrics", get(about::metrics))
        .route("/openapi.json", get(about::document))
        .route("/reference", get(about::reference))
        // Callers: header `x-api-key`.
        .route("/linkedin-agent/fetch-connections", post(task::fetch_connections))
        .route("/linkedin-agent/send-connection-request", post(task::send_connection_request))
        .route("/linkedin-agent/get-task-status", get(task::get_status))
        .route("/linkedin-agent/cancel-task", post(task::cancel))
        .route("/linkedin-agent/tasks", get(tasks::list))
        .route("/linkedin-agent/tasks/{task}", delete(tasks::delete))
        .route("/linkedin-agent/tasks/{task}/connections.csv", get(tasks::connections_csv))
        .route("/linkedin-agent/webhooks", get(webhook::list).post(webhook::add))
        .route("/linkedin-agent/webhooks/{webhook}", delete(webhook::delete))
        // Callers of two other published APIs; the first shows its key as `Authorization: Bearer`.
        .route(
            "/v2/connections",
            get(official::connections).post(official::tunnelled).fallback(official::wrong_method),
        )
        .route("/v1/network/connections", post(linkup::connections).fallback(linkup::wrong_method))
        // Agents: header `Authorization: Bearer`, but for the first.
        .route("/agent/v1/pair", post(agent::pair))
        .route("/agent/v1/poll", post(agent::poll))
        .route("/agent/v1/tasks/{task}/start", post(agent::start))
        .route("/agent/v1/tasks/{task}/heartbeat", post(agent::heartbeat))
        .route("/agent/v1/tasks/{task}/complete", post(agent::complete))
        // Operators: header `Authorization: Bearer`.
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
        .fallback(no_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), watch::watch))
        .with_state(app)
}

async fn no_route() -> ApiError {
    ApiError::NoRoute
}

async fn wrong_method() -> ApiError {
    ApiError::Method
}

/// The panic itself was reported on stderr by its hook.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    ApiError::Panicked.into_response()
}
