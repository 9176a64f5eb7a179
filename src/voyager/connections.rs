//! A page of the account's connections. Its reader is a crate of its own, `crates/list`; its tests need the rest of the core.

pub use liaison_list::connections::*;

#[cfg(test)]
mod tests;
