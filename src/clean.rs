//! From the wire to the documented record, and whom a keyword means. What is hot of it is `crates/clean`.

mod name;

pub use liaison_clean::*;
pub use name::{Unicode, fold, name_matches};
