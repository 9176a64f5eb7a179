//! Back-off with full jitter, as a function of the attempt and one random number.

use crate::config::{BACKOFF_FIRST_MS, BACKOFF_LONGEST_MS};

/// How long to wait before attempt number `failures + 1`. `Retry-After` is honoured as it is; otherwise a time between
/// zero and a bound that doubles from [`BACKOFF_FIRST_MS`] to [`BACKOFF_LONGEST_MS`], so that agents don't come back
/// in step.
#[must_use]
pub fn delay_ms(failures: u32, retry_after_ms: Option<u64>, random: u64) -> u64 {
    if let Some(asked) = retry_after_ms {
        return asked;
    }
    let doublings = failures.saturating_sub(1).min(16);
    let bound = BACKOFF_FIRST_MS.saturating_mul(1 << doublings).min(BACKOFF_LONGEST_MS);
    random % (bound + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_doubles_and_ends_at_a_minute() {
        let longest = |failures| delay_ms(failures, None, bound_reached(failures));
        assert_eq!([1, 2, 3, 4].map(longest), [1_000, 2_000, 4_000, 8_000]);
        assert_eq!(delay_ms(40, None, 60_000), 60_000);
        assert_eq!(delay_ms(40, None, 60_001), 0);
    }

    #[test]
    fn what_the_server_asks_for_is_kept() {
        assert_eq!(delay_ms(1, Some(120_000), 7), 120_000);
    }

    fn bound_reached(failures: u32) -> u64 {
        1_000 * (1 << (failures - 1))
    }
}
