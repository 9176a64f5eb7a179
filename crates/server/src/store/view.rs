//! What a caller sees of a task.

use super::db::sql;
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::lifecycle::State;
use liaison_protocol::{Findings, Progress, TaskType, WaitReason, Waiting};
use serde_json::Value;

/// Polls come every 25 s and heartbeats every 15 s, and either is written down once a minute; who was not heard of
/// for two minutes is away.
pub(super) const AWAY_AFTER_MS: u64 = 120_000;

/// A task as its team may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskView {
    /// The task's id.
    pub id: String,
    /// Where it is.
    pub state: State,
    /// The input as it was sent.
    pub input: Value,
    /// The output, at the end.
    pub output: Option<Value>,
    /// Why it waits, when that is known.
    pub waiting: Option<WaitingView>,
    /// How far it is, when that is known.
    pub progress: Option<Progress>,
    /// Whether its end was asked for.
    pub cancel_requested: bool,
    /// What was odd about the list that it read, when something was.
    pub findings: Option<Findings>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// Why a task waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingView {
    /// Why.
    pub reason: WaitReason,
    /// Until when, unless it waits for a person.
    pub until: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
pub(super) struct ViewRow {
    id: String,
    task_type: String,
    task_input: String,
    has_note: bool,
    #[sqlx(try_from = "String")]
    state: State,
    task_output: Option<String>,
    findings: Option<String>,
    cancel_requested: bool,
    progress_done: Option<i64>,
    progress_of: Option<i64>,
    agent_state: Option<String>,
    waiting: Option<String>,
    said_at: Option<Timestamp>,
    last_seen_at: Option<Timestamp>,
    invitation_limit_until: Option<Timestamp>,
    note_limit_until: Option<Timestamp>,
    created_at: Timestamp,
    ended_at: Option<Timestamp>,
}

/// What is read of each task that is shown: `task_output` or a word in its place, and which tasks.
macro_rules! view_of {
    ($output:literal, $($which:literal),+) => {
        concat!(
            "SELECT task.id, task_type, task_input, has_note, task.state, ",
            $output,
            " AS task_output, findings, cancel_requested_at IS NOT NULL AS cancel_requested, progress_done,
                    progress_of, agent.state AS agent_state, waiting, said_at, last_seen_at, invitation_limit_until,
                    note_limit_until, task.created_at, task.ended_at
             FROM task LEFT JOIN agent ON agent.member_id = task.member_id AND agent.superseded_at IS NULL
             WHERE task.team_id = $1 AND task.deleted_at IS NULL AND ",
            $($which),+
        )
    };
}
pub(super) use view_of;

impl Store {
    /// A task of this team. Another team's is as unknown as one that never was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task_view(
        &self,
        team: &str,
        task: &str,
        now: Timestamp,
    ) -> Result<Option<TaskView>, StoreError> {
        let row: Option<ViewRow> = sql(view_of!("task_output", "task.id = $2"))
            .bind(team)
            .bind(task)
            .optional(&mut self.read().await?)
            .await?;
        row.map(|row| view(row, now)).transpose()
    }
}

pub(super) fn view(row: ViewRow, now: Timestamp) -> Result<TaskView, StoreError> {
    let json = |text: &str| serde_json::from_str(text).map_err(|_| StoreError::Corrupt("a task's JSON"));
    let findings = row.findings.as_deref().map(serde_json::from_str).transpose();
    let count = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok());
    let waiting = if row.state.is_over() { None } else { why_waiting(&row, now)? };
    let progress = match (row.state, count(row.progress_done)) {
        (State::Started, Some(done)) => Some(Progress { done, of: count(row.progress_of) }),
        _ => None,
    };
    Ok(TaskView {
        input: json(&row.task_input)?,
        output: row.task_output.as_deref().map(json).transpose()?,
        id: row.id,
        state: row.state,
        waiting,
        progress,
        cancel_requested: row.cancel_requested,
        findings: findings.map_err(|_| StoreError::Corrupt("a task's findings"))?,
        created_at: row.created_at,
        ended_at: row.ended_at,
    })
}

fn why_waiting(row: &ViewRow, now: Timestamp) -> Result<Option<WaitingView>, StoreError> {
    let offline = Some(WaitingView { reason: WaitReason::AgentOffline, until: None });
    let (Some(state), Some(waiting), Some(said_at), Some(seen)) =
        (row.agent_state.as_deref(), row.waiting.as_deref(), row.said_at, row.last_seen_at)
    else {
        return Ok(offline);
    };
    if now.ms_since(seen) > AWAY_AFTER_MS {
        return Ok(offline);
    }
    let entries: Vec<Waiting> =
        serde_json::from_str(waiting).map_err(|_| StoreError::Corrupt("an agent's waiting"))?;
    // A limit on notes holds up what has a note, and nothing else.
    let about = |entry: &&Waiting| {
        entry.task_type == row.task_type && (entry.reason != WaitReason::NoteLimit || row.has_note)
    };
    // What holds up the next one of its kind says nothing about one that is being done.
    let pending = matches!(row.state, State::Queued | State::Offered);
    let still = entries
        .iter()
        .filter(about)
        .map(|entry| WaitingView { reason: entry.reason, until: entry.for_ms.map(|ms| said_at.plus_ms(ms)) });
    let mut still = still.filter(|entry| pending && entry.until.is_none_or(|until| until > now));
    if let Some(entry) = still.next() {
        return Ok(Some(entry));
    }
    let limit = known_limit(row, now).filter(|_| pending);
    Ok(limit.or_else(|| reason_of(state, &entries).map(|reason| WaitingView { reason, until: None })))
}

/// A limit of LinkedIn's that this task would meet, whether or not its agent knows of it.
fn known_limit(row: &ViewRow, now: Timestamp) -> Option<WaitingView> {
    let has_effect = TaskType::from_wire(&row.task_type).is_some_and(TaskType::has_effect);
    let invitations = row.invitation_limit_until.filter(|_| has_effect);
    let notes = row.note_limit_until.filter(|_| row.has_note);
    [(WaitReason::InvitationLimit, invitations), (WaitReason::NoteLimit, notes)]
        .into_iter()
        .find(|(_, until)| until.is_some_and(|until| until > now))
        .map(|(reason, until)| WaitingView { reason, until })
}

/// Why an agent in this state does nothing.
fn reason_of(state: &str, entries: &[Waiting]) -> Option<WaitReason> {
    match state {
        "paused" => Some(WaitReason::Paused),
        "signed_out" => Some(WaitReason::SignedOut),
        "wrong_account" => Some(WaitReason::WrongAccount),
        // Which of the two latches it is, a careful agent says in `waiting`; the account is the same for all kinds.
        "latched" => {
            let mut reasons = entries.iter().map(|entry| entry.reason);
            let is_latch =
                |reason: &WaitReason| matches!(reason, WaitReason::Challenge | WaitReason::Blocked);
            Some(reasons.find(is_latch).unwrap_or(WaitReason::Challenge))
        }
        _ => None,
    }
}
