//! What LinkedIn changes without notice, read from `moving_parts.json` while compiling.
//!
//! The file is data that anybody can correct without reading Rust. It becomes constants, so neither the file nor a
//! parser for it is shipped; a name that is not in the file stops the build.

const FILE: &[u8] = include_bytes!("moving_parts.json");

/// The value of `name` in the file, which is one flat object of strings without escapes.
pub const fn part(name: &str) -> &'static str {
    let name = name.as_bytes();
    let mut at = 0;
    while at < FILE.len() {
        if FILE[at] == b'"' {
            let key_end = closing_quote(at + 1);
            let mut open = key_end + 1;
            while FILE[open] != b'"' {
                open += 1;
            }
            let value_end = closing_quote(open + 1);
            if same(at + 1, key_end, name) {
                return text(open + 1, value_end);
            }
            at = value_end;
        }
        at += 1;
    }
    panic!("moving_parts.json lacks a name")
}

const fn closing_quote(mut at: usize) -> usize {
    while FILE[at] != b'"' {
        assert!(FILE[at] != b'\\', "moving_parts.json must hold no escapes");
        at += 1;
    }
    at
}

const fn same(from: usize, to: usize, name: &[u8]) -> bool {
    if to - from != name.len() {
        return false;
    }
    let mut at = 0;
    while at < name.len() {
        if FILE[from + at] != name[at] {
            return false;
        }
        at += 1;
    }
    true
}

const fn text(from: usize, to: usize) -> &'static str {
    let (head, _) = FILE.split_at(to);
    let (_, value) = head.split_at(from);
    match std::str::from_utf8(value) {
        Ok(value) => value,
        Err(_) => panic!("moving_parts.json is not UTF-8"),
    }
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn every_name_in_the_file_gives_what_a_json_parser_gives() {
        let file: std::collections::BTreeMap<String, String> =
            serde_json::from_str(include_str!("moving_parts.json")).unwrap();
        assert!(file.len() >= 10);
        for (name, value) in &file {
            assert_eq!(part(name), value);
        }
    }
}
