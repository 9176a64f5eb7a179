//! What calls may be refused with, by who makes them.

use std::collections::BTreeMap;
use utoipa::IntoResponses;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

pub(super) type Responses = BTreeMap<String, RefOr<Response>>;
pub(super) type Refusals = [(u16, &'static str)];

/// May meet every call.
pub(super) const ALWAYS: &Refusals = &[
    (421, "`wrong_host`: on its own computer the server is not called by this name"),
    (429, "`too_often`, `wrong_too_often`: come again after `Retry-After`"),
    (503, "`storage_unavailable`, `overtime`: nothing is known to be done; come again after `Retry-After`"),
];

/// May meet every call that has a body.
pub(super) const BODY: &Refusals = &[
    (408, "`slow_body`: the body paused for too long"),
    (413, "`too_large`: the body is larger than allowed"),
    (415, "`compressed`: the body is compressed"),
];

/// Refusals of a call that makes a task.
pub struct NotCreated;
/// Refusals of a caller's question.
pub struct NotAnswered;
/// Refusals of a list.
pub struct NotListed;
/// Refusals of a list as a table.
pub struct NotExported;
/// Refusals of a deletion.
pub struct NotDeleted;
/// Refusals of a new webhook.
pub struct NotRegistered;
/// Refusals of a caller's call about one task, with a body.
pub struct NotDone;
/// Refusals of an agent's call.
pub struct AgentRefused;
/// Refusals of an agent's call about one task.
pub struct AgentTaskRefused;
/// Refusals of an operator's call.
pub struct OperatorRefused;
/// Refusals of an operator's call about tasks.
pub struct NoTaskForOperator;
/// Refusals of an operator's call that makes a task.
pub struct NotCreatedForOperator;
/// Refusals of a sign-in.
pub struct NotSignedIn;
/// Refusals of who is not signed in.
pub struct NotSignedOut;
/// Refusals of a pairing.
pub struct NotPaired;

const KEY: (u16, &str) = (401, "`unauthorised`: the API key is missing or wrong");
const INPUT: (u16, &str) = (400, "`invalid_input`: the text says which member is wrong");
const NO_TASK: (u16, &str) = (404, "`not_found`: there is no such task, or it is another team's");
const TOKEN: (u16, &str) = (401, "`unauthorised`: the agent's token is missing or wrong");
const MESSAGE: (u16, &str) = (422, "`invalid_message`: no message of this call");

const ADMIN: (u16, &str) =
    (401, "`unauthorised`: the admin key is missing or wrong, or the session that it began is over");
const SESSION: (u16, &str) =
    (403, "`csrf_token`, `foreign_origin`: by the dashboard's cookie alone, and not as its own page would");
const NOTHING: (u16, &str) = (404, "`not_found`: the text says what there isn't");
/// Why a task is not taken, whoever orders it.
const CREATION: &Refusals = &[
    INPUT,
    (404, "`no_admin`: nobody in the team could act; `not_found`: the text says what there isn't"),
    (
        409,
        "`pending_with_another_note`, `being_cancelled`, `invited_before`: an invitation to the same person is in \
         the way",
    ),
    (422, "`idempotency_key_reused`: the key was used for another request"),
    (
        429,
        "`invitation_limit`, `note_limit`: LinkedIn takes no more for now; `queue_full`: too many tasks of the \
         team are unfinished; `too_often`, `wrong_too_often`. Come again after `Retry-After`",
    ),
];

impl IntoResponses for NotCreated {
    fn responses() -> Responses {
        let own = [
            KEY,
            (
                403,
                "`plugin_required`: no agent of the team was seen lately; `read_only_key`: the key may only look",
            ),
            (404, "`no_admin`: nobody in the team could act"),
        ];
        refusals(&[&own, CREATION, BODY, ALWAYS])
    }
}

impl IntoResponses for NotCreatedForOperator {
    fn responses() -> Responses {
        let own = [
            ADMIN,
            (
                403,
                "`plugin_required`: no agent of the team was seen lately; `csrf_token`, `foreign_origin`: by the \
                 dashboard's cookie alone, and not as its own page would",
            ),
        ];
        refusals(&[&own, CREATION, BODY, ALWAYS])
    }
}

impl IntoResponses for NoTaskForOperator {
    fn responses() -> Responses {
        let own = [
            INPUT,
            ADMIN,
            SESSION,
            NOTHING,
            (409, "`not_finished`: it has not ended; `no_connections`: it has no list"),
        ];
        refusals(&[&own, ALWAYS])
    }
}

impl IntoResponses for NotSignedIn {
    fn responses() -> Responses {
        let foreign = (403, "`foreign_origin`: only the dashboard's own page signs anybody in");
        refusals(&[&[INPUT, (401, "`unauthorised`: the admin key is wrong"), foreign], BODY, ALWAYS])
    }
}

impl IntoResponses for NotSignedOut {
    fn responses() -> Responses {
        let own = [(401, "`unauthorised`: there is no session, or it is over"), SESSION];
        refusals(&[&own, ALWAYS])
    }
}

impl IntoResponses for NotAnswered {
    fn responses() -> Responses {
        refusals(&[&[INPUT, KEY, NO_TASK], ALWAYS])
    }
}

impl IntoResponses for NotDone {
    fn responses() -> Responses {
        let own = [INPUT, KEY, (403, "`read_only_key`: the key may only look"), NO_TASK];
        refusals(&[&own, BODY, ALWAYS])
    }
}

impl IntoResponses for NotListed {
    fn responses() -> Responses {
        refusals(&[&[INPUT, KEY], ALWAYS])
    }
}

impl IntoResponses for NotExported {
    fn responses() -> Responses {
        let own = [KEY, NO_TASK, (409, "`not_finished`: it has not ended; `no_connections`: it has no list")];
        refusals(&[&own, ALWAYS])
    }
}

impl IntoResponses for NotDeleted {
    fn responses() -> Responses {
        let own = [
            KEY,
            (403, "`read_only_key`: the key may only look"),
            (404, "`not_found`: there is nothing of this id, or it is another team's"),
            (409, "`not_finished`: cancel it first"),
        ];
        refusals(&[&own, ALWAYS])
    }
}

impl IntoResponses for NotRegistered {
    fn responses() -> Responses {
        let own = [
            INPUT,
            KEY,
            (403, "`read_only_key`: the key may only look"),
            (409, "`webhook_limit`: the team has as many as it may"),
        ];
        refusals(&[&own, BODY, ALWAYS])
    }
}

impl IntoResponses for AgentRefused {
    fn responses() -> Responses {
        let own = [TOKEN, (409, "`superseded`: another browser took this one's place"), MESSAGE];
        refusals(&[&own, BODY, ALWAYS])
    }
}

impl IntoResponses for AgentTaskRefused {
    fn responses() -> Responses {
        let own = [
            TOKEN,
            (404, "`not_found`: no such task for this agent"),
            (409, "`superseded`, `lease_lost`, `result_conflict`"),
            (410, "`task_closed`: the task has ended, or its time to start is over"),
            MESSAGE,
        ];
        refusals(&[&own, BODY, ALWAYS])
    }
}

impl IntoResponses for OperatorRefused {
    fn responses() -> Responses {
        refusals(&[&[INPUT, ADMIN, SESSION, NOTHING], BODY, ALWAYS])
    }
}

impl IntoResponses for NotPaired {
    fn responses() -> Responses {
        let own = [
            (401, "`unauthorised`: the code is wrong, used or outdated"),
            (403, "`foreign_origin`: a web page can't pair"),
            (429, "`too_many_guesses`: too many wrong codes; come again after `Retry-After`"),
            MESSAGE,
        ];
        refusals(&[&own, BODY, ALWAYS])
    }
}

/// As the server's own calls tell them.
fn refusals(lists: &[&Refusals]) -> Responses {
    refusals_as("ErrorBody", lists)
}

/// In a form, named by its schema. The first that speaks of a status counts.
pub(super) fn refusals_as(form: &str, lists: &[&Refusals]) -> Responses {
    let mut responses = Responses::new();
    for (status, description) in lists.iter().copied().flatten() {
        responses.entry(status.to_string()).or_insert_with(|| refusal(form, *status, description).into());
    }
    responses
}

fn refusal(form: &str, status: u16, description: &str) -> Response {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name(form))).build();
    let response = ResponseBuilder::new().description(description).content("application/json", body);
    if !matches!(status, 429 | 503) {
        return response.build();
    }
    let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).build();
    let header = HeaderBuilder::new().schema(seconds).description(Some("Seconds to wait")).build();
    response.header("retry-after", header).build()
}
