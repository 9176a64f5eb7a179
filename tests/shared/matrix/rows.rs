//! The rows of the matrix: each family of disturbances, tried wherever it can strike.

use super::cases::Case;
use super::judge::{Verdict, judge};
use super::{Blow, Death, Plan, Run, run};
use crate::fakes::wire::Fate;
use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::panic::{AssertUnwindSafe, catch_unwind};

const SECOND: i64 = 1_000;
const HOUR: i64 = 60 * 60 * SECOND;
const DAY: i64 = 24 * HOUR;
/// How the wall clock jumps.
const JUMPS: [i64; 6] = [HOUR, DAY, 365 * DAY, -HOUR, -DAY, -365 * DAY];
/// Past the time to act, and past the lease (and every timeout).
const LATE: [i64; 2] = [8 * SECOND, 70 * SECOND];
const FATES: [Fate; 7] = [
    Fate::RequestLost,
    Fate::ReplyLost,
    Fate::Doubled,
    Fate::ReplyLate(LATE[0]),
    Fate::ReplyLate(LATE[1]),
    Fate::RequestLate(LATE[0]),
    Fate::RequestLate(LATE[1]),
];

/// A family of disturbances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// The worker dies.
    Worker,
    /// The browser dies.
    Browser,
    /// Power fails, and from one to all of the writes since the offer are lost.
    Power,
    /// The worker or the browser dies and nothing runs for 90 s, past every lease, or for two hours.
    Asleep,
    /// The worker or the browser dies and the wall clock jumps by an hour, a day, a year, both ways.
    DeathAndJump,
    /// The wall clock jumps so, and nothing dies.
    Jump,
    /// A request or a reply is lost, doubled or late.
    Wire,
    /// So, and the worker dies.
    WireAndWorker,
    /// So, and the browser dies.
    WireAndBrowser,
    /// Two deaths of worker and browser, in each order.
    Twice,
    /// Power fails twice, and one or three writes are lost each time.
    PowerTwice,
}

/// All families, and what the table calls them.
pub const FAMILIES: [(Family, &str); 11] = [
    (Family::Worker, "worker dies"),
    (Family::Browser, "browser dies"),
    (Family::Power, "power fails, 1 to all writes lost"),
    (Family::Asleep, "worker or browser dies, asleep 90 s or 2 h"),
    (Family::DeathAndJump, "worker or browser dies, clock ± 1 h, 1 d, 1 y"),
    (Family::Jump, "clock ± 1 h, 1 d, 1 y"),
    (Family::Wire, "call lost, doubled, late"),
    (Family::WireAndWorker, "call lost, doubled, late, and worker dies"),
    (Family::WireAndBrowser, "call lost, doubled, late, and browser dies"),
    (Family::Twice, "worker or browser dies twice"),
    (Family::PowerTwice, "power fails twice, 1 or 3 writes lost"),
];

/// A row of the table.
pub struct Row {
    /// The case's name.
    pub case: &'static str,
    /// The family's.
    pub family: &'static str,
    /// How many runs were disturbed.
    pub runs: u32,
    /// What they came to.
    pub verdicts: BTreeMap<Verdict, u32>,
    /// What must not be.
    pub violations: Vec<String>,
}

impl Row {
    /// How many runs came to that.
    pub fn count(&self, verdict: Verdict) -> u32 {
        self.verdicts.get(&verdict).copied().unwrap_or_default()
    }
}

impl Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named: Vec<String> = self
            .verdicts
            .iter()
            .filter_map(|(verdict, count)| match verdict {
                Verdict::Named(code) => Some(format!("{count} `{code}`")),
                _ => None,
            })
            .collect();
        let [equal, found, unknown] =
            [Verdict::Equal, Verdict::Found, Verdict::Unknown].map(|verdict| self.count(verdict));
        let Self { case, family, runs, .. } = self;
        let (named, violations) = (named.join(", "), self.violations.len());
        write!(f, "| {case} | {family} | {runs} | {equal} | {found} | {unknown} | {named} | {violations} |")
    }
}

/// Tries a family on a case, at every `stride`th position of the second of two disturbances.
pub fn row(case: &'static Case, family: Family, stride: usize) -> Row {
    let whole = run(case, &Plan { notes: true, ..Plan::default() });
    assert!(whole.died.is_empty() && whole.ended.is_some(), "{}: undisturbed", case.name);
    let name = FAMILIES.iter().find(|(of, _)| *of == family).map_or("", |(_, name)| *name);
    let mut row =
        Row { case: case.name, family: name, runs: 0, verdicts: BTreeMap::new(), violations: Vec::new() };
    let mut attempt = |plan: Plan| attempt(case, &whole, &mut row, plan);
    match family {
        Family::Power => {
            for &point in &whole.points {
                let blow =
                    |lost| Plan { blows: vec![Blow::new(point, Death::Power(lost))], ..Plan::default() };
                let most = attempt(blow(1)).map_or(0, |run| run.unsynced);
                (2..=most).for_each(|lost| drop(attempt(blow(lost))));
            }
        }
        Family::Twice => pairs(case, &whole, &[Death::Worker, Death::Browser], stride, &mut attempt),
        Family::PowerTwice => pairs(case, &whole, &[Death::Power(1), Death::Power(3)], stride, &mut attempt),
        Family::WireAndWorker => wire_and(case, &whole, Death::Worker, stride, &mut attempt),
        Family::WireAndBrowser => wire_and(case, &whole, Death::Browser, stride, &mut attempt),
        _ => plans(family, &whole).into_iter().for_each(|plan| drop(attempt(plan))),
    }
    row
}

/// The plans of a family for which counting the undisturbed run is enough.
fn plans(family: Family, whole: &Run) -> Vec<Plan> {
    let all = whole.points.iter().copied();
    let blows = |deaths: &[Death], change: &dyn Fn(Blow) -> Vec<Blow>| -> Vec<Plan> {
        let each = all.clone().flat_map(|point| deaths.iter().map(move |&death| Blow::new(point, death)));
        each.flat_map(change).map(|blow| Plan { blows: vec![blow], ..Plan::default() }).collect()
    };
    let both = [Death::Worker, Death::Browser];
    match family {
        Family::Worker => blows(&both[..1], &|blow| vec![blow]),
        Family::Browser => blows(&both[1..], &|blow| vec![blow]),
        Family::Asleep => {
            blows(&both, &|blow| [90 * SECOND, 2 * HOUR].map(|asleep_ms| Blow { asleep_ms, ..blow }).to_vec())
        }
        Family::DeathAndJump => blows(&both, &|blow| JUMPS.map(|jump_ms| Blow { jump_ms, ..blow }).to_vec()),
        Family::Jump => {
            let each = all.flat_map(|point| JUMPS.map(|by_ms| (point, by_ms)));
            each.map(|jump| Plan { jump: Some(jump), ..Plan::default() }).collect()
        }
        Family::Wire => {
            fates(whole).into_iter().map(|fate| Plan { fate: Some(fate), ..Plan::default() }).collect()
        }
        _ => Vec::new(),
    }
}

fn fates(whole: &Run) -> Vec<(u32, Fate)> {
    whole.calls.iter().flat_map(|&call| FATES.map(|fate| (call, fate))).collect()
}

/// A call goes wrong, and there is a death at a point of what comes of it.
fn wire_and(
    case: &Case,
    whole: &Run,
    death: Death,
    stride: usize,
    attempt: &mut impl FnMut(Plan) -> Option<Run>,
) {
    for (nth, fate) in fates(whole).into_iter().enumerate() {
        let plan = Plan { fate: Some(fate), ..Plan::default() };
        let once = run(case, &Plan { notes: true, ..plan.clone() });
        for &point in once.points.iter().skip(nth % stride).step_by(stride) {
            drop(attempt(Plan { blows: vec![Blow::new(point, death)], ..plan.clone() }));
        }
    }
}

/// Two deaths: the second at the points of the life that follows the first.
fn pairs(
    case: &Case,
    whole: &Run,
    deaths: &[Death],
    stride: usize,
    attempt: &mut impl FnMut(Plan) -> Option<Run>,
) {
    for &point in &whole.points {
        for &death in deaths {
            let first = Blow::new(point, death);
            let once = run(case, &Plan { blows: vec![first], notes: true, ..Plan::default() });
            // Not always the same ones, so that the rows together miss none.
            let offset = usize::try_from(point).unwrap() % stride;
            for &second in once.points.iter().skip(offset).step_by(stride) {
                for &again in deaths {
                    let blows = vec![first, Blow::new(second, again)];
                    drop(attempt(Plan { blows, ..Plan::default() }));
                }
            }
        }
    }
}

/// One run and its verdict. `None` when nothing struck.
fn attempt(case: &Case, whole: &Run, row: &mut Row, plan: Plan) -> Option<Run> {
    let broken = match catch_unwind(AssertUnwindSafe(|| run(case, &plan))) {
        Ok(broken) => broken,
        Err(_) => {
            row.runs += 1;
            row.violations.push(format!("{plan:?}: it panics"));
            return None;
        }
    };
    let struck = broken.died.len() == plan.blows.len()
        && (plan.fate.is_none() || !broken.world.wire.struck().is_empty());
    if !struck {
        return None;
    }
    row.runs += 1;
    match judge(case, &plan, whole, &broken) {
        Ok(verdict) => *row.verdicts.entry(verdict).or_default() += 1,
        Err(wrong) => row.violations.push(format!("{plan:?}, {:?}: {wrong}", broken.died)),
    }
    Some(broken)
}
