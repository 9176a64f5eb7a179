//! Refusals by name: what the site has been seen to say instead of an answer, ready to be armed.

use hyper::header::RETRY_AFTER;
use serde_json::json;

use crate::exchange::{Answer, Call, Shape};
use crate::{pages, render, session};

/// A refusal and what is told about it.
pub(crate) struct Named {
    pub(crate) name: &'static str,
    /// What the client gets, in a few words.
    pub(crate) says: &'static str,
    answer: Kind,
}

enum Kind {
    /// Status, code and message in the shape that was asked for.
    Error(u16, Option<&'static str>, Option<&'static str>),
    /// 429 with this `Retry-After`.
    RetryAfter(&'static str),
    /// A redirect.
    To(&'static str),
    /// Anything else.
    Made(fn(&Call) -> Answer),
}

const CHALLENGE: &str = "/checkpoint/challenge/AgSIMULATED0001";
const REQUEST_DENIED: &str =
    "<html><head><title>Request denied</title></head><body>Request denied</body></html>";

/// Every refusal, in the order the documentation lists them.
pub(crate) const ALL: [Named; 34] = [
    named("unauthorized", "401, JSON", Kind::Made(unauthorized)),
    named("login", "302 to /uas/login", Kind::To("/uas/login")),
    named("authwall", "302 to /authwall", Kind::To("/authwall?trk=sim")),
    named(
        "login_page",
        "200 with the sign-in page",
        Kind::Made(|_| Answer::html(200, pages::login_page(None))),
    ),
    named("self_redirect", "302 to the same URL, deleting li_at", Kind::Made(session::self_redirect)),
    named("checkpoint_url", "302 to /checkpoint/challenge/…", Kind::To(CHALLENGE)),
    named(
        "checkpoint_body",
        "200 with the page of a checkpoint",
        Kind::Made(|_| Answer::html(200, pages::checkpoint())),
    ),
    named("challenge_link", "403, JSON with a challenge link", Kind::Made(challenge_link)),
    named(
        "csrf",
        "403, text: CSRF check failed.",
        Kind::Made(|_| Answer::text(403, "text/plain", "CSRF check failed.")),
    ),
    named("legal", "451, no body", Kind::Made(|_| Answer::html(451, ""))),
    named("throttled", "429 without Retry-After", Kind::Error(429, None, None)),
    named("throttled_retry_after", "429 with Retry-After: 120", Kind::RetryAfter("120")),
    named(
        "throttled_until",
        "429 with a Retry-After date in 2099",
        Kind::RetryAfter("Thu, 01 Jan 2099 00:00:00 GMT"),
    ),
    named("blocked", "999 Request denied, HTML", Kind::Made(|_| Answer::html(999, REQUEST_DENIED))),
    named("blocked_empty", "999 without a body", Kind::Made(|_| Answer::html(999, ""))),
    named("unavailable", "503", Kind::Error(503, None, None)),
    named("server_error", "500", Kind::Error(500, None, None)),
    named("bad_request", "400 without a code", Kind::Error(400, None, None)),
    named("not_found", "404", Kind::Error(404, None, None)),
    named("gone", "410", Kind::Error(410, None, None)),
    named(
        "inaccessible",
        "403 This profile can't be accessed",
        Kind::Error(403, None, Some("This profile can't be accessed")),
    ),
    named("cant_resend_yet", "400 CANT_RESEND_YET", Kind::Error(400, Some("CANT_RESEND_YET"), None)),
    named(
        "note_limit",
        "429 CUSTOM_INVITE_LIMIT_REACHED",
        Kind::Error(429, Some("CUSTOM_INVITE_LIMIT_REACHED"), None),
    ),
    named("weekly_limit", "429 FUSE_LIMIT_EXCEEDED", Kind::Error(429, Some("FUSE_LIMIT_EXCEEDED"), None)),
    named(
        "max_invitation_sent",
        "400 MAX_INVITATION_SENT",
        Kind::Error(400, Some("MAX_INVITATION_SENT"), None),
    ),
    named(
        "handle_not_confirmed",
        "400 PRIMARY_HANDLE_NOT_CONFIRMED",
        Kind::Error(400, Some("PRIMARY_HANDLE_NOT_CONFIRMED"), None),
    ),
    named(
        "connection_limit",
        "400 CANT_INVITE_CONNECTION_LIMIT_REACHED",
        Kind::Error(400, Some("CANT_INVITE_CONNECTION_LIMIT_REACHED"), None),
    ),
    named("invalid_state", "406 without a code", Kind::Error(406, None, None)),
    named("email_required", "422 without a code", Kind::Error(422, None, None)),
    named("no_urn", "200 without an invitation URN", Kind::Made(no_urn)),
    named(
        "status_in_body",
        "200 whose body says status 429",
        Kind::Made(|call| Answer { status: 200, ..Answer::error(call.shape(), 429, None, None) }),
    ),
    named("graphql_errors", "200 with GraphQL errors", Kind::Made(graphql_errors)),
    named(
        "sign_in_challenge",
        "200, login_result CHALLENGE (for POST /uas/authenticate)",
        Kind::Made(sign_in_challenge),
    ),
    named(
        "sign_in_refused",
        "401, login_result BAD_USERNAME_OR_PASSWORD (for POST /uas/authenticate)",
        Kind::Made(sign_in_refused),
    ),
];

const fn named(name: &'static str, says: &'static str, answer: Kind) -> Named {
    Named { name, says, answer }
}

/// The refusal with this name.
pub(crate) fn find(name: &str) -> Option<&'static Named> {
    ALL.iter().find(|named| named.name == name)
}

impl Named {
    /// What this request gets instead of its answer.
    pub(crate) fn answer(&self, call: &Call) -> Answer {
        let shape = call.shape();
        match &self.answer {
            Kind::Error(status, code, message) => Answer::error(shape, *status, *code, *message),
            Kind::RetryAfter(when) => {
                Answer::error(shape, 429, None, None).with_header(RETRY_AFTER, (*when).to_owned())
            }
            Kind::To(location) => Answer::redirect(302, location),
            Kind::Made(make) => make(call),
        }
    }
}

fn unauthorized(call: &Call) -> Answer {
    session::dead_session(crate::config::DeadSession::Unauthorized, call)
}

fn challenge_link(call: &Call) -> Answer {
    let link = format!("https://www.linkedin.com{CHALLENGE}");
    let error = json!({ "status": 403, "challengeUrl": link });
    let body = match call.shape() {
        Shape::Normalized => json!({ "data": error, "included": [] }),
        Shape::Plain => error,
    };
    Answer { status: 403, ..Answer::voyager(call.shape(), &body) }
}

fn no_urn(call: &Call) -> Answer {
    Answer::voyager(call.shape(), &render::invitation::without_urn(call.shape()))
}

fn graphql_errors(call: &Call) -> Answer {
    let errors = json!([{ "message": "Service unavailable", "extensions": { "status": 500 } }]);
    let body = match call.shape() {
        Shape::Normalized => json!({ "data": { "data": null, "errors": errors }, "included": [] }),
        Shape::Plain => json!({ "data": null, "errors": errors }),
    };
    Answer::voyager(call.shape(), &body)
}

fn sign_in_challenge(_: &Call) -> Answer {
    let link = format!("https://www.linkedin.com{CHALLENGE}");
    Answer::json(&json!({ "login_result": "CHALLENGE", "challenge_url": link }))
}

fn sign_in_refused(_: &Call) -> Answer {
    Answer {
        status: 401,
        ..Answer::json(&json!({ "login_result": "BAD_USERNAME_OR_PASSWORD", "challenge_url": "" }))
    }
}
