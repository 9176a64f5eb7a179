//! Reads: who is signed in, and the pages of a list.

use super::Turn;
use crate::agent::entry::{Entry, Stage};
use crate::agent::event::Trouble;
use crate::agent::slots::Slots;
use crate::agent::status::{Answer, Problem};
use crate::agent::walk::{Cursor, NetworkTotal, Page, PageRequest, Progress, cursor_key};
use crate::config::{CURSOR_MS, CURSORS, ME_RETRY_MS, MOST_DISCARDED, SIGNED_OUT_RETRY_MS};
use liaison_protocol::{Effect, ErrorCode, Fields, TaskFailure};
use siphasher::sip::SipHasher24;
use std::hash::Hasher;
use std::rc::Rc;

impl Turn {
    /// Takes in the answer to "who is signed in", and binds the pairing to the first member seen.
    pub(super) fn me(&mut self, result: &Result<String, Trouble>) {
        self.state.live.asking_me = false;
        if std::mem::take(&mut self.state.live.me_stale) {
            // What LinkedIn refuses it refuses whoever asked; and a session that changes with every answer must not be asked
            // without end.
            if let Err(trouble) = result {
                self.heed(trouble);
            }
            self.state.live.me_discarded += 1;
            if self.state.live.me_discarded > MOST_DISCARDED {
                self.state.waits.me_at = self.now + ME_RETRY_MS;
                self.end_check(&Answer::refused(Problem::of(ErrorCode::SignedOut)));
            }
            return;
        }
        self.state.live.me_discarded = 0;
        let member = match result {
            Ok(member) => member,
            Err(trouble) => {
                self.state.waits.me_at = self.now + ME_RETRY_MS;
                self.state.live.me_problem = Some(trouble.code).filter(|&code| code != ErrorCode::SignedOut);
                self.hear(trouble);
                return self.checked_me(result);
            }
        };
        let Some(pairing) = self.state.pairing_mut() else { return };
        let account = account_of(member, pairing.salt);
        if pairing.bound_account.is_none() {
            pairing.bound_account = Some(account.clone());
        }
        self.state.account = Some(account);
        self.state.live.signed_in = Some(true);
        self.state.live.no_permission = false;
        self.state.live.me_problem = None;
        self.state.breakers.note_read_success();
        self.checked_me(result);
    }

    pub(super) fn signed_out(&mut self) {
        self.state.account = None;
        self.state.live.signed_in = Some(false);
        self.state.waits.me_at = self.now + SIGNED_OUT_RETRY_MS;
    }

    pub(super) fn page(&mut self, task: &str, asked: PageRequest, result: &Result<Page, Trouble>) {
        match result {
            Ok(page) => self.page_came(task, asked, page),
            Err(trouble) => self.page_failed(task, trouble),
        }
    }

    fn page_came(&mut self, task: &str, asked: PageRequest, page: &Page) {
        self.state.breakers.note_read_success();
        let Some(Entry { stage: Stage::Walking(walk), .. }) = self.state.entry_mut(task) else { return };
        walk.asked = true;
        let progress = walk.take(asked, page);
        let way = walk.way();
        self.state.note_way(way, self.now);
        match progress {
            Progress::More => {}
            Progress::Finished { at_end } => self.walked(task, at_end),
            Progress::Stuck => {
                let failure =
                    TaskFailure::new(ErrorCode::Drift).with_detail("the list's pages bring nothing new");
                self.fail_with(task, &failure);
            }
        }
    }

    /// Ends a walk with what it found.
    fn walked(&mut self, task: &str, at_end: bool) {
        let Some(Entry { stage: Stage::Walking(walk), .. }) = self.state.entry_mut(task) else { return };
        let output = walk.output_json();
        let findings = walk.findings;
        let cursor = walk.cursor(self.now + CURSOR_MS);
        let input = walk.input.clone();
        if !at_end {
            let key = cursor_key(self.state.account.as_deref().unwrap_or_default(), &input);
            let now = self.now;
            let cursors = Rc::make_mut(&mut self.state.cursors);
            cursors.retain(|_, cursor| cursor.until > now);
            cursors.insert(&key, cursor);
            keep_newest(cursors);
        }
        self.complete(task, &output, Effect::None);
        self.add_findings(task, &findings);
    }

    /// Takes in the network's size. With `fields: "total"` that is all; beside a list it may be missing, and is `null` then.
    pub(super) fn total(&mut self, task: &str, result: &Result<u64, Trouble>) {
        let Some(Entry { stage: Stage::Walking(walk), .. }) = self.state.entry_mut(task) else { return };
        let is_all = walk.input.fields == Fields::Total;
        match result {
            Ok(number) => walk.network = NetworkTotal::Told(*number),
            Err(Trouble { code: ErrorCode::Drift | ErrorCode::Upstream | ErrorCode::Refused, .. })
                if !is_all =>
            {
                walk.network = NetworkTotal::Untold;
            }
            Err(trouble) => return self.read_failed(task, trouble),
        }
        (walk.csrf_retried, walk.asked) = (false, true);
        let output = is_all.then(|| walk.output_json());
        if result.is_ok() {
            self.state.breakers.note_read_success();
        }
        if let Some(output) = output {
            self.complete(task, &output, Effect::None);
        }
    }

    /// A page that has drifted is asked for by another way, as long as there is one.
    fn page_failed(&mut self, task: &str, trouble: &Trouble) {
        let Some(Entry { stage: Stage::Walking(walk), .. }) = self.state.entry_mut(task) else { return };
        let way = walk.way();
        let goes_on = trouble.code == ErrorCode::Drift && walk.change_way();
        if trouble.code == ErrorCode::Drift {
            self.state.forget_way(way);
        }
        if !goes_on {
            self.read_failed(task, trouble);
        }
    }

    fn read_failed(&mut self, task: &str, trouble: &Trouble) {
        let Some(Entry { stage: Stage::Walking(walk), .. }) = self.state.entry_mut(task) else { return };
        if trouble.code == ErrorCode::Csrf && !walk.csrf_retried {
            // The token is read anew for every call; once may have been between two cookies.
            (walk.csrf_retried, walk.asked) = (true, true);
            return;
        }
        if !trouble.asked && !walk.asked {
            self.hear(trouble);
            return self.give_back(task);
        }
        self.fail_for(task, trouble);
    }
}

/// They are all written down together, so only those of the last walks are kept.
fn keep_newest(cursors: &mut Slots<Cursor>) {
    while cursors.len() > CURSORS {
        let oldest = cursors.iter().min_by_key(|(_, cursor)| cursor.until).map(|(key, _)| key.to_owned());
        let Some(oldest) = oldest else { return };
        cursors.remove(&oldest);
    }
}

/// The member, hashed with the pairing's secret salt: the server can tell two accounts apart and learns nothing more.
fn account_of(member: &str, (k0, k1): (u64, u64)) -> String {
    let mut hasher = SipHasher24::new_with_keys(k0, k1);
    hasher.write(member.as_bytes());
    format!("{:016x}", hasher.finish())
}
