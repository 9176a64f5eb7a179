//! What an agent gave back is not offered to it again at once, unless it says something new: else the two would throw it
//! to and fro. It is kept with the agent, whose next poll may come to another server.

use super::StoreError;
use super::db::{Db, sql};
use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};

/// A task that its agent gave back.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Rest {
    pub task: String,
    until: i64,
}

impl Rest {
    pub(super) const fn until(&self) -> Timestamp {
        Timestamp(self.until)
    }
}

/// The tasks that are not to be offered now, out of the agent's row.
pub(super) fn now_resting(kept: &str, now: Timestamp) -> Result<Vec<Rest>, StoreError> {
    let mut resting: Vec<Rest> =
        serde_json::from_str(kept).map_err(|_| StoreError::Corrupt("what rests of an agent"))?;
    resting.retain(|rest| rest.until() > now);
    Ok(resting)
}

/// `agent` gave `task` back.
pub(super) async fn rest(
    db: &mut Db,
    agent: &str,
    task: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let kept: String = sql("SELECT resting FROM agent WHERE id = $1").bind(agent).one(db).await?;
    let mut resting = now_resting(&kept, now)?;
    resting.retain(|rest| rest.task != task);
    resting.push(Rest { task: task.to_owned(), until: until.0 });
    let kept = serde_json::to_string(&resting).map_err(|_| StoreError::Corrupt("what rests of an agent"))?;
    sql("UPDATE agent SET resting = $1 WHERE id = $2").bind(kept).bind(agent).execute(db).await?;
    Ok(())
}
