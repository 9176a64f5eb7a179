//! What the server's answers tell of it: that it serves, fails, or asks to wait; and what a person's own test of it ends.

use super::Turn;
use crate::agent::event::CommandId;
use crate::agent::status::{Answer, Problem};

impl Turn {
    /// It answered as it should.
    pub(super) fn served(&mut self) {
        let live = &mut self.state.live;
        live.contact_at = Some(self.now);
        (live.contact_problem, live.problem_asks, live.failing_since) = (None, false, None);
    }

    /// It answered with something of no use, or not at all.
    pub(super) fn not_served(&mut self, problem: Problem) {
        let live = &mut self.state.live;
        if problem.was_answered() {
            live.contact_at = Some(self.now);
            live.failing_since = live.failing_since.or(Some(self.now));
        } else {
            live.failing_since = None;
        }
        (live.contact_problem, live.problem_asks) = (Some(problem), false);
    }

    /// It asked not to be polled for so long.
    pub(super) fn wait_as_asked(&mut self, ms: u64) {
        let until = self.now.saturating_add_unsigned(ms);
        (self.state.waits.poll_at, self.state.waits.asked_until) = (until, until);
    }

    /// Nothing of what was waited for so far holds up the next poll.
    pub(super) fn poll_now(&mut self) {
        (self.state.live.next_poll_at, self.state.waits.poll_at) = (self.now, self.now);
        self.state.end_asked_wait();
    }

    /// The person wants it asked now: neither what it asked for nor what failed before holds them up. What the agent itself
    /// waits for, of a server that refuses what it asked for, goes on, unless the server asked for longer.
    pub(super) fn end_wait(&mut self) {
        let now = self.now;
        let asked_until = self.state.waits.asked_until;
        self.state.end_asked_wait();
        if self.state.waits.poll_at <= asked_until {
            self.state.waits.poll_at = 0;
        }
        let live = &mut self.state.live;
        if live.poll_failures > 0 || asked_until > now {
            (live.next_poll_at, live.poll_failures) = (now, 0);
        }
        for live in live.tasks.values_mut().filter(|live| live.post_failures > 0) {
            live.post_at = now;
        }
    }

    /// A server that has answered a poll of this pairing's takes its token, whatever it said before. `served` names the
    /// instance whose poll got through: another pairing may have come in between.
    pub(super) fn probed(&mut self, id: CommandId, answer: &Answer, served: Option<&str>) {
        let pairing = self.state.pairing_mut().filter(|pairing| served == Some(&pairing.instance));
        if let Some(pairing) = pairing {
            pairing.ended = None;
            self.end_wait();
            self.served();
        }
        self.answer(id, answer.clone());
    }
}
