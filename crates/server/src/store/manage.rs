//! What all lists of an operator have in common, and what can go wrong with their entries.

use super::StoreError;
use serde::Serialize;
use std::fmt;

/// What an operator names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A team.
    Team,
    /// A member of the team.
    Member,
    /// An API key of the team.
    Key,
    /// A paired browser of the team.
    Agent,
    /// A key of the admin API.
    AdminKey,
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Team => "team",
            Self::Member => "member of this team",
            Self::Key => "API key of this team",
            Self::Agent => "agent of this team",
            Self::AdminKey => "admin key",
        })
    }
}

impl Thing {
    /// An error unless a row was found.
    pub(super) const fn must_be(self, rows: u64) -> Result<(), ManageError> {
        if rows == 0 { Err(ManageError::Unknown(self)) } else { Ok(()) }
    }
}

/// Why something was not done for an operator.
#[derive(Debug, thiserror::Error)]
pub enum ManageError {
    /// There is none of this id: never was, or it was removed, or it is another team's.
    #[error("there is no such {0}")]
    Unknown(Thing),
    /// The cursor was not given out with this list.
    #[error("the cursor is not one of this list")]
    Cursor,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ManageError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The `next_cursor` of the part before.
    pub cursor: Option<&'a str>,
    /// At most so many entries.
    pub limit: u32,
}

impl Page<'static> {
    /// The whole list.
    pub const ALL: Self = Self { cursor: None, limit: u32::MAX };
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Listed<T> {
    /// The entries.
    #[serde(rename = "data")]
    pub entries: Vec<T>,
    /// Where the next part begins; `None` at the end.
    pub next_cursor: Option<String>,
}

impl Page<'_> {
    /// One row more than is answered, to know whether there is more.
    pub(super) fn rows(self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// Refuses a cursor that isn't known.
    pub(super) const fn check(self, known: bool) -> Result<(), ManageError> {
        if known { Ok(()) } else { Err(ManageError::Cursor) }
    }

    /// The page without that row. The cursor is the last entry's id: rows stay when what they are about goes.
    pub(super) fn cut<T>(self, mut entries: Vec<T>, id: impl Fn(&T) -> &String) -> Listed<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = entries.len() > limit;
        entries.truncate(limit);
        let next_cursor = entries.last().filter(|_| more).map(|last| id(last).clone());
        Listed { entries, next_cursor }
    }
}
