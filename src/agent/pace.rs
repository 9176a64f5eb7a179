//! Pacing: when the next read or invitation may go. Pure arithmetic over what was done and when.

use crate::agent::settings::Limits;
use crate::config::{INVITE_JITTER_MS, READ_JITTER_MS};
use serde::{Deserialize, Serialize};

/// What was done lately, kept over restarts. What was sent is in [`crate::agent::ledger`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// The earliest time of the next read.
    #[serde(default)]
    pub next_read_at: i64,
    /// The earliest time of the next invitation.
    #[serde(default)]
    pub next_invite_at: i64,
    /// Times of sent invitations, as an earlier version kept them here; the ledger takes them over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invites: Vec<i64>,
    /// The task for which LinkedIn is being asked. A worker that finds one here was ended while it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_call: Option<String>,
}

impl Pace {
    /// Notes that a read goes out at `now`. The gap is counted from the start of the call.
    pub fn note_read(&mut self, now: i64, limits: Limits, random: u64) {
        self.next_read_at =
            now.saturating_add(limits.read_gap_ms).saturating_add_unsigned(jitter(READ_JITTER_MS, random));
    }

    /// Notes that an invitation goes out at `now`.
    pub fn note_invite(&mut self, now: i64, limits: Limits, random: u64) {
        self.next_invite_at = now
            .saturating_add(limits.invite_gap_ms)
            .saturating_add_unsigned(jitter(INVITE_JITTER_MS, random));
    }

    /// After a clock was set back, or a gap was made smaller, none is longer than it can be now.
    pub fn settle(&mut self, now: i64, limits: Limits) {
        let longest = |gap: i64, jitter: u64| now.saturating_add(gap).saturating_add_unsigned(jitter);
        self.next_read_at = self.next_read_at.min(longest(limits.read_gap_ms, READ_JITTER_MS));
        self.next_invite_at = self.next_invite_at.min(longest(limits.invite_gap_ms, INVITE_JITTER_MS));
    }
}

fn jitter(most: u64, random: u64) -> u64 {
    random % (most + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::settings::Settings;

    #[test]
    fn the_first_call_after_a_pause_goes_at_once() {
        let (mut pace, limits) = (Pace::default(), Settings::default().limits());
        assert!(pace.next_read_at <= 1_000_000);
        pace.note_read(1_000_000, limits, 250);
        pace.settle(1_000_001, limits);
        assert_eq!(pace.next_read_at, 1_001_750);
    }

    #[test]
    fn a_clock_set_back_waits_one_gap_at_most_and_so_does_a_gap_made_smaller() {
        let (mut pace, mut limits) = (Pace::default(), Settings::default().limits());
        pace.note_invite(864_000_000, limits, 7_000);
        pace.settle(1_000, limits);
        assert_eq!(pace.next_invite_at, 1_000 + 15_000);
        limits.read_gap_ms = 600_000;
        pace.note_read(1_000, limits, 0);
        assert_eq!(pace.next_read_at, 601_000);
        pace.settle(1_000, Settings::default().limits());
        assert_eq!(pace.next_read_at, 1_000 + 2_500);
    }
}
