//! Every refusal LinkedIn is known to give, to a read and to an invitation, in the order in which they are read.

use InvitationVerdict::{NotSent, Sent, Unknown};
use liaison::voyager::response::{InvitationVerdict, Refusal, SiteResponse, judge_invitation, judge_read};

const API: &str = "https://www.linkedin.com/voyager/api/relationships/dash/connections?q=search";
const JSON: &str = "application/vnd.linkedin.normalized+json+2.1";
const LOGIN_PAGE: &str =
    "<!DOCTYPE html><html><form action=\"/checkpoint/lg/login-submit\">Sign in</form></html>";
const CHALLENGE_PAGE: &str =
    "<!DOCTYPE html><html><a href=\"/checkpoint/challenge/SIM\">Quick check</a></html>";
const EMPTY_LIST: &str = r#"{"data":{"*elements":[]},"included":[]}"#;

/// What comes back, and what it means to a read (`None`: worth parsing) and to an invitation.
struct Answer {
    what: &'static str,
    status: u16,
    url: &'static str,
    kind: &'static str,
    body: &'static str,
    read: Option<Refusal>,
    invitation: InvitationVerdict,
}

/// Judges every answer both ways.
pub fn check_all() {
    let mut all = blocks_and_challenges();
    all.extend(logins());
    all.extend(codes());
    all.extend(statuses());
    all.extend(bodies());
    let mut faults = Vec::new();
    for answer in &all {
        let resp = SiteResponse {
            status: answer.status,
            url: answer.url,
            opaque_redirect: answer.status == 0,
            content_type: Some(answer.kind).filter(|kind| !kind.is_empty()),
            retry_after_ms: Some(7_000),
            body: answer.body.as_bytes(),
        };
        let read = judge_read(&resp).err();
        if !same(read.as_ref(), answer.read.as_ref()) {
            faults.push(format!("{}: a read gives {read:?}, not {:?}", answer.what, answer.read));
        }
        let invitation = judge_invitation(&resp);
        let agrees = match (&invitation, &answer.invitation) {
            (NotSent(made), NotSent(wanted)) => same(Some(made), Some(wanted)),
            (made, wanted) => made == wanted,
        };
        if !agrees {
            faults.push(format!(
                "{}: an invitation gives {invitation:?}, not {:?}",
                answer.what, answer.invitation
            ));
        }
    }
    assert!(faults.is_empty(), "{} of {} answers\n{}", faults.len(), all.len(), faults.join("\n"));
}

/// Equal, whatever the detail of a drift says.
fn same(made: Option<&Refusal>, wanted: Option<&Refusal>) -> bool {
    matches!((made, wanted), (Some(Refusal::Drift { .. }), Some(Refusal::Drift { .. }))) || made == wanted
}

fn drift() -> Refusal {
    Refusal::Drift { detail: String::new() }
}

fn throttled() -> Refusal {
    Refusal::Throttled { retry_after_ms: Some(7_000) }
}

fn refused(code: Option<&str>) -> Refusal {
    Refusal::Refused { code: code.map(str::to_owned) }
}

fn row(
    what: &'static str,
    status: u16,
    body: &'static str,
    read: Refusal,
    invitation: InvitationVerdict,
) -> Answer {
    let kind = if body.starts_with('<') { "text/html; charset=utf-8" } else { JSON };
    Answer { what, status, url: API, kind, body, read: Some(read), invitation }
}

/// The same refusal for both.
fn both(what: &'static str, status: u16, body: &'static str, refusal: Refusal) -> Answer {
    row(what, status, body, refusal.clone(), NotSent(refusal))
}

fn at(url: &'static str, answer: Answer) -> Answer {
    Answer { url, ..answer }
}

fn of_kind(kind: &'static str, answer: Answer) -> Answer {
    Answer { kind, ..answer }
}

/// A read may go on.
fn fine(answer: Answer) -> Answer {
    Answer { read: None, ..answer }
}

fn blocks_and_challenges() -> Vec<Answer> {
    use Refusal::{Blocked, Challenge};
    vec![
        both("block", 999, "Request denied", Blocked),
        both("block without a body", 999, "", Blocked),
        both("block before a challenge", 999, CHALLENGE_PAGE, Blocked),
        at(
            "https://www.linkedin.com/checkpoint/challenge/SIM",
            both("block before an address", 999, "", Blocked),
        ),
        at(
            "https://www.linkedin.com/checkpoint/challenge/SIM?x=1",
            both("checkpoint", 200, "<html>", Challenge),
        ),
        at(
            "https://www.linkedin.com/checkpoint/lg/SIM",
            both("other checkpoint", 200, LOGIN_PAGE, Challenge),
        ),
        at("https://www.linkedin.com/checkpoint", both("bare checkpoint", 200, "<html>", Challenge)),
        both("checkpoint in a page", 200, CHALLENGE_PAGE, Challenge),
        both("checkpoint in a 403", 403, r#"{"status":403,"url":"/checkpoint/challenge/SIM"}"#, Challenge),
        both("checkpoint before a code", 400, r#"{"code":"X","u":"/checkpoint/challenge/SIM"}"#, Challenge),
        both("451", 451, r#"{"data":{"status":451},"included":[]}"#, Challenge),
    ]
}

fn logins() -> Vec<Answer> {
    use Refusal::{Csrf, SignedOut};
    vec![
        both("401", 401, r#"{"data":{"status":401},"included":[]}"#, SignedOut),
        both("401 without a body", 401, "", SignedOut),
        both("401 with a code", 401, r#"{"status":401,"code":"UNAUTHENTICATED"}"#, SignedOut),
        at(
            "https://www.linkedin.com/uas/login?session_redirect=%2F",
            both("uas", 200, LOGIN_PAGE, SignedOut),
        ),
        at("https://www.linkedin.com/login", both("login", 200, LOGIN_PAGE, SignedOut)),
        at("https://www.linkedin.com/login/xy", both("login in a language", 200, LOGIN_PAGE, SignedOut)),
        at("https://www.linkedin.com/authwall#x", both("authwall", 200, LOGIN_PAGE, SignedOut)),
        at("https://www.linkedin.com/m/login/", both("mobile login", 200, LOGIN_PAGE, SignedOut)),
        at("https://www.linkedin.com/checkpoint/lg/login?x", both("lg login", 200, LOGIN_PAGE, SignedOut)),
        at("", row("page and no address", 200, LOGIN_PAGE, SignedOut, Unknown)),
        row("page where json belongs", 200, LOGIN_PAGE, SignedOut, Unknown),
        both("page with a 403", 403, LOGIN_PAGE, SignedOut),
        row("redirect not followed", 0, "", SignedOut, NotSent(refused(None))),
        row("visible redirect", 302, "", drift(), NotSent(SignedOut)),
        both("csrf", 403, "CSRF check failed.", Csrf),
        of_kind("text/plain", both("csrf as text", 403, "CSRF check failed.\n", Csrf)),
    ]
}

fn codes() -> Vec<Answer> {
    use Refusal::{
        AccountRestricted, CannotResendYet, ConnectionCap, InvitationLimit, NoteLimit, SenderUnconfirmed,
    };
    vec![
        both(
            "limit",
            429,
            r#"{"data":{"status":429,"code":"FUSE_LIMIT_EXCEEDED"},"included":[]}"#,
            InvitationLimit,
        ),
        both("notes", 429, r#"{"data":{"code":"CUSTOM_INVITE_LIMIT_REACHED","status":429}}"#, NoteLimit),
        both(
            "resend",
            400,
            r#"{"data":{"status":400,"code":"CANT_RESEND_YET"},"included":[]}"#,
            CannotResendYet,
        ),
        both("resend otherwise", 422, r#"{"status":422,"code":"CANT_RESEND_YET"}"#, CannotResendYet),
        both("resend with 500", 500, r#"{"status":500,"code":"CANT_RESEND_YET"}"#, CannotResendYet),
        both("restricted", 400, r#"{"data":{"code":"MAX_INVITATION_SENT"}}"#, AccountRestricted),
        both("unconfirmed", 400, r#"{"data":{"code":"PRIMARY_HANDLE_NOT_CONFIRMED"}}"#, SenderUnconfirmed),
        both("cap", 400, r#"{"data":{"code":"CANT_INVITE_CONNECTION_LIMIT_REACHED"}}"#, ConnectionCap),
        both("code in 200", 200, r#"{"data":{"code":"FUSE_LIMIT_EXCEEDED"}}"#, InvitationLimit),
        both("unknown code", 400, r#"{"data":{"status":400,"code":"NEW_ONE"}}"#, refused(Some("NEW_ONE"))),
        both("a sentence for a code", 400, r#"{"data":{"code":"Ada said no"}}"#, refused(None)),
    ]
}

fn statuses() -> Vec<Answer> {
    use Refusal::{ProfileUnavailable, Upstream};
    let unavailable = || NotSent(ProfileUnavailable);
    vec![
        both("throttle", 429, r#"{"data":{"status":429},"included":[]}"#, throttled()),
        both("throttle with a page", 429, "<html>", throttled()),
        both("busy", 503, r#"{"data":{"status":503}}"#, throttled()),
        row("busy with a page", 503, "<html>", throttled(), Unknown),
        row("busy without a body", 503, "", throttled(), Unknown),
        row("400", 400, r#"{"data":{"status":400},"included":[]}"#, drift(), unavailable()),
        row(
            "403",
            403,
            r#"{"data":{"status":403,"message":"This profile can't be accessed"}}"#,
            refused(None),
            unavailable(),
        ),
        row("404", 404, "", drift(), unavailable()),
        row("406", 406, r#"{"status":406}"#, drift(), unavailable()),
        row("409", 409, r#"{"status":409}"#, drift(), unavailable()),
        row("422", 422, r#"{"data":{"status":422},"included":[]}"#, drift(), unavailable()),
        both("410", 410, "", drift()),
        both("301", 301, "Resource moved", drift()),
        row("418", 418, "{}", drift(), NotSent(refused(None))),
        row("408", 408, "", Upstream, Unknown),
        row("500", 500, r#"{"data":{"status":500},"included":[]}"#, Upstream, unavailable()),
        row("500 cut off", 500, r#"{"data":{"stat"#, Upstream, Unknown),
        row("500 without a body", 500, "", Upstream, Unknown),
        row("502", 502, "<html>", Upstream, Unknown),
        row("504", 504, r#"{"status":504}"#, Upstream, Unknown),
        row("another status", 777, "", drift(), Unknown),
    ]
}

fn bodies() -> Vec<Answer> {
    let sent =
        r#"{"data":{"value":{"invitationUrn":"urn:li:fsd_invitation:7500000000000000001"}},"included":[]}"#;
    vec![
        fine(row("a list", 200, EMPTY_LIST, drift(), Unknown)),
        fine(row("sent", 200, sent, drift(), Sent)),
        fine(row("bytes before the object", 200, " \n{\"elements\":[]}", drift(), Unknown)),
        fine(of_kind("application/json", row("plain json", 200, EMPTY_LIST, drift(), Unknown))),
        fine(of_kind("", row("no type", 200, EMPTY_LIST, drift(), Unknown))),
        fine(of_kind("text/html", row("json called a page", 200, EMPTY_LIST, drift(), Unknown))),
        fine(at(
            "https://www.linkedin.com/voyager/api/x?next=/checkpoint/challenge/1&to=/uas/login",
            row("words in a query", 200, EMPTY_LIST, drift(), Unknown),
        )),
        fine(row(
            "words in a headline",
            200,
            r#"{"elements":[{"h":"/checkpoint/challenge"}]}"#,
            drift(),
            Unknown,
        )),
        fine(row("cut off", 200, r#"{"data":{"value":{"invitationUrn":"urn:li:fsd_"#, drift(), Unknown)),
        row("empty", 200, "", drift(), Unknown),
        row("no content", 204, "", drift(), Unknown),
        row("text", 200, "ok", drift(), Unknown),
        row("null", 200, "null", drift(), Unknown),
        row("graphql errors", 200, r#"{"data":null,"errors":[{"message":"x"}]}"#, drift(), Unknown),
        row("graphql errors within", 200, r#"{"data":{"errors":[{"message":"x"}]}}"#, drift(), Unknown),
        fine(row("no graphql errors", 200, r#"{"data":{"*elements":[]},"errors":[]}"#, drift(), Unknown)),
        both("a refusal within 200", 200, r#"{"data":{"status":422},"included":[]}"#, refused(None)),
        both("a refusal at the top within 200", 200, r#"{"status":400}"#, refused(None)),
        fine(row("a success within 200", 200, r#"{"data":{"status":200,"*elements":[]}}"#, drift(), Unknown)),
    ]
}
