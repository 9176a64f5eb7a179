//! Text written as JSON.

use super::scan::plain_end;

/// Appends `text` to `json` as a string, quotes included. Only what must be escaped is.
pub fn push_text(json: &mut String, text: &str) {
    json.push('"');
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        let end = plain_end(bytes, at);
        json.push_str(text.get(at..end).unwrap_or_default());
        let Some(byte) = bytes.get(end) else { break };
        push_escape(json, *byte);
        at = end + 1;
    }
    json.push('"');
}

fn push_escape(json: &mut String, byte: u8) {
    let short = match byte {
        b'"' => '"',
        b'\\' => '\\',
        0x08 => 'b',
        0x0C => 'f',
        b'\n' => 'n',
        b'\r' => 'r',
        b'\t' => 't',
        _ => {
            json.push_str("\\u00");
            json.extend(
                [byte >> 4, byte & 15].map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])),
            );
            return;
        }
    };
    json.push('\\');
    json.push(short);
}

#[cfg(test)]
mod tests {
    use super::push_text;

    #[test]
    fn every_character_is_written_as_by_everybody_else() {
        let all: String = (0..0x300).filter_map(char::from_u32).chain("🚀李".chars()).collect();
        for text in ["", "Ada", "\"", "a\\b", "\u{0}\u{1f}\u{7f}", &all] {
            let mut json = String::new();
            push_text(&mut json, text);
            assert_eq!(json, serde_json::to_string(text).unwrap());
        }
    }
}
