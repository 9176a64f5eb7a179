//! Deadlines, and the endings that the server itself brings about.

use super::db::{Db, Statement, sql};
use super::row::{TaskRow, load};
use super::{Store, StoreError, delivery, idempotency, together};
use crate::clock::Timestamp;
use crate::lifecycle::{self, State};
use liaison_protocol::{ErrorCode, TaskFailure, TaskType};
use serde_json::{Value, json};

/// Tasks ended in one transaction: enough to keep up, few enough to let others write in between.
const BATCH: u32 = 100;

impl Store {
    /// Ends up to a hundred tasks whose deadline has passed, and answers with them. To be called until it answers
    /// with none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep(&self, now: Timestamp) -> Result<Vec<String>, StoreError> {
        let mut tx = self.begin().await?;
        let mut due: Vec<(String, String)> = sql("SELECT member_id, id FROM task
             WHERE deadline_at <= $1 AND state NOT IN ('completed', 'failed') ORDER BY deadline_at LIMIT $2")
        .bind(now)
        .bind(BATCH)
        .all(&mut tx)
        .await?;
        let mut ended = Vec::new();
        due.sort();
        for (member, task) in due {
            tx.lock(&member).await?;
            let row = load(&mut tx, &member, &task).await?;
            // It may have moved until the lock was there.
            let Some(row) = row.filter(|row| row.deadline_at <= now && !row.state.is_over()) else {
                continue;
            };
            let code = lifecycle::at_deadline(row.kind().ok(), row.state, row.cancel_requested);
            if end_failed(&mut tx, &row, &TaskFailure::new(code), now).await? {
                ended.push(row.id);
            }
        }
        tx.commit().await?;
        Ok(ended)
    }

    /// Forgets all callers' keys whose time is over, a hundred at once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_old_keys(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut more = true;
        while more {
            let mut tx = self.begin().await?;
            more = idempotency::forget_old(&mut tx, now).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// The failure of a task that was begun too often. The list of codes has none for an agent that keeps vanishing;
/// these are the ones that say "not your input, not the account, try again later", and of an invitation that it was
/// never sent.
pub(super) fn given_up(kind: TaskType) -> TaskFailure {
    let times = lifecycle::MAX_ATTEMPTS;
    if kind.has_effect() {
        TaskFailure {
            error: format!(
                "The agent took this invitation {times} times and lost it before its start; it was not sent"
            ),
            ..TaskFailure::new(ErrorCode::Expired)
        }
    } else {
        TaskFailure {
            error: format!("The agent began this task {times} times and did not end it"),
            ..TaskFailure::new(ErrorCode::Upstream)
        }
    }
}

/// The failure of an invitation whose offers never arrived, as far as is known: it may be what ends the agent.
pub(super) fn never_heard() -> TaskFailure {
    let times = lifecycle::MAX_UNHEARD;
    TaskFailure {
        error: format!(
            "The agent was offered this invitation {times} times and never took it; it was not sent"
        ),
        ..TaskFailure::new(ErrorCode::Expired)
    }
}

/// Ends a task `failed`, unless its row has moved since it was read.
pub(super) async fn end_failed(
    db: &mut Db,
    row: &TaskRow,
    failure: &TaskFailure,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let ended = end(row, State::Failed, &failure_output(failure, now), now).execute(db).await? == 1;
    if ended {
        together::execute(db, ending(row, now).into()).await?;
    }
    Ok(ended)
}

/// Ends a task, unless its row has moved since it was read. [`ending`] comes with it.
pub(super) fn end(row: &TaskRow, state: State, output: &Value, now: Timestamp) -> Statement {
    let code = output["code"].as_str().filter(|_| state == State::Failed);
    sql("UPDATE task SET state = $1, task_output = $2, failure_code = $3, ended_at = $4, lease_until = NULL
         WHERE id = $5 AND state = $6 AND epoch = $7")
    .bind(state)
    .bind(output.to_string())
    .bind(code)
    .bind(now)
    .bind(&row.id)
    .bind(row.state)
    .bind(row.epoch)
}

/// What comes with a task's end: its callers' keys are kept a while longer, and the endpoints of its team are told.
pub(super) fn ending(row: &TaskRow, now: Timestamp) -> [Statement; 2] {
    [idempotency::task_ended(&row.id, now), delivery::task_ended(row, now)]
}

/// The documented `task_output` of a failed task: the agent's wait becomes a time.
pub(super) fn failure_output(failure: &TaskFailure, now: Timestamp) -> Value {
    json!({
        "error": failure.error,
        "code": failure.code,
        "retryable": failure.retryable,
        "retry_at": failure.retry_in_ms.map(|ms| now.plus_ms(ms).to_iso()),
        "remedy": failure.remedy,
    })
}
