//! The agent protocol as a model: every order of events within the bounds, not the ones that somebody thought of.
//!
//! What the server decides is asked of the server's own `lifecycle`; the agent is written down here once more, small
//! enough to be a state, and `replayed.rs` holds it to the real one. `docs/MODEL.md` says what is left out and why.

pub mod agent;
pub mod browser;
pub mod front;
pub mod properties;
pub mod protocol;
pub mod rules;
pub mod runs;
pub mod server;
pub mod site;
pub mod told;
pub mod world;
