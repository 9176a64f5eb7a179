//! Who waits for what, in memory alone: parked polls, and callers who wait for a task's end.
//!
//! Nothing here is needed after a restart: whoever waited asks again. Nor is it shared: of two servers on one file
//! neither wakes who waits at the other, who then hears of news when their wait runs out. No wake-up is lost, because a waiter takes its
//! place *before* it looks into the database.

use crate::clock::Timestamp;
use liaison_protocol::{Directive, TaskType};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{broadcast, watch};

/// Ends that a slow waiter may fall behind; past that it looks into the database again, so nothing is lost.
const ENDED_BACKLOG: usize = 256;

/// All who wait.
#[derive(Clone)]
pub struct Hub {
    slots: Arc<Mutex<HashMap<String, Slot>>>,
    ended: broadcast::Sender<String>,
    parked: Arc<watch::Sender<usize>>,
    closing: Arc<watch::Sender<bool>>,
}

/// One acting member: at most one of their polls is open.
#[derive(Default)]
struct Slot {
    news: watch::Sender<News>,
    told: Vec<Directive>,
    said: Option<Said>,
    returned: Vec<Returned>,
}

/// What a poll said of what may be offered.
#[derive(Clone, PartialEq, Eq)]
pub struct Said {
    /// The agent.
    pub agent: String,
    /// Whether it may be offered anything.
    pub ready: bool,
    /// What it accepts.
    pub accepts: Vec<TaskType>,
}

/// A task that its agent gave back.
struct Returned {
    agent: String,
    task: String,
    rests_until: Timestamp,
}

#[derive(Clone, Copy, Default)]
struct News {
    newest_poll: u64,
    wakes: u64,
}

/// A poll's place in the line.
pub struct Place {
    hub: Hub,
    member: String,
    number: u64,
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
        }
    }
}

impl Hub {
    /// Takes a place for a poll of `member`, whose older poll is answered empty.
    #[must_use]
    pub fn take_place(&self, member: &str) -> Place {
        let mut slots = self.slots();
        let slot = slots.entry(member.to_owned()).or_default();
        slot.news.send_modify(|news| news.newest_poll += 1);
        let news = slot.news.subscribe();
        let number = news.borrow().newest_poll;
        Place { hub: self.clone(), member: member.to_owned(), number, news }
    }

    /// The open poll of `member` goes back empty, and its agent's next one learns why.
    pub fn end_poll(&self, member: &str) {
        drop(self.take_place(member));
    }

    /// There may be work for `member`.
    pub fn wake(&self, member: &str) {
        if let Some(slot) = self.slots().get(member) {
            slot.news.send_modify(|news| news.wakes += 1);
        }
    }

    /// `agent` gave `task` back: it is not offered to the same agent until then, unless that says something new.
    pub fn returned(&self, member: &str, agent: &str, task: &str, rests_until: Timestamp) {
        let returned = Returned { agent: agent.to_owned(), task: task.to_owned(), rests_until };
        let mut slots = self.slots();
        let slot = slots.entry(member.to_owned()).or_default();
        slot.returned.retain(|before| before.task != task);
        slot.returned.push(returned);
    }

    /// Hears of every task that ends from now on.
    #[must_use]
    pub fn ends(&self) -> broadcast::Receiver<String> {
        self.ended.subscribe()
    }

    /// `task` has ended.
    pub fn task_ended(&self, task: &str) {
        // Nobody listening is no error.
        let _ = self.ended.send(task.to_owned());
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
        self.news.borrow_and_update().newest_poll == self.number
    }

    /// Parks until there is news since the last [`Place::look`].
    pub async fn woken(&mut self) -> Woken {
        let _parked = Parked::count(&self.hub.parked);
        tokio::select! {
            _ = self.news.changed() => {
                if self.news.borrow().newest_poll == self.number { Woken::Work } else { Woken::Overtaken }
            }
            () = self.hub.closed() => Woken::Closing,
        }
    }

    /// Takes note of what the poll says. Other words than the last poll's end the rest of what was returned.
    pub fn says(&self, said: Said) {
        if let Some(slot) = self.hub.slots().get_mut(&self.member)
            && slot.said.as_ref() != Some(&said)
        {
            slot.returned.clear();
            slot.said = Some(said);
        }
    }

    /// The tasks that are not to be offered to `agent` now, and when that changes.
    #[must_use]
    pub fn resting(&self, agent: &str, now: Timestamp) -> (Vec<String>, Option<Timestamp>) {
        let mut slots = self.hub.slots();
        let Some(slot) = slots.get_mut(&self.member) else { return (Vec::new(), None) };
        slot.returned.retain(|returned| returned.rests_until > now);
        let mine = slot.returned.iter().filter(|returned| returned.agent == agent);
        let until = mine.clone().map(|returned| returned.rests_until).min();
        (mine.map(|returned| returned.task.clone()).collect(), until)
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
