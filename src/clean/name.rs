//! Whether a name contains what somebody is looking for.
//!
//! The matching is ours and not LinkedIn's, whose own filter may leave people out unseen.

/// What Unicode knows of letters. A browser has it built in; its tables would be a quarter of the extension's
/// WebAssembly.
pub trait Unicode {
    /// Normalisation form C (Unicode Standard Annex 15).
    fn nfc(&self, text: &str) -> String;

    /// Every letter in upper case, then in lower case, in no language's own way.
    fn recase(&self, text: &str) -> String;
}

/// `text` without the differences that a reader overlooks: composed and decomposed letters, upper and lower case.
///
/// Each letter goes to upper case and then to lower case, which brings together what lower case alone keeps apart:
/// `ß` becomes `ss`. The two small sigmas become one, wherever in a word they stand. Accents stay: `é` is not `e`.
/// Unicode is asked only about text that needs it.
#[must_use]
pub fn fold(text: &str, unicode: &impl Unicode) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let composed = |text: String| if is_composed(&text) { text } else { unicode.nfc(&text) };
    let recased = unicode.recase(&composed(text.to_owned())).replace('ς', "σ");
    composed(recased)
}

/// Whether `name` contains `keyword_folded`, which must come from [`fold`].
#[must_use]
pub fn name_matches(name: &str, keyword_folded: &str, unicode: &impl Unicode) -> bool {
    fold(name, unicode).contains(keyword_folded)
}

/// Every letter before the first combining mark, U+0300, is in form C already, alone and beside any other of them.
fn is_composed(text: &str) -> bool {
    text.chars().all(|letter| letter < '\u{300}')
}

#[cfg(test)]
mod tests {
    use super::is_composed;
    use unicode_normalization::UnicodeNormalization;

    struct Tables;

    impl super::Unicode for Tables {
        fn nfc(&self, text: &str) -> String {
            text.nfc().collect()
        }

        fn recase(&self, text: &str) -> String {
            text.to_uppercase().to_lowercase()
        }
    }

    fn fold(text: &str) -> String {
        super::fold(text, &Tables)
    }

    fn name_matches(name: &str, keyword_folded: &str) -> bool {
        super::name_matches(name, keyword_folded, &Tables)
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
