//! The task server's URL as a person types it, checked: https anywhere, http on this machine alone.

use serde::{Deserialize, Serialize};

/// A checked server URL: scheme, host, port and path prefix, without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServerUrl(String);

/// Why a URL can't be a server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlProblem {
    /// It doesn't begin with `https://` (or `http://`), or has no host.
    NotAUrl,
    /// Plain http to another machine.
    PlainHttp,
    /// It carries a user name, a query or a fragment.
    Extras,
}

impl UrlProblem {
    /// The name of its sentence.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotAUrl => "url_form",
            Self::PlainHttp => "url_plain_http",
            Self::Extras => "url_extras",
        }
    }

    /// For a person.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotAUrl => "The server's address must look like https://tasks.example.com",
            Self::PlainHttp => "Plain http is taken for this machine alone; other servers need https",
            Self::Extras => "The server's address must have no user name, no '?' and no '#'",
        }
    }
}

impl ServerUrl {
    /// Checks what a person typed.
    ///
    /// # Errors
    /// A [`UrlProblem`] that says what is wrong.
    pub fn parse(typed: &str) -> Result<Self, UrlProblem> {
        let typed = typed.trim();
        let (scheme, rest) = typed.split_once("://").ok_or(UrlProblem::NotAUrl)?;
        let scheme = scheme.to_ascii_lowercase();
        if rest.contains(['?', '#', '@', '\\']) {
            return Err(UrlProblem::Extras);
        }
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let authority = authority.to_ascii_lowercase();
        let host = host_of(&authority).ok_or(UrlProblem::NotAUrl)?;
        if typed.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(UrlProblem::NotAUrl);
        }
        match scheme.as_str() {
            "https" => {}
            "http" if is_loopback(host) => {}
            "http" => return Err(UrlProblem::PlainHttp),
            _ => return Err(UrlProblem::NotAUrl),
        }
        let path = path.trim_matches('/');
        let slash = if path.is_empty() { "" } else { "/" };
        Ok(Self(format!("{scheme}://{authority}{slash}{path}")))
    }

    /// The URL of one of the protocol's calls, such as `/agent/v1/poll`.
    #[must_use]
    pub fn call(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// As the person sees it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is on this computer.
    #[must_use]
    pub fn is_local(&self) -> bool {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        host_of(rest.split('/').next().unwrap_or(rest)).is_some_and(is_loopback)
    }

    /// Chrome's match pattern for the permission to talk to it. Patterns name no port.
    #[must_use]
    pub fn permission_pattern(&self) -> String {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("https", &self.0));
        let authority = rest.split('/').next().unwrap_or(rest);
        format!("{scheme}://{}/*", host_of(authority).unwrap_or(authority))
    }
}

/// The host of `host`, `host:port`, `[::1]` or `[::1]:port`; `None` when there is none or the port is no number.
fn host_of(authority: &str) -> Option<&str> {
    let end = match authority.strip_prefix('[') {
        Some(rest) => rest.find(']')? + 2,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at_checked(end)?;
    let port_fits = port.is_empty() || port.strip_prefix(':')?.parse::<u16>().is_ok();
    (!host.is_empty() && port_fits).then_some(host)
}

/// `[::1]` is left out: Chrome's content security policy has no way to name it (docs/ARCHITECTURE.md).
fn is_loopback(host: &str) -> bool {
    host == "localhost" || host == "127.0.0.1"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken() {
        for (typed, url, pattern) in [
            ("https://Tasks.Example/", "https://tasks.example", "https://tasks.example/*"),
            (" https://a.example:8443/Liaison/ ", "https://a.example:8443/Liaison", "https://a.example/*"),
            ("http://127.0.0.1:8787", "http://127.0.0.1:8787", "http://127.0.0.1/*"),
            ("http://localhost", "http://localhost", "http://localhost/*"),
            ("https://[2001:db8::1]:9/x/y", "https://[2001:db8::1]:9/x/y", "https://[2001:db8::1]/*"),
        ] {
            let parsed = ServerUrl::parse(typed).unwrap();
            assert_eq!((parsed.as_str(), parsed.permission_pattern().as_str()), (url, pattern));
            assert_eq!(ServerUrl::parse(parsed.as_str()), Ok(parsed.clone()));
        }
    }

    #[test]
    fn what_is_refused() {
        for (typed, problem) in [
            ("", UrlProblem::NotAUrl),
            ("tasks.example", UrlProblem::NotAUrl),
            ("ftp://tasks.example", UrlProblem::NotAUrl),
            ("https://", UrlProblem::NotAUrl),
            ("https://a b.example", UrlProblem::NotAUrl),
            ("https://a.example:99999", UrlProblem::NotAUrl),
            ("http://tasks.example", UrlProblem::PlainHttp),
            ("http://[::1]:8787", UrlProblem::PlainHttp),
            ("http://127.0.0.1.example", UrlProblem::PlainHttp),
            ("http://localhost.example", UrlProblem::PlainHttp),
            ("https://me:secret@a.example", UrlProblem::Extras),
            ("https://a.example/?x=1", UrlProblem::Extras),
            ("https://a.example\\@b.example", UrlProblem::Extras),
        ] {
            assert_eq!(ServerUrl::parse(typed), Err(problem), "{typed}");
        }
    }
}
