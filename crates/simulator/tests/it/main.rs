//! The simulator over real sockets: TLS, HTTP/2 and HTTP/1.1, with a client that trusts its certificate and no other.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails right there; clippy's own exemption stops at #[test] functions"
)]

mod alike;
mod binary;
mod connection;
mod control;
mod fault;
mod invitation;
mod line;
mod people;
mod proxy;
mod refusal;
mod session;
mod support;
