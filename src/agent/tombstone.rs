//! Tombstones: what is remembered of an invitation that ended.

use crate::agent::server_url::ServerUrl;
use crate::agent::state::{State, day_of};
use crate::config::{TOMBSTONES, TOMBSTONES_BYTES};
use liaison_protocol::ErrorCode;
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// What is remembered of an invitation that ended, so that a repeated offer gets the old outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// Which server.
    pub server: ServerUrl,
    /// Which task.
    pub task: String,
    /// For whom: the hash of their profile. `None`: it isn't known any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whom: Option<u64>,
    /// Under which epoch it ended.
    pub epoch: u32,
    /// `None`: completed.
    pub failed: Option<ErrorCode>,
    /// When.
    pub at: i64,
    /// Whether by the disk nothing of it was begun, and only the last writes of an earlier browser session may have been
    /// missing, and the server had `start` when this was written: it knows better.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub carried: bool,
}

impl State {
    /// Remembers how an invitation ended, once for each. Over the limit the oldest are forgotten. Age
    /// alone forgets none: a clock that was set forth would have everything sent anew.
    pub fn bury(&mut self, tombstone: Tombstone) {
        if let Some(known) = self.tombstone(&tombstone.server, &tombstone.task) {
            let says_more = known.failed != tombstone.failed || (known.carried && !tombstone.carried);
            if known.failed != Some(ErrorCode::OutcomeUnknown) || !says_more {
                return;
            }
            // A look found out what became of it.
            self.exhume(&tombstone.server, &tombstone.task);
        }
        let day = self.tombstones.get_or_default(&day_of(tombstone.at));
        Rc::make_mut(day).push(tombstone);
        while self.has_too_many_tombstones() {
            let Some(oldest) = self.tombstones.iter().next().map(|(day, _)| day.to_owned()) else { return };
            match self.tombstones.get_mut(&oldest).map(Rc::make_mut) {
                Some(day) if day.len() > 1 => drop(day.remove(0)),
                _ => drop(self.tombstones.remove(&oldest)),
            }
        }
    }

    /// Remembers a task that may have been sent until a server is known that it may be of, once.
    pub fn lose(&mut self, task: &str) {
        if !self.lost.iter().any(|lost| lost == task) {
            self.lost.push(task.to_owned());
        }
    }

    /// Forgets whom the invitations were for, and nothing else of them.
    pub fn forget_whom(&mut self) {
        for day in self.tombstones.values_mut() {
            Rc::make_mut(day).iter_mut().for_each(|tombstone| tombstone.whom = None);
        }
    }

    /// Forgets how an invitation ended.
    pub fn exhume(&mut self, server: &ServerUrl, task: &str) {
        let same = |old: &Tombstone| old.task == task && old.server == *server;
        for day in self.tombstones.values_mut().filter(|day| day.iter().any(same)) {
            Rc::make_mut(day).retain(|old| !same(old));
        }
        self.tombstones.retain(|_, day| !day.is_empty());
    }

    fn has_too_many_tombstones(&self) -> bool {
        let all = || self.tombstones.values().flat_map(|day| day.iter());
        // So many bytes are the names of the members, the numbers and the code.
        let bytes = |tombstone: &Tombstone| tombstone.task.len() + tombstone.server.as_str().len() + 143;
        all().count() > TOMBSTONES || all().map(bytes).sum::<usize>() > TOMBSTONES_BYTES
    }

    /// How an invitation of this server ended before.
    #[must_use]
    pub fn tombstone(&self, server: &ServerUrl, task: &str) -> Option<&Tombstone> {
        let all = self.tombstones.values().rev().flat_map(|day| day.iter());
        all.into_iter().find(|tombstone| tombstone.task == task && tombstone.server == *server)
    }
}
