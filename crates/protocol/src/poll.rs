//! What an agent says when it asks for work. See [`crate::PollAnswer`] for what it gets.

use crate::{WaitReason, whole};
use serde::{Deserialize, Serialize};

/// What the agent can do right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReadyState {
    /// Takes what `accepts` names.
    Ready,
    /// The person paused it.
    Paused,
    /// Nobody is signed in to LinkedIn.
    SignedOut,
    /// Another member is signed in than the bound one.
    WrongAccount,
    /// A challenge or a block waits for the person.
    Latched,
}

/// `POST /agent/v1/poll`: asks for work and says what is held. Parked for at most `wait_ms`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Poll {
    /// Random, made at pairing. The last instance to pair owns the token.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 128))]
    pub instance: String,
    /// The extension's version.
    pub version: String,
    /// Salted hash of the signed-in member; `null` until one is known.
    pub account: Option<String>,
    /// How long the answer may be held back.
    #[cfg_attr(feature = "schema", schema(maximum = 9_007_199_254_740_991_i64))]
    #[serde(deserialize_with = "whole::needed")]
    pub wait_ms: u64,
    /// What the agent can do.
    pub state: ReadyState,
    /// Task types that may be offered at once.
    pub accepts: Vec<String>,
    /// Task types that may not, why, and for how long.
    #[serde(default)]
    pub waiting: Vec<Waiting>,
    /// Everything in the journal.
    #[serde(default)]
    pub held: Vec<Held>,
    /// How many invitations count now; for an operator's eyes, and no reason to offer anything or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
}

/// How many invitations count now, those sent by hand among them as far as the agent knows of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Usage {
    /// In the last 24 hours.
    pub day: Used,
    /// In the last seven days.
    pub week: Used,
}

/// So many of so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Used {
    /// That count. More than `limit` where the person has lowered it since.
    #[cfg_attr(feature = "schema", schema(maximum = 9_007_199_254_740_991_i64))]
    #[serde(deserialize_with = "whole::needed")]
    pub used: u64,
    /// That the person allows.
    #[cfg_attr(feature = "schema", schema(maximum = 9_007_199_254_740_991_i64))]
    #[serde(deserialize_with = "whole::needed")]
    pub limit: u64,
}

/// A kind of task that waits, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Waiting {
    /// The kind.
    pub task_type: String,
    /// Why.
    pub reason: WaitReason,
    /// For how long; `null` when it waits for a person.
    #[cfg_attr(feature = "schema", schema(maximum = 9_007_199_254_740_991_i64))]
    #[serde(default, deserialize_with = "whole::optional")]
    pub for_ms: Option<u64>,
}

/// A task in the agent's journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Held {
    /// The task's id.
    pub task: String,
    /// The epoch it is held under.
    #[cfg_attr(feature = "schema", schema(maximum = 4_294_967_295_i64))]
    #[serde(deserialize_with = "whole::needed")]
    pub epoch: u32,
    /// How far it is.
    pub phase: HeldPhase,
}

/// How far a held task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HeldPhase {
    /// Accepted; nothing was asked of LinkedIn yet.
    Claimed,
    /// Being carried out.
    Running,
    /// An invitation whose outcome is being looked up.
    Verifying,
    /// Ended; the result was not acknowledged yet.
    Finished,
}
