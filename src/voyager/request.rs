//! Requests to LinkedIn as values. Nothing here sends.
//!
//! Only the headers that matter are set: cookies, `referer`, `origin` and `user-agent` are the browser's own, and the
//! tracking headers of LinkedIn's web client are not needed (`docs/VOYAGER.md`, "Requests").

use super::ids::PROFILE_PREFIX;
use super::moving::part;
use serde::Serialize;
use std::fmt;

/// Every path of a [`SiteRequest`] lies under this origin.
pub const ORIGIN: &str = "https://www.linkedin.com";

const ACCEPT: &str = part("accept");
const RESTLI_VERSION: &str = part("restli_version");
const POST_CONTENT_TYPE: &str = part("post_content_type");
const LIST_PATH: &str = part("list_path");
const LIST_DECORATION: &str = part("list_decoration");
const LIST_DECORATION_OLDER: &str = part("list_decoration_older");
const LEGACY_LIST_PATH: &str = part("legacy_list_path");
const SUMMARY_PATH: &str = part("summary_path");
const INVITE_PATH: &str = part("invite_path");
const INVITE_ACTION: &str = part("invite_action");
const INVITE_DECORATION: &str = part("invite_decoration");
const INVITE_BODY_FORM: BodyForm = BodyForm::named(part("invite_body_form"));
const ME_PATH: &str = part("me_path");
const SENT_PATH: &str = part("sent_path");

/// How a request is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Changes something at LinkedIn.
    Post,
}

/// What `fetch` does when LinkedIn redirects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirect {
    /// Follow, and judge where it ended: how a read learns of a login page or a checkpoint.
    Follow,
    /// Stop: a redirected invitation was not sent, and must not be sent on to another address.
    Manual,
}

/// How the body of a POST is handed to `fetch`.
///
/// Chrome may itself repeat a POST whose reused connection dies before the answer's head, as long as it has the body at
/// hand; a stream can't be read twice. Whether LinkedIn takes one is not known, so text is what is sent
/// (`docs/VOYAGER.md`, "Invitations").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyForm {
    /// A string, with its length known.
    Text,
    /// A stream of unknown length.
    Stream,
}

impl BodyForm {
    /// The form of a name in `moving_parts.json`; another name stops the build.
    const fn named(name: &str) -> Self {
        match name.as_bytes() {
            b"text" => Self::Text,
            b"stream" => Self::Stream,
            // Invariant: evaluated while compiling, where it stops the build.
            _ => panic!("moving_parts.json knows the body forms text and stream"),
        }
    }
}

/// One request to LinkedIn.
#[derive(Clone, PartialEq, Eq)]
pub struct SiteRequest {
    /// GET or POST.
    pub method: Method,
    /// Path and query under [`ORIGIN`].
    pub path: String,
    /// Header names in lower case. Holds the session's CSRF token: not for a log.
    pub headers: Vec<(&'static str, String)>,
    /// The JSON text of a POST. Holds a person's id and note: not for a log.
    pub body: Option<String>,
    /// See [`BodyForm`].
    pub body_form: BodyForm,
    /// See [`Redirect`].
    pub redirect: Redirect,
}

/// Shows where a request goes, never with what token or text.
impl fmt::Debug for SiteRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.method {
            Method::Get => "GET ",
            Method::Post => "POST ",
        })?;
        f.write_str(&self.path)?;
        f.write_str(if self.body.is_some() { " with a body" } else { "" })
    }
}

/// The value of the `csrf-token` header: the cookie `JSESSIONID` without the quotes around it, the prefix `ajax:`
/// kept. LinkedIn compares the two on GET and POST alike (`docs/VOYAGER.md`, "Requests").
#[derive(Clone, PartialEq, Eq)]
pub struct CsrfToken(String);

impl CsrfToken {
    /// The token in the cookie's value; `None` when the cookie is empty or could not stand in a header.
    #[must_use]
    pub fn from_cookie(jsessionid: &str) -> Option<Self> {
        let token = jsessionid.trim().trim_matches('"');
        let sound = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        sound.then(|| Self(token.to_owned()))
    }
}

impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken(..)")
    }
}

/// The orders in which LinkedIn lists connections (`docs/VOYAGER.md`, "The list").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Newest first.
    RecentlyAdded,
    /// By first name.
    FirstnameLastname,
    /// By last name. The least certain of the three.
    LastnameFirstname,
}

impl Sort {
    /// The order of a name on the wire; `None` for one that LinkedIn is not known to take.
    #[must_use]
    pub fn from_wire(name: &str) -> Option<Self> {
        [Self::RecentlyAdded, Self::FirstnameLastname, Self::LastnameFirstname]
            .into_iter()
            .find(|sort| sort.as_wire() == name)
    }

    /// The name on the wire.
    #[must_use]
    pub const fn as_wire(self) -> &'static str {
        match self {
            Self::RecentlyAdded => "RECENTLY_ADDED",
            Self::FirstnameLastname => "FIRSTNAME_LASTNAME",
            Self::LastnameFirstname => "LASTNAME_FIRSTNAME",
        }
    }
}

/// The ways to the list of connections, the one to try first at the front. When LinkedIn no longer answers one as it
/// should, the next is asked (`docs/VOYAGER.md`, "The list").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListSource {
    /// The current list under its current decoration.
    #[default]
    Current,
    /// The same list under the decoration before.
    OlderDecoration,
    /// The list of LinkedIn's earlier web client.
    Legacy,
}

/// One page of the account's own connections. It never carries a keyword: what LinkedIn's own filter leaves out is
/// not known, so the matching is ours.
#[must_use]
pub fn build_list(
    source: ListSource,
    sort: Option<Sort>,
    start: u64,
    count: u64,
    csrf: &CsrfToken,
) -> SiteRequest {
    let mut path = match source {
        ListSource::Current => format!("{LIST_PATH}?decorationId={LIST_DECORATION}&count={count}&q=search"),
        ListSource::OlderDecoration => {
            format!("{LIST_PATH}?decorationId={LIST_DECORATION_OLDER}&count={count}&q=search")
        }
        ListSource::Legacy => format!("{LEGACY_LIST_PATH}?count={count}"),
    };
    if let Some(sort) = sort {
        path.push_str("&sortType=");
        path.push_str(sort.as_wire());
    }
    path.push_str("&start=");
    path.push_str(&start.to_string());
    read(path, csrf)
}

/// How many connections the account has.
#[must_use]
pub fn build_summary(csrf: &CsrfToken) -> SiteRequest {
    read(SUMMARY_PATH.to_owned(), csrf)
}

/// Who is signed in: the cheapest question that tells a live session from a dead one.
#[must_use]
pub fn build_me(csrf: &CsrfToken) -> SiteRequest {
    read(ME_PATH.to_owned(), csrf)
}

/// The newest invitations that the account has sent and that are still pending.
#[must_use]
pub fn build_sent_invitations(start: u64, count: u64, csrf: &CsrfToken) -> SiteRequest {
    read(format!("{SENT_PATH}?q=invitationType&invitationType=CONNECTION&start={start}&count={count}"), csrf)
}

/// One invitation to `profile_id` (a bare, checked id). Without a note the field is left out altogether: an empty one
/// may count as a personal note (`docs/VOYAGER.md`, "Invitations").
#[must_use]
pub fn build_invitation(profile_id: &str, note: Option<&str>, csrf: &CsrfToken) -> SiteRequest {
    let mut headers = headers(csrf);
    headers.push(("content-type", POST_CONTENT_TYPE.to_owned()));
    SiteRequest {
        method: Method::Post,
        path: format!("{INVITE_PATH}?action={INVITE_ACTION}&decorationId={INVITE_DECORATION}"),
        headers,
        body: Some(invitation_body(profile_id, note.filter(|note| !note.is_empty()))),
        body_form: INVITE_BODY_FORM,
        redirect: Redirect::Manual,
    }
}

#[derive(Serialize)]
struct Invitation<'a> {
    invitee: Invitee<'a>,
    #[serde(rename = "customMessage", skip_serializing_if = "Option::is_none")]
    custom_message: Option<&'a str>,
}

#[derive(Serialize)]
struct Invitee<'a> {
    #[serde(rename = "inviteeUnion")]
    union: InviteeUnion<'a>,
}

#[derive(Serialize)]
struct InviteeUnion<'a> {
    #[serde(rename = "memberProfile")]
    member_profile: &'a str,
}

fn invitation_body(profile_id: &str, note: Option<&str>) -> String {
    let urn = format!("{PROFILE_PREFIX}{profile_id}");
    let body = Invitation {
        invitee: Invitee { union: InviteeUnion { member_profile: &urn } },
        custom_message: note,
    };
    // Structs of strings always serialise; an empty body would be refused by LinkedIn, never sent to a wrong person.
    serde_json::to_string(&body).unwrap_or_default()
}

fn read(path: String, csrf: &CsrfToken) -> SiteRequest {
    SiteRequest {
        method: Method::Get,
        path,
        headers: headers(csrf),
        body: None,
        body_form: BodyForm::Text,
        redirect: Redirect::Follow,
    }
}

fn headers(csrf: &CsrfToken) -> Vec<(&'static str, String)> {
    vec![
        ("accept", ACCEPT.to_owned()),
        ("csrf-token", csrf.0.clone()),
        ("x-restli-protocol-version", RESTLI_VERSION.to_owned()),
    ]
}

#[cfg(test)]
mod tests;
