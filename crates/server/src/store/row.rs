//! A task's row, and what of it decides.

use super::StoreError;
use super::db::{Db, sql};
use crate::clock::Timestamp;
use crate::lifecycle::{Facts, State};
use liaison_protocol::TaskType;
use serde_json::{Map, Value};

pub(super) const LOAD: &str = "SELECT * FROM task_now WHERE id = $1 AND member_id = $2";

/// A row of the view `task_now`.
#[derive(Clone, sqlx::FromRow)]
pub(super) struct TaskRow {
    pub seq: i64,
    pub id: String,
    pub member_id: String,
    pub task_type: String,
    pub task_input: String,
    pub has_note: bool,
    #[sqlx(try_from = "String")]
    pub state: State,
    #[sqlx(try_from = "i64")]
    pub epoch: u32,
    #[sqlx(try_from = "i64")]
    pub attempt: u32,
    #[sqlx(try_from = "i64")]
    pub unheard: u32,
    pub start_by: Timestamp,
    pub started_at: Option<Timestamp>,
    pub deadline_at: Timestamp,
    pub lease_until: Option<Timestamp>,
    pub token: Option<String>,
    pub lease_agent: Option<String>,
    pub lease_closed: bool,
    pub cancel_requested: bool,
    pub lease_offered_at: Option<Timestamp>,
    #[sqlx(try_from = "i64")]
    pub lease_asked: u32,
    pub lease_arrived: bool,
    pub lease_asked_person: bool,
}

impl TaskRow {
    pub(super) fn kind(&self) -> Result<TaskType, StoreError> {
        TaskType::from_wire(&self.task_type).ok_or(StoreError::Corrupt("a task's type"))
    }

    /// The input as the caller sent it, `task_type` among it.
    pub(super) fn input(&self) -> Result<Map<String, Value>, StoreError> {
        serde_json::from_str(&self.task_input).map_err(|_| StoreError::Corrupt("a task's input"))
    }

    /// The facts, unless another version of the server left a kind here that this one doesn't know. Such a row is
    /// left alone until its deadline, and holds up nothing else.
    pub(super) fn known_facts(&self, agent: &str) -> Option<Facts> {
        let facts = self.facts(agent);
        if facts.is_err() {
            tracing::warn!(task = self.id, "a task of a kind that this version doesn't know");
        }
        facts.ok()
    }

    pub(super) fn facts(&self, agent: &str) -> Result<Facts, StoreError> {
        Ok(Facts {
            kind: self.kind()?,
            state: self.state,
            epoch: self.epoch,
            attempt: self.attempt,
            start_by: self.start_by,
            started_at: self.started_at,
            cancel_requested: self.cancel_requested,
            offered_at: self.lease_offered_at,
            asked: self.lease_asked,
            arrived: self.lease_arrived,
            lease_until: self.lease_until,
            lease_closed: self.lease_closed,
            own_lease: self.lease_agent.as_deref() == Some(agent),
        })
    }
}

/// The task, when it is one of this member's.
pub(super) async fn load(db: &mut Db, member: &str, task: &str) -> Result<Option<TaskRow>, StoreError> {
    let row = sql(LOAD).bind(task).bind(member).optional(db).await?;
    Ok(row)
}

/// Notes that the offer of the task's newest epoch has arrived, when that is news.
pub(super) async fn mark_arrived(db: &mut Db, task: &TaskRow) -> Result<(), StoreError> {
    if !task.lease_arrived {
        sql("UPDATE lease SET arrived = TRUE WHERE task_id = $1 AND epoch = $2")
            .bind(&task.id)
            .bind(task.epoch)
            .execute(db)
            .await?;
    }
    if task.unheard > 0 {
        sql("UPDATE task SET unheard = 0 WHERE seq = $1").bind(task.seq).execute(db).await?;
    }
    Ok(())
}
