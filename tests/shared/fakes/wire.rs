//! The ways between the agent and the others: what becomes of the call of a given number, whoever it is to. A request
//! that is late arrives though its sender gave up, or died, long before.

use super::FakeWorld;
use liaison::voyager::request::SiteRequest;
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::task::Waker;

/// What becomes of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It never arrives, and the sender hears of it.
    RequestLost,
    /// It arrives, and the reply doesn't.
    ReplyLost,
    /// It arrives twice; the second reply comes back.
    Doubled,
    /// It arrives so much later.
    RequestLate(i64),
    /// Its reply arrives so much later.
    ReplyLate(i64),
}

/// What is on its way when its sender no longer waits for it.
pub enum Letter {
    /// To the task server: path and body.
    Task(String, Value),
    /// To LinkedIn.
    Site(SiteRequest),
}

/// All calls.
#[derive(Default)]
pub struct Wire {
    count: Cell<u32>,
    fates: RefCell<Vec<(u32, Fate)>>,
    struck: RefCell<Vec<String>>,
    left: RefCell<Vec<(String, i64)>>,
    letters: RefCell<Vec<(i64, Letter)>>,
}

impl Wire {
    /// How many calls left so far.
    pub fn calls(&self) -> u32 {
        self.count.get()
    }

    /// This happens to the call of that number.
    pub fn arm(&self, call: u32, fate: Fate) {
        self.fates.borrow_mut().push((call, fate));
    }

    /// Every call and when it left, by the steady clock.
    pub fn left(&self) -> Vec<(String, i64)> {
        self.left.borrow().clone()
    }

    /// To which calls something happened.
    pub fn struck(&self) -> Vec<String> {
        self.struck.borrow().clone()
    }

    fn leaves(&self, label: &str) -> Option<Fate> {
        let number = self.count.get() + 1;
        self.count.set(number);
        let fate = self.fates.borrow().iter().find(|(call, _)| *call == number).map(|(_, fate)| *fate);
        if fate.is_some() {
            self.struck.borrow_mut().push(label.to_owned());
        }
        fate
    }
}

impl FakeWorld {
    /// A call leaves: what becomes of it.
    pub fn call_leaves(&self, label: &str) -> Option<Fate> {
        self.wire.left.borrow_mut().push((label.to_owned(), self.time.steady()));
        let fate = self.wire.leaves(label);
        if self.is_new_place(&format!("call {label}"))
            && let Some(places) = &mut *self.points.places.borrow_mut()
        {
            places.calls.push(self.wire.calls());
        }
        fate
    }

    /// A request is on its way and arrives so much later.
    pub fn post_letter(&self, after_ms: i64, letter: Letter) {
        let due = self.time.steady() + after_ms;
        self.wire.letters.borrow_mut().push((due, letter));
        // So that time stops there.
        self.time.wake_at(due, Waker::noop());
    }

    /// Late requests that are due arrive. Nobody hears the replies.
    pub fn deliver(&self) {
        let now = self.time.steady();
        let due: Vec<_> = self.wire.letters.borrow_mut().extract_if(.., |(at, _)| *at <= now).collect();
        for (_, letter) in due {
            match letter {
                Letter::Task(path, body) => self.server.borrow_mut().take(&path, &body, now),
                Letter::Site(request) => self.arrive_late(&request),
            }
        }
    }
}
