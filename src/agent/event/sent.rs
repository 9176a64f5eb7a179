//! What the account's own list of sent invitations says, with nobody's id in it.

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
