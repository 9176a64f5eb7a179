//! How often something may happen: one leaky bucket for each who does it, in memory alone.
//!
//! Time is handed in and never goes back (no wall clock: one that is set back by an hour must lock nobody out for it).
//! A restart empties all buckets, and each of several servers has its own: a limit on hurry, not a quota.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// So many buckets are kept; beyond that the empty ones are thrown away, and if none is empty, all of them: a crowd that
/// big can't be slowed down one by one, and memory is not what it may take.
const MOST_BUCKETS: usize = 50_000;

/// So many at once, and one more each `every`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many may come at once.
    pub burst: u32,
    /// How long one takes to flow off.
    pub every: Duration,
}

impl Rate {
    /// `count` a second, and twice as many at once; `None` for 0.
    #[must_use]
    pub fn per_second(count: u32) -> Option<Self> {
        (count > 0).then(|| Self { burst: count.saturating_mul(2), every: Duration::from_secs(1) / count })
    }
}

/// The buckets of all who do it.
pub struct Buckets<K> {
    rate: Rate,
    /// When each bucket will be empty again.
    empty_at: Mutex<HashMap<K, Instant>>,
}

impl<K: Eq + Hash> Buckets<K> {
    /// All empty.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self { rate, empty_at: Mutex::default() }
    }

    /// Puts one into `key`'s bucket, if it has room.
    ///
    /// # Errors
    /// How long to wait for room. Nothing was put in.
    pub fn take(&self, key: K, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets();
        let empty_at = buckets.get(&key).copied().unwrap_or(now).max(now) + self.rate.every;
        self.fits(empty_at, now)?;
        if buckets.len() >= MOST_BUCKETS {
            buckets.retain(|_, empty_at| *empty_at > now);
        }
        if buckets.len() >= MOST_BUCKETS {
            buckets.clear();
        }
        buckets.insert(key, empty_at);
        Ok(())
    }

    /// Takes one out again that should not have been counted.
    pub fn give_back(&self, key: &K, now: Instant) {
        if let Some(empty_at) = self.buckets().get_mut(key) {
            *empty_at = empty_at.checked_sub(self.rate.every).map_or(now, |less| less.max(now));
        }
    }

    fn fits(&self, empty_at: Instant, now: Instant) -> Result<(), Duration> {
        let over = (empty_at - now).saturating_sub(self.rate.every * self.rate.burst);
        if over.is_zero() { Ok(()) } else { Err(over) }
    }

    /// A panic while the lock was held can't leave the map half-changed: every change is one call.
    fn buckets(&self) -> MutexGuard<'_, HashMap<K, Instant>> {
        self.empty_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_burst_then_one_each_time() {
        let buckets = Buckets::new(Rate { burst: 3, every: SECOND });
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(buckets.take("a", start), Ok(()));
        }
        assert_eq!(buckets.take("a", start), Err(SECOND));
        assert_eq!(buckets.take("b", start), Ok(()), "each has a bucket of its own");
        assert_eq!(
            buckets.take("a", start + SECOND / 4),
            Err(SECOND * 3 / 4),
            "what was refused cost nothing"
        );
        assert_eq!(buckets.take("a", start + SECOND), Ok(()));
        assert_eq!(buckets.take("a", start + SECOND), Err(SECOND));
        for _ in 0..3 {
            assert_eq!(buckets.take("a", start + 100 * SECOND), Ok(()));
        }
        assert!(buckets.take("a", start + 100 * SECOND).is_err(), "rest is not saved up beyond the burst");
    }

    #[test]
    fn what_is_given_back_was_never_there() {
        let buckets = Buckets::new(Rate { burst: 2, every: SECOND });
        let start = Instant::now();
        buckets.give_back(&"a", start);
        for _ in 0..5 {
            assert_eq!(buckets.take("a", start), Ok(()));
            buckets.give_back(&"a", start);
        }
        assert_eq!((buckets.take("a", start), buckets.take("a", start)), (Ok(()), Ok(())));
        assert_eq!(buckets.take("a", start), Err(SECOND));
        for _ in 0..5 {
            buckets.give_back(&"a", start + SECOND);
        }
        assert_eq!((buckets.take("a", start + SECOND), buckets.take("a", start + SECOND)), (Ok(()), Ok(())));
        assert!(buckets.take("a", start + SECOND).is_err(), "an empty bucket is no emptier than that");
    }

    #[test]
    fn memory_is_bounded() {
        let buckets = Buckets::new(Rate { burst: 1, every: SECOND });
        let start = Instant::now();
        for key in 0..MOST_BUCKETS {
            assert_eq!(buckets.take(key, start), Ok(()));
        }
        let later = start + SECOND * 2;
        assert_eq!(buckets.take(MOST_BUCKETS, later), Ok(()));
        assert_eq!(buckets.buckets().len(), 1, "the empty ones are gone");
        for key in 0..MOST_BUCKETS {
            assert_eq!(buckets.take(key, later), Ok(()));
        }
        assert!(buckets.buckets().len() <= MOST_BUCKETS);
    }

    #[test]
    fn per_second() {
        assert_eq!(Rate::per_second(0), None);
        assert_eq!(Rate::per_second(50), Some(Rate { burst: 100, every: Duration::from_millis(20) }));
    }
}
