//! Invitations and what stands between the signed-in member and everyone else.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::config::Settings;
use crate::member;
use crate::network::Network;
use crate::person::NEWEST_CONNECTION_MS;

const DAY_MS: i64 = 86_400_000;
/// After a withdrawal the same person can be invited again in about three weeks.
const RESEND_AFTER_MS: i64 = 21 * DAY_MS;
const NOTE_WINDOW_MS: i64 = 30 * DAY_MS;
const WEEK_MS: i64 = 7 * DAY_MS;
/// Invitation ids have nineteen digits.
const FIRST_INVITATION: u64 = 7_500_000_000_000_000_001;

/// A member's standing, as the control side sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MemberState {
    /// Can be invited.
    None,
    /// An invitation waits.
    Pending,
    /// A 1st-degree connection.
    Connected,
    /// An invitation was taken back.
    Withdrawn,
    /// The profile cannot be reached by this member.
    #[serde(alias = "blocked")]
    Inaccessible,
    /// Can be invited only by those who know the e-mail address.
    EmailRequired,
}

/// One invitation that took effect.
#[derive(Clone, Debug)]
pub(crate) struct Invitation {
    pub(crate) id: u64,
    pub(crate) profile_id: String,
    pub(crate) note: Option<String>,
    pub(crate) sent_ms: i64,
    /// Whether a request made it, rather than the seed or the control side.
    pub(crate) requested: bool,
}

/// A refusal in LinkedIn's words: HTTP status, and a code or a message if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: Option<&'static str>,
    pub(crate) message: Option<&'static str>,
}

impl Refusal {
    /// An endpoint that was taken away.
    pub(crate) const GONE: Self = Self { status: 410, code: None, message: Some("This endpoint is gone") };

    /// An endpoint that went elsewhere, without saying where.
    pub(crate) const MOVED: Self = Self { status: 301, code: None, message: Some("Resource moved") };

    pub(crate) const fn plain(status: u16) -> Self {
        Self { status, code: None, message: None }
    }

    const fn coded(status: u16, code: &'static str) -> Self {
        Self { status, code: Some(code), message: None }
    }
}

const CANT_RESEND_YET: Refusal = Refusal::coded(400, "CANT_RESEND_YET");
const NOTE_LIMIT: Refusal = Refusal::coded(429, "CUSTOM_INVITE_LIMIT_REACHED");
const WEEKLY_LIMIT: Refusal = Refusal::coded(429, "FUSE_LIMIT_EXCEEDED");
const TOO_MANY_PENDING: Refusal = Refusal::coded(400, "MAX_INVITATION_SENT");
const UNCONFIRMED: Refusal = Refusal::coded(400, "PRIMARY_HANDLE_NOT_CONFIRMED");
const TOO_MANY_CONNECTIONS: Refusal = Refusal::coded(400, "CANT_INVITE_CONNECTION_LIMIT_REACHED");
/// No code for it was ever seen.
const EMAIL_REQUIRED: Refusal = Refusal::plain(422);
pub(crate) const INACCESSIBLE: Refusal =
    Refusal { status: 403, code: None, message: Some("This profile can't be accessed") };

/// Standing per member, and every invitation of this world.
#[derive(Debug)]
pub(crate) struct Relations {
    standing: HashMap<String, (MemberState, i64)>,
    invitations: Vec<Invitation>,
}

impl Relations {
    /// A world begins with some older invitations, one a day, so that a list of sent ones is not empty.
    pub(crate) fn new(settings: &Settings, now_ms: i64) -> Self {
        let mut relations = Self { standing: HashMap::new(), invitations: Vec::new() };
        // Counted from a constant moment, so that two worlds of one seed are alike whatever the day.
        let last_ms = now_ms.min(NEWEST_CONNECTION_MS);
        for k in (0..settings.older_invitations).rev() {
            let id = member::mint(settings.seed, member::stranger_number(k));
            relations.record(id, None, last_ms - i64::from(k + 1) * DAY_MS, false);
        }
        relations
    }

    /// Sends an invitation, or says why not. Self-invitations are the caller's to refuse.
    pub(crate) fn invite(
        &mut self,
        settings: &Settings,
        network: &Network,
        profile_id: &str,
        note: Option<String>,
        now_ms: i64,
    ) -> Result<Invitation, Refusal> {
        if note.as_ref().is_some_and(|note| note.encode_utf16().count() > settings.note_units()) {
            return Err(Refusal::plain(400));
        }
        match self.state(network, profile_id, now_ms) {
            MemberState::None => {}
            MemberState::Inaccessible => return Err(INACCESSIBLE),
            MemberState::EmailRequired => return Err(EMAIL_REQUIRED),
            MemberState::Pending | MemberState::Connected | MemberState::Withdrawn => {
                return Err(CANT_RESEND_YET);
            }
        }
        if !settings.handle_confirmed {
            return Err(UNCONFIRMED);
        }
        if network.len() >= settings.connection_limit as usize {
            return Err(TOO_MANY_CONNECTIONS);
        }
        if self.pending().len() >= settings.pending_limit as usize {
            return Err(TOO_MANY_PENDING);
        }
        if self.requested_since(now_ms - WEEK_MS, |_| true) >= settings.weekly_limit as usize {
            return Err(WEEKLY_LIMIT);
        }
        let notes = self.requested_since(now_ms - NOTE_WINDOW_MS, |sent| sent.note.is_some());
        if note.is_some() && notes >= settings.note_quota as usize {
            return Err(NOTE_LIMIT);
        }
        Ok(self.record(profile_id.to_owned(), note, now_ms, true))
    }

    /// Puts a member into a state, with the invitation that a pending one implies.
    pub(crate) fn set(&mut self, profile_id: &str, state: MemberState, now_ms: i64) {
        let waits = self.standing.get(profile_id).is_some_and(|(state, _)| *state == MemberState::Pending);
        if state == MemberState::Pending && !waits {
            self.record(profile_id.to_owned(), None, now_ms, false);
        } else {
            self.standing.insert(profile_id.to_owned(), (state, now_ms));
        }
    }

    /// Invitations still waiting, newest first.
    pub(crate) fn pending(&self) -> Vec<&Invitation> {
        let waiting = |sent: &&Invitation| {
            self.standing.get(&sent.profile_id).is_some_and(|(state, _)| *state == MemberState::Pending)
        };
        let mut named = HashSet::new();
        let newest = self.invitations.iter().rev().filter(waiting);
        let mut seen: Vec<&Invitation> =
            newest.filter(|sent| named.insert(sent.profile_id.as_str())).collect();
        seen.sort_by_key(|sent| std::cmp::Reverse((sent.sent_ms, sent.id)));
        seen
    }

    /// Invitations that requests made, in the order they took effect.
    pub(crate) fn requested(&self) -> impl Iterator<Item = &Invitation> {
        self.invitations.iter().filter(|sent| sent.requested)
    }

    /// The invitation that waits for this member's answer.
    pub(crate) fn waiting(&self, profile_id: &str) -> Option<&Invitation> {
        let pending = self.standing.get(profile_id)?.0 == MemberState::Pending;
        self.invitations.iter().rev().find(|sent| pending && sent.profile_id == profile_id)
    }

    /// What stands between the signed-in member and this one.
    pub(crate) fn state(&self, network: &Network, profile_id: &str, now_ms: i64) -> MemberState {
        match self.standing.get(profile_id) {
            Some((MemberState::Withdrawn, since)) if now_ms - since >= RESEND_AFTER_MS => MemberState::None,
            Some((state, _)) => *state,
            None if network.contains(profile_id) => MemberState::Connected,
            None => MemberState::None,
        }
    }

    fn requested_since(&self, since_ms: i64, counts: impl Fn(&Invitation) -> bool) -> usize {
        self.requested().filter(|sent| sent.sent_ms > since_ms && counts(sent)).count()
    }

    fn record(
        &mut self,
        profile_id: String,
        note: Option<String>,
        sent_ms: i64,
        requested: bool,
    ) -> Invitation {
        let id = FIRST_INVITATION + self.invitations.len() as u64;
        self.standing.insert(profile_id.clone(), (MemberState::Pending, sent_ms));
        let sent = Invitation { id, profile_id, note, sent_ms, requested };
        self.invitations.push(sent.clone());
        sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRANGER: &str = "ACoAABCDEF123";

    fn invite(
        relations: &mut Relations,
        settings: &Settings,
        id: &str,
        note: Option<&str>,
        now: i64,
    ) -> Result<u64, Refusal> {
        let network = Network::new(settings.seed, 10);
        relations.invite(settings, &network, id, note.map(str::to_owned), now).map(|sent| sent.id)
    }

    #[test]
    fn a_withdrawn_member_can_be_invited_after_three_weeks() {
        let settings = Settings::default();
        let mut relations = Relations::new(&settings, 0);
        relations.set(STRANGER, MemberState::Withdrawn, 0);
        let early = invite(&mut relations, &settings, STRANGER, None, RESEND_AFTER_MS - 1);
        assert_eq!(early, Err(CANT_RESEND_YET));
        assert!(invite(&mut relations, &settings, STRANGER, None, RESEND_AFTER_MS).is_ok());
        assert_eq!(invite(&mut relations, &settings, STRANGER, None, RESEND_AFTER_MS), Err(CANT_RESEND_YET));
    }

    #[test]
    fn the_note_quota_leaves_plain_invitations_alone() {
        let settings = Settings { note_quota: 1, weekly_limit: 3, ..Settings::default() };
        let mut relations = Relations::new(&settings, 0);
        assert!(invite(&mut relations, &settings, "ACoAA00001", Some("hello"), 1).is_ok());
        assert_eq!(invite(&mut relations, &settings, "ACoAA00002", Some("hello"), 2), Err(NOTE_LIMIT));
        assert!(invite(&mut relations, &settings, "ACoAA00002", None, 3).is_ok());
        assert!(invite(&mut relations, &settings, "ACoAA00003", None, 4).is_ok());
        assert_eq!(invite(&mut relations, &settings, "ACoAA00004", None, 5), Err(WEEKLY_LIMIT));
        assert!(invite(&mut relations, &settings, "ACoAA00004", None, 5 + WEEK_MS).is_ok());
    }

    #[test]
    fn notes_are_measured_in_utf16_units() {
        let settings = Settings { tier: crate::config::Tier::Free, ..Settings::default() };
        let mut relations = Relations::new(&settings, 0);
        let rockets = "🚀".repeat(100);
        assert!(invite(&mut relations, &settings, "ACoAA00001", Some(&rockets), 1).is_ok());
        let over = format!("{rockets}!");
        assert_eq!(invite(&mut relations, &settings, "ACoAA00002", Some(&over), 1), Err(Refusal::plain(400)));
    }

    #[test]
    fn only_waiting_invitations_are_listed_newest_first() {
        let settings = Settings::default();
        let mut relations = Relations::new(&settings, 10 * DAY_MS);
        let newest = invite(&mut relations, &settings, STRANGER, None, 10 * DAY_MS);
        assert_eq!(relations.pending().len(), 3);
        assert_eq!(relations.pending().first().map(|sent| sent.id), newest.ok());
        relations.set(STRANGER, MemberState::Connected, 10 * DAY_MS);
        assert_eq!(relations.pending().len(), 2);
        assert_eq!(relations.requested().count(), 1);
    }
}
