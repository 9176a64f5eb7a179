//! How much the server takes from anybody, and how long it waits for it.

use crate::bucket::Rate;
use std::time::Duration;

/// Every limit that does not belong to one call. Sizes of bodies are [`crate::body`]'s.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at the same time; more wait in the system's queue.
    pub connections: usize,
    /// How long a connection may take for a request's line and headers, also when none was begun.
    pub head: Duration,
    /// How long a request's body may pause.
    pub body_pause: Duration,
    /// How long a request may take from its head to its answer, beside the time for which an answer is held back on
    /// purpose.
    pub request: Duration,
    /// How long an answer may stand unread.
    pub write: Duration,
    /// Calls with one API key; `None` doesn't count them.
    pub api_key: Option<Rate>,
    /// Wrong API keys out of one address (of IPv6, one network of 64 bits), as many wrong tokens, and as many wrong admin keys.
    pub wrong_secrets: Rate,
    /// A team's unfinished tasks.
    pub queue: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // Ten thousand parked agents, and as many callers.
            connections: 20_000,
            head: Duration::from_secs(30),
            body_pause: Duration::from_secs(15),
            // 4 MB in this time are 70 kB/s.
            request: Duration::from_secs(60),
            write: Duration::from_secs(30),
            api_key: Rate::per_second(50),
            wrong_secrets: Rate { burst: 50, every: Duration::from_secs(2) },
            queue: 10_000,
        }
    }
}
