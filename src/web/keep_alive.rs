//! Keeps the worker alive while something is open.
//!
//! Chrome ends a worker about 32 s after the last event or extension-API call, however busy its fetches are. So as long
//! as a poll is parked or a call is open, one such call is made every 20 s. It is the adapters' business, not the core's:
//! nothing is lost when the worker ends all the same.

use super::host::Host;
use gloo_timers::future::TimeoutFuture;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

const EVERY_MS: u32 = 20_000;

/// Counts what is open.
#[derive(Clone)]
pub struct KeepAlive {
    host: Rc<Host>,
    open: Rc<Cell<usize>>,
    ticking: Rc<Cell<bool>>,
}

/// While it lives, something is open.
pub struct Open(Rc<Cell<usize>>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

impl KeepAlive {
    /// Nothing is open yet.
    #[must_use]
    pub fn new(host: Rc<Host>) -> Self {
        Self { host, open: Rc::default(), ticking: Rc::default() }
    }

    /// Notes that something is open until the guard is dropped.
    #[must_use]
    pub fn hold(&self) -> Open {
        self.open.set(self.open.get() + 1);
        if !self.ticking.replace(true) {
            spawn_local(self.clone().tick());
        }
        Open(Rc::clone(&self.open))
    }

    async fn tick(self) {
        loop {
            TimeoutFuture::new(EVERY_MS).await;
            if self.open.get() == 0 {
                break;
            }
            // The call itself is what counts; what it answers does not.
            drop(self.host.keep_alive().await);
        }
        self.ticking.set(false);
    }
}
