//! The pages and forms a person signs in and out with, and the sign-in that the apps use.

use hyper::header::{ALLOW, SET_COOKIE};
use serde_json::json;

use crate::exchange::{Answer, Call};
use crate::session::{DELETED, Sessions, SignIn};

/// Where LinkedIn's cookies hold: everywhere on the site, over TLS, from any page.
const SITE: &str = "Path=/; Secure; SameSite=None";

/// A page or a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    SignIn,
    SignInForm,
    AppStart,
    AppSignIn,
    SignOut,
    Feed,
    Checkpoint,
    /// The mobile site's own way to invite, long dead.
    MobileInvite,
}

impl Page {
    fn of(method: &str, path: &str) -> Option<Self> {
        Some(match (method, path) {
            ("GET", "/login" | "/uas/login" | "/m/login" | "/authwall") => Self::SignIn,
            ("POST", "/login" | "/uas/login" | "/uas/login-submit" | "/checkpoint/lg/login-submit") => {
                Self::SignInForm
            }
            ("GET", "/uas/authenticate") => Self::AppStart,
            ("POST", "/uas/authenticate") => Self::AppSignIn,
            ("POST", "/logout" | "/uas/logout") => Self::SignOut,
            ("GET", "/" | "/feed" | "/feed/") => Self::Feed,
            ("GET", path) if path.starts_with("/checkpoint/") => Self::Checkpoint,
            ("POST", "/mwlite/invite") => Self::MobileInvite,
            _ => return None,
        })
    }
}

/// The answer to a request for anything outside `/voyager`.
pub(crate) fn answer(sessions: &mut Sessions, call: &Call) -> Answer {
    let Some(page) = Page::of(call.reading_method(), &call.path) else {
        let allowed = ["GET", "POST"].into_iter().find(|method| Page::of(method, &call.path).is_some());
        return match allowed {
            Some(method) => Answer::html(405, "Method not allowed").with_header(ALLOW, method.to_owned()),
            None => Answer::html(404, "Not found"),
        };
    };
    match page {
        Page::SignIn => {
            with_cookies(Answer::html(200, login_page(asked_account(call))), &anonymous(sessions))
        }
        Page::SignInForm => {
            with_cookies(Answer::redirect(302, "/feed/"), &signed_in(&sign_in(sessions, call)))
        }
        Page::AppStart => with_cookies(Answer::json(&json!({ "status": "success" })), &anonymous(sessions)),
        Page::AppSignIn => with_cookies(
            Answer::json(&json!({ "login_result": "PASS", "challenge_url": "" })),
            &signed_in(&sign_in(sessions, call)),
        ),
        Page::SignOut => signed_out(),
        Page::Feed => feed(sessions, call),
        Page::Checkpoint => Answer::html(200, checkpoint()),
        Page::MobileInvite => Answer::text(400, "text/plain", "Bad Request"),
    }
}

/// The page that signing in leads to.
fn feed(sessions: &Sessions, call: &Call) -> Answer {
    match sessions.account_of(call) {
        Some(_) => Answer::html(
            200,
            page(
                "Feed | LinkedIn",
                "<h1>Feed</h1><form method=\"post\" action=\"/logout\"><button>Sign out</button></form>",
            ),
        ),
        None => Answer::redirect(302, "/uas/login"),
    }
}

/// The page on which the site wants a person to prove to be one.
pub(crate) fn checkpoint() -> String {
    page(
        "Security Verification | LinkedIn",
        "<h1>Let's do a quick security check</h1><form method=\"post\" action=\"/checkpoint/challenge/verify\"></form>",
    )
}

/// Any name and any password sign in, as the account that is asked for or whose turn it is.
fn sign_in(sessions: &mut Sessions, call: &Call) -> SignIn {
    let account = asked_account(call).unwrap_or(sessions.account);
    sessions.sign_in(account)
}

fn asked_account(call: &Call) -> Option<u32> {
    let form =
        form_urlencoded::parse(&call.body).find(|(key, _)| key == "as").map(|(_, value)| value.into_owned());
    form.or_else(|| call.query("as"))?.parse().ok()
}

/// What a browser has before anybody signs in: enough for the CSRF check, but no session.
fn anonymous(sessions: &Sessions) -> Vec<String> {
    let mut cookies = vec![format!("JSESSIONID=\"{}\"; {SITE}; Max-Age=7776000", sessions.anonymous_token())];
    cookies.extend(of_the_browser());
    cookies
}

fn signed_in(sign_in: &SignIn) -> Vec<String> {
    let mut cookies = vec![
        format!("li_at={}; {SITE}; HttpOnly; Max-Age=31536000", sign_in.li_at),
        format!("JSESSIONID=\"{}\"; {SITE}; Max-Age=7776000", sign_in.csrf_token),
        format!("liap=true; {SITE}; Max-Age=7776000"),
    ];
    cookies.extend(of_the_browser());
    cookies
}

fn of_the_browser() -> [String; 3] {
    [
        format!("lidc=\"b=SIM:s=S:r=S:a=S:p=S:g=1\"; {SITE}; Max-Age=86400"),
        format!("bcookie=\"v=2&sim00000-0000-4000-8000-000000000001\"; {SITE}; Max-Age=31536000"),
        format!("lang=v=2&lang=en-us; {SITE}"),
    ]
}

fn with_cookies(answer: Answer, cookies: &[String]) -> Answer {
    cookies.iter().fold(answer, |answer, cookie| answer.with_header(SET_COOKIE, cookie.clone()))
}

fn signed_out() -> Answer {
    let names = ["li_at", "JSESSIONID", "liap", "lidc", "bcookie", "lang"];
    with_cookies(Answer::redirect(302, "/uas/login"), &names.map(|name| format!("{name}{DELETED}")))
}

/// The sign-in page, whose form goes where LinkedIn's does.
pub(crate) fn login_page(account: Option<u32>) -> String {
    let hidden =
        account.map(|n| format!("<input type=\"hidden\" name=\"as\" value=\"{n}\">")).unwrap_or_default();
    let form = format!(
        "<h1>Sign in</h1><form method=\"post\" action=\"/checkpoint/lg/login-submit\">{hidden}\
         <input type=\"hidden\" name=\"loginCsrfParam\" value=\"sim00000-0000-4000-8000-000000000002\">\
         <input name=\"session_key\" autocomplete=\"off\"><input name=\"session_password\" type=\"password\" autocomplete=\"off\">\
         <button type=\"submit\">Sign in</button></form>"
    );
    page("Sign in", &form)
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title><body>{body}</body></html>"
    )
}
