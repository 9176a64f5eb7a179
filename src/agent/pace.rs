//! Pacing: when the next read or invitation may go. Pure arithmetic over what was done and when.

use crate::config::{DAY_MS, INVITE_GAP_MS, INVITES_PER_DAY, INVITES_PER_WEEK, READ_GAP_MS};
use liaison_protocol::WaitReason;
use serde::{Deserialize, Serialize};

/// What was done lately, kept over restarts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// The earliest time of the next read.
    #[serde(default)]
    pub next_read_at: i64,
    /// The earliest time of the next invitation.
    #[serde(default)]
    pub next_invite_at: i64,
    /// When the invitations of the last seven days were sent, oldest first.
    #[serde(default)]
    pub invites: Vec<i64>,
}

impl Pace {
    /// Notes that a read goes out at `now`. The gap is counted from the start of the call.
    pub fn note_read(&mut self, now: i64, random: u64) {
        self.next_read_at = now + jittered(READ_GAP_MS, random);
    }

    /// Notes that an invitation goes out at `now`. It counts whether or not LinkedIn takes it.
    pub fn note_invite(&mut self, now: i64, random: u64) {
        self.next_invite_at = now + jittered(INVITE_GAP_MS, random);
        self.invites.retain(|&at| at > now - 7 * DAY_MS);
        self.invites.push(now);
    }

    /// After a clock was set back no gap is longer than it can have been made, and what was sent "later" was sent now.
    pub fn settle(&mut self, now: i64) {
        self.next_read_at = not_beyond(self.next_read_at, now, READ_GAP_MS);
        self.next_invite_at = not_beyond(self.next_invite_at, now, INVITE_GAP_MS);
        for at in &mut self.invites {
            *at = (*at).min(now);
        }
    }

    /// When an invitation may go, and what it waits for until then; `None` when it may go now.
    #[must_use]
    pub fn invite_wait(&self, now: i64) -> Option<(WaitReason, i64)> {
        let nth_newest_plus = |cap: usize, window: i64| {
            let recent: Vec<i64> = self.invites.iter().copied().filter(|&at| at > now - window).collect();
            (recent.len() >= cap).then(|| recent[recent.len() - cap] + window)
        };
        if let Some(until) = nth_newest_plus(INVITES_PER_WEEK, 7 * DAY_MS) {
            return Some((WaitReason::WeeklyLimit, until));
        }
        if let Some(until) = nth_newest_plus(INVITES_PER_DAY, DAY_MS) {
            return Some((WaitReason::DailyLimit, until));
        }
        (self.next_invite_at > now).then_some((WaitReason::Pacing, self.next_invite_at))
    }
}

fn jittered((least, jitter): (i64, u64), random: u64) -> i64 {
    least + i64::try_from(random % (jitter + 1)).unwrap_or(0)
}

fn not_beyond(at: i64, now: i64, (least, jitter): (i64, u64)) -> i64 {
    at.min(now + least + i64::try_from(jitter).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_call_after_a_pause_goes_at_once() {
        let mut pace = Pace::default();
        assert!(pace.next_read_at <= 1_000_000);
        pace.note_read(1_000_000, 250);
        pace.settle(1_000_001);
        assert_eq!(pace.next_read_at, 1_001_750);
    }

    #[test]
    fn twenty_in_a_day_then_the_oldest_must_fall_out() {
        let mut pace = Pace::default();
        for i in 0..20 {
            assert_eq!(pace.invite_wait(i * 60_000), None);
            pace.note_invite(i * 60_000, 0);
        }
        assert_eq!(pace.invite_wait(20 * 60_000), Some((WaitReason::DailyLimit, DAY_MS)));
        assert_eq!(pace.invite_wait(DAY_MS), None);
    }

    #[test]
    fn a_hundred_in_a_week() {
        let mut pace = Pace::default();
        for i in 0..100 {
            pace.note_invite(i * DAY_MS / 17, 0);
        }
        let now = 100 * DAY_MS / 17;
        assert_eq!(pace.invite_wait(now), Some((WaitReason::WeeklyLimit, 7 * DAY_MS)));
    }

    #[test]
    fn a_clock_set_back_waits_one_gap_at_most() {
        let mut pace = Pace::default();
        pace.note_invite(10 * DAY_MS, 7_000);
        pace.settle(9 * DAY_MS);
        assert_eq!(pace.invite_wait(9 * DAY_MS), Some((WaitReason::Pacing, 9 * DAY_MS + 15_000)));
        pace.settle(9 * DAY_MS + 15_000);
        assert_eq!(pace.invite_wait(9 * DAY_MS + 15_000), None);
    }
}
