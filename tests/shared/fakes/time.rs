//! Time that stands still until everything waits.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// A steady clock that the test moves, and a wall clock beside it that may jump.
pub struct Time {
    steady: Cell<i64>,
    offset: Cell<i64>,
    timers: RefCell<Vec<(i64, Waker)>>,
    /// How many minutes the person's local time is ahead of UTC at an instant.
    pub zone: Cell<fn(i64) -> i32>,
}

impl Time {
    /// A clock that shows `now`.
    pub fn new(now: i64) -> Self {
        Self {
            steady: Cell::new(now),
            offset: Cell::new(0),
            timers: RefCell::default(),
            zone: Cell::new(|_| 0),
        }
    }

    /// What the wall clock shows.
    pub fn now(&self) -> i64 {
        self.steady.get() + self.offset.get()
    }

    /// What a clock that never jumps shows.
    pub fn steady(&self) -> i64 {
        self.steady.get()
    }

    /// Sets the wall clock forth, or back. Timers that run are not touched.
    pub fn jump(&self, by_ms: i64) {
        self.offset.set(self.offset.get() + by_ms);
    }

    /// Moves time to the next timer, at most to `limit`. `false` when it stands at `limit`.
    pub fn advance(&self, limit: i64) -> bool {
        let next = self.timers.borrow().iter().map(|(at, _)| *at).min().unwrap_or(limit).min(limit);
        if self.steady.get() >= limit {
            return false;
        }
        self.steady.set(next.max(self.steady.get()));
        let now = self.steady.get();
        let due: Vec<Waker> =
            self.timers.borrow_mut().extract_if(.., |(at, _)| *at <= now).map(|(_, waker)| waker).collect();
        due.into_iter().for_each(Waker::wake);
        true
    }

    /// Ready at a time by the wall clock as it is now.
    pub async fn until_wall(&self, at: i64) {
        self.until(at.saturating_sub(self.offset.get())).await;
    }

    /// Ready after so long.
    pub async fn pass(&self, ms: i64) {
        self.until(self.steady.get() + ms).await;
    }

    /// Ready at a time by the steady clock.
    pub async fn until(&self, at: i64) {
        poll_fn(|context| {
            if self.steady.get() >= at {
                return Poll::Ready(());
            }
            self.wake_at(at, context.waker());
            Poll::Pending
        })
        .await;
    }

    /// Wakes at a time by the steady clock.
    pub fn wake_at(&self, at: i64, waker: &Waker) {
        let mut timers = self.timers.borrow_mut();
        // A wait that is looked at again and again is one wait.
        if !timers.iter().any(|(other, known)| *other == at && known.will_wake(waker)) {
            timers.push((at, waker.clone()));
        }
    }
}
