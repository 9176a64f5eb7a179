//! Where a task is, in the words of the database and of the documented answers.

/// Where a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Waits to be offered.
    Queued,
    /// An invitation in an agent's hands that was not started.
    Offered,
    /// A read that was offered; an invitation that may have been sent.
    Started,
    /// An invitation of which the agent was asked to find out whether it went out.
    Verifying,
    /// Ended well.
    Completed,
    /// Ended with a failure.
    Failed,
}

impl State {
    /// As it stands in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Offered => "offered",
            Self::Started => "started",
            Self::Verifying => "verifying",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// The documented `status`.
    #[must_use]
    pub const fn public(self) -> &'static str {
        match self {
            Self::Queued | Self::Offered => "pending",
            Self::Started | Self::Verifying => "processing",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// A finished task never changes.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }
}

/// No version of this server writes such a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an unknown state of a task")]
pub struct UnknownState;

impl TryFrom<String> for State {
    type Error = UnknownState;

    fn try_from(name: String) -> Result<Self, UnknownState> {
        let all =
            [Self::Queued, Self::Offered, Self::Started, Self::Verifying, Self::Completed, Self::Failed];
        all.into_iter().find(|state| state.as_str() == name).ok_or(UnknownState)
    }
}
