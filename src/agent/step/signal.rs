//! Calling the person and calling them off, by what holds after a step.

use super::Turn;
use crate::agent::event::Effect;
use crate::agent::signal;
use crate::ports::Notice;

impl Turn {
    /// Calls for what is new and takes back what is over. In a pause nobody is called: whoever paused wants nothing done, and
    /// will be at the popup to end it.
    pub(super) fn signal(&mut self) {
        if !self.state.live.booted {
            return;
        }
        self.note_silence();
        let now = self.now;
        let notices = signal::notices(&self.state, now);
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
        signal::gone_at(&self.state).filter(|&at| at > now).into_iter().for_each(|at| self.wake(at));
    }

    /// Notes when the server fell silent. A worker that has not asked yet knows no better than the one before it.
    fn note_silence(&mut self) {
        let works = self.state.pairing.as_ref().is_some_and(|pairing| pairing.ended.is_none());
        let live = &self.state.live;
        let is_silent = live.contact_problem.is_some();
        let is_heard = live.contact_problem.is_none() && live.contact_at.is_some();
        let since = self.state.signals.gone_since.map(|since| since.min(self.now));
        self.state.signals.gone_since = match () {
            () if !works || is_heard => None,
            () if is_silent => since.or(Some(self.now)),
            () => since,
        };
    }
}
