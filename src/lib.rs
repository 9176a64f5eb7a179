//! Liaison, the agent core: what the extension decides. See `docs/ARCHITECTURE.md` for the map.

pub mod clean;
pub mod voyager;
