//! Calling the person and calling them off, by what holds after a step.

use super::Turn;
use crate::agent::event::Effect;
use crate::agent::signal::{self, Silence};
use crate::agent::status::{Problem, UNREACHABLE};
use crate::ports::Notice;

impl Turn {
    /// Calls for what is new and takes back what is over. In a pause nobody is called: whoever paused wants nothing done, and
    /// will be at the popup to end it.
    pub(super) fn signal(&mut self) {
        if !self.state.live.booted {
            return;
        }
        self.end_silence();
        let notices = signal::notices(&self.state);
        let holds = |id: &str| notices.iter().any(|notice| notice.id == id);
        let called = std::mem::take(&mut self.state.signals.called);
        let (mut called, over): (Vec<String>, Vec<String>) =
            called.into_iter().partition(|id| holds(id) || signal::may_last(&self.state, id));
        self.effects.extend(over.into_iter().map(Effect::Withdraw));
        let is_new = |notice: &Notice| !called.contains(&notice.id);
        let new: Vec<Notice> = notices.iter().filter(|notice| is_new(notice)).cloned().collect();
        if !self.state.settings.paused {
            called.extend(new.iter().map(|notice| notice.id.clone()));
            self.effects.extend(new.into_iter().map(Effect::Notify));
        }
        self.state.signals.called = called;
    }

    /// Notes that a poll got no answer at all. One that was answered, with whatever refusal, was; one that the browser forbade tells
    /// nothing of the server.
    pub(super) fn note_silence(&mut self, problem: &Problem) {
        let is_called = signal::is_server_gone(&self.state);
        let before = self.state.signals.silence;
        let is_silent = problem.code == UNREACHABLE;
        self.state.signals.silence = is_silent.then(|| Silence::grown(before, is_called, self.now));
    }

    /// A server that has been heard of, or is worked for no more, is not silent. A worker that has not asked yet knows no better than the one
    /// before it.
    fn end_silence(&mut self) {
        let works = self.state.pairing.as_ref().is_some_and(|pairing| pairing.ended.is_none());
        let live = &self.state.live;
        if !works || (live.contact_problem.is_none() && live.contact_at.is_some()) {
            self.state.signals.silence = None;
        }
    }
}
