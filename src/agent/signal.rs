//! What calls for the person while no page is open: only what nothing but a human can mend, once for each event, and no
//! longer than it lasts.

use crate::agent::readiness::asked;
use crate::agent::state::State;
use crate::config::{SERVER_GONE_MS, SILENCE_GAP_MS};
use crate::ports::Notice;
use liaison_protocol::ErrorCode;
use serde::{Deserialize, Serialize};

/// What was noticed and told. A browser that is started anew has lost its notifications, and is told again what still holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Signals {
    /// Of the polls in a row that got no answer at all, the first and the last; `None` while the server answers, be it with a refusal.
    pub silence: Option<Silence>,
    /// The ids of the events that the person was called for and that are not over.
    pub called: Vec<String>,
}

/// How long a server has been silent, by what was asked of it: the time since the last poll tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// When the first poll failed.
    pub from: i64,
    /// When the last one did.
    pub until: i64,
}

impl Silence {
    /// This silence, or a new one, when a poll has failed now. Over a sleep of the computer it is not known to have gone on, unless
    /// the person was called for it.
    #[must_use]
    pub fn grown(before: Option<Self>, is_called: bool, now: i64) -> Self {
        let goes_on = |old: &Self| is_called || (0..=SILENCE_GAP_MS).contains(&(now - old.until));
        let from = before.filter(goes_on).map_or(now, |old| old.from.min(now));
        Self { from, until: now }
    }

    const fn is_long(self) -> bool {
        self.until.saturating_sub(self.from) >= SERVER_GONE_MS
    }
}

const SIGNED_OUT: &str = "linkedin/signed_out";
const SERVER_GONE: &str = "options/server_gone";

/// What calls for the person now.
#[must_use]
pub fn notices(state: &State) -> Vec<Notice> {
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
    if state.signals.silence.is_some_and(|silence| silence.is_long() || is_server_gone(state)) {
        notices.push(notice(SERVER_GONE, "server_gone"));
    }
    let waits = asked(state).filter(|(entry, _, approved)| !approved && !entry.cancelled);
    notices.extend(
        waits.map(|(entry, _, _)| notice(&format!("popup/approval/{}", entry.shown_at()), "approval")),
    );
    notices
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
