//! Whether a name contains what somebody is looking for.
//!
//! The matching is ours and not LinkedIn's, whose own filter may leave people out unseen.

/// `text` without the differences that a reader overlooks: composed and decomposed letters, upper and lower case.
///
/// Each letter goes to upper case and then to lower case, which brings together what lower case alone keeps apart:
/// `ß` becomes `ss`, and the two small sigmas become one. Accents stay: `é` is not `e`. `nfc` is normalisation form C,
/// which a browser has built in; it is asked only about text that may not be in that form.
#[must_use]
pub fn fold(text: &str, nfc: impl Fn(&str) -> String) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let recase = |text: &str| -> String {
        text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
    };
    let recased = if is_composed(text) { recase(text) } else { recase(&nfc(text)) };
    if is_composed(&recased) { recased } else { nfc(&recased) }
}

/// Whether `name` contains `keyword_folded`, which must come from [`fold`].
#[must_use]
pub fn name_matches(name: &str, keyword_folded: &str, nfc: impl Fn(&str) -> String) -> bool {
    fold(name, nfc).contains(keyword_folded)
}

/// Every letter before the first combining mark, U+0300, is in form C already, alone and beside any other of them.
fn is_composed(text: &str) -> bool {
    text.chars().all(|letter| letter < '\u{300}')
}

#[cfg(test)]
mod tests {
    use super::is_composed;
    use unicode_normalization::UnicodeNormalization;

    fn fold(text: &str) -> String {
        super::fold(text, |text| text.nfc().collect())
    }

    fn name_matches(name: &str, keyword_folded: &str) -> bool {
        super::name_matches(name, keyword_folded, |text| text.nfc().collect())
    }

    #[test]
    fn what_is_taken_for_composed_is() {
        for letter in (0..=0x2_FA1D).filter_map(char::from_u32) {
            let text = format!("a{letter}b");
            assert!(!is_composed(&text) || text.chars().eq(text.nfc()), "{text}");
        }
    }

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
