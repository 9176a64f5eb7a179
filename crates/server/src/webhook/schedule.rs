//! When a webhook that was not taken is sent again: the specification's example schedule, which spans three days.

/// How long to wait after the first, second, … attempt.
const DELAYS_S: [u64; 9] =
    [5, 5 * 60, 30 * 60, 2 * HOUR_S, 5 * HOUR_S, 10 * HOUR_S, 14 * HOUR_S, 20 * HOUR_S, 24 * HOUR_S];
const HOUR_S: u64 = 3600;
/// Up to this part of a delay is added by chance, so that what failed together doesn't come back together.
const JITTER: f64 = 0.1;
/// An endpoint may ask for a longer wait, but for no longer one than this.
const MAX_RETRY_AFTER_MS: u64 = 24 * HOUR_S * 1000;

/// What follows an attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Another one.
    In {
        /// Milliseconds from now.
        ms: u64,
    },
    /// Nothing.
    Never,
}

/// After `attempt` (from 1), with a `chance` from 0 to 1. An endpoint's own wish counts where it is later.
pub fn after(attempt: u32, retry_after_ms: Option<u64>, chance: f64) -> Next {
    let at = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let Some(delay_s) = DELAYS_S.get(at) else { return Next::Never };
    let delay = std::time::Duration::from_secs(*delay_s).mul_f64(JITTER.mul_add(chance.clamp(0.0, 1.0), 1.0));
    let ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
    Next::In { ms: ms.max(retry_after_ms.unwrap_or(0).min(MAX_RETRY_AFTER_MS)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(next: Next) -> u64 {
        match next {
            Next::In { ms } => ms,
            Next::Never => panic!("given up"),
        }
    }

    #[test]
    fn as_the_specification_has_it() {
        let delays: Vec<u64> = (1..=9).map(|attempt| ms(after(attempt, None, 0.0)) / 1000).collect();
        assert_eq!(delays, [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
        let total: u64 = delays.iter().sum();
        assert_eq!(total, 75 * 3600 + 35 * 60 + 5);
        assert_eq!(after(10, None, 0.0), Next::Never);
        assert_eq!(after(u32::MAX, Some(1), 0.5), Next::Never);
    }

    #[test]
    fn chance_adds_a_tenth_at_most() {
        for attempt in 1..=9 {
            let plain = ms(after(attempt, None, 0.0));
            assert_eq!(ms(after(attempt, None, 0.5)), plain + plain / 20);
            assert_eq!(ms(after(attempt, None, 1.0)), plain + plain / 10);
            assert_eq!(ms(after(attempt, None, f64::INFINITY)), plain + plain / 10);
        }
    }

    #[test]
    fn an_endpoint_may_ask_for_longer_and_not_for_ever() {
        assert_eq!(ms(after(1, Some(60_000), 0.0)), 60_000);
        assert_eq!(ms(after(2, Some(60_000), 0.0)), 300_000);
        assert_eq!(ms(after(1, Some(u64::MAX), 0.0)), 86_400_000);
    }
}
