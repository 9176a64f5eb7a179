//! The reference task API server: takes tasks from programs, has a paired browser carry them out, keeps the results.
//!
//! Three kinds of client meet here, and none opens another's doors: *callers* with an API key (`routes::task`,
//! the documented endpoints), *agents* with a token (`routes::agent`, the protocol of `docs/PROTOCOL.md`) and *operators*
//! with an admin key, or signed in by one on the dashboard (`routes::admin`, `routes::dashboard`, described in
//! `docs/SERVER.md`).
//!
//! | module | what it is |
//! |---|---|
//! | [`lifecycle`] | pure: what may become of a task, and when |
//! | [`store`] | what is on disk; every method one transaction |
//! | `orders`, `errand` | a task taken or called off; a read that its caller waits for |
//! | `official`, `linkup` | two published APIs whose calls answer with rows |
//! | [`hub`] | who waits for what, in memory |
//! | [`hints`] | what servers on one database tell each other |
//! | [`webhook`] | tells endpoints that tasks have ended |
//! | [`router`] | every route on one screen; `routes`, `auth`, `body` and `error` stand behind it |
//! | `session`, `dashboard` | who is signed in to the operator's page; the files of that page |
//! | [`listen`], [`peer`], [`watch`], [`door`] | connections, who is at their other end, what is around every request, who knocks too often |
//! | [`openapi`] | the description of every route |
//! | [`server`] | start and shutdown of the whole |

pub mod auth;
mod body;
pub mod bucket;
pub mod clock;
pub mod config;
mod dashboard;
mod door;
mod errand;
mod error;
mod export;
mod guess;
pub mod hints;
pub mod hub;
mod idempotency;
pub mod lifecycle;
pub mod limits;
mod linkup;
mod listen;
mod metrics;
pub mod name;
mod official;
pub mod openapi;
mod orders;
mod parked;
pub mod peer;
mod query;
pub mod router;
mod routes;
pub mod secret;
pub mod server;
mod session;
pub mod store;
mod sweeper;
pub mod tls;
mod watch;
pub mod webhook;

pub use clock::{Clock, SystemClock, Timestamp};
pub use config::{Config, Database, Retain, default_database};
pub use limits::Limits;
pub use server::{Running, StartError, start};
