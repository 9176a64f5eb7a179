//! The driver: the only loop that awaits. It saves what a step changed, performs the step's effects, and feeds what
//! comes of them back as events. It decides nothing.
//!
//! A step whose writes fail is thrown away, effects and all, so nothing is done that the journal doesn't have.

mod perform;

use crate::agent::event::{CommandId, Effect, Event};
use crate::agent::hours::Zone;
use crate::agent::state::State;
use crate::agent::status::{Answer, Status, badge, status};
use crate::agent::step::{AfterWriteFailure, Transition, after_write_failure, step};
use crate::agent::{event, journal};
use crate::config::STORAGE_RETRY_MS;
use crate::ports::{Area, Clock, Face, Ports, Sign, Store, StoreFailure, Write};
use futures_channel::{mpsc, oneshot};
use futures_util::future::{AbortHandle, Abortable, Either, LocalBoxFuture, select, try_join};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use std::pin::pin;
use std::rc::Rc;

/// What the outside tells a running driver.
pub enum Signal {
    /// An event.
    Event(Event),
    /// A command that wants an answer.
    Command(event::Command, oneshot::Sender<Answer>),
}

/// The next of what is under way; never ready while nothing is.
async fn some<T>(under_way: &mut FuturesUnordered<LocalBoxFuture<'static, T>>) -> T {
    match under_way.next().await {
        Some(outcome) => outcome,
        None => std::future::pending().await,
    }
}

/// Those writes whose keys the others don't have.
fn without(writes: &[Write], others: &[Write]) -> Vec<Write> {
    let is_new =
        |write: &&Write| !others.iter().any(|other| (other.area, &other.key) == (write.area, &write.key));
    writes.iter().filter(is_new).cloned().collect()
}

/// The way to a running driver. It may be cloned.
#[derive(Clone)]
pub struct Handle {
    signals: mpsc::UnboundedSender<Signal>,
}

impl Handle {
    /// Tells the agent of something. A driver that has ended hears nothing.
    pub fn tell(&self, event: Event) {
        drop(self.signals.unbounded_send(Signal::Event(event)));
    }

    /// Asks for something. `None` when the driver has ended.
    pub async fn ask(&self, command: event::Command) -> Option<Answer> {
        let (answer, answered) = oneshot::channel();
        self.signals.unbounded_send(Signal::Command(command, answer)).ok()?;
        answered.await.ok()
    }
}

/// What a person was shown last.
#[derive(Default)]
struct Shown {
    badge: Option<Sign>,
    status: Option<Status>,
}

impl Shown {
    /// Shows what changed on the badge, and tells open pages.
    fn show(&mut self, face: &impl Face, state: &State) {
        let badge = badge(state);
        if self.badge.as_ref() != Some(&badge) {
            face.show_badge(&badge);
            self.badge = Some(badge);
        }
        // Taken at a fixed time, so that what only time changes is no change.
        let status = status(state, 0);
        if self.status.as_ref() != Some(&status) {
            face.status_changed();
            self.status = Some(status);
        }
    }
}

/// A driver, ready to run.
pub struct Driver<P: Ports> {
    ports: Rc<P>,
    state: State,
    signals: mpsc::UnboundedReceiver<Signal>,
    under_way: FuturesUnordered<LocalBoxFuture<'static, Option<Event>>>,
    /// What is asked of the server in the name of a pairing: its instance, and what came of it.
    asked: FuturesUnordered<LocalBoxFuture<'static, (String, Event)>>,
    poll: Option<AbortHandle>,
    answers: Vec<(CommandId, oneshot::Sender<Answer>)>,
    next_command: CommandId,
    wake_at: Option<i64>,
    shown: Shown,
    /// Writes that undo what a failed write may have done in part. They go along with the next.
    undo: Vec<Write>,
}

impl<P: Ports> Driver<P> {
    /// Loads the journal.
    ///
    /// # Errors
    /// When the storage can't be read, or a damaged record can't be set aside.
    pub async fn load(ports: P) -> Result<(Self, Handle), StoreFailure> {
        let store = ports.store();
        let (local, session) = try_join(store.load(Area::Local), store.load(Area::Session)).await?;
        let (mut state, set_aside) = journal::load(local, session);
        if !set_aside.is_empty() {
            ports.store().apply(set_aside).await?;
        }
        state.live.random = ports.clock().random();
        state.live.version = ports.version();
        let (sender, signals) = mpsc::unbounded();
        let driver = Self {
            ports: Rc::new(ports),
            state,
            signals,
            under_way: FuturesUnordered::new(),
            asked: FuturesUnordered::new(),
            poll: None,
            answers: Vec::new(),
            next_command: 0,
            wake_at: None,
            shown: Shown::default(),
            undo: Vec::new(),
        };
        Ok((driver, Handle { signals: sender }))
    }

    /// Runs until every [`Handle`] is gone.
    pub async fn run(mut self) {
        self.take_in(Event::Booted).await;
        while let Some(event) = self.next_event().await {
            self.take_in(event).await;
        }
    }

    /// The next thing that happens: a signal, the outcome of an effect, or the time to wake.
    async fn next_event(&mut self) -> Option<Event> {
        loop {
            let clock = self.ports.clock();
            let wake_at = self.wake_at;
            let alarm = async move {
                match wake_at {
                    Some(at) => clock.sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            let outcome = some(&mut self.under_way);
            let answer = some(&mut self.asked).map(|(instance, event)| {
                // An answer to a call of a pairing that is gone says nothing of the present one.
                let pairing = self.state.pairing.as_ref();
                Some(event).filter(|_| pairing.is_some_and(|pairing| pairing.instance == instance))
            });
            let (ports, state, shown) = (&self.ports, &self.state, &mut self.shown);
            let showing = async move {
                shown.show(ports.face(), state);
                std::future::pending().await
            };
            let (outcome, answer, alarm, showing) = (pin!(outcome), pin!(answer), pin!(alarm), pin!(showing));
            // Last, when every effect of the step is on its way: what a person sees holds none of them up.
            let alarm = select(alarm, showing).map(|either| either.factor_first().0);
            let outcome = select(outcome, answer).map(|either| either.factor_first().0);
            match select(self.signals.next(), select(outcome, alarm)).await {
                Either::Left((None, _)) => return None,
                Either::Left((Some(Signal::Event(event)), _)) => return Some(event),
                Either::Left((Some(Signal::Command(command, answer)), _)) => {
                    self.next_command += 1;
                    self.answers.push((self.next_command, answer));
                    return Some(Event::Command(self.next_command, command));
                }
                Either::Right((Either::Left((Some(event), _)), _)) => return Some(event),
                Either::Right((Either::Left((None, _)), _)) => {}
                Either::Right((Either::Right(((), _)), _)) => return Some(Event::Woken),
            }
        }
    }

    /// One step: decide, save, perform.
    async fn take_in(&mut self, event: Event) {
        let now = self.ports.clock().now();
        if self.state.live.zone.is_stale(now) {
            let clock = self.ports.clock();
            self.state.live.zone = Zone::survey(now, |at| clock.utc_offset_minutes(at));
        }
        let transition = step(&self.state, &event, now);
        let mut writes = journal::changes(&self.state, &transition.state);
        if writes.is_empty() {
            self.commit(transition);
        } else {
            writes.extend(without(&self.undo, &writes));
            match self.ports.store().apply(journal::in_order(writes)).await {
                Ok(()) => self.commit_written(transition, now),
                Err(StoreFailure) => {
                    let undo = journal::changes(&transition.state, &self.state);
                    self.undo.extend(without(&undo, &self.undo));
                    self.write_failed(event, now);
                }
            }
        }
    }

    /// Commits a step whose writes were taken. After a failure before, what is due now is looked at anew.
    fn commit_written(&mut self, transition: Transition, now: i64) {
        self.undo.clear();
        self.commit(transition);
        if self.state.live.storage_failed_at.take().is_some() {
            self.wake_at = Some(now);
        }
    }

    fn commit(&mut self, transition: Transition) {
        self.state = transition.state;
        self.wake_at = transition.wake_at;
        for effect in transition.effects {
            self.perform(effect);
        }
    }

    fn write_failed(&mut self, event: Event, now: i64) {
        let AfterWriteFailure { transition, keep } = after_write_failure(&self.state, &event, now);
        self.commit(transition);
        if keep {
            let ports = Rc::clone(&self.ports);
            let again = now.saturating_add_unsigned(STORAGE_RETRY_MS);
            self.begin(async move {
                ports.clock().sleep_until(again).await;
                Some(event)
            });
        }
    }

    fn begin(&self, work: impl Future<Output = Option<Event>> + 'static) {
        self.under_way.push(work.boxed_local());
    }

    /// A poll, which can be broken off: dropping its future aborts the call.
    fn begin_poll(&mut self, work: impl Future<Output = Event> + 'static) {
        let (abort, registration) = AbortHandle::new_pair();
        self.poll = Some(abort);
        let work = Abortable::new(work, registration);
        self.begin(async move { work.await.ok() });
    }

    fn abort_poll(&mut self) {
        if let Some(poll) = self.poll.take() {
            poll.abort();
        }
    }

    fn answer(&mut self, id: CommandId, answer: Answer) {
        if let Some(at) = self.answers.iter().position(|(waiting, _)| *waiting == id) {
            // Who asked may have gone: a closed popup.
            drop(self.answers.swap_remove(at).1.send(answer));
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Poll { generation, poll } => self.poll(generation, poll),
            Effect::AbortPoll => self.abort_poll(),
            Effect::Start { task } => self.start(task),
            Effect::Heartbeat { task } => self.heartbeat(task),
            Effect::Complete { task, body } => self.complete(task, &body),
            Effect::Site { task, call } => self.site(task, call),
            Effect::Pair { id, request } => self.pair(id, request),
            Effect::Probe { id, poll } => self.probe(id, poll),
            Effect::Notify(notice) => self.ports.face().notify(&notice),
            Effect::Withdraw(id) => self.ports.face().withdraw(&id),
            Effect::Answer(id, answer) => self.answer(id, answer),
        }
    }
}
