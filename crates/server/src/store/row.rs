//! A task's row, and what of it decides.

use super::StoreError;
use crate::clock::Timestamp;
use crate::lifecycle::{Facts, State};
use liaison_protocol::TaskType;
use sqlx::SqliteConnection;

/// A row of the view `task_now`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct TaskRow {
    pub seq: i64,
    pub id: String,
    pub task_type: String,
    pub task_input: String,
    pub has_note: bool,
    pub state: State,
    pub epoch: u32,
    pub attempt: u32,
    pub start_by: Timestamp,
    pub started_at: Option<Timestamp>,
    pub deadline_at: Timestamp,
    pub lease_until: Option<Timestamp>,
    pub token: Option<String>,
    pub lease_agent: Option<String>,
    pub lease_closed: bool,
}

impl TaskRow {
    pub(super) fn kind(&self) -> Result<TaskType, StoreError> {
        TaskType::from_wire(&self.task_type).ok_or(StoreError::Corrupt("a task's type"))
    }

    pub(super) fn facts(&self, agent: &str) -> Result<Facts, StoreError> {
        Ok(Facts {
            kind: self.kind()?,
            state: self.state,
            epoch: self.epoch,
            attempt: self.attempt,
            started_at: self.started_at,
            lease_until: self.lease_until,
            lease_closed: self.lease_closed,
            own_lease: self.lease_agent.as_deref() == Some(agent),
        })
    }
}

/// The task, when it is one of this member's.
pub(super) async fn load(
    db: &mut SqliteConnection,
    member: &str,
    task: &str,
) -> Result<Option<TaskRow>, StoreError> {
    let row = sqlx::query_as("SELECT * FROM task_now WHERE id = ? AND member_id = ?")
        .bind(task)
        .bind(member)
        .fetch_optional(db)
        .await?;
    Ok(row)
}
