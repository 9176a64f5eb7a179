//! Strings with escapes in them.

use super::reader::Malformed;

/// What an escape stands for.
pub(crate) enum Escape {
    /// A character.
    Char(char),
    /// One half of a character, without its other half.
    Half,
}

/// Reads the escape whose backslash is at `at`: what it stands for, and the place behind it. Of a pair of halves both
/// are read.
pub(crate) fn escape(bytes: &[u8], at: usize) -> Result<(Escape, usize), Malformed> {
    let plain = match bytes.get(at + 1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return by_number(bytes, at),
        _ => return Err(Malformed),
    };
    Ok((Escape::Char(plain), at + 2))
}

fn by_number(bytes: &[u8], at: usize) -> Result<(Escape, usize), Malformed> {
    let first = unit(bytes, at).ok_or(Malformed)?;
    if let Some(letter) = char::from_u32(first) {
        return Ok((Escape::Char(letter), at + 6));
    }
    let second = unit(bytes, at + 6).filter(|unit| (0xDC00..0xE000).contains(unit) && first < 0xDC00);
    let Some(second) = second else { return Ok((Escape::Half, at + 6)) };
    let letter = char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00)).ok_or(Malformed)?;
    Ok((Escape::Char(letter), at + 12))
}

/// The UTF-16 unit of an escape such as `\ud83d` at `at`.
fn unit(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(br"\u")?;
    digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))
}
