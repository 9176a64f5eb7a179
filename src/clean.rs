//! From the wire to the documented record.
//!
//! Cleaning trims, joins and chooses; it does not guess and never drops a row. What was missing or odd comes back
//! beside the record as a [`Finding`].

mod connection;
mod date;
mod name;

pub use connection::{Finding, clean_connection};
pub use date::iso_8601;
pub use name::{Unicode, fold, name_matches};
