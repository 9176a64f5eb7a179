//! Offers: what is taken into the journal, what is answered from memory, what is given back.

use super::Turn;
use super::invitation::SENT;
use crate::agent::entry::{Ended, Entry, Stage, Verification, is_task_id};
use crate::agent::event::hash_of;
use crate::agent::readiness;
use crate::agent::state::TaskLive;
use crate::agent::tombstone::Tombstone;
use crate::agent::walk::{Cursor, Walk, cursor_key, sorts};
use crate::config::{DAY_MS, HEARTBEAT_MS, HELD_TASKS, UNHELD_POLL_GAP_MS, VERIFY_AT_MS};
use liaison_protocol::{
    Effect, ErrorCode, FetchConnections, Mode, Offer, SendConnectionRequest, TaskFailure, TaskInput, TaskType,
};
use std::rc::Rc;

/// Said of an offer whose id an earlier invitation had.
const USED_BEFORE: &str =
    "the task's id was that of an invitation to another person; give each task an id that no other ever has";

impl Turn {
    pub(super) fn offered(&mut self, offer: &Offer) {
        let Some(pairing) = self.state.pairing.clone() else { return };
        if !is_task_id(&offer.task) {
            self.slow_down();
            return;
        }
        let whom = invitation_of(offer).as_ref().map(whom_of);
        if let Some(held) = self.state.tasks.get(&offer.task).cloned() {
            let is_renamed = !offer.task_type.starts_with(held.task_type.as_str());
            let of_another = is_renamed || is_of_another(held.whom(), whom);
            if !of_another || offer.unread.is_some() || !self.drop_result(&held) {
                return self.offered_again(&held, offer, of_another);
            }
        }
        if self.state.tasks.len() >= HELD_TASKS {
            // There is no room for so much as a refusal: it will be offered again.
            return self.slow_down();
        }
        let has_effect = TaskType::from_wire(&offer.task_type).is_some_and(TaskType::has_effect);
        let buried = self.state.tombstone(&pairing.server, &offer.task).filter(|_| has_effect);
        // Who asks for a look gets one, where only a look can tell.
        let unknown = |tombstone: &&Tombstone| tombstone.failed == Some(ErrorCode::OutcomeUnknown);
        let wants_look = offer.mode == Mode::Verify && buried.as_ref().is_some_and(unknown);
        // Who has `start` knows whether it was begun in a session whose last writes are missing.
        let is_known = offer.mode == Mode::Run && pairing.has_start();
        let is_carried = |tombstone: &Tombstone| tombstone.carried && !is_of_another(tombstone.whom, whom);
        let asks = is_known && buried.is_some_and(is_carried);
        if let Some(tombstone) = buried.filter(|_| !wants_look && !asks) {
            if is_of_another(tombstone.whom, whom) {
                return self.begin_of_another(offer);
            }
            return match tombstone.failed {
                None => self.end_offer(offer, Ended::Completed, SENT, Effect::Done),
                Some(code) => self.fail_offer(offer, &TaskFailure::new(code)),
            };
        }
        self.begin(offer, None);
    }

    /// An id stands for one person. What became of the first is nothing to say of another, and who sends on would have to
    /// trust a server that no longer knows its own tasks. A look harms nobody.
    fn begin_of_another(&mut self, offer: &Offer) {
        if offer.mode == Mode::Verify {
            return self.begin(offer, None);
        }
        let failure = TaskFailure::new(ErrorCode::InvalidInput).with_detail(USED_BEFORE);
        self.fail_offer(offer, &failure);
    }

    /// Drops the result of a task whose id its server has given to another: it is nobody's there any more. Not while it is being
    /// posted, since the answer would pass for that to the other's. Whether it was dropped.
    fn drop_result(&mut self, held: &Entry) -> bool {
        let is_due = matches!(held.stage, Stage::Finished(_)) && !self.state.live_mut(&held.task).posting;
        if is_due {
            self.relieve(&held.task, false, None);
        }
        is_due
    }

    /// An offer of a task that is held already. The same epoch is a repeat: a result is posted at once. A newer one
    /// takes the place of a read; an invitation that may have been sent only takes on its token, and so does a result.
    /// `of_another`: it is another task than the one that is held. What was begun of that ends as it would have, untold.
    fn offered_again(&mut self, held: &Entry, offer: &Offer, of_another: bool) {
        self.slow_down();
        if offer.epoch < held.epoch || offer.unread.is_some() {
            return;
        }
        let is_newer = of_another || offer.epoch > held.epoch || offer.token_or_task() != held.token;
        match &held.stage {
            Stage::Sending { .. } | Stage::Verifying(_) if of_another => {
                if let Some(entry) = self.state.entry_mut(&offer.task) {
                    entry.disowned = true;
                }
            }
            Stage::Finished(_) if of_another => {}
            Stage::Finished(_) | Stage::Sending { .. } | Stage::Verifying(_) => {
                if let Some(entry) = self.state.entry_mut(&offer.task).filter(|_| is_newer) {
                    entry.epoch = offer.epoch;
                    offer.token_or_task().clone_into(&mut entry.token);
                    self.state.live_mut(&offer.task).post_at = self.now;
                }
                self.resend(&offer.task);
            }
            Stage::Asking { .. } if is_newer && self.renews(held, offer) => {}
            Stage::Asking { .. } | Stage::Walking(_) | Stage::Checking { .. } | Stage::Starting { .. }
                if is_newer =>
            {
                self.state.tasks.remove(&offer.task);
                let live = self.state.live_mut(&offer.task);
                // The call that is open stays what it is: a pairing's end forgets a `start`, and awaits an answer of LinkedIn's.
                let (calling, starting) = (live.calling, live.starting);
                *live = TaskLive { calling, stale: calling, starting, ..TaskLive::default() };
                self.begin(offer, Some(held));
            }
            Stage::Asking { .. } | Stage::Walking(_) | Stage::Checking { .. } | Stage::Starting { .. } => {}
        }
    }

    /// Takes an offer up, perhaps in the place of an entry of the same task.
    fn begin(&mut self, offer: &Offer, replaced: Option<&Entry>) {
        if let Some(member) = &offer.unread {
            return self.fail_unread(offer, member);
        }
        let Some(kind) = TaskType::from_wire(&offer.task_type) else {
            return self.fail_offer(offer, &TaskFailure::new(ErrorCode::UnsupportedTask));
        };
        let input = match TaskInput::parse(kind, &offer.task_input) {
            Ok(input) => input,
            Err(wrong) => {
                let failure = TaskFailure::new(ErrorCode::InvalidInput).with_detail(&wrong.to_string());
                return self.fail_offer(offer, &failure);
            }
        };
        if let (Mode::Verify, TaskInput::SendConnectionRequest(input)) = (offer.mode, &input) {
            return self.begin_search(offer, input);
        }
        if !readiness::takes(&self.state, kind, self.now) {
            self.slow_down();
            return self.end_offer(offer, Ended::Returned, "null", Effect::None);
        }
        match input {
            TaskInput::FetchConnections(input) => self.begin_walk(offer, input),
            TaskInput::SendConnectionRequest(input) => self.begin_invitation(offer, input, replaced),
        }
    }

    /// Nothing is begun of an offer that can't be read whole. Where it may be about an invitation that went out, nobody is told that
    /// it didn't.
    fn fail_unread(&mut self, offer: &Offer, member: &str) {
        let server = self.state.pairing.as_ref().map(|pairing| pairing.server.clone());
        let is_buried = server.is_some_and(|server| self.state.tombstone(&server, &offer.task).is_some());
        let is_begun = is_buried || self.state.set_aside.has_task(&offer.task);
        let has_effect = TaskType::from_wire(&offer.task_type).is_none_or(TaskType::has_effect);
        let code = match offer.mode == Mode::Verify || member == "mode" || is_begun {
            true if has_effect => ErrorCode::OutcomeUnknown,
            _ => ErrorCode::InvalidInput,
        };
        let detail = format!("'{member}' in the server's offer is not what the protocol says");
        self.fail_offer(offer, &TaskFailure::new(code).with_detail(&detail));
    }

    fn begin_walk(&mut self, offer: &Offer, input: FetchConnections) {
        let cursor = self.cursor_for(&input);
        let way = self.state.way(self.now).filter(|&way| sorts(Some(way), &input));
        let walk = Walk::new(input, cursor.as_ref(), way, self.now);
        self.take(offer, Stage::Walking(Box::new(walk)));
    }

    fn cursor_for(&self, input: &FetchConnections) -> Option<Cursor> {
        let account = self.state.account.as_deref().unwrap_or_default();
        self.state.cursors.get(&cursor_key(account, input)).cloned()
    }

    fn begin_invitation(&mut self, offer: &Offer, input: SendConnectionRequest, replaced: Option<&Entry>) {
        let now = self.now;
        if let Some(wait) = self.state.breakers.note_wait_ms(now).filter(|_| input.note.is_some()) {
            return self.fail_offer(offer, &TaskFailure::new(ErrorCode::NoteLimit).retry_in(wait));
        }
        // The record of this very task is lost, or comes from an earlier session: it may have been sent. The server's `replayed` tells, and where there is no
        // `start` nobody can.
        let was_carried = replaced.is_some_and(Entry::is_carried);
        let carried = was_carried || self.state.set_aside.has_task(&offer.task) || self.take_up(&offer.task);
        if carried && !self.has_start() {
            return self.begin_search(offer, &input);
        }
        if !self.state.settings.ask_before_invite {
            return self.take(offer, self.first_stage(&input, carried));
        }
        self.take(offer, Stage::Asking { input, approved: false, carried });
        if let Some(entry) = self.state.entry_mut(&offer.task) {
            // What the person says of what they were shown before is not said of this one.
            let last = replaced.map_or(i64::MIN, Entry::shown_at);
            entry.asked_at = Some(now.max(last.saturating_add(1)));
        }
    }

    /// Whether a tombstone says that an earlier session may have sent it. From here on its entry says so.
    fn take_up(&mut self, task: &str) -> bool {
        let Some(server) = self.state.pairing.as_ref().map(|pairing| pairing.server.clone()) else {
            return false;
        };
        let is_carried = self.state.tombstone(&server, task).is_some_and(|tombstone| tombstone.carried);
        if is_carried {
            self.state.exhume(&server, task);
        }
        is_carried
    }

    /// The server asks whether an invitation that it saw started went out. This agent holds nothing of it.
    fn begin_search(&mut self, offer: &Offer, input: &SendConnectionRequest) {
        let since = offer.since_ms.and_then(|ms| i64::try_from(ms).ok()).unwrap_or(DAY_MS).min(DAY_MS);
        self.take(
            offer,
            Stage::Verifying(Verification {
                profile: input.profile.as_str().to_owned(),
                sent_at: self.now - since,
                clock_ahead: None,
                counted_from: self.now - VERIFY_AT_MS[0],
                looks: 0,
                refused_with: None,
                on_request: true,
                gives_back: false,
            }),
        );
    }

    pub(super) fn take(&mut self, offer: &Offer, stage: Stage) {
        let noted = stage.input().is_some_and(|input| input.note.is_some());
        let whom = invitation_of(offer).as_ref().map(whom_of);
        self.state.tasks.insert(
            &offer.task,
            Rc::new(Entry {
                task: offer.task.clone(),
                task_type: offer.task_type.chars().take(64).collect(),
                epoch: offer.epoch,
                token: offer.token_or_task().to_owned(),
                accepted_at: self.now,
                session: String::new(),
                asked_at: None,
                cancelled: false,
                touched: false,
                workers_ended: 0,
                noted,
                whom,
                disowned: false,
                stage,
            }),
        );
        let now = self.now;
        self.state.live_mut(&offer.task).beat_at = now + HEARTBEAT_MS;
    }

    /// A server that offers what it was told not to, or what is held, is not asked again at once.
    pub(super) fn slow_down(&mut self) {
        let at = self.now.saturating_add_unsigned(UNHELD_POLL_GAP_MS);
        self.state.live.next_poll_at = self.state.live.next_poll_at.max(at);
    }
}

/// The invitation that is offered, if it is one.
pub(super) fn invitation_of(offer: &Offer) -> Option<SendConnectionRequest> {
    let kind = TaskType::from_wire(&offer.task_type)?;
    match TaskInput::parse(kind, &offer.task_input).ok()? {
        TaskInput::SendConnectionRequest(input) => Some(input),
        TaskInput::FetchConnections(_) => None,
    }
}

fn whom_of(invitation: &SendConnectionRequest) -> u64 {
    hash_of(invitation.profile.as_str())
}

/// Where either isn't known, an id means what it meant.
fn is_of_another(known: Option<u64>, offered: Option<u64>) -> bool {
    known.zip(offered).is_some_and(|(known, offered)| known != offered)
}
