//! The handlers, by who calls them.

pub mod agent;
pub mod task;
pub mod tasks;
pub mod webhook;
