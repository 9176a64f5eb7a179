//! What an agent says of a lease: started, alive, ended.

use super::{CallAnswer, agent_of, facts, go_on, return_row, set_row};
use crate::rules::{Mutant, Rules};
use crate::world::{Body, Flaw, LeaseRow, Row, World};
use liaison_protocol::{HeartbeatAction, HeldPhase};
use liaison_server::Timestamp;
use liaison_server::lifecycle::{self, END_WITHIN_MS, Facts, Fenced, Lease, OnComplete, OnStart, State};

fn lease_of(world: &World, rules: &Rules, token: u8) -> Option<(Row, LeaseRow, Facts, Lease)> {
    let row = world.server.task?;
    let lease = *world.server.leases.get(usize::from(token)).filter(|lease| !lease.void)?;
    let facts = facts(world, rules, &row, lease.agent);
    let known = Lease {
        epoch: u32::from(lease.epoch),
        verify: lease.verify,
        started_at: lease.started_at.map(Timestamp),
        result_hash: lease.result.map(|body| vec![body as u8]),
    };
    Some((row, lease, facts, known))
}

/// `POST /agent/v1/tasks/{id}/start`: `Store::start`.
pub fn start(world: &mut World, rules: &Rules, by: u8, token: u8) -> CallAnswer {
    if agent_of(rules, by) == 0 && world.server.superseded {
        return CallAnswer::Superseded;
    }
    let Some((row, lease, mut facts, mut known)) = lease_of(world, rules, token) else {
        // It was handed out for an epoch that is still the newest: nothing but a rotation makes it unknown.
        world.note(Flaw::AnswerChanged);
        return CallAnswer::Refused;
    };
    let unchecked = rules.broken(Mutant::NoEpochCheck);
    if unchecked {
        known.epoch = facts.epoch;
        facts.state = if facts.state.is_over() { facts.state } else { State::Offered };
    }
    if rules.broken(Mutant::ReplayedToTheEnd)
        && known.started_at.is_some()
        && lifecycle::on_heartbeat(&facts, &known).is_ok()
    {
        return CallAnswer::Fine { replayed: true };
    }
    match lifecycle::on_start(&facts, &known, Timestamp(world.now)) {
        Ok(OnStart::Replay { act_within_ms: 0 }) => CallAnswer::NoTime,
        Ok(OnStart::Replay { .. }) => CallAnswer::Fine { replayed: true },
        // The statement's own guard: an invitation is started once.
        Ok(OnStart::Start) if unchecked || matches!(row.state, State::Queued | State::Offered) => {
            let now = world.now;
            let deadline = now + END_WITHIN_MS.cast_signed();
            set_row(world, Row { state: State::Started, started_at: Some(now), deadline, ..row });
            world.server.leases[usize::from(token)] = LeaseRow { started_at: Some(now), ..lease };
            CallAnswer::Fine { replayed: false }
        }
        Ok(OnStart::Start) | Err(_) => CallAnswer::Refused,
    }
}

/// `POST /agent/v1/tasks/{id}/complete`: `Store::complete`.
pub fn complete(world: &mut World, rules: &Rules, token: u8, body: Body) -> CallAnswer {
    let Some((row, lease, mut facts, mut known)) = lease_of(world, rules, token) else {
        world.note(Flaw::AnswerChanged);
        return CallAnswer::Refused;
    };
    if rules.broken(Mutant::ReturnedAfterVerify) {
        known.verify = false;
        if facts.state == State::Verifying {
            facts.state = State::Started;
        }
    }
    let returned = body == Body::Returned;
    let on_complete = match lifecycle::on_complete(&facts, &known, returned, &[body as u8]) {
        Ok(on_complete) => on_complete,
        Err(Fenced::LeaseLost | Fenced::TaskClosed | Fenced::ResultConflict) => return CallAnswer::Refused,
    };
    let keep_hash = match on_complete {
        OnComplete::Replay => return CallAnswer::Fine { replayed: true },
        OnComplete::End => {
            let state = if body == Body::Completed { State::Completed } else { State::Failed };
            set_row(world, Row { state, end: Some(body), lease_until: None, ..row });
            true
        }
        OnComplete::Requeue => {
            return_row(world, rules, &row);
            true
        }
        OnComplete::Cancel => {
            set_row(
                world,
                Row { state: State::Failed, end: Some(Body::Cancelled), lease_until: None, ..row },
            );
            true
        }
        OnComplete::Keep => {
            let kept = &mut world.server.leases[usize::from(token)];
            (kept.asked, kept.arrived) = (kept.asked.saturating_sub(1), true);
            lease.epoch < row.epoch
        }
    };
    if keep_hash {
        world.server.leases[usize::from(token)].result = Some(body);
    }
    CallAnswer::Fine { replayed: false }
}

/// `Store::heartbeat`. Whether the agent is told to stop; `None` when the lease is gone.
pub fn heartbeat(world: &mut World, rules: &Rules, token: u8) -> Option<bool> {
    let (row, _, facts, known) = lease_of(world, rules, token)?;
    let stops = lifecycle::on_beat(&facts) == HeartbeatAction::Cancel;
    lifecycle::on_heartbeat(&facts, &known).ok()?;
    let state = lifecycle::on_continue(&facts, HeldPhase::Running);
    go_on(world, rules, &row, state);
    Some(stops)
}
