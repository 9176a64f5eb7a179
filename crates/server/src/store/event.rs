//! What became of a task, move by move, for whoever asks why it took so long.
//!
//! A task's creation and its end stand in its own row and cost nothing here; each other move is a row, written in the
//! transaction that makes it. A task that goes back and forth for days leaves no endless tail.

use super::db::{Db, Statement, sql};
use super::row::TaskRow;
use super::{Store, StoreError};
use crate::clock::Timestamp;

/// So many moves of a task are kept, the first ones: what follows repeats them.
const MAX_MOVES: u32 = 40;
/// Room behind them for what happens once: somebody asked for its end, a late proof, what became of its webhooks.
const MAX_EVENTS: u32 = MAX_MOVES + 24;

/// What can become of a task between its creation and its end, or after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// Offered to a browser, on disk before it was answered.
    Offered,
    /// An invitation may have been sent from here on. A read starts with its offer.
    Started,
    /// Its browser goes on with what seemed lost.
    Resumed,
    /// Given back; nothing of it was sent.
    Returned,
    /// No browser has it any more, as far as is known.
    Lost,
    /// A browser looks whether the invitation went out.
    Verifying,
    /// Its end was asked for.
    CancelRequested,
    /// It ended as failed, and was done all the same.
    LateProof,
    /// An endpoint was told of its end.
    WebhookDelivered,
    /// An endpoint was told in vain, for the last time.
    WebhookFailed,
}

impl Event {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Started => "started",
            Self::Resumed => "resumed",
            Self::Returned => "returned",
            Self::Lost => "lost",
            Self::Verifying => "verifying",
            Self::CancelRequested => "cancel_requested",
            Self::LateProof => "late_proof",
            Self::WebhookDelivered => "webhook_delivered",
            Self::WebhookFailed => "webhook_failed",
        }
    }

    const fn most(self) -> u32 {
        match self {
            Self::CancelRequested | Self::LateProof | Self::WebhookDelivered | Self::WebhookFailed => {
                MAX_EVENTS
            }
            _ => MAX_MOVES,
        }
    }
}

/// What browsers that were taken over from had been offered is lost: to be noted before it is moved.
pub(super) const LOST_TO_ANOTHER: &str = "INSERT INTO task_event (task_id, n, at, event, epoch)
    SELECT task.id, (SELECT count(*) FROM task_event WHERE task_id = task.id), $3, 'lost', task.epoch
    FROM task JOIN lease ON lease.task_id = task.id AND lease.epoch = task.epoch AND lease.agent_id = $1
    WHERE member_id = $2 AND state IN ('offered', 'started', 'verifying') AND state = 'offered'
      AND (SELECT count(*) FROM task_event WHERE task_id = task.id) < $4";

/// One line of a task's history.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct EventView {
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: String,
    /// Under which epoch.
    pub epoch: Option<i64>,
    /// As which attempt.
    pub attempt: Option<i64>,
    /// With which code.
    pub code: Option<String>,
}

impl EventView {
    fn plain(at: Timestamp, event: &str) -> Self {
        Self { at, event: event.to_owned(), epoch: None, attempt: None, code: None }
    }
}

#[derive(sqlx::FromRow)]
struct Bounds {
    created_at: Timestamp,
    ended_at: Option<Timestamp>,
    state: String,
    failure_code: Option<String>,
}

impl Store {
    /// The history of a task of this team, oldest first; empty when there is no such task.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task_events(&self, team: &str, task: &str) -> Result<Vec<EventView>, StoreError> {
        let mut db = self.read().await?;
        let bounds: Option<Bounds> = sql("SELECT created_at, ended_at, state, failure_code FROM task
             WHERE id = $1 AND team_id = $2 AND deleted_at IS NULL")
        .bind(task)
        .bind(team)
        .optional(&mut db)
        .await?;
        let Some(bounds) = bounds else { return Ok(Vec::new()) };
        let moves: Vec<EventView> =
            sql("SELECT at, event, epoch, attempt, code FROM task_event WHERE task_id = $1 ORDER BY n")
                .bind(task)
                .all(&mut db)
                .await?;
        let after = [Event::LateProof, Event::WebhookDelivered, Event::WebhookFailed].map(Event::as_str);
        let (after, before): (Vec<_>, Vec<_>) =
            moves.into_iter().partition(|line| after.contains(&line.event.as_str()));
        let end = bounds
            .ended_at
            .map(|at| EventView { code: bounds.failure_code, ..EventView::plain(at, &bounds.state) });
        let created = EventView::plain(bounds.created_at, "created");
        Ok([created].into_iter().chain(before).chain(end).chain(after).collect())
    }
}

/// Notes a move of a task under the epoch in its row.
pub(super) async fn note(db: &mut Db, row: &TaskRow, event: Event, now: Timestamp) -> Result<(), StoreError> {
    noted(row, event, now).execute(db).await?;
    Ok(())
}

/// As [`note`], to be carried out with others.
pub(super) fn noted(row: &TaskRow, event: Event, now: Timestamp) -> Statement {
    let epoch = Some(row.epoch).filter(|_| event.most() == MAX_MOVES);
    let attempt = Some(row.attempt).filter(|_| event == Event::Offered);
    written(&row.id, event, (epoch, attempt, None), now)
}

/// Notes what became of one endpoint's webhook. The task's member is locked for it.
pub(super) async fn note_webhook(
    db: &mut Db,
    task: &str,
    event: Event,
    attempt: u32,
    code: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    written(task, event, (None, Some(attempt), code), now).execute(db).await?;
    Ok(())
}

fn written(
    task: &str,
    event: Event,
    (epoch, attempt, code): (Option<u32>, Option<u32>, Option<&str>),
    now: Timestamp,
) -> Statement {
    sql("INSERT INTO task_event (task_id, n, at, event, epoch, attempt, code)
         SELECT $1, count(*), $2, $3, $4, $5, $6 FROM task_event WHERE task_id = $1 HAVING count(*) < $7
            AND EXISTS (SELECT 1 FROM task WHERE id = $1 AND deleted_at IS NULL)")
    .bind(task)
    .bind(now)
    .bind(event.as_str())
    .bind(epoch.map(i64::from))
    .bind(attempt.map(i64::from))
    .bind(code)
    .bind(event.most())
}

/// Notes that a task which ended as failed was done all the same, once.
pub(super) async fn note_late_proof(db: &mut Db, row: &TaskRow, now: Timestamp) -> Result<(), StoreError> {
    let known: bool =
        sql("SELECT EXISTS (SELECT 1 FROM task_event WHERE task_id = $1 AND event = 'late_proof')")
            .bind(&row.id)
            .one(db)
            .await?;
    if known { Ok(()) } else { note(db, row, Event::LateProof, now).await }
}

/// Notes what an agent loses to another browser that takes its token over.
pub(super) async fn note_lost_to_another(
    db: &mut Db,
    agent: &str,
    member: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    sql(LOST_TO_ANOTHER).bind(agent).bind(member).bind(now).bind(MAX_MOVES).execute(db).await?;
    Ok(())
}
