//! What an answer of LinkedIn means: every rule in this one file, read in one order.
//!
//! Block (999), checkpoint, login, CSRF text, code, status. The order is what makes it right: a login page arrives
//! with status 200, a code says more than the status it comes with, and LinkedIn is known to send the same code with
//! several statuses (`docs/VOYAGER.md`, "Failures"). Only the path of an address is looked at, since a query may hold
//! any word, and the body of a good answer is never searched, since people write what they like in their headlines.

use super::envelope::Field;
use super::error::{Defect, ParseError};
use super::lenient::{Slot, Text, Wire, fill_from_slice};
use super::shape::shape_of;
use serde::de::MapAccess;

pub use super::time::{http_date_ms, retry_after_ms};

/// An answer, as far as its meaning depends on it.
#[derive(Clone, Copy)]
pub struct SiteResponse<'a> {
    /// The HTTP status; 0 for an opaque redirect.
    pub status: u16,
    /// Where the request ended after redirects; may be empty.
    pub url: &'a str,
    /// `redirect: 'manual'` met a redirect, of which a browser shows nothing more.
    pub opaque_redirect: bool,
    /// The `content-type` header.
    pub content_type: Option<&'a str>,
    /// What [`retry_after_ms`] made of the `retry-after` header.
    pub retry_after_ms: Option<u64>,
    /// All of the body that came.
    pub body: &'a [u8],
}

/// Why LinkedIn did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody is signed in.
    SignedOut,
    /// A checkpoint that only the person can pass.
    Challenge,
    /// 999: no more requests for now.
    Blocked,
    /// Slow down.
    Throttled {
        /// The wait LinkedIn asked for, if it did.
        retry_after_ms: Option<u64>,
    },
    /// The CSRF token does not match the session.
    Csrf,
    /// The weekly limit on invitations.
    InvitationLimit,
    /// The quota of notes; invitations without one still go.
    NoteLimit,
    /// This member was invited already, or the invitation was withdrawn recently.
    CannotResendYet,
    /// Too many invitations outstanding.
    AccountRestricted,
    /// The sender's address or number is not confirmed.
    SenderUnconfirmed,
    /// As many connections as LinkedIn allows.
    ConnectionCap,
    /// This member can't be invited.
    ProfileUnavailable,
    /// A reason of LinkedIn's own.
    Refused {
        /// LinkedIn's code where it has the form of one: 1 to 64 of `A-Z`, `0-9` and `_`.
        code: Option<String>,
    },
    /// Not the answer we know how to read.
    Drift {
        /// Status and shape of the answer. Holds names of members and types of values, never a value.
        detail: String,
    },
    /// An error on LinkedIn's side.
    Upstream,
}

impl From<ParseError> for Refusal {
    fn from(error: ParseError) -> Self {
        Self::Drift { detail: error.to_string() }
    }
}

/// What became of an invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvitationVerdict {
    /// LinkedIn named the invitation it made.
    Sent,
    /// LinkedIn said that it made none.
    NotSent(Refusal),
    /// Neither can be told from this answer. Never send again; look at the sent invitations.
    Unknown,
}

/// LinkedIn's codes. Those that are seen only in other people's guesses are left out: they are carried along as
/// [`Refusal::Refused`].
const CODES: [(&str, Refusal); 6] = [
    ("FUSE_LIMIT_EXCEEDED", Refusal::InvitationLimit),
    ("CUSTOM_INVITE_LIMIT_REACHED", Refusal::NoteLimit),
    ("CANT_RESEND_YET", Refusal::CannotResendYet),
    ("MAX_INVITATION_SENT", Refusal::AccountRestricted),
    ("PRIMARY_HANDLE_NOT_CONFIRMED", Refusal::SenderUnconfirmed),
    ("CANT_INVITE_CONNECTION_LIMIT_REACHED", Refusal::ConnectionCap),
];

/// A refusal's body is far smaller; a page of people is not worth a second reading.
const SMALL_BODY: usize = 4096;
const CSRF_TEXT: &[u8] = b"CSRF check failed";
/// A login form's own address begins `/checkpoint/lg/`, so only this much of a body tells a checkpoint.
const CHALLENGE_LINK: &[u8] = b"/checkpoint/challenge";
const LOGIN_PATHS: [&str; 6] = [
    "/uas/login",
    "/login",
    "/authwall",
    "/m/login",
    "/checkpoint/lg/login",
    "/checkpoint/rm/sign-in-another-account",
];

/// Judges the answer to a read.
///
/// # Errors
/// The refusal. `Ok` means that the body is JSON worth parsing as what was asked for.
pub fn judge_read(resp: &SiteResponse<'_>) -> Result<(), Refusal> {
    if let Some(refusal) = stopped(resp) {
        return Err(refusal);
    }
    let success = is_success(resp.status);
    if resp.opaque_redirect || (is_html(resp) && (success || resp.status == 403)) {
        return Err(Refusal::SignedOut);
    }
    let answer = if success && resp.body.len() > SMALL_BODY { None } else { Answer::read(resp.body) };
    if let Some(refusal) = answer.as_ref().and_then(Answer::coded) {
        return Err(refusal);
    }
    match resp.status {
        200..=299 => match answer {
            Some(answer) if answer.says_failed() => Err(Refusal::Refused { code: None }),
            Some(answer) if answer.has_errors() => Err(drift(resp)),
            _ if looks_like_json(resp) => Ok(()),
            _ => Err(drift(resp)),
        },
        429 | 503 => Err(throttled(resp)),
        403 => Err(Refusal::Refused { code: None }),
        408 | 500..=599 => Err(Refusal::Upstream),
        _ => Err(drift(resp)),
    }
}

/// Judges the answer to an invitation. Only an answer that names the invitation counts as sent, and only one that
/// LinkedIn can't have given after making it counts as not sent.
#[must_use]
pub fn judge_invitation(resp: &SiteResponse<'_>) -> InvitationVerdict {
    use InvitationVerdict::{NotSent, Sent, Unknown};
    if resp.opaque_redirect {
        // Where to, a browser doesn't tell: to a login, a checkpoint, or an endpoint's new address.
        return NotSent(Refusal::Refused { code: None });
    }
    if let Some(refusal) = stopped(resp) {
        return NotSent(refusal);
    }
    let answer = Answer::read(resp.body);
    let coded = answer.as_ref().and_then(Answer::coded);
    let refused = coded.is_some() || answer.as_ref().is_some_and(Answer::says_failed);
    let proven = is_success(resp.status) && answer.as_ref().is_some_and(Answer::names_invitation);
    match (proven, refused) {
        (true, false) => return Sent,
        // It says both. Which half is true, only the list of sent invitations knows.
        (true, true) => return Unknown,
        (false, _) => {}
    }
    if let Some(refusal) = coded {
        return NotSent(refusal);
    }
    match resp.status {
        200..=299 if refused => NotSent(Refusal::Refused { code: None }),
        301 | 308 | 405 | 410 | 415 => NotSent(drift(resp)),
        300..=399 => NotSent(Refusal::SignedOut),
        403 if is_html(resp) => NotSent(Refusal::SignedOut),
        400 | 403 | 404 | 406 | 409 | 422 => NotSent(Refusal::ProfileUnavailable),
        429 => NotSent(throttled(resp)),
        408 => Unknown,
        400..=499 => NotSent(Refusal::Refused { code: None }),
        500 if answer.is_some() => NotSent(Refusal::ProfileUnavailable),
        503 if answer.is_some() => NotSent(throttled(resp)),
        _ => Unknown,
    }
}

/// The first four of the order, which are the same for a read and an invitation: block, checkpoint, login, CSRF.
fn stopped(resp: &SiteResponse<'_>) -> Option<Refusal> {
    let path = path_of(resp.url);
    let login = LOGIN_PATHS.iter().any(|login| is_under(path, login));
    let good = is_success(resp.status) && !is_html(resp);
    if resp.status == 999 {
        return Some(Refusal::Blocked);
    }
    if (is_under(path, "/checkpoint") && !login)
        || resp.status == 451
        || (!good && contains(resp.body, CHALLENGE_LINK))
    {
        return Some(Refusal::Challenge);
    }
    if login || resp.status == 401 {
        return Some(Refusal::SignedOut);
    }
    (resp.status == 403 && resp.body.trim_ascii_start().starts_with(CSRF_TEXT)).then_some(Refusal::Csrf)
}

/// A small answer: LinkedIn's error, or the outcome of an action.
#[derive(Default)]
struct Answer<'a> {
    status: Option<i64>,
    code: Text<'a>,
    errors: Errors,
    invitation_urn: InvitationUrn,
    value: Option<Box<Answer<'a>>>,
    data: Option<Box<Answer<'a>>>,
}

impl<'de> Wire<'de> for Answer<'de> {
    fn field<A: MapAccess<'de>>(&mut self, field: Field, value: Slot<'_, A>) -> Result<(), A::Error> {
        match field {
            Field::Status => value.into(&mut self.status),
            Field::Code => value.into(&mut self.code),
            Field::Errors => value.into(&mut self.errors),
            Field::InvitationUrn => value.into(&mut self.invitation_urn),
            Field::Value => value.into(&mut self.value),
            Field::Data => value.into(&mut self.data),
            _ => value.skip(),
        }
    }
}

impl Answer<'_> {
    /// `None` when the body is not one complete JSON object.
    fn read(body: &[u8]) -> Option<Answer<'_>> {
        let mut answer = Answer::default();
        let object = body.trim_ascii_start().starts_with(b"{");
        (object && fill_from_slice(body, &mut answer).is_ok()).then_some(answer)
    }

    /// The answer itself and what its `data` holds: with the normalised form an error stands in `data`.
    fn parts(&self) -> impl Iterator<Item = &Self> {
        self.data.as_deref().into_iter().chain([self])
    }

    fn coded(&self) -> Option<Refusal> {
        let code =
            self.parts().filter_map(|part| part.code.as_deref()).find(|code| !code.trim().is_empty())?.trim();
        let known = CODES.iter().find(|(name, _)| *name == code).map(|(_, refusal)| refusal.clone());
        Some(known.unwrap_or_else(|| Refusal::Refused { code: presentable(code) }))
    }

    fn says_failed(&self) -> bool {
        self.parts().filter_map(|part| part.status).any(|status| status >= 400)
    }

    fn has_errors(&self) -> bool {
        self.parts().any(|part| part.errors.0)
    }

    fn names_invitation(&self) -> bool {
        self.parts().filter_map(|part| part.value.as_deref()).any(|value| value.invitation_urn.0)
    }
}

/// Whether a GraphQL `errors` list has anything in it.
#[derive(Default)]
struct Errors(bool);

impl<'de> Wire<'de> for Errors {
    fn item<A: serde::de::SeqAccess<'de>>(
        &mut self,
        items: &mut super::lenient::Items<'_, A>,
    ) -> Result<bool, A::Error> {
        let more = items.skip()?;
        self.0 |= more;
        Ok(more)
    }
}

/// Whether one of the two names of the new invitation holds a text. One of them may be empty beside the other.
#[derive(Default)]
struct InvitationUrn(bool);

impl<'de> Wire<'de> for InvitationUrn {
    fn text(&mut self, text: std::borrow::Cow<'de, str>) {
        self.0 |= !text.trim().is_empty();
    }
}

/// A code that has the form of one. Anything else might be a sentence about a person.
fn presentable(code: &str) -> Option<String> {
    let sound = code.len() <= 64
        && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    sound.then(|| code.to_owned())
}

fn throttled(resp: &SiteResponse<'_>) -> Refusal {
    Refusal::Throttled { retry_after_ms: resp.retry_after_ms }
}

fn drift(resp: &SiteResponse<'_>) -> Refusal {
    let mut detail = String::from("status ");
    detail.push_str(&resp.status.to_string());
    if is_success(resp.status) && !looks_like_json(resp) {
        return Refusal::from(ParseError { defect: Defect::NotJson, shape: detail });
    }
    detail.push_str(": ");
    detail.push_str(&shape_of(resp.body));
    Refusal::Drift { detail }
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// By the body first: a content type says what was meant, the first byte what came.
fn is_html(resp: &SiteResponse<'_>) -> bool {
    match resp.body.trim_ascii_start().first() {
        Some(b'<') => true,
        Some(b'{') => false,
        _ => resp
            .content_type
            .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html")),
    }
}

/// LinkedIn's JSON is always an object, under several content types.
fn looks_like_json(resp: &SiteResponse<'_>) -> bool {
    resp.body.trim_ascii_start().first() == Some(&b'{')
}

/// The path of an address, without its query and fragment.
fn path_of(url: &str) -> &str {
    let address = url.split(['?', '#']).next().unwrap_or("");
    match address.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|slash| rest.get(slash..)).unwrap_or(""),
        None => address,
    }
}

/// Whether `path` is `folder` or lies in it.
fn is_under(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn contains(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests;
