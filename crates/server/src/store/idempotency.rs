//! Callers' keys: a request that comes twice under one key is carried out once, and answered alike.

use super::StoreError;
use super::db::{Db, Statement, sql};
use crate::clock::Timestamp;
use crate::secret;

/// How long a key is kept once its task has ended: a retry comes within minutes, a job that is run again within a day.
const KEEP_MS: u64 = 24 * 3_600_000;
/// Keys forgotten in one transaction.
const BATCH: u32 = 100;

/// What a request under this key was answered with before.
#[derive(sqlx::FromRow)]
pub(super) struct Kept {
    pub request_hash: Vec<u8>,
    pub task_id: String,
    pub deduplicated: bool,
}

pub(super) async fn find(db: &mut Db, team: &str, key: &str) -> Result<Option<Kept>, StoreError> {
    let kept = sql(
        "SELECT request_hash, task_id, deduplicated FROM idempotency_key WHERE team_id = $1 AND key_hash = $2",
    )
    .bind(team)
    .bind(secret::hash_secret(key))
    .optional(db)
    .await?;
    Ok(kept)
}

/// Remembers the answer, unless there is one to this key already. Of a task that has ended already the time runs from now;
/// one that comes with it, in the same statement, has not.
pub(super) fn keep(team: &str, key: &str, kept: &Kept, now: Timestamp) -> Statement {
    sql("INSERT INTO idempotency_key (team_id, key_hash, request_hash, task_id, deduplicated, forget_at)
         VALUES ($1, $2, $3, $4, $5, (SELECT $6 FROM task WHERE id = $4 AND ended_at IS NOT NULL))
         ON CONFLICT DO NOTHING")
    .bind(team)
    .bind(secret::hash_secret(key))
    .bind(&kept.request_hash)
    .bind(&kept.task_id)
    .bind(kept.deduplicated)
    .bind(now.plus_ms(KEEP_MS))
}

/// From here on the keys of this task grow old.
pub(super) fn task_ended(task: &str, now: Timestamp) -> Statement {
    sql("UPDATE idempotency_key SET forget_at = $1 WHERE task_id = $2").bind(now.plus_ms(KEEP_MS)).bind(task)
}

/// Forgets keys whose time is over, a batch of them; true when there may be more.
pub(super) async fn forget_old(db: &mut Db, now: Timestamp) -> Result<bool, StoreError> {
    // Two that delete the same rows in another order would stop each other.
    db.lock("keys to forget").await?;
    let forgotten = sql("DELETE FROM idempotency_key WHERE (team_id, key_hash) IN
             (SELECT team_id, key_hash FROM idempotency_key WHERE forget_at <= $1 LIMIT $2)")
    .bind(now)
    .bind(BATCH)
    .execute(db)
    .await?;
    Ok(forgotten >= BATCH.into())
}
