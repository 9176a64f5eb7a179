//! The form of every stored record: `<version>:<sum>`, a line feed, and the record itself.
//!
//! The sum covers the key too, so a record that was cut off, written over, or put under another's key is found out
//! before anything of it is believed: every member of some records has a default, and half of one would pass for whole.
//! The first release wrote records bare; those are told by what it always wrote in them.

use siphasher::sip::SipHasher13;
use std::hash::Hasher;

/// The version that is written now. A record begins with its version in digits and a colon, in every version to come.
pub const VERSION: u32 = 2;

/// What a stored value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened<'a> {
    /// A whole record of this version.
    Whole(&'a str),
    /// A record of the first release.
    Bare(&'a str),
    /// A record that a later version of the extension wrote.
    Later,
    /// No record.
    Damaged,
}

/// The stored form of a record.
#[must_use]
pub fn seal(key: &str, record: &str) -> String {
    format!("{VERSION}:{:016x}\n{record}", sum(key, record))
}

/// Reads a stored value. `mark` is found in every record that the first release wrote under this key, if it did.
#[must_use]
pub fn open<'a>(key: &str, value: &'a str, mark: Option<&str>) -> Opened<'a> {
    let version = value.split_once(':').and_then(|(version, _)| version.parse::<u32>().ok());
    match version {
        Some(version) if version > VERSION => return Opened::Later,
        Some(VERSION) => {}
        Some(_) => return Opened::Damaged,
        None if mark.is_some_and(|mark| value.contains(mark)) => return Opened::Bare(value),
        None => return Opened::Damaged,
    }
    match value.split_once('\n') {
        Some((_, record)) if seal(key, record) == value => Opened::Whole(record),
        _ => Opened::Damaged,
    }
}

fn sum(key: &str, record: &str) -> u64 {
    let mut hasher = SipHasher13::new();
    hasher.write(key.as_bytes());
    hasher.write_u8(0);
    hasher.write(record.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_is_read_and_nothing_else() {
        let record = "{\"paused\":true}\n\u{1f680}, and more";
        let sealed = seal("settings", record);
        assert_eq!(open("settings", &sealed, Some("x")), Opened::Whole(record));
        assert_eq!(open("pace", &sealed, Some("x")), Opened::Damaged, "another's");
        for end in (0..sealed.len()).filter(|&end| sealed.is_char_boundary(end)) {
            assert_eq!(
                open("settings", sealed.get(..end).unwrap(), Some("x")),
                Opened::Damaged,
                "cut off at {end}"
            );
        }
        for (at, letter) in sealed.char_indices().skip(2) {
            let mut other = sealed.clone();
            let end = at + letter.len_utf8();
            other.replace_range(at..end, if letter == 'q' { "r" } else { "q" });
            assert_eq!(open("settings", &other, Some("x")), Opened::Damaged, "changed at {at}");
        }
        assert_eq!(open("settings", &format!("{sealed} "), Some("x")), Opened::Damaged);
    }

    #[test]
    fn versions_are_told_apart_by_the_first_characters() {
        assert_eq!(open("pace", "3:whatever comes", Some("\"invites\":")), Opened::Later);
        assert_eq!(open("pace", "1:x", Some("\"invites\":")), Opened::Damaged);
        assert_eq!(open("pace", "{\"invites\":[]}", Some("\"invites\":")), Opened::Bare("{\"invites\":[]}"));
        assert_eq!(open("pace", "{}", Some("\"invites\":")), Opened::Damaged);
        assert_eq!(open("log:1", "{\"invites\":[]}", None), Opened::Damaged);
        assert_eq!(open("pace", "99999999999:x", Some("\"invites\":")), Opened::Damaged);
    }
}
