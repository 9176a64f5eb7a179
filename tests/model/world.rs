//! The state: everybody's disks, what is under way, and what an onlooker remembers.

use crate::browser::Browser;
use liaison_protocol::TaskType;
use liaison_server::lifecycle::{END_WITHIN_MS, State, start_within_ms};
use std::hash::{Hash, Hasher};

/// The world at one moment. Times are in ms since the caller's POST, by the server's clock where nothing else is said.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    /// The server's clock.
    pub now: i64,
    /// The server's disk.
    pub server: Server,
    /// The browsers: the first is there from the beginning.
    pub browsers: Vec<Browser>,
    /// Every request that was ever on its way to the server, and may (again) arrive at any time.
    pub sent: Vec<Request>,
    /// LinkedIn.
    pub site: Site,
    /// How often what has happened.
    pub spent: Spent,
    /// What an onlooker remembers.
    pub seen: Seen,
}

/// The server's disk.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Server {
    /// The task; `None` before the POST.
    pub task: Option<Row>,
    /// One for each offer that was not a repeat. The place is the token.
    pub leases: Vec<LeaseRow>,
    /// The instance that owns each agent's token.
    pub owners: [Option<u8>; 2],
    /// Instances that were seen, as bits.
    pub known: u8,
    /// Whether the first agent was superseded by another pairing.
    pub superseded: bool,
    /// A sweep between its read and its write: what it read.
    pub sweeping: Option<Row>,
}

/// A task's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it is.
    pub state: State,
    /// The newest epoch.
    pub epoch: u8,
    /// How often it was begun.
    pub attempt: u8,
    /// When it was begun.
    pub started_at: Option<i64>,
    /// When it has to be over.
    pub deadline: i64,
    /// A read's lease.
    pub lease_until: Option<i64>,
    /// Whether the caller wants it stopped.
    pub cancel: bool,
    /// With what it ended.
    pub end: Option<Body>,
}

impl Hash for Row {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let Self { state, epoch, attempt, started_at, deadline, lease_until, cancel, end } = self;
        (*state as u8, epoch, attempt, started_at, deadline, lease_until, cancel, end).hash(hasher);
    }
}

/// A lease's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LeaseRow {
    /// Its epoch.
    pub epoch: u8,
    /// To which agent.
    pub agent: u8,
    /// Whether it was offered for verifying.
    pub verify: bool,
    /// When it was started.
    pub started_at: Option<i64>,
    /// When it was offered, or asked to be verified, the last time that was not a repeat.
    pub offered_at: i64,
    /// How often it was asked to be verified, what came back not counted.
    pub asked: u8,
    /// Whether that is known to have arrived.
    pub arrived: bool,
    /// With what it was completed.
    pub result: Option<Body>,
    /// Whether it is a token that a rotation made void.
    pub void: bool,
}

/// What a task ends with, or a lease is completed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Body {
    /// `completed`.
    Completed,
    /// `returned`.
    Returned,
    /// `failed`/`outcome_unknown`.
    Unknown,
    /// The same, of what by the disk was not begun: remembered alone, and never told.
    Carried,
    /// `failed`/`cannot_resend_yet`.
    CannotResendYet,
    /// `failed`, and LinkedIn said so: `profile_unavailable` and the like.
    Refused,
    /// `failed`/`cancelled`.
    Cancelled,
    /// `failed`/`expired`.
    Expired,
    /// `failed`/`upstream`: a read that was begun too often.
    GivenUp,
}

/// A request to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Request {
    /// A poll.
    Poll {
        /// Of which browser.
        by: u8,
        /// What it says.
        said: Said,
    },
    /// A `start`.
    Start {
        /// Of which browser.
        by: u8,
        /// With which token.
        token: u8,
    },
    /// A `complete`.
    Complete {
        /// Of which browser.
        by: u8,
        /// With which token.
        token: u8,
        /// With what.
        body: Body,
    },
}

/// What a poll says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Said {
    /// Epoch and phase of the task, when it is in the journal.
    pub held: Option<(u8, Phase)>,
    /// Whether the agent is ready.
    pub ready: bool,
    /// Whether it takes the task's kind.
    pub accepts: bool,
}

/// See `HeldPhase`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Nothing was asked of LinkedIn.
    Claimed,
    /// Being carried out.
    Running,
    /// Being looked up.
    Verifying,
    /// Ended.
    Finished,
}

/// LinkedIn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Site {
    /// Whether an invitation of this task is pending.
    pub ours: bool,
    /// Whether one by hand is pending.
    pub by_hand: bool,
    /// Whether the list of sent invitations shows ours.
    pub listed: bool,
    /// Whether the list has shown it, and shows it no more: the person accepted, or it is not among the newest hundred.
    pub gone: bool,
    /// POSTs whose answer nobody waits for, and that may still arrive.
    pub late_posts: u8,
}

/// How often what has happened: see `rules::Bounds`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Spent {
    /// Deaths of a worker.
    pub worker_deaths: u8,
    /// Deaths of a browser.
    pub browser_deaths: u8,
    /// Erased storages.
    pub wipes: u8,
    /// Jumps of time.
    pub jumps: u8,
    /// Set clocks.
    pub clock_sets: u8,
    /// Pauses.
    pub pauses: u8,
    /// Results refused for good.
    pub refused_results: u8,
}

/// What an onlooker remembers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Seen {
    /// How often `fetch` was called for the task; 2 stands for more.
    pub fetches: u8,
    /// Why nobody may know how the task ended.
    pub excuses: Excuses,
    /// Whether the list was looked at before sending, and did not show an invitation that was made or under way.
    pub lagged: bool,
    /// What went wrong first.
    pub flaw: Option<Flaw>,
}

/// Why nobody may know what became of an invitation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Excuses {
    /// A POST had no answer that was heard.
    pub unheard: bool,
    /// A browser died with its last writes, or while an invitation was begun, or its storage was erased.
    pub lost_writes: bool,
    /// A browser that came back asked whether it had been given leave before, and that very question was answered unheard: it
    /// was leave, and who asks again can't tell whose.
    pub start_unheard: bool,
    /// All that is known of what was begun was lost with them.
    pub lost_entry: bool,
    /// A worker died while its journal said "about to send".
    pub died_sending: bool,
    /// Another browser took over.
    pub overtaken: bool,
    /// A poll was on its way for more than a minute.
    pub late_poll: bool,
    /// Time passed the deadline.
    pub deadline: bool,
    /// The server refused a result for good.
    pub refused_result: bool,
    /// Chrome repeated the POST.
    pub repeated: bool,
}

/// What must never be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// A finished task changed.
    EndChanged,
    /// An epoch shrank.
    EpochShrank,
    /// `fetch` was called after the task had ended.
    SentAfterEnd,
    /// A token was answered otherwise than before.
    AnswerChanged,
    /// An offer went to an instance that was overtaken.
    OfferedToSuperseded,
    /// A deadline was put off.
    DeadlineMoved,
}

impl Row {
    /// A task as it is queued.
    #[must_use]
    pub const fn queued(kind: TaskType) -> Self {
        let deadline = start_within_ms(kind).cast_signed();
        Self {
            state: State::Queued,
            epoch: 0,
            attempt: 0,
            started_at: None,
            deadline,
            lease_until: None,
            cancel: false,
            end: None,
        }
    }

    /// The latest deadline that it may ever have.
    #[must_use]
    pub const fn last_deadline(kind: TaskType) -> i64 {
        (start_within_ms(kind) + END_WITHIN_MS).cast_signed()
    }
}

impl World {
    /// The world before the caller's POST.
    #[must_use]
    pub fn new(browsers: usize, by_hand: bool) -> Self {
        Self {
            now: 0,
            server: Server {
                task: None,
                leases: Vec::new(),
                owners: [None; 2],
                known: 0,
                superseded: false,
                sweeping: None,
            },
            browsers: (0..browsers).map(|number| Browser::new(number == 0)).collect(),
            sent: Vec::new(),
            site: Site { by_hand, ..Site::default() },
            spent: Spent::default(),
            seen: Seen::default(),
        }
    }

    /// The clock of a browser.
    #[must_use]
    pub fn clock(&self, by: u8) -> i64 {
        self.now + self.browsers[usize::from(by)].ahead
    }

    /// Notes what went wrong, the first time.
    pub const fn note(&mut self, flaw: Flaw) {
        if self.seen.flaw.is_none() {
            self.seen.flaw = Some(flaw);
        }
    }

    /// What a browser sent has arrived by now, or never will.
    pub fn forget_requests_of(&mut self, browser: u8) {
        self.sent.retain(|request| {
            let (Request::Poll { by, .. } | Request::Start { by, .. } | Request::Complete { by, .. }) =
                request;
            *by != browser
        });
    }

    /// Puts a request on its way; it may arrive any number of times.
    pub fn send(&mut self, request: Request) {
        if let Err(place) = self.sent.binary_search(&request) {
            self.sent.insert(place, request);
        }
    }
}
