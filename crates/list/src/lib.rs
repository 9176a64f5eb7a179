//! LinkedIn's list of connections, from bytes to borrowed rows; and what every other body of LinkedIn's is read with.
//!
//! A part of the core's `voyager` and known under its names there. It is a crate of its own for the compiler's sake: it is
//! hot, and compiled for speed in an extension that is compiled for size (`docs/decisions/0006-own-json-reader.md`).

pub mod connections;
pub mod envelope;
mod error;
pub mod field;
pub mod ids;
pub mod picture;
pub mod repair;
mod shape;

pub use error::{Defect, ParseError};
pub use shape::shape_of;
