//! What an agent says about a lease: started, alive, ended.

use super::agent::touch;
use super::db::{Db, Statement, sql};
use super::event::{self, Event, note, noted};
use super::offer::note_going_on;
use super::rest::rest;
use super::row::{TaskRow, mark_arrived};
use super::sweep::{end, end_failed, ending, failure_output};
use super::{AgentIdentity, Store, StoreError, limit, output, together};
use crate::clock::Timestamp;
use crate::lifecycle::{
    self, ACT_WITHIN_MS, END_WITHIN_MS, Fenced, LEASE_MS, Lease, OnComplete, OnStart, REST_MS, State,
};
use liaison_protocol::{
    CompletionStatus, ErrorCode, Findings, HeartbeatAction, HeldPhase, Progress, TaskFailure, TaskType,
};
use serde_json::Value;

/// A task of this member's, with the lease of a token that may be older than the task's newest.
pub(super) const LOAD_LEASE: &str =
    "SELECT task_now.*, given.epoch AS given_epoch, given.verify AS given_verify,
        given.started_at AS given_started_at, given.result_hash, given.result_status,
        EXISTS (SELECT 1 FROM agent WHERE id = $4 AND superseded_at IS NULL) AS acts
    FROM task_now JOIN lease AS given ON given.task_id = task_now.id AND given.token = $3
    WHERE task_now.id = $1 AND task_now.member_id = $2";

/// Why a call about a lease was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ResultError {
    /// The agent has no such task, or the task no such token.
    #[error("no such task for this agent")]
    NotFound,
    /// The agent acts for its member no longer.
    #[error("another browser acts in this one's place")]
    Superseded,
    /// A completed task's output is not the documented one.
    #[error("the output has not the documented shape")]
    Output,
    /// The lease does not allow it.
    #[error(transparent)]
    Fenced(#[from] Fenced),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ResultError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Leave to begin an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leave {
    /// Within which time.
    pub act_within_ms: u64,
    /// Whether it had been given before.
    pub replayed: bool,
}

/// A result that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The task's public status: for a token that completed before, the one it was told then.
    pub status: String,
    /// Whether this token had completed before.
    pub replayed: bool,
    /// Whether the task ended by this.
    pub ended: bool,
}

/// A result, checked.
pub struct TaskResult<'a> {
    /// How it ended.
    pub status: CompletionStatus,
    /// The output of a completed task.
    pub output: &'a Value,
    /// The failure of a failed one.
    pub failure: Option<TaskFailure>,
    /// What was odd about the list of a fetch.
    pub findings: Option<Findings>,
    /// A hash of all of it but the findings.
    pub hash: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct LeaseRow {
    #[sqlx(flatten)]
    task: TaskRow,
    #[sqlx(try_from = "i64")]
    given_epoch: u32,
    given_verify: bool,
    given_started_at: Option<Timestamp>,
    result_hash: Option<Vec<u8>>,
    result_status: Option<String>,
    acts: bool,
}

struct Loaded {
    task: TaskRow,
    facts: lifecycle::Facts,
    lease: Lease,
    told: Option<String>,
    /// Whether the agent still acts for its member.
    acts: bool,
}

impl Store {
    /// Starts a lease, durably.
    ///
    /// # Errors
    /// [`ResultError`].
    pub async fn start(
        &self,
        agent: &AgentIdentity,
        task: &str,
        token: &str,
        now: Timestamp,
    ) -> Result<Leave, ResultError> {
        let mut tx = self.begin_for(&agent.member_id).await?;
        let Loaded { task, facts, lease, acts, .. } = load_lease(&mut tx, agent, task, token).await?;
        touch(&mut tx, agent, now).await?;
        // It may have been overtaken, or its member have left, while this call was on its way.
        if !acts {
            return Err(ResultError::Superseded);
        }
        let leave = match lifecycle::on_start(&facts, &lease, now)? {
            OnStart::Replay { act_within_ms } => Leave { act_within_ms, replayed: true },
            OnStart::Start => {
                start_row(&mut tx, &task, token, now).await?;
                Leave { act_within_ms: ACT_WITHIN_MS, replayed: false }
            }
        };
        tx.commit().await?;
        Ok(leave)
    }

    /// Renews a lease and notes how far the task is; answers whether to go on.
    ///
    /// # Errors
    /// [`ResultError`].
    pub async fn heartbeat(
        &self,
        agent: &AgentIdentity,
        task: &str,
        token: &str,
        progress: Option<Progress>,
        now: Timestamp,
    ) -> Result<HeartbeatAction, ResultError> {
        let mut tx = self.begin_for(&agent.member_id).await?;
        let Loaded { task, facts, lease, .. } = load_lease(&mut tx, agent, task, token).await?;
        touch(&mut tx, agent, now).await?;
        lifecycle::on_heartbeat(&facts, &lease)?;
        let count = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let state = lifecycle::on_continue(&facts, HeldPhase::Running);
        note_going_on(&mut tx, &task, state, now).await?;
        sql("UPDATE task SET state = $1, lease_until = $2, progress_done = coalesce($3, progress_done),
                             progress_of = coalesce($4, progress_of)
             WHERE id = $5 AND state = $6 AND epoch = $7")
        .bind(state)
        .bind(now.plus_ms(LEASE_MS))
        .bind(progress.map(|progress| count(progress.done)))
        .bind(progress.and_then(|progress| progress.of).map(count))
        .bind(&task.id)
        .bind(task.state)
        .bind(task.epoch)
        .execute(&mut tx)
        .await?;
        mark_arrived(&mut tx, &task).await?;
        tx.commit().await?;
        Ok(lifecycle::on_beat(&facts))
    }

    /// Takes a result. The same token gets the same answer.
    ///
    /// # Errors
    /// [`ResultError`].
    pub async fn complete(
        &self,
        agent: &AgentIdentity,
        task: &str,
        token: &str,
        result: TaskResult<'_>,
        now: Timestamp,
    ) -> Result<Settled, ResultError> {
        let mut tx = self.begin_for(&agent.member_id).await?;
        let Loaded { task, facts, lease, told, .. } = load_lease(&mut tx, agent, task, token).await?;
        touch(&mut tx, agent, now).await?;
        let returned = result.status == CompletionStatus::Returned;
        let on_complete = match lifecycle::on_complete(&facts, &lease, returned, &result.hash) {
            Ok(on_complete) => on_complete,
            Err(fenced) => {
                note_late_proof(&mut tx, &task, &result, now).await?;
                // Final, and perhaps by what others in the same commit wrote just now.
                tx.commit().await?;
                return Err(fenced.into());
            }
        };
        let (mut writes, mut end) = (Vec::new(), None);
        let (state, keep_hash) = match on_complete {
            OnComplete::Replay => {
                tx.commit().await?;
                return Ok(Settled { status: told.unwrap_or_default(), replayed: true, ended: false });
            }
            OnComplete::End => {
                let (state, ended) = end_row(&task, &result, now)?;
                note_findings(&mut tx, &task, &result).await?;
                (writes, end) = (ending(&task, now).into(), Some(ended));
                (state, true)
            }
            OnComplete::Requeue => {
                note(&mut tx, &task, Event::Returned, now).await?;
                (return_row(&mut tx, &task).await?, true)
            }
            OnComplete::Cancel => {
                end_failed(&mut tx, &task, &TaskFailure::new(ErrorCode::Cancelled), now).await?;
                (State::Failed, true)
            }
            // A later proof must still be taken under this token, unless a newer one has its place.
            OnComplete::Keep => {
                came_back(&mut tx, token).await?;
                (task.state, lease.epoch < task.epoch)
            }
        };
        if keep_hash {
            let kept = sql("UPDATE lease SET result_hash = $1, result_status = $2 WHERE token = $3");
            writes.push(kept.bind(&result.hash).bind(state.public()).bind(token));
        }
        if returned {
            rest(&mut tx, &agent.id, &task.id, now.plus_ms(REST_MS), now).await?;
        }
        writes.extend(limit::learnt(&task, &lease, &result, now)?);
        write_down(&mut tx, writes, end).await?;
        tx.commit().await?;
        let ended = matches!(on_complete, OnComplete::End | OnComplete::Cancel);
        Ok(Settled { status: state.public().to_owned(), replayed: false, ended })
    }
}

async fn load_lease(
    db: &mut Db,
    agent: &AgentIdentity,
    task: &str,
    token: &str,
) -> Result<Loaded, ResultError> {
    let row: Option<LeaseRow> =
        sql(LOAD_LEASE).bind(task).bind(&agent.member_id).bind(token).bind(&agent.id).optional(db).await?;
    let row = row.ok_or(ResultError::NotFound)?;
    let facts = row.task.facts(&agent.id)?;
    let lease = Lease {
        epoch: row.given_epoch,
        verify: row.given_verify,
        started_at: row.given_started_at,
        result_hash: row.result_hash,
    };
    Ok(Loaded { task: row.task, facts, lease, told: row.result_status, acts: row.acts })
}

async fn start_row(db: &mut Db, task: &TaskRow, token: &str, now: Timestamp) -> Result<(), ResultError> {
    let leased = sql("UPDATE lease SET started_at = $1 WHERE token = $2").bind(now).bind(token);
    let started =
        sql("UPDATE task SET state = 'started', started_at = $1, deadline_at = $2, lease_until = $3
         WHERE id = $4 AND epoch = $5 AND state IN ('queued', 'offered')")
        .bind(now)
        .bind(now.plus_ms(END_WITHIN_MS))
        .bind(now.plus_ms(LEASE_MS))
        .bind(&task.id)
        .bind(task.epoch);
    let started = together::execute(db, vec![leased, noted(task, Event::Started, now), started]).await?;
    // An invitation is started once, whatever the facts above said. What was written beside it goes with the transaction.
    if started == 1 { Ok(()) } else { Err(Fenced::LeaseLost.into()) }
}

/// What is over stays as it is, also when it turns out only now what the truth was.
async fn note_late_proof(
    db: &mut Db,
    task: &TaskRow,
    result: &TaskResult<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sent = result.status == CompletionStatus::Completed && task.kind().is_ok_and(TaskType::has_effect);
    if !sent || task.state != State::Failed {
        return Ok(());
    }
    tracing::warn!(task = task.id, "an invitation that ended as failed was sent, as is known only now");
    event::note_late_proof(db, task, now).await
}

/// A verify offer that comes back was not lost.
async fn came_back(db: &mut Db, token: &str) -> Result<(), StoreError> {
    sql("UPDATE lease SET asked = CASE WHEN asked > 0 THEN asked - 1 ELSE 0 END, arrived = TRUE WHERE token = $1")
        .bind(token)
        .execute(db)
        .await?;
    Ok(())
}

/// Writes down a result. Where it does not end the task after all, what was written beside that goes with the transaction.
async fn write_down(
    db: &mut Db,
    mut writes: Vec<Statement>,
    end: Option<Statement>,
) -> Result<(), ResultError> {
    let ends = end.is_some();
    writes.extend(end);
    let changed = together::execute(db, writes).await?;
    if ends && changed == 0 { Err(Fenced::TaskClosed.into()) } else { Ok(()) }
}

/// As what this result ends a task, and how that is written.
fn end_row(
    task: &TaskRow,
    result: &TaskResult<'_>,
    now: Timestamp,
) -> Result<(State, Statement), ResultError> {
    let (state, output) = match &result.failure {
        Some(failure) => (State::Failed, failure_output(failure, now)),
        None => {
            let (kind, input) = (task.kind()?, task.input()?.into());
            match output::documented(kind, &input, result.output) {
                Some(output) => (State::Completed, output),
                // Offered again it would read the whole list again, for nothing.
                None if output::is_of_older_agent(kind, &input, result.output) => {
                    (State::Failed, failure_output(&TaskFailure::new(ErrorCode::UnsupportedTask), now))
                }
                None => return Err(ResultError::Output),
            }
        }
    };
    Ok((state, end(task, state, &output, now)))
}

/// An invitation has no list, and findings of nothing are none.
async fn note_findings(db: &mut Db, task: &TaskRow, result: &TaskResult<'_>) -> Result<(), StoreError> {
    let is_list = task.kind()? == TaskType::FetchConnections;
    let Some(findings) = result.findings.filter(|found| is_list && *found != Findings::default()) else {
        return Ok(());
    };
    let findings = serde_json::to_string(&findings).map_err(|_| StoreError::Corrupt("findings"))?;
    sql("UPDATE task SET findings = $1 WHERE id = $2").bind(findings).bind(&task.id).execute(db).await?;
    Ok(())
}

/// Nothing of it was sent: as if this epoch had not been. A read that an earlier epoch began keeps its deadline.
pub(super) async fn return_row(db: &mut Db, task: &TaskRow) -> Result<State, StoreError> {
    let first = task.attempt <= 1 || task.kind()?.has_effect();
    let (started_at, deadline_at) =
        if first { (None, task.start_by) } else { (task.started_at, task.deadline_at) };
    sql(
        "UPDATE task SET state = 'queued', attempt = CASE WHEN attempt > 0 THEN attempt - 1 ELSE 0 END, unheard = 0, started_at = $1, deadline_at = $2,
                         lease_until = NULL, progress_done = NULL, progress_of = NULL
         WHERE id = $3 AND state = $4 AND epoch = $5",
    )
    .bind(started_at)
    .bind(deadline_at)
    .bind(&task.id)
    .bind(task.state)
    .bind(task.epoch)
    .execute(db)
    .await?;
    Ok(State::Queued)
}
