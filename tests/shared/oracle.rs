//! What must hold of every reading, whatever comes: the property tests and the fuzzers (`fuzz/`) ask the same.
//!
//! Each check takes bytes, lets the crate read them, and panics when what it made cannot be true of them. What is true
//! is found in another way: through a tree of the whole body, searched as slowly as is plain.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a check fails by panicking")]

#[path = "oracle/answer.rs"]
pub mod answer;
#[path = "oracle/change.rs"]
pub mod change;
#[path = "oracle/list.rs"]
pub mod list;
#[path = "oracle/slow.rs"]
pub mod slow;
#[path = "oracle/tree.rs"]
pub mod tree;
