//! A finished list as a table for spreadsheets: RFC 4180, in UTF-8.
//!
//! Spreadsheets take a cell that begins like a formula for one, and what is in these cells was written by strangers. Such
//! a cell is led by an apostrophe, which makes it text.

use csv::{Terminator, WriterBuilder};
use liaison_protocol::Fields;
use serde_json::Value;

/// The documented members, in the documented order, and those that `fields: "all"` adds.
const COLUMNS: [&str; 9] = [
    "name",
    "first_name",
    "last_name",
    "headline",
    "entity_urn",
    "public_identifier",
    "profile_image_url",
    "connected_at",
    "connection_urn",
];
const DOCUMENTED: usize = 7;

/// The table of a completed fetch. `None`: it has no list.
pub fn table(input: &Value, output: &Value) -> Option<Vec<u8>> {
    let columns = match Fields::of(input) {
        Fields::Documented => &COLUMNS[..DOCUMENTED],
        Fields::All => &COLUMNS[..],
        Fields::Total => return None,
    };
    let rows = output.get("connections")?.as_array()?;
    let mut table = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    table.write_record(columns).ok()?;
    for row in rows {
        table
            .write_record(columns.iter().map(|column| cell(row[column].as_str().unwrap_or_default())))
            .ok()?;
    }
    table.into_inner().ok()
}

fn cell(text: &str) -> String {
    let like_a_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if like_a_formula { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cells_that_begin_like_a_formula_are_text() {
        for (text, shown) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("Ada = Lovelace", "Ada = Lovelace"),
            ("", ""),
            ("'=1", "'=1"),
        ] {
            assert_eq!(cell(text), shown);
        }
    }

    #[test]
    fn a_task_for_a_number_alone_has_no_table() {
        let output = json!({"total": 0, "network_total": 5, "connections": []});
        assert_eq!(table(&json!({"fields": "total"}), &output), None);
        assert_eq!(table(&json!({}), &json!({"sent": true})), None);
    }
}
