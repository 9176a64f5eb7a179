//! The end of a task: its result written into the journal, ready to post.

use super::Turn;
use crate::agent::entry::{Ended, Entry, Outcome, Stage, Summary};
use crate::agent::event::Trouble;
use crate::agent::state::State;
use crate::config::RECENT;
use crate::json;
use liaison_protocol::{Effect, ErrorCode, Findings, Offer, TaskFailure};
use std::rc::Rc;

impl Turn {
    /// Ends a task with a documented output, given as JSON.
    pub(super) fn complete(&mut self, task: &str, output_json: &str, effect: Effect) {
        self.finish(task, Ended::Completed, output_json, effect);
    }

    /// Says beside the output what was odd about the list, when anything was.
    pub(super) fn add_findings(&mut self, task: &str, findings: &Findings) {
        if *findings == Findings::default() {
            return;
        }
        if let Some(Stage::Finished(outcome)) = self.state.entry_mut(task).map(|entry| &mut entry.stage) {
            outcome.body = format!("{},\"findings\":{}", outcome.body, json::write(findings)).into();
        }
    }

    /// Ends a task with a code and nothing more to say.
    pub(super) fn fail(&mut self, task: &str, code: ErrorCode) {
        self.fail_with(task, &TaskFailure::new(code));
    }

    /// Ends a task with a failure.
    pub(super) fn fail_with(&mut self, task: &str, failure: &TaskFailure) {
        let (json, effect) = failure_parts(failure);
        self.finish(task, Ended::Failed(failure.code), &json, effect);
    }

    /// Ends a task with what LinkedIn said, after the breakers have heard of it.
    pub(super) fn fail_for(&mut self, task: &str, trouble: &Trouble) {
        let wait = self.hear(trouble);
        let mut failure = TaskFailure::new(trouble.code);
        if let Some(detail) = &trouble.detail {
            failure = failure.with_detail(detail);
        }
        failure.retry_in_ms = wait;
        self.fail_with(task, &failure);
    }

    /// Lets the breakers and the session hear of a refusal. Returns how long the same should not be tried.
    pub(super) fn hear(&mut self, trouble: &Trouble) -> Option<u64> {
        match trouble.code {
            ErrorCode::SignedOut => self.signed_out(),
            ErrorCode::Network if trouble.detail.as_deref() == Some(Trouble::NO_PERMISSION) => {
                self.state.live.no_permission = true;
            }
            _ => {}
        }
        self.state.breakers.trip(trouble.code, trouble.retry_after_ms, self.now)
    }

    /// Gives a task back, nothing of it having been sent.
    pub(super) fn give_back(&mut self, task: &str) {
        self.slow_down();
        self.finish(task, Ended::Returned, "null", Effect::None);
    }

    fn finish(&mut self, task: &str, ended: Ended, output_json: &str, effect: Effect) {
        let now = self.now;
        let Some(unfinished) = self.state.tasks.get(task).cloned() else { return };
        let Some(entry) = self.state.entry_mut(task) else { return };
        let acted = matches!(entry.stage, Stage::Sending { .. } | Stage::Verifying(_));
        let summary = Summary { acted, ..summary_of(task, &entry.task_type, ended, now) };
        entry.stage = Stage::Finished(Outcome::new(summary.clone(), output_json, effect));
        self.log(&unfinished, ended);
        self.ended(summary);
        if unfinished.disowned {
            self.relieve(task, false, None);
        }
    }

    /// Adds the line of a task that ends so, if anything was asked of LinkedIn for it. What a server only offers, be it
    /// ten thousand times, leaves none.
    pub(super) fn log(&mut self, entry: &Entry, ended: Ended) {
        let State { pairing: Some(pairing), set_aside, log, .. } = &mut self.state else { return };
        if entry.touched {
            Rc::make_mut(log).add(entry, ended, pairing.server.as_str(), set_aside, self.now);
        }
    }

    /// The same, unless there is such a line: what its tombstone has taken up and a server abandons again, be it ten thousand
    /// times, leaves none either.
    pub(super) fn log_once(&mut self, entry: &Entry, ended: Ended) {
        if !self.state.log.has(&entry.task, ended) {
            self.log(entry, ended);
        }
    }

    /// Takes an offer into the journal as ended: nothing is to be done for it.
    pub(super) fn end_offer(&mut self, offer: &Offer, ended: Ended, output_json: &str, effect: Effect) {
        let summary = summary_of(&offer.task, &offer.task_type, ended, self.now);
        self.take(offer, Stage::Finished(Outcome::new(summary.clone(), output_json, effect)));
        self.ended(summary);
    }

    /// Takes an offer into the journal as failed.
    pub(super) fn fail_offer(&mut self, offer: &Offer, failure: &TaskFailure) {
        let (json, effect) = failure_parts(failure);
        self.end_offer(offer, Ended::Failed(failure.code), &json, effect);
    }

    /// Drops an invitation that the server has closed, and that nobody posts a result for. The person is told, if they
    /// approved it or an earlier session may have sent it.
    pub(super) fn close(&mut self, task: &str, is_approved: bool) {
        let is_carried = self.state.tasks.get(task).is_some_and(|entry| entry.is_carried());
        if is_approved || is_carried {
            self.note_closed(task, is_carried);
        }
        self.abandon(task);
    }

    fn note_closed(&mut self, task: &str, is_carried: bool) {
        let Some(entry) = self.state.tasks.get(task) else { return };
        let ended = if is_carried { Ended::Failed(ErrorCode::OutcomeUnknown) } else { Ended::Closed };
        let summary = Summary { acknowledged: true, ..summary_of(task, &entry.task_type, ended, self.now) };
        let recent = Rc::make_mut(&mut self.state.recent);
        recent.insert(0, summary);
        recent.truncate(RECENT);
    }

    fn ended(&mut self, summary: Summary) {
        let now = self.now;
        let live = self.state.live_mut(&summary.task);
        live.post_at = now;
        live.post_failures = 0;
        if summary.ended != Ended::Returned {
            let recent = Rc::make_mut(&mut self.state.recent);
            recent.insert(0, summary);
            recent.truncate(RECENT);
        }
    }
}

fn summary_of(task: &str, task_type: &str, ended: Ended, at: i64) -> Summary {
    let task_type = task_type.chars().take(64).collect();
    Summary { task: task.to_owned(), task_type, ended, at, acknowledged: false, refused: None, acted: false }
}

fn failure_parts(failure: &TaskFailure) -> (String, Effect) {
    let effect = if failure.code == ErrorCode::OutcomeUnknown { Effect::Maybe } else { Effect::None };
    (json::write(failure), effect)
}
