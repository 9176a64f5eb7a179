//! What an answer of LinkedIn means: every rule in this one file, read in one order.
//!
//! The rules are one table, [`RULES`], read from the top; the first sign that fits decides. Block (999), checkpoint, login,
//! CSRF text, code, status. The order is what makes it right: a login page arrives with status 200, a code says more
//! than the status it comes with, and LinkedIn is known to send the same code with several statuses. `docs/FAILURES.md`
//! is the same table in words; its rows are tried one by one. Only the path of an address is looked at, since a query
//! may hold any word, and the body of a good answer is never searched, since people write what they like in their
//! headlines.

mod answer;

use answer::Answer;
use liaison_list::shape_of;
use liaison_list::{Defect, ParseError};

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

/// What a rule says of an answer to one kind of request.
#[derive(Clone, Copy)]
enum Says {
    /// Nothing: the next rules are asked.
    Nothing,
    /// To a read: worth parsing.
    Good,
    /// To an invitation: LinkedIn named the one it made.
    Sent,
    /// To an invitation: it may have been sent.
    Unknown,
    /// Not done, and why.
    No(Why),
}

/// A [`Refusal`] before it has its particulars.
#[derive(Clone, Copy)]
enum Why {
    Blocked,
    Challenge,
    SignedOut,
    Csrf,
    /// By LinkedIn's code.
    Coded,
    Refused,
    Throttled,
    ProfileUnavailable,
    Drift,
    Upstream,
}

/// One sign, and what it means to a read and to an invitation.
struct Rule {
    /// Its name in `docs/FAILURES.md` and in a report of drift.
    name: &'static str,
    sign: fn(&Seen<'_>) -> bool,
    read: Says,
    invitation: Says,
}

const fn rule(name: &'static str, sign: fn(&Seen<'_>) -> bool, read: Says, invitation: Says) -> Rule {
    Rule { name, sign, read, invitation }
}

/// The rule that means the same to both.
const fn both(name: &'static str, sign: fn(&Seen<'_>) -> bool, why: Why) -> Rule {
    rule(name, sign, Says::No(why), Says::No(why))
}

/// All of them, in their order.
#[rustfmt::skip]
const RULES: &[Rule] = {
    use Says::{Good, No, Nothing, Sent, Unknown};
    use Why::{Blocked, Challenge, Coded, Csrf, Drift, ProfileUnavailable, Refused, SignedOut, Throttled, Upstream};
    &[
        // Where to, a browser doesn't tell: to a login, a checkpoint, or an endpoint's new address.
        rule("redirect", |seen| seen.resp.opaque_redirect, No(SignedOut), No(Refused)),
        both("blocked", |seen| seen.status() == 999, Blocked),
        both("checkpoint", |seen| is_under(seen.path(), "/checkpoint") && !seen.at_login(), Challenge),
        both("legal", |seen| seen.status() == 451, Challenge),
        both("challenge_link", |seen| !seen.is_good() && contains(seen.resp.body, CHALLENGE_LINK), Challenge),
        both("login", |seen| seen.at_login(), SignedOut),
        both("unauthorised", |seen| seen.status() == 401, SignedOut),
        both("csrf", |seen| seen.status() == 403 && seen.body().starts_with(CSRF_TEXT), Csrf),
        both("page_403", |seen| seen.status() == 403 && seen.html, SignedOut),
        rule("page", |seen| seen.is_success() && seen.html, No(SignedOut), Unknown),
        // It says both. Which half is true, only the list of sent invitations knows.
        rule("sent_and_refused", |seen| seen.names_invitation() && seen.is_failure(), Nothing, Unknown),
        rule("sent", |seen| seen.names_invitation(), Nothing, Sent),
        both("code", |seen| seen.code().is_some(), Coded),
        both("refused_in_200", |seen| seen.is_success() && seen.is_refusal(), Refused),
        rule("errors_in_200", |seen| seen.is_success() && seen.has_errors(), No(Drift), Unknown),
        rule("answer", |seen| seen.is_success() && looks_like_json(seen.resp), Good, Unknown),
        rule("not_json", |seen| seen.is_success(), No(Drift), Unknown),
        both("throttled", |seen| seen.status() == 429, Throttled),
        both("unavailable", |seen| seen.status() == 503 && seen.answer.is_some(), Throttled),
        rule("unavailable_page", |seen| seen.status() == 503, No(Throttled), Unknown),
        rule("forbidden", |seen| seen.status() == 403, No(Refused), No(ProfileUnavailable)),
        rule("not_taken", |seen| matches!(seen.status(), 400 | 404 | 406 | 409 | 422), No(Drift), No(ProfileUnavailable)),
        both("moved", |seen| matches!(seen.status(), 301 | 308 | 405 | 410 | 415), Drift),
        rule("other_redirect", |seen| matches!(seen.status(), 300..=399), No(Drift), No(SignedOut)),
        rule("broken", |seen| seen.status() == 500 && seen.answer.is_some(), No(Upstream), No(ProfileUnavailable)),
        rule("server_error", |seen| matches!(seen.status(), 408 | 500..=599), No(Upstream), Unknown),
        rule("other_refusal", |seen| matches!(seen.status(), 400..=499), No(Drift), No(Refused)),
        rule("other", |_| true, No(Drift), Unknown),
    ]
};

/// An answer, and what more than one rule looks at.
struct Seen<'a> {
    resp: &'a SiteResponse<'a>,
    answer: Option<Answer<'a>>,
    html: bool,
}

impl<'a> Seen<'a> {
    const fn status(&self) -> u16 {
        self.resp.status
    }

    fn is_success(&self) -> bool {
        is_success(self.status())
    }

    /// JSON with a good status: not to be searched.
    fn is_good(&self) -> bool {
        self.is_success() && !self.html
    }

    fn path(&self) -> &'a str {
        path_of(self.resp.url)
    }

    fn at_login(&self) -> bool {
        LOGIN_PATHS.iter().any(|login| is_under(self.path(), login))
    }

    fn body(&self) -> &'a [u8] {
        self.resp.body.trim_ascii_start()
    }

    fn code(&self) -> Option<&str> {
        self.answer.as_ref().and_then(Answer::code)
    }

    fn is_refusal(&self) -> bool {
        self.code().is_some() || self.answer.as_ref().is_some_and(Answer::says_failed)
    }

    fn has_errors(&self) -> bool {
        self.answer.as_ref().is_some_and(Answer::has_errors)
    }

    fn is_failure(&self) -> bool {
        !self.is_success() || self.is_refusal() || self.has_errors()
    }

    fn names_invitation(&self) -> bool {
        self.answer.as_ref().is_some_and(Answer::names_invitation)
    }

    /// The first rule that has something to say.
    fn judge(&self, of: fn(&Rule) -> Says) -> (&'static Rule, Says) {
        let said = RULES.iter().map(|rule| (rule, of(rule)));
        let fits = |(rule, says): &(&Rule, Says)| !matches!(says, Says::Nothing) && (rule.sign)(self);
        // Invariant: the last rule fits everything.
        said.into_iter().find(fits).unwrap_or((&RULES[RULES.len() - 1], Says::Unknown))
    }

    fn refusal(&self, rule: &Rule, why: Why) -> Refusal {
        match why {
            Why::Blocked => Refusal::Blocked,
            Why::Challenge => Refusal::Challenge,
            Why::SignedOut => Refusal::SignedOut,
            Why::Csrf => Refusal::Csrf,
            Why::Coded => refusal_of(self.code().unwrap_or_default()),
            Why::Refused => Refusal::Refused { code: None },
            Why::Throttled => Refusal::Throttled { retry_after_ms: self.resp.retry_after_ms },
            Why::ProfileUnavailable => Refusal::ProfileUnavailable,
            Why::Drift => drift(rule, self.resp),
            Why::Upstream => Refusal::Upstream,
        }
    }
}

/// Judges the answer to a read.
///
/// # Errors
/// The refusal. `Ok` means that the body is JSON worth parsing as what was asked for.
pub fn judge_read(resp: &SiteResponse<'_>) -> Result<(), Refusal> {
    let a_page_of_people = is_success(resp.status) && resp.body.len() > SMALL_BODY;
    judge_as_read(resp, if a_page_of_people { None } else { Answer::read(resp.body) })
}

/// Judges a read that brought nobody, however long the answer is: a refusal may come with a long explanation.
///
/// # Errors
/// As [`judge_read`].
pub fn judge_whole_read(resp: &SiteResponse<'_>) -> Result<(), Refusal> {
    judge_as_read(resp, Answer::read(resp.body))
}

fn judge_as_read(resp: &SiteResponse<'_>, answer: Option<Answer<'_>>) -> Result<(), Refusal> {
    let seen = Seen { resp, answer, html: is_html(resp) };
    match seen.judge(|rule| rule.read) {
        (_, Says::Good) => Ok(()),
        (rule, Says::No(why)) => Err(seen.refusal(rule, why)),
        (rule, Says::Nothing | Says::Sent | Says::Unknown) => Err(seen.refusal(rule, Why::Drift)),
    }
}

/// Judges the answer to an invitation. Only an answer that names the invitation counts as sent, and only one that
/// LinkedIn can't have given after making it counts as not sent.
#[must_use]
pub fn judge_invitation(resp: &SiteResponse<'_>) -> InvitationVerdict {
    let seen = Seen { resp, answer: Answer::read(resp.body), html: is_html(resp) };
    match seen.judge(|rule| rule.invitation) {
        (_, Says::Sent) => InvitationVerdict::Sent,
        (rule, Says::No(why)) => InvitationVerdict::NotSent(seen.refusal(rule, why)),
        (_, Says::Nothing | Says::Good | Says::Unknown) => InvitationVerdict::Unknown,
    }
}

fn refusal_of(code: &str) -> Refusal {
    let known = CODES.iter().find(|(name, _)| *name == code).map(|(_, refusal)| refusal.clone());
    known.unwrap_or_else(|| Refusal::Refused { code: presentable(code) })
}

/// A code that has the form of one. Anything else might be a sentence about a person.
fn presentable(code: &str) -> Option<String> {
    let sound = code.len() <= 64
        && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    sound.then(|| code.to_owned())
}

fn drift(rule: &Rule, resp: &SiteResponse<'_>) -> Refusal {
    let mut detail = String::from(rule.name);
    detail.push_str(", status ");
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
