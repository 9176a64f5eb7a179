//! Whether a name contains what somebody is looking for.
//!
//! The matching is ours and not LinkedIn's, whose own filter may leave people out unseen.

use unicode_normalization::char::{canonical_combining_class, compose, decompose_canonical};

/// `text` without the differences that a reader overlooks: composed and decomposed letters, upper and lower case.
///
/// Each letter goes to upper case and then to lower case, which brings together what lower case alone keeps apart:
/// `ß` becomes `ss`, and the two small sigmas become one. Accents stay: `é` is not `e`.
#[must_use]
pub fn fold(text: &str) -> String {
    fold_with(text, nfc)
}

/// The same with another's normalisation form C: a browser has one (`String.prototype.normalize`), and with it the
/// 50 kB of tables behind [`fold`] need not be shipped. `nfc` is asked only about text that may not be in that form.
#[must_use]
pub fn fold_with(text: &str, nfc: impl Fn(&str) -> String) -> String {
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
pub fn name_matches(name: &str, keyword_folded: &str) -> bool {
    name_matches_with(name, keyword_folded, nfc)
}

/// The same with another's normalisation form C, see [`fold_with`].
#[must_use]
pub fn name_matches_with(name: &str, keyword_folded: &str, nfc: impl Fn(&str) -> String) -> bool {
    fold_with(name, nfc).contains(keyword_folded)
}

/// Every letter before the first combining mark, U+0300, is in form C already, alone and beside any other of them.
fn is_composed(text: &str) -> bool {
    text.chars().all(|letter| letter < '\u{300}')
}

/// Normalisation form C (Unicode Standard Annex 15): taken apart, marks in their order, put together again.
///
/// The crate's own iterator does the same and brings the tables of the compatibility forms with it, 100 kB of them in
/// a module that may weigh 180; its functions on single letters don't.
fn nfc(text: &str) -> String {
    let mut letters: Vec<(u8, char)> = Vec::new();
    for letter in text.chars() {
        decompose_canonical(letter, |part| letters.push((canonical_combining_class(part), part)));
    }
    for marks in letters.split_mut(|(class, _)| *class == 0) {
        marks.sort_by_key(|(class, _)| *class);
    }
    let mut composed: Vec<char> = Vec::with_capacity(letters.len());
    let mut starter = None;
    // The class of what stands between the starter and the letter at hand; none at all when nothing does.
    let mut between: Option<u8> = None;
    for (class, letter) in letters {
        let reachable = between.is_none_or(|between| between != 0 && between < class);
        let place = starter.filter(|_| reachable).and_then(|at: usize| composed.get_mut(at));
        if let Some((place, joined)) =
            place.and_then(|place| compose(*place, letter).map(|joined| (place, joined)))
        {
            *place = joined;
            continue;
        }
        if class == 0 {
            starter = Some(composed.len());
            between = None;
        } else {
            between = Some(class);
        }
        composed.push(letter);
    }
    composed.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::{fold, is_composed, name_matches, nfc};
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn letters_are_composed_as_the_crate_composes_them() {
        let marks = [
            "",
            "\u{301}",
            "\u{323}",
            "\u{323}\u{302}",
            "\u{302}\u{323}",
            "\u{345}\u{300}",
            "\u{1161}\u{11a8}",
        ];
        for letter in (0..=0x2_FA1D).filter_map(char::from_u32) {
            for marks in marks {
                let text = format!("a{letter}{marks}b");
                assert!(nfc(&text).chars().eq(text.nfc()), "{text}");
                assert!(!is_composed(&text) || text.chars().eq(text.nfc()), "{text}");
            }
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
