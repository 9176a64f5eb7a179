//! The whole state behind one lock, and the signal that something in it changed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{oneshot, watch};

use crate::clock::Clock;
use crate::config::Settings;
use crate::fault::Faults;
use crate::journal::Journal;
use crate::network::Network;
use crate::person::{self, Person};
use crate::relation::Relations;
use crate::search::Searches;
use crate::session::Sessions;

/// One simulated site at one moment.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) network: Network,
    /// Results of searches, kept from page to page.
    pub(crate) searches: Searches,
    pub(crate) relations: Relations,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    pub(crate) sessions: Sessions,
    /// Requests that wait to be released.
    pub(crate) held: Vec<Held>,
    /// Grows with every reset; a request that began in an older world has no effect in this one.
    pub(crate) generation: u64,
}

/// A withheld request; dropping it lets the request go on.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) id: String,
    _let_go: oneshot::Sender<()>,
}

impl World {
    pub(crate) fn new(settings: Settings) -> Self {
        let clock = Clock::new(settings.clock_ms);
        Self {
            network: Network::new(settings.seed, settings.connections),
            searches: Searches::default(),
            relations: Relations::new(&settings, clock.now_ms()),
            clock,
            settings,
            faults: Faults::default(),
            journal: Journal::default(),
            sessions: Sessions::default(),
            held: Vec::new(),
            generation: 0,
        }
    }

    /// Begins anew with these settings. Sessions live on: a browser keeps its cookies. Held requests are let go.
    pub(crate) fn reset(&mut self, settings: Settings) {
        let generation = self.generation + 1;
        let sessions = std::mem::take(&mut self.sessions);
        *self = Self { sessions, generation, ..Self::new(settings) };
    }

    /// The signed-in member of an account.
    pub(crate) fn member(&self, account: u32) -> Person {
        person::account(self.settings.seed, account)
    }

    /// Withholds a request; the receiver ends when it is let go.
    pub(crate) fn hold(&mut self, id: &str) -> oneshot::Receiver<()> {
        let (let_go, wait) = oneshot::channel();
        self.held.push(Held { id: id.to_owned(), _let_go: let_go });
        wait
    }

    /// Lets go of every request held under the id; says how many there were.
    pub(crate) fn release(&mut self, id: &str) -> usize {
        let before = self.held.len();
        self.held.retain(|held| held.id != id);
        before - self.held.len()
    }
}

/// The world, shared between the two listeners.
#[derive(Debug)]
pub(crate) struct Shared {
    world: Mutex<World>,
    /// What a reset without settings comes back to.
    pub(crate) initial: Settings,
    changed: watch::Sender<()>,
}

impl Shared {
    pub(crate) fn new(settings: Settings) -> Self {
        let world = Mutex::new(World::new(settings.clone()));
        Self { world, initial: settings, changed: watch::Sender::new(()) }
    }

    /// Reads or changes the world, then wakes whoever waits for a change. Nothing is awaited under the lock.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let done = act(&mut self.lock());
        self.changed.send_replace(());
        done
    }

    /// Reads the world without waking anyone.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.lock())
    }

    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// A panic under the lock is a bug that its own request reports; the others still want their answers.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
