//! A browser with the extension: what is on its disk, and what is under way in its worker.

use crate::world::{Body, Phase, Said};

/// A browser with the extension.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Browser {
    /// Whether it is paired.
    pub paired: bool,
    /// Whether the server no longer wants it.
    pub ended: bool,
    /// Whether the person paused it.
    pub paused: bool,
    /// Its clock, less the server's.
    pub ahead: i64,
    /// What its disk holds, if it lives.
    pub journal: Journal,
    /// What its disk held before, in this browser session: if it dies, one of these or the present one is left.
    pub older: Vec<Journal>,
    /// A `start` under way.
    pub asking: Asking,
    /// The invitation's way to LinkedIn.
    pub sending: Sending,
}

/// What is on a browser's disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Journal {
    /// The task's entry.
    pub entry: Option<Entry>,
    /// How the task ended before.
    pub tomb: Option<Body>,
}

/// A task in a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Entry {
    /// The offer's epoch.
    pub epoch: u8,
    /// The offer's token.
    pub token: u8,
    /// Whether it was last written in this browser session.
    pub same_session: bool,
    /// Whether it is to stop.
    pub cancelled: bool,
    /// How far it is.
    pub stage: Stage,
}

/// See `agent::entry::Stage`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// A read.
    Walking {
        /// When it was accepted, by the browser's clock.
        at: i64,
    },
    /// An invitation without a `start`, before the look at the list.
    Checking,
    /// Before the answer to `start`.
    Starting {
        /// When it was asked, by the browser's clock.
        asked_at: Option<i64>,
        /// Whether the entry comes from an earlier browser session.
        carried: bool,
    },
    /// "About to send".
    Sending {
        /// When this was written, by the browser's clock.
        at: i64,
    },
    /// It may have been sent.
    Verifying {
        /// Looks taken.
        looks: u8,
        /// From when they are counted, by the browser's clock.
        from: i64,
        /// Whether LinkedIn answered the POST with `CANT_RESEND_YET`.
        refused: bool,
    },
    /// Ended; the result is not acknowledged.
    Finished {
        /// With what.
        body: Body,
        /// Whether an effect may have begun.
        acted: bool,
    },
}

/// A `start` under way in a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Asking {
    /// None.
    No,
    /// Asked; nothing has come back.
    Open,
    /// The answer is on its way back.
    Granted {
        /// What it says of `replayed`.
        replayed: bool,
        /// Whether there is any time to act.
        in_time: bool,
    },
    /// Refused for good.
    Refused {
        /// Because another instance has the token.
        superseded: bool,
    },
}

/// An invitation's way from the journal to LinkedIn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sending {
    /// None.
    No,
    /// Written down; `fetch` was not called.
    Ready {
        /// Not before, by the browser's clock.
        from: i64,
        /// Not after.
        until: i64,
    },
    /// `fetch` was called, and its answer is waited for.
    Flying,
}

impl Browser {
    /// A browser that holds nothing.
    #[must_use]
    pub const fn new(paired: bool) -> Self {
        Self {
            paired,
            ended: false,
            paused: false,
            ahead: 0,
            journal: Journal { entry: None, tomb: None },
            older: Vec::new(),
            asking: Asking::No,
            sending: Sending::No,
        }
    }
}

impl Entry {
    /// The phase that a poll names.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match self.stage {
            Stage::Walking { .. } | Stage::Checking | Stage::Starting { .. } => Phase::Claimed,
            Stage::Sending { .. } => Phase::Running,
            Stage::Verifying { .. } => Phase::Verifying,
            Stage::Finished { .. } => Phase::Finished,
        }
    }

    const fn occupies(&self) -> bool {
        matches!(
            self.stage,
            Stage::Walking { .. } | Stage::Checking | Stage::Starting { .. } | Stage::Sending { .. }
        )
    }
}

impl Browser {
    /// Whether it works for the server.
    #[must_use]
    pub const fn works(&self) -> bool {
        self.paired && !self.ended
    }

    /// What a poll sent now says; `None` while a task is in hand.
    #[must_use]
    pub fn said(&self) -> Option<Said> {
        let parked =
            self.paused && matches!(self.journal.entry, Some(Entry { stage: Stage::Walking { .. }, .. }));
        let in_hand = self.journal.entry.as_ref().is_some_and(Entry::occupies) && !parked;
        let held = self.journal.entry.map(|entry| (entry.epoch, entry.phase()));
        let ready = !self.paused;
        (self.works() && !in_hand).then_some(Said { held, ready, accepts: ready && !parked })
    }

    /// Whether it has yet to hear how far an earlier session got.
    #[must_use]
    pub fn is_carried(&self) -> bool {
        matches!(self.stage(), Some(Stage::Starting { carried: true, .. }))
    }

    /// The stage of what it holds.
    #[must_use]
    pub fn stage(&self) -> Option<Stage> {
        self.journal.entry.map(|entry| entry.stage)
    }
}
