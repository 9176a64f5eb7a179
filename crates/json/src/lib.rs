//! JSON where it is hot: a page of a hundred people read in one pass, and their names written out again.
//!
//! A crate of its own for the compiler's sake: the extension is compiled for size and this for speed, and nothing in it
//! is generic, since what is generic is compiled where it is used (`docs/decisions/0006-own-json-reader.md`). It knows
//! JSON (RFC 8259) and nothing of LinkedIn.

mod number;
mod places;
mod reader;
mod scan;
mod text;
mod typed;
mod write;

pub use places::{List, Text, into_owned};
pub use reader::{Kind, Malformed, Slot, Wire, fill, read};
pub use typed::typed;
pub use write::push_text;
