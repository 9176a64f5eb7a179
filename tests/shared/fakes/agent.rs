//! A worker: the real driver on a small executor that polls what was woken and, when all waits, moves time.

use super::{FakeWorld, SERVER, TOKEN};
use liaison::agent::driver::{Driver, Handle};
use liaison::agent::event::{Command, Event};
use liaison::agent::status::{Answer, Status};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// More turns than any worker needs: a loop that never rests is found, not waited for.
const MOST_TURNS: u32 = 200_000;

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// A worker in a world. Dropping it is what Chrome does to a worker.
pub struct Agent {
    /// The world.
    pub world: FakeWorld,
    run: Option<Pin<Box<dyn Future<Output = ()>>>>,
    handle: Rc<RefCell<Option<Handle>>>,
    woken: Arc<Flag>,
    turns: u32,
}

impl Agent {
    /// Starts a worker.
    pub fn boot(world: &FakeWorld) -> Self {
        let mut agent = Self {
            world: world.clone(),
            run: None,
            handle: Rc::default(),
            woken: Arc::new(Flag(AtomicBool::new(true))),
            turns: 0,
        };
        agent.reboot();
        agent
    }

    /// A worker that is paired by token and idle.
    pub fn paired(world: &FakeWorld) -> Self {
        let mut agent = Self::boot(world);
        let answer = agent.ask(Command::Pair {
            server: SERVER.to_owned(),
            code: None,
            token: Some(TOKEN.to_owned()),
            name: "Test".to_owned(),
        });
        assert!(answer.ok, "{answer:?}");
        agent.run_until("an idle poll", |world| {
            world.server.borrow().last_poll()["accepts"].as_array().is_some_and(|kinds| kinds.len() == 2)
        });
        agent
    }

    /// Ends the worker, with everything it was about.
    pub fn kill(&mut self) {
        self.run = None;
        self.handle.replace(None);
    }

    /// Ends the worker and starts another over the same storage.
    pub fn reboot(&mut self) {
        self.kill();
        self.turns = 0;
        self.world.revive();
        let (world, handle) = (self.world.clone(), Rc::clone(&self.handle));
        self.run = Some(Box::pin(async move {
            if let Ok((driver, given)) = Driver::load(world).await {
                handle.replace(Some(given));
                driver.run().await;
            }
        }));
        self.woken.0.store(true, Ordering::SeqCst);
    }

    /// Whether the worker runs.
    pub fn is_running(&self) -> bool {
        self.run.is_some()
    }

    /// Polls until nothing is woken. Time stands still.
    pub fn settle(&mut self) {
        self.world.deliver();
        while self.woken.0.swap(false, Ordering::SeqCst) {
            self.turns += 1;
            assert!(self.turns < MOST_TURNS, "the agent never rests: {:?}", self.last_calls());
            let Some(run) = &mut self.run else { return };
            let waker = Waker::from(Arc::clone(&self.woken));
            if run.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() || self.world.killed().is_some()
            {
                self.kill();
            }
        }
    }

    /// Runs until `done`, or until the worker is ended; panics after two days without it.
    pub fn run_until(&mut self, what: &str, done: impl Fn(&FakeWorld) -> bool) {
        let came = self.try_until(2 * 24 * 60 * 60 * 1_000, done);
        assert!(came, "{what} never came: {:?}", self.last_calls());
    }

    /// Runs until `done`, or until the worker is ended; `false` when neither came in so long.
    pub fn try_until(&mut self, ms: i64, done: impl Fn(&FakeWorld) -> bool) -> bool {
        let limit = self.world.time.steady() + ms;
        loop {
            self.settle();
            if done(&self.world) || self.run.is_none() {
                return true;
            }
            if !self.world.time.advance(limit) {
                return false;
            }
        }
    }

    /// Runs so long.
    pub fn run_for(&mut self, ms: i64) {
        self.turns = 0;
        let limit = self.world.time.steady() + ms;
        self.settle();
        while self.world.time.advance(limit) {
            self.settle();
        }
        self.settle();
    }

    /// Runs until a task has ended. Returns its status and output.
    pub fn run_to_end(&mut self, task: &str) -> (String, serde_json::Value) {
        self.run_until(task, |world| world.server.borrow().ended(task).is_some());
        self.world.server.borrow().ended(task).unwrap_or_else(|| panic!("the worker ended before {task}"))
    }

    /// Tells the worker of something.
    pub fn tell(&mut self, event: Event) {
        self.settle();
        self.handle.borrow().as_ref().unwrap().tell(event);
        self.settle();
    }

    /// A command and its answer.
    pub fn ask(&mut self, command: Command) -> Answer {
        self.settle();
        let answer = Rc::new(RefCell::new(None));
        self.ask_later(command, &answer);
        let slot = Rc::clone(&answer);
        self.run_until("an answer", move |_| slot.borrow().is_some());
        answer.take().unwrap()
    }

    /// A command whose answer may come later.
    pub fn ask_later(&mut self, command: Command, slot: &Rc<RefCell<Option<Answer>>>) {
        self.settle();
        let handle = self.handle.borrow().clone().expect("a running worker");
        let (slot, run) = (Rc::clone(slot), self.run.take().unwrap());
        let mut asking: Pin<Box<dyn Future<Output = ()>>> = Box::pin(async move {
            let answer = handle.ask(command).await;
            slot.replace(answer);
        });
        let mut run = run;
        let mut asked = false;
        self.run = Some(Box::pin(std::future::poll_fn(move |context| {
            asked = asked || asking.as_mut().poll(context).is_ready();
            match run.as_mut().poll(context) {
                Poll::Ready(()) => Poll::Ready(()),
                Poll::Pending => {
                    asked = asked || asking.as_mut().poll(context).is_ready();
                    Poll::Pending
                }
            }
        })));
        self.woken.0.store(true, Ordering::SeqCst);
        self.settle();
    }

    /// What the popup would show.
    pub fn status(&mut self) -> Status {
        *self.ask(Command::Status).status.unwrap()
    }

    fn last_calls(&self) -> Vec<String> {
        let server = self.world.server.borrow();
        let site = self.world.site.borrow();
        let calls = server.calls.iter().rev().take(6).map(|(path, body)| format!("{path} {body}"));
        calls.chain(site.requests.iter().rev().take(6).cloned()).collect()
    }
}
