//! Before an invitation is started: the account's own list of sent invitations is read, to count those sent by hand and,
//! where the server has no durable `start`, for whoever is to be invited.

use super::Turn;
use super::invitation::SENT;
use crate::agent::entry::{Entry, Stage};
use crate::agent::event::{SentLook, Trouble};
use crate::agent::readiness;
use crate::config::{DAY_MS, SENT_ROWS};
use liaison_protocol::{Effect, ErrorCode, SendConnectionRequest, TaskType, default_act_within_ms};

impl Turn {
    /// The first stage of an invitation that may go now. One of an earlier session is first asked about at the server: it
    /// may have been started.
    pub(super) fn first_stage(&self, input: &SendConnectionRequest, carried: bool) -> Stage {
        let account = self.state.account.as_deref().unwrap_or_default();
        let (input, at) = (input.clone(), self.now);
        if self.has_start() && (carried || !self.state.ledger.wants_look(self.now, account)) {
            Stage::Starting { input, at, tries: 0, carried }
        } else {
            Stage::Checking { input, at, start: 0, carried }
        }
    }

    pub(super) fn has_start(&self) -> bool {
        self.state.pairing.as_ref().is_some_and(|pairing| pairing.has_start())
    }

    /// Takes in a page of the list.
    pub(super) fn checked(&mut self, task: &str, result: &Result<SentLook, Trouble>) {
        let Some(Entry { stage: Stage::Checking { input, start, carried, .. }, accepted_at, .. }) =
            self.state.tasks.get(task).map(AsRef::as_ref)
        else {
            return;
        };
        let (input, is_first, carried, accepted_at) = (input.clone(), *start == 0, *carried, *accepted_at);
        // As it was when the task was taken, and not as this look has it.
        let then = self.state.ledger.clock_ahead(accepted_at);
        match result {
            Ok(look) => {
                self.state.ledger.merge(look, self.now);
                if is_first && !self.has_start() && carried && look.allows(accepted_at, then) {
                    // This very task may have sent it, in a session whose last writes are missing.
                    return if look.proves(accepted_at, then) {
                        self.complete(task, SENT, Effect::Done)
                    } else {
                        self.search_once(task, &input, then)
                    };
                }
                if look.listed && is_first && !self.has_start() {
                    return self.fail(task, ErrorCode::CannotResendYet);
                }
                if is_first && self.has_more_to_count(look) {
                    if let Some(Stage::Checking { start, .. }) =
                        self.state.entry_mut(task).map(|entry| &mut entry.stage)
                    {
                        *start = look.rows.len() as u64;
                    }
                    return;
                }
                self.counted(task, &input, carried, true);
            }
            Err(trouble) if matches!(trouble.code, ErrorCode::Drift | ErrorCode::Refused) => {
                if is_first && !self.has_start() && carried {
                    // This very task may have sent it, in a session whose last writes are missing.
                    self.search_once(task, &input, then);
                    return self.put_off_look(task, trouble);
                }
                if is_first && !self.has_start() {
                    return self.fail_for(task, trouble);
                }
                // What this browser sent is counted all the same.
                self.counted(task, &input, carried, false);
            }
            Err(trouble) => {
                // Nothing of the task itself was sent: it may be tried again.
                self.hear(trouble);
                self.state.ledger.note_failed_look(self.now);
                self.put_off(task);
            }
        }
    }

    /// Whether the next page may hold more that counts: this one is full, its last is of the last seven days, and no cap
    /// is reached yet.
    fn has_more_to_count(&self, look: &SentLook) -> bool {
        let oldest = look.rows.iter().filter_map(|row| row.sent_ms).min();
        let week_ago = self.now.saturating_add(look.clock_ahead_ms).saturating_sub(7 * DAY_MS);
        look.rows.len() as u64 >= SENT_ROWS
            && oldest.is_some_and(|oldest| oldest > week_ago)
            && self.state.ledger.cap_wait(self.now, self.state.settings.limits()).is_none()
    }

    /// What was sent is counted: the invitation goes on, unless a cap is reached.
    fn counted(&mut self, task: &str, input: &SendConnectionRequest, carried: bool, told: bool) {
        let account = self.state.account.clone().unwrap_or_default();
        self.state.ledger.note_look(self.now, &account, told);
        if readiness::hindrance(&self.state, TaskType::SendConnectionRequest, self.now).is_some() {
            return self.put_off(task);
        }
        if !self.has_start() {
            return self.send(task, input, self.now, default_act_within_ms());
        }
        let now = self.now;
        if let Some(entry) = self.state.entry_mut(task) {
            entry.stage = Stage::Starting { input: input.clone(), at: now, tries: 0, carried };
        }
    }
}
