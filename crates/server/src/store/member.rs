//! A team's members: whose LinkedIn accounts its tasks are for.
//!
//! Who leaves keeps their row, which their tasks point to, and nothing else: their browsers are superseded, their codes
//! gone. What they had in hand ends by its deadline, for it may be under way in their browser. What had not been begun is
//! called off, and not handed to the next admin: it was accepted for the account that acted then, and an invitation
//! must not come from another.

use super::db::{Db, sql};
use super::manage::{Listed, ManageError, Page, Thing};
use super::{Store, StoreError, team};
use crate::clock::Timestamp;
use serde::Serialize;
use uuid::Uuid;

/// What a member may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberRole {
    /// May act: the oldest admin's account is the one that does.
    Admin,
    /// May lend the team a browser.
    Member,
}

impl MemberRole {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }

    /// The role of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Admin, Self::Member].into_iter().find(|role| role.as_str() == name)
    }
}

impl TryFrom<String> for MemberRole {
    type Error = StoreError;

    fn try_from(name: String) -> Result<Self, StoreError> {
        Self::from_name(&name).ok_or(StoreError::Corrupt("a member's role"))
    }
}

/// Somebody who joins.
#[derive(Clone, Copy, Debug)]
pub struct NewMember<'a> {
    /// What they may be.
    pub role: MemberRole,
    /// For the operator's eyes.
    pub name: Option<&'a str>,
}

impl From<MemberRole> for NewMember<'_> {
    fn from(role: MemberRole) -> Self {
        Self { role, name: None }
    }
}

/// A member as their operator sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct MemberView {
    /// Their id, for good.
    pub id: String,
    /// What they are called, if anything.
    pub name: Option<String>,
    /// What they may be.
    #[sqlx(try_from = "String")]
    pub role: MemberRole,
    /// Since when they are a member.
    pub joined_at: Timestamp,
    /// Whether new tasks are for their account: they are the oldest admin.
    pub acts: bool,
}

/// What becomes of a member; `None` leaves it as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemberChange<'a> {
    /// Their role.
    pub role: Option<MemberRole>,
    /// Their name, or that they have none.
    pub name: Option<Option<&'a str>>,
}

impl Store {
    /// Adds a member to a team; answers with their id.
    ///
    /// # Errors
    /// [`ManageError::Unknown`], or when the database fails.
    pub async fn add_member(
        &self,
        team: &str,
        member: impl Into<NewMember<'_>>,
        now: Timestamp,
    ) -> Result<String, ManageError> {
        let member = member.into();
        let mut tx = self.begin().await?;
        team::lock_existing(&mut tx, team).await?;
        let member = insert(&mut tx, team, &member, now).await?;
        tx.commit().await?;
        Ok(member)
    }

    /// The member who acts for a team: its oldest admin.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn acting_member(&self, team: &str) -> Result<Option<String>, StoreError> {
        acting(&mut self.read().await?, team).await
    }

    /// A member of a team.
    ///
    /// # Errors
    /// [`ManageError::Unknown`], or when the database fails.
    pub async fn member(&self, team: &str, member: &str) -> Result<MemberView, ManageError> {
        let view = sql("SELECT id, name, role, joined_at, COALESCE(id = (
                 SELECT oldest.id FROM member AS oldest
                 WHERE oldest.team_id = $1 AND oldest.role = 'admin' AND oldest.removed_at IS NULL
                 ORDER BY oldest.joined_at, oldest.rowid LIMIT 1), FALSE) AS acts
             FROM member WHERE team_id = $1 AND id = $2 AND removed_at IS NULL")
        .bind(team)
        .bind(member)
        .optional(&mut self.read().await?)
        .await?;
        view.ok_or(ManageError::Unknown(Thing::Member))
    }

    /// The members of a team, the longest there first.
    ///
    /// # Errors
    /// [`ManageError::Cursor`], or when the database fails.
    pub async fn members(&self, team: &str, page: Page<'_>) -> Result<Listed<MemberView>, ManageError> {
        let db = &mut self.read().await?;
        if page.cursor.is_some() {
            let known = sql("SELECT EXISTS (SELECT 1 FROM member WHERE team_id = $1 AND id = $2)");
            page.check(known.bind(team).bind(page.cursor).one(db).await?)?;
        }
        let members = sql("SELECT id, name, role, joined_at, COALESCE(id = (
                 SELECT oldest.id FROM member AS oldest
                 WHERE oldest.team_id = $1 AND oldest.role = 'admin' AND oldest.removed_at IS NULL
                 ORDER BY oldest.joined_at, oldest.rowid LIMIT 1), FALSE) AS acts
             FROM member
             WHERE team_id = $1 AND removed_at IS NULL
               AND ($2 IS NULL OR (joined_at, id) > (SELECT joined_at, id FROM member WHERE id = $2))
             ORDER BY joined_at, id LIMIT $3")
        .bind(team)
        .bind(page.cursor)
        .bind(page.rows())
        .all(db)
        .await?;
        Ok(page.cut(members, |member: &MemberView| &member.id))
    }

    /// Changes a member's role or name.
    ///
    /// # Errors
    /// [`ManageError::Unknown`], or when the database fails.
    pub async fn change_member(
        &self,
        team: &str,
        member: &str,
        change: MemberChange<'_>,
    ) -> Result<(), ManageError> {
        let mut tx = self.begin().await?;
        tx.lock(member).await?;
        let changed =
            sql("UPDATE member SET role = COALESCE($1, role), name = CASE WHEN $2 THEN $3 ELSE name END
             WHERE id = $4 AND team_id = $5 AND removed_at IS NULL")
            .bind(change.role.map(MemberRole::as_str))
            .bind(change.name.is_some())
            .bind(change.name.flatten())
            .bind(member)
            .bind(team)
            .execute(&mut tx)
            .await?;
        Thing::Member.must_be(changed)?;
        Ok(tx.commit().await?)
    }

    /// Removes a member from a team.
    ///
    /// # Errors
    /// [`ManageError::Unknown`], or when the database fails.
    pub async fn remove_member(&self, team: &str, member: &str, now: Timestamp) -> Result<(), ManageError> {
        let mut tx = self.begin().await?;
        tx.lock(member).await?;
        let there: bool =
            sql("SELECT EXISTS (SELECT 1 FROM member WHERE id = $1 AND team_id = $2 AND removed_at IS NULL)")
                .bind(member)
                .bind(team)
                .one(&mut tx)
                .await?;
        Thing::Member.must_be(there.into())?;
        leave(&mut tx, member, now).await?;
        Ok(tx.commit().await?)
    }
}

/// The oldest admin.
pub(super) async fn acting(db: &mut Db, team: &str) -> Result<Option<String>, StoreError> {
    let oldest = "SELECT id FROM member WHERE team_id = $1 AND role = 'admin' AND removed_at IS NULL
                  ORDER BY joined_at, rowid LIMIT 1";
    Ok(sql(oldest).bind(team).scalar(db).await?)
}

/// What becomes of a member who leaves, and of what they have. What they had not begun is due at once and ends with the
/// next sweep, `cancelled`; what they had begun is marked, so that it never comes back to the queue.
/// Both ways to find it are named for the sake of their indexes.
pub(super) const LEAVE: [&str; 4] = [
    "UPDATE member SET removed_at = $1 WHERE id = $2",
    "UPDATE agent SET superseded_at = $1 WHERE member_id = $2 AND superseded_at IS NULL",
    "UPDATE task SET cancel_requested_at = COALESCE(cancel_requested_at, $1), deadline_at = $1
     WHERE member_id = $2 AND state = 'queued'",
    "UPDATE task SET cancel_requested_at = COALESCE(cancel_requested_at, $1),
                     deadline_at = CASE WHEN state = 'offered' THEN $1 ELSE deadline_at END
     WHERE member_id = $2 AND state IN ('offered', 'started', 'verifying')",
];

/// A member whose lock is held leaves.
pub(super) async fn leave(db: &mut Db, member: &str, now: Timestamp) -> Result<(), StoreError> {
    for statement in LEAVE {
        sql(statement).bind(now).bind(member).execute(db).await?;
    }
    sql("DELETE FROM pairing_code WHERE member_id = $1").bind(member).execute(db).await?;
    Ok(())
}

pub(super) async fn insert(
    db: &mut Db,
    team: &str,
    member: &NewMember<'_>,
    now: Timestamp,
) -> Result<String, StoreError> {
    let id = Uuid::new_v4().to_string();
    sql("INSERT INTO member (id, team_id, role, name, joined_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(&id)
        .bind(team)
        .bind(member.role.as_str())
        .bind(member.name)
        .bind(now)
        .execute(db)
        .await?;
    Ok(id)
}
