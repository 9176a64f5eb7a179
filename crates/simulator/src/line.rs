//! What a request can ask of the connection it came on.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// One connection, as its requests see it.
#[derive(Debug, Default)]
pub(crate) struct Line {
    ended: Notify,
    aborted: AtomicBool,
    retired: Notify,
}

impl Line {
    /// Ends it once everything handed over has gone out.
    pub(crate) fn end(&self) {
        self.ended.notify_one();
    }

    /// Ends it with a TCP reset.
    pub(crate) fn abort(&self) {
        self.aborted.store(true, Ordering::Relaxed);
        self.end();
    }

    /// Has it serve what it is at, and no new request.
    pub(crate) fn retire(&self) {
        self.retired.notify_one();
    }

    /// Until some request wants it ended.
    pub(crate) async fn when_ended(&self) {
        self.ended.notified().await;
    }

    /// Until some request wants it retired.
    pub(crate) async fn when_retired(&self) {
        self.retired.notified().await;
    }

    /// Whether its end is to be a TCP reset.
    pub(crate) fn is_aborted(&self) -> bool {
        self.aborted.load(Ordering::Relaxed)
    }
}
