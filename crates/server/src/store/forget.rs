//! What is deleted, by its team or because it was kept long enough.
//!
//! Deleting empties a task's row at once: whom it was about, what was asked and answered, and its history. The rest of the
//! row, in which nobody is named, stays a while, for three things still need it: an agent that posts its result again, a
//! caller who sends a request again under its key, and the guard on the same person, which knows whom it was for by a
//! hash. Then it goes too.

use super::db::{Db, sql};
use super::{Store, StoreError, twin};
use crate::clock::Timestamp;
use crate::lifecycle::State;
use std::time::Duration;

/// Tasks emptied or purged in one transaction.
const BATCH: u32 = 100;
/// How long an emptied row stays: agents post again for minutes, and callers' keys are kept for a day.
const REMEMBER_MS: u64 = 24 * 3_600_000;

/// What became of a wish to delete a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// It is deleted.
    Deleted,
    /// It is not over.
    NotFinished,
    /// There is no such task of this team.
    Unknown,
}

#[derive(sqlx::FromRow)]
struct EndedRow {
    id: String,
    member_id: String,
    profile: Option<String>,
    #[sqlx(try_from = "String")]
    state: State,
    failure_code: Option<String>,
    ended_at: Option<Timestamp>,
}

impl Store {
    /// Deletes a task that is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_task(&self, team: &str, task: &str, now: Timestamp) -> Result<Deletion, StoreError> {
        let mut tx = self.begin().await?;
        let row: Option<EndedRow> =
            sql("SELECT id, member_id, profile, state, failure_code, ended_at FROM task
             WHERE id = $1 AND team_id = $2 AND deleted_at IS NULL")
            .bind(task)
            .bind(team)
            .optional(&mut tx)
            .await?;
        let Some(row) = row else { return Ok(Deletion::Unknown) };
        if !row.state.is_over() {
            return Ok(Deletion::NotFinished);
        }
        // What is over stays as it is, but for its history, which is written under this lock.
        tx.lock(&row.member_id).await?;
        empty(&mut tx, &row, now).await?;
        tx.commit().await?;
        Ok(Deletion::Deleted)
    }

    /// Deletes what ended longer ago than `retain` (`None`: it is kept for ever), and purges what was deleted long enough
    /// ago. Answers with how many tasks it has deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_old_tasks(
        &self,
        retain: Option<Duration>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut count = 0;
        if let Some(retain) = retain {
            let ms = u64::try_from(retain.as_millis()).unwrap_or(u64::MAX);
            loop {
                let deleted = self.empty_batch(now.minus_ms(ms), now).await?;
                count += u64::from(deleted);
                if deleted < BATCH {
                    break;
                }
            }
        }
        while self.purge_batch(now).await? >= BATCH.into() {}
        Ok(count)
    }

    async fn empty_batch(&self, ended_by: Timestamp, now: Timestamp) -> Result<u32, StoreError> {
        let old = || {
            sql("SELECT id, member_id, profile, state, failure_code, ended_at FROM task
                 WHERE ended_at <= $1 AND ended_at IS NOT NULL AND deleted_at IS NULL ORDER BY ended_at LIMIT $2")
                .bind(ended_by)
                .bind(BATCH)
        };
        // Most of the time there is nothing, and nobody has to stand in line for it.
        if old().all::<EndedRow>(&mut self.read().await?).await?.is_empty() {
            return Ok(0);
        }
        let mut tx = self.begin().await?;
        tx.lock("forget").await?;
        let rows: Vec<EndedRow> = old().all(&mut tx).await?;
        for row in &rows {
            empty(&mut tx, row, now).await?;
        }
        tx.commit().await?;
        Ok(u32::try_from(rows.len()).unwrap_or(BATCH))
    }

    async fn purge_batch(&self, now: Timestamp) -> Result<u64, StoreError> {
        let due = || {
            sql("SELECT id FROM task WHERE purge_at <= $1 AND purge_at IS NOT NULL
                   AND NOT EXISTS (SELECT 1 FROM idempotency_key WHERE task_id = task.id)
                 ORDER BY purge_at LIMIT $2")
            .bind(now)
            .bind(BATCH)
        };
        if due().all::<(String,)>(&mut self.read().await?).await?.is_empty() {
            return Ok(0);
        }
        let mut tx = self.begin().await?;
        tx.lock("forget").await?;
        let rows: Vec<(String,)> = due().all(&mut tx).await?;
        let mut purged = 0;
        for (task,) in rows {
            sql("DELETE FROM lease WHERE task_id = $1").bind(&task).execute(&mut tx).await?;
            purged += sql("DELETE FROM task WHERE id = $1").bind(&task).execute(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(purged)
    }
}

async fn empty(db: &mut Db, row: &EndedRow, now: Timestamp) -> Result<(), StoreError> {
    let stands = twin::stands_until(row.state, row.failure_code.as_deref(), row.ended_at)
        .filter(|_| row.profile.is_some());
    let purge_at = stands.unwrap_or(now).max(now.plus_ms(REMEMBER_MS));
    let person = row.profile.as_ref().map(|profile| twin::hash_of(&row.member_id, profile));
    sql("UPDATE task SET task_input = '{}', has_note = FALSE, profile = $1, task_output = NULL, findings = NULL,
                         progress_done = NULL, progress_of = NULL, deleted_at = $2, purge_at = $3
         WHERE id = $4 AND deleted_at IS NULL")
    .bind(person)
    .bind(now)
    .bind(purge_at)
    .bind(&row.id)
    .execute(db)
    .await?;
    sql("DELETE FROM task_event WHERE task_id = $1").bind(&row.id).execute(db).await?;
    sql("DELETE FROM webhook_delivery WHERE task_id = $1").bind(&row.id).execute(db).await?;
    Ok(())
}
