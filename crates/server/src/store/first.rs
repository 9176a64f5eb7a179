//! The first start: a team of one, with all that it needs.

use super::db::sql;
use super::key::NewKey;
use super::manage::ManageError;
use super::member::MemberRole;
use super::{Store, code, key, member, team};
use crate::clock::Timestamp;
use std::fmt;

/// What the first start makes; shown once and kept as hashes.
#[derive(Clone, PartialEq, Eq)]
pub struct FirstStart {
    /// For callers.
    pub api_key: String,
    /// For one agent.
    pub pairing_code: String,
}

/// Its name alone: what it holds is secret.
impl fmt::Debug for FirstStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FirstStart").finish_non_exhaustive()
    }
}

impl Store {
    /// Makes a team with its admin, an API key and a pairing code, unless there is a team already, or was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_start(&self, now: Timestamp) -> Result<Option<FirstStart>, ManageError> {
        let mut tx = self.begin().await?;
        tx.lock("first start").await?;
        let there: bool = sql("SELECT EXISTS (SELECT 1 FROM team)").one(&mut tx).await?;
        if there {
            return Ok(None);
        }
        let team = team::insert(&mut tx, "First team", now).await?;
        let admin = member::insert(&mut tx, &team, &MemberRole::Admin.into(), now).await?;
        let api_key = key::insert(&mut tx, &team, &NewKey::default(), now).await?.secret;
        let pairing_code = code::insert(&mut tx, &admin, now).await?;
        tx.commit().await?;
        Ok(Some(FirstStart { api_key, pairing_code }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_printed() {
        let first = FirstStart { api_key: "lsk_1".to_owned(), pairing_code: "AAAAA-AAAAA".to_owned() };
        assert_eq!(format!("{first:?}"), "FirstStart { .. }");
    }
}
