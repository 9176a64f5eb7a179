//! The two kinds of time in LinkedIn's headers.

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_MS: i64 = 86_400_000;

/// How long `Retry-After` asks to wait: seconds, or a date, of which a past one asks for nothing. `now_ms` is the
/// browser's clock, in milliseconds since 1970.
#[must_use]
pub fn retry_after_ms(header: &str, now_ms: i64) -> Option<u64> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit mean a wait without end.
        return Some(header.parse::<u64>().unwrap_or(u64::MAX).saturating_mul(1000));
    }
    let until = http_date_ms(header)?;
    Some(u64::try_from(until.saturating_sub(now_ms)).unwrap_or(0))
}

/// The time in a `Date` header, in milliseconds since 1970. Reads the one form that HTTP allows a server to send,
/// `Sun, 06 Nov 1994 08:49:37 GMT`.
#[must_use]
pub fn http_date_ms(header: &str) -> Option<i64> {
    let mut parts = header.trim().split_once(", ")?.1.split(' ');
    let day = number(parts.next()?, 1, 31)?;
    let month = parts.next()?;
    let month = MONTHS.iter().position(|name| *name == month)? as i64 + 1;
    let year = number(parts.next()?, 1970, 9999)?;
    let mut clock = parts.next()?.split(':');
    let hour = number(clock.next()?, 0, 23)?;
    let minute = number(clock.next()?, 0, 59)?;
    let second = number(clock.next()?, 0, 60)?;
    if clock.next().is_some() || parts.next() != Some("GMT") || parts.next().is_some() {
        return None;
    }
    Some(days_since_1970(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000)
}

fn number(text: &str, least: i64, most: i64) -> Option<i64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && (least..=most).contains(number))
}

/// Counts years from March, so that the leap day is a year's last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    /// From 1 March of year 0 to 1 January 1970.
    const EPOCH: i64 = 719_468;
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - EPOCH
}

#[cfg(test)]
mod tests {
    use super::{http_date_ms, retry_after_ms};

    #[test]
    fn dates() {
        assert_eq!(http_date_ms("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(http_date_ms("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777_000));
        assert_eq!(http_date_ms("Thu, 29 Feb 2024 23:59:59 GMT"), Some(1_709_251_199_000));
        assert_eq!(http_date_ms("Fri, 01 Mar 2024 00:00:00 GMT"), Some(1_709_251_200_000));
        assert_eq!(http_date_ms("Tue, 01 Dec 2026 12:00:00 GMT"), Some(1_796_126_400_000));
        for odd in [
            "",
            "now",
            "Sun, 06 Nov 1994",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 1994 08:49:37:11 GMT",
            "Sun, 6 Foo 1994 08:49:37 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT x",
            "Sun, 06 Nov 99999 08:49:37 GMT",
        ] {
            assert_eq!(http_date_ms(odd), None, "{odd}");
        }
    }

    #[test]
    fn waits() {
        assert_eq!(retry_after_ms("120", 5), Some(120_000));
        assert_eq!(retry_after_ms(" 0 ", 5), Some(0));
        assert_eq!(retry_after_ms("99999999999999999999999", 5), Some(u64::MAX));
        assert_eq!(retry_after_ms("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_776_000), Some(1_000));
        assert_eq!(retry_after_ms("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_779_000), Some(0));
        assert_eq!(retry_after_ms("Sun, 06 Nov 1994 08:49:37 GMT", i64::MIN), Some(i64::MAX as u64));
        for odd in ["", "soon", "-1", "1.5", "1e3"] {
            assert_eq!(retry_after_ms(odd, 5), None, "{odd}");
        }
    }
}
