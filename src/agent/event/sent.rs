//! What the account's own list of sent invitations says, with nobody's id in it.

use crate::config::{LOOK_MS, VERIFY_SLACK_MS};
use siphasher::sip::SipHasher13;
use std::hash::Hasher;

/// A page of the sent invitations, read in search of one person and to count by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentLook {
    /// Whether the person is in it.
    pub listed: bool,
    /// When the newest invitation to the person was sent, by LinkedIn's clock.
    pub sent_ms: Option<i64>,
    /// LinkedIn's clock less ours, in ms, by the answer's `Date`.
    pub clock_ahead_ms: i64,
    /// All of the page's invitations.
    pub rows: Vec<SentRow>,
}

impl SentLook {
    /// Whether the person was invited since `since` by our clock, as it was then: LinkedIn's less ours was `then`. Where that
    /// isn't known, ours is taken not to have been set since.
    #[must_use]
    pub fn proves(&self, since: i64, then: Option<i64>) -> bool {
        self.is_since(since, then.unwrap_or(self.clock_ahead_ms))
    }

    /// Whether the person may have been: ours may have been set between `since` and the look, an hour before at most, that
    /// told `then`; and of an invitation without a time nobody knows.
    #[must_use]
    pub fn allows(&self, since: i64, then: Option<i64>) -> bool {
        let least = |then: i64| self.clock_ahead_ms.clamp(then.saturating_sub(LOOK_MS), then);
        let is_undated = self.listed && self.sent_ms.is_none();
        is_undated || self.is_since(since, then.map_or(self.clock_ahead_ms, least))
    }

    fn is_since(&self, since: i64, ahead: i64) -> bool {
        let earliest = since.saturating_add(ahead).saturating_sub(VERIFY_SLACK_MS);
        self.listed && self.sent_ms.is_some_and(|sent| sent >= earliest)
    }
}

/// One sent invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SentRow {
    /// To whom: [`hash_of`] the profile id.
    pub who: u64,
    /// When, by LinkedIn's clock.
    pub sent_ms: Option<i64>,
}

/// Sixty-four bits of a profile id, never 0: to know a person again by, not to find them by.
#[must_use]
pub fn hash_of(profile: &str) -> u64 {
    let mut hasher = SipHasher13::new();
    hasher.write(profile.as_bytes());
    hasher.finish().max(1)
}
