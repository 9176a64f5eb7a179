//! Polls and what they bring: contact, directives, the end of a pairing.

use super::Turn;
use crate::agent::entry::{Ended, Entry, Stage};
use crate::agent::event::{Effect, Reply};
use crate::agent::state::{PairingEnd, ParkedPoll, Said};
use crate::agent::status::Problem;
use crate::agent::tombstone::Tombstone;
use crate::agent::{backoff, readiness};
use crate::config::{
    LEAST_POLL_GAP_MS, MAX_POLL_GAP_MS, POLL_WAIT_MS, RETRY_AFTER_MOST_MS, UNHELD_POLL_GAP_MS, UNHELD_POLL_MS,
};
use liaison_protocol::{
    Directive, DirectiveAction, ErrorCode, HeartbeatAction, HeartbeatAnswer, PollAnswer, TaskType,
};
use std::rc::Rc;

impl Turn {
    pub(super) fn send_poll(&mut self, said: Said) {
        let live = &mut self.state.live;
        live.generation += 1;
        let generation = live.generation;
        live.poll = Some(ParkedPoll { generation, said: said.clone() });
        let poll = readiness::poll_of(&self.state, &said, POLL_WAIT_MS, self.now);
        self.effects.push(Effect::Poll { generation, poll });
    }

    pub(super) fn stop_polling(&mut self) {
        if self.state.live.poll.take().is_some() {
            self.effects.push(Effect::AbortPoll);
        }
    }

    /// An answer that could not be journalled is as if it had not come: the server will offer again.
    pub(super) fn drop_poll(&mut self) {
        self.state.live.poll = None;
        self.state.live.next_poll_at = self.now.saturating_add_unsigned(UNHELD_POLL_GAP_MS);
    }

    pub(super) fn polled(&mut self, generation: u64, sent_at: i64, reply: &Reply<PollAnswer>) {
        if self.state.live.poll.as_ref().is_none_or(|parked| parked.generation != generation) {
            return;
        }
        self.state.live.poll = None;
        match reply {
            Reply::Ok(answer) => self.poll_answered(sent_at, answer),
            Reply::Refused { status, code } => self.poll_refused(*status, code.as_deref()),
            Reply::Retry { retry_after_ms, problem } => self.poll_failed(*retry_after_ms, problem.clone()),
        }
    }

    fn poll_answered(&mut self, sent_at: i64, answer: &PollAnswer) {
        self.served();
        let live = &mut self.state.live;
        live.poll_failures = 0;
        let held = self.now - sent_at >= UNHELD_POLL_MS;
        let default_gap = if held || answer.task.is_some() { 0 } else { UNHELD_POLL_GAP_MS };
        let least = if default_gap == 0 { 0 } else { LEAST_POLL_GAP_MS };
        let gap = answer.next_ms.unwrap_or(default_gap).clamp(least, MAX_POLL_GAP_MS);
        live.next_poll_at = self.now.saturating_add_unsigned(gap);
        if let Some(pairing) = self.state.pairing_mut().filter(|pairing| pairing.supports != answer.supports)
        {
            pairing.supports.clone_from(&answer.supports);
        }
        for directive in &answer.directives {
            self.directed(directive);
        }
        if let Some(offer) = &answer.task {
            self.offered(offer);
        }
    }

    fn poll_refused(&mut self, status: u16, code: Option<&str>) {
        match (status, code) {
            (401 | 403, _) => self.end_pairing(PairingEnd::Unauthorised),
            (409, Some("superseded")) => self.end_pairing(PairingEnd::Superseded),
            _ => {
                let problem = Problem::new(
                    "unexpected_answer",
                    format!("The server answered {status} to a poll"),
                    "Check the server's address on the options page",
                );
                self.poll_failed(None, problem.said("unexpected_answer", vec![status.to_string()]));
            }
        }
    }

    fn poll_failed(&mut self, retry_after_ms: Option<u64>, problem: Problem) {
        self.note_silence(&problem);
        let random = self.state.random();
        let live = &mut self.state.live;
        live.poll_failures = live.poll_failures.saturating_add(1);
        let asked = retry_after_ms.map(|ms| ms.min(RETRY_AFTER_MOST_MS));
        let wait = backoff::delay_ms(live.poll_failures, asked, random);
        live.next_poll_at = self.now.saturating_add_unsigned(wait);
        self.not_served(problem);
        if let Some(ms) = asked {
            self.wait_as_asked(ms);
            self.state.live.problem_asks = true;
        }
    }

    /// The server wants us no more. Unfinished work stays in the journal, untouched, for a new pairing.
    pub(super) fn end_pairing(&mut self, end: PairingEnd) {
        self.state.live.contact_at = Some(self.now);
        if let Some(pairing) = self.state.pairing_mut() {
            pairing.ended = Some(end);
        }
    }

    fn directed(&mut self, directive: &Directive) {
        let held = self.state.tasks.get(&directive.task);
        if held.is_none_or(|entry| entry.epoch != directive.epoch) {
            return;
        }
        match directive.action {
            DirectiveAction::Continue | DirectiveAction::Unknown => {}
            DirectiveAction::Cancel => self.cancel(&directive.task),
            DirectiveAction::Resend => self.resend(&directive.task),
            DirectiveAction::Abandon => self.close(&directive.task, false),
        }
    }

    /// Posts a result again, unless posting it is failing: then the back-off rules.
    pub(super) fn resend(&mut self, task: &str) {
        let now = self.now;
        let live = self.state.live_mut(task);
        if live.post_failures == 0 {
            live.post_at = now;
        }
    }

    /// Notes that the task is to stop before its next effect.
    pub(super) fn cancel(&mut self, task: &str) {
        if let Some(entry) = self.state.entry_mut(task) {
            entry.cancelled = true;
        }
    }

    /// Forgets a task that was overtaken or is closed. An invitation that was, or may have been, sent leaves a
    /// tombstone; so does one of an earlier browser session, whose last writes may be missing.
    pub(super) fn abandon(&mut self, task: &str) {
        let Some(mut entry) = self.state.tasks.remove(task) else { return };
        let failed = match &entry.stage {
            _ if entry.is_carried() => {
                // The session before may have asked for it what the disk doesn't know.
                Rc::make_mut(&mut entry).touched = true;
                self.log_once(&entry, Ended::Failed(ErrorCode::OutcomeUnknown));
                Some(ErrorCode::OutcomeUnknown)
            }
            Stage::Sending { .. } | Stage::Verifying(_) => {
                // The POST may be on its way.
                let is_sending = matches!(entry.stage, Stage::Sending { .. });
                Rc::make_mut(&mut entry).touched |= is_sending;
                self.log(&entry, Ended::Failed(ErrorCode::OutcomeUnknown));
                Some(ErrorCode::OutcomeUnknown)
            }
            Stage::Finished(outcome) if outcome.summary.acted => match outcome.summary.ended {
                Ended::Completed => None,
                Ended::Failed(code) => Some(code),
                Ended::Returned | Ended::Closed => return,
            },
            Stage::Finished(_) => return,
            Stage::Asking { .. } | Stage::Walking(_) | Stage::Checking { .. } | Stage::Starting { .. } => {
                return self.log(&entry, Ended::Closed);
            }
        };
        self.bury(&entry, failed);
    }

    /// Leaves a tombstone, for a kind of task that has an effect; where the pairing is lost, its name until the next.
    pub(super) fn bury(&mut self, entry: &Entry, failed: Option<ErrorCode>) {
        let kind = TaskType::from_wire(&entry.task_type);
        if !kind.is_some_and(TaskType::has_effect) {
            return;
        }
        let Some(pairing) = self.state.pairing.as_ref().map(Rc::clone) else {
            return self.state.lose(&entry.task);
        };
        self.state.bury(Tombstone {
            server: pairing.server.clone(),
            task: entry.task.clone(),
            whom: entry.whom(),
            epoch: entry.epoch,
            failed,
            at: self.now,
            carried: entry.is_carried() && pairing.has_start(),
        });
    }

    pub(super) fn beaten(&mut self, task: &str, reply: &Reply<HeartbeatAnswer>) {
        self.state.live_mut(task).beating = false;
        match reply {
            Reply::Ok(answer) => {
                self.served();
                if answer.action == HeartbeatAction::Cancel {
                    self.cancel(task);
                }
            }
            Reply::Refused { status: 401 | 403, .. } => self.end_pairing(PairingEnd::Unauthorised),
            Reply::Refused { .. } => self.lease_lost(task),
            Reply::Retry { .. } => {}
        }
    }

    /// The server has given the task to somebody else or closed it. A read is dropped; an invitation that was not sent
    /// is never sent; one that may have been is carried to its end, since only this agent can tell.
    fn lease_lost(&mut self, task: &str) {
        let Some(entry) = self.state.tasks.get(task) else { return };
        if entry.is_before_effect() {
            self.close(task, false);
        }
    }
}
