//! The edge policy as pages are told of it: the settings in force, what was used of them, and what waits for the person.

use crate::agent::readiness;
use crate::agent::state::State;
use crate::config::{
    INVITE_GAP_BOUNDS_MS, INVITES_PER_DAY_CEILING, INVITES_PER_WEEK_CEILING, READ_GAP_BOUNDS_MS,
};
use serde::Serialize;

/// What no setting passes: the most invitations, the least gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Ceilings {
    /// In a rolling day.
    pub invites_per_day: i64,
    /// In rolling seven days.
    pub invites_per_week: i64,
    /// Between two reads.
    pub read_gap_ms: i64,
    /// Between two invitations.
    pub invite_gap_ms: i64,
}

/// See [`Ceilings`].
pub const CEILINGS: Ceilings = Ceilings {
    invites_per_day: INVITES_PER_DAY_CEILING,
    invites_per_week: INVITES_PER_WEEK_CEILING,
    read_gap_ms: READ_GAP_BOUNDS_MS.0,
    invite_gap_ms: INVITE_GAP_BOUNDS_MS.0,
};

/// How many invitations count now, and how many may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// In the last 24 hours.
    pub day: usize,
    /// Of so many.
    pub day_limit: usize,
    /// In the last seven days.
    pub week: usize,
    /// Of so many.
    pub week_limit: usize,
    /// `known`: those sent by hand are counted, as far as LinkedIn's list told when it was last read. `unknown`: it was not
    /// read yet, or can't be understood, and the agent's own are counted alone.
    pub by_hand: &'static str,
}

/// An invitation that waits for the person's word, or has it and waits still.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Approval {
    /// The task.
    pub task: String,
    /// Whom to invite.
    pub profile_urn: String,
    /// With which note: shown to the person whose note it is, and nobody else.
    pub note: Option<String>,
    /// Since when.
    pub asked_at_ms: i64,
    /// Whether they have given it: then it waits for what hinders it, and can still be called off.
    pub approved: bool,
}

impl std::fmt::Debug for Approval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Approval").field("task", &self.task).finish_non_exhaustive()
    }
}

/// See [`Usage`].
#[must_use]
pub fn usage(state: &State, now: i64) -> Usage {
    let (day, week) = state.ledger.counts(now);
    let limits = state.settings.limits();
    let by_hand = if state.ledger.is_told() { "known" } else { "unknown" };
    Usage { day, day_limit: limits.per_day, week, week_limit: limits.per_week, by_hand }
}

pub(super) fn approvals(state: &State) -> Vec<Approval> {
    readiness::asked(state)
        .filter(|(entry, _, _)| !entry.cancelled)
        .map(|(entry, input, approved)| Approval {
            task: entry.task.clone(),
            profile_urn: input.profile.urn(),
            note: input.note.clone(),
            asked_at_ms: entry.shown_at(),
            approved,
        })
        .collect()
}
