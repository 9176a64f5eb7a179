//! A model's world and, beside it, what is real: the same happens to both, and both are compared.

use crate::browser::{Browser, Held, TASK, refused, silent};
use crate::store::{self, RealServer};
use liaison::agent::event::Reply;
use liaison_model::agent::SiteAnswer;
use liaison_model::browser::{Asking, Entry, Stage};
use liaison_model::properties::end;
use liaison_model::protocol::{Action, Protocol};
use liaison_model::rules::{Level, Rules};
use liaison_model::server::{self, Directive, PollAnswer};
use liaison_model::site::Fate;
use liaison_model::told;
use liaison_model::world::{Body, Request, World};
use liaison_protocol::{
    CompleteAnswer, Directive as RealDirective, DirectiveAction, Mode, Offer, PollAnswer as RealPollAnswer,
    StartAnswer, capability,
};
use serde_json::{Map, Value, json};
use stateright::Model;

/// A model and, beside it, what is real.
pub struct Pair {
    pub model: Protocol,
    pub world: World,
    path: Vec<Action>,
    browsers: Vec<Browser>,
    server: Option<RealServer>,
    /// The real tokens, by the model's.
    tokens: Vec<String>,
    /// `start`s in a row that had no answer.
    unanswered: u8,
}

/// A test that fails tells what happened.
#[expect(clippy::print_stdout, reason = "shown with the failure alone")]
impl Drop for Pair {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("after\n{}", told::path(&self.model.0, &self.path));
        }
    }
}

impl Pair {
    pub async fn new(rules: &Rules) -> Self {
        let model = Protocol(Rules { mutants: &[], ..rules.clone() });
        let world = model.init_states().remove(0);
        // The store refuses no result that it shouldn't.
        let is_stored = rules.level == Level::Two && rules.bounds.refused_results == 0;
        let server = if is_stored { Some(RealServer::new(rules).await) } else { None };
        let browsers = vec![Browser::paired("instance-0")];
        Self { model, world, path: Vec::new(), browsers, server, tokens: Vec::new(), unanswered: 0 }
    }

    /// What may happen next, where the real agent does at once what it may do at once.
    pub fn choices(&self) -> Vec<Action> {
        let mut actions = Vec::new();
        self.model.actions(&self.world, &mut actions);
        actions.retain(|action| self.model.next_state(&self.world, *action).is_some());
        let inside = |action: &&Action| {
            self.model.next_state(&self.world, **action).is_some_and(|next| self.model.within_boundary(&next))
        };
        let at_once: Vec<Action> = actions.iter().filter(|action| is_done_at_once(action)).copied().collect();
        if !at_once.is_empty() {
            return at_once;
        }
        let tries_left = self.unanswered < 2;
        actions
            .iter()
            .filter(inside)
            .copied()
            .filter(|action| match action {
                Action::StartUnanswered(_, back) => *back || tries_left,
                Action::BrowserDies(by, left) => self.browsers[usize::from(*by)].remembers(left),
                _ => true,
            })
            .collect()
    }

    pub async fn happens(&mut self, action: Action) {
        self.path.push(action);
        let before = self.world.clone();
        let Some(next) = self.model.next_state(&before, action) else { return };
        self.serve(&before, action).await;
        self.world = next;
        self.agent_does(&before, action).await;
        if self.choices().first().is_some_and(is_done_at_once) {
            // The real agent has done it already.
            return;
        }
        for (browser, modelled) in self.browsers.iter_mut().zip(&self.world.browsers) {
            browser.remember(&modelled.journal);
            let (real, wanted) = (browser.holds(), Held::of_model(modelled, &self.tokens));
            assert_eq!(real, wanted, "the agent");
        }
        if let (Some(server), Some(row)) = (&self.server, self.world.server.task) {
            let code = end(&self.world).filter(|body| *body != Body::Completed);
            let wanted = (row.state, code.map(|body| store::code_of(body).as_str().to_owned()));
            let real = server.stand(self.world.now).await.unwrap();
            assert_eq!(real, wanted, "the server");
        }
    }

    /// What happens at the server, if there is a real one.
    async fn serve(&mut self, before: &World, action: Action) {
        let now = before.now;
        let Some(server) = &mut self.server else { return };
        match action {
            Action::Posts => server.posts().await,
            Action::RivalPairs => server.rival_pairs(&self.model.0, now).await,
            Action::SweepWrites => server.sweep(now).await,
            Action::Cancels => server.cancels(now).await,
            Action::Beats(by) => {
                let Some(Entry { token, .. }) = before.browsers[usize::from(by)].journal.entry else {
                    return;
                };
                let wanted = server::heartbeat(&mut before.clone(), &self.model.0, token);
                let real = server.beat(by, &self.tokens[usize::from(token)], now).await;
                assert_eq!(real, wanted, "the heartbeat");
            }
            Action::StartArrives(by) => {
                let Some(Entry { token, .. }) = before.browsers[usize::from(by)].journal.entry else {
                    return;
                };
                let wanted = server::start(&mut before.clone(), &self.model.0, by, token);
                let real = server.start(by, &self.tokens[usize::from(token)], now).await;
                assert_eq!(real, wanted, "the start");
            }
            Action::Arrives(Request::Start { by, token }) => {
                let wanted = server::start(&mut before.clone(), &self.model.0, by, token);
                let real = server.start(by, &self.tokens[usize::from(token)], now).await;
                assert_eq!(real, wanted, "the start");
            }
            Action::Arrives(Request::Complete { by, token, body }) => {
                let wanted = server::complete(&mut before.clone(), &self.model.0, token, body);
                let real = server.complete(by, &self.tokens[usize::from(token)], body, now).await;
                assert_eq!(real, wanted, "the result");
            }
            Action::Completes(by) => {
                let Some(Entry { token, stage: Stage::Finished { body, .. }, .. }) =
                    before.browsers[usize::from(by)].journal.entry
                else {
                    return;
                };
                let wanted = server::complete(&mut before.clone(), &self.model.0, token, body);
                let real = server.complete(by, &self.tokens[usize::from(token)], body, now).await;
                assert_eq!(real, wanted, "the result");
            }
            Action::Arrives(Request::Poll { by, said }) => {
                let wanted = server::poll(&mut before.clone(), &self.model.0, by, said);
                self.polled(wanted, by, said, now).await;
            }
            _ => {}
        }
    }

    /// A poll at the real server; its answer as the agent reads it, which says what the model's says.
    async fn polled(
        &mut self,
        wanted: PollAnswer,
        by: u8,
        said: liaison_model::world::Said,
        now: i64,
    ) -> Reply<RealPollAnswer> {
        let Some(server) = &self.server else { return self.made_up(wanted) };
        let work = server.poll(by, said, now).await;
        let (PollAnswer::Work { directive, offer }, Some(work)) = (wanted, work) else {
            assert_eq!(wanted, PollAnswer::Superseded);
            return refused(409, "superseded");
        };
        let real = work.directives.first().map(|told| (told.epoch, told.action));
        assert_eq!(real, directive.map(|(epoch, told)| (u32::from(epoch), action_of(told))));
        let real = work.offer.as_ref().map(|offer| (offer.epoch, offer.mode == Mode::Verify));
        assert_eq!(real, offer.map(|offer| (u32::from(offer.epoch), offer.verify)));
        let mut given = work.offer;
        if let (Some(given), Some(offer)) = (&mut given, offer) {
            self.learn(offer.token, given.token.clone().unwrap());
            TASK.clone_into(&mut given.task);
        }
        let directives =
            work.directives.into_iter().map(|told| RealDirective { task: TASK.to_owned(), ..told });
        Reply::Ok(RealPollAnswer {
            task: given,
            directives: directives.collect(),
            next_ms: None,
            supports: self.supports(),
        })
    }

    fn learn(&mut self, token: u8, real: String) {
        match self.tokens.get(usize::from(token)) {
            Some(known) => assert_eq!(*known, real, "a token means one thing"),
            None => self.tokens.push(real),
        }
    }

    fn supports(&self) -> Vec<String> {
        match self.model.0.level {
            Level::One => Vec::new(),
            Level::Two => vec![capability::START.to_owned(), capability::HEARTBEAT.to_owned()],
        }
    }

    /// The model's answer, in the protocol's words.
    fn made_up(&mut self, answer: PollAnswer) -> Reply<RealPollAnswer> {
        let PollAnswer::Work { directive, offer } = answer else { return refused(409, "superseded") };
        let directives = directive.map(|(epoch, told)| RealDirective {
            task: TASK.to_owned(),
            epoch: u32::from(epoch),
            action: action_of(told),
        });
        let task = offer.map(|offer| {
            let token = (self.model.0.level == Level::Two).then(|| format!("token-{}", offer.token));
            self.learn(offer.token, token.clone().unwrap_or_else(|| TASK.to_owned()));
            let input = if self.model.0.read { json!({}) } else { json!({ "profile_urn": "ACoAAB0000001" }) };
            Offer {
                task: TASK.to_owned(),
                task_type: store::kind(&self.model.0).to_owned(),
                task_input: input.as_object().cloned().unwrap_or_else(Map::new),
                mode: if offer.verify { Mode::Verify } else { Mode::Run },
                token,
                epoch: u32::from(offer.epoch),
                offer_ms: None,
                lease_ms: None,
                attempt: 1,
                since_ms: Some(80_000),
                unread: None,
            }
        });
        let directives = directives.into_iter().collect();
        Reply::Ok(RealPollAnswer { task, directives, next_ms: None, supports: self.supports() })
    }

    async fn agent_does(&mut self, before: &World, action: Action) {
        let place = |by: u8| usize::from(by);
        match action {
            Action::TimePasses(ms) => self.browsers.iter_mut().for_each(|browser| browser.passes(ms)),
            Action::ClockSet(by, ms) => self.browsers[place(by)].passes(ms),
            Action::RivalPairs => self.browsers.push(Browser::paired("instance-1")),
            Action::SetPaused(by, paused) => self.browsers[place(by)].set_paused(paused),
            Action::WorkerDies(by) => self.browsers[place(by)].worker_dies(),
            Action::BrowserDies(by, left) => self.browsers[place(by)].browser_dies(&left),
            Action::Wiped(by) => self.browsers[place(by)].wiped(),
            Action::Polls(by) => {
                let said = before.browsers[place(by)].said().unwrap();
                let wanted = match self.model.0.level {
                    Level::One => server::poll_level_one(&mut before.clone(), said),
                    Level::Two => server::poll(&mut before.clone(), &self.model.0, by, said),
                };
                let reply = self.polled(wanted, by, said, before.now).await;
                self.browsers[place(by)].polls(said, reply);
            }
            Action::AsksStart(by) => self.browsers[place(by)].asks_start(),
            Action::GivesBack(by) => self.browsers[place(by)].gives_back(),
            Action::HearsStart(by) => {
                self.unanswered = 0;
                let reply = match before.browsers[place(by)].asking {
                    Asking::Granted { replayed, in_time } => {
                        let act_within_ms = if in_time { 20_000 } else { 0 };
                        Reply::Ok(StartAnswer { lease_ms: 60_000, act_within_ms, replayed })
                    }
                    Asking::Refused { superseded: true } => refused(409, "superseded"),
                    _ => refused(409, "lease_lost"),
                };
                self.browsers[place(by)].hears_start(reply);
            }
            Action::StartUnanswered(by, back) => {
                self.unanswered = if back { 0 } else { self.unanswered + 1 };
                self.browsers[place(by)].hears_start(silent(back.then_some(1_000)));
            }
            Action::Beats(by) => {
                let token = before.browsers[place(by)].journal.entry.unwrap().token;
                let answer = server::heartbeat(&mut before.clone(), &self.model.0, token);
                self.browsers[place(by)].beats(answer);
            }
            Action::Fetches(by) => {
                let fetched = self.browsers[place(by)].fetches();
                assert_eq!(fetched, self.world.seen.fetches > before.seen.fetches || before.seen.fetches > 1);
            }
            Action::Site(by, fate) => self.browsers[place(by)].hears_site(site_answer(before, fate)),
            Action::Looks(by) => self.browsers[place(by)].looks(before.site.listed, before.site.by_hand),
            Action::Checks(by) => self.browsers[place(by)].looks(before.site.listed, before.site.by_hand),
            Action::Reads(by) => self.browsers[place(by)].reads(),
            Action::Completes(by) | Action::CompleteIsLate(by) | Action::CompleteRefused(by) => {
                self.result_is_posted(before, action, by);
            }
            // What the agent does by itself was done with what led to it.
            _ => {}
        }
    }

    fn result_is_posted(&mut self, before: &World, action: Action, by: u8) {
        let Some(Entry { token, stage: Stage::Finished { body, .. }, .. }) =
            before.browsers[usize::from(by)].journal.entry
        else {
            return;
        };
        let browser = &mut self.browsers[usize::from(by)];
        let posted = browser.result();
        assert_eq!(posted["token"], json!(self.tokens[usize::from(token)]));
        let status = match body {
            Body::Completed => "completed",
            Body::Returned => "returned",
            _ => "failed",
        };
        assert_eq!(posted["status"], status);
        if status == "failed" && body != Body::Refused {
            assert_eq!(posted["task_output"]["code"], json!(store::code_of(body).as_str()));
        }
        if body == Body::Returned {
            assert_eq!((&posted["task_output"], &posted["effect"]), (&Value::Null, &json!("none")));
        }
        browser.hears_complete(match action {
            Action::CompleteIsLate(_) => silent(None),
            Action::CompleteRefused(_) => refused(404, "not_found"),
            _ => Reply::Ok(CompleteAnswer::default()),
        });
    }
}

pub fn is_done_at_once(action: &Action) -> bool {
    matches!(
        action,
        Action::AsksStart(_)
            | Action::GivesBack(_)
            | Action::Stops(_)
            | Action::Expires(_)
            | Action::Checks(_)
            | Action::SweepWrites
    )
}

fn site_answer(before: &World, fate: Fate) -> SiteAnswer {
    let pending = before.site.ours || before.site.by_hand;
    match fate {
        Fate::Answered if !pending => SiteAnswer::Sent,
        Fate::Answered | Fate::Repeated => SiteAnswer::CannotResend,
        Fate::Refused => SiteAnswer::Refused,
        Fate::Unheard => SiteAnswer::Nothing,
    }
}

fn action_of(told: Directive) -> DirectiveAction {
    match told {
        Directive::Continue => DirectiveAction::Continue,
        Directive::Cancel => DirectiveAction::Cancel,
        Directive::Resend => DirectiveAction::Resend,
        Directive::Abandon => DirectiveAction::Abandon,
    }
}
