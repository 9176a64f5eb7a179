//! The handlers, by who calls them.

pub mod about;
pub mod admin;
pub mod agent;
pub mod dashboard;
pub mod task;
pub mod tasks;
pub mod webhook;
