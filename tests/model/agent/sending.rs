//! An invitation in the agent: leave to send, the one `fetch`, and the looks for what may have been sent.

use super::{LOOK_AT_MS, SiteAnswer, Turn, search};
use crate::browser::{Asking, Entry, Sending, Stage};
use crate::rules::{Mutant, Rules};
use crate::world::{Body, Flaw, Request};
use liaison_protocol::default_act_within_ms;

impl Turn<'_> {
    /// Asks for leave to send.
    pub fn asks_start(&mut self) {
        let Some(Entry { token, stage: Stage::Starting { carried, .. }, .. }) = self.entry() else { return };
        let asked_at = Some(self.clock());
        self.put_stage(Stage::Starting { asked_at, carried });
        self.me().asking = Asking::Open;
        let by = self.by;
        self.world.send(Request::Start { by, token });
    }

    /// Takes in the answer to `start`.
    pub fn hears_start(&mut self) {
        let asking = std::mem::replace(&mut self.me().asking, Asking::No);
        let Some(Entry { stage: Stage::Starting { asked_at, carried }, .. }) = self.entry() else { return };
        match asking {
            Asking::Granted { replayed: true, .. }
                if carried && !self.rules.broken(Mutant::ReplayedIgnored) =>
            {
                self.put_stage(search(asked_at.unwrap_or_default().min(self.clock()), false));
            }
            // Whatever its token was used for in that session may still be on its way.
            Asking::Granted { .. } if carried && !self.rules.broken(Mutant::CarriedSent) => {
                let cancelled = self.entry().is_some_and(|entry| entry.cancelled);
                self.finish(if cancelled { Body::Cancelled } else { Body::Returned });
            }
            Asking::Granted { in_time: false, .. } => {
                let cancelled = self.entry().is_some_and(|entry| entry.cancelled);
                self.finish(if cancelled { Body::Cancelled } else { Body::Returned });
            }
            Asking::Granted { .. } => self.sends(asked_at.unwrap_or_default()),
            Asking::Refused { superseded } => {
                self.drop_entry(true);
                self.me().ended |= superseded;
            }
            Asking::No | Asking::Open => {}
        }
    }

    /// `start` had no answer.
    pub fn start_unanswered(&mut self, gives_back: bool) {
        self.me().asking = Asking::No;
        if gives_back {
            self.finish(Body::Returned);
        } else if self.rules.broken(Mutant::SilenceIsLeave) {
            let now = self.clock();
            self.sends(now);
        }
    }

    /// Whether what it holds may be given back: nothing of it was sent, and the journal is there to prove it.
    #[must_use]
    pub fn may_give_back(rules: &Rules, entry: &Entry) -> bool {
        match entry.stage {
            Stage::Starting { carried, .. } => !carried || rules.broken(Mutant::CarriedGivenBack),
            Stage::Checking => true,
            _ => false,
        }
    }

    /// Whether it stops before its next effect because it was cancelled.
    #[must_use]
    pub fn stops(rules: &Rules, entry: &Entry) -> bool {
        let before_effect = match entry.stage {
            Stage::Starting { carried, .. } => !carried || rules.broken(Mutant::CarriedCancelled),
            Stage::Checking | Stage::Walking { .. } => true,
            _ => false,
        };
        entry.cancelled && before_effect
    }

    /// Gives a task back that can't go on now.
    pub fn gives_back(&mut self) {
        self.finish(Body::Returned);
    }

    /// Ends a task that was cancelled.
    pub fn stops_cancelled(&mut self) {
        self.finish(Body::Cancelled);
    }

    fn is_late(&self, from: i64, until: i64) -> bool {
        let now = self.clock();
        let late = now > until && !self.rules.broken(Mutant::NoActWithin);
        late || now < from
    }

    /// Writes "about to send", if there is still time.
    pub(super) fn sends(&mut self, from: i64) {
        let until = from.saturating_add_unsigned(default_act_within_ms());
        let cancelled = self.entry().is_some_and(|entry| entry.cancelled);
        if cancelled {
            return self.finish(Body::Cancelled);
        }
        if self.me().paused || self.is_late(from, until) {
            return self.finish(Body::Returned);
        }
        let from = self.clock();
        if !self.rules.broken(Mutant::JournalAfterFetch) {
            self.put_stage(Stage::Sending { at: from });
        }
        self.me().sending = Sending::Ready { from, until };
    }

    /// Calls `fetch`, if there is still time.
    pub fn fetches(&mut self) {
        let Sending::Ready { from, until } = self.me().sending else { return };
        if self.is_late(from, until) {
            self.me().sending = Sending::No;
            return self.finish(Body::Returned);
        }
        self.me().sending = Sending::Flying;
        let seen = &mut self.world.seen;
        seen.fetches = (seen.fetches + 1).min(2);
        if self.world.server.task.is_some_and(|row| row.state.is_over()) {
            self.world.note(Flaw::SentAfterEnd);
        }
    }

    /// LinkedIn's answer to the invitation, or none.
    pub fn hears_site(&mut self, answer: SiteAnswer) {
        self.me().sending = Sending::No;
        let at = match self.entry().map(|entry| entry.stage) {
            Some(Stage::Sending { at }) => at.min(self.clock()),
            _ => self.clock(),
        };
        match answer {
            SiteAnswer::Sent => self.finish(Body::Completed),
            SiteAnswer::Refused => self.finish(Body::Refused),
            SiteAnswer::CannotResend => self.put_stage(search(at, true)),
            SiteAnswer::Nothing if self.rules.broken(Mutant::ResendOnUnknown) => {
                let from = self.clock();
                let until = from.saturating_add_unsigned(default_act_within_ms());
                self.me().sending = Sending::Ready { from, until };
            }
            SiteAnswer::Nothing => self.put_stage(search(at, false)),
        }
    }

    /// Whether the next look is due.
    #[must_use]
    pub fn is_look_due(clock: i64, entry: &Entry) -> bool {
        let Stage::Verifying { looks, from, .. } = entry.stage else { return false };
        // The first one is ten seconds off at most, which is less than any time that passes here.
        looks == 0 || clock >= from + LOOK_AT_MS[usize::from(looks)]
    }

    /// Looks whether the invitation is among the sent ones.
    pub fn looks(&mut self) {
        let Some(Entry { stage: Stage::Verifying { looks, from, refused }, .. }) = self.entry() else {
            return;
        };
        if self.world.site.listed {
            return self.finish(Body::Completed);
        }
        if self.rules.broken(Mutant::NotFoundIsNotSent) {
            self.finish(Body::Returned);
        } else if refused {
            self.finish(Body::CannotResendYet);
        } else if usize::from(looks) + 1 >= LOOK_AT_MS.len() {
            self.finish(Body::Unknown);
        } else {
            self.put_stage(Stage::Verifying { looks: looks + 1, from, refused });
        }
    }

    /// Without a `start`: looks whether the person is among the sent invitations, and sends if not.
    pub fn checks(&mut self) {
        let site = self.world.site;
        if !self.rules.broken(Mutant::NoCheck) {
            if site.by_hand || site.listed {
                return self.finish(Body::CannotResendYet);
            }
            self.world.seen.lagged |= self.world.seen.fetches > 0;
        }
        let now = self.clock();
        self.sends(now);
    }
}
