//! A caller's task comes in.

use super::first::acting_member;
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::lifecycle::start_within_ms;
use liaison_protocol::{ErrorCode, TaskInput, TaskType};
use serde_json::Value;
use sqlx::SqliteConnection;
use uuid::Uuid;

/// A team counts as having an agent when one was seen within two days: a laptop may be shut over a weekend's day.
const SEEN_WITHIN_MS: u64 = 48 * 3_600_000;

/// A task that passed the check of its input.
pub struct NewTask<'a> {
    /// Whose it is.
    pub team: &'a str,
    /// The checked input.
    pub input: &'a TaskInput,
    /// The input as the caller sent it, defaults filled in.
    pub echo: &'a Value,
}

/// A task that was taken, and is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// The task's id.
    pub task: String,
    /// Who acts.
    pub member: String,
}

/// Why a team can't have a task carried out now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody could act.
    #[error("the team has no admin")]
    NoAdmin,
    /// No browser was seen for long.
    #[error("the team has no agent")]
    NoAgent,
    /// LinkedIn refuses invitations from the acting account.
    #[error("the account is at a limit")]
    Limit {
        /// Which limit.
        code: ErrorCode,
        /// Until when, as far as known.
        until: Timestamp,
    },
}

/// Why a task was not taken.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// It can't be carried out.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for CreateError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

#[derive(sqlx::FromRow)]
struct Limits {
    invitation_limit_until: Option<Timestamp>,
    note_limit_until: Option<Timestamp>,
}

impl Store {
    /// Takes a task, unless the team can't have it carried out.
    ///
    /// # Errors
    /// [`CreateError`].
    pub async fn create_task(&self, new: NewTask<'_>, now: Timestamp) -> Result<Created, CreateError> {
        let kind = new.input.task_type();
        let has_note = matches!(new.input, TaskInput::SendConnectionRequest(input) if input.note.is_some());
        let mut tx = self.begin().await?;
        let member = acting_member(&mut tx, new.team).await?.ok_or(Refusal::NoAdmin)?;
        if !agent_seen(&mut tx, new.team, now.minus_ms(SEEN_WITHIN_MS)).await? {
            return Err(Refusal::NoAgent.into());
        }
        check_limits(&mut tx, &member, kind, has_note, now).await?;
        let task = Uuid::new_v4().to_string();
        sqlx::query(
            "INSERT INTO task (id, team_id, member_id, task_type, task_input, has_note, state, created_at,
                               start_by, deadline_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'queued', ?7, ?8, ?8)",
        )
        .bind(&task)
        .bind(new.team)
        .bind(&member)
        .bind(kind.as_str())
        .bind(new.echo.to_string())
        .bind(has_note)
        .bind(now)
        .bind(now.plus_ms(start_within_ms(kind)))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Created { task, member })
    }
}

async fn agent_seen(db: &mut SqliteConnection, team: &str, since: Timestamp) -> Result<bool, StoreError> {
    let seen = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM agent WHERE team_id = ? AND superseded_at IS NULL AND last_seen_at >= ?)",
    )
    .bind(team)
    .bind(since)
    .fetch_one(db)
    .await?;
    Ok(seen)
}

/// A limit stops what it is about and nothing else: reading goes on under both, a plain invitation under the notes'.
async fn check_limits(
    db: &mut SqliteConnection,
    member: &str,
    kind: TaskType,
    has_note: bool,
    now: Timestamp,
) -> Result<(), CreateError> {
    if kind != TaskType::SendConnectionRequest {
        return Ok(());
    }
    let limits: Option<Limits> = sqlx::query_as(
        "SELECT invitation_limit_until, note_limit_until FROM agent WHERE member_id = ? AND superseded_at IS NULL",
    )
    .bind(member)
    .fetch_optional(db)
    .await?;
    let Some(limits) = limits else { return Ok(()) };
    let note_limit = limits.note_limit_until.filter(|_| has_note);
    for (code, until) in
        [(ErrorCode::InvitationLimit, limits.invitation_limit_until), (ErrorCode::NoteLimit, note_limit)]
    {
        if let Some(until) = until.filter(|until| *until > now) {
            return Err(Refusal::Limit { code, until }.into());
        }
    }
    Ok(())
}
