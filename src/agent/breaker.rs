//! Breakers: what LinkedIn said no to, for how long, on independent axes.
//!
//! A note limit doesn't stop plain invitations, an invitation limit doesn't stop reading, and a success on one axis
//! clears no other. They are kept over restarts.

use crate::config::{BLOCK_MS, LIMIT_MS, THROTTLE_FIRST_MS, THROTTLE_LONGEST_MS, THROTTLE_MOST_ASKED_MS};
use liaison_protocol::{ErrorCode, WaitReason};
use serde::{Deserialize, Serialize};

/// The state of all breakers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breakers {
    /// LinkedIn asked to slow down: nothing goes until then.
    #[serde(default)]
    pub throttled_until: i64,
    /// How long that wait was when it began.
    #[serde(default)]
    pub throttled_for: i64,
    /// How often in a row; doubles the wait.
    #[serde(default)]
    pub throttles: u32,
    /// No invitation until then.
    #[serde(default)]
    pub invitations_until: i64,
    /// No invitation with a note until then.
    #[serde(default)]
    pub notes_until: i64,
    /// No invitation until a person clears it: which of LinkedIn's three reasons.
    #[serde(default)]
    pub account_stopped: Option<ErrorCode>,
    /// Nothing at all until a person clears it: `challenge` or `blocked`.
    #[serde(default)]
    pub latched: Option<ErrorCode>,
    /// A block can't be cleared before.
    #[serde(default)]
    pub blocked_until: i64,
}

impl Breakers {
    /// After a person has cleared a record that was lost: what nobody can clear is taken to have begun just now.
    #[must_use]
    pub fn unknown(now: i64) -> Self {
        Self {
            throttled_until: now + THROTTLE_FIRST_MS,
            throttled_for: THROTTLE_FIRST_MS,
            invitations_until: now + LIMIT_MS,
            notes_until: now + LIMIT_MS,
            ..Self::default()
        }
    }

    /// Opens what `code` opens. Returns how long the same task should not be tried again.
    pub fn trip(&mut self, code: ErrorCode, retry_after_ms: Option<u64>, now: i64) -> Option<u64> {
        match code {
            ErrorCode::Throttled => {
                let asked = retry_after_ms.and_then(|ms| i64::try_from(ms).ok()).unwrap_or(0);
                let own =
                    THROTTLE_FIRST_MS.saturating_mul(1 << self.throttles.min(8)).min(THROTTLE_LONGEST_MS);
                let wait = if asked > 0 { asked.min(THROTTLE_MOST_ASKED_MS) } else { own };
                self.throttles = self.throttles.saturating_add(1);
                self.throttled_until = self.throttled_until.max(now.saturating_add(wait));
                self.throttled_for = self.throttled_until.saturating_sub(now);
                left(self.throttled_until, now)
            }
            ErrorCode::InvitationLimit => {
                self.invitations_until = now.saturating_add(LIMIT_MS);
                left(self.invitations_until, now)
            }
            ErrorCode::NoteLimit => {
                self.notes_until = now.saturating_add(LIMIT_MS);
                left(self.notes_until, now)
            }
            ErrorCode::AccountRestricted | ErrorCode::SenderUnconfirmed | ErrorCode::ConnectionCap => {
                self.account_stopped = Some(code);
                None
            }
            ErrorCode::Challenge => {
                // A block stops as much, and has its hour.
                self.latched.get_or_insert(code);
                None
            }
            ErrorCode::Blocked => {
                self.latched = Some(code);
                self.blocked_until = now.saturating_add(BLOCK_MS);
                left(self.blocked_until, now)
            }
            _ => None,
        }
    }

    /// After a clock was set back no wait is longer than it was when it began, and none that was over begins anew.
    pub fn settle(&mut self, now: i64) {
        let most = |until: &mut i64, wait: i64| {
            *until = if *until <= now { 0 } else { (*until).min(now.saturating_add(wait)) };
        };
        // A record may say anything: nobody can clear this wait.
        let longest = Some(self.throttled_for).filter(|&ms| ms > 0).unwrap_or(THROTTLE_MOST_ASKED_MS);
        let longest = longest.min(THROTTLE_MOST_ASKED_MS);
        most(&mut self.throttled_until, longest);
        most(&mut self.invitations_until, LIMIT_MS);
        most(&mut self.notes_until, LIMIT_MS);
        most(&mut self.blocked_until, BLOCK_MS);
    }

    /// LinkedIn answered as it should to a read: the next throttling starts its doubling anew.
    pub fn note_read_success(&mut self) {
        self.throttles = 0;
    }

    /// What stops everything now, and until when.
    #[must_use]
    pub fn all_wait(&self, now: i64) -> Option<(WaitReason, Option<i64>)> {
        match self.latched {
            Some(ErrorCode::Blocked) => Some((WaitReason::Blocked, None)),
            Some(_) => Some((WaitReason::Challenge, None)),
            None if self.throttled_until > now => Some((WaitReason::Throttled, Some(self.throttled_until))),
            None => None,
        }
    }

    /// What stops invitations now, and until when.
    #[must_use]
    pub fn invite_wait(&self, now: i64) -> Option<(WaitReason, Option<i64>)> {
        if self.account_stopped.is_some() {
            return Some((WaitReason::AccountStopped, None));
        }
        (self.invitations_until > now).then_some((WaitReason::InvitationLimit, Some(self.invitations_until)))
    }

    /// How long no invitation with a note may go, if there is such a time.
    #[must_use]
    pub fn note_wait_ms(&self, now: i64) -> Option<u64> {
        left(self.notes_until, now)
    }

    /// What waits for a person to clear it; of two, the one that stops more.
    #[must_use]
    pub fn stop(&self) -> Option<ErrorCode> {
        self.latched.or(self.account_stopped)
    }

    /// A person clears [`Breakers::stop`], and no other that they were not shown. A block stays for its hour: then what is
    /// left of it is returned.
    pub fn clear(&mut self, now: i64) -> Option<u64> {
        match self.latched {
            Some(_) if self.blocked_until > now => return left(self.blocked_until, now),
            Some(_) => self.latched = None,
            None => self.account_stopped = None,
        }
        None
    }
}

fn left(until: i64, now: i64) -> Option<u64> {
    u64::try_from(until.saturating_sub(now)).ok().filter(|&ms| ms > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttling_doubles_from_a_quarter_of_an_hour_to_four_hours() {
        let mut breakers = Breakers::default();
        let mut now = 0;
        let mut waits = Vec::new();
        for _ in 0..6 {
            let wait = breakers.trip(ErrorCode::Throttled, None, now).unwrap();
            waits.push(wait / 60_000);
            now = breakers.throttled_until;
        }
        assert_eq!(waits, [15, 30, 60, 120, 240, 240]);
        breakers.note_read_success();
        assert_eq!(breakers.trip(ErrorCode::Throttled, None, now), Some(15 * 60_000));
    }

    #[test]
    fn axes_are_independent() {
        let mut breakers = Breakers::default();
        breakers.trip(ErrorCode::NoteLimit, None, 0);
        assert_eq!(breakers.invite_wait(1), None);
        assert!(breakers.note_wait_ms(1).is_some());
        breakers.trip(ErrorCode::InvitationLimit, None, 0);
        assert_eq!(breakers.all_wait(1), None);
        assert_eq!(breakers.invite_wait(1), Some((WaitReason::InvitationLimit, Some(LIMIT_MS))));
        breakers.note_read_success();
        assert!(breakers.invite_wait(1).is_some() && breakers.note_wait_ms(1).is_some());
    }

    #[test]
    fn a_clock_set_back_makes_no_wait_longer() {
        let mut breakers = Breakers::default();
        let year = 365 * 24 * 3_600_000;
        breakers.trip(ErrorCode::Throttled, None, 2 * year);
        breakers.trip(ErrorCode::InvitationLimit, None, 2 * year);
        breakers.settle(year);
        let until = year + THROTTLE_FIRST_MS;
        assert_eq!(breakers.all_wait(year), Some((WaitReason::Throttled, Some(until))));
        breakers.settle(until);
        assert_eq!(breakers.all_wait(until), None);
        breakers.settle(1);
        assert_eq!(breakers.all_wait(1), None, "what was over does not begin anew");
        assert_eq!(breakers.invite_wait(1), Some((WaitReason::InvitationLimit, Some(1 + LIMIT_MS))));
    }

    #[test]
    fn a_block_is_cleared_by_a_person_after_an_hour() {
        let mut breakers = Breakers::default();
        breakers.trip(ErrorCode::Blocked, None, 0);
        assert_eq!(breakers.clear(1), Some(3_599_999));
        assert_eq!(breakers.all_wait(BLOCK_MS), Some((WaitReason::Blocked, None)));
        assert_eq!(breakers.clear(BLOCK_MS), None);
        assert_eq!(breakers.all_wait(BLOCK_MS), None);
    }

    #[test]
    fn a_challenge_beside_a_block_does_not_shorten_its_hour() {
        for first in [ErrorCode::Blocked, ErrorCode::Challenge] {
            let mut breakers = Breakers::default();
            breakers.trip(first, None, 0);
            breakers.trip(ErrorCode::Blocked, None, 0);
            breakers.trip(ErrorCode::Challenge, None, 0);
            assert_eq!(breakers.stop(), Some(ErrorCode::Blocked));
            assert_eq!(breakers.clear(1), Some(BLOCK_MS.unsigned_abs() - 1));
            assert_eq!((breakers.clear(BLOCK_MS), breakers.stop()), (None, None));
        }
    }

    #[test]
    fn a_person_clears_the_stop_that_is_shown_and_no_other() {
        let mut breakers = Breakers::default();
        breakers.trip(ErrorCode::AccountRestricted, None, 0);
        breakers.trip(ErrorCode::Challenge, None, 0);
        assert_eq!(breakers.stop(), Some(ErrorCode::Challenge));
        breakers.clear(0);
        assert_eq!(breakers.stop(), Some(ErrorCode::AccountRestricted));
        breakers.clear(0);
        assert_eq!(breakers.stop(), None);
    }
}
