//! What the person asks for through our own pages.

use super::Turn;
use crate::agent::aside::{BREAKERS, SETTINGS};
use crate::agent::breaker::Breakers;
use crate::agent::entry::Stage;
use crate::agent::event::{Command, CommandId, Effect, Identity, PairingRequest, PairingSecret};
use crate::agent::readiness;
use crate::agent::report::report;
use crate::agent::server_url::ServerUrl;
use crate::agent::settings::Settings;
use crate::agent::state::{Pairing, Said};
use crate::agent::status::{Answer, Problem, SET_ASIDE, attention, status};
use crate::agent::tombstone::Tombstone;
use liaison_protocol::{ErrorCode, PairAnswer, ReadyState};
use std::rc::Rc;

impl Turn {
    pub(super) fn command(&mut self, id: CommandId, command: &Command) {
        match command {
            Command::Status => self.tell_status(id),
            Command::Pair { server, code, token, name } => {
                self.pair(id, server, code.as_deref(), token.as_deref(), name);
            }
            Command::TestConnection => self.test_connection(id),
            Command::CheckLinkedIn => self.check_linkedin(id),
            Command::Forget => self.forget(id),
            Command::SetPaused { paused } => self.set_paused(id, *paused),
            Command::SetSettings { settings } => self.set_settings(id, settings),
            Command::Decide { task, approve, asked_at_ms } => self.decide(id, task, *approve, *asked_at_ms),
            Command::CancelTask { task } => self.cancel_task(id, task),
            Command::ClearStop { code } => self.clear_stop(id, code),
            Command::ExportLog => self.export_log(id),
            Command::EraseLog => self.erase_log(id),
            Command::EraseEverything => self.erase_everything(id),
            Command::Report => self.tell_report(id),
            Command::Drain => self.state.live.draining.get_or_insert_default().push(id),
        }
    }

    pub(super) fn tell_status(&mut self, id: CommandId) {
        let status = Some(Box::new(status(&self.state, self.now)));
        self.answer(id, Answer { status, ..Answer::done() });
    }

    fn pair(&mut self, id: CommandId, server: &str, code: Option<&str>, token: Option<&str>, name: &str) {
        let server = match ServerUrl::parse(server) {
            Ok(server) => server,
            Err(wrong) => {
                let problem = Problem::new("invalid_url", wrong.sentence(), "Correct the server's address");
                return self.answer(id, Answer::refused(problem.said(wrong.as_str(), Vec::new())));
            }
        };
        let given = |secret: Option<&str>| {
            secret.map(str::trim).filter(|secret| !secret.is_empty()).map(str::to_owned)
        };
        let secret = match (given(code), given(token)) {
            (Some(code), None) => PairingSecret::Code(code),
            (None, Some(token)) => PairingSecret::Token(token),
            _ => {
                let problem = Problem::new(
                    "invalid_input",
                    "Pairing needs a one-time code or a token, and not both",
                    "Type the code that the server printed, or paste a token",
                );
                return self.answer(id, Answer::refused(problem.said("one_secret", Vec::new())));
            }
        };
        let partings = self.state.live.partings;
        let name = name.trim().chars().take(80).collect();
        self.effects.push(Effect::Pair { id, request: PairingRequest { server, secret, name, partings } });
    }

    pub(super) fn paired(
        &mut self,
        id: CommandId,
        request: &PairingRequest,
        identity: &Identity,
        result: &Result<PairAnswer, Problem>,
    ) {
        let answer = match result {
            // What the person wants gone must not come back because another window was quicker to ask than the server to answer.
            Ok(_) if request.partings != self.state.live.partings => {
                return self.answer(id, Answer::refused(Problem::unpaired()));
            }
            Ok(answer) => answer,
            Err(problem) => return self.answer(id, Answer::refused(problem.clone())),
        };
        // With the same server the bound member stays the same, as does what is in the journal for that member: what waits there
        // may be due before the first poll tells anew that the server has `start`. Who wants another member forgets the pairing
        // first.
        let was_lost = self.state.pairing.is_none();
        let same_server = self.state.pairing.clone().filter(|old| old.server == request.server);
        if same_server.is_none() {
            self.leave();
        }
        self.state.set_aside.forget_pairing();
        self.stop_polling();
        self.forget_open_calls();
        self.state.pairing = Some(Rc::new(Pairing {
            server: request.server.clone(),
            token: answer.token.clone(),
            instance: identity.instance.clone(),
            salt: same_server.as_ref().map_or(identity.salt, |old| old.salt),
            name: request.name.clone(),
            bound_account: same_server.as_ref().and_then(|old| old.bound_account.clone()),
            supports: same_server.map(|old| old.supports.clone()).unwrap_or_default(),
            ended: None,
        }));
        // What a pairing left behind whose own record is lost: it may have been with this server.
        if was_lost {
            self.abandon_all();
        }
        self.poll_now();
        let live = &mut self.state.live;
        (live.poll_failures, live.no_permission) = (0, false);
        self.served();
        self.session_changed();
        self.answer(id, Answer::done());
    }

    /// Answers to calls of the pairing before are not taken: see the driver. What they were about is due again.
    fn forget_open_calls(&mut self) {
        for live in self.state.live.tasks.values_mut() {
            (live.posting, live.beating) = (false, false);
            if std::mem::take(&mut live.starting) {
                (live.calling, live.stale) = (false, false);
            }
        }
    }

    fn test_connection(&mut self, id: CommandId) {
        if self.state.pairing.is_none() {
            return self.answer(id, Answer::refused(Problem::unpaired()));
        }
        let now = readiness::said(&self.state, self.now);
        let said = Said { accepts: Vec::new(), state: ReadyState::Paused, ..now };
        let poll = readiness::poll_of(&self.state, &said, 0, self.now);
        self.effects.push(Effect::Probe { id, poll });
    }

    fn forget(&mut self, id: CommandId) {
        self.part();
        self.answer(id, Answer::done());
    }

    /// Ends the pairing for the person, and any that is under way.
    fn part(&mut self) {
        self.state.live.partings = self.state.live.partings.wrapping_add(1);
        self.leave();
    }

    /// Ends the pairing. Unfinished reads are dropped; an invitation that was, or may have been, sent leaves its
    /// tombstone, so that the same server can't have it sent again.
    fn leave(&mut self) {
        if self.state.pairing.is_some() {
            self.forget_open_calls();
            self.abandon_all();
        }
        self.stop_polling();
        self.end_check(&Answer::refused(Problem::unpaired()));
        self.state.pairing = None;
        self.state.account = None;
        self.state.cursors = Rc::default();
        let live = &mut self.state.live;
        (live.contact_at, live.contact_problem, live.failing_since) = (None, None, None);
    }

    /// Leaves nothing in the journal but tombstones.
    fn abandon_all(&mut self) {
        let tasks: Vec<String> = self.state.tasks.iter().map(|(task, _)| task.to_owned()).collect();
        for task in tasks {
            self.abandon(&task);
        }
        self.bury_lost();
        self.state.set_aside.forget_pairing();
    }

    /// Of a task whose record is lost it is not known whether it was sent. Where that of its pairing is lost too, its name is
    /// kept until there is another.
    fn bury_lost(&mut self) {
        let set_aside: Vec<String> = self.state.set_aside.tasks().map(str::to_owned).collect();
        set_aside.iter().for_each(|task| self.state.lose(task));
        let Some(pairing) = self.state.pairing.clone() else { return };
        for task in std::mem::take(&mut self.state.lost) {
            let (server, failed) = (pairing.server.clone(), Some(ErrorCode::OutcomeUnknown));
            self.state.bury(Tombstone {
                server,
                task,
                whom: None,
                epoch: 0,
                failed,
                at: self.now,
                carried: false,
            });
        }
    }

    fn export_log(&mut self, id: CommandId) {
        let log = Some(self.state.log.export());
        self.answer(id, Answer { log, ..Answer::done() });
    }

    fn erase_log(&mut self, id: CommandId) {
        self.state.log = Rc::default();
        self.state.set_aside.forget_log();
        self.answer(id, Answer::done());
    }

    /// Leaves nothing of the person: no pairing, setting, task, result or line of the log. What holds the agent back stays,
    /// or to erase would be a way to send more, or twice: when invitations were sent, which of them ended, and what LinkedIn
    /// said no to.
    fn erase_everything(&mut self, id: CommandId) {
        self.part();
        // Of a pairing whose own record is lost: what may have been sent is remembered by its name alone.
        self.abandon_all();
        self.clear_set_aside();
        let state = &mut self.state;
        (state.settings, state.log, state.recent) = (Settings::default(), Rc::default(), Rc::default());
        (state.account, state.other_way, state.pace.in_call) = (None, None, None);
        state.forget_whom();
        self.answer(id, Answer::done());
    }

    fn tell_report(&mut self, id: CommandId) {
        let report = Some(Box::new(report(&self.state, self.now)));
        self.answer(id, Answer { report, ..Answer::done() });
    }

    /// The person has looked: what was set aside is erased, and what stood in its place holds.
    fn clear_set_aside(&mut self) {
        self.bury_lost();
        let aside = std::mem::take(&mut self.state.set_aside);
        if aside.has(BREAKERS) {
            self.state.breakers = Breakers::unknown(self.now);
        }
    }

    /// Nothing is written in the place of settings that were set aside, so nothing is said to be set either.
    fn lost_settings(&self) -> Option<Problem> {
        let set_aside = &self.state.set_aside;
        set_aside.has(SETTINGS).then(|| set_aside.problem()).flatten()
    }

    fn set_paused(&mut self, id: CommandId, paused: bool) {
        if let Some(problem) = self.lost_settings() {
            return self.answer(id, Answer::refused(problem));
        }
        if self.state.settings.paused && !paused {
            self.end_wait();
        }
        self.state.settings.paused = paused;
        self.tell_status(id);
    }

    fn set_settings(&mut self, id: CommandId, wanted: &serde_json::Value) {
        if let Some(problem) = self.lost_settings() {
            return self.answer(id, Answer::refused(problem));
        }
        match self.state.settings.changed(wanted) {
            Ok(settings) => {
                self.state.settings = settings;
                self.tell_status(id);
            }
            Err(problem) => self.answer(id, Answer::refused(problem)),
        }
    }

    /// Clears the stop that the person was shown, and no other.
    fn clear_stop(&mut self, id: CommandId, code: &str) {
        let Some(shown) = attention(&self.state).filter(|problem| problem.code == code) else {
            let problem = Problem::new(
                "stop_changed",
                "This is not what stops the agent now",
                "Look at what the popup says now",
            );
            return self.answer(id, Answer::refused(problem));
        };
        if shown.code == SET_ASIDE {
            self.clear_set_aside();
            return self.tell_status(id);
        }
        if self.state.breakers.stop().is_none_or(|stop| stop.as_str() != code) {
            return self.answer(id, Answer::refused(shown));
        }
        match self.state.breakers.clear(self.now) {
            None => {
                // What the last look at `/me` met is what was just seen to.
                self.state.live.me_problem.take_if(|problem| problem.as_str() == code);
                self.tell_status(id);
            }
            Some(ms) => {
                let minutes = ms.div_ceil(60_000);
                let problem = Problem::new(
                    "blocked",
                    format!("LinkedIn blocked requests; this can be cleared in {minutes} min"),
                    "Use LinkedIn by hand for a while",
                );
                self.answer(id, Answer::refused(problem.said("blocked_for", vec![minutes.to_string()])));
            }
        }
    }

    /// Answers those who wait for an update, once nothing is in hand. A read would go on in the new worker too, but an
    /// invitation between its POST and its answer must be seen to its end.
    pub(super) fn answer_drains(&mut self) {
        let sending = self.state.tasks.values().any(|entry| matches!(entry.stage, Stage::Sending { .. }));
        let posting = self.state.live.tasks.values().any(|live| live.posting);
        if sending || posting {
            return;
        }
        let Some(waiting) = &mut self.state.live.draining else { return };
        for id in std::mem::take(waiting) {
            self.effects.push(Effect::Answer(id, Answer::done()));
        }
    }
}
