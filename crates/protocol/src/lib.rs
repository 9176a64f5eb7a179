//! The wire contract between callers, the task API server and the agent.
//!
//! Everything here is a value: task inputs and outputs, failures, agent messages, and the two rules that server
//! and agent must apply alike ([`normalise_profile_urn`], [`trim_note`]). No I/O, no clock, nothing but serde.
//! `docs/PROTOCOL.md` is the same contract in prose.

mod agent;
mod code;
mod input;
mod note;
mod options;
mod output;
mod poll;
mod urn;
mod whole;

pub use agent::{
    Complete, CompleteAnswer, CompletionStatus, Directive, DirectiveAction, Effect, Heartbeat,
    HeartbeatAction, HeartbeatAnswer, Mode, Offer, PairAnswer, PairRequest, PollAnswer, Progress, Start,
    StartAnswer, capability, default_act_within_ms, default_lease_ms,
};
pub use code::{ErrorCode, WaitReason};
pub use input::{
    FetchConnections, Fields, InputError, MAX_COUNT, NotAnInteger, SendConnectionRequest, TaskInput,
    TaskType, known_task_types, optional_integer,
};
pub use note::{MAX_NOTE_UTF16, NoteTooLong, trim_note};
pub use options::{DEADLINE_MS, TaskOptions};
pub use output::{
    Connection, Fallback, FetchOutput, Findings, FullConnection, FullFetchOutput, SentOutput, TaskFailure,
};
pub use poll::{Held, HeldPhase, Poll, ReadyState, Usage, Used, Waiting};
pub use urn::{InvalidProfileUrn, PROFILE_URN_PREFIX, ProfileId, normalise_profile_urn};
