//! The simulator's clock: the machine's time or a fixed one, plus whatever the control side has added.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Epoch milliseconds of the simulated site.
#[derive(Debug)]
pub(crate) struct Clock {
    fixed_ms: Option<i64>,
    advanced_ms: i64,
}

impl Clock {
    pub(crate) fn new(fixed_ms: Option<i64>) -> Self {
        Self { fixed_ms, advanced_ms: 0 }
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.fixed_ms.unwrap_or_else(machine_ms).saturating_add(self.advanced_ms)
    }

    /// Moves the clock, backwards too.
    pub(crate) fn advance(&mut self, by_ms: i64) {
        self.advanced_ms = self.advanced_ms.saturating_add(by_ms);
    }

    /// The value of a `Date` header. The format holds the years 1970 to 9999; a clock set outside is shown at the edge.
    pub(crate) fn http_date(&self) -> String {
        const LAST_MS: i64 = 253_402_300_799_000;
        let ms = u64::try_from(self.now_ms().clamp(0, LAST_MS)).unwrap_or_default();
        httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(ms))
    }
}

/// Epoch microseconds by the machine's clock, however the simulated one is set: what other processes of the machine
/// compare their own times with.
pub(crate) fn machine_us() -> i64 {
    i64::try_from(since_the_epoch().as_micros()).unwrap_or(i64::MAX)
}

fn machine_ms() -> i64 {
    i64::try_from(since_the_epoch().as_millis()).unwrap_or(i64::MAX)
}

fn since_the_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_by_command() {
        let mut clock = Clock::new(Some(1_790_000_000_000));
        assert_eq!(clock.http_date(), "Mon, 21 Sep 2026 14:13:20 GMT");
        clock.advance(1_500);
        assert_eq!(clock.now_ms(), 1_790_000_001_500);
        clock.advance(i64::MIN);
        assert_eq!(clock.http_date(), "Thu, 01 Jan 1970 00:00:00 GMT");
    }
}
