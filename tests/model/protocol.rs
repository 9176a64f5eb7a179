//! What may happen next.

mod happening;

use crate::agent::{LOOK_AT_MS, Turn};
use crate::browser::{Asking, Browser, Entry, Journal, Sending, Stage};
use crate::rules::{Level, Mutant, Rival, Rules};
use crate::site::Fate;
use crate::world::{Phase, Request, World};
use crate::{properties, server};
use liaison_server::lifecycle::{ACT_WITHIN_MS, END_WITHIN_MS, VERIFY_AFTER_MS};
use stateright::{Model, Property};

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// The caller's POST is on the server's disk.
    Posts,
    /// The caller cancels.
    Cancels,
    /// Time passes, for everybody.
    TimePasses(i64),
    /// A person's clock is set, or their computer sets it.
    ClockSet(u8, i64),
    /// A sweep reads what is due.
    SweepReads,
    /// It writes what it decided.
    SweepWrites,
    /// A browser polls and hears the answer.
    Polls(u8),
    /// A browser's poll is on its way, for long; nobody waits for its answer.
    PollIsLate(u8),
    /// A request arrives of which nobody hears the answer: its sender has given it up, or the server that handled it
    /// dies after the commit, or the network repeats it.
    Arrives(Request),
    /// The agent asks for leave to send.
    AsksStart(u8),
    /// Its `start` arrives, and the answer is on its way back.
    StartArrives(u8),
    /// A `start` is answered, and the server dies before it is on disk (a mutant's).
    StartForgotten(u8),
    /// The answer is there.
    HearsStart(u8),
    /// No answer comes: it asks again, or gives the task back.
    StartUnanswered(u8, bool),
    /// A task that can't go on is given back.
    GivesBack(u8),
    /// A task that was cancelled ends.
    Stops(u8),
    /// A read that was accepted a day ago ends.
    Expires(u8),
    /// A heartbeat is answered.
    Beats(u8),
    /// `fetch` is called, or it is too late for it.
    Fetches(u8),
    /// What becomes of the POST.
    Site(u8, Fate),
    /// A POST arrives that nobody waits for.
    PostArrives,
    /// The list of sent invitations shows the invitation.
    ListShows,
    /// It shows it no more: the person accepted, or a hundred newer ones stand before it.
    ListForgets,
    /// The agent looks for the invitation.
    Looks(u8),
    /// The agent looks at the list before it sends.
    Checks(u8),
    /// A read is through.
    Reads(u8),
    /// A result is posted, and the answer heard.
    Completes(u8),
    /// A result is on its way; the answer is not heard.
    CompleteIsLate(u8),
    /// The server refuses a result for good.
    CompleteRefused(u8),
    /// A worker ends, and another begins.
    WorkerDies(u8),
    /// A browser ends and begins anew with an older state of its disk.
    BrowserDies(u8, Journal),
    /// All of a browser's storage is erased, and it is paired anew.
    Wiped(u8),
    /// The other browser is paired.
    RivalPairs,
    /// The person pauses, or goes on.
    SetPaused(u8, bool),
}

/// The protocol under some rules.
#[derive(Clone, Debug)]
pub struct Protocol(pub Rules);

impl Protocol {
    /// How much time may pass at once: past the time to act; past every look, and past the time after which a started
    /// invitation is looked up; past every deadline.
    fn jumps(&self) -> [i64; 3] {
        const LATE: i64 = ACT_WITHIN_MS.cast_signed() + 1_000;
        const LOOKED: i64 = LOOK_AT_MS[2] + 1_000;
        const DAY: i64 = END_WITHIN_MS.cast_signed();
        const { assert!(LOOKED > VERIFY_AFTER_MS.cast_signed()) };
        [LATE, LOOKED, if self.0.read { DAY + LATE } else { 8 * DAY }]
    }

    fn of_world(&self, world: &World, actions: &mut Vec<Action>) {
        let (bounds, spent) = (&self.0.bounds, &world.spent);
        if world.server.task.is_none() {
            actions.push(Action::Posts);
            return;
        }
        if bounds.cancels && world.server.task.is_some_and(|row| !row.cancel) {
            actions.push(Action::Cancels);
        }
        if spent.jumps < bounds.jumps {
            actions.extend(self.jumps().map(Action::TimePasses));
        }
        if self.0.level == Level::Two && server::is_due(world) && world.server.sweeping.is_none() {
            actions.push(Action::SweepReads);
        }
        if world.server.sweeping.is_some() {
            actions.push(Action::SweepWrites);
        }
        actions.extend(world.sent.iter().copied().map(Action::Arrives));
        if world.site.late_posts > 0 {
            actions.push(Action::PostArrives);
        }
        if world.site.ours && !world.site.listed && !world.site.gone {
            actions.push(Action::ListShows);
        }
        if world.site.listed && self.0.level == Level::One {
            actions.push(Action::ListForgets);
        }
        if world.browsers.iter().any(|browser| !browser.paired) {
            actions.push(Action::RivalPairs);
        }
    }

    fn of_browser(&self, world: &World, by: u8, browser: &Browser, actions: &mut Vec<Action>) {
        let (bounds, spent) = (&self.0.bounds, &world.spent);
        if spent.worker_deaths < bounds.worker_deaths {
            actions.push(Action::WorkerDies(by));
        }
        if spent.browser_deaths < bounds.browser_deaths {
            let token = |journal: &Journal| journal.entry.map(|entry| entry.token);
            let left = browser.older.iter().chain([&browser.journal]);
            let left = left.filter(|left| !bounds.keeps_entries || token(left) == token(&browser.journal));
            actions.extend(left.map(|journal| Action::BrowserDies(by, *journal)));
        }
        if spent.wipes < bounds.wipes {
            actions.push(Action::Wiped(by));
        }
        if spent.pauses < bounds.pauses || browser.paused {
            actions.push(Action::SetPaused(by, !browser.paused));
        }
        if spent.clock_sets < bounds.clock_sets {
            actions.extend(
                self.jumps()[..usize::from(bounds.clock_kinds)]
                    .iter()
                    .flat_map(|jump| [*jump, -*jump])
                    .map(|ms| Action::ClockSet(by, ms)),
            );
        }
        match browser.sending {
            Sending::No => {}
            Sending::Ready { .. } => actions.push(Action::Fetches(by)),
            Sending::Flying => {
                let fates = [Fate::Answered, Fate::Refused, Fate::Repeated, Fate::Unheard];
                actions.extend(fates.map(|fate| Action::Site(by, fate)));
            }
        }
        if browser.works() {
            self.of_agent(world, by, browser, actions);
        }
    }

    fn of_agent(&self, world: &World, by: u8, browser: &Browser, actions: &mut Vec<Action>) {
        let bounds = &self.0.bounds;
        if let Some(said) = browser.said() {
            actions.push(Action::Polls(by));
            let late = world.sent.iter().filter(|request| matches!(request, Request::Poll { .. })).count();
            let is_new = !world.sent.contains(&Request::Poll { by, said });
            if is_new && late < usize::from(bounds.late_polls) {
                actions.push(Action::PollIsLate(by));
            }
        }
        let Some(entry) = browser.journal.entry else { return };
        let idle = browser.asking == Asking::No && browser.sending == Sending::No;
        if idle && Turn::stops(&self.0, &entry) {
            actions.push(Action::Stops(by));
            return;
        }
        if idle && browser.paused && Turn::may_give_back(&self.0, &entry) {
            actions.push(Action::GivesBack(by));
        }
        if self.0.level == Level::Two && bounds.cancels && entry.phase() < Phase::Verifying {
            actions.push(Action::Beats(by));
        }
        match entry.stage {
            Stage::Walking { .. } if Turn::has_expired(world.clock(by), &entry) => {
                actions.push(Action::Expires(by))
            }
            Stage::Walking { .. } if !browser.paused => actions.push(Action::Reads(by)),
            Stage::Checking if idle && !browser.paused => actions.push(Action::Checks(by)),
            // Who asks about an entry of an earlier session asks the server alone, so a pause is no hindrance.
            Stage::Starting { carried, .. } if idle && (!browser.paused || carried) => {
                actions.push(Action::AsksStart(by));
            }
            Stage::Starting { .. } if idle => {}
            Stage::Starting { .. } => self.of_start(by, browser, &entry, actions),
            Stage::Verifying { .. } if !browser.paused && Turn::is_look_due(world.clock(by), &entry) => {
                actions.push(Action::Looks(by));
            }
            Stage::Finished { .. } => {
                actions.push(Action::Completes(by));
                actions.push(Action::CompleteIsLate(by));
                if world.spent.refused_results < bounds.refused_results {
                    actions.push(Action::CompleteRefused(by));
                }
            }
            _ => {}
        }
    }

    fn of_start(&self, by: u8, browser: &Browser, entry: &Entry, actions: &mut Vec<Action>) {
        match browser.asking {
            Asking::Open => {
                actions.push(Action::StartArrives(by));
                if self.0.broken(Mutant::StartNotDurable) {
                    actions.push(Action::StartForgotten(by));
                }
                actions.push(Action::StartUnanswered(by, false));
                if Turn::may_give_back(&self.0, entry) {
                    actions.push(Action::StartUnanswered(by, true));
                }
            }
            Asking::Granted { .. } | Asking::Refused { .. } => actions.push(Action::HearsStart(by)),
            Asking::No => {}
        }
    }
}

impl Model for Protocol {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        let browsers = if self.0.rival == Rival::None { 1 } else { 2 };
        vec![World::new(browsers, self.0.bounds.invited_before)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        // What went wrong is found; what comes after it is of no interest.
        if world.seen.flaw.is_some() || world.seen.fetches > 1 {
            return;
        }
        self.of_world(world, actions);
        if world.server.task.is_some() {
            for (by, browser) in (0..).zip(&world.browsers).filter(|(_, browser)| browser.paired) {
                self.of_browser(world, by, browser, actions);
            }
        }
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        self.happens(&mut next, action);
        (next != *world).then_some(next)
    }

    fn within_boundary(&self, world: &World) -> bool {
        world.server.task.is_none_or(|row| row.epoch <= self.0.bounds.epochs)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::of(self)
    }
}
