//! The look at LinkedIn that a person asks for: paced like every read, and not made at all while a latch holds.

use super::Turn;
use crate::agent::check::{Check, CheckStage};
use crate::agent::event::{CommandId, Effect, ListCall, SiteCall, Trouble};
use crate::agent::status::{Answer, Problem};
use crate::agent::walk::{Page, PageRequest, next_way};
use crate::config::MOST_DISCARDED;
use liaison_protocol::ErrorCode;

/// The newest row is looked at. Should it have no name, so many more tell a renamed field from a closed account.
const ONE: u64 = 1;
/// See [`ONE`].
const SOME: u64 = 10;

impl Turn {
    pub(super) fn check_linkedin(&mut self, id: CommandId) {
        if let Some(problem) = self.no_look() {
            return self.answer(id, Answer::refused(problem));
        }
        match &mut self.state.live.check {
            Some(check) => check.asked_by.push(id),
            None => self.state.live.check = Some(Check::new(id)),
        }
    }

    /// Why no look is made now: what LinkedIn said no to holds for the person's question too.
    fn no_look(&self) -> Option<Problem> {
        let breakers = &self.state.breakers;
        if self.state.pairing.is_none() {
            return Some(Problem::unpaired());
        }
        if self.state.set_aside.stops() {
            return self.state.set_aside.problem();
        }
        if let Some(code) = breakers.latched {
            return Some(Problem::of(code));
        }
        let left = breakers.throttled_until - self.now;
        (left > 0).then(|| {
            let minutes = left.unsigned_abs().div_ceil(60_000);
            let message = format!("LinkedIn asked to slow down; it can be asked again in {minutes} min");
            let problem =
                Problem::new(ErrorCode::Throttled.as_str(), message, "Wait that long and check again");
            problem.said("throttled_for", vec![minutes.to_string()])
        })
    }

    /// Asks for the row, when the pace allows; who is signed in is asked by `ask_me`.
    pub(super) fn schedule_check(&mut self) {
        let Some(check) = &self.state.live.check else { return };
        if let Some(problem) = self.no_look() {
            return self.end_check(&Answer::refused(problem));
        }
        if check.beginnings > MOST_DISCARDED {
            return self.end_check(&Answer::refused(Problem::of(ErrorCode::SignedOut)));
        }
        let CheckStage::List { way, rows } = check.stage else { return };
        if !self.state.right_account() {
            // Another call met the session's end: who is signed in is asked again, and answers the look.
            self.check_anew();
            return self.ask_me();
        }
        if self.state.live.check_calling {
            return;
        }
        let due = self.state.pace.next_read_at;
        if due > self.now {
            return self.wake(due);
        }
        let random = self.state.random();
        self.state.pace.note_read(self.now, self.state.settings.limits(), random);
        self.state.live.check_calling = true;
        let page = PageRequest { start: 0, count: rows };
        let call = ListCall { page, way, ..ListCall::default() };
        self.effects.push(Effect::Site { task: None, call: SiteCall::List(call) });
    }

    /// Takes in who is signed in, after the agent as a whole has.
    pub(super) fn checked_me(&mut self, result: &Result<String, Trouble>) {
        let (is_bound, way) = (self.state.right_account(), self.state.way(self.now));
        let Some(check) = self.state.live.check.as_mut().filter(|check| check.wants_me()) else { return };
        match result {
            Ok(_) => check.note_me(is_bound),
            Err(trouble) if asks_again(check, trouble) => return,
            Err(trouble) => check.note_me_trouble(trouble),
        }
        if result.is_ok() && is_bound {
            check.stage = CheckStage::List { way, rows: ONE };
            return;
        }
        self.finish_check();
    }

    /// Takes in the row. LinkedIn's refusals are heard whatever has become of the look.
    pub(super) fn checked_list(&mut self, result: &Result<Page, Trouble>) {
        self.state.live.check_calling = false;
        let is_asked = !std::mem::take(&mut self.state.live.check_stale);
        if let Err(trouble) = result {
            if is_asked {
                self.hear(trouble);
            } else {
                self.heed(trouble);
            }
        }
        let Some(check) = self.state.live.check.as_mut().filter(|_| is_asked) else { return };
        let CheckStage::List { way, rows } = check.stage else { return };
        match result {
            Ok(page) => {
                self.state.breakers.note_read_success();
                let is_named = page.rows.iter().any(|row| row.resolved);
                if rows == ONE && page.received > 0 && !is_named {
                    check.stage = CheckStage::List { way, rows: SOME };
                    return;
                }
                check.note_list(page.rows.len(), is_named, way);
                self.state.note_way(way, self.now);
            }
            Err(trouble) if asks_again(check, trouble) => return,
            Err(trouble) if trouble.code == ErrorCode::Drift && rows == ONE => {
                // Perhaps the one row names nobody.
                check.stage = CheckStage::List { way, rows: SOME };
                return;
            }
            Err(trouble) => {
                let other = (trouble.code == ErrorCode::Drift)
                    .then(|| next_way(&mut check.tried, way, |_| true))
                    .flatten();
                if let Some(way) = other {
                    check.stage = CheckStage::List { way, rows };
                    return;
                }
                check.note_list_trouble(trouble);
            }
        }
        self.finish_check();
    }

    /// Ends a look that can't be carried through.
    pub(super) fn end_check(&mut self, answer: &Answer) {
        let Some(check) = self.state.live.check.take() else { return };
        self.state.live.check_stale = self.state.live.check_calling;
        for id in check.asked_by {
            self.answer(id, answer.clone());
        }
    }

    /// What was found holds no more.
    pub(super) fn check_anew(&mut self) {
        self.state.live.check_stale = self.state.live.check_calling;
        if let Some(check) = &mut self.state.live.check {
            check.begin_anew();
        }
    }

    fn finish_check(&mut self) {
        let answer = self.state.live.check.as_ref().map(Check::answer);
        if let Some(answer) = answer {
            self.end_check(&answer);
        }
    }
}

/// Once the CSRF token may have been between two cookies.
fn asks_again(check: &mut Check, trouble: &Trouble) -> bool {
    let first = trouble.code == ErrorCode::Csrf && !check.csrf_retried;
    check.csrf_retried |= first;
    first
}
