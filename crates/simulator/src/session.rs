//! Cookies, the CSRF double submit, and what a missing session gets.

use hyper::header::{COOKIE, SET_COOKIE};

use crate::chance::draw;
use crate::config::DeadSession;
use crate::exchange::{Answer, Call, Shape};
use crate::member::MAX_ACCOUNT;

/// Key of the session tokens' check digits. No secret: the simulator guards nothing.
const TOKEN_KEY: u64 = 0x11a1_5051;
const DELETED: &str =
    "=\"delete me\"; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Secure; SameSite=None";

/// Who may sign in, and which sessions are alive. Sessions outlive a reset of the world, as a browser's cookies do.
#[derive(Debug)]
pub(crate) struct Sessions {
    /// The account that the next sign-in gets.
    pub(crate) account: u32,
    epoch: u32,
    /// Account that every live session is taken for, whatever its cookie says.
    taken_for: Option<u32>,
}

/// The cookies of one sign-in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Value of the `li_at` cookie.
    pub li_at: String,
    /// Value of the `JSESSIONID` cookie without its quotes: what `csrf-token` must say.
    pub csrf_token: String,
}

impl SignIn {
    /// The whole `Cookie` header of a signed-in browser.
    #[must_use]
    pub fn cookie_header(&self) -> String {
        format!(
            "li_at={}; JSESSIONID=\"{}\"; liap=true; lang=\"v=2&lang=en-us\"",
            self.li_at, self.csrf_token
        )
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self { account: 1, epoch: 1, taken_for: None }
    }
}

impl Sessions {
    /// Signs an account in.
    pub(crate) fn sign_in(&mut self, account: u32) -> SignIn {
        let account = account.clamp(1, MAX_ACCOUNT);
        self.taken_for = None;
        let bits = draw(TOKEN_KEY, u64::from(account), u64::from(self.epoch));
        SignIn {
            li_at: format!("AQEDASim{account:03}x{:06}x{bits:016x}", self.epoch),
            csrf_token: format!("ajax:{:019}", bits % 9_000_000_000_000_000_000 + 1_000_000_000_000_000_000),
        }
    }

    /// Ends every session given out so far.
    pub(crate) fn end_all(&mut self) {
        self.epoch += 1;
        self.taken_for = None;
    }

    /// Makes every live session that of another account, as if someone had signed in over it.
    pub(crate) fn take_for(&mut self, account: u32) {
        self.taken_for = Some(account);
    }

    /// The account behind a request, if its session is alive.
    pub(crate) fn account_of(&self, call: &Call) -> Option<u32> {
        let token = cookie(call, "li_at")?;
        let (account, rest) = token.strip_prefix("AQEDASim")?.split_once('x')?;
        let (epoch, check) = rest.split_once('x')?;
        let (account, epoch) = (account.parse::<u32>().ok()?, epoch.parse::<u32>().ok()?);
        let bits = draw(TOKEN_KEY, u64::from(account), u64::from(epoch));
        let alive = epoch == self.epoch && check == format!("{bits:016x}");
        alive.then(|| self.taken_for.unwrap_or(account))
    }
}

/// The double submit: the header must equal the cookie without its quotes, and comes before every other check.
pub(crate) fn check_csrf(call: &Call) -> Result<(), Answer> {
    match (call.header("csrf-token"), cookie(call, "JSESSIONID")) {
        (Some(header), Some(cookie)) if header == cookie && !cookie.is_empty() => Ok(()),
        _ => Err(Answer::text(403, "text/plain", "CSRF check failed.")),
    }
}

/// What a Voyager request without a live session gets. The 401 body is the same in both shapes: it was seen by clients of both.
pub(crate) fn dead_session(how: DeadSession, call: &Call) -> Answer {
    match how {
        DeadSession::Unauthorized => {
            let body = r#"{"data":{"status":401},"included":[]}"#;
            let shaped = Answer::error(call.shape(), 401, None, None);
            Answer { body: body.into(), ..shaped }
        }
        DeadSession::Login => Answer::redirect(302, "/uas/login"),
        DeadSession::SelfRedirect => {
            Answer::redirect(302, &call.target()).with_header(SET_COOKIE, format!("li_at{DELETED}"))
        }
    }
}

/// The pages and actions a person signs in and out with; `None` is some other path.
pub(crate) fn answer_page(sessions: &mut Sessions, call: &Call) -> Option<Answer> {
    let answer = match (call.method.as_str(), call.path.as_str()) {
        ("GET" | "HEAD", "/login" | "/uas/login") => Answer::html(200, login_page(asked_account(call))),
        ("POST", "/login" | "/uas/login" | "/checkpoint/lg/login-submit") => {
            let account = asked_account(call).unwrap_or(sessions.account);
            signed_in(&sessions.sign_in(account))
        }
        ("POST", "/logout" | "/uas/logout") => signed_out(),
        ("GET" | "HEAD", "/" | "/feed" | "/feed/") => match sessions.account_of(call) {
            Some(_) => Answer::html(
                200,
                page(
                    "Feed | LinkedIn",
                    "<h1>Feed</h1><form method=\"post\" action=\"/logout\"><button>Sign out</button></form>",
                ),
            ),
            None => Answer::redirect(302, "/uas/login"),
        },
        ("GET" | "HEAD", path) if path.starts_with("/checkpoint/") => Answer::html(
            200,
            page("Security Verification | LinkedIn", "<h1>Let's do a quick security check</h1>"),
        ),
        _ => return None,
    };
    Some(answer)
}

/// An error in the shape asked for, for a path under `/voyager` that the simulator does not know.
pub(crate) fn not_simulated(shape: Shape) -> Answer {
    Answer::error(shape, 501, None, Some("not simulated"))
}

fn asked_account(call: &Call) -> Option<u32> {
    let form =
        form_urlencoded::parse(&call.body).find(|(key, _)| key == "as").map(|(_, value)| value.into_owned());
    form.or_else(|| call.query("as"))?.parse().ok()
}

fn signed_in(sign_in: &SignIn) -> Answer {
    const SITE: &str = "Path=/; Secure; SameSite=None";
    let cookies = [
        format!("li_at={}; {SITE}; HttpOnly; Max-Age=31536000", sign_in.li_at),
        format!("JSESSIONID=\"{}\"; {SITE}; Max-Age=7776000", sign_in.csrf_token),
        format!("liap=true; {SITE}; Max-Age=7776000"),
        format!("lidc=\"b=SIM:s=S:r=S:a=S:p=S:g=1\"; {SITE}; Max-Age=86400"),
        format!("bcookie=\"v=2&sim00000-0000-4000-8000-000000000001\"; {SITE}; Max-Age=31536000"),
        "lang=v=2&lang=en-us; Path=/; Secure; SameSite=None".to_owned(),
    ];
    cookies
        .into_iter()
        .fold(Answer::redirect(302, "/feed/"), |answer, cookie| answer.with_header(SET_COOKIE, cookie))
}

fn signed_out() -> Answer {
    ["li_at", "JSESSIONID", "liap", "lidc", "bcookie", "lang"]
        .into_iter()
        .fold(Answer::redirect(302, "/uas/login"), |answer, name| {
            answer.with_header(SET_COOKIE, format!("{name}{DELETED}"))
        })
}

fn login_page(account: Option<u32>) -> String {
    let hidden =
        account.map(|n| format!("<input type=\"hidden\" name=\"as\" value=\"{n}\">")).unwrap_or_default();
    let form = format!(
        "<h1>Sign in</h1><form method=\"post\" action=\"/login\">{hidden}\
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

/// A cookie's value without surrounding quotes. HTTP/2 may split cookies over several headers.
fn cookie(call: &Call, name: &str) -> Option<String> {
    let pairs = call.headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    pairs
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.trim_matches('"').to_owned())
}
