//! A whole world for the agent, made of memory: LinkedIn, a task server, storage, time, chance and the badge.
//!
//! It runs on the host and inside a browser alike, and what happens in it depends on nothing but the script: time
//! moves when everything waits, and then to the next thing that is due ([`agent::Agent`]). Every await on a port is a
//! *point*; the worker can be ended at any of them ([`FakeWorld::kill_at`]), as Chrome does.

#![allow(dead_code, reason = "each test binary uses its own part of this world")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

#[path = "fakes/agent.rs"]
pub mod agent;
#[path = "fakes/disk.rs"]
pub mod disk;
#[path = "fakes/linkedin.rs"]
pub mod linkedin;
#[path = "fakes/server.rs"]
pub mod server;
#[path = "fakes/time.rs"]
pub mod time;
#[path = "fakes/wire.rs"]
pub mod wire;

use disk::Disk;
use liaison::ports::{Badge, Clock, Face, Notice, Ports, Sign, Unicode};
use linkedin::LinkedIn;
use server::TaskServer;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::future::pending;
use std::rc::Rc;
use time::Time;
use unicode_normalization::UnicodeNormalization;
use wire::Wire;

/// 2026-11-22, midnight UTC.
pub const T0: i64 = 1_795_305_600_000;
/// Where the task server is.
pub const SERVER: &str = "https://tasks.example/liaison";
/// The token it knows.
pub const TOKEN: &str = "agent-token-1";

/// Longer than the browser's, so that a day is not three thousand steps.
const LONGEST_SLEEP_MS: i64 = 10 * 60 * 1_000;

/// The world. Clones are the same world.
#[derive(Clone)]
pub struct FakeWorld {
    /// Time and timers.
    pub time: Rc<Time>,
    /// LinkedIn.
    pub site: Rc<RefCell<LinkedIn>>,
    /// The task server.
    pub server: Rc<RefCell<TaskServer>>,
    /// Storage.
    pub disk: Rc<RefCell<Disk>>,
    /// What the person is shown.
    pub shown: Rc<RefCell<Shown>>,
    /// What becomes of calls.
    pub wire: Rc<Wire>,
    points: Rc<Points>,
}

/// What the person is shown, and what the browser allows.
#[derive(Default)]
pub struct Shown {
    /// Every badge, in order.
    pub badges: Vec<(Badge, String)>,
    /// Every notification, in order.
    pub notices: Vec<Notice>,
    /// The ids of those that were taken back, in order.
    pub withdrawn: Vec<String>,
    /// How often pages were told that something changed.
    pub changes: u32,
    /// Match patterns that the browser doesn't allow.
    pub denied: Vec<String>,
}

/// Where a run can be disturbed: each await and each call, but those that come again while nothing has changed.
#[derive(Clone, Default)]
pub struct Places {
    /// Numbers of points.
    pub points: Vec<u32>,
    /// Numbers of calls.
    pub calls: Vec<u32>,
    seen: HashSet<String>,
}

/// Something that happens to the world.
type Happening = Box<dyn FnOnce(&FakeWorld)>;

#[derive(Default)]
struct Points {
    count: Cell<u32>,
    kill_at: Cell<Option<u32>>,
    killed: RefCell<Option<String>>,
    happens_at: RefCell<Option<(u32, Happening)>>,
    places: RefCell<Option<Places>>,
    random: Cell<u64>,
}

impl FakeWorld {
    /// A world with a network of `people` and a server of the given level.
    #[must_use]
    pub fn new(people: usize, level: server::Level) -> Self {
        Self {
            time: Rc::new(Time::new(T0)),
            site: Rc::new(RefCell::new(LinkedIn::with_people(people))),
            server: Rc::new(RefCell::new(TaskServer::new(level))),
            disk: Rc::default(),
            shown: Rc::default(),
            wire: Rc::default(),
            points: Rc::default(),
        }
    }

    /// How many points were passed so far.
    #[must_use]
    pub fn points(&self) -> u32 {
        self.points.count.get()
    }

    /// Ends the worker at the point of that number: nothing after it happens.
    pub fn kill_at(&self, point: u32) {
        self.points.kill_at.set(Some(point));
    }

    /// This happens at the point of that number, once.
    pub fn at_point(&self, point: u32, happening: impl FnOnce(&Self) + 'static) {
        self.points.happens_at.replace(Some((point, Box::new(happening))));
    }

    /// From now on places are noted.
    pub fn note_places(&self) {
        self.points.places.replace(Some(Places::default()));
    }

    /// The places since [`FakeWorld::note_places`].
    #[must_use]
    pub fn places(&self) -> Places {
        self.points.places.borrow().clone().unwrap_or_default()
    }

    /// Whether this is a new place, by its label and all that is on disk, at the server and at LinkedIn.
    fn is_new_place(&self, label: &str) -> bool {
        let mut places = self.points.places.borrow_mut();
        let Some(places) = &mut *places else { return false };
        let (site, server) = (self.site.borrow(), self.server.borrow());
        let outside =
            (site.count(linkedin::ANY_LIST), site.count(linkedin::SENT), site.posts, site.invitations.len());
        let stands: Vec<_> = server.tasks.iter().map(|task| (&task.stand, task.epoch)).collect();
        places.seen.insert(format!("{label} {outside:?} {stands:?} {}", self.disk.borrow().all_text()))
    }

    /// Where the worker was ended, once it was.
    #[must_use]
    pub fn killed(&self) -> Option<String> {
        self.points.killed.borrow().clone()
    }

    /// A new worker may run.
    pub fn revive(&self) {
        self.points.kill_at.set(None);
        self.points.killed.replace(None);
    }

    /// Time by the browser's clock.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.time.now()
    }

    /// One await on a port.
    async fn point(&self, label: &str) {
        let count = self.points.count.get() + 1;
        self.points.count.set(count);
        if self.is_new_place(label)
            && let Some(places) = &mut *self.points.places.borrow_mut()
        {
            places.points.push(count);
        }
        let due = self.points.happens_at.borrow_mut().take_if(|(at, _)| *at == count);
        if let Some((_, happens)) = due {
            happens(self);
        }
        if self.points.kill_at.get() == Some(count) {
            self.points.killed.replace(Some(label.to_owned()));
        }
        if self.points.killed.borrow().is_some() {
            pending::<()>().await;
        }
    }
}

impl Clock for FakeWorld {
    fn now(&self) -> i64 {
        self.time.now()
    }

    fn utc_offset_minutes(&self, at: i64) -> i32 {
        self.time.zone.get()(at)
    }

    async fn sleep_until(&self, at: i64) {
        // Ready earlier, as in the browser: who slept for ever after a clock was set back would find it.
        self.time.until_wall(at.min(self.now() + LONGEST_SLEEP_MS)).await;
    }

    fn random(&self) -> u64 {
        let next = self.points.random.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        self.points.random.set(next);
        next
    }
}

impl Unicode for FakeWorld {
    fn nfc(&self, text: &str) -> String {
        text.nfc().collect()
    }

    fn recase(&self, text: &str) -> String {
        text.to_uppercase().to_lowercase()
    }
}

impl Face for FakeWorld {
    fn show_badge(&self, sign: &Sign) {
        self.shown.borrow_mut().badges.push((sign.badge, sign.title.clone()));
    }

    fn notify(&self, notice: &Notice) {
        self.shown.borrow_mut().notices.push(notice.clone());
    }

    fn withdraw(&self, id: &str) {
        self.shown.borrow_mut().withdrawn.push(id.to_owned());
    }

    fn status_changed(&self) {
        self.shown.borrow_mut().changes += 1;
    }

    async fn has_permission(&self, origin: &str) -> bool {
        self.point("permission").await;
        !self.shown.borrow().denied.iter().any(|denied| denied == origin)
    }
}

impl Ports for FakeWorld {
    type Site = Self;
    type Tasks = Self;
    type Store = Self;
    type Clock = Self;
    type Unicode = Self;
    type Face = Self;

    fn site(&self) -> &Self {
        self
    }

    fn tasks(&self) -> &Self {
        self
    }

    fn store(&self) -> &Self {
        self
    }

    fn clock(&self) -> &Self {
        self
    }

    fn unicode(&self) -> &Self {
        self
    }

    fn face(&self) -> &Self {
        self
    }

    fn version(&self) -> String {
        "0.0.1-test".to_owned()
    }
}
