//! The task server: every call one transaction on one disk, whichever instance it comes to. What a call may do is asked
//! of `liaison_server::lifecycle`; what the store's SQL adds to that (`crates/server/src/store`) is written down here.

mod calls;

pub use calls::{complete, heartbeat, start};

use crate::rules::{Mutant, Rival, Rules};
use crate::world::{Body, Flaw, LeaseRow, Phase, Request, Row, Said, World};
use liaison_protocol::{DirectiveAction, ErrorCode, HeldPhase, TaskType};
use liaison_server::Timestamp;
use liaison_server::lifecycle::{
    self, END_WITHIN_MS, Facts, LEASE_MS, OnCancel, State, Unnamed, start_within_ms,
};

/// What a poll is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollAnswer {
    /// 409: another instance has the token.
    Superseded,
    /// 200.
    Work {
        /// What to do with the held task.
        directive: Option<(u8, Directive)>,
        /// An offer.
        offer: Option<Offer>,
    },
}

/// See `DirectiveAction`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directive {
    /// Go on.
    Continue,
    /// Stop before the next effect.
    Cancel,
    /// Post the result again.
    Resend,
    /// Forget it.
    Abandon,
}

/// An offer of the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its epoch.
    pub epoch: u8,
    /// Its token.
    pub token: u8,
    /// Whether only a look is wanted.
    pub verify: bool,
}

/// What a `start` or a `complete` is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallAnswer {
    /// 200.
    Fine {
        /// Whether the token had started, or completed, before.
        replayed: bool,
    },
    /// 200 to a `start` that was given before, without any time to act.
    NoTime,
    /// Refused for good.
    Refused,
    /// 409: another pairing has the account.
    Superseded,
}

/// The task's kind.
#[must_use]
pub const fn kind(rules: &Rules) -> TaskType {
    if rules.read { TaskType::FetchConnections } else { TaskType::SendConnectionRequest }
}

/// The agent of a browser, as the server knows it by its token.
#[must_use]
pub fn agent_of(rules: &Rules, by: u8) -> u8 {
    if rules.rival == Rival::NewPairing { by } else { 0 }
}

fn facts(world: &World, rules: &Rules, row: &Row, agent: u8) -> Facts {
    let newest = newest(world, row).map(|token| &world.server.leases[usize::from(token)]);
    Facts {
        kind: kind(rules),
        state: row.state,
        epoch: u32::from(row.epoch),
        attempt: u32::from(row.attempt),
        start_by: Timestamp(start_within_ms(kind(rules)).cast_signed()),
        started_at: row.started_at.map(Timestamp),
        cancel_requested: row.cancel,
        offered_at: newest.map(|lease| Timestamp(lease.offered_at)),
        asked: newest.map_or(0, |lease| u32::from(lease.asked)),
        arrived: newest.is_some_and(|lease| lease.arrived),
        lease_until: row.lease_until.map(Timestamp),
        lease_closed: newest.is_some_and(|lease| lease.result.is_some()),
        own_lease: newest.is_some_and(|lease| lease.agent == agent),
    }
}

/// The token of the newest epoch's lease: an epoch that a take-over made has none.
fn newest(world: &World, row: &Row) -> Option<u8> {
    let is_newest = |lease: &LeaseRow| lease.epoch == row.epoch && !lease.void;
    world.server.leases.iter().rposition(is_newest).and_then(|place| u8::try_from(place).ok())
}

fn set_row(world: &mut World, row: Row) {
    if let Some(before) = world.server.task {
        if before.state.is_over() && (before.state, before.end) != (row.state, row.end) {
            world.note(Flaw::EndChanged);
        }
        if row.epoch < before.epoch {
            world.note(Flaw::EpochShrank);
        }
    }
    world.server.task = Some(row);
}

fn held_phase(phase: Phase) -> HeldPhase {
    match phase {
        Phase::Claimed => HeldPhase::Claimed,
        Phase::Running => HeldPhase::Running,
        Phase::Verifying => HeldPhase::Verifying,
        Phase::Finished => HeldPhase::Finished,
    }
}

/// `POST /agent/v1/poll`: `Store::greet`, then `Store::poll`.
pub fn poll(world: &mut World, rules: &Rules, by: u8, said: Said) -> PollAnswer {
    let agent = agent_of(rules, by);
    if !greet(world, rules, by, agent) {
        return PollAnswer::Superseded;
    }
    let overtaken = world.server.owners[usize::from(agent)] != Some(by);
    let Some(row) = world.server.task else { return PollAnswer::Work { directive: None, offer: None } };
    if let Some((epoch, phase)) = said.held {
        let facts = facts(world, rules, &row, agent);
        let phase = held_phase(phase);
        let action = lifecycle::directive(&facts, u32::from(epoch), phase);
        if matches!(action, Some(DirectiveAction::Continue | DirectiveAction::Cancel)) {
            go_on(world, rules, &row, lifecycle::on_continue(&facts, phase));
        }
        let directive = action.map(|action| (epoch, directive_of(action)));
        return PollAnswer::Work { directive, offer: None };
    }
    let (offer, waits) = look_for_lost(world, rules, agent, said);
    let offer = match offer {
        None if !waits => offer_from_queue(world, rules, agent, said),
        offer => offer,
    };
    if offer.is_some() && overtaken {
        world.note(Flaw::OfferedToSuperseded);
    }
    PollAnswer::Work { directive: None, offer }
}

const fn directive_of(action: DirectiveAction) -> Directive {
    match action {
        DirectiveAction::Continue | DirectiveAction::Unknown => Directive::Continue,
        DirectiveAction::Cancel => Directive::Cancel,
        DirectiveAction::Resend => Directive::Resend,
        DirectiveAction::Abandon => Directive::Abandon,
    }
}

/// Binds the newest instance; `false` for one that was overtaken.
fn greet(world: &mut World, rules: &Rules, by: u8, agent: u8) -> bool {
    if rules.broken(Mutant::InstancesAlike) {
        world.server.owners[usize::from(agent)] = Some(by);
        return true;
    }
    if agent == 0 && world.server.superseded {
        return false;
    }
    if world.server.owners[usize::from(agent)] == Some(by) {
        return true;
    }
    if world.server.known & (1 << by) != 0 {
        return false;
    }
    world.server.known |= 1 << by;
    world.server.owners[usize::from(agent)] = Some(by);
    if let Some(row) = world.server.task
        && row.state == State::Offered
        && newest(world, &row).is_some_and(|token| world.server.leases[usize::from(token)].agent == agent)
    {
        set_row(
            world,
            Row {
                state: State::Queued,
                epoch: row.epoch + 1,
                attempt: row.attempt.saturating_sub(1),
                lease_until: None,
                ..row
            },
        );
    }
    if let Some(Row { state: State::Started, .. }) = world.server.task {
        for lease in world.server.leases.iter_mut().filter(|lease| lease.agent == agent) {
            lease.arrived = true;
        }
    }
    true
}

fn go_on(world: &mut World, rules: &Rules, row: &Row, state: State) {
    if let Some(token) = newest(world, row) {
        world.server.leases[usize::from(token)].arrived = true;
    }
    let lease_until = rules.read.then(|| world.now + LEASE_MS.cast_signed());
    set_row(world, Row { state, lease_until, ..*row });
}

/// Deals with a task in flight that the poll does not name. The offer, and whether the account waits.
fn look_for_lost(world: &mut World, rules: &Rules, agent: u8, said: Said) -> (Option<Offer>, bool) {
    let Some(row) = world.server.task else { return (None, false) };
    let facts = facts(world, rules, &row, agent);
    let may_run = said.ready && said.accepts && world.now < row.deadline;
    let end = |world: &mut World, body| {
        set_row(world, Row { state: State::Failed, end: Some(body), lease_until: None, ..row });
    };
    match lifecycle::on_unnamed(&facts, Timestamp(world.now)) {
        Unnamed::Repeat if may_run => return (repeat(world, rules, &row), false),
        Unnamed::Again if may_run => return (offer_again(world, rules, &row), false),
        Unnamed::Repeat | Unnamed::Untouched => return_row(world, rules, &row),
        Unnamed::Again | Unnamed::Requeue => {
            set_row(world, Row { state: State::Queued, lease_until: None, ..row });
        }
        Unnamed::GiveUp => end(world, given_up(rules)),
        Unnamed::Cancel => end(world, Body::Cancelled),
        Unnamed::Verify { repeat, .. } if said.ready => {
            return (ask_to_verify(world, &row, agent, repeat), false);
        }
        Unnamed::Verify { .. } | Unnamed::Nothing => {}
        Unnamed::Wait { .. } => return (None, true),
    }
    (None, false)
}

fn given_up(rules: &Rules) -> Body {
    if rules.read { Body::GivenUp } else { Body::Expired }
}

fn ask_to_verify(world: &mut World, row: &Row, agent: u8, repeat: bool) -> Option<Offer> {
    set_row(world, Row { state: State::Verifying, ..*row });
    let token = newest(world, row)?;
    let now = world.now;
    let lease = &mut world.server.leases[usize::from(token)];
    if !repeat {
        let asked = lease.asked + 1;
        *lease = LeaseRow { verify: true, agent, offered_at: now, asked, arrived: false, ..*lease };
    }
    Some(Offer { epoch: row.epoch, token, verify: true })
}

/// The same offer as one attempt more.
fn offer_again(world: &mut World, rules: &Rules, row: &Row) -> Option<Offer> {
    let row = Row { attempt: row.attempt + 1, ..*row };
    set_row(world, row);
    let offer = repeat(world, rules, &row)?;
    let now = world.now;
    let lease = &mut world.server.leases[usize::from(offer.token)];
    (lease.offered_at, lease.arrived) = (now, false);
    Some(offer)
}

fn repeat(world: &mut World, rules: &Rules, row: &Row) -> Option<Offer> {
    let mut token = newest(world, row)?;
    if rules.broken(Mutant::TokenRotated) {
        let lease = world.server.leases[usize::from(token)];
        world.server.leases[usize::from(token)].void = true;
        token = u8::try_from(world.server.leases.len()).ok()?;
        world.server.leases.push(lease);
    }
    if rules.read {
        set_row(world, Row { lease_until: Some(world.now + LEASE_MS.cast_signed()), ..*row });
    }
    Some(Offer { epoch: row.epoch, token, verify: false })
}

/// `Store::poll`'s look into the queue: a new epoch.
fn offer_from_queue(world: &mut World, rules: &Rules, agent: u8, said: Said) -> Option<Offer> {
    let row = world.server.task?;
    if row.state != State::Queued || !said.ready || !said.accepts || world.now >= row.deadline {
        return None;
    }
    if !lifecycle::may_begin(u32::from(row.attempt)) {
        let end = Some(given_up(rules));
        set_row(world, Row { state: State::Failed, end, lease_until: None, ..row });
        return None;
    }
    let epoch = row.epoch + 1;
    let token = u8::try_from(world.server.leases.len()).ok()?;
    let mut begun = Row { epoch, attempt: row.attempt + 1, state: State::Offered, ..row };
    if rules.read {
        begun.state = State::Started;
        begun.lease_until = Some(world.now + LEASE_MS.cast_signed());
        if row.started_at.is_none() {
            begun.started_at = Some(world.now);
            begun.deadline = world.now + END_WITHIN_MS.cast_signed();
        }
    }
    set_row(world, begun);
    world.server.leases.push(LeaseRow {
        epoch,
        agent,
        verify: false,
        started_at: rules.read.then_some(world.now),
        offered_at: world.now,
        asked: 0,
        arrived: false,
        result: None,
        void: false,
    });
    Some(Offer { epoch, token, verify: false })
}

/// Nothing of it was sent: as if this epoch had not been.
fn return_row(world: &mut World, rules: &Rules, row: &Row) {
    let first = row.attempt <= 1 || !rules.read;
    let (started_at, deadline) = if first {
        (None, start_within_ms(kind(rules)).cast_signed())
    } else {
        (row.started_at, row.deadline)
    };
    let attempt = row.attempt.saturating_sub(1);
    let row = Row { state: State::Queued, attempt, started_at, deadline, lease_until: None, ..*row };
    set_row(world, row);
}

/// The caller cancels: at once before the start; after it the agent is told, and what it did counts.
pub fn cancel(world: &mut World, rules: &Rules) {
    let Some(row) = world.server.task else { return };
    let deadline = Timestamp(row.deadline);
    match lifecycle::on_cancel(Some(kind(rules)), row.state, deadline, Timestamp(world.now)) {
        OnCancel::End => {
            let end = Some(Body::Cancelled);
            set_row(world, Row { state: State::Failed, end, lease_until: None, cancel: true, ..row });
        }
        OnCancel::Ask { end_by } => set_row(world, Row { cancel: true, deadline: end_by.0, ..row }),
        OnCancel::Nothing => {}
    }
}

/// The first half of `Store::sweep`: what is due. Both halves are one transaction on SQLite; the guard of the second
/// is what a database needs where they are not.
pub fn sweep_reads(world: &mut World) {
    world.server.sweeping = world.server.task;
}

/// Whether a sweep would find the task due.
#[must_use]
pub fn is_due(world: &World) -> bool {
    world.server.task.is_some_and(|row| row.deadline <= world.now && !row.state.is_over())
}

/// The second half: the end, unless the row has moved.
pub fn sweep_writes(world: &mut World, rules: &Rules) {
    let (Some(read), Some(row)) = (world.server.sweeping.take(), world.server.task) else { return };
    let moved = (row.state, row.epoch) != (read.state, read.epoch);
    if moved && !rules.broken(Mutant::SweepUnguarded) {
        return;
    }
    let end = match lifecycle::at_deadline(Some(kind(rules)), read.state, read.cancel) {
        ErrorCode::OutcomeUnknown => Body::Unknown,
        ErrorCode::Cancelled => Body::Cancelled,
        _ => Body::Expired,
    };
    set_row(world, Row { state: State::Failed, end: Some(end), lease_until: None, ..row });
}

/// A server of level one: it offers what is neither finished nor held, and takes what comes.
pub fn poll_level_one(world: &mut World, said: Said) -> PollAnswer {
    let nothing = PollAnswer::Work { directive: None, offer: None };
    let Some(row) = world.server.task else { return nothing };
    if row.state.is_over() || said.held.is_some() || !said.ready || !said.accepts {
        return nothing;
    }
    PollAnswer::Work { directive: None, offer: Some(Offer { epoch: 1, token: 0, verify: false }) }
}

/// Its `complete`: the first result stands.
pub fn complete_level_one(world: &mut World, body: Body) -> CallAnswer {
    if let Some(row) = world.server.task
        && !row.state.is_over()
        && body != Body::Returned
    {
        let state = if body == Body::Completed { State::Completed } else { State::Failed };
        set_row(world, Row { state, end: Some(body), ..row });
    }
    CallAnswer::Fine { replayed: false }
}

/// What a request does, and what it is answered when somebody hears it.
pub fn serve(world: &mut World, rules: &Rules, request: Request) -> Option<CallAnswer> {
    match request {
        Request::Poll { by, said } => {
            match rules.level {
                crate::rules::Level::One => drop(poll_level_one(world, said)),
                crate::rules::Level::Two => drop(poll(world, rules, by, said)),
            }
            None
        }
        Request::Start { by, token } => Some(start(world, rules, by, token)),
        Request::Complete { token, body, .. } => Some(match rules.level {
            crate::rules::Level::One => complete_level_one(world, body),
            crate::rules::Level::Two => complete(world, rules, token, body),
        }),
    }
}
