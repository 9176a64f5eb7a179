//! What was found out, and how it is told.

use crate::check::{self, Check, Level};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{self, Write};

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The server does what the rule says.
    Met,
    /// It doesn't; the reason.
    Failed(String),
    /// The rule is about something that this server, or this run, doesn't have.
    Skipped(String),
    /// What failed before left no way to try it.
    Untried,
}

/// What came of the checks so far.
#[derive(Default)]
pub struct Findings(HashMap<&'static str, Verdict>);

/// How a level stands.
pub struct LevelReport {
    level: Level,
    /// Whether the run is judged by it.
    asked: bool,
    /// Why nothing of it was tried, if so.
    not_offered: Option<&'static str>,
    checks: Vec<(&'static Check, Verdict)>,
}

/// All of a run.
pub struct Report {
    server: String,
    levels: Vec<LevelReport>,
}

impl Findings {
    /// The server does it, as far as this goes: what failed once stays failed.
    pub fn met(&mut self, check: &Check) {
        self.0.entry(check.id).or_insert(Verdict::Met);
    }

    /// The server doesn't do it. The first reason is kept.
    pub fn failed(&mut self, check: &Check, reason: String) {
        let verdict = self.0.entry(check.id).or_insert(Verdict::Met);
        if !matches!(verdict, Verdict::Failed(_)) {
            *verdict = Verdict::Failed(reason);
        }
    }

    /// It is about something that isn't there.
    pub fn skipped(&mut self, check: &Check, reason: &str) {
        self.0.entry(check.id).or_insert_with(|| Verdict::Skipped(reason.to_owned()));
    }

    /// Whether it failed so far.
    pub fn has_failed(&self, check: &Check) -> bool {
        matches!(self.of(check), Verdict::Failed(_))
    }

    fn of(&self, check: &Check) -> Verdict {
        self.0.get(check.id).cloned().unwrap_or(Verdict::Untried)
    }
}

impl LevelReport {
    /// Of a level that was tried, or of one that the server doesn't say it has.
    pub fn new(level: Level, asked: bool, not_offered: Option<&'static str>, found: &Findings) -> Self {
        let checks = check::all().filter(|check| check.level == level);
        let checks = checks.map(|check| (check, found.of(check))).collect();
        Self { level, asked, not_offered, checks }
    }

    fn is_met(&self) -> bool {
        let good = |verdict: &Verdict| matches!(verdict, Verdict::Met | Verdict::Skipped(_));
        self.not_offered.is_none() && self.checks.iter().all(|(_, verdict)| good(verdict))
    }

    fn summary(&self) -> String {
        let count = |is: fn(&Verdict) -> bool| self.checks.iter().filter(|(_, verdict)| is(verdict)).count();
        let met = count(|verdict| *verdict == Verdict::Met);
        let failed = count(|verdict| matches!(verdict, Verdict::Failed(_)));
        let skipped = count(|verdict| matches!(verdict, Verdict::Skipped(_)));
        let untried = count(|verdict| *verdict == Verdict::Untried);
        match self.not_offered {
            Some(why) => format!("not offered: {why}"),
            None if self.is_met() => format!("MET: {met} checks, {skipped} not for this server"),
            None => format!(
                "NOT MET: {failed} failed, {met} met, {untried} not tried, {skipped} not for this server"
            ),
        }
    }
}

impl Report {
    /// Of a run against `server`.
    pub const fn new(server: String, levels: Vec<LevelReport>) -> Self {
        Self { server, levels }
    }

    /// Whether every level that was asked for is met.
    pub fn is_met(&self) -> bool {
        self.levels.iter().filter(|level| level.asked).all(LevelReport::is_met)
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let levels = self.levels.iter().map(|level| {
            let checks = level.checks.iter().map(|(check, verdict)| {
                let (result, reason) = match verdict {
                    Verdict::Met => ("met", None),
                    Verdict::Failed(reason) => ("failed", Some(reason)),
                    Verdict::Skipped(reason) => ("skipped", Some(reason)),
                    Verdict::Untried => ("untried", None),
                };
                json!({"id": check.id, "title": check.title, "result": result, "reason": reason,
                       "page": check.page, "rule": check.rule})
            });
            json!({"level": level.level.name(), "asked": level.asked, "offered": level.not_offered.is_none(),
                   "met": level.is_met(), "checks": checks.collect::<Vec<_>>()})
        });
        json!({"server": self.server, "met": self.is_met(), "levels": levels.collect::<Vec<_>>()})
    }

    /// For people.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        for level in &self.levels {
            writeln!(out, "{} ({})", level.level.title(), level.level)?;
            if level.not_offered.is_none() {
                for (check, verdict) in &level.checks {
                    write_check(out, check, verdict)?;
                }
            }
            writeln!(out, "  {}\n", level.summary())?;
        }
        let asked: Vec<&str> =
            self.levels.iter().filter(|level| level.asked).map(|level| level.level.name()).collect();
        let met = if self.is_met() { "meets" } else { "does NOT meet" };
        writeln!(out, "{} {met} what was asked: {}", self.server, asked.join(", "))
    }
}

fn write_check(out: &mut impl Write, check: &Check, verdict: &Verdict) -> io::Result<()> {
    let mark = match verdict {
        Verdict::Met => "ok",
        Verdict::Failed(_) => "FAIL",
        Verdict::Skipped(_) => "skip",
        Verdict::Untried => "-",
    };
    writeln!(out, "  {mark:<4}  {:<26} {}", check.id, check.title)?;
    match verdict {
        Verdict::Failed(reason) => {
            writeln!(out, "        {reason}")?;
            writeln!(out, "        {}: {}", check.page, check.rule)
        }
        Verdict::Skipped(reason) => writeln!(out, "        {reason}"),
        Verdict::Met | Verdict::Untried => Ok(()),
    }
}

/// Every check and what it rests on: as JSON, or as the Markdown with which `docs/CONFORMANCE.md` ends.
pub fn write_list(out: &mut impl Write, json: bool) -> io::Result<()> {
    if json {
        let list = check::all().map(|check| {
            json!({"id": check.id, "level": check.level.name(), "title": check.title, "page": check.page,
                   "rule": check.rule})
        });
        return writeln!(out, "{}", Value::from_iter(list));
    }
    for level in Level::ALL {
        writeln!(out, "\n### `{level}`: {}\n", level.title())?;
        writeln!(out, "| check | the server does this | because the page says |\n|---|---|---|")?;
        for check in check::all().filter(|check| check.level == level) {
            // A bar would end the cell.
            let rule = check.rule.replace('|', "\\|");
            let page = check.page.rsplit('/').next().unwrap_or(check.page);
            writeln!(out, "| `{}` | {} | {page}: {rule} |", check.id, check.title)?;
        }
    }
    Ok(())
}
