//! Working hours, in the person's time zone: whether now is within them, and when that changes. Pure.
//!
//! A time zone is known as the offsets that hold around now, each from an instant on ([`Zone::survey`]); so the end of
//! a wait is right across a change to or from summer time, and no table of time zones is shipped.

use crate::config::{DAY_MS, ZONE_MS};
use serde::{Deserialize, Serialize};

const MINUTE_MS: i64 = 60_000;
/// How far around now offsets are asked for: from a window that began yesterday to an opening in seven days.
const BACK_MS: i64 = 2 * DAY_MS;
/// See [`BACK_MS`].
const AHEAD_MS: i64 = 9 * DAY_MS;
/// In so much time an offset doesn't change twice.
const PROBE_MS: i64 = DAY_MS / 4;

/// When work is done: on which days, from when to when. `from` later than `to` goes over midnight, and the day is the
/// one on which it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Hours {
    /// Monday first.
    days: [bool; 7],
    /// In minutes from midnight.
    from: i64,
    /// In minutes from midnight.
    to: i64,
}

/// [`Hours`] as they are written: days from 1, Monday, to 7; times as `HH:MM`.
#[derive(Serialize, Deserialize)]
struct Written {
    days: Vec<u8>,
    from: String,
    to: String,
}

impl TryFrom<Written> for Hours {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        Self::new(&written.days, &written.from, &written.to).ok_or("not hours")
    }
}

impl From<Hours> for Written {
    fn from(hours: Hours) -> Self {
        let text = |minutes: i64| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let days = (1..).zip(hours.days).filter(|(_, on)| *on).map(|(day, _)| day).collect();
        Self { days, from: text(hours.from), to: text(hours.to) }
    }
}

/// `HH:MM` in minutes.
fn minutes(text: &str) -> Option<i64> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str, most: i64| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i64>().ok().filter(|number| digits && *number <= most)
    };
    Some(number(hour, 23)? * 60 + number(minute, 59)?)
}

impl Hours {
    /// Hours on these days, from 1, Monday, to 7; times as `HH:MM`. `None` without a day, for times that are none, and for
    /// two that are the same.
    #[must_use]
    pub fn new(on: &[u8], from: &str, to: &str) -> Option<Self> {
        let mut days = [false; 7];
        for day in on {
            *days.get_mut(usize::from(*day).checked_sub(1)?)? = true;
        }
        let (from, to) = (minutes(from)?, minutes(to)?);
        (from != to && !on.is_empty()).then_some(Self { days, from, to })
    }

    /// Whether work is done at `at`.
    #[must_use]
    pub fn is_open(&self, at: i64, zone: &Zone) -> bool {
        let local = at.saturating_add(zone.offset_ms(at));
        let (day, minute) = (local.div_euclid(DAY_MS), local.rem_euclid(DAY_MS) / MINUTE_MS);
        // 1 January 1970 was a Thursday.
        let works = |day: i64| usize::try_from((day + 3).rem_euclid(7)).is_ok_and(|day| self.days[day]);
        if self.from < self.to {
            works(day) && (self.from..self.to).contains(&minute)
        } else {
            (works(day) && minute >= self.from) || (works(day - 1) && minute < self.to)
        }
    }

    /// When that changes next; `None` when it doesn't.
    #[must_use]
    pub fn next_change(&self, now: i64, zone: &Zone) -> Option<i64> {
        let today = now.saturating_add(zone.offset_ms(now)).div_euclid(DAY_MS);
        let boundaries = (today - 1..=today + 8).flat_map(|day| {
            [self.from, self.to].map(|minute| day.saturating_mul(DAY_MS).saturating_add(minute * MINUTE_MS))
        });
        // Between these instants nothing changes: the ends of a day's hours, and those of an offset.
        let mut instants: Vec<i64> = boundaries.flat_map(|local| zone.instants(local)).collect();
        instants.extend(zone.spans.iter().map(|(from, _)| *from));
        instants.retain(|&at| at > now);
        instants.sort_unstable();
        let is_open = self.is_open(now, zone);
        instants.into_iter().find(|&at| self.is_open(at, zone) != is_open)
    }
}

/// The person's time zone around now. The default is UTC, surveyed never.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zone {
    surveyed_at: i64,
    /// Offsets from UTC in minutes, each with the instant from which it holds; the first holds before that, too.
    spans: Vec<(i64, i32)>,
}

impl Zone {
    /// Learns the offsets around now. `offset_at` is asked for those of instants, in minutes east of UTC.
    #[must_use]
    pub fn survey(now: i64, offset_at: impl Fn(i64) -> i32) -> Self {
        let day = i32::try_from(DAY_MS / MINUTE_MS).unwrap_or(i32::MAX);
        let offset_at = |at: i64| offset_at(at).clamp(-day, day);
        let end = now.saturating_add(AHEAD_MS);
        let mut at = now.saturating_sub(BACK_MS);
        let mut spans = vec![(at, offset_at(at))];
        while at < end {
            let next = at.saturating_add(PROBE_MS);
            let (before, after) = (offset_at(at), offset_at(next));
            if before != after {
                let (mut old, mut new) = (at, next);
                while new - old > 1 {
                    let middle = old + (new - old) / 2;
                    if offset_at(middle) == before { old = middle } else { new = middle }
                }
                spans.push((new, after));
            }
            at = next;
        }
        Self { surveyed_at: now, spans }
    }

    /// Whether it should be surveyed anew.
    #[must_use]
    pub fn is_stale(&self, now: i64) -> bool {
        self.spans.is_empty() || !(0..ZONE_MS).contains(&now.saturating_sub(self.surveyed_at))
    }

    fn offset_ms(&self, at: i64) -> i64 {
        let held = self.spans.iter().rev().find(|(from, _)| *from <= at).or_else(|| self.spans.first());
        held.map_or(0, |(_, minutes)| i64::from(*minutes) * MINUTE_MS)
    }

    /// When clocks show `local`: once, twice in the hour that comes again, not at all in the one that is skipped.
    fn instants(&self, local: i64) -> Vec<i64> {
        if self.spans.is_empty() {
            return vec![local];
        }
        let shows = |at: &i64| at.saturating_add(self.offset_ms(*at)) == local;
        let offsets = self.spans.iter().map(|(_, minutes)| i64::from(*minutes) * MINUTE_MS);
        offsets.map(|offset| local.saturating_sub(offset)).filter(shows).collect()
    }
}

#[cfg(test)]
mod tests;
