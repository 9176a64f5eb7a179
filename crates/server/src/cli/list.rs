//! Lists, for people as a table and for programs as JSON.

use super::Outcome;
use clap::Args;
use serde::Serialize;
use std::io::{Write, stdout};

/// How a list is shown.
#[derive(Args)]
pub struct Shown {
    /// Print one JSON array.
    #[arg(long)]
    json: bool,
}

/// A column: its head, and what stands in it.
pub type Column<T> = (&'static str, fn(&T) -> String);

impl Shown {
    /// Prints a list.
    pub fn print<T: Serialize>(&self, entries: &[T], columns: &[Column<T>]) -> Outcome {
        let mut out = stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string(entries)?)?;
        } else {
            out.write_all(table(entries, columns).as_bytes())?;
        }
        Ok(())
    }
}

/// A table as wide as what stands in it.
fn table<T>(entries: &[T], columns: &[Column<T>]) -> String {
    let heads = columns.iter().map(|(head, _)| (*head).to_owned()).collect();
    let row = |entry| columns.iter().map(|(_, cell)| printable(&cell(entry))).collect();
    let rows: Vec<Vec<String>> = std::iter::once(heads).chain(entries.iter().map(row)).collect();
    let widest = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(widest).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// A browser is named by whoever pairs it: what acts on a terminal is not let through to it.
fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_fits_what_stands_in_it() {
        let columns: [Column<(u32, &str)>; 2] =
            [("NUMBER", |row| row.0.to_string()), ("WORD", |row| row.1.to_owned())];
        assert_eq!(
            table(&[(1, "ä"), (12_345_678, "\u{1b}[2J")], &columns),
            "NUMBER    WORD\n1         ä\n12345678  \u{fffd}[2J\n"
        );
        assert_eq!(table(&[], &columns), "NUMBER  WORD\n");
    }
}
