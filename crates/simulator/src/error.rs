//! What can go wrong while the simulator starts or stops. What goes wrong inside a simulated request is an answer, not an error.

use std::net::SocketAddr;

/// Why the simulator did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The simulator is for this machine alone: it knows no passwords and its control side has none.
    #[error("refusing to listen on {0}: only loopback addresses are served")]
    NotLoopback(SocketAddr),
    /// A port is taken, or the system refused the socket.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The certificate could not be made.
    #[error("cannot make a certificate for www.linkedin.com")]
    Certificate(#[from] rcgen::Error),
    /// The certificate was made, but TLS would not take it.
    #[error("cannot set up TLS")]
    Tls(#[from] tokio_rustls::rustls::Error),
    /// A setting is out of its range.
    #[error("setting out of range: {0}")]
    Setting(&'static str),
}
