//! The ledger: which invitations the account has sent lately, those sent by hand included as far as LinkedIn tells.
//!
//! It counts what is below the person's caps and the hard ceilings. It belongs to this browser, whichever server it works
//! for: pairing, forgetting a pairing and signing in don't touch it. Nobody's id is in it, only hashes.

use crate::agent::event::{SentLook, hash_of};
use crate::agent::settings::Limits;
use crate::config::{DAY_MS, INVITES_KEPT, LOOK_MS, ME_RETRY_MS, VERIFY_SLACK_MS};
use liaison_protocol::WaitReason;
use serde::{Deserialize, Serialize};

const WEEK_MS: i64 = 7 * DAY_MS;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ledger {
    invites: Vec<Invite>,
    /// When the account's own list was last read.
    look: Option<Look>,
    /// LinkedIn's clock less ours, in ms, by the last look.
    clock_ahead: Option<i64>,
    /// When that was.
    clock_at: i64,
    /// After a look that failed: not to be tried before.
    retry_at: i64,
    /// What was counted is not known, its record having been damaged: until the list is read, nothing is sent.
    lost: bool,
}

/// One invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Invite {
    /// When it was sent, by our clock.
    at: i64,
    /// When a clock that was set back made `at` lie in the future: for what the present clock knows, it was sent then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    back: Option<i64>,
    /// To whom, hashed; 0 when that is not known.
    #[serde(default)]
    who: u64,
}

/// A look at the account's own list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Look {
    at: i64,
    /// Whose list, as servers know the account.
    account: String,
    /// Whether the list could be read.
    told: bool,
}

impl Invite {
    /// Until when it counts, if it does. It counts a window's length to both sides of its time: so a clock that
    /// is set back opens no window anew. One that is set forth by a window's length does: what was sent is then too old to
    /// count, but for what LinkedIn's own list says when it is read again.
    fn counts_until(&self, now: i64, window: i64) -> Option<i64> {
        let stated = (now.abs_diff(self.at) < window.unsigned_abs()).then(|| self.at.saturating_add(window));
        let back = self.back.filter(|&back| back <= now && now.abs_diff(back) < window.unsigned_abs());
        stated.max(back.map(|back| back.saturating_add(window)))
    }
}

impl Ledger {
    /// A record of what was counted can't be read: what is left of it may be too little.
    pub fn lose(&mut self) {
        (self.lost, self.look) = (true, None);
    }

    /// Notes that an invitation goes out. It counts whether or not LinkedIn takes it.
    pub fn note(&mut self, now: i64, profile: &str) {
        self.add(now, hash_of(profile), now);
    }

    /// Takes over times that an earlier version kept.
    pub fn adopt(&mut self, times: &[i64], now: i64) {
        for &at in times {
            self.add(at, 0, now);
        }
    }

    /// Takes in a page of the account's own list: what is not known yet, with LinkedIn's time turned into ours. Who is
    /// known is counted once; should the list say that it was later, that is believed, for then our clock was set forth.
    pub fn merge(&mut self, look: &SentLook, now: i64) {
        (self.clock_ahead, self.clock_at) = (Some(look.clock_ahead_ms), now);
        for row in &look.rows {
            let Some(sent_ms) = row.sent_ms else { continue };
            let sent = sent_ms.saturating_sub(look.clock_ahead_ms).min(now);
            if sent <= now.saturating_sub(WEEK_MS) {
                continue;
            }
            let near = |at: i64| at.abs_diff(sent) <= VERIFY_SLACK_MS.unsigned_abs();
            let same = |known: &&mut Invite| known.who == row.who || (known.who == 0 && near(known.at));
            match self.invites.iter_mut().find(same) {
                None => self.add(sent, row.who, now),
                Some(known) => {
                    known.who = row.who;
                    if known.at > now {
                        known.back = Some(known.back.map_or(sent, |back| back.max(sent)));
                    } else if sent > known.at && !near(known.at) {
                        known.at = sent;
                    }
                }
            }
        }
    }

    fn add(&mut self, at: i64, who: u64, now: i64) {
        let oldest = now.saturating_sub(WEEK_MS);
        self.invites.retain(|known| known.at > oldest || known.back.is_some_and(|back| back > oldest));
        self.invites.push(Invite { at, back: None, who });
        if self.invites.len() > INVITES_KEPT {
            let furthest = (0..self.invites.len()).max_by_key(|&n| self.invites[n].at.abs_diff(now));
            furthest.map(|n| self.invites.swap_remove(n));
        }
    }

    /// Notes that the account's list was read, or can't be understood: it is not read again for an hour.
    pub fn note_look(&mut self, now: i64, account: &str, told: bool) {
        self.look = Some(Look { at: now, account: account.to_owned(), told });
        self.lost &= !told;
        self.retry_at = 0;
    }

    /// Notes that the list could not be had just now.
    pub fn note_failed_look(&mut self, now: i64) {
        self.retry_at = now.saturating_add(ME_RETRY_MS);
    }

    /// LinkedIn's clock less ours as it was around `at`, if a look was made about then.
    #[must_use]
    pub fn clock_ahead(&self, at: i64) -> Option<i64> {
        self.clock_ahead.filter(|_| self.clock_at.abs_diff(at) <= LOOK_MS.unsigned_abs())
    }

    /// Whether the list is to be read before an invitation is started.
    #[must_use]
    pub fn wants_look(&self, now: i64, account: &str) -> bool {
        let fresh =
            |look: &Look| look.account == account && (0..LOOK_MS).contains(&now.saturating_sub(look.at));
        !self.look.as_ref().is_some_and(fresh)
    }

    /// Whether those sent by hand are counted, as far as the list tells.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.look.as_ref().is_some_and(|look| look.told)
    }

    /// After a clock was set back: see [`Invite::back`].
    pub fn settle(&mut self, now: i64) {
        self.retry_at =
            if self.retry_at <= now { 0 } else { self.retry_at.min(now.saturating_add(ME_RETRY_MS)) };
        for invite in &mut self.invites {
            if invite.at > now {
                invite.back = Some(invite.back.map_or(now, |back| back.min(now)));
            }
        }
    }

    /// How many count now, in a day and in a week.
    #[must_use]
    pub fn counts(&self, now: i64) -> (usize, usize) {
        (self.ends(now, DAY_MS).len(), self.ends(now, WEEK_MS).len())
    }

    /// What the caps let an invitation wait for, and until when; without an end when the person allows none at all.
    #[must_use]
    pub fn cap_wait(&self, now: i64, limits: Limits) -> Option<(WaitReason, Option<i64>)> {
        let caps = [
            (WaitReason::WeeklyLimit, limits.per_week, WEEK_MS),
            (WaitReason::DailyLimit, limits.per_day, DAY_MS),
        ];
        if let Some((reason, ..)) = caps.iter().find(|(_, cap, _)| *cap == 0) {
            return Some((*reason, None));
        }
        caps.into_iter().find_map(|(reason, cap, window)| {
            let ends = self.ends(now, window);
            let surplus = ends.len().checked_sub(cap)?;
            Some((reason, ends.get(surplus).copied()))
        })
    }

    /// What the gap lets an invitation wait for. Beside the pace it holds when the clock was set forth and back, too.
    #[must_use]
    pub fn gap_wait(&self, now: i64, limits: Limits) -> Option<i64> {
        self.ends(now, limits.invite_gap_ms).last().copied()
    }

    /// What a look lets an invitation wait for.
    #[must_use]
    pub fn look_wait(&self, now: i64, account: &str) -> Option<(WaitReason, Option<i64>)> {
        match &self.look {
            _ if self.wants_look(now, account) => {
                (self.retry_at > now).then_some((WaitReason::Pacing, Some(self.retry_at)))
            }
            Some(look) if self.lost => Some((WaitReason::WeeklyLimit, Some(look.at.saturating_add(LOOK_MS)))),
            _ => None,
        }
    }

    /// Until when each invitation counts that does, soonest first.
    fn ends(&self, now: i64, window: i64) -> Vec<i64> {
        let mut ends: Vec<i64> =
            self.invites.iter().filter_map(|invite| invite.counts_until(now, window)).collect();
        ends.sort_unstable();
        ends
    }
}

#[cfg(test)]
mod tests;
