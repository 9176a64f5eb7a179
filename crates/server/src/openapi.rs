//! The description of every route as `OpenAPI` 3.1, put together from the handlers and the types that they use, and the
//! page that shows it.
//!
//! It can't lag behind: a test compares it with the router, and another sends what it allows, and what it doesn't, to a
//! running server and holds the answers against it.

pub mod answers;
pub mod bodies;
mod page;
pub mod published;
pub mod shapes;

use crate::error::ErrorBody;
use crate::routes::{about, admin, agent, dashboard, task, tasks, webhook};
use crate::{linkup, official};
use serde_json::Value;
use std::sync::LazyLock;
use utoipa::openapi::OpenApi as Parts;
use utoipa::openapi::Required;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Liaison",
        description = "Tasks for LinkedIn, carried out in a person's own browser. Programs that want something done \
            (callers) come with an API key; the browsers that do it (agents) with a token of their own. An unknown member \
            of a request is ignored, and null is as good as absent.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "callers", description = "For programs that want something done. The header x-api-key opens it."),
        (name = "published", description = "For programs written for two other published APIs: the form is theirs."),
        (name = "agents", description = "For browsers that do it: docs/PROTOCOL.md."),
        (name = "operators", description = "For those who say who may use the server: teams, members, keys, browsers, tasks."),
        (name = "dashboard", description = "The operators' page, and who is signed in to it."),
        (name = "operation", description = "For those who run the server."),
    ),
    paths(
        task::fetch_connections,
        task::send_connection_request,
        task::get_status,
        task::cancel,
        tasks::list,
        tasks::delete,
        tasks::connections_csv,
        webhook::add,
        webhook::list,
        webhook::delete,
        official::connections,
        official::tunnelled,
        linkup::connections,
        agent::pair,
        agent::poll,
        agent::start,
        agent::heartbeat,
        agent::complete,
        admin::team::list,
        admin::team::add,
        admin::team::show,
        admin::team::rename,
        admin::team::remove,
        admin::member::list,
        admin::member::add,
        admin::member::show,
        admin::member::change,
        admin::member::remove,
        admin::member::pairing_code,
        admin::key::list,
        admin::key::add,
        admin::key::show,
        admin::key::revoke,
        admin::agent::list,
        admin::agent::show,
        admin::agent::rename,
        admin::agent::revoke,
        admin::task::list,
        admin::task::show,
        admin::task::cancel,
        admin::task::delete,
        admin::task::connections_csv,
        admin::task::fetch_connections,
        admin::task::send_connection_request,
        dashboard::page,
        dashboard::file,
        dashboard::sign_in,
        dashboard::signed_in,
        dashboard::sign_out,
        about::health,
        about::ready,
        about::metrics,
        about::document,
        about::reference,
    ),
    components(schemas(ErrorBody, official::ErrorBody, linkup::ErrorBody)),
    modifiers(&Doors),
)]
struct Document;

/// Whose bodies have no member that must be there.
const MAY_BE_EMPTY: [&str; 5] = [
    "/linkedin-agent/fetch-connections",
    "/admin/v1/teams/{team}/fetch-connections",
    "/admin/v1/teams/{team}/members",
    "/admin/v1/teams/{team}/members/{member}",
    "/admin/v1/teams/{team}/keys",
];

/// The secrets that open something.
struct Doors;

impl Modify for Doors {
    fn modify(&self, document: &mut Parts) {
        let bearer = |what: &str| {
            let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(what));
            SecurityScheme::Http(scheme.build())
        };
        let api_key = ApiKeyValue::with_description("x-api-key", "A team's API key");
        let parts = document.components.get_or_insert_default();
        parts.add_security_scheme("api_key", SecurityScheme::ApiKey(ApiKey::Header(api_key)));
        parts.add_security_scheme(
            "bearer_key",
            bearer("A team's API key, where that API has an access token"),
        );
        parts.add_security_scheme("agent_token", bearer("What pairing gave the agent"));
        parts.add_security_scheme("admin_key", bearer("What `liaison-server admin-key add` printed"));
        let session =
            "What signing in to the dashboard set. Calls but GET then carry the header X-CSRF-Token";
        let session = ApiKeyValue::with_description("liaison_session", session);
        parts.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
        parts.add_security_scheme("metrics_token", bearer("What the server was started with"));
        // What an admin key opens, the session that it began opens.
        let operations = document.paths.paths.values_mut().flat_map(|path| {
            [&mut path.get, &mut path.post, &mut path.patch, &mut path.delete].into_iter().flatten()
        });
        let needs = |door: &str| SecurityRequirement::new::<_, [String; 0], _>(door, []);
        for doors in operations.filter_map(|operation| operation.security.as_mut()) {
            if doors.contains(&needs("admin_key")) {
                doors.push(needs("session"));
            }
        }
        // Every member of these bodies is optional, so they may be left out.
        for path in MAY_BE_EMPTY {
            let Some(path) = document.paths.paths.get_mut(path) else { continue };
            for operation in [&mut path.post, &mut path.patch].into_iter().flatten() {
                if let Some(body) = &mut operation.request_body {
                    body.required = Some(Required::False);
                }
            }
        }
    }
}

/// The document, and the page made from it.
struct Rendered {
    json: String,
    page: String,
}

static RENDERED: LazyLock<Rendered> = LazyLock::new(|| {
    let mut document = serde_json::to_value(Document::openapi()).unwrap_or_default();
    plain_words(&mut document);
    Rendered { json: format!("{document:#}"), page: page::render(&document) }
});

/// The document as JSON.
#[must_use]
pub fn json() -> &'static str {
    &RENDERED.json
}

/// The document as HTML, without a script and without anything from elsewhere.
#[must_use]
pub fn page() -> &'static str {
    &RENDERED.page
}

/// Descriptions come from comments in the code, in which names are links for who reads the code. And links between
/// calls are written with a member that the library spells its own way.
fn plain_words(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(name) = members.remove("operation_id") {
                members.insert("operationId".to_owned(), name);
            }
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "description" || name == "summary" => {
                        *text = text.replace("[`", "`").replace("`]", "`").replace('\n', " ");
                    }
                    other => plain_words(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(plain_words),
        _ => {}
    }
}
