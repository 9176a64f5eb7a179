//! The agent's state machine: what it holds, and what it does next.
//!
//! [`step::step`] is a function of (state, event, now): it returns the next state, the effects to perform and the time
//! to wake. The [`driver`] is the only thing that awaits: it saves what changed, performs the effects and feeds their
//! outcomes back as events. Chrome may end the worker at any await, so all that matters is in [`state::State`] and is
//! on disk before an effect that depends on it; a new worker loads it and goes on ([`event::Event::Booted`]).

pub mod aside;
pub mod backoff;
pub mod breaker;
pub mod check;
pub mod driver;
pub mod entry;
pub mod event;
pub mod hours;
pub mod journal;
pub mod ledger;
pub mod log;
pub mod pace;
pub mod readiness;
pub mod report;
pub mod server_url;
pub mod settings;
pub mod signal;
pub mod slots;
pub mod state;
pub mod status;
pub mod step;
pub mod tombstone;
pub mod walk;
