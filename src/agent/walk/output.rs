//! The documented output of a walk, written row by row as the pages come, so that a row becomes text once.

use super::{NetworkTotal, PageRow, Walk};
use crate::clean::push_connection;
use crate::json;
use liaison_protocol::Fields;

impl Walk {
    /// The documented output as JSON.
    #[must_use]
    pub fn output_json(&self) -> String {
        let length: usize = self.rows.iter().map(|run| run.len() + 1).sum();
        let mut json = String::with_capacity(length + 80);
        json.push_str("{\"total\":");
        json.push_str(&self.kept.to_string());
        if self.input.fields != Fields::Documented {
            json.push_str(",\"network_total\":");
            match self.network {
                NetworkTotal::Told(number) => json.push_str(&number.to_string()),
                NetworkTotal::Unasked | NetworkTotal::Untold => json.push_str("null"),
            }
        }
        json.push_str(",\"connections\":[");
        for (index, run) in self.rows.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            json.push_str(run);
        }
        json.push_str("]}");
        json
    }
}

/// Adds a row to a run of rows.
pub(super) fn push_row(run: &mut String, row: &PageRow) {
    if !run.is_empty() {
        run.push(',');
    }
    push_connection(run, &row.connection);
    if let Some(more) = &row.more {
        // One object out of two: the brace that ends the first gives way to a comma.
        run.pop();
        run.push(',');
        run.push_str(json::write(more).get(1..).unwrap_or_default());
    }
}
