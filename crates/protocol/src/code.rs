//! Why a task failed or waits: one code for the program, one sentence and one remedy for the person.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! wire_names {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $text)] $variant,)+ }

        impl $name {
            /// Every value, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The value of a name on the wire.
            #[must_use]
            pub fn from_wire(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == name)
            }
        }

        // By hand, since the derive doesn't see names that come out of a macro.
        #[cfg(feature = "schema")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                let words = utoipa::openapi::ObjectBuilder::new().schema_type(utoipa::openapi::schema::Type::String);
                words.enum_values(Some([$($text,)+])).into()
            }
        }

        #[cfg(feature = "schema")]
        impl utoipa::ToSchema for $name {}

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }
    };
}

wire_names! {
    /// Why a task ended `failed`. `docs/PROTOCOL.md` says what each comes from and what happens next.
    ErrorCode {
        /// Nobody is signed in to LinkedIn in this browser.
        SignedOut = "signed_out",
        /// Another member than the bound one is signed in.
        WrongAccount = "wrong_account",
        /// LinkedIn shows a checkpoint; only the person can pass it.
        Challenge = "challenge",
        /// LinkedIn answered 999 and wants no more requests for now.
        Blocked = "blocked",
        /// LinkedIn asks to slow down.
        Throttled = "throttled",
        /// LinkedIn did not take the CSRF token.
        Csrf = "csrf",
        /// The weekly limit on invitations.
        InvitationLimit = "invitation_limit",
        /// The quota of personal notes; invitations without one still go.
        NoteLimit = "note_limit",
        /// This person was invited already, or the invitation was withdrawn less than three weeks ago.
        CannotResendYet = "cannot_resend_yet",
        /// The account has too many invitations outstanding or is restricted.
        AccountRestricted = "account_restricted",
        /// The sender's e-mail address or phone number is not confirmed.
        SenderUnconfirmed = "sender_unconfirmed",
        /// The account has as many connections as LinkedIn allows.
        ConnectionCap = "connection_cap",
        /// This member can't be invited.
        ProfileUnavailable = "profile_unavailable",
        /// LinkedIn refused for a reason of its own.
        Refused = "refused",
        /// LinkedIn's answer no longer has the shape we know.
        Drift = "drift",
        /// Whether the invitation went out is not known. It is never sent again.
        OutcomeUnknown = "outcome_unknown",
        /// The task's input can't be carried out.
        InvalidInput = "invalid_input",
        /// The agent doesn't know this task type.
        UnsupportedTask = "unsupported_task",
        /// The caller or the person cancelled.
        Cancelled = "cancelled",
        /// The deadline passed before the task could start or end.
        Expired = "expired",
        /// LinkedIn could not be reached.
        Network = "network",
        /// LinkedIn had an error of its own.
        Upstream = "upstream",
    }
}

wire_names! {
    /// Why a task waits. All of them.
    WaitReason {
        /// No agent is asking for work.
        AgentOffline = "agent_offline",
        /// Nobody is signed in to LinkedIn in the agent's browser.
        SignedOut = "signed_out",
        /// Another member is signed in.
        WrongAccount = "wrong_account",
        /// The person paused the agent.
        Paused = "paused",
        /// The person switched this kind of task off.
        KindOff = "kind_off",
        /// Outside the person's working hours.
        WorkingHours = "working_hours",
        /// The gap between two calls.
        Pacing = "pacing",
        /// The person's limit for 24 hours.
        DailyLimit = "daily_limit",
        /// The person's limit for seven days.
        WeeklyLimit = "weekly_limit",
        /// The person is being asked.
        Approval = "approval",
        /// LinkedIn asked to slow down.
        Throttled = "throttled",
        /// A checkpoint waits for the person.
        Challenge = "challenge",
        /// LinkedIn blocked requests.
        Blocked = "blocked",
        /// LinkedIn's weekly invitation limit.
        InvitationLimit = "invitation_limit",
        /// LinkedIn's quota of notes.
        NoteLimit = "note_limit",
        /// LinkedIn stopped invitations from this account until the person acts.
        AccountStopped = "account_stopped",
        /// The browser's storage refused a write.
        Storage = "storage",
    }
}

impl ErrorCode {
    /// What happened, for a person.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::SignedOut => "Nobody is signed in to LinkedIn in the agent's browser",
            Self::WrongAccount => "Another LinkedIn member is signed in than the one this agent is bound to",
            Self::Challenge => "LinkedIn asks for a security check",
            Self::Blocked => "LinkedIn refused the request and wants no more for now (999)",
            Self::Throttled => "LinkedIn asked to slow down",
            Self::Csrf => "LinkedIn did not take the session's CSRF token",
            Self::InvitationLimit => "LinkedIn's invitation limit is reached",
            Self::NoteLimit => "LinkedIn's limit on personal notes is reached",
            Self::CannotResendYet => {
                "This person was already invited, or the invitation was withdrawn recently"
            }
            Self::AccountRestricted => "LinkedIn has restricted invitations from this account",
            Self::SenderUnconfirmed => "The account's e-mail address or phone number is not confirmed",
            Self::ConnectionCap => "The account has reached LinkedIn's limit on connections",
            Self::ProfileUnavailable => "LinkedIn doesn't let this person be invited",
            Self::Refused => "LinkedIn refused the request",
            Self::Drift => "LinkedIn's answer has a shape this version doesn't know",
            Self::OutcomeUnknown => {
                "It is not known whether the invitation was sent; it will not be sent again"
            }
            Self::InvalidInput => "The task's input can't be carried out",
            Self::UnsupportedTask => "This agent doesn't know this type of task",
            Self::Cancelled => "The task was cancelled",
            Self::Expired => "The task's deadline passed",
            Self::Network => "LinkedIn could not be reached",
            Self::Upstream => "LinkedIn had an error of its own",
        }
    }

    /// What to do about it, for a person.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::SignedOut => "Sign in at https://www.linkedin.com in that browser",
            Self::WrongAccount => "Sign in as the bound member, or forget the pairing and pair again",
            Self::Challenge => {
                "Open LinkedIn in that browser, pass the check, and clear the stop in the popup"
            }
            Self::Blocked => {
                "Use LinkedIn by hand for a while; clear the stop in the popup after an hour or more"
            }
            Self::Throttled => "Wait until the time given and create the task again",
            Self::Csrf => "Reload LinkedIn in that browser and create the task again",
            Self::InvitationLimit => "Wait for the limit to reset: a day at least, usually within a week",
            Self::NoteLimit => "Send the invitation without a note, or wait for the quota to reset",
            Self::CannotResendYet => "Look at the person's profile; after a withdrawal wait three weeks",
            Self::AccountRestricted => {
                "Withdraw old invitations on LinkedIn, then clear the stop in the popup"
            }
            Self::SenderUnconfirmed => "Confirm the address on LinkedIn, then clear the stop in the popup",
            Self::ConnectionCap => "Remove connections on LinkedIn, then clear the stop in the popup",
            Self::ProfileUnavailable => {
                "Check the profile URN; this person may be out of reach for this account"
            }
            Self::Refused => "Open LinkedIn and try by hand to see the reason",
            Self::Drift => "Update the extension; if it is current, report the finding",
            Self::OutcomeUnknown => "Look at the sent invitations on LinkedIn before creating another task",
            Self::InvalidInput => "Correct the input and create the task again",
            Self::UnsupportedTask => "Update the extension, or don't send this type of task",
            Self::Cancelled => "Nothing; create the task again if it is still wanted",
            Self::Expired => "Create the task again when the agent is online",
            Self::Network => "Check the browser's connection and create the task again",
            Self::Upstream => "Create the task again later",
        }
    }

    /// Whether the same task may be created again with a hope of success and no risk of doing something twice.
    #[must_use]
    pub const fn retryable(self) -> bool {
        matches!(
            self,
            Self::SignedOut
                | Self::WrongAccount
                | Self::Challenge
                | Self::Blocked
                | Self::Throttled
                | Self::Csrf
                | Self::InvitationLimit
                | Self::NoteLimit
                | Self::Expired
                | Self::Network
                | Self::Upstream
        )
    }
}
