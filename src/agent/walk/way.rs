//! By which way a walk reads the list, and which it takes when that one has drifted.

use super::{Cursor, Walk};
use liaison_protocol::{Fallback, FetchConnections, Findings};

/// All ways, the one to try first at the front; `None` is the first.
const WAYS: [Option<Fallback>; 3] = [None, Some(Fallback::OlderDecoration), Some(Fallback::LegacyList)];

/// Which ways were tried: each once in a walk, and once in a look.
pub type Tried = u8;

/// Notes that `way` has drifted. The next one that was not tried and that `fits`, if there is one.
pub fn next_way(
    tried: &mut Tried,
    way: Option<Fallback>,
    fits: impl Fn(Option<Fallback>) -> bool,
) -> Option<Option<Fallback>> {
    let bit = |way: Option<Fallback>| WAYS.iter().position(|other| *other == way).map_or(0, |at| 1 << at);
    *tried |= bit(way);
    WAYS.into_iter().find(|&way| *tried & bit(way) == 0 && fits(way))
}

/// Whether a way gives the list in the order asked for. The legacy list is known to sort by date alone
/// (`docs/VOYAGER.md`, "The list"), and a list in another order would be a wrong answer.
#[must_use]
pub fn sorts(way: Option<Fallback>, input: &FetchConnections) -> bool {
    way != Some(Fallback::LegacyList) || input.sort_type.is_none() || is_by_date(input)
}

/// Whether two ways give the list in one order, so that a place in one is a place in the other. Without a sort order each
/// list may have an order of its own.
fn same_order(one: Option<Fallback>, other: Option<Fallback>, input: &FetchConnections) -> bool {
    let is_legacy = |way| way == Some(Fallback::LegacyList);
    is_legacy(one) == is_legacy(other) || is_by_date(input)
}

fn is_by_date(input: &FetchConnections) -> bool {
    input.sort_type.as_deref() == Some("RECENTLY_ADDED")
}

impl Cursor {
    /// Whether it is a place in the list as `way` gives it.
    pub(super) fn is_of(&self, way: Option<Fallback>, input: &FetchConnections) -> bool {
        same_order(self.way, way, input)
    }
}

impl Walk {
    /// By which way the list is read; `None`: the first.
    #[must_use]
    pub const fn way(&self) -> Option<Fallback> {
        self.findings.fallback
    }

    /// The way has drifted: takes the next one. `false` when all were tried.
    pub fn change_way(&mut self) -> bool {
        let (way, input) = (self.way(), &self.input);
        let Some(next) = next_way(&mut self.tried, way, |way| sorts(way, input)) else { return false };
        if same_order(way, next, input) {
            self.findings.fallback = next;
            return true;
        }
        // What was read is no part of a list in another order. What the caller has from tasks before isn't either.
        let shifted = self.findings.list_shifted || self.input.start > 0;
        let anew = Self::new(self.input.clone(), None, next, 0);
        *self = Self {
            tried: self.tried,
            network: self.network,
            asked: self.asked,
            findings: Findings { list_shifted: shifted, ..anew.findings },
            ..anew
        };
        true
    }
}
