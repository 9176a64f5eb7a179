//! Half characters in a body.
//!
//! A headline that somebody's program cut in the middle of an emoji holds one half of it. JavaScript reads such a
//! body without complaint; a strict reader refuses all of it, and one person's headline would cost the whole page.

use super::error::{Defect, ParseError};

/// Reads a body, and reads it again without its half characters when it is no JSON as it came.
///
/// # Errors
/// What is wrong with it then.
pub fn read_or_mend<T>(body: &[u8], read: fn(&[u8]) -> Result<T, Defect>) -> Result<T, ParseError> {
    let mend = |defect| match repair(body).filter(|_| defect == Defect::NotJson) {
        Some(mended) => read(&mended),
        None => Err(defect),
    };
    read(body).or_else(mend).map_err(|defect| ParseError::new(defect, body))
}

/// The body with every half character replaced by U+FFFD; `None` when there is none, so nothing is read twice for
/// nothing.
pub fn repair(body: &[u8]) -> Option<Vec<u8>> {
    const REPLACEMENT: &[u8] = br"\ufffd";
    let text = String::from_utf8_lossy(body);
    let mut rest = text.as_bytes();
    let mut mended = Vec::with_capacity(rest.len());
    let mut changed = text.as_bytes() != body;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        let (before, escape) = rest.split_at(at);
        mended.extend_from_slice(before);
        // A pair is kept whole, since its second half alone would be taken for a stray one.
        let length = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => 0,
            _ => 2.min(escape.len()),
        };
        let (kept, after) = escape.split_at(if length == 0 { 6 } else { length });
        mended.extend_from_slice(if length == 0 { REPLACEMENT } else { kept });
        changed |= length == 0;
        rest = after;
    }
    mended.extend_from_slice(rest);
    changed.then_some(mended)
}

/// The UTF-16 unit of an escape such as `\ud83d` at the start of `text`.
fn unit(text: &[u8]) -> Option<u32> {
    let digits = text.strip_prefix(br"\u")?.get(..4)?;
    digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::repair;

    #[test]
    fn halves_are_replaced_and_pairs_kept() {
        for (body, mended) in [
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#""\ude80""#, r#""\ufffd""#),
            (r#""\ud83d\ud83d\ude80x""#, r#""\ufffd\ud83d\ude80x""#),
            (r#""\\ud83d \ud83d\n""#, r#""\\ud83d \ufffd\n""#),
        ] {
            let made = repair(body.as_bytes()).unwrap();
            assert_eq!(String::from_utf8(made).unwrap(), mended);
        }
        assert_eq!(repair(b"\"a\xff\"").unwrap(), "\"a\u{fffd}\"".as_bytes());
    }

    #[test]
    fn a_sound_body_is_left_alone() {
        for body in ["", "\"\\", "\"\\u12", r#"{"a":"\ud83d\ude80 \\ \" 🚀"}"#, r#""\\ud83d""#] {
            assert_eq!(repair(body.as_bytes()), None, "{body}");
        }
    }
}
