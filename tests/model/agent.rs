//! The agent, as a model: what `liaison::agent::step` decides of one task, less times of waiting. What it is free to do at
//! some time it may do here at any time; `replayed.rs` holds each decision to the real one.

mod sending;

use crate::browser::{Asking, Browser, Entry, Journal, Sending, Stage};
use crate::rules::{Level, Mutant, Rules};
use crate::server::{Directive, Offer, PollAnswer};
use crate::world::{Body, Excuses, World};
use liaison_server::lifecycle::END_WITHIN_MS;

/// When the list is looked at, counted from the send: `liaison::config::VERIFY_AT_MS`.
pub const LOOK_AT_MS: [i64; 3] = [10_000, 120_000, 1_200_000];

/// One browser's turn.
pub struct Turn<'a> {
    /// The world.
    pub world: &'a mut World,
    /// The run's rules.
    pub rules: &'a Rules,
    /// Which browser.
    pub by: u8,
}

impl Turn<'_> {
    /// The browser.
    #[must_use]
    pub fn me(&mut self) -> &mut Browser {
        &mut self.world.browsers[usize::from(self.by)]
    }

    fn entry(&self) -> Option<Entry> {
        self.world.browsers[usize::from(self.by)].journal.entry
    }

    fn clock(&self) -> i64 {
        self.world.clock(self.by)
    }

    /// Writes the journal. What was there before may be what a browser's death leaves.
    fn write(&mut self, mut journal: Journal) {
        let keeps = self.world.spent.browser_deaths < self.rules.bounds.browser_deaths;
        let browser = self.me();
        if browser.journal == journal {
            return;
        }
        let before = browser.journal;
        if let Some(entry) = journal.entry.as_mut().filter(|entry| Some(**entry) != before.entry) {
            entry.same_session = true;
        }
        browser.journal = journal;
        if keeps && let Err(place) = browser.older.binary_search(&before) {
            browser.older.insert(place, before);
        }
    }

    fn put(&mut self, entry: Option<Entry>) {
        let tomb = self.me().journal.tomb;
        self.write(Journal { entry, tomb });
    }

    fn put_stage(&mut self, stage: Stage) {
        let entry = self.entry().map(|entry| Entry { stage, ..entry });
        self.put(entry);
    }

    fn finish(&mut self, body: Body) {
        let acted = matches!(
            self.entry().map(|entry| entry.stage),
            Some(Stage::Sending { .. } | Stage::Verifying { .. })
        );
        self.put_stage(Stage::Finished { body, acted });
    }

    /// What is remembered when an entry goes.
    fn tomb_of(&self, entry: &Entry, abandoned: bool) -> Option<Body> {
        let before = self.world.browsers[usize::from(self.by)].journal.tomb;
        let ended = match entry.stage {
            Stage::Sending { .. } | Stage::Verifying { .. } if abandoned => Some(Body::Unknown),
            Stage::Starting { carried: true, .. } if abandoned => Some(Body::Carried),
            Stage::Finished { body, acted: true } if body != Body::Returned => Some(body),
            _ => None,
        };
        if self.rules.broken(Mutant::NoTombstones) {
            return None;
        }
        match before {
            None | Some(Body::Unknown | Body::Carried) => ended.or(before),
            Some(_) => before,
        }
    }

    /// Drops what is held.
    fn drop_entry(&mut self, abandoned: bool) {
        let Some(entry) = self.entry() else { return };
        let tomb = self.tomb_of(&entry, abandoned);
        self.me().asking = Asking::No;
        self.write(Journal { entry: None, tomb });
    }

    /// Takes in the answer to a poll.
    pub fn hears_poll(&mut self, answer: PollAnswer) {
        let PollAnswer::Work { directive, offer } = answer else {
            self.me().ended = true;
            return;
        };
        if let (Some((epoch, directive)), Some(entry)) = (directive, self.entry())
            && entry.epoch == epoch
        {
            match directive {
                Directive::Continue | Directive::Resend => {}
                Directive::Cancel => self.put(Some(Entry { cancelled: true, ..entry })),
                Directive::Abandon => self.drop_entry(true),
            }
        }
        if let Some(offer) = offer {
            self.takes(offer);
        }
    }

    /// An offer of a task that is not held: a poll that names it is offered nothing.
    fn takes(&mut self, offer: Offer) {
        let tomb = self.me().journal.tomb;
        let wants_look = offer.verify && matches!(tomb, Some(Body::Unknown | Body::Carried));
        // What an earlier session may have begun the server knows.
        let carried = !offer.verify && tomb == Some(Body::Carried);
        let stage = match tomb {
            Some(body) if !wants_look && !carried => Stage::Finished { body, acted: false },
            _ if offer.verify && self.rules.broken(Mutant::LookReturned) => {
                Stage::Finished { body: Body::Returned, acted: false }
            }
            // The first look is due at once.
            _ if offer.verify => search(self.clock() - LOOK_AT_MS[0], false),
            _ if self.rules.read => Stage::Walking { at: self.clock() },
            _ if self.rules.level == Level::One => Stage::Checking,
            _ => Stage::Starting { asked_at: None, carried },
        };
        let Offer { epoch, token, .. } = offer;
        let entry = Entry { epoch, token, same_session: true, cancelled: false, stage };
        self.write(Journal { entry: Some(entry), tomb: tomb.filter(|_| !carried) });
        if self.rules.broken(Mutant::NoStart) && stage == (Stage::Starting { asked_at: None, carried: false })
        {
            let now = self.clock();
            self.sends(now);
        }
    }

    /// Whether a read was accepted so long ago that it has expired.
    #[must_use]
    pub const fn has_expired(clock: i64, entry: &Entry) -> bool {
        matches!(entry.stage, Stage::Walking { at } if clock - at > END_WITHIN_MS.cast_signed())
    }

    /// Ends a read that has expired.
    pub fn expires(&mut self) {
        self.finish(Body::Expired);
    }

    /// Ends a read.
    pub fn reads(&mut self) {
        self.finish(Body::Completed);
    }

    /// Says that a task is alive, and hears what the server says to that.
    pub fn beats(&mut self, answer: Option<bool>) {
        let Some(entry) = self.entry() else { return };
        match answer {
            Some(false) => {}
            Some(true) => self.put(Some(Entry { cancelled: true, ..entry })),
            None => {
                if matches!(entry.stage, Stage::Walking { .. } | Stage::Checking | Stage::Starting { .. }) {
                    self.drop_entry(true);
                }
            }
        }
    }

    /// A final answer to a result, whatever it says: it is forgotten, but for how it ended.
    pub fn hears_complete(&mut self) {
        self.drop_entry(false);
    }

    /// The worker ends, and another goes on from the journal.
    pub fn worker_dies(&mut self) {
        let sending = std::mem::replace(&mut self.me().sending, Sending::No);
        let asking = std::mem::replace(&mut self.me().asking, Asking::No);
        self.world.seen.excuses.start_unheard |=
            matches!(asking, Asking::Granted { .. }) && self.me().is_carried();
        if sending == Sending::Flying {
            self.world.site.late_posts += 1;
        }
        let about_to_send = matches!(self.entry(), Some(Entry { stage: Stage::Sending { .. }, .. }));
        if about_to_send || sending == Sending::Flying {
            self.world.seen.excuses = Excuses { died_sending: true, ..self.world.seen.excuses };
        }
        self.resumes();
    }

    /// The browser ends, and comes back with one of its disk's states.
    pub fn browser_dies(&mut self, left: Journal) {
        let sending = std::mem::replace(&mut self.me().sending, Sending::No);
        if sending == Sending::Flying {
            self.world.site.late_posts += 1;
        }
        let before = self.me().journal;
        // A leave to send that was asked for may be in force. Without a `start` nobody can tell after a list that was looked at
        // whether more was written.
        let begun = before.entry.is_some_and(|entry| {
            matches!(
                entry.stage,
                Stage::Starting { asked_at: Some(_), .. } | Stage::Sending { .. } | Stage::Checking
            )
        });
        let knows_nothing =
            matches!(left.entry.map(|entry| entry.stage), None | Some(Stage::Finished { acted: false, .. }));
        let lost_entry = before != left && knows_nothing && left.tomb.is_none();
        let excuses = &mut self.world.seen.excuses;
        excuses.lost_writes |= before != left || begun || sending != Sending::No;
        excuses.lost_entry |= lost_entry;
        if !self.rules.bounds.late_over_restarts {
            self.world.forget_requests_of(self.by);
        }
        let believed = self.rules.broken(Mutant::SessionIgnored);
        let browser = self.me();
        browser.asking = Asking::No;
        browser.older.clear();
        browser.journal = left;
        if let Some(entry) = &mut browser.journal.entry {
            entry.same_session = believed;
        }
        self.resumes();
    }

    /// `Event::Booted`.
    fn resumes(&mut self) {
        let Some(entry) = self.entry() else { return };
        let now = self.clock();
        let stage = match entry.stage {
            Stage::Sending { at } => search(at.min(now), false),
            Stage::Checking if !entry.same_session => search(now, false),
            Stage::Starting { asked_at: None, .. }
                if !entry.same_session && self.rules.broken(Mutant::UnknownAfterDeath) =>
            {
                search(now, false)
            }
            Stage::Starting { asked_at, carried } => {
                Stage::Starting { asked_at, carried: carried || !entry.same_session }
            }
            stage => stage,
        };
        self.put_stage(stage);
    }
}

const fn search(from: i64, refused: bool) -> Stage {
    Stage::Verifying { looks: 0, from, refused }
}

/// What comes back of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SiteAnswer {
    /// LinkedIn named it.
    Sent,
    /// LinkedIn refused it.
    Refused,
    /// `CANT_RESEND_YET`.
    CannotResend,
    /// Nothing.
    Nothing,
}
