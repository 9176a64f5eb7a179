//! How an agent dies that talks to a real server: at which await, and what of its writes is left.

use super::ports::{Records, Sockets};
use liaison::ports::{Area, Write};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::future::pending;
use tokio::sync::Notify;

/// One life after the other.
#[derive(Default)]
pub struct Life {
    points: Cell<usize>,
    end_at: Cell<Option<usize>>,
    ended: Notify,
    polled: Notify,
    wrote: Notify,
    /// What the records were before each write to `storage.local`.
    history: RefCell<Vec<Records>>,
}

impl Life {
    /// A poll is on its way.
    pub fn poll_left(&self) {
        self.polled.notify_one();
    }

    /// Writes are about to be made.
    pub fn note(&self, writes: &[Write], before: &Records) {
        if writes.iter().any(|write| write.area == Area::Local) {
            self.history.borrow_mut().push(before.clone());
        }
    }

    /// They were made.
    pub fn wrote(&self) {
        self.wrote.notify_one();
    }
}

impl Sockets {
    /// The worker ends at the await of that number from now on, if it comes so far.
    pub fn end_at(&self, point: usize) {
        let life = &self.0.life;
        life.end_at.set(Some(life.points.get() + point));
        life.history.borrow_mut().clear();
    }

    /// An await on a port.
    pub async fn point(&self) {
        let life = &self.0.life;
        life.points.set(life.points.get() + 1);
        if life.end_at.get().is_some_and(|at| at <= life.points.get()) {
            life.ended.notify_one();
            pending::<()>().await;
        }
    }

    /// What `other` comes to, unless the worker ends before.
    pub async fn ended_or<T>(&self, other: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.0.life.ended.notified() => None,
            value = other => Some(value),
        }
    }

    /// Waits for a poll to be sent.
    pub async fn polls(&self) {
        self.0.life.polled.notified().await;
    }

    /// Waits until no task is in the journal.
    pub async fn is_clear(&self) {
        let held = || self.0.records.borrow().keys().any(|(_, key)| key.starts_with("task:"));
        while held() {
            self.0.life.wrote.notified().await;
        }
    }

    /// The worker is gone; with `lost` the browser's session too, and so many of the last writes.
    pub fn die(&self, lost: Option<usize>) {
        let life = &self.0.life;
        life.end_at.set(None);
        let Some(lost) = lost else { return };
        let mut history = life.history.borrow_mut();
        let kept = history.len().saturating_sub(lost);
        if let Some(records) = history.get(kept) {
            self.0.records.replace(records.clone());
        }
        history.clear();
        self.0.records.borrow_mut().retain(|(area, _), _| *area == Area::Local);
    }

    /// The agent token.
    pub fn token(&self) -> String {
        let records = self.0.records.borrow();
        // In the first line stands the record's seal.
        let (_, record) = records[&(Area::Local, "pairing".to_owned())].split_once('\n').unwrap();
        let pairing: Value = serde_json::from_str(record).unwrap();
        pairing["token"].as_str().unwrap().to_owned()
    }
}
