//! What calls for the person while no page is open: only what nothing but a human can mend, once for each event, and no
//! longer than it lasts.

use crate::agent::readiness::asked;
use crate::agent::state::State;
use crate::config::SERVER_GONE_MS;
use crate::ports::Notice;
use liaison_protocol::ErrorCode;
use serde::{Deserialize, Serialize};

/// What was noticed and told. A browser that is started anew has lost its notifications, and is told again what still holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Signals {
    /// Since when no poll was answered; `None` while the server answers.
    pub gone_since: Option<i64>,
    /// The ids of the events that the person was called for and that are not over.
    pub called: Vec<String>,
}

const SIGNED_OUT: &str = "linkedin/signed_out";
const SERVER_GONE: &str = "options/server_gone";

/// What calls for the person now.
#[must_use]
pub fn notices(state: &State, now: i64) -> Vec<Notice> {
    let works = state.pairing.as_ref().is_some_and(|pairing| pairing.ended.is_none());
    if !works {
        return Vec::new();
    }
    let notice = |id: &str, kind| Notice { id: id.to_owned(), kind };
    let mut notices = Vec::new();
    match state.breakers.latched {
        Some(ErrorCode::Blocked) => notices.push(notice("popup/blocked", "blocked")),
        Some(_) => notices.push(notice("linkedin/challenge", "challenge")),
        None if state.live.signed_in == Some(false) => notices.push(notice(SIGNED_OUT, "signed_out")),
        None => {}
    }
    if gone_at(state).is_some_and(|at| at <= now) {
        notices.push(notice(SERVER_GONE, "server_gone"));
    }
    let waits = asked(state).filter(|(entry, _, approved)| !approved && !entry.cancelled);
    notices.extend(
        waits.map(|(entry, _, _)| notice(&format!("popup/approval/{}", entry.shown_at()), "approval")),
    );
    notices
}

/// When a server that goes on being silent is taken to be gone.
#[must_use]
pub fn gone_at(state: &State) -> Option<i64> {
    state.signals.gone_since.map(|since| since.saturating_add(SERVER_GONE_MS))
}

/// Whether the person was called because the server is gone, and it still is.
#[must_use]
pub fn is_server_gone(state: &State) -> bool {
    state.signals.called.iter().any(|id| id == SERVER_GONE)
}

/// Whether it is not known yet if an event is over: a new worker has to ask first who is signed in.
#[must_use]
pub fn may_last(state: &State, id: &str) -> bool {
    let is_unknown =
        state.live.signed_in.is_none() && state.account.is_none() && state.breakers.latched.is_none();
    id == SIGNED_OUT && is_unknown && state.pairing.is_some()
}
