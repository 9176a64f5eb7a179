//! The keys of reads that come in parts. What was read under a key is gone on with; what is no use any more gives its key up,
//! so that the same call has it read anew.

use super::create::NewTask;
use super::db::sql;
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::secret;

impl Store {
    /// Whether the key of this part stands for a task to go on with. One that failed, was deleted, or was created before
    /// `not_before` is none, and gives the key up: a read may be done again. A key of another request stays as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn part_is_there(&self, part: &NewTask<'_>, not_before: Timestamp) -> Result<bool, StoreError> {
        let Some(key) = part.key else { return Ok(false) };
        let (key, request) = (secret::hash_secret(key), part.request_hash());
        loop {
            // Most of the time there is nothing to be given up, and nobody has to stand in line for it.
            let spent: Option<bool> = sql("SELECT request_hash = $3 AND
                        (task.deleted_at IS NOT NULL OR task.state = 'failed' OR task.created_at < $4)
                 FROM idempotency_key JOIN task ON task.id = task_id
                 WHERE idempotency_key.team_id = $1 AND key_hash = $2")
            .bind(part.team)
            .bind(&key)
            .bind(&request)
            .bind(not_before)
            .scalar(&mut self.read().await?)
            .await?;
            if spent != Some(true) {
                return Ok(spent.is_some());
            }
            let mut tx = self.begin().await?;
            sql("DELETE FROM idempotency_key WHERE team_id = $1 AND key_hash = $2 AND request_hash = $3
                   AND task_id IN (SELECT id FROM task
                        WHERE deleted_at IS NOT NULL OR state = 'failed' OR created_at < $4)")
            .bind(part.team)
            .bind(&key)
            .bind(&request)
            .bind(not_before)
            .execute(&mut tx)
            .await?;
            tx.commit().await?;
        }
    }
}
