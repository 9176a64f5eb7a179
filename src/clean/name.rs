//! Whether a name contains what somebody is looking for.
//!
//! The matching is ours and not LinkedIn's, whose own filter may leave people out unseen.

use unicode_normalization::UnicodeNormalization;

/// `text` without the differences that a reader overlooks: composed and decomposed letters, upper and lower case.
///
/// Each letter goes to upper case and then to lower case, which brings together what lower case alone keeps apart:
/// `ß` becomes `ss`, and the two small sigmas become one. Accents stay: `é` is not `e`.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfc().collect()
}

/// Whether `name` contains `keyword_folded`, which must come from [`fold`].
#[must_use]
pub fn name_matches(name: &str, keyword_folded: &str) -> bool {
    fold(name).contains(keyword_folded)
}

#[cfg(test)]
mod tests {
    use super::{fold, name_matches};

    #[test]
    fn a_name_is_found_however_it_is_written() {
        for (name, keyword) in [
            ("Ada Lovelace", "LOVE"),
            ("Ada Lovelace", "a l"),
            ("Běla Brightová", "BRIGHTOVÁ"),
            ("Zoe\u{301} Sim", "zoé"),
            ("Zoé Sim", "ZOE\u{301}"),
            ("Jürgen Großmann", "grossmann"),
            ("JÜRGEN GROSSMANN", "großmann"),
            ("Νίκος Σιμ", "ΝΊΚΟΣ"),
            ("ΝΊΚΟΣ", "νίκος"),
            ("Ольга", "ОЛЬ"),
            ("Běla 🚀", "🚀"),
            ("李小龙 Sim", "小龙"),
            ("Ada", ""),
        ] {
            assert!(name_matches(name, &fold(keyword)), "{name} {keyword}");
        }
    }

    #[test]
    fn another_name_is_not_found() {
        for (name, keyword) in [("Ada Lovelace", "Adal"), ("Zoé", "zoe"), ("", "a"), ("Ada  L", "a l")] {
            assert!(!name_matches(name, &fold(keyword)), "{name} {keyword}");
        }
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["Straße", "ΣΊΣΥΦΟΣ", "İstanbul", "ŉ", "ǰ", "A\u{301}\u{345}", "ﬃ"] {
            assert_eq!(fold(&fold(text)), fold(text), "{text}");
        }
    }
}
