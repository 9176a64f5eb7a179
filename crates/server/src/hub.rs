//! Who waits for what, in memory alone: parked polls, and callers who wait for a task's end.
//!
//! Nothing here is needed after a restart: whoever waited asks again. Servers on one PostgreSQL tell each other what they
//! wake their own for, as hints: one that is lost costs a waiter the rest of their wait and nothing else. Of two servers
//! on one SQLite file neither wakes who waits at the other. In one process no wake-up is lost, because a waiter takes
//! its place *before* it looks into the database.

use crate::hints::Hint;
use liaison_protocol::Directive;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::{broadcast, mpsc, watch};

/// Ends that a slow waiter may fall behind; past that it looks into the database again, so nothing is lost.
const ENDED_BACKLOG: usize = 256;

/// All who wait.
#[derive(Clone)]
pub struct Hub {
    slots: Arc<Mutex<HashMap<String, Slot>>>,
    /// A task, or that any may have ended.
    ended: broadcast::Sender<Option<String>>,
    parked: Arc<watch::Sender<usize>>,
    closing: Arc<watch::Sender<bool>>,
    /// The other servers, when there may be some.
    others: Option<mpsc::Sender<Hint>>,
}

/// One acting member: at most one of their polls is open.
#[derive(Default)]
struct Slot {
    news: watch::Sender<News>,
    told: Vec<Directive>,
}

#[derive(Clone, Copy, Default)]
struct News {
    newest_poll: u64,
    /// When the newest poll came to another server, as far as it was heard of while one was here.
    newer_elsewhere: u64,
    wakes: u64,
}

/// A poll's place in the line.
pub struct Place {
    hub: Hub,
    member: String,
    number: u64,
    came_at: u64,
    news: watch::Receiver<News>,
}

/// Why a parked poll goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// There may be work.
    Work,
    /// A newer poll came: this one is answered empty.
    Overtaken,
    /// The server ends.
    Closing,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            slots: Arc::default(),
            ended: broadcast::Sender::new(ENDED_BACKLOG),
            parked: Arc::new(watch::Sender::new(0)),
            closing: Arc::new(watch::Sender::new(false)),
            others: None,
        }
    }
}

impl Hub {
    /// A hub that tells others by way of `hints`.
    #[must_use]
    pub fn telling(hints: mpsc::Sender<Hint>) -> Self {
        Self { others: Some(hints), ..Self::default() }
    }

    /// Takes a place for a poll of `member`, whose older poll is answered empty.
    #[must_use]
    pub fn take_place(&self, member: &str) -> Place {
        let mut slots = self.slots();
        let slot = slots.entry(member.to_owned()).or_default();
        slot.news.send_modify(|news| news.newest_poll += 1);
        let news = slot.news.subscribe();
        let number = news.borrow().newest_poll;
        drop(slots);
        let came_at = micros_now();
        self.tell_others(Hint::Poll { member: member.to_owned(), came_at });
        Place { hub: self.clone(), member: member.to_owned(), number, came_at, news }
    }

    /// The open poll of `member` goes back empty, and its agent's next one learns why.
    pub fn end_poll(&self, member: &str) {
        drop(self.take_place(member));
    }

    /// There may be work for `member`.
    pub fn wake(&self, member: &str) {
        self.wake_here(member);
        self.tell_others(Hint::Work(member.to_owned()));
    }

    fn wake_here(&self, member: &str) {
        if let Some(slot) = self.slots().get(member) {
            slot.news.send_modify(|news| news.wakes += 1);
        }
    }

    /// Whoever waits looks into the database again: hints may have been missed.
    pub fn wake_all(&self) {
        for slot in self.slots().values() {
            slot.news.send_modify(|news| news.wakes += 1);
        }
        let _ = self.ended.send(None);
    }

    /// What came from another server.
    pub fn hear(&self, hint: &Hint) {
        match hint {
            Hint::Work(member) => self.wake_here(member),
            Hint::Ended(task) => self.end_here(task),
            // The servers' clocks are a little apart: what is heard of is older than what has not come yet.
            Hint::Poll { member, came_at } => {
                if let Some(slot) = self.slots().get(member) {
                    let came_at = (*came_at).min(micros_now());
                    slot.news.send_modify(|news| news.newer_elsewhere = news.newer_elsewhere.max(came_at));
                }
            }
        }
    }

    /// Hears of every task that ends from now on; of `None` when any may have.
    #[must_use]
    pub fn ends(&self) -> broadcast::Receiver<Option<String>> {
        self.ended.subscribe()
    }

    /// `task` has ended.
    pub fn task_ended(&self, task: &str) {
        self.end_here(task);
        self.tell_others(Hint::Ended(task.to_owned()));
    }

    fn end_here(&self, task: &str) {
        // Nobody listening is no error.
        let _ = self.ended.send(Some(task.to_owned()));
    }

    /// With too many on their way already, one more is left out.
    fn tell_others(&self, hint: Hint) {
        if let Some(others) = &self.others {
            let _ = others.try_send(hint);
        }
    }

    /// How many polls are parked right now.
    #[must_use]
    pub fn parked(&self) -> watch::Receiver<usize> {
        self.parked.subscribe()
    }

    /// Answers every parked poll and every waiting caller, now and from now on.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Whether [`Hub::close`] was called.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// Returns once [`Hub::close`] was called.
    pub async fn closed(&self) {
        // The sender lives in `self`, so the channel can't close under us.
        let _ = self.closing.subscribe().wait_for(|closing| *closing).await;
    }

    /// A panic while the lock was held can't leave the map half-changed: every change is one call.
    fn slots(&self) -> MutexGuard<'_, HashMap<String, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Marks all news so far as seen; says whether this is still the newest poll. To be called before each look into
    /// the database: what happens after it wakes [`Place::woken`].
    #[must_use]
    pub fn look(&mut self) -> bool {
        let news = *self.news.borrow_and_update();
        self.is_newest(news)
    }

    const fn is_newest(&self, news: News) -> bool {
        news.newest_poll == self.number && news.newer_elsewhere <= self.came_at
    }

    /// Parks until there is news since the last [`Place::look`].
    pub async fn woken(&mut self) -> Woken {
        let _parked = Parked::count(&self.hub.parked);
        tokio::select! {
            _ = self.news.changed() => {
                if self.is_newest(*self.news.borrow()) { Woken::Work } else { Woken::Overtaken }
            }
            () = self.hub.closed() => Woken::Closing,
        }
    }

    /// Whether `directives` are other ones than the agent was told last. Told again at once, an agent that polls
    /// with the same `held` would poll in a circle; so only news is worth an early answer.
    #[must_use]
    pub fn are_new(&self, directives: &[Directive]) -> bool {
        self.hub.slots().get(&self.member).is_none_or(|slot| slot.told != directives)
    }

    /// Remembers what the agent is told.
    pub fn tell(&self, directives: &[Directive]) {
        if let Some(slot) = self.hub.slots().get_mut(&self.member) {
            slot.told = directives.to_vec();
        }
    }
}

/// Microseconds since 1970. It orders the polls of one member at several servers and decides nothing else.
fn micros_now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// Counts one parked poll for as long as it lives, also when its connection goes away.
struct Parked(Arc<watch::Sender<usize>>);

impl Parked {
    fn count(parked: &Arc<watch::Sender<usize>>) -> Self {
        parked.send_modify(|count| *count += 1);
        Self(Arc::clone(parked))
    }
}

impl Drop for Parked {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::ready;

    /// What a poll is woken by, if it is woken without waiting.
    async fn woken_at_once(place: &mut Place) -> Option<Woken> {
        tokio::select! {
            biased;
            woken = place.woken() => Some(woken),
            () = ready(()) => None,
        }
    }

    #[tokio::test]
    async fn a_wake_between_look_and_park_is_not_lost() {
        let hub = Hub::default();
        let mut place = hub.take_place("member");
        assert!(place.look());
        assert_eq!(woken_at_once(&mut place).await, None);
        hub.wake("member");
        assert_eq!(woken_at_once(&mut place).await, Some(Woken::Work));
        hub.wake("another");
        assert!(place.look());
        assert_eq!(woken_at_once(&mut place).await, None);
    }

    #[tokio::test]
    async fn a_newer_poll_overtakes_parked_or_not() {
        let hub = Hub::default();
        let mut older = hub.take_place("member");
        assert!(older.look());
        let mut newer = hub.take_place("member");
        assert_eq!(woken_at_once(&mut older).await, Some(Woken::Overtaken));
        assert!(!older.look());
        assert!(newer.look());
        hub.close();
        assert_eq!(woken_at_once(&mut newer).await, Some(Woken::Closing));
    }

    #[tokio::test]
    async fn a_newer_poll_elsewhere_overtakes_and_an_older_one_does_not() {
        let (hints, mut told) = mpsc::channel(10);
        let hub = Hub::telling(hints);
        let mut older = hub.take_place("member");
        let Some(Hint::Poll { member, came_at }) = told.recv().await else { panic!("nothing was told") };
        let elsewhere = |came_at: u64| Hint::Poll { member: member.clone(), came_at };
        assert!(older.look());
        // It was on its way for longer than this one.
        hub.hear(&elsewhere(came_at - 1));
        assert!(older.look());
        // A clock that is ahead is not believed further than to now.
        while micros_now() == came_at {}
        hub.hear(&elsewhere(u64::MAX));
        assert_eq!(woken_at_once(&mut older).await, Some(Woken::Overtaken));
        assert!(!older.look());
        let mut newer = hub.take_place("member");
        assert!(newer.look());
        hub.hear(&Hint::Work(member.clone()));
        assert_eq!(woken_at_once(&mut newer).await, Some(Woken::Work));
    }

    #[tokio::test]
    async fn who_may_have_missed_something_looks_again() {
        let hub = Hub::default();
        let (mut place, mut ends) = (hub.take_place("member"), hub.ends());
        assert!(place.look());
        hub.wake_all();
        assert_eq!(woken_at_once(&mut place).await, Some(Woken::Work));
        assert_eq!(ends.recv().await, Ok(None));
    }

    #[tokio::test]
    async fn parked_polls_are_counted_until_they_go() {
        let hub = Hub::default();
        let mut place = hub.take_place("member");
        assert!(place.look());
        {
            let parked = place.woken();
            tokio::pin!(parked);
            tokio::select! {
                biased;
                _ = &mut parked => {}
                () = ready(()) => {}
            }
            assert_eq!(*hub.parked().borrow(), 1);
        }
        assert_eq!(*hub.parked().borrow(), 0);
    }
}
