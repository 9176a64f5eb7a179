//! The way in for clients that cannot map a host name: a proxy on the control port that leads to the simulated site alone.
//!
//! Most clients ask for a tunnel (`CONNECT www.linkedin.com:443`) and speak TLS through it. A few ask for the whole URL in
//! the clear (`GET https://www.linkedin.com/… HTTP/1.1`), as if the proxy were to speak TLS for them.

use std::io;

use hyper::Request;
use hyper::header::{HOST, ORIGIN};
use hyper::http::uri::{Authority, Scheme};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::exchange::Answer;

const HOSTS: [&str; 2] = ["www.linkedin.com", "linkedin.com"];
/// No client's request for a tunnel comes near this.
const LONGEST_HEAD: usize = 8_192;
const ELSEWHERE: &str = "this proxy leads to https://www.linkedin.com alone, which it simulates\n";
const UNWELCOME: &str = "the control side answers to 127.0.0.1, localhost and [::1], and to no web page\n";

/// Whether a connection to the control port begins with a request for a tunnel, as far as it has arrived. What turns out to
/// be another method after all is refused with the tunnels that lead elsewhere.
pub(crate) async fn wants_tunnel(stream: &TcpStream) -> bool {
    const METHOD: &[u8] = b"CONNECT ";
    let mut first = [0; METHOD.len()];
    match stream.peek(&mut first).await {
        Ok(got) => got > 0 && first.get(..got) == METHOD.get(..got),
        Err(_) => false,
    }
}

/// Opens the tunnel, after which the stream is one to the site. False if it leads elsewhere.
pub(crate) async fn open_tunnel(stream: &mut TcpStream) -> io::Result<bool> {
    let mut head = Vec::new();
    // Byte by byte: what follows the head belongs to TLS.
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= LONGEST_HEAD {
            return Ok(false);
        }
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head);
    let mut words = head.split_whitespace();
    let here = words.next() == Some("CONNECT")
        && words
            .next()
            .and_then(|authority| authority.rsplit_once(':'))
            .is_some_and(|(host, port)| port == "443" && is_site(host));
    if here {
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    } else {
        let length = ELSEWHERE.len();
        let refusal = format!(
            "HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{ELSEWHERE}"
        );
        stream.write_all(refusal.as_bytes()).await?;
    }
    Ok(here)
}

/// Where a request on the control port is meant to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The control side itself.
    Control,
    /// The simulated site, by its whole URL.
    Site,
    /// Some other place.
    Elsewhere,
    /// The control side, but under a foreign name or from a web page.
    Unwelcome,
}

impl Target {
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        let uri = request.uri();
        let named = uri.host().is_some();
        match uri.host() {
            Some(host) if is_site(host) => {
                let secure =
                    uri.scheme() == Some(&Scheme::HTTPS) && uri.port_u16().is_none_or(|port| port == 443);
                return if secure { Self::Site } else { Self::Elsewhere };
            }
            Some(host) if !is_here(host) => return Self::Elsewhere,
            _ => {}
        }
        // A page of the web could be led here by a name of its own, or ask from where it is.
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
        let asked_for = named || host.is_some_and(|host| is_here(host.host()));
        if asked_for && !request.headers().contains_key(ORIGIN) { Self::Control } else { Self::Unwelcome }
    }
}

/// What a request for some other place gets.
pub(crate) fn elsewhere() -> Answer {
    Answer::text(403, "text/plain", ELSEWHERE)
}

/// What a page of the web gets from the control side.
pub(crate) fn unwelcome() -> Answer {
    Answer::text(403, "text/plain", UNWELCOME)
}

fn is_here(host: &str) -> bool {
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| name.eq_ignore_ascii_case(host))
}

fn is_site(host: &str) -> bool {
    HOSTS.iter().any(|name| name.eq_ignore_ascii_case(host))
}
