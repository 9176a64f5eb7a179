//! A time of LinkedIn's as a text that any program reads.

/// 9999-12-31T23:59:59.999Z.
const LAST_MS: i64 = 253_402_300_799_999;
const DAY_MS: i64 = 86_400_000;

/// Milliseconds since 1970 as ISO 8601 in UTC, for example `2026-08-05T15:56:33.000Z`. `None` before 1970 and after the
/// year 9999: no such time is one at which two people connected.
#[must_use]
pub fn iso_8601(ms: i64) -> Option<String> {
    if !(0..=LAST_MS).contains(&ms) {
        return None;
    }
    let (year, month, day) = civil(ms / DAY_MS);
    let (seconds, millis) = (ms % DAY_MS / 1_000, ms % 1_000);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"))
}

/// Year, month and day. Counts years from March, so that the leap day is a year's last.
const fn civil(days_since_1970: i64) -> (i64, i64, i64) {
    /// From 1 March of year 0 to 1 January 1970.
    const EPOCH: i64 = 719_468;
    /// Days in 400 years.
    const ERA: i64 = 146_097;
    let days = days_since_1970 + EPOCH;
    let (era, of_era) = (days / ERA, days % ERA);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year_of_era + carry, month, day)
}

#[cfg(test)]
mod tests {
    use super::iso_8601;

    #[test]
    fn times() {
        for (ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (1_785_945_393_000, "2026-08-05T15:56:33.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(iso_8601(ms).as_deref(), Some(text));
        }
        for ms in [i64::MIN, -1, 253_402_300_800_000, i64::MAX] {
            assert_eq!(iso_8601(ms), None, "{ms}");
        }
    }
}
