//! Records that could not be read: what was set aside, and what must not be done until a person has looked.
//!
//! A record that is gone is never read as "nothing was set" or "nothing was done". Without the person's settings, the
//! count of the invitations, what LinkedIn said no to, or the memory of what was sent, the agent stands still until the
//! person clears it; `docs/STORAGE.md` has the table.

use crate::agent::status::{Problem, SET_ASIDE};

/// See the module. Lives in storage as `aside:<key>`, or as a gap where a record has to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aside {
    /// The keys under which the records lay.
    keys: Vec<String>,
    /// Whether one of them was written by a later version of the extension.
    pub later: bool,
}

/// What the person set.
pub const SETTINGS: &str = "settings";
/// When the next calls may go. The first release counted what was sent in it.
pub const PACE: &str = "pace";
/// Which invitations were sent lately.
pub const INVITATIONS: &str = "invitations";
/// What LinkedIn said no to.
pub const BREAKERS: &str = "breakers";
/// The server it works for.
pub const PAIRING: &str = "pairing";
/// Before a task's id.
pub const TASK: &str = "task:";
/// Before the id of a task that may have been sent under a pairing that is lost.
pub const LOST: &str = "lost:";
/// Before a chunk's number of the local log.
pub const LOG: &str = "log:";
/// Before the day of tombstones.
pub const TOMBSTONES: &str = "tombstones:";

impl Aside {
    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Notes a record, once.
    pub fn add(&mut self, key: &str) {
        if !self.has(key) {
            self.keys.push(key.to_owned());
        }
    }

    /// Whether the record of this key is missing.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|other| other == key)
    }

    /// The keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(String::as_str)
    }

    /// What kind of records they are: a key may have a task's name in it.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        const KINDS: [&str; 8] = [SETTINGS, PACE, INVITATIONS, BREAKERS, PAIRING, TASK, LOG, TOMBSTONES];
        let kind_of = |key: &str| KINDS.into_iter().find(|kind| key.starts_with(kind)).unwrap_or("other");
        self.keys().map(move |key| kind_of(key).trim_end_matches(':'))
    }

    /// The tasks among them.
    pub fn tasks(&self) -> impl Iterator<Item = &str> {
        self.keys().filter_map(|key| key.strip_prefix(TASK))
    }

    /// Whether this task's record is missing.
    #[must_use]
    pub fn has_task(&self, task: &str) -> bool {
        self.tasks().any(|other| other == task)
    }

    /// Forgets the record of what a pairing was and did: the pairing is over, or there is another.
    pub fn forget_pairing(&mut self) {
        self.keys.retain(|key| key != PAIRING && !key.starts_with(TASK));
    }

    /// Forgets lines of the log: the person has erased it.
    pub fn forget_log(&mut self) {
        self.keys.retain(|key| !key.starts_with(LOG));
    }

    /// Whether the agent stands still until a person clears it.
    #[must_use]
    pub fn stops(&self) -> bool {
        self.keys()
            .any(|key| matches!(key, SETTINGS | PACE | INVITATIONS | BREAKERS) || key.starts_with(TOMBSTONES))
    }

    /// What the person is told.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        let (said, message) = match () {
            () if self.keys.is_empty() => return None,
            () if self.later => {
                ("record_later", "A newer version of the extension wrote a record that this one can't read")
            }
            () if self.has(PAIRING) => {
                ("record_pairing", "The record of the pairing was damaged and was set aside")
            }
            () if self.has(SETTINGS) => {
                ("record_settings", "The record of your settings was damaged and was set aside")
            }
            () => ("record_other", "A stored record was damaged and was set aside"),
        };
        let remedy = match () {
            () if self.later => {
                "Update the extension, or look at the last invitations on LinkedIn by hand and clear this; the record is erased"
            }
            () if self.has(PAIRING) => "Pair again on the options page",
            () if self.has(SETTINGS) => "Clear this, look at your settings, and let the agent go on",
            () => "Look at the last invitations on LinkedIn by hand, then clear this; the record is erased",
        };
        Some(Problem::new(SET_ASIDE, message, remedy).said(said, Vec::new()))
    }
}
