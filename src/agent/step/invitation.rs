//! An invitation, from leave to send to the certainty that it was sent, or not, or that nobody can know.

use super::Turn;
use crate::agent::entry::{Entry, Stage, Verification};
use crate::agent::event::{InviteOutcome, Reply, SentLook, SiteCall, Trouble, Unsent};
use crate::agent::state::PairingEnd;
use crate::agent::{backoff, readiness};
use crate::config::{DAY_MS, ME_RETRY_MS, RETRY_AFTER_MOST_MS, START_TRIES, VERIFY_AT_MS};
use liaison_protocol::{
    Effect, ErrorCode, SendConnectionRequest, StartAnswer, TaskType, default_act_within_ms,
};

/// The documented output of an invitation that was sent.
pub(super) const SENT: &str = "{\"sent\":true}";

impl Turn {
    /// The server's word on `start`. Any answer but 200 means: do not send.
    pub(super) fn started(&mut self, task: &str, reply: &Reply<StartAnswer>) {
        self.state.live_mut(task).starting = false;
        if !self.call_ended(task) {
            return;
        }
        let Some(Entry {
            stage: Stage::Starting { input, at, tries, carried }, asked_at, accepted_at, ..
        }) = self.state.tasks.get(task).map(AsRef::as_ref)
        else {
            return;
        };
        let (input, at, tries, carried) = (input.clone(), *at, *tries, *carried);
        let is_asked = asked_at.is_some();
        // An earlier browser session may have sent it at any time since it was taken.
        let earliest = (*accepted_at).min(at);
        match reply {
            Reply::Ok(answer) if answer.replayed && carried => {
                self.search(task, &input, (earliest, at), None)
            }
            Reply::Ok(_) if carried && !is_asked => self.was_not_started(task),
            Reply::Ok(answer) => self.send(task, &input, at, answer.act_within_ms),
            Reply::Refused { status: 401 | 403, .. } => {
                self.abandon(task);
                self.end_pairing(PairingEnd::Unauthorised);
            }
            Reply::Refused { status: 409, code } if code.as_deref() == Some("superseded") => {
                self.abandon(task);
                self.end_pairing(PairingEnd::Superseded);
            }
            Reply::Refused { .. } => {
                self.brake();
                self.close(task, is_asked);
            }
            Reply::Retry { retry_after_ms, .. } => {
                let asked = retry_after_ms.map(|ms| ms.min(RETRY_AFTER_MOST_MS));
                if let Some(ms) = asked {
                    self.wait_as_asked(ms);
                }
                if !carried && (asked.is_some() || tries >= START_TRIES) {
                    return self.give_back(task);
                }
                let random = self.state.random();
                let wait = backoff::delay_ms(tries, None, random);
                let at = self.now.saturating_add_unsigned(wait);
                self.state.live_mut(task).call_at = at;
            }
        }
    }

    /// An entry of an earlier session that nobody had started: nothing of it was sent. It is not sent now either, unless its
    /// person was asked: what that session said last of its token, lost to the journal, may still be on its way.
    fn was_not_started(&mut self, task: &str) {
        let cancelled = self.state.tasks.get(task).is_some_and(|entry| entry.cancelled);
        if cancelled { self.fail(task, ErrorCode::Cancelled) } else { self.give_back(task) }
    }

    /// Writes "about to send" and sends, if there is still time: counted from before `start` left, and never after a
    /// clock that was set back.
    pub(super) fn send(&mut self, task: &str, input: &SendConnectionRequest, from: i64, act_within_ms: u64) {
        self.state.ledger.settle(self.now);
        let until = from.saturating_add_unsigned(act_within_ms.min(default_act_within_ms()));
        let hindrance = readiness::hindrance(&self.state, TaskType::SendConnectionRequest, self.now);
        let entry = self.state.tasks.get(task);
        if entry.is_some_and(|entry| entry.cancelled) {
            return self.fail(task, ErrorCode::Cancelled);
        }
        if entry.is_some_and(|entry| entry.lacks_note()) {
            // Nothing was sent, or the answer to `start` or the list of sent invitations would have told. It is offered again
            // with its note.
            return self.give_back(task);
        }
        if entry.is_some_and(|entry| self.wants_word(entry)) {
            // It is offered again, and asked about.
            return self.give_back(task);
        }
        let has_limit = input.note.is_some() && self.state.breakers.note_wait_ms(self.now).is_some();
        let is_late = act_within_ms == 0 || self.now < from || self.now > until;
        if hindrance.is_some() || has_limit || !self.state.right_account() || is_late {
            return self.put_off(task);
        }
        let (limits, random) = (self.state.settings.limits(), self.state.random());
        self.state.pace.note_invite(self.now, limits, random);
        self.state.ledger.note(self.now, input.profile.as_str());
        let now = self.now;
        if let Some(entry) = self.state.entry_mut(task) {
            entry.stage = Stage::Sending { input: input.clone(), at: now };
        }
        self.state.live_mut(task).calling = true;
        self.effects.push(crate::agent::event::Effect::Site {
            task: Some(task.to_owned()),
            call: SiteCall::Invite {
                profile: input.profile.as_str().to_owned(),
                note: input.note.clone(),
                from: now,
                until,
            },
        });
    }

    pub(super) fn invited(&mut self, task: &str, outcome: &InviteOutcome, clock_ahead: Option<i64>) {
        let Some(Entry { stage: Stage::Sending { input, at }, .. }) =
            self.state.tasks.get(task).map(AsRef::as_ref)
        else {
            return;
        };
        let (input, at) = (input.clone(), *at);
        match outcome {
            InviteOutcome::Sent => self.complete(task, SENT, Effect::Done),
            InviteOutcome::Unknown => self.search_sent(task, &input, at, None, clock_ahead),
            InviteOutcome::Refused(trouble) if trouble.code == ErrorCode::CannotResendYet => {
                // Chrome may itself repeat a POST whose connection dies; LinkedIn answers the repeat with this code.
                let refused = Some(ErrorCode::CannotResendYet);
                self.search_sent(task, &input, at, refused, clock_ahead);
            }
            InviteOutcome::Refused(trouble) => {
                self.fail_for(task, trouble);
                if matches!(trouble.code, ErrorCode::Refused | ErrorCode::SignedOut | ErrorCode::Csrf) {
                    // Perhaps the session has ended: look at it once.
                    self.state.account = None;
                    self.state.waits.me_at = self.now;
                }
            }
            InviteOutcome::Unsent(why) => self.unsent(task, *why),
        }
    }

    fn unsent(&mut self, task: &str, why: Unsent) {
        match why {
            Unsent::Late => {}
            Unsent::SignedOut => self.signed_out(),
            Unsent::NoPermission => self.state.live.no_permission = true,
        }
        self.give_back(task);
    }

    /// From here on the task is only read for, never sent. It may have been sent since the first time, and the looks are
    /// counted from the second.
    pub(super) fn search(
        &mut self,
        task: &str,
        input: &SendConnectionRequest,
        (sent_at, from): (i64, i64),
        refused: Option<ErrorCode>,
    ) {
        let now = self.now;
        let clock_ahead = self.state.ledger.clock_ahead(sent_at);
        if let Some(entry) = self.state.entry_mut(task) {
            entry.touched = true;
            entry.stage = Stage::Verifying(Verification {
                profile: input.profile.as_str().to_owned(),
                sent_at,
                clock_ahead,
                counted_from: from.min(now),
                looks: 0,
                refused_with: refused,
                on_request: false,
                gives_back: false,
            });
        }
    }

    /// The same of what may have been sent just now. LinkedIn's answer to the POST itself knows best what our clock was then.
    fn search_sent(
        &mut self,
        task: &str,
        input: &SendConnectionRequest,
        at: i64,
        refused: Option<ErrorCode>,
        clock_ahead: Option<i64>,
    ) {
        self.search(task, input, (at, at), refused);
        if let Some(Stage::Verifying(search)) = self.state.entry_mut(task).map(|entry| &mut entry.stage) {
            search.clock_ahead = clock_ahead.or(search.clock_ahead);
        }
    }

    /// By the disk nothing of it was begun, but an earlier browser session, whose last writes may be missing, may have sent it
    /// at any time since it was taken, when LinkedIn's clock less ours was `then`, as far as is known. The list is read for it
    /// as soon as it can be; if it isn't there, it is given back.
    pub(super) fn search_once(&mut self, task: &str, input: &SendConnectionRequest, then: Option<i64>) {
        let now = self.now;
        let earliest = self.state.tasks.get(task).map_or(now, |entry| entry.accepted_at);
        self.search(task, input, (earliest, now.saturating_sub(VERIFY_AT_MS[0])), None);
        if let Some(Stage::Verifying(search)) = self.state.entry_mut(task).map(|entry| &mut entry.stage) {
            (search.gives_back, search.clock_ahead) = (true, then);
        }
    }

    /// Takes in a look at the sent invitations: before one is started, or in search of one.
    pub(super) fn looked(&mut self, task: &str, result: &Result<SentLook, Trouble>) {
        match self.state.tasks.get(task).map(|entry| entry.stage.clone()) {
            Some(Stage::Checking { .. }) => self.checked(task, result),
            Some(Stage::Verifying(search)) => self.searched(task, &search, result),
            _ => {}
        }
    }

    /// Reading can prove *sent*, never *not sent*.
    fn searched(&mut self, task: &str, search: &Verification, result: &Result<SentLook, Trouble>) {
        let look = match result {
            Ok(look) => look,
            Err(trouble) => return self.look_failed(task, search, trouble),
        };
        if look.proves(search.sent_at, search.clock_ahead) {
            return self.complete(task, SENT, Effect::Done);
        }
        if search.gives_back && !look.listed {
            return self.was_not_started(task);
        }
        let refused = search.refused_with.or(search.gives_back.then_some(ErrorCode::CannotResendYet));
        if let Some(code) = refused.filter(|_| !look.allows(search.sent_at, search.clock_ahead)) {
            return self.fail(task, code);
        }
        let looks = search.looks.saturating_add(1);
        if usize::from(looks) >= VERIFY_AT_MS.len() {
            return self.fail(task, ErrorCode::OutcomeUnknown);
        }
        if let Some(Entry { stage: Stage::Verifying(search), .. }) = self.state.entry_mut(task) {
            search.looks = looks;
        }
    }

    fn look_failed(&mut self, task: &str, search: &Verification, trouble: &Trouble) {
        if self.now.saturating_sub(search.counted_from) > DAY_MS {
            self.hear(trouble);
            return self.fail(task, ErrorCode::OutcomeUnknown);
        }
        self.put_off_look(task, trouble);
    }

    /// The list could not be read: another look is taken in a while.
    pub(super) fn put_off_look(&mut self, task: &str, trouble: &Trouble) {
        self.hear(trouble);
        let at = self.now.saturating_add(ME_RETRY_MS);
        self.state.live_mut(task).call_at = at;
    }
}
