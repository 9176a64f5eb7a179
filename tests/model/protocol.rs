//! What may happen next, what then is so, and what must always hold.

use crate::agent::{LOOK_AT_MS, SiteAnswer, Turn};
use crate::rules::{Level, Mutant, Rival, Rules};
use crate::server::{self, CallAnswer};
use crate::site::Fate;
use crate::world::{
    Asking, Body, Browser, Entry, Excuses, Flaw, Journal, Request, Row, Sending, Stage, World,
};
use liaison_server::lifecycle::{ACT_WITHIN_MS, END_WITHIN_MS, State, VERIFY_AFTER_MS, start_within_ms};
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
            let left = browser.older.iter().chain([&browser.journal]);
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
        if self.0.level == Level::Two && bounds.cancels && entry.phase() < crate::world::Phase::Verifying {
            actions.push(Action::Beats(by));
        }
        match entry.stage {
            Stage::Walking { .. } if Turn::has_expired(world.clock(by), &entry) => {
                actions.push(Action::Expires(by))
            }
            Stage::Walking { .. } if !browser.paused => actions.push(Action::Reads(by)),
            Stage::Checking if idle && !browser.paused => actions.push(Action::Checks(by)),
            Stage::Starting { carried, .. } if idle => {
                // Who asks about an entry of an earlier session asks the server alone, so a pause is no hindrance.
                if !browser.paused || carried {
                    actions.push(Action::AsksStart(by));
                }
            }
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

    fn happens(&self, world: &mut World, action: Action) {
        let rules = &self.0;
        match action {
            Action::Posts => world.server.task = Some(Row::queued(server::kind(rules))),
            Action::Cancels => server::cancel(world),
            Action::TimePasses(ms) => {
                world.now += ms;
                world.spent.jumps += 1;
                let acts_until = world.now.saturating_add_unsigned(ACT_WITHIN_MS);
                world.seen.excuses.deadline |= world
                    .server
                    .task
                    .is_some_and(|row| row.started_at.is_some() && row.deadline <= acts_until);
            }
            Action::SweepReads => server::sweep_reads(world),
            Action::SweepWrites => server::sweep_writes(world, rules),
            Action::Arrives(request) => {
                let before = world.server.task;
                let _nobody_hears = server::serve(world, rules, request);
                if matches!(request, Request::Poll { .. }) && before != world.server.task {
                    world.seen.excuses = Excuses { late_poll: true, ..world.seen.excuses };
                }
            }
            Action::PostArrives => {
                world.site.late_posts -= 1;
                world.invitation_arrives();
            }
            Action::ListShows => world.site.listed = true,
            Action::ListForgets => (world.site.listed, world.site.gone) = (false, true),
            Action::RivalPairs => self.rival_pairs(world),
            Action::ClockSet(by, ms) => {
                world.spent.clock_sets += 1;
                world.browsers[usize::from(by)].ahead += ms;
            }
            Action::SetPaused(by, paused) => {
                world.browsers[usize::from(by)].paused = paused;
                world.spent.pauses += u8::from(paused);
            }
            Action::WorkerDies(by) => {
                world.spent.worker_deaths += 1;
                Turn { world, rules, by }.worker_dies();
            }
            Action::BrowserDies(by, left) => {
                world.spent.browser_deaths += 1;
                Turn { world, rules, by }.browser_dies(left);
            }
            Action::Wiped(by) => {
                world.spent.wipes += 1;
                Turn { world, rules, by }.browser_dies(Journal::default());
            }
            _ => self.agent_does(world, action),
        }
    }

    fn rival_pairs(&self, world: &mut World) {
        world.seen.excuses = Excuses { overtaken: true, ..world.seen.excuses };
        if let Some(browser) = world.browsers.iter_mut().find(|browser| !browser.paired) {
            browser.paired = true;
        }
        world.server.superseded = self.0.rival == Rival::NewPairing && !self.0.broken(Mutant::InstancesAlike);
    }

    fn agent_does(&self, world: &mut World, action: Action) {
        let rules = &self.0;
        match action {
            Action::Polls(by) => {
                let Some(said) = world.browsers[usize::from(by)].said() else { return };
                let answer = match rules.level {
                    Level::One => server::poll_level_one(world, said),
                    Level::Two => server::poll(world, rules, by, said),
                };
                Turn { world, rules, by }.hears_poll(answer);
            }
            Action::PollIsLate(by) => {
                let Some(said) = world.browsers[usize::from(by)].said() else { return };
                world.send(Request::Poll { by, said });
            }
            Action::AsksStart(by) => Turn { world, rules, by }.asks_start(),
            Action::StartArrives(by) => {
                let Some(Entry { token, .. }) = world.browsers[usize::from(by)].journal.entry else { return };
                let answer = server::start(world, rules, by, token);
                world.browsers[usize::from(by)].asking = match answer {
                    CallAnswer::Fine { replayed } => Asking::Granted { replayed },
                    CallAnswer::Refused => Asking::Refused { superseded: false },
                    CallAnswer::Superseded => Asking::Refused { superseded: true },
                };
            }
            Action::StartForgotten(by) => {
                world.browsers[usize::from(by)].asking = Asking::Granted { replayed: false };
            }
            Action::HearsStart(by) => Turn { world, rules, by }.hears_start(),
            Action::StartUnanswered(by, back) => Turn { world, rules, by }.start_unanswered(back),
            Action::GivesBack(by) => Turn { world, rules, by }.gives_back(),
            Action::Stops(by) => Turn { world, rules, by }.stops_cancelled(),
            Action::Expires(by) => Turn { world, rules, by }.expires(),
            Action::Beats(by) => {
                let Some(Entry { token, .. }) = world.browsers[usize::from(by)].journal.entry else { return };
                let answer = server::heartbeat(world, rules, token);
                Turn { world, rules, by }.beats(answer);
            }
            Action::Fetches(by) => Turn { world, rules, by }.fetches(),
            Action::Looks(by) => Turn { world, rules, by }.looks(),
            Action::Checks(by) => Turn { world, rules, by }.checks(),
            Action::Reads(by) => Turn { world, rules, by }.reads(),
            Action::Site(by, fate) => self.site_answers(world, by, fate),
            _ => self.result_is_posted(world, action),
        }
    }

    fn site_answers(&self, world: &mut World, by: u8, fate: Fate) {
        let answer = match fate {
            Fate::Answered if world.invitation_arrives() => SiteAnswer::Sent,
            Fate::Answered => SiteAnswer::CannotResend,
            Fate::Refused => SiteAnswer::Refused,
            Fate::Repeated => {
                world.seen.excuses.repeated |= world.invitation_arrives();
                SiteAnswer::CannotResend
            }
            Fate::Unheard => {
                world.post_is_unheard();
                SiteAnswer::Nothing
            }
        };
        Turn { world, rules: &self.0, by }.hears_site(answer);
    }

    fn result_is_posted(&self, world: &mut World, action: Action) {
        let (Action::Completes(by) | Action::CompleteIsLate(by) | Action::CompleteRefused(by)) = action
        else {
            return;
        };
        let Some(Entry { token, stage: Stage::Finished { body, .. }, .. }) =
            world.browsers[usize::from(by)].journal.entry
        else {
            return;
        };
        let request = Request::Complete { by, token, body };
        world.send(request);
        let answer = match action {
            Action::Completes(_) => server::serve(world, &self.0, request),
            Action::CompleteRefused(_) => {
                world.spent.refused_results += 1;
                world.seen.excuses = Excuses { refused_result: true, ..world.seen.excuses };
                Some(CallAnswer::Refused)
            }
            _ => None,
        };
        if let Some(answer) = answer {
            Turn { world, rules: &self.0, by }.hears_complete(answer);
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
        let mut properties = vec![
            Property::always("at most one fetch, at most one invitation", |this: &Self, world: &World| {
                world.seen.fetches < 2 || this.is_named_double(world)
            }),
            // A server of level one can't stop a task that is in hand.
            Property::always("no fetch after the end", |this: &Self, world: &World| {
                this.0.level == Level::One || world.seen.flaw != Some(Flaw::SentAfterEnd)
            }),
            Property::always("a finished task never changes", |_, world: &World| {
                world.seen.flaw != Some(Flaw::EndChanged)
            }),
            Property::always("epochs only grow", |_, world: &World| {
                world.seen.flaw != Some(Flaw::EpochShrank)
            }),
            Property::always("the same token gets the same answer", |_, world: &World| {
                world.seen.flaw != Some(Flaw::AnswerChanged)
            }),
            Property::always("who was overtaken is offered nothing", |_, world: &World| {
                world.seen.flaw != Some(Flaw::OfferedToSuperseded)
            }),
            Property::always("every task has an end", Self::ends),
            Property::always("completed means sent", |this: &Self, world: &World| {
                this.0.read || end(world) != Some(Body::Completed) || world.site.ours
            }),
            Property::always(
                "failed means not sent, unless it says that nobody knows",
                Self::failed_is_unsent,
            ),
            Property::always("outcome_unknown only where nobody can know", Self::unknown_is_unknowable),
            Property::sometimes("some task ends well", |this: &Self, world: &World| {
                let well = if this.0.bounds.invited_before { Body::CannotResendYet } else { Body::Completed };
                end(world) == Some(well)
            }),
        ];
        if self.0.level == Level::One && self.0.mutants.is_empty() {
            let doubles =
                Property::sometimes("the doubles that level one can't exclude", |_, world: &World| {
                    world.seen.fetches > 1
                });
            if self.0.bounds.browser_deaths + self.0.bounds.wipes > 0 || self.0.rival != Rival::None {
                properties.push(doubles);
            }
        }
        properties
    }
}

/// With what the task has ended.
#[must_use]
pub fn end(world: &World) -> Option<Body> {
    world.server.task.filter(|row| row.state.is_over()).and_then(|row| row.end)
}

impl Protocol {
    /// The doubles that `docs/PROTOCOL.md` names for level one, and no other: the disk lost the task, or all of the storage
    /// was erased, and then the list did not show the invitation; or there are two browsers.
    #[must_use]
    pub fn is_named_double(&self, world: &World) -> bool {
        let Excuses { lost_entry, overtaken, .. } = world.seen.excuses;
        self.0.level == Level::One && ((world.seen.lagged && lost_entry) || overtaken)
    }

    /// It is over, or its deadline is ahead and no further off than it may ever be, or a sweep would end it.
    fn ends(&self, world: &World) -> bool {
        let Some(row) = world.server.task else { return true };
        let at_most = match row.state {
            State::Started | State::Verifying => Row::last_deadline(server::kind(&self.0)),
            _ if self.0.read => Row::last_deadline(server::kind(&self.0)),
            _ => start_within_ms(server::kind(&self.0)).cast_signed(),
        };
        let swept = || {
            let mut world = world.clone();
            server::sweep_reads(&mut world);
            server::sweep_writes(&mut world, &self.0);
            world.server.task.is_some_and(|row| row.state.is_over())
        };
        row.state.is_over() || (row.deadline <= at_most && (row.deadline > world.now || swept()))
    }

    fn failed_is_unsent(&self, world: &World) -> bool {
        let Some(body) = end(world) else { return true };
        let excuses = world.seen.excuses;
        let sent = world.site.ours || world.site.late_posts > 0;
        match body {
            Body::Completed | Body::Unknown | Body::GivenUp | Body::Returned => true,
            // Chrome repeated the POST, and the list has not shown what the first one did. On level one also: the list
            // showed it to an agent that had lost the journal.
            Body::CannotResendYet => {
                let forgotten = excuses.lost_writes || excuses.overtaken || excuses.refused_result;
                !sent || excuses.repeated || (self.0.level == Level::One && forgotten)
            }
            Body::Refused | Body::Cancelled | Body::Expired => !sent,
        }
    }

    fn unknown_is_unknowable(&self, world: &World) -> bool {
        let Excuses {
            unheard,
            lost_writes,
            died_sending,
            overtaken,
            late_poll,
            refused_result,
            deadline,
            ..
        } = world.seen.excuses;
        end(world) != Some(Body::Unknown)
            || unheard
            || lost_writes
            || died_sending
            || overtaken
            || late_poll
            || refused_result
            || deadline
    }
}
