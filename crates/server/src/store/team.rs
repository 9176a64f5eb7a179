//! Teams: each with its members, keys, browsers and tasks, and none of another's.

use super::db::{Db, sql};
use super::delivery;
use super::manage::{Listed, ManageError, Page, Thing};
use super::{Store, StoreError, member};
use crate::clock::Timestamp;
use serde::Serialize;
use uuid::Uuid;

/// A team as its operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct TeamView {
    /// Its id, for good.
    pub id: String,
    /// For the operator's eyes; two may be called the same.
    pub name: String,
    /// Since when it is there.
    pub created_at: Timestamp,
}

impl Store {
    /// Makes a team without members.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_team(&self, name: &str, now: Timestamp) -> Result<String, StoreError> {
        let mut tx = self.begin().await?;
        let team = insert(&mut tx, name, now).await?;
        tx.commit().await?;
        Ok(team)
    }

    /// The oldest team.
    ///
    /// # Errors
    /// When the database fails or has no team.
    pub async fn first_team(&self) -> Result<String, StoreError> {
        sql("SELECT id FROM team WHERE removed_at IS NULL ORDER BY created_at, rowid LIMIT 1")
            .scalar(&mut self.read().await?)
            .await?
            .ok_or(StoreError::NoTeam)
    }

    /// A team.
    ///
    /// # Errors
    /// [`ManageError::Unknown`], or when the database fails.
    pub async fn team(&self, team: &str) -> Result<TeamView, ManageError> {
        let view = sql("SELECT id, name, created_at FROM team WHERE id = $1 AND removed_at IS NULL")
            .bind(team)
            .optional(&mut self.read().await?)
            .await?;
        view.ok_or(ManageError::Unknown(Thing::Team))
    }

    /// The teams, oldest first.
    ///
    /// # Errors
    /// [`ManageError::Cursor`], or when the database fails.
    pub async fn teams(&self, page: Page<'_>) -> Result<Listed<TeamView>, ManageError> {
        let db = &mut self.read().await?;
        if page.cursor.is_some() {
            let known = sql("SELECT EXISTS (SELECT 1 FROM team WHERE id = $1)").bind(page.cursor);
            page.check(known.one(db).await?)?;
        }
        let teams = sql("SELECT id, name, created_at FROM team
             WHERE removed_at IS NULL
               AND ($1 IS NULL OR (created_at, id) > (SELECT created_at, id FROM team WHERE id = $1))
             ORDER BY created_at, id LIMIT $2")
        .bind(page.cursor)
        .bind(page.rows())
        .all(db)
        .await?;
        Ok(page.cut(teams, |team: &TeamView| &team.id))
    }

    /// Calls a team something else.
    ///
    /// # Errors
    /// [`ManageError::Unknown`], or when the database fails.
    pub async fn rename_team(&self, team: &str, name: &str) -> Result<(), ManageError> {
        let mut tx = self.begin().await?;
        let changed = sql("UPDATE team SET name = $1 WHERE id = $2 AND removed_at IS NULL")
            .bind(name)
            .bind(team)
            .execute(&mut tx)
            .await?;
        Thing::Team.must_be(changed)?;
        Ok(tx.commit().await?)
    }

    /// Removes a team with its members, as if one by one, and revokes its keys. Answers with the members, whose parked
    /// polls are to be ended.
    ///
    /// # Errors
    /// [`ManageError::Unknown`], or when the database fails.
    pub async fn remove_team(&self, team: &str, now: Timestamp) -> Result<Vec<String>, ManageError> {
        let mut tx = self.begin().await?;
        lock(&mut tx, team).await?;
        let changed = sql("UPDATE team SET removed_at = $1 WHERE id = $2 AND removed_at IS NULL")
            .bind(now)
            .bind(team)
            .execute(&mut tx)
            .await?;
        Thing::Team.must_be(changed)?;
        sql("UPDATE api_key SET revoked_at = $1 WHERE team_id = $2 AND revoked_at IS NULL")
            .bind(now)
            .bind(team)
            .execute(&mut tx)
            .await?;
        let mut members: Vec<(String,)> =
            sql("SELECT id FROM member WHERE team_id = $1 AND removed_at IS NULL")
                .bind(team)
                .all(&mut tx)
                .await?;
        members.sort();
        let members: Vec<String> = members.into_iter().map(|(id,)| id).collect();
        for member in &members {
            tx.lock(member).await?;
            member::leave(&mut tx, member, now).await?;
        }
        // Behind the members' locks, under which their tasks end and endpoints are told of it.
        delivery::forget_endpoints(&mut tx, team).await?;
        tx.commit().await?;
        Ok(members)
    }
}

/// Until the transaction ends, nobody else adds to the team or removes it. To be taken before any member's lock.
pub(super) async fn lock(db: &mut Db, team: &str) -> Result<(), StoreError> {
    Ok(db.lock(&format!("team {team}")).await?)
}

/// Locks a team that is there.
pub(super) async fn lock_existing(db: &mut Db, team: &str) -> Result<(), ManageError> {
    lock(db, team).await?;
    let there: bool = sql("SELECT EXISTS (SELECT 1 FROM team WHERE id = $1 AND removed_at IS NULL)")
        .bind(team)
        .one(db)
        .await?;
    Thing::Team.must_be(there.into())
}

pub(super) async fn insert(db: &mut Db, name: &str, now: Timestamp) -> Result<String, StoreError> {
    let id = Uuid::new_v4().to_string();
    sql("INSERT INTO team (id, name, created_at) VALUES ($1, $2, $3)")
        .bind(&id)
        .bind(name)
        .bind(now)
        .execute(db)
        .await?;
    Ok(id)
}
