//! Results on their way to the server, until a final answer.

use super::Turn;
use crate::agent::backoff;
use crate::agent::entry::{Ended, Entry, Stage};
use crate::agent::event::{Effect, Reply};
use crate::agent::state::PairingEnd;
use crate::config::{MAX_POLL_GAP_MS, RETRY_AFTER_MOST_MS, UNHELD_POLL_GAP_MS};
use crate::json;
use liaison_protocol::CompleteAnswer;
use std::rc::Rc;

impl Turn {
    /// Posts a result that is due.
    pub(super) fn post(&mut self, entry: &Entry) {
        let Stage::Finished(outcome) = &entry.stage else { return };
        let live = self.state.live_mut(&entry.task);
        if live.posting {
            return;
        }
        if live.post_at > self.now {
            let at = live.post_at;
            return self.wake(at);
        }
        live.posting = true;
        let token = json::write(&entry.token);
        let body: Rc<str> = format!("{{\"token\":{token},{}}}", outcome.body).into();
        self.effects.push(Effect::Complete { task: entry.task.clone(), body });
    }

    pub(super) fn completed(&mut self, task: &str, reply: &Reply<CompleteAnswer>) {
        self.state.live_mut(task).posting = false;
        match reply {
            Reply::Ok(_) => {
                self.served();
                self.state.live.refusals = 0;
                self.relieve(task, true, None);
            }
            Reply::Refused { status: 401 | 403, .. } => self.end_pairing(PairingEnd::Unauthorised),
            Reply::Refused { status: 409, code } if code.as_deref() == Some("superseded") => {
                self.relieve(task, false, Some(409));
                self.end_pairing(PairingEnd::Superseded);
            }
            Reply::Refused { status, .. } => {
                self.relieve(task, false, Some(*status));
                self.brake();
            }
            Reply::Retry { retry_after_ms, problem } => {
                self.not_served(problem.clone());
                let random = self.state.random();
                let now = self.now;
                let live = self.state.live_mut(task);
                live.post_failures = live.post_failures.saturating_add(1);
                let asked = retry_after_ms.map(|ms| ms.min(RETRY_AFTER_MOST_MS));
                let wait = backoff::delay_ms(live.post_failures, asked, random);
                live.post_at = now.saturating_add_unsigned(wait);
            }
        }
    }

    /// A server that refuses a result, or a start, for good and offers the task again would have LinkedIn, or itself,
    /// asked without end: each refusal doubles the wait before the next poll, up to five minutes.
    pub(super) fn brake(&mut self) {
        let live = &mut self.state.live;
        live.refusals = live.refusals.saturating_add(1);
        let wait = (UNHELD_POLL_GAP_MS << live.refusals.min(6)).min(MAX_POLL_GAP_MS);
        let at = self.now.saturating_add_unsigned(wait);
        self.state.waits.poll_at = self.state.waits.poll_at.max(at);
    }

    /// The server took the result, or refused it for good: input and output are forgotten, and what is remembered is
    /// how it ended.
    pub(super) fn relieve(&mut self, task: &str, acknowledged: bool, refused: Option<u16>) {
        let Some(entry) = self.state.tasks.get(task).cloned() else { return };
        let Stage::Finished(outcome) = &entry.stage else { return };
        self.state.tasks.remove(task);
        match outcome.summary.ended {
            Ended::Completed if outcome.summary.acted => self.bury(&entry, None),
            Ended::Failed(code) if outcome.summary.acted => self.bury(&entry, Some(code)),
            _ => {}
        }
        for summary in Rc::make_mut(&mut self.state.recent) {
            if summary.task == task && summary.at == outcome.summary.at {
                (summary.acknowledged, summary.refused) = (acknowledged, refused);
            }
        }
    }
}
