//! The kit against servers that keep to the protocol, and against some that don't: each a real one behind a socket.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

mod broken;
mod docs;
mod examples;
mod faults;
mod ours;
mod proxy;
mod support;
