//! What callers call about their webhooks.

use super::tasks::{DeletedAnswer, PathId};
use crate::auth::{Caller, WritingCaller};
use crate::body::caller_fields;
use crate::error::ApiError;
use crate::openapi::answers::{NotDeleted, NotListed, NotRegistered};
use crate::openapi::shapes::{OneWebhook, WebhookBody};
use crate::router::App;
use crate::store::{NewWebhook, StoreError, Webhook, WebhookError};
use crate::webhook::{UrlError, check_url, new_secret};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// The answer with a new webhook.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookAddedAnswer)]
pub struct AddedAnswer {
    success: bool,
    data: AddedData,
}

#[derive(Serialize, ToSchema)]
#[schema(as = WebhookAddedData)]
struct AddedData {
    #[serde(flatten)]
    webhook: WebhookData,
    secret: String,
}

/// The answer with all of them.
#[derive(Serialize, ToSchema)]
pub struct WebhooksAnswer {
    success: bool,
    data: Vec<WebhookData>,
}

#[derive(Serialize, ToSchema)]
struct WebhookData {
    id: String,
    url: String,
    include_output: bool,
    created_at: String,
    disabled_at: Option<String>,
    disabled_reason: Option<String>,
    last_delivered_at: Option<String>,
    last_error: Option<String>,
    last_error_at: Option<String>,
}

impl From<Webhook> for WebhookData {
    fn from(webhook: Webhook) -> Self {
        Self {
            id: webhook.id,
            url: webhook.url,
            include_output: webhook.include_output,
            created_at: webhook.created_at.to_iso(),
            disabled_at: webhook.disabled_at.map(|at| at.to_iso()),
            disabled_reason: webhook.disabled_reason,
            last_delivered_at: webhook.last_delivered_at.map(|at| at.to_iso()),
            last_error: webhook.last_error,
            last_error_at: webhook.last_error_at.map(|at| at.to_iso()),
        }
    }
}

/// Registers an endpoint that is told of each end of the team's tasks. Its secret is shown this once.
#[utoipa::path(post, path = "/linkedin-agent/webhooks", operation_id = "add_webhook", tag = "callers",
    security(("api_key" = [])), request_body(content = WebhookBody),
    responses((status = 200, description = "Registered", body = AddedAnswer), NotRegistered))]
pub async fn add(
    State(app): State<App>,
    WritingCaller(caller): WritingCaller,
    body: Body,
) -> Result<Json<AddedAnswer>, ApiError> {
    let fields = caller_fields(body).await?;
    let url = fields.get("url").and_then(Value::as_str).ok_or(UrlError::NotOne);
    let url = url.and_then(|url| check_url(url, app.webhooks.allow_private)).map_err(ApiError::Url)?;
    let include_output = match fields.get("include_output") {
        None | Some(Value::Null) => false,
        Some(value) => value.as_bool().ok_or(ApiError::Query("include_output", "a boolean"))?,
    };
    let secret = new_secret().map_err(StoreError::from)?;
    let new = NewWebhook { team: &caller.team, url: url.as_str(), secret: &secret, include_output };
    let webhook = app.store.add_webhook(new, app.now()).await.map_err(|error| match error {
        WebhookError::TooMany(most) => ApiError::WebhookLimit(most),
        // Its keys went with it.
        WebhookError::NoTeam => ApiError::InvalidKey,
        WebhookError::Store(error) => error.into(),
    })?;
    Ok(Json(AddedAnswer { success: true, data: AddedData { webhook: webhook.into(), secret } }))
}

/// The team's endpoints, without their secrets.
#[utoipa::path(get, path = "/linkedin-agent/webhooks", operation_id = "list_webhooks", tag = "callers",
    security(("api_key" = [])),
    responses((status = 200, description = "All of them", body = WebhooksAnswer), NotListed))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<WebhooksAnswer>, ApiError> {
    let webhooks = app.store.webhooks(&caller.team).await?;
    Ok(Json(WebhooksAnswer { success: true, data: webhooks.into_iter().map(Into::into).collect() }))
}

/// Deletes an endpoint, and what it was still to be told.
#[utoipa::path(delete, path = "/linkedin-agent/webhooks/{webhook}", operation_id = "delete_webhook", tag = "callers",
    security(("api_key" = [])), params(OneWebhook),
    responses((status = 200, description = "Deleted", body = DeletedAnswer), NotDeleted))]
pub async fn delete(
    State(app): State<App>,
    WritingCaller(caller): WritingCaller,
    id: PathId,
) -> Result<Json<DeletedAnswer>, ApiError> {
    let id = id.or(ApiError::WebhookNotFound)?;
    let deleted = app.store.delete_webhook(&caller.team, &id).await?;
    if deleted { Ok(Json(DeletedAnswer::of(id))) } else { Err(ApiError::WebhookNotFound) }
}
