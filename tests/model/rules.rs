//! What a run is about: the level, the bounds, the rivals, and which rule is broken on purpose.

/// What the task server can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// `poll` and `complete` alone.
    One,
    /// `start` and `heartbeat` too.
    Two,
}

/// Who else acts for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rival {
    /// Nobody.
    None,
    /// A second browser with the same token.
    SameToken,
    /// A second browser that was paired by a code of its own.
    NewPairing,
}

/// How often what may happen at any time happens at most. What is not named here happens as often as it likes: any
/// request may be lost, repeated and late without end.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Epochs of the task.
    pub epochs: u8,
    /// Deaths of a worker.
    pub worker_deaths: u8,
    /// Deaths of a browser, with the last writes of its storage.
    pub browser_deaths: u8,
    /// Times that all of the storage is erased.
    pub wipes: u8,
    /// Times that time passes.
    pub jumps: u8,
    /// Times that the person's clock is set, both ways.
    pub clock_sets: u8,
    /// By how much it is set: so many of the times that may pass at once, the shortest first.
    pub clock_kinds: u8,
    /// Times that the person pauses.
    pub pauses: u8,
    /// Polls that are on their way for long, at once.
    pub late_polls: u8,
    /// Whether what a machine sent before it lost power may still arrive when it is up again and acts.
    pub late_over_restarts: bool,
    /// Whether a browser that dies comes back with what it holds, if in an earlier state.
    pub keeps_entries: bool,
    /// Whether the caller may cancel.
    pub cancels: bool,
    /// Results that the server refuses for good, though the task is not over.
    pub refused_results: u8,
    /// Whether there was an invitation to the same person before, by hand.
    pub invited_before: bool,
}

impl Bounds {
    /// Nothing goes wrong but what the network does.
    pub const CALM: Self = Self {
        epochs: 2,
        worker_deaths: 0,
        browser_deaths: 0,
        wipes: 0,
        jumps: 0,
        clock_sets: 0,
        clock_kinds: 2,
        pauses: 0,
        late_polls: 0,
        late_over_restarts: false,
        keeps_entries: false,
        cancels: false,
        refused_results: 0,
        invited_before: false,
    };
}

/// A rule that is broken, to see that the model notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// Server: a `start` is granted whatever its epoch.
    NoEpochCheck,
    /// Agent: sends without a `start`, on a server that has one.
    NoStart,
    /// Agent: the time to act is not looked at.
    NoActWithin,
    /// Server: an offer that is repeated gets a new token.
    TokenRotated,
    /// Agent: an invitation without an answer is sent again.
    ResendOnUnknown,
    /// Agent: who is not in the list was not invited.
    NotFoundIsNotSent,
    /// Agent: "about to send" is written once the answer is there.
    JournalAfterFetch,
    /// Agent: `replayed` is not looked at.
    ReplayedIgnored,
    /// Agent: an entry of an earlier browser session is believed.
    SessionIgnored,
    /// Agent: nothing is remembered of what ended.
    NoTombstones,
    /// Agent: an entry of an earlier session is given back when it can't go on now.
    CarriedGivenBack,
    /// Agent: an entry of an earlier session is sent when the server says that it was not started.
    CarriedSent,
    /// Agent: an entry of an earlier session is called cancelled before the server said whether it was started.
    CarriedCancelled,
    /// Agent: what an earlier session may have sent is looked for, and the server isn't asked whether it was started.
    UnknownAfterDeath,
    /// Agent: a look that is asked for is returned, as by one that lost its journal and knows nothing of the task.
    LookReturned,
    /// Server: what is returned after a look was asked for goes back into the queue.
    ReturnedAfterVerify,
    /// Agent: leave is taken for granted when `start` has no answer.
    SilenceIsLeave,
    /// Server: who asks for a start again is given it until the task ends, and while it is looked for.
    ReplayedToTheEnd,
    /// Server: a `start` is answered before it is on disk.
    StartNotDurable,
    /// Server: an instance that was overtaken is served like any other.
    InstancesAlike,
    /// Server: a sweep writes what it decided, whatever has happened since it read.
    SweepUnguarded,
    /// Agent, level one: the list is not looked at before sending.
    NoCheck,
}

/// A run.
#[derive(Clone, Debug)]
pub struct Rules {
    /// What the server can do.
    pub level: Level,
    /// Whether the task is a read.
    pub read: bool,
    /// Who else acts.
    pub rival: Rival,
    /// How often what happens.
    pub bounds: Bounds,
    /// What is broken.
    pub mutants: &'static [Mutant],
}

impl Rules {
    /// An invitation by one browser.
    #[must_use]
    pub const fn new(level: Level, bounds: Bounds) -> Self {
        Self { level, read: false, rival: Rival::None, bounds, mutants: &[] }
    }

    /// Whether a rule is broken.
    #[must_use]
    pub fn broken(&self, mutant: Mutant) -> bool {
        self.mutants.contains(&mutant)
    }
}
