//! Teams, members, API keys and pairing codes.

use super::db::{Db, sql};
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::secret;
use std::fmt;
use uuid::Uuid;

/// How long a pairing code lives: time enough to open the options page, and no more.
const CODE_LIFE_MS: u64 = 10 * 60_000;

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

/// What a member may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberRole {
    /// May act: the oldest admin's account is the one that does.
    Admin,
    /// May lend the team a browser.
    Member,
}

impl Store {
    /// Makes a team with its admin, an API key and a pairing code, unless there is a team already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_start(&self, now: Timestamp) -> Result<Option<FirstStart>, StoreError> {
        let mut tx = self.begin().await?;
        tx.lock("first start").await?;
        let there: bool = sql("SELECT EXISTS (SELECT 1 FROM team)").one(&mut tx).await?;
        if there {
            return Ok(None);
        }
        let team = insert_team(&mut tx, "First team", now).await?;
        let admin = insert_member(&mut tx, &team, MemberRole::Admin, now).await?;
        let api_key = insert_key(&mut tx, &team, now).await?;
        let pairing_code = insert_code(&mut tx, &admin, now).await?;
        tx.commit().await?;
        Ok(Some(FirstStart { api_key, pairing_code }))
    }

    /// Makes a team without members.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_team(&self, name: &str, now: Timestamp) -> Result<String, StoreError> {
        let mut tx = self.begin().await?;
        let team = insert_team(&mut tx, name, now).await?;
        tx.commit().await?;
        Ok(team)
    }

    /// Adds a member to a team.
    ///
    /// # Errors
    /// When the database fails or there is no such team.
    pub async fn add_member(
        &self,
        team: &str,
        role: MemberRole,
        now: Timestamp,
    ) -> Result<String, StoreError> {
        let mut tx = self.begin().await?;
        let member = insert_member(&mut tx, team, role, now).await?;
        tx.commit().await?;
        Ok(member)
    }

    /// The oldest team.
    ///
    /// # Errors
    /// When the database fails or has no team.
    pub async fn first_team(&self) -> Result<String, StoreError> {
        sql("SELECT id FROM team ORDER BY created_at, rowid LIMIT 1")
            .scalar(&mut self.read().await?)
            .await?
            .ok_or(StoreError::NoTeam)
    }

    /// The member who acts for a team: its oldest admin.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn acting_member(&self, team: &str) -> Result<Option<String>, StoreError> {
        acting_member(&mut self.read().await?, team).await
    }

    /// A new API key for a team.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn new_api_key(&self, team: &str, now: Timestamp) -> Result<String, StoreError> {
        let mut tx = self.begin().await?;
        let key = insert_key(&mut tx, team, now).await?;
        tx.commit().await?;
        Ok(key)
    }

    /// A new one-time code that pairs a browser for a member.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn new_pairing_code(&self, member: &str, now: Timestamp) -> Result<String, StoreError> {
        let mut tx = self.begin().await?;
        let code = insert_code(&mut tx, member, now).await?;
        tx.commit().await?;
        Ok(code)
    }

    /// The team that an API key opens.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn team_of_key(&self, api_key: &str) -> Result<Option<String>, StoreError> {
        let team = sql("SELECT team_id FROM api_key WHERE hash = $1")
            .bind(secret::hash_secret(api_key))
            .scalar(&mut self.read().await?)
            .await?;
        Ok(team)
    }
}

pub(super) async fn acting_member(db: &mut Db, team: &str) -> Result<Option<String>, StoreError> {
    let oldest =
        "SELECT id FROM member WHERE team_id = $1 AND role = 'admin' ORDER BY joined_at, rowid LIMIT 1";
    Ok(sql(oldest).bind(team).scalar(db).await?)
}

async fn insert_team(db: &mut Db, name: &str, now: Timestamp) -> Result<String, StoreError> {
    let id = Uuid::new_v4().to_string();
    sql("INSERT INTO team (id, name, created_at) VALUES ($1, $2, $3)")
        .bind(&id)
        .bind(name)
        .bind(now)
        .execute(db)
        .await?;
    Ok(id)
}

async fn insert_member(
    db: &mut Db,
    team: &str,
    role: MemberRole,
    now: Timestamp,
) -> Result<String, StoreError> {
    let id = Uuid::new_v4().to_string();
    sql("INSERT INTO member (id, team_id, role, joined_at) VALUES ($1, $2, $3, $4)")
        .bind(&id)
        .bind(team)
        .bind(match role {
            MemberRole::Admin => "admin",
            MemberRole::Member => "member",
        })
        .bind(now)
        .execute(db)
        .await?;
    Ok(id)
}

async fn insert_key(db: &mut Db, team: &str, now: Timestamp) -> Result<String, StoreError> {
    let key = secret::new_api_key()?;
    sql("INSERT INTO api_key (hash, team_id, created_at) VALUES ($1, $2, $3)")
        .bind(secret::hash_secret(&key))
        .bind(team)
        .bind(now)
        .execute(db)
        .await?;
    Ok(key)
}

async fn insert_code(db: &mut Db, member: &str, now: Timestamp) -> Result<String, StoreError> {
    let code = secret::new_pairing_code()?;
    sql("INSERT INTO pairing_code (hash, member_id, expires_at) VALUES ($1, $2, $3)")
        .bind(secret::hash_pairing_code(&code))
        .bind(member)
        .bind(now.plus_ms(CODE_LIFE_MS))
        .execute(db)
        .await?;
    Ok(code)
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
