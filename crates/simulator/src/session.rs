//! Cookies, the CSRF double submit, and what a missing session gets.

use hyper::header::{COOKIE, SET_COOKIE};

use crate::chance::draw;
use crate::config::DeadSession;
use crate::exchange::{Answer, Call};
use crate::member::MAX_ACCOUNT;

/// Key of the session tokens' check digits. No secret: the simulator guards nothing.
const TOKEN_KEY: u64 = 0x11a1_5051;
/// What a cookie's name is followed by when the site takes it away.
pub(crate) const DELETED: &str =
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
            csrf_token: csrf_token(bits),
        }
    }

    /// A CSRF token for a browser in which nobody is signed in.
    pub(crate) fn anonymous_token(&self) -> String {
        csrf_token(draw(TOKEN_KEY, 0, u64::from(self.epoch)))
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

fn csrf_token(bits: u64) -> String {
    format!("ajax:{:019}", bits % 9_000_000_000_000_000_000 + 1_000_000_000_000_000_000)
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
        DeadSession::SelfRedirect => self_redirect(call),
    }
}

/// A redirect to where the request already was, taking the session's cookie away.
pub(crate) fn self_redirect(call: &Call) -> Answer {
    Answer::redirect(302, &call.target()).with_header(SET_COOKIE, format!("li_at{DELETED}"))
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
