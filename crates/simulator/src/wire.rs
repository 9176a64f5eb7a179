//! Values to bytes, with members in an order of the site's own kind: settled per name, neither alphabetical nor by importance.
//!
//! `serde_json` would write members alphabetically, with `$type` always first: an order that a reader could come to lean on.

use serde_json::Value;

use crate::chance::hash;

/// The JSON text of a document. The outermost members stay in alphabetical order: captures have `data` before `included`.
pub(crate) fn text(document: &Value) -> String {
    let mut out = String::new();
    match document {
        Value::Object(members) => write_members(members.iter().collect(), &mut out),
        other => write(other, &mut out),
    }
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by_cached_key(|(name, _)| hash(name));
            write_members(members, out);
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

fn write_members(members: Vec<(&String, &Value)>, out: &mut String) {
    out.push('{');
    for (at, (name, value)) in members.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str(&Value::from(name.as_str()).to_string());
        out.push(':');
        write(value, out);
    }
    out.push('}');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_text_says_what_the_value_says() {
        let value = json!({ "data": { "a\"b": [1, 2.5, null, true, { "$type": "x", "é🚀": "\u{1}" }], "z": {} }, "included": [] });
        let text = text(&value);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        assert!(text.starts_with("{\"data\":"));
    }

    #[test]
    fn the_type_of_an_entity_does_not_come_first() {
        let text = text(
            &json!({ "data": { "$type": 1, "entityUrn": 2, "firstName": 3, "lastName": 4, "headline": 5 } }),
        );
        assert!(!text.contains("{\"$type\""), "{text}");
    }
}
