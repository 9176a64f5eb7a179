//! The local log: what was done in the person's name, a line for each task for which LinkedIn was asked something.
//!
//! It is the person's own record, so a pairing's end doesn't touch it. A line says when, which task and kind, whom an
//! invitation was for, how it ended and which server had asked; no note, no name, no keyword. Lines are only ever
//! added, in the same write as the outcome they tell of, and leave by age or when there are too many.
//!
//! It is kept in chunks of text that only an export takes apart: a worker that starts reads none of it.

use crate::agent::aside::{Aside, LOG};
use crate::agent::entry::{Ended, Entry};
use crate::agent::slots::Slots;
use crate::agent::state::day_of;
use crate::config::{LOG_BYTES, LOG_CHUNK, LOG_LINES, LOG_MS};
use crate::json;
use serde::Serialize;
use std::rc::Rc;

/// The lines of a chunk by its number: the day and a number within it, so that the order of the numbers is that of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log(Slots<Rc<str>>);

/// A line, as it is exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogLine {
    /// When the task ended.
    pub at_ms: i64,
    /// The task.
    pub task: String,
    /// Its kind.
    pub task_type: String,
    /// The profile URN of an invitation.
    pub target: Option<String>,
    /// `completed`, `failed` or `returned`.
    pub outcome: String,
    /// Why it failed.
    pub code: Option<String>,
    /// Which server asked.
    pub server: String,
}

impl Log {
    /// Adds the line of a task that has just ended so.
    pub fn add(&mut self, entry: &Entry, ended: Ended, server: &str, aside: &Aside, now: i64) {
        self.prune(now);
        let target = entry.stage.profile().map(|profile| format!("urn:li:fsd_profile:{profile}"));
        let (outcome, code) = ended.words();
        // A list, not an object: the names of the members would be most of it.
        let line = json::write(&(now, &entry.task, &entry.task_type, target, outcome, code, server));
        let number = self.number(aside, now);
        let text = match self.0.get(&number) {
            Some(text) => format!("{text}\n{line}"),
            None => line,
        };
        self.0.insert(&number, text.into());
    }

    /// The chunk of that day that takes the next line: none whose record was set aside, and may come back.
    fn number(&self, aside: &Aside, now: i64) -> String {
        let day = day_of(now);
        let last = self.0.iter().rfind(|(number, _)| number.starts_with(&day));
        match last {
            Some((number, text)) if lines(text) < LOG_CHUNK => number.to_owned(),
            last => {
                let taken = last.and_then(|(number, _)| number.get(day.len()..)?.parse::<usize>().ok());
                let free = (taken.map_or(0, |taken| taken + 1)..).map(|serial| format!("{day}{serial:03}"));
                free.into_iter().find(|number| !aside.has(&format!("{LOG}{number}"))).unwrap_or_default()
            }
        }
    }

    /// Forgets what is too old or too much, the oldest first.
    pub fn prune(&mut self, now: i64) {
        let oldest_day = day_of(now - LOG_MS);
        self.0.retain(|number, _| *number >= *oldest_day);
        let sum = |of: fn(&str) -> usize, chunks: &Slots<Rc<str>>| {
            chunks.values().map(|text| of(text)).sum::<usize>()
        };
        while sum(lines, &self.0) >= LOG_LINES || sum(str::len, &self.0) >= LOG_BYTES {
            let Some(oldest) = self.0.iter().next().map(|(number, _)| number.to_owned()) else { return };
            self.0.remove(&oldest);
        }
    }

    /// A stored chunk.
    pub fn insert(&mut self, number: &str, text: &str) {
        self.0.insert(number, text.into());
    }

    /// What is stored, by number.
    #[must_use]
    pub const fn chunks(&self) -> &Slots<Rc<str>> {
        &self.0
    }

    /// Every line, oldest first.
    #[must_use]
    pub fn export(&self) -> Vec<LogLine> {
        self.0.values().flat_map(|text| text.split('\n')).filter_map(read).collect()
    }
}

fn read(line: &str) -> Option<LogLine> {
    let (at_ms, task, task_type, target, outcome, code, server) = json::read(line)?;
    Some(LogLine { at_ms, task, task_type, target, outcome, code, server })
}

fn lines(text: &str) -> usize {
    text.split('\n').count()
}
