//! The kit against servers that keep to the protocol, and against some that don't: each a real one behind a socket.

mod broken;
mod docs;
mod examples;
mod ours;
mod support;
