//! The note of an invitation: trimmed once, in one place, for server and agent alike.

use std::fmt;

/// Longest note, in UTF-16 code units after trimming: what a browser's `maxlength` counts and what the published
/// documents mean by "300 characters".
pub const MAX_NOTE_UTF16: usize = 300;

/// A note longer than [`MAX_NOTE_UTF16`] after trimming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoteTooLong;

impl fmt::Display for NoteTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Invalid 'note': must be 300 characters or fewer")
    }
}

impl std::error::Error for NoteTooLong {}

/// Trims `note` as JavaScript's `String.prototype.trim` does. An empty or blank note is no note: `Ok(None)`.
///
/// # Errors
/// [`NoteTooLong`] when more than [`MAX_NOTE_UTF16`] UTF-16 units are left.
pub fn trim_note(note: &str) -> Result<Option<&str>, NoteTooLong> {
    let trimmed = note.trim_matches(is_trimmed);
    if trimmed.is_empty() {
        return Ok(None);
    }
    if trimmed.encode_utf16().count() > MAX_NOTE_UTF16 {
        return Err(NoteTooLong);
    }
    Ok(Some(trimmed))
}

/// Unicode white space plus the byte order mark, which ECMAScript trims and Rust does not; NEL (U+0085) is white
/// space for Unicode but not for ECMAScript.
fn is_trimmed(c: char) -> bool {
    c == '\u{feff}' || (c.is_whitespace() && c != '\u{85}')
}
