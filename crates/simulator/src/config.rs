//! Where the simulator listens, and the settings a world is built from. Every setting has its default here and nowhere else.

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::person::FIRST_INSERTED;

/// Far above any real account, low enough that member numbers stay apart.
const MAX_CONNECTIONS: u32 = 1_000_000;

/// Everything [`crate::Simulator::start`] wants to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address of the TLS listener that plays www.linkedin.com; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Address of the plain HTTP control listener; port 0 picks a free one.
    pub control: SocketAddr,
    /// The world to begin with, and to come back to at a reset.
    pub settings: Settings,
}

impl Default for Config {
    fn default() -> Self {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self { listen: any, control: any, settings: Settings::default() }
    }
}

/// The settings of one world. Over the control side they are JSON with these names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Seed of everything invented: ids, names, pictures, orders.
    pub seed: u64,
    /// How many 1st-degree connections the signed-in member has.
    pub connections: u32,
    /// Most rows one page holds, whatever `count` asks for.
    pub page_clamp: u32,
    /// A fixed time in epoch ms that moves only by command; `null` follows the machine's clock.
    pub clock_ms: Option<i64>,
    /// What a Voyager request without a live session gets.
    pub dead_session: DeadSession,
    /// Whether notes may have 200 (free) or 300 (paid) UTF-16 units.
    pub tier: Tier,
    /// Notes allowed in any 30 days.
    pub note_quota: u32,
    /// Invitations allowed in any 7 days.
    pub weekly_limit: u32,
    /// Pending invitations sent before the world began.
    pub older_invitations: u32,
    /// Invitations that may wait at once.
    pub pending_limit: u32,
    /// Connections from which on nobody more can be invited.
    pub connection_limit: u32,
    /// Whether the member's e-mail address or telephone is confirmed: without it nobody can be invited.
    pub handle_confirmed: bool,
    /// Decoration and query ids that the site has dropped, each whole or its end (`ConnectionListWithProfile-16`).
    pub dropped: Vec<String>,
    /// What the list at `relationships/dash/connections` does.
    pub dash_list: Endpoint,
    /// What the list at `relationships/connections` does.
    pub legacy_list: Endpoint,
    /// What the old profile page at `identity/profiles/{id}/profileView` does.
    pub profile_view: Endpoint,
    /// What the old invitation at `growth/normInvitations` does.
    pub norm_invitations: OldInvitation,
    /// Whether GraphQL and a `List(…)` in a query want `x-restli-protocol-version: 2.0.0`.
    pub restli_required: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 1,
            connections: 250,
            page_clamp: 100,
            clock_ms: None,
            dead_session: DeadSession::Unauthorized,
            tier: Tier::Paid,
            note_quota: 1_000_000,
            weekly_limit: 1_000_000,
            older_invitations: 2,
            pending_limit: 1_000_000,
            connection_limit: 1_000_000,
            handle_confirmed: true,
            dropped: Vec::new(),
            dash_list: Endpoint::Served,
            legacy_list: Endpoint::Served,
            profile_view: Endpoint::Gone,
            norm_invitations: OldInvitation::Moved,
            restli_required: false,
        }
    }
}

impl Settings {
    /// Refuses what would make two members share a number, or a page that never ends.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.connections > MAX_CONNECTIONS {
            return Err(Error::Setting("connections must be at most 1000000"));
        }
        if self.page_clamp == 0 {
            return Err(Error::Setting("page_clamp must be at least 1"));
        }
        if self.older_invitations > 10_000 {
            return Err(Error::Setting("older_invitations must be at most 10000"));
        }
        if self.dropped.iter().any(String::is_empty) {
            return Err(Error::Setting("every id in dropped must have a letter"));
        }
        const { assert!(MAX_CONNECTIONS <= FIRST_INSERTED) };
        Ok(())
    }

    /// Longest note in UTF-16 units.
    pub(crate) fn note_units(&self) -> usize {
        match self.tier {
            Tier::Free => 200,
            Tier::Paid => 300,
        }
    }
}

/// How the site treats a request whose session is missing or dead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadSession {
    /// 401 with a JSON body.
    #[default]
    Unauthorized,
    /// 302 to `/uas/login`.
    Login,
    /// 302 to the request's own URL, with a cookie that deletes `li_at`.
    SelfRedirect,
}

/// Whether an endpoint is still there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// It answers.
    #[default]
    Served,
    /// 410.
    Gone,
    /// 404.
    Missing,
}

/// What is left of the invitation endpoint that came before the present one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OldInvitation {
    /// 301 without a place to go to, as in October 2024.
    #[default]
    Moved,
    /// 400, as in September 2026.
    Refused,
    /// It invites, as before October 2024: so that a client of that time can be tried as it is.
    Served,
}

/// What the member pays for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Notes of up to 200 UTF-16 units.
    Free,
    /// Notes of up to 300 UTF-16 units.
    #[default]
    Paid,
}
