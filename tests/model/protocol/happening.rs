//! What is so after something has happened.

use super::{Action, Protocol};
use crate::agent::{SiteAnswer, Turn};
use crate::browser::{Asking, Entry, Journal, Stage};
use crate::rules::{Level, Mutant, Rival};
use crate::server::{self, CallAnswer};
use crate::site::Fate;
use crate::world::{Excuses, Request, Row, World};
use liaison_server::lifecycle::ACT_WITHIN_MS;

impl Protocol {
    pub(super) fn happens(&self, world: &mut World, action: Action) {
        let rules = &self.0;
        match action {
            Action::Posts => world.server.task = Some(Row::queued(server::kind(rules))),
            Action::Cancels => server::cancel(world, rules),
            Action::TimePasses(ms) => {
                world.now += ms;
                world.spent.jumps += 1;
                let acts_until = world.now.saturating_add_unsigned(ACT_WITHIN_MS);
                world.seen.excuses.deadline |= world
                    .server
                    .task
                    .is_some_and(|row| row.started_at.is_some() && row.deadline <= acts_until);
            }
            Action::SweepReads => server::sweep_reads(world),
            Action::SweepWrites => server::sweep_writes(world, rules),
            Action::Arrives(request) => {
                let before = world.server.task;
                let _nobody_hears = server::serve(world, rules, request);
                let changed = before != world.server.task;
                let excuses = &mut world.seen.excuses;
                match request {
                    Request::Poll { .. } => excuses.late_poll |= changed,
                    Request::Start { by, .. } => {
                        excuses.start_unheard |= changed && world.browsers[usize::from(by)].is_carried();
                    }
                    Request::Complete { .. } => {}
                }
            }
            Action::PostArrives => {
                world.site.late_posts -= 1;
                world.invitation_arrives();
            }
            Action::ListShows => world.site.listed = true,
            Action::ListForgets => (world.site.listed, world.site.gone) = (false, true),
            Action::RivalPairs => self.rival_pairs(world),
            Action::ClockSet(by, ms) => {
                world.spent.clock_sets += 1;
                world.browsers[usize::from(by)].ahead += ms;
            }
            Action::SetPaused(by, paused) => {
                world.browsers[usize::from(by)].paused = paused;
                world.spent.pauses += u8::from(paused);
            }
            Action::WorkerDies(by) => {
                world.spent.worker_deaths += 1;
                Turn { world, rules, by }.worker_dies();
            }
            Action::BrowserDies(by, left) => {
                world.spent.browser_deaths += 1;
                Turn { world, rules, by }.browser_dies(left);
            }
            Action::Wiped(by) => {
                world.spent.wipes += 1;
                Turn { world, rules, by }.browser_dies(Journal::default());
            }
            _ => self.agent_does(world, action),
        }
    }

    fn rival_pairs(&self, world: &mut World) {
        world.seen.excuses = Excuses { overtaken: true, ..world.seen.excuses };
        if let Some(browser) = world.browsers.iter_mut().find(|browser| !browser.paired) {
            browser.paired = true;
        }
        world.server.superseded = self.0.rival == Rival::NewPairing && !self.0.broken(Mutant::InstancesAlike);
    }

    fn agent_does(&self, world: &mut World, action: Action) {
        let rules = &self.0;
        match action {
            Action::Polls(by) => {
                let Some(said) = world.browsers[usize::from(by)].said() else { return };
                let answer = match rules.level {
                    Level::One => server::poll_level_one(world, said),
                    Level::Two => server::poll(world, rules, by, said),
                };
                Turn { world, rules, by }.hears_poll(answer);
            }
            Action::PollIsLate(by) => {
                let Some(said) = world.browsers[usize::from(by)].said() else { return };
                world.send(Request::Poll { by, said });
            }
            Action::AsksStart(by) => Turn { world, rules, by }.asks_start(),
            Action::StartArrives(by) => {
                let Some(Entry { token, .. }) = world.browsers[usize::from(by)].journal.entry else { return };
                let answer = server::start(world, rules, by, token);
                world.browsers[usize::from(by)].asking = match answer {
                    CallAnswer::Fine { replayed } => Asking::Granted { replayed, in_time: true },
                    CallAnswer::NoTime => Asking::Granted { replayed: true, in_time: false },
                    CallAnswer::Refused => Asking::Refused { superseded: false },
                    CallAnswer::Superseded => Asking::Refused { superseded: true },
                };
            }
            Action::StartForgotten(by) => {
                world.browsers[usize::from(by)].asking = Asking::Granted { replayed: false, in_time: true };
            }
            Action::HearsStart(by) => Turn { world, rules, by }.hears_start(),
            Action::StartUnanswered(by, back) => Turn { world, rules, by }.start_unanswered(back),
            Action::GivesBack(by) => Turn { world, rules, by }.gives_back(),
            Action::Stops(by) => Turn { world, rules, by }.stops_cancelled(),
            Action::Expires(by) => Turn { world, rules, by }.expires(),
            Action::Beats(by) => {
                let Some(Entry { token, .. }) = world.browsers[usize::from(by)].journal.entry else { return };
                let answer = server::heartbeat(world, rules, token);
                Turn { world, rules, by }.beats(answer);
            }
            Action::Fetches(by) => Turn { world, rules, by }.fetches(),
            Action::Looks(by) => Turn { world, rules, by }.looks(),
            Action::Checks(by) => Turn { world, rules, by }.checks(),
            Action::Reads(by) => Turn { world, rules, by }.reads(),
            Action::Site(by, fate) => self.site_answers(world, by, fate),
            _ => self.result_is_posted(world, action),
        }
    }

    fn site_answers(&self, world: &mut World, by: u8, fate: Fate) {
        let answer = match fate {
            Fate::Answered if world.invitation_arrives() => SiteAnswer::Sent,
            Fate::Answered => SiteAnswer::CannotResend,
            Fate::Refused => SiteAnswer::Refused,
            Fate::Repeated => {
                world.seen.excuses.repeated |= world.invitation_arrives();
                SiteAnswer::CannotResend
            }
            Fate::Unheard => {
                world.post_is_unheard();
                SiteAnswer::Nothing
            }
        };
        Turn { world, rules: &self.0, by }.hears_site(answer);
    }

    fn result_is_posted(&self, world: &mut World, action: Action) {
        let (Action::Completes(by) | Action::CompleteIsLate(by) | Action::CompleteRefused(by)) = action
        else {
            return;
        };
        let Some(Entry { token, stage: Stage::Finished { body, .. }, .. }) =
            world.browsers[usize::from(by)].journal.entry
        else {
            return;
        };
        let request = Request::Complete { by, token, body };
        world.send(request);
        let answer = match action {
            Action::Completes(_) => server::serve(world, &self.0, request),
            Action::CompleteRefused(_) => {
                world.spent.refused_results += 1;
                world.seen.excuses = Excuses { refused_result: true, ..world.seen.excuses };
                Some(CallAnswer::Refused)
            }
            _ => None,
        };
        if answer.is_some() {
            Turn { world, rules: &self.0, by }.hears_complete();
        }
    }
}
