//! Liaison, the agent core: what the extension decides. See `docs/ARCHITECTURE.md` for the map.

pub mod agent;
pub mod clean;
pub mod config;
pub mod execute;
mod json;
pub mod ports;
pub mod tasks;
pub mod voyager;
#[cfg(target_arch = "wasm32")]
pub mod web;
