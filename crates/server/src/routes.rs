//! The handlers, by who calls them.

pub mod about;
pub mod agent;
pub mod task;
