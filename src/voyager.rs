//! LinkedIn's dialect: what a request looks like, what an answer means, what a body holds.
//!
//! Nothing here sends, waits or decides what to do next, and nothing here knows our own records: a request is a
//! value ([`request`]), an answer is judged once and in one place ([`response`]), and a body is parsed in one pass
//! into borrowed rows ([`connections`], [`me`], [`sent`], [`summary`]). What the site may move without notice (paths,
//! decorations, header values) stands in `voyager/moving_parts.json`. The facts behind all of it, and how sure each
//! one is, are in `docs/VOYAGER.md`.

pub mod connections;
pub mod me;
mod moving;
pub mod request;
pub mod response;
pub mod sent;
pub mod summary;
pub mod time;

pub use liaison_list::{Defect, ParseError, ids, picture};
