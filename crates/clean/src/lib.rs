//! From a row of LinkedIn's list to the documented record, and to its JSON.
//!
//! Cleaning trims, joins and chooses; it does not guess and never drops a row. What was missing or odd comes back
//! beside the record as a [`Finding`]. A part of the core's `clean`, and a crate of its own for the compiler's sake: it
//! is hot, and compiled for speed in an extension that is compiled for size (`docs/decisions/0007-size.md`).

mod connection;
mod date;
mod write;

pub use connection::{Finding, clean_connection};
pub use date::iso_8601;
pub use write::push_connection;
