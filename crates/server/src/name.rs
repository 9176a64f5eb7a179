//! Names that operators give to teams, members, keys and browsers: for people's eyes, in a terminal or on a page.

/// Longest name, in characters.
pub const LONGEST: usize = 100;

/// The name without blanks around it; `None` when nothing is left, when it is too long, or when something in it would act on
/// a terminal instead of being shown.
#[must_use]
pub fn parse(text: &str) -> Option<&str> {
    let name = text.trim();
    let fits = !name.is_empty() && name.chars().count() <= LONGEST && !name.chars().any(char::is_control);
    fits.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(parse("  Sales, north \n"), Some("Sales, north"));
        assert_eq!(parse("Škoda ✓"), Some("Škoda ✓"));
        assert_eq!(parse(&"ä".repeat(100)), Some("ä".repeat(100).as_str()));
        for none in ["", " \t", "a\u{1b}[2Jb", "two\nlines", &"ä".repeat(101)] {
            assert_eq!(parse(none), None, "{none:?}");
        }
    }
}
