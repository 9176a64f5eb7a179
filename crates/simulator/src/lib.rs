//! A loopback double of www.linkedin.com for tests.
//!
//! It stands in for the few pages and Voyager endpoints that listing connections and sending invitations touch: TLS with
//! HTTP/2 and HTTP/1.1, cookies and CSRF, both JSON shapes, an invented network of any size, invitations with their
//! limits, faults armed from outside, and a journal of everything that arrived. It knows no type of the agent's: what it
//! says is written from observations of the site, so that a parser's tests prove more than that it can read its own writing.
//!
//! | module | holds |
//! |---|---|
//! | `serve`, `proxy`, `body`, `line`, `hang_up`, `certificate` | sockets, TLS, ways in, hanging up on purpose |
//! | `site`, `router`, `pages`, `session`, `restli`, `render`, `wire` | the site's behaviour: values in, values out |
//! | `world`, `network`, `search`, `directory`, `person`, `relation`, `member`, `clock`, `chance`, `kept` | what is true at one moment, all from a seed |
//! | `control`, `fault`, `journal` | what a test does to the site and learns from it |

mod body;
mod certificate;
mod chance;
mod clock;
mod config;
mod control;
mod directory;
mod error;
mod exchange;
mod fault;
mod hang_up;
mod journal;
mod kept;
mod line;
mod member;
mod network;
mod pages;
mod person;
mod proxy;
mod relation;
mod render;
mod restli;
mod router;
mod running;
mod search;
mod serve;
mod session;
mod site;
mod wire;
mod world;

pub use config::{Config, DeadSession, Endpoint, OldInvitation, Settings, Tier};
pub use error::Error;
pub use running::{Running, Simulator};
pub use session::SignIn;

/// The refusals that can be armed by name, with what each answers: what `GET /__sim/faults` lists.
pub fn refusals() -> impl Iterator<Item = (&'static str, &'static str)> {
    fault::catalogue::ALL.iter().map(|named| (named.name, named.says))
}
