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
use serde::Serialize;
use std::rc::Rc;

/// Before a profile's id.
const PROFILE: &str = "urn:li:fsd_profile:";

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
    /// `completed`, `failed`, `returned` or `closed`.
    pub outcome: String,
    /// Why it failed.
    pub code: Option<String>,
    /// Which server asked.
    pub server: String,
}

/// Which lines the log holds: whoever has read it and sees another one reads it again. It is made of the lines, so it
/// outlives the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LogRevision {
    /// When the newest line was added.
    pub newest_at_ms: Option<i64>,
    /// How much text there is.
    pub bytes: usize,
}

impl Log {
    /// Adds the line of a task that has just ended so.
    pub fn add(&mut self, entry: &Entry, ended: Ended, server: &str, aside: &Aside, now: i64) {
        self.prune(now);
        let target = entry.stage.profile().map_or_else(String::new, |profile| format!("{PROFILE}{profile}"));
        let (outcome, code) = ended.words();
        // None of them can hold a tab: ids and kinds are checked, and so is what a person types for an address.
        let (task, kind, code) = (&entry.task, &entry.task_type, code.unwrap_or_default());
        let line = format!("{now}\t{task}\t{kind}\t{target}\t{outcome}\t{code}\t{server}");
        let number = self.number(aside, now);
        let text = match self.0.get(&number) {
            Some(text) => format!("{text}\n{line}"),
            None => line,
        };
        self.0.insert(&number, text.into());
    }

    /// Whether a line says that a task of this name ended so.
    #[must_use]
    pub fn has(&self, task: &str, ended: Ended) -> bool {
        let (outcome, code) = ended.words();
        let says =
            |line: LogLine| line.task == task && line.outcome == outcome && line.code.as_deref() == code;
        self.0.values().flat_map(|text| text.split('\n')).filter_map(read).any(says)
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
    fn prune(&mut self, now: i64) {
        // Counted back from the line before this one: a clock that was set forth must not erase all at once.
        let newest = self.newest().map_or(now, |at| at.min(now));
        let oldest_day = day_of(newest.saturating_sub(LOG_MS));
        self.0.retain(|number, _| *number >= *oldest_day);
        let sum = |of: fn(&str) -> usize, chunks: &Slots<Rc<str>>| {
            chunks.values().map(|text| of(text)).sum::<usize>()
        };
        while sum(lines, &self.0) >= LOG_LINES || sum(str::len, &self.0) >= LOG_BYTES {
            let Some(oldest) = self.0.iter().next().map(|(number, _)| number.to_owned()) else { return };
            self.0.remove(&oldest);
        }
    }

    /// When the last line was added.
    fn newest(&self) -> Option<i64> {
        let last = self.0.values().next_back().and_then(|text| text.rsplit('\n').next()).and_then(read);
        last.map(|line| line.at_ms)
    }

    /// See [`LogRevision`]. It is asked for in every step, so no line but the last is looked at.
    #[must_use]
    pub fn revision(&self) -> LogRevision {
        LogRevision { newest_at_ms: self.newest(), bytes: self.0.values().map(|text| text.len()).sum() }
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
    let mut fields = line.split('\t').map(str::to_owned);
    let mut next = || fields.next();
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    Some(LogLine {
        at_ms: next()?.parse().ok()?,
        task: next()?,
        task_type: next()?,
        target: some(next()?),
        outcome: next()?,
        code: some(next()?),
        server: next()?,
    })
}

fn lines(text: &str) -> usize {
    text.split('\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::entry::{Stage, Verification};
    use crate::config::DAY_MS;

    fn entry(task: &str) -> Entry {
        let (profile, task_type) = ("ACoAABCDEF123".to_owned(), "agent_send_connection_request".to_owned());
        let search = Verification {
            profile,
            sent_at: 0,
            clock_ahead: None,
            counted_from: 0,
            looks: 0,
            refused_with: None,
            on_request: false,
            gives_back: false,
        };
        Entry {
            task: task.to_owned(),
            task_type,
            epoch: 1,
            token: String::new(),
            accepted_at: 0,
            session: String::new(),
            cancelled: false,
            touched: true,
            workers_ended: 0,
            asked_at: None,
            noted: false,
            whom: None,
            disowned: false,
            stage: Stage::Verifying(search),
        }
    }

    fn add(log: &mut Log, task: &str, now: i64) {
        log.add(&entry(task), Ended::Completed, "https://tasks.example", &Aside::default(), now);
    }

    fn size(log: &Log) -> usize {
        log.chunks().values().map(|text| text.len()).sum()
    }

    #[test]
    fn it_holds_ten_thousand_lines_and_loses_the_oldest() {
        let mut log = Log::default();
        for n in 0..10_500_i64 {
            add(&mut log, &format!("t-{n}"), n * 600_000);
        }
        let lines = log.export();
        assert!((9_800..=LOG_LINES).contains(&lines.len()), "{}", lines.len());
        assert_eq!(lines.last().map(|line| line.task.as_str()), Some("t-10499"));
        assert!(
            lines.windows(2).all(|two| two[0].at_ms < two[1].at_ms),
            "in order, and none is missing in between"
        );
        assert_eq!(lines.len(), 10_500 - lines[0].task.replace("t-", "").parse::<usize>().unwrap());
    }

    #[test]
    fn long_names_make_it_no_larger() {
        let mut log = Log::default();
        for n in 0..12_000_i64 {
            add(&mut log, &format!("{}{n}", "t".repeat(120)), n * 1_000);
        }
        assert!((LOG_BYTES * 9 / 10..LOG_BYTES + 50_000).contains(&size(&log)), "{}", size(&log));
        assert!(log.export().len() > 7_000);
    }

    #[test]
    fn ninety_days_are_kept_and_a_full_day_has_many_chunks() {
        let mut log = Log::default();
        for n in 0..600_i64 {
            add(&mut log, &format!("t-{n}"), n);
        }
        assert_eq!(log.chunks().len(), 5);
        add(&mut log, "later", 90 * DAY_MS);
        assert_eq!(log.export().len(), 601);
        add(&mut log, "much later", 91 * DAY_MS);
        assert_eq!(log.export().len(), 602, "counted back from the line before");
        add(&mut log, "and again", 91 * DAY_MS);
        assert_eq!(log.export().len(), 3);
    }

    #[test]
    fn a_chunk_that_may_come_back_is_not_written_over() {
        let mut aside = Aside::default();
        for number in ["00000000000", "00000000001"] {
            aside.add(&format!("log:{number}"));
        }
        let mut log = Log::default();
        log.add(&entry("t-1"), Ended::Returned, "https://tasks.example", &aside, 5);
        assert_eq!(log.chunks().iter().map(|(number, _)| number).collect::<Vec<_>>(), ["00000000002"]);
    }
}
