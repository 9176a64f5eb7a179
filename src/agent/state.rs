//! The agent's state: a plain value. What is durable is told apart from what lives and dies with the worker.

use crate::agent::aside::Aside;
use crate::agent::breaker::Breakers;
use crate::agent::check::Check;
use crate::agent::entry::{Entry, Stage, Summary, Verification};
use crate::agent::event::CommandId;
use crate::agent::hours::Zone;
use crate::agent::ledger::Ledger;
use crate::agent::log::Log;
use crate::agent::pace::Pace;
use crate::agent::server_url::ServerUrl;
use crate::agent::settings::Settings;
use crate::agent::signal::Signals;
use crate::agent::slots::Slots;
use crate::agent::status::Problem;
use crate::agent::tombstone::Tombstone;
use crate::agent::walk::Cursor;
use crate::config::{
    DAY_MS, HEARTBEAT_MS, HELD_BYTES, HELD_TASKS, MAX_POLL_GAP_MS, ME_RETRY_MS, OTHER_WAY_MS,
    RETRY_AFTER_MOST_MS, SIGNED_OUT_RETRY_MS,
};
use liaison_protocol::{ErrorCode, Fallback, HeldPhase, ReadyState, WaitReason, capability};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// Everything the agent knows.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The server it works for. Durable.
    pub pairing: Option<Rc<Pairing>>,
    /// What the person set. Durable.
    pub settings: Settings,
    /// What was done lately. Durable.
    pub pace: Pace,
    /// Which invitations were sent lately. Durable.
    pub ledger: Ledger,
    /// What LinkedIn said no to. Durable.
    pub breakers: Breakers,
    /// The journal, by task id. Durable, one key a task.
    pub tasks: Slots<Rc<Entry>>,
    /// Invitations that ended, by day. Durable, one key a day.
    pub tombstones: Slots<Rc<Vec<Tombstone>>>,
    /// Tasks that may have been sent for a server that is not known, the record of their pairing being lost: their names, and
    /// nothing more of them. Durable, one key a task.
    pub lost: Vec<String>,
    /// The last finished tasks, newest first. Durable.
    pub recent: Rc<Vec<Summary>>,
    /// The browser session's id. Lives as long as the browser.
    pub session: String,
    /// The signed-in member, hashed; `None` until asked. Lives as long as the browser.
    pub account: Option<String>,
    /// What is not to be done before. Lives as long as the browser, since a worker that is ended while it waits must not
    /// ask again at once.
    pub waits: Waits,
    /// The way to the list that worked when the first one didn't. Lives as long as the browser.
    pub other_way: Option<OtherWay>,
    /// What the person was called for outside of any page. Lives as long as the browser, as do the notifications.
    pub signals: Signals,
    /// Where finished walks left off, by account, sort and keyword. Lives as long as the browser.
    pub cursors: Rc<Slots<Cursor>>,
    /// Records that could not be read and were set aside.
    pub set_aside: Aside,
    /// What was done in the person's name. Durable.
    pub log: Rc<Log>,
    /// Counts the writes that only try whether storage takes writes again. Durable, for that alone.
    pub storage_probes: u32,
    /// What dies with the worker.
    pub live: Live,
}

/// A pairing with a task server.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairing {
    /// Where.
    pub server: ServerUrl,
    /// The agent token.
    pub token: String,
    /// Random, made at pairing.
    pub instance: String,
    /// Random, made at pairing: keys the hash of the member.
    pub salt: (u64, u64),
    /// What the person calls this browser.
    pub name: String,
    /// The first signed-in member's hash: work is done for no other.
    #[serde(default)]
    pub bound_account: Option<String>,
    /// Which optional calls, and what it wants to be told, the server named last.
    #[serde(default)]
    pub supports: Vec<String>,
    /// Why the server no longer wants us.
    #[serde(default)]
    pub ended: Option<PairingEnd>,
}

impl std::fmt::Debug for Pairing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pairing")
            .field("server", &self.server)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

/// Why a pairing is of no use any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairingEnd {
    /// The server doesn't know the token.
    Unauthorised,
    /// Another browser paired with it.
    Superseded,
}

impl Pairing {
    /// Whether the server has `start`.
    #[must_use]
    pub fn has_start(&self) -> bool {
        self.supports(capability::START)
    }

    /// Whether the server takes heartbeats.
    #[must_use]
    pub fn has_heartbeat(&self) -> bool {
        self.supports(capability::HEARTBEAT)
    }

    /// Whether the server wants to be told how many invitations count. They are all that count: those sent by hand, and those of other
    /// servers and accounts, so nobody is told who doesn't ask.
    #[must_use]
    pub fn wants_usage(&self) -> bool {
        self.supports(capability::USAGE)
    }

    fn supports(&self, name: &str) -> bool {
        self.supports.iter().any(|other| other == name)
    }
}

/// Long waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Waits {
    /// The server is not to be polled before.
    pub poll_at: i64,
    /// The part of that which the server asked for itself.
    pub asked_until: i64,
    /// `/me` told nothing: not to be asked again before.
    pub me_at: i64,
}

/// A way to the list other than the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherWay {
    /// Which.
    pub way: Fallback,
    /// Until when the first one is not tried again.
    pub until: i64,
}

/// What dies with the worker.
#[derive(Clone, Debug, Default)]
pub struct Live {
    /// The extension's version.
    pub version: String,
    /// The state of a small generator, seeded at boot.
    pub random: u64,
    /// The parked poll.
    pub poll: Option<ParkedPoll>,
    /// Number of the last poll.
    pub generation: u64,
    /// When to poll next.
    pub next_poll_at: i64,
    /// Results and starts in a row that the server refused for good.
    pub refusals: u32,
    /// Failed polls in a row.
    pub poll_failures: u32,
    /// When the server last answered.
    pub contact_at: Option<i64>,
    /// Why it doesn't serve us, since.
    pub contact_problem: Option<Problem>,
    /// Whether that came with the wait that it asked for.
    pub problem_asks: bool,
    /// Since when all its answers were of no use; `None` when the last was, or there was none.
    pub failing_since: Option<i64>,
    /// How often the person has ended a pairing.
    pub partings: u32,
    /// Whether `/me` is being asked.
    pub asking_me: bool,
    /// The session changed meanwhile: that answer is thrown away.
    pub me_stale: bool,
    /// How many of them in a row were.
    pub me_discarded: u32,
    /// Why the last look at `/me` told nothing, other than that nobody is signed in. Until one does, no work is taken.
    pub me_problem: Option<ErrorCode>,
    /// Whether somebody is signed in, as far as this worker has seen.
    pub signed_in: Option<bool>,
    /// Whether the browser lets us talk to LinkedIn.
    pub no_permission: bool,
    /// What is under way for each task.
    pub tasks: Slots<TaskLive>,
    /// When a storage write last failed; cleared by one that succeeds.
    pub storage_failed_at: Option<i64>,
    /// Whether this worker has gone through the journal ([`crate::agent::event::Event::Booted`]) and written down what it
    /// made of it. Nothing is due before.
    pub booted: bool,
    /// The look at LinkedIn that the person asked for.
    pub check: Option<Check>,
    /// Whether the list is being asked for a look.
    pub check_calling: bool,
    /// That look is over, or the session has changed: the answer is thrown away.
    pub check_stale: bool,
    /// The person's time zone around now, as the driver learnt it.
    pub zone: Zone,
    /// Set when an update waits: who asked, to be answered when nothing is in hand.
    pub draining: Option<Vec<CommandId>>,
}

/// What is under way for one task in this worker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskLive {
    /// A call to LinkedIn, or a `start`, is open.
    pub calling: bool,
    /// That call was made for an entry that is gone: its answer is thrown away.
    pub stale: bool,
    /// How many answers in a row were thrown away.
    pub discarded: u32,
    /// That call is a `start`.
    pub starting: bool,
    /// Not to be called again before.
    pub call_at: i64,
    /// A heartbeat is open.
    pub beating: bool,
    /// When the next one is due; 0: at once.
    pub beat_at: i64,
    /// The result is being posted.
    pub posting: bool,
    /// How often that failed.
    pub post_failures: u32,
    /// Not to be posted again before.
    pub post_at: i64,
}

/// A poll under way, and what was said in it: when that changes, the poll is broken off and sent anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedPoll {
    /// Its number.
    pub generation: u64,
    /// What it said.
    pub said: Said,
}

/// What a poll says, less what changes by itself with time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The account.
    pub account: Option<String>,
    /// What the agent can do.
    pub state: ReadyState,
    /// Kinds it takes.
    pub accepts: Vec<&'static str>,
    /// Kinds it doesn't take now, why, and until when: a person who changes their limits changes that too.
    pub waiting: Vec<(&'static str, WaitReason, Option<i64>)>,
    /// The journal.
    pub held: Vec<(String, u32, HeldPhase)>,
}

impl State {
    /// Sixty-four bits from the small generator (splitmix64): for jitter, not for secrets.
    pub fn random(&mut self) -> u64 {
        self.live.random = self.live.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.live.random;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// The entry of a task, for changing.
    pub fn entry_mut(&mut self, task: &str) -> Option<&mut Entry> {
        self.tasks.get_mut(task).map(Rc::make_mut)
    }

    /// What is under way for a task, for changing.
    pub fn live_mut(&mut self, task: &str) -> &mut TaskLive {
        self.live.tasks.get_or_default(task)
    }

    /// The pairing, for changing.
    pub fn pairing_mut(&mut self) -> Option<&mut Pairing> {
        self.pairing.as_mut().map(Rc::make_mut)
    }

    /// Stamps every entry that differs from `before` with this browser session: see [`Entry::same_session`].
    pub fn stamp_changed(&mut self, before: &Self) {
        for entry in self.tasks.values_mut() {
            let same = before.tasks.get(&entry.task).is_some_and(|old| Rc::ptr_eq(old, entry));
            if !same && entry.session != self.session {
                Rc::make_mut(entry).session.clone_from(&self.session);
            }
        }
    }

    /// The way by which a list is read that begins now.
    #[must_use]
    pub fn way(&self, now: i64) -> Option<Fallback> {
        self.other_way.filter(|other| other.until > now).map(|other| other.way)
    }

    /// Remembers by which way a page came.
    pub fn note_way(&mut self, way: Option<Fallback>, now: i64) {
        if way.is_none() || self.way(now) != way {
            self.other_way = way.map(|way| OtherWay { way, until: now + OTHER_WAY_MS });
        }
    }

    /// Forgets a way that no longer answers as it should.
    pub fn forget_way(&mut self, way: Option<Fallback>) {
        self.other_way = self.other_way.filter(|other| Some(other.way) != way);
    }

    /// A wait that the server asked for is over: what it said with it is no news any more, and its next answer is not there yet.
    pub fn end_asked_wait(&mut self) {
        self.waits.asked_until = 0;
        if std::mem::take(&mut self.live.problem_asks) {
            self.live.contact_problem = None;
        }
    }

    /// Shortens every wait that only a clock set back can have made so long: none is longer than it was made for, and one
    /// that is over is forgotten, lest it begin anew.
    pub fn settle(&mut self, now: i64) {
        let most = |at: &mut i64, wait: i64| *at = if *at <= now { 0 } else { (*at).min(now + wait) };
        if self.live.storage_failed_at.is_none() {
            // These are written down, and a step that needs no other write must not fail for them.
            self.pace.settle(now, self.settings.limits());
            self.ledger.adopt(&std::mem::take(&mut self.pace.invites), now);
            self.ledger.settle(now);
            self.breakers.settle(now);
            most(&mut self.waits.poll_at, RETRY_AFTER_MOST_MS.cast_signed());
            let asked = self.waits.asked_until > 0;
            most(&mut self.waits.asked_until, RETRY_AFTER_MOST_MS.cast_signed());
            if asked && self.waits.asked_until == 0 {
                self.end_asked_wait();
            }
            most(&mut self.waits.me_at, SIGNED_OUT_RETRY_MS);
        }
        if let Some(other) = &mut self.other_way {
            other.until = other.until.min(now + OTHER_WAY_MS);
        }
        most(&mut self.live.next_poll_at, MAX_POLL_GAP_MS.cast_signed());
        for live in self.live.tasks.values_mut() {
            most(&mut live.call_at, ME_RETRY_MS);
            most(&mut live.beat_at, HEARTBEAT_MS);
            most(&mut live.post_at, RETRY_AFTER_MOST_MS.cast_signed());
        }
        for entry in self.tasks.values_mut() {
            let Stage::Verifying(search) = &entry.stage else { continue };
            // Of a clock whose difference from LinkedIn's was known the time stands, however it is set.
            let latest = if search.clock_ahead.is_some() { i64::MAX } else { now };
            let (sent_at, counted_from) = (search.sent_at.min(latest), search.counted_from.min(now));
            if (sent_at, counted_from) != (search.sent_at, search.counted_from) {
                let search = Verification { sent_at, counted_from, ..search.clone() };
                Rc::make_mut(entry).stage = Stage::Verifying(search);
            }
        }
    }

    /// Whether the person has it stand still, or has to look at what is missing first.
    #[must_use]
    pub fn is_still(&self) -> bool {
        self.settings.paused || self.set_aside.stops()
    }

    /// Whether the journal holds as much as it may: results that the server doesn't take.
    #[must_use]
    pub fn is_full(&self) -> bool {
        let held: usize = self.tasks.values().map(|entry| entry.size()).sum();
        self.tasks.len() >= HELD_TASKS || held >= HELD_BYTES
    }

    /// The task that keeps the agent from taking another.
    #[must_use]
    pub fn occupied_by(&self) -> Option<&Entry> {
        self.tasks.values().map(Rc::as_ref).find(|entry| entry.occupies())
    }

    /// Whether the bound member is known to be the one signed in.
    #[must_use]
    pub fn right_account(&self) -> bool {
        let bound = self.pairing.as_ref().and_then(|pairing| pairing.bound_account.as_ref());
        self.account.is_some() && self.account.as_ref() == bound
    }
}

/// The day of a time, so written that the order of the names is that of the days.
#[must_use]
pub fn day_of(at: i64) -> String {
    format!("{:08}", at.div_euclid(DAY_MS).max(0))
}
