//! Numbers: their grammar, and which of them are integers.

use super::reader::Malformed;

/// 2^53: beyond it a double no longer tells one integer from the next, so a number written with a fraction or an
/// exponent is none there.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// Powers of ten up to this are exact as a double.
const EXACT_TENS: u32 = 22;

/// Reads the number that begins at `at`: the integer it is, if it is one that fits, also when written as `40.0` or
/// `4e1`; and the place behind it.
pub(crate) fn number(bytes: &[u8], mut at: usize) -> Result<(Option<i64>, usize), Malformed> {
    let negative = bytes.get(at) == Some(&b'-');
    at += usize::from(negative);
    let mut digits = Digits::default();
    let first = at;
    at = digits.take(bytes, at, false);
    let leading_zero = at - first > 1 && bytes.get(first) == Some(&b'0');
    if at == first || leading_zero {
        return Err(Malformed);
    }
    if !matches!(bytes.get(at), Some(b'.' | b'e' | b'E')) {
        return Ok((digits.integer(negative), at));
    }
    if bytes.get(at) == Some(&b'.') {
        let first = at + 1;
        at = digits.take(bytes, first, true);
        if at == first {
            return Err(Malformed);
        }
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = bytes.get(at + 1).filter(|sign| matches!(sign, b'+' | b'-'));
        let first = at + 1 + usize::from(sign.is_some());
        let mut exponent = 0_i32;
        at = first;
        while let Some(digit) = digit(bytes, at) {
            exponent = exponent.saturating_mul(10).saturating_add(i32::from(digit));
            at += 1;
        }
        if at == first {
            return Err(Malformed);
        }
        let down = sign == Some(&b'-');
        digits.tens = digits.tens.saturating_add(if down { -exponent } else { exponent });
    }
    Ok((digits.whole(negative), at))
}

fn digit(bytes: &[u8], at: usize) -> Option<u8> {
    bytes.get(at).filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0')
}

/// `value * 10^tens`, and whether digits were lost.
#[derive(Default)]
struct Digits {
    value: u64,
    tens: i32,
    lost: bool,
}

impl Digits {
    fn take(&mut self, bytes: &[u8], mut at: usize, fraction: bool) -> usize {
        while let Some(digit) = digit(bytes, at) {
            let longer = self.value.checked_mul(10).and_then(|value| value.checked_add(u64::from(digit)));
            match longer.filter(|_| !self.lost) {
                Some(longer) => {
                    self.value = longer;
                    self.tens -= i32::from(fraction);
                }
                None => {
                    self.lost = true;
                    self.tens = self.tens.saturating_add(i32::from(!fraction));
                }
            }
            at += 1;
        }
        at
    }

    fn integer(&self, negative: bool) -> Option<i64> {
        if self.lost {
            return None;
        }
        if negative { 0_i64.checked_sub_unsigned(self.value) } else { i64::try_from(self.value).ok() }
    }

    /// The integer that the nearest double is.
    fn whole(&self, negative: bool) -> Option<i64> {
        if self.value == 0 {
            return Some(0);
        }
        let tens = self.tens.unsigned_abs();
        if tens > EXACT_TENS {
            return None;
        }
        let scale = (0..tens).fold(1.0, |scale: f64, _| scale * 10.0);
        #[expect(clippy::cast_precision_loss, reason = "rounded to a double, as the number is meant")]
        let value = self.value as f64;
        let value = if self.tens < 0 { value / scale } else { value * scale };
        if value >= EXACT {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "below 2^53, and compared just below")]
        let whole = value as i64;
        #[expect(clippy::cast_precision_loss, clippy::float_cmp, reason = "exact below 2^53")]
        let exact = whole as f64 == value;
        exact.then_some(if negative { -whole } else { whole })
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn an_integer_however_it_is_written() {
        for (text, integer) in [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("40", Some(40)),
            ("40.0", Some(40)),
            ("4e1", Some(40)),
            ("4E+1", Some(40)),
            ("400e-1", Some(40)),
            ("-40.00", Some(-40)),
            ("0e999", Some(0)),
            ("0.0", Some(0)),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("900719925474099.0", Some(900_719_925_474_099)),
            ("9007199254740992.0", None),
            ("9223372036854775808", None),
            ("-9223372036854775809", None),
            ("18446744073709551616", None),
            ("99999999999999999999999999", None),
            ("4.5", None),
            ("45e-1", None),
            ("1e-400", None),
            ("1e99999999999", None),
            ("0.1e23", None),
            ("1.5e-99999999999", None),
            ("1.5e99999999999", None),
            ("-1.5e-2147483647", None),
        ] {
            assert_eq!(number(text.as_bytes(), 0), Ok((integer, text.len())), "{text}");
            let behind = format!("{text},");
            assert_eq!(number(behind.as_bytes(), 0), Ok((integer, text.len())), "{behind}");
        }
    }

    #[test]
    fn what_is_no_number() {
        for text in ["", "-", "+1", "01", "-01", ".5", "1.", "1.e1", "1e", "1e+", "-e1", "x"] {
            assert!(number(text.as_bytes(), 0).is_err(), "{text}");
        }
    }

    #[test]
    fn a_long_number_takes_one_pass() {
        let long = "7".repeat(100_000);
        assert_eq!(number(long.as_bytes(), 0), Ok((None, long.len())));
        let long = format!("0.{}", "0".repeat(100_000));
        assert_eq!(number(long.as_bytes(), 0), Ok((Some(0), long.len())));
    }
}
