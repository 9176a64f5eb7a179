//! The person's word: an invitation that waits for it, what they say, and what they stop.

use super::Turn;
use super::offer::invitation_of;
use crate::agent::entry::{Entry, Stage};
use crate::agent::event::CommandId;
use crate::agent::readiness;
use crate::agent::status::{Answer, Problem};
use liaison_protocol::{ErrorCode, Mode, Offer, SendConnectionRequest, TaskType};

impl Turn {
    /// Takes the person's word on the invitation that they were shown. Refused, it ends; approved, it goes as soon as
    /// nothing hinders it, and may still be refused until then.
    pub(super) fn decide(&mut self, id: CommandId, task: &str, approve: bool, asked_at_ms: i64) {
        let shown_at = self.state.tasks.get(task).map(|entry| entry.shown_at());
        let Some(Stage::Asking { approved, carried, .. }) =
            self.state.entry_mut(task).map(|entry| &mut entry.stage)
        else {
            return self.answer(id, Answer::refused(not_in_hand()));
        };
        if shown_at != Some(asked_at_ms) {
            return self.answer(id, Answer::refused(changed()));
        }
        if approve {
            *approved = true;
        } else if *carried {
            self.cancel(task);
        } else {
            self.fail(task, ErrorCode::Cancelled);
        }
        self.tell_status(id);
    }

    /// The person stops a task, as a server's `cancel` does: before its next effect. After one the truth stands.
    pub(super) fn cancel_task(&mut self, id: CommandId, task: &str) {
        let entry = self.state.tasks.get(task);
        if entry.is_none_or(|entry| matches!(entry.stage, Stage::Finished(_))) {
            return self.answer(id, Answer::refused(not_in_hand()));
        }
        self.cancel(task);
        self.tell_status(id);
    }

    /// An invitation that was approved goes, when nothing hinders it.
    pub(super) fn begin_approved(&mut self, entry: &Entry, input: &SendConnectionRequest, carried: bool) {
        if let Some((_, until)) = readiness::wait_of(&self.state, TaskType::SendConnectionRequest, self.now) {
            return until.into_iter().for_each(|until| self.wake(until));
        }
        let is_busy = self.state.occupied_by().is_some() || self.state.live.draining.is_some();
        if is_busy || !self.state.right_account() {
            return;
        }
        let stage = self.first_stage(input, carried);
        if let Some(entry) = self.state.entry_mut(&entry.task) {
            entry.stage = stage;
        }
        if let Some(entry) = self.state.tasks.get(&entry.task).cloned() {
            self.schedule_task(&entry);
        }
    }

    /// An invitation that is to stop, and of which the browser's last session may have sent what the disk doesn't know:
    /// the server tells whether it was started, or else LinkedIn's list is read for it.
    pub(super) fn stop_carried(&mut self, entry: &Entry, input: &SendConnectionRequest) {
        if self.has_start() {
            self.ask_about(entry, input);
        } else {
            self.search(&entry.task, input, (entry.accepted_at, self.now), None);
        }
        if let Some(entry) = self.state.tasks.get(&entry.task).cloned() {
            self.schedule_task(&entry);
        }
    }

    /// Asks the server whether an invitation was started that waits here. What its person has not approved of is not sent, whatever
    /// the server says: it counts as never asked about.
    pub(super) fn ask_about(&mut self, entry: &Entry, input: &SendConnectionRequest) {
        let stage = self.first_stage(input, true);
        let is_approved = matches!(entry.stage, Stage::Asking { approved: true, .. });
        if let Some(entry) = self.state.entry_mut(&entry.task) {
            entry.stage = stage;
            entry.asked_at = entry.asked_at.filter(|_| is_approved);
        }
    }

    /// Whether the person wants to be asked before each invitation, and was not asked about this one.
    pub(super) fn wants_word(&self, entry: &Entry) -> bool {
        self.state.settings.ask_before_invite && entry.asked_at.is_none()
    }

    /// Gives an invitation back of which nothing was sent, nor leave asked for; one that its person approved waits here.
    pub(super) fn put_off(&mut self, task: &str) {
        let asked = |entry: &&mut Entry| entry.asked_at.is_some() && !entry.lacks_note();
        if let Some(Entry { stage, .. }) = self.state.entry_mut(task).filter(asked)
            && let Stage::Checking { input, carried, .. } = stage
        {
            *stage = Stage::Asking { input: input.clone(), approved: true, carried: *carried };
            return;
        }
        self.give_back(task);
    }

    /// A newer offer of an invitation that waits for its person only takes on its token, if it is the same invitation.
    /// Returns whether it is.
    pub(super) fn renews(&mut self, held: &Entry, offer: &Offer) -> bool {
        let Stage::Asking { input, .. } = &held.stage else { return false };
        let is_same = invitation_of(offer).as_ref() == Some(input);
        if !is_same || offer.mode != Mode::Run {
            return false;
        }
        if let Some(entry) = self.state.entry_mut(&offer.task) {
            entry.epoch = offer.epoch;
            offer.token_or_task().clone_into(&mut entry.token);
        }
        true
    }
}

fn not_in_hand() -> Problem {
    Problem::new("not_found", "There is no such task in hand", "Look at what the popup says now")
}

fn changed() -> Problem {
    Problem::new(
        "invitation_changed",
        "This invitation is no longer the one that you were shown",
        "Look at what the popup says now",
    )
}
