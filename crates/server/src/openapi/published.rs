//! The calls of the two other published APIs: what they take and answer with, and their refusals, whose bodies have those
//! APIs' forms. As [`super::shapes`]: the types of requests describe what is read member by member, and are never made.

use super::answers::{ALWAYS, BODY, Refusals, Responses, refusals_as};
use utoipa::{IntoParams, IntoResponses, ToSchema};

/// The query of LinkedIn's own call.
#[derive(IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
pub struct ViewersConnections {
    /// The finder.
    #[param(pattern = "^viewer$")]
    #[schema(pattern = "^viewer$")]
    pub q: String,
    /// Index of the first.
    #[param(maximum = 2_147_483_647_i64)]
    #[schema(maximum = 2_147_483_647_i64)]
    pub start: Option<u32>,
    /// How many; 10 unless told.
    #[param(maximum = 500)]
    #[schema(maximum = 500)]
    pub count: Option<u32>,
    /// Which members are wanted, such as `(elements(*(to~)),paging)`: docs/API-OFFICIAL.md. (The pattern is a part of what is taken.)
    #[param(
        pattern = r"^\((\*|elements|paging|elements\(\*\(to~\)\),paging|paging\((start|count|total)\))\)$"
    )]
    #[schema(
        pattern = r"^\((\*|elements|paging|elements\(\*\(to~\)\),paging|paging\((start|count|total)\))\)$"
    )]
    pub projection: Option<String>,
}

/// LinkedIn's answer, as far as the projection wants it.
#[derive(ToSchema)]
pub struct ConnectionsPage {
    /// In the order of LinkedIn's list.
    #[schema(nullable = false)]
    pub elements: Option<Vec<PageElement>>,
    /// Where in the list this is.
    #[schema(nullable = false)]
    pub paging: Option<Paging>,
}

/// One connection.
#[derive(ToSchema)]
pub struct PageElement {
    /// `urn:li:person:` and a look-alike of an id.
    #[schema(nullable = false)]
    pub to: Option<String>,
    /// Who that is.
    #[schema(rename = "to~", nullable = false)]
    pub person: Option<PagePerson>,
}

/// A person, resolved.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct PagePerson {
    /// As in `to`.
    #[schema(nullable = false)]
    pub id: Option<String>,
    /// By language.
    #[schema(nullable = false)]
    pub first_name: Option<serde_json::Map<String, serde_json::Value>>,
    /// By language.
    #[schema(nullable = false)]
    pub last_name: Option<serde_json::Map<String, serde_json::Value>>,
}

/// Where in the list a page is.
#[derive(ToSchema)]
pub struct Paging {
    /// As asked for.
    #[schema(nullable = false)]
    pub start: Option<u64>,
    /// As asked for.
    #[schema(nullable = false)]
    pub count: Option<u64>,
    /// Always empty.
    #[schema(nullable = false)]
    pub links: Option<Vec<String>>,
    /// The size of the whole network, where LinkedIn tells it.
    #[schema(nullable = false)]
    pub total: Option<u64>,
}

/// What LinkupAPI's call is asked with.
#[derive(ToSchema)]
pub struct GetConnectionsBody {
    /// Dropped unread; any word will do.
    #[schema(min_length = 1)]
    pub login_token: String,
    /// The first page of ten, counted from 1. Both pages or neither.
    #[schema(minimum = 1, maximum = 100_000_000)]
    pub start_page: Option<u64>,
    /// The last one; at least `start_page`, and at most 499 more.
    #[schema(minimum = 1, maximum = 100_000_000)]
    pub end_page: Option<u64>,
    /// How many from the beginning, when no pages are given; 10 unless told.
    #[schema(minimum = 1, maximum = 5_000)]
    pub total_results: Option<u64>,
    /// Ignored.
    pub country: Option<String>,
}

/// Refusals of LinkedIn's own call, in its form.
pub struct OfficialRefused;
/// Refusals of LinkupAPI's call, in its form.
pub struct LinkupRefused;

const INPUT: (u16, &str) = (400, "`invalid_input`: the text says what is wrong");
const KEY: (u16, &str) = (401, "`unauthorised`: the API key is missing or wrong");
const NO_ADMIN: (u16, &str) = (404, "`no_admin`: nobody in the team could act");
const METHOD: (u16, &str) = (405, "`method_not_allowed`: another method");
const KEY_USED: (u16, &str) = (422, "`idempotency_key_reused`: the key was used for another request");
const OF_LINKEDIN: &Refusals = &[
    (
        429,
        "`throttled`: LinkedIn wants less; `queue_full`: too many tasks of the team are unfinished; `too_often`, \
         `wrong_too_often`. Come again after `Retry-After`, where it is there",
    ),
    (409, "`cancelled`: the task was called off"),
    (501, "`unsupported_task`: the browser's version can't do it"),
    (502, "the code is that of the failed task, or `drift`: what was read makes no list"),
    (503, "what the browser waits for needs its person; or `storage_unavailable`, `overtime`, `closing`"),
    (504, "`not_in_time`: the tasks are named in `X-Liaison-Tasks`"),
];

impl IntoResponses for OfficialRefused {
    fn responses() -> Responses {
        let scope = "`missing_scope`: the key lacks `r_1st_connections`; `plugin_required`: no agent of the team was seen lately";
        let own = [INPUT, KEY, (403, scope), NO_ADMIN, METHOD, KEY_USED];
        refusals_as("RestliError", &[&own, OF_LINKEDIN, BODY, ALWAYS])
    }
}

impl IntoResponses for LinkupRefused {
    fn responses() -> Responses {
        let key = "`unauthorised`: the API key is missing or wrong; `signed_out`: nobody is signed in to LinkedIn in the browser";
        let access =
            "`read_only_key`: the key may only look; `plugin_required`: no agent of the team was seen lately";
        let own = [INPUT, (401, key), (403, access), NO_ADMIN, METHOD, KEY_USED];
        refusals_as("LinkupError", &[&own, OF_LINKEDIN, BODY, ALWAYS])
    }
}
