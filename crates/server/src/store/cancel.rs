//! A caller wants a task no longer.

use super::db::sql;
use super::event::{Event, note};
use super::row::load;
use super::sweep::end_failed;
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::lifecycle::{self, OnCancel, State};
use liaison_protocol::{ErrorCode, TaskFailure};

/// A task after somebody asked for its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancelled {
    /// Where it is now.
    pub state: State,
    /// Whether its end was asked for, now or before, while that could still mean something.
    pub requested: bool,
    /// Whether it ended by this.
    pub ended: bool,
    /// Who acts.
    pub member: String,
}

impl Store {
    /// Ends a task that was not begun; asks the agent of one that was to stop. Durable before it returns. `None`: no
    /// task of this team.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel_task(
        &self,
        team: &str,
        task: &str,
        now: Timestamp,
    ) -> Result<Option<Cancelled>, StoreError> {
        let mut tx = self.begin().await?;
        let member: Option<String> =
            sql("SELECT member_id FROM task WHERE id = $1 AND team_id = $2 AND deleted_at IS NULL")
                .bind(task)
                .bind(team)
                .scalar(&mut tx)
                .await?;
        let Some(member) = member else { return Ok(None) };
        tx.lock(&member).await?;
        let Some(row) = load(&mut tx, &member, task).await? else { return Ok(None) };
        let on_cancel = lifecycle::on_cancel(row.kind().ok(), row.state, row.deadline_at, now);
        if on_cancel != OnCancel::Nothing && !row.cancel_requested {
            let end_by = match on_cancel {
                OnCancel::Ask { end_by } => end_by,
                OnCancel::End | OnCancel::Nothing => row.deadline_at,
            };
            sql("UPDATE task SET cancel_requested_at = $1, deadline_at = $2 WHERE seq = $3")
                .bind(now)
                .bind(end_by)
                .bind(row.seq)
                .execute(&mut tx)
                .await?;
            note(&mut tx, &row, Event::CancelRequested, now).await?;
        }
        let ended = on_cancel == OnCancel::End
            && end_failed(&mut tx, &row, &TaskFailure::new(ErrorCode::Cancelled), now).await?;
        tx.commit().await?;
        Ok(Some(Cancelled {
            state: if ended { State::Failed } else { row.state },
            requested: row.cancel_requested || on_cancel != OnCancel::Nothing,
            ended,
            member: row.member_id,
        }))
    }
}
