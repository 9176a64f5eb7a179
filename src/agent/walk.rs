//! The walk of a list: which rows to ask for next, and what to keep of those that came. Pure.
//!
//! LinkedIn's list has no total, gives fewer rows than asked, and shifts while it is read. So a walk advances by the
//! rows it received, ends at `count` or at an empty page, and asks for each further page one row early: when that row
//! is not the one it held last, the list has shifted, and it steps back until it finds its place again.

mod output;
mod page;
mod way;

use crate::config::{IDLE_PAGES, MOST_WALKED, PAGE_ROWS, RECENT_ROWS, STEPS_BACK};
use liaison_protocol::{Fallback, FetchConnections, Fields, Findings};
use output::push_row;
use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;
use std::hash::Hasher;
use std::rc::Rc;

pub use page::{Page, PageRequest, PageRow, RowDetails};
pub use way::{Tried, next_way, sorts};

/// A walk, as far as it got. A serde value: a restarted worker goes on from it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walk {
    /// What is wanted.
    pub input: FetchConnections,
    /// Offset in LinkedIn's list of the first row not seen yet.
    pub next: u64,
    /// URN of the row just before, when it was seen.
    pub last: Option<String>,
    /// Hashes of the rows up to `last`, the last [`RECENT_ROWS`] of them: others to find one's place by, should `last` be
    /// gone.
    recent: Vec<u64>,
    /// Hashes of the rows kept or passed over as matches, sorted: duplicates are dropped by them.
    seen: Vec<u64>,
    /// Matches passed over before `input.start`; only with a keyword.
    passed: u64,
    /// Pages stepped back in search of `last`, and the offset to step back from.
    back: Option<Back>,
    /// Pages in a row that brought nothing new.
    #[serde(default)]
    idle: u8,
    /// Most rows a page has held: so far a page reaches, whatever was asked for.
    widest: u64,
    /// Rows walked, for the progress shown.
    pub walked: u64,
    /// Rows kept.
    pub kept: u64,
    /// What was odd, counted; and by which way the list is read.
    pub findings: Findings,
    /// The network's size, where that is wanted.
    #[serde(default)]
    pub network: NetworkTotal,
    /// The ways to the list that have drifted.
    #[serde(default)]
    tried: Tried,
    /// Whether anything was asked of LinkedIn for it yet.
    #[serde(default)]
    pub asked: bool,
    /// Whether the CSRF token was read anew already.
    pub csrf_retried: bool,
    /// The kept rows as JSON, one comma-separated run a page. Not part of the record's head: see `entry`.
    #[serde(skip)]
    pub rows: Vec<Rc<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Back {
    steps: u8,
    at: u64,
}

/// What is known of the network's size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkTotal {
    /// It was not asked for, or not yet.
    #[default]
    Unasked,
    /// LinkedIn's own count.
    Told(u64),
    /// LinkedIn didn't tell.
    Untold,
}

/// Where a finished walk left off, for the caller's next page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The `start` that goes on here.
    pub start: u64,
    /// Offset in LinkedIn's list.
    pub next: u64,
    /// URN of the row before it.
    pub last: Option<String>,
    /// Hashes of the rows that came before it: to find the place by, should `last` be gone.
    #[serde(default)]
    recent: Vec<u64>,
    /// By which way the list was read.
    #[serde(default)]
    way: Option<Fallback>,
    /// Until when it holds.
    pub until: i64,
}

/// What a page led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// More is wanted: ask [`Walk::request`] again.
    More,
    /// Enough rows, or the end of the list.
    Finished {
        /// Whether the list ended.
        at_end: bool,
    },
    /// Page after page brings nothing new: LinkedIn no longer pages as we know it.
    Stuck,
}

impl Walk {
    /// Begins a walk by a way, at the cursor when it fits. A cursor into a list of another order is none, and it is told
    /// that the caller's pages are not of one list.
    #[must_use]
    pub fn new(input: FetchConnections, cursor: Option<&Cursor>, way: Option<Fallback>, now: i64) -> Self {
        let cursor = cursor.filter(|cursor| cursor.start == input.start && cursor.until > now);
        let list_shifted = cursor.is_some_and(|cursor| !cursor.is_of(way, &input));
        let cursor = cursor.filter(|_| !list_shifted);
        let filtered = input.keyword.is_some();
        let (next, last, passed) = match cursor {
            Some(cursor) => (cursor.next, cursor.last.clone(), if filtered { input.start } else { 0 }),
            None => (if filtered { 0 } else { input.start }, None, 0),
        };
        let recent = cursor.map(|cursor| cursor.recent.clone()).unwrap_or_default();
        // What the caller has from the task before is no news when it comes again.
        let mut seen = recent.clone();
        seen.sort_unstable();
        seen.dedup();
        Self {
            input,
            next,
            last,
            recent,
            seen,
            passed,
            back: None,
            idle: 0,
            widest: 0,
            walked: 0,
            kept: 0,
            findings: Findings { fallback: way, list_shifted, ..Findings::default() },
            network: NetworkTotal::Unasked,
            tried: 0,
            asked: false,
            csrf_retried: false,
            rows: Vec::new(),
        }
    }

    /// About how many bytes it takes in storage: rows, and hashes of twenty digits.
    #[must_use]
    pub fn size(&self) -> usize {
        self.rows.iter().map(|run| run.len()).sum::<usize>() + 21 * (self.seen.len() + self.recent.len())
    }

    /// Whether the network's size is to be asked for now, before any page.
    #[must_use]
    pub fn wants_total(&self) -> bool {
        self.input.fields != Fields::Documented && self.network == NetworkTotal::Unasked
    }

    /// The page to ask for now. After the first, one row early.
    #[must_use]
    pub fn request(&self) -> PageRequest {
        if let Some(back) = self.back {
            return PageRequest { start: back.at, count: PAGE_ROWS };
        }
        let overlap = u64::from(self.last.is_some() && self.next > 0);
        let count = match self.input.keyword {
            Some(_) => PAGE_ROWS,
            None => (self.input.count.saturating_sub(self.kept) + overlap).clamp(1, PAGE_ROWS),
        };
        PageRequest { start: self.next - overlap, count }
    }

    /// Takes in the page that answered `asked`.
    pub fn take(&mut self, asked: PageRequest, page: &Page) -> Progress {
        let (walked, dropped) = (self.walked, self.findings.duplicates);
        let progress = self.take_in(asked, page);
        let brought_new = self.walked - walked > self.findings.duplicates - dropped;
        self.idle = if brought_new { 0 } else { self.idle.saturating_add(1) };
        let stuck = self.idle > IDLE_PAGES || self.walked > MOST_WALKED;
        if stuck && progress == Progress::More { Progress::Stuck } else { progress }
    }

    fn take_in(&mut self, asked: PageRequest, page: &Page) -> Progress {
        self.csrf_retried = false;
        self.widest = self.widest.max(page.received);
        if self.last.is_none() || self.next == 0 {
            return self.take_fresh(asked.start, page, 0);
        }
        let Some(place) = self.place_in(&page.rows) else {
            return self.step_back(asked);
        };
        let on_the_row = self.back.take().is_none() && page.rows.get(place).is_some_and(|row| row.index == 0);
        if on_the_row && page.received == 1 {
            return Progress::Finished { at_end: true };
        }
        self.take_fresh(asked.start, page, place + 1)
    }

    /// The row held last, or, should it not be there, the first that is known: what is known after it is dropped as a
    /// duplicate, so nothing between two known rows is lost.
    fn place_in(&self, rows: &[PageRow]) -> Option<usize> {
        let last = self.last.as_deref()?;
        let known = |row: &PageRow| {
            let hash = hash(&row.connection.entity_urn);
            self.recent.contains(&hash) || self.seen.binary_search(&hash).is_ok()
        };
        rows.iter().position(|row| row.connection.entity_urn == last).or_else(|| rows.iter().position(known))
    }

    /// Not found: rows before it were taken away. Ask a page earlier; at the list's head, or after
    /// [`STEPS_BACK`] pages, say so and go on from where the walk stood.
    fn step_back(&mut self, asked: PageRequest) -> Progress {
        let steps = self.back.map_or(0, |back| back.steps);
        if steps >= STEPS_BACK || asked.start == 0 {
            self.findings.list_shifted = true;
            self.back = None;
            self.last = None;
            self.next = self.next.saturating_sub(1);
        } else {
            let page = if self.widest > 1 { self.widest.min(PAGE_ROWS) } else { PAGE_ROWS };
            self.back = Some(Back { steps: steps + 1, at: asked.start.saturating_sub(page - 1) });
        }
        Progress::More
    }

    /// Takes in the rows from number `from` on. Rows that name no member are counted and stepped over.
    fn take_fresh(&mut self, start: u64, page: &Page, from: usize) -> Progress {
        if page.received == 0 {
            return Progress::Finished { at_end: true };
        }
        let fresh = page.rows.get(from..).unwrap_or_default();
        let first = from.checked_sub(1).and_then(|held| page.rows.get(held)).map_or(0, |held| held.index + 1);
        let mut run = String::new();
        let mut taken = 0;
        for row in fresh {
            taken += 1;
            self.next = start + row.index + 1;
            self.last = Some(row.connection.entity_urn.clone());
            self.walked += 1;
            self.consider(row, &mut run);
            if self.kept == self.input.count {
                break;
            }
        }
        if fresh.is_empty() {
            // All that is new names no member, or the list has shifted: the next page will tell.
            self.next = start + page.received;
            self.last = page.rows.last().filter(|row| row.index + 1 == page.received).map(urn_of);
        }
        // Those after the last row taken come again with the next page.
        self.findings.unreadable += self.next.saturating_sub(start + first + taken);
        let held = fresh.iter().take_while(|row| start + row.index < self.next);
        self.recent.extend(held.map(|row| hash(&row.connection.entity_urn)));
        self.recent.drain(..self.recent.len().saturating_sub(RECENT_ROWS));
        if !run.is_empty() {
            self.rows.push(run.into());
        }
        if self.kept == self.input.count { Progress::Finished { at_end: false } } else { Progress::More }
    }

    fn consider(&mut self, row: &PageRow, run: &mut String) {
        if !row.matches {
            // Whom LinkedIn didn't resolve has no name to match; perhaps it would have. A walk that stepped back sees rows anew.
            let is_news = !row.resolved && !self.recent.contains(&hash(&row.connection.entity_urn));
            self.findings.unresolved += u64::from(is_news);
            return;
        }
        let hash = hash(&row.connection.entity_urn);
        match self.seen.binary_search(&hash) {
            Ok(_) => {
                self.findings.duplicates += 1;
                return;
            }
            Err(place) => self.seen.insert(place, hash),
        }
        if self.input.keyword.is_some() && self.passed < self.input.start {
            self.passed += 1;
            return;
        }
        self.kept += 1;
        self.findings.unresolved += u64::from(!row.resolved);
        push_row(run, row);
    }

    /// Where the caller's next page begins.
    #[must_use]
    pub fn cursor(&self, until: i64) -> Cursor {
        Cursor {
            start: self.input.start + self.kept,
            next: self.next,
            last: self.last.clone(),
            recent: self.recent.clone(),
            way: self.way(),
            until,
        }
    }
}

/// Which list a cursor belongs to: whose, in which order, with which keyword. Hashed: it is stored, and the task is over.
#[must_use]
pub fn cursor_key(account: &str, input: &FetchConnections) -> String {
    let sort = input.sort_type.as_deref().unwrap_or_default();
    let keyword = input.keyword.as_deref().unwrap_or_default();
    format!("{:016x}", hash(&format!("{account}\n{sort}\n{keyword}")))
}

fn urn_of(row: &PageRow) -> String {
    row.connection.entity_urn.clone()
}

/// Sixty-four bits of a URN, or a cursor's key. With 30,000 connections the chance of one collision is about 2 in 10^11.
fn hash(text: &str) -> u64 {
    let mut hasher = SipHasher13::new();
    hasher.write(text.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests;
