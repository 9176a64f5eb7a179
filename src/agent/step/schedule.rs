//! What is due: the calls, posts, heartbeats and polls that the state asks for, and the next time to look.

use super::Turn;
use crate::agent::check::Check;
use crate::agent::entry::{Entry, Stage, Verification};
use crate::agent::event::{Effect, ListCall, SiteCall};
use crate::agent::readiness;
use crate::agent::state::State;
use crate::config::{DAY_MS, HEARTBEAT_MS, VERIFY_AT_MS};
use liaison_protocol::{ErrorCode, Fields, TaskType, WaitReason};
use std::rc::Rc;

impl Turn {
    /// Emits every effect that is due and notes when the next one will be.
    pub(super) fn schedule(&mut self) {
        if !self.state.live.booted {
            return;
        }
        let Some(pairing) = self.state.pairing.clone() else {
            self.stop_polling();
            return self.answer_drains();
        };
        self.forget_what_is_gone();
        self.ask_me();
        self.schedule_check();
        if pairing.ended.is_some() {
            // Nobody waits for the work: it stays in the journal, for a new pairing with the same server.
            self.stop_polling();
            return self.answer_drains();
        }
        let tasks: Vec<Rc<Entry>> = self.state.tasks.values().cloned().collect();
        for entry in &tasks {
            self.schedule_task(entry);
        }
        let tasks: Vec<Rc<Entry>> = self.state.tasks.values().cloned().collect();
        for entry in &tasks {
            if pairing.has_heartbeat() && entry.occupies() {
                self.beat(&entry.task);
            }
            self.post(entry);
        }
        self.schedule_poll();
        self.answer_drains();
    }

    /// Forgets what was under way for tasks that are gone, but for an open call: its answer must not be taken for that
    /// of a later entry of the same task.
    fn forget_what_is_gone(&mut self) {
        let State { tasks, live, .. } = &mut self.state;
        live.tasks.retain(|task, live| tasks.contains(task) || live.calling);
        for (task, live) in live.tasks.iter_mut() {
            live.stale |= live.calling && !tasks.contains(task);
        }
    }

    pub(super) fn schedule_task(&mut self, entry: &Entry) {
        let live = self.state.live.tasks.get(&entry.task).cloned().unwrap_or_default();
        if live.calling {
            return;
        }
        // Of an entry of an earlier session only the server, or LinkedIn's list, knows whether its effect began.
        if entry.cancelled && entry.is_before_effect() && !entry.is_carried() {
            return self.fail(&entry.task, ErrorCode::Cancelled);
        }
        match &entry.stage {
            Stage::Walking(_) if self.now.saturating_sub(entry.accepted_at) > DAY_MS => {
                self.fail(&entry.task, ErrorCode::Expired)
            }
            Stage::Walking(_) if readiness::walk_wait(&self.state, self.now).is_some() => {
                // It goes on when the person's hours begin again, or they want lists again.
                let until = readiness::walk_wait(&self.state, self.now).flatten();
                until.into_iter().for_each(|until| self.wake(until));
            }
            Stage::Walking(walk) if walk.wants_total() => {
                let sort = walk.input.sort_type.clone();
                self.call_paced(&entry.task, live.call_at, SiteCall::Total { sort });
            }
            Stage::Walking(walk) => {
                let call = SiteCall::List(ListCall {
                    sort: walk.input.sort_type.clone(),
                    keyword: walk.input.keyword.clone(),
                    page: walk.request(),
                    way: walk.way(),
                    full: walk.input.fields == Fields::All,
                });
                self.call_paced(&entry.task, live.call_at, call);
            }
            Stage::Checking { carried: false, .. } | Stage::Starting { carried: false, .. }
                if self.wants_word(entry) =>
            {
                self.give_back(&entry.task);
            }
            Stage::Asking { input, carried: true, .. } if entry.cancelled => self.stop_carried(entry, input),
            Stage::Asking { input, approved: true, carried } => self.begin_approved(entry, input, *carried),
            Stage::Checking { .. } if self.is_hindered() => self.put_off(&entry.task),
            Stage::Checking { input, start, .. } => {
                let call = SiteCall::Sent { profile: input.profile.as_str().to_owned(), start: *start };
                self.call_paced(&entry.task, live.call_at, call);
            }
            Stage::Verifying(search) => self.schedule_look(entry, search, live.call_at),
            Stage::Starting { carried, .. } => self.start_when_due(&entry.task, live.call_at, *carried),
            Stage::Asking { .. } | Stage::Sending { .. } | Stage::Finished(_) => {}
        }
    }

    /// Looks for an invitation that may have been sent. Where no look can be made for a day, nobody can know.
    fn schedule_look(&mut self, entry: &Entry, search: &Verification, not_before: i64) {
        let is_closed = search.on_request && self.is_off_work_for_invitations();
        let is_allowed = self.state.settings.allows(TaskType::SendConnectionRequest);
        let opens_at = readiness::hours_change(&self.state, self.now).filter(|_| is_closed && is_allowed);
        if let Some(at) = opens_at {
            return self.wake(at);
        }
        if is_closed || self.is_blind() {
            let end = search.counted_from.saturating_add(DAY_MS);
            if self.now > end {
                return self.fail(&entry.task, ErrorCode::OutcomeUnknown);
            }
            let throttled = self.state.breakers.throttled_until;
            Some(throttled).filter(|&until| until > self.now).into_iter().for_each(|until| self.wake(until));
            return self.wake(end.saturating_add(1));
        }
        let due = VERIFY_AT_MS
            .get(usize::from(search.looks))
            .map_or(0, |after| search.counted_from.saturating_add(*after));
        let call = SiteCall::Sent { profile: search.profile.clone(), start: 0 };
        self.call_paced(&entry.task, due.max(not_before), call);
    }

    /// Whether nothing can be read at LinkedIn until something changes, other than that it is being asked who is signed in.
    fn is_blind(&self) -> bool {
        let state = &self.state;
        let unknown = state.live.signed_in == Some(false) || state.live.me_problem.is_some();
        let account_unfit = if state.account.is_some() { !state.right_account() } else { unknown };
        let is_stopped = state.breakers.latched.is_some() || state.breakers.throttled_until > self.now;
        state.is_still() || is_stopped || account_unfit || state.live.no_permission
    }

    /// Reads at LinkedIn, when the person, the account, the breakers and the pace allow.
    fn call_paced(&mut self, task: &str, not_before: i64, call: SiteCall) {
        if self.state.is_still() || self.state.breakers.latched.is_some() || !self.state.right_account() {
            return;
        }
        let throttled = self.state.breakers.throttled_until;
        let due = not_before.max(self.state.pace.next_read_at).max(throttled);
        if due > self.now {
            return self.wake(due);
        }
        let random = self.state.random();
        self.state.pace.note_read(self.now, self.state.settings.limits(), random);
        self.state.live_mut(task).calling = true;
        self.state.pace.in_call = Some(task.to_owned());
        self.effects.push(Effect::Site { task: Some(task.to_owned()), call });
    }

    /// Whether something other than a short wait keeps an invitation from being sent: then it is given back unbegun.
    fn is_hindered(&self) -> bool {
        let state = &self.state;
        let account_unfit = match state.account {
            Some(_) => !state.right_account(),
            None => state.live.signed_in == Some(false) || state.live.me_problem.is_some(),
        };
        let hindrance = readiness::hindrance(state, TaskType::SendConnectionRequest, self.now);
        account_unfit || hindrance.is_some_and(|(reason, _)| reason != WaitReason::Pacing)
    }

    /// Whether the task in hand waits for the person: the server is polled all the same and told so.
    fn is_parked(&self) -> bool {
        let state = &self.state;
        let waits = state.is_still()
            || state.breakers.latched.is_some()
            || (!state.right_account() && !state.live.asking_me);
        let calling = state.live.tasks.values().any(|live| live.calling);
        let stopped = readiness::walk_wait(state, self.now).is_some();
        let walks = |entry: &Entry| matches!(entry.stage, Stage::Walking(_));
        let in_hand = state.occupied_by();
        let is_parked =
            (waits && in_hand.is_some_and(Entry::reads)) || (stopped && in_hand.is_some_and(walks));
        is_parked && !calling
    }

    /// Asks for leave to send. The time to act is counted from here, and this is on disk before the request leaves.
    /// For an entry of an earlier session it only asks whether that leave was given before: whatever hinders sending
    /// is no reason to say that nothing was sent.
    fn start_when_due(&mut self, task: &str, not_before: i64, carried: bool) {
        // Who is not given back keeps the server's word on when to ask again.
        let not_before = if carried { not_before.max(self.state.waits.poll_at) } else { not_before };
        if not_before > self.now {
            return self.wake(not_before);
        }
        if self.is_hindered() && !carried {
            return self.give_back(task);
        }
        if self.state.account.is_none() && !carried {
            // It is being asked who is signed in.
            return;
        }
        let now = self.now;
        if let Some(Entry { stage: Stage::Starting { at, tries, .. }, .. }) = self.state.entry_mut(task) {
            *at = now;
            *tries = tries.saturating_add(1);
        }
        let live = self.state.live_mut(task);
        (live.calling, live.starting) = (true, true);
        self.effects.push(Effect::Start { task: task.to_owned() });
    }

    fn beat(&mut self, task: &str) {
        let now = self.now;
        let live = self.state.live_mut(task);
        if live.beating {
            return;
        }
        if live.beat_at > now {
            let at = live.beat_at;
            return self.wake(at);
        }
        live.beating = true;
        live.beat_at = now + HEARTBEAT_MS;
        self.effects.push(Effect::Heartbeat { task: task.to_owned() });
    }

    pub(super) fn ask_me(&mut self) {
        let state = &self.state;
        // The person who wants to know asks also about an account that is known, and in a pause.
        let checked = state.live.check.as_ref().is_some_and(Check::wants_me);
        let idle = state.account.is_some() || state.is_still() || self.is_off_work();
        if state.live.asking_me || state.breakers.latched.is_some() || (idle && !checked) {
            return;
        }
        let not_before = if checked { 0 } else { state.waits.me_at };
        let due = not_before.max(state.breakers.throttled_until).max(state.pace.next_read_at);
        if due > self.now {
            return self.wake(due);
        }
        let random = self.state.random();
        self.state.pace.note_read(self.now, self.state.settings.limits(), random);
        self.state.live.asking_me = true;
        self.effects.push(Effect::Site { task: None, call: SiteCall::Me });
    }

    /// Whether nothing is to be asked of LinkedIn before the person's hours begin: all but a look for an invitation that
    /// may have been sent from here.
    fn is_off_work(&self) -> bool {
        let is_ours =
            |entry: &Rc<Entry>| matches!(&entry.stage, Stage::Verifying(search) if !search.on_request);
        readiness::is_after_hours(&self.state, self.now) && !self.state.tasks.values().any(is_ours)
    }

    /// Whether the person wants nothing done about invitations now.
    fn is_off_work_for_invitations(&self) -> bool {
        let allowed = self.state.settings.allows(TaskType::SendConnectionRequest);
        !allowed || readiness::is_after_hours(&self.state, self.now)
    }

    /// Polls when nothing is in hand; breaks a parked poll off when it no longer says what is true.
    pub(super) fn schedule_poll(&mut self) {
        // While storage fails the answer to a post can't be taken in, and the server is to hear why nothing is taken.
        let posts = self.state.live.storage_failed_at.is_none();
        let posting =
            posts && self.state.live.tasks.values().any(|live| live.posting && live.post_failures == 0);
        let in_hand = self.state.occupied_by().is_some() && !self.is_parked();
        let busy = in_hand || posting || self.state.live.asking_me;
        if busy || self.state.live.draining.is_some() {
            return self.stop_polling();
        }
        for (_, _, until) in readiness::waiting_kinds(&self.state, self.now) {
            if let Some(until) = until.filter(|&until| until > self.now) {
                self.wake(until);
            }
        }
        readiness::hours_change(&self.state, self.now).into_iter().for_each(|at| self.wake(at));
        let said = readiness::said(&self.state, self.now);
        match &self.state.live.poll {
            Some(parked) if parked.said == said => return,
            Some(_) => self.effects.push(Effect::AbortPoll),
            None => {
                let due = self.state.live.next_poll_at.max(self.state.waits.poll_at);
                if due > self.now {
                    return self.wake(due);
                }
            }
        }
        self.send_poll(said);
    }
}
