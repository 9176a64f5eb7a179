//! A caller's task comes in.

use super::db::{Db, Statement, sql};
use super::idempotency::{self, Kept};
use super::queue::Room;
use super::twin::{self, Twin};
use super::{Store, StoreError, member, together};
use crate::clock::Timestamp;
use crate::lifecycle::start_within_ms;
use crate::secret;
use liaison_protocol::{ErrorCode, SendConnectionRequest, TaskInput, TaskOptions, TaskType};
use serde_json::{Value, json};
use uuid::Uuid;

/// A task that passed the check of its input.
pub struct NewTask<'a> {
    /// Whose it is.
    pub team: &'a str,
    /// The checked input.
    pub input: &'a TaskInput,
    /// The checked options.
    pub options: TaskOptions,
    /// The input as the caller sent it, defaults filled in.
    pub echo: &'a Value,
    /// The caller's key, under which the same request is carried out once.
    pub key: Option<&'a str>,
    /// The whole request, when this task is only how a part of it is carried out: under one key it has to be the same.
    pub part_of: Option<&'a Value>,
}

/// A task that was taken, and is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// The task's id.
    pub task: String,
    /// Whether it is an invitation to the same person that was there before.
    pub deduplicated: bool,
    /// Who acts, when the task is new.
    pub new_for: Option<String>,
}

/// Why a team can't have a task carried out now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody could act.
    #[error("the team has no admin")]
    NoAdmin,
    /// No browser was seen for long.
    #[error("the team has no agent")]
    NoAgent,
    /// As many tasks of the team are unfinished as there may be.
    #[error("the team's queue is full")]
    QueueFull,
    /// LinkedIn refuses invitations from the acting account.
    #[error("the account is at a limit")]
    Limit {
        /// Which limit.
        code: ErrorCode,
        /// Until when, as far as known.
        until: Timestamp,
    },
}

/// Why a task was not taken.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// It can't be carried out.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Another request came under this key before.
    #[error("the key was used for another request")]
    KeyReused,
    /// An invitation to this person waits with another note.
    #[error("an invitation to this person is pending with another note")]
    OtherNote,
    /// An invitation to this person is being cancelled, and may still go out.
    #[error("an invitation to this person is being cancelled")]
    BeingCancelled,
    /// An invitation to this person was sent, or may have been, and its task was deleted.
    #[error("an invitation to this person was sent, and its task deleted")]
    InvitedBefore,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for CreateError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

pub(super) const STANDING: &str =
    "SELECT EXISTS (SELECT 1 FROM member WHERE id = $1 AND removed_at IS NULL) AS is_there,
            EXISTS (SELECT 1 FROM agent
                    WHERE team_id = $2 AND superseded_at IS NULL AND last_seen_at >= $3) AS agent_seen,
            EXISTS (SELECT 1 FROM task WHERE member_id = $1 AND profile IN ($4, $5)) AS person_known,
            acting.invitation_limit_until, acting.note_limit_until
     FROM (SELECT 1 AS one) AS always LEFT JOIN agent AS acting
          ON acting.member_id = $1 AND acting.superseded_at IS NULL
     LIMIT 1";

/// How the acting member stands.
#[derive(sqlx::FromRow)]
struct Standing {
    is_there: bool,
    agent_seen: bool,
    /// Whether there is any task about the person, be it one that stands for nothing.
    person_known: bool,
    invitation_limit_until: Option<Timestamp>,
    note_limit_until: Option<Timestamp>,
}

impl NewTask<'_> {
    const fn invitation(&self) -> Option<&SendConnectionRequest> {
        match self.input {
            TaskInput::SendConnectionRequest(invitation) => Some(invitation),
            TaskInput::FetchConnections(_) => None,
        }
    }

    fn start_within_ms(&self) -> u64 {
        self.options.deadline_ms.unwrap_or_else(|| start_within_ms(self.input.task_type()))
    }

    fn allows_duplicate(&self) -> bool {
        self.options.allow_duplicate == Some(true)
    }

    /// A hash of what is asked for. Two spellings of one wish are the same request; what is absent says nothing, so that
    /// neither a member that a later version adds nor another time to start by makes an older request another one.
    pub(super) fn request_hash(&self) -> Vec<u8> {
        let mut asked = json!({ "input": self.input, "allow_duplicate": self.allows_duplicate() });
        if let Some(ms) = self.options.deadline_ms {
            asked["deadline_ms"] = json!(ms);
        }
        if let Some(whole) = self.part_of {
            asked["part_of"] = whole.clone();
        }
        if let Some(input) = asked["input"].as_object_mut() {
            input.retain(|_, value| !value.is_null());
        }
        secret::hash_secret(&asked.to_string())
    }
}

impl Store {
    /// Takes a task, unless the team can't have it carried out. Under a key that was used before, and for a person who is
    /// invited already, the answer is the task that is there. What is refused leaves nothing behind.
    ///
    /// # Errors
    /// [`CreateError`].
    pub async fn create_task(&self, new: NewTask<'_>, now: Timestamp) -> Result<Created, CreateError> {
        loop {
            if let Some(created) = self.try_to_create(&new, now).await? {
                return Ok(created);
            }
        }
    }

    /// `None`: while the acting member's lock was waited for they left, or the same key came in by way of another one.
    async fn try_to_create(&self, new: &NewTask<'_>, now: Timestamp) -> Result<Option<Created>, CreateError> {
        let request_hash = new.request_hash();
        let mut tx = self.begin().await?;
        let member = member::acting(&mut tx, new.team).await?;
        if let Some(member) = &member {
            tx.lock(member).await?;
        }
        if let Some(key) = new.key
            && let Some(kept) = idempotency::find(&mut tx, new.team, key).await?
        {
            // Others in the same commit may have written it just now: it is answered once that is on the disk.
            tx.commit().await?;
            return if kept.request_hash == request_hash {
                Ok(Some(Created { task: kept.task_id, deduplicated: kept.deduplicated, new_for: None }))
            } else {
                Err(CreateError::KeyReused)
            };
        }
        let member = member.ok_or(Refusal::NoAdmin)?;
        let seen_within_ms = u64::try_from(self.seen_within.as_millis()).unwrap_or(u64::MAX);
        let seen_since = now.minus_ms(seen_within_ms);
        let standing = standing(&mut tx, &member, new, seen_since).await?;
        if !standing.is_there {
            return Ok(None);
        }
        let created = take(&mut tx, &self.room, &member, &standing, new, now).await?;
        let mut writes = Vec::new();
        if created.new_for.is_some() {
            writes.push(inserted(&created.task, &member, new, now));
        }
        if let Some(key) = new.key {
            let kept =
                Kept { request_hash, task_id: created.task.clone(), deduplicated: created.deduplicated };
            writes.push(idempotency::keep(new.team, key, &kept, now));
        }
        let written = together::execute(&mut tx, writes).await?;
        if new.key.is_some() && written == 0 {
            return Ok(None);
        }
        tx.commit().await?;
        Ok(Some(created))
    }
}

/// The task that is there for the same person, or else a new one, which is still to be written.
async fn take(
    db: &mut Db,
    room: &Room,
    member: &str,
    standing: &Standing,
    new: &NewTask<'_>,
    now: Timestamp,
) -> Result<Created, CreateError> {
    let invitation = new.invitation();
    if let Some(invitation) = invitation.filter(|_| standing.person_known && !new.allows_duplicate()) {
        match twin::find(db, member, invitation, now).await? {
            Twin::None => {}
            Twin::Same(task) => return Ok(Created { task, deduplicated: true, new_for: None }),
            Twin::OtherNote => return Err(CreateError::OtherNote),
            Twin::BeingCancelled => return Err(CreateError::BeingCancelled),
            Twin::Deleted => return Err(CreateError::InvitedBefore),
        }
    }
    if !standing.agent_seen {
        return Err(Refusal::NoAgent.into());
    }
    let kind = new.input.task_type();
    let has_note = invitation.is_some_and(|invitation| invitation.note.is_some());
    check_limits(standing, kind, has_note, now)?;
    if !room.take(db, new.team).await? {
        return Err(Refusal::QueueFull.into());
    }
    let task = Uuid::new_v4().to_string();
    Ok(Created { task, deduplicated: false, new_for: Some(member.to_owned()) })
}

fn inserted(task: &str, member: &str, new: &NewTask<'_>, now: Timestamp) -> Statement {
    let invitation = new.invitation();
    sql(
        "INSERT INTO task (id, team_id, member_id, task_type, task_input, has_note, profile, state, created_at,
                           start_by, deadline_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', $8, $9, $9)",
    )
    .bind(task)
    .bind(new.team)
    .bind(member)
    .bind(new.input.task_type().as_str())
    .bind(new.echo.to_string())
    .bind(invitation.is_some_and(|invitation| invitation.note.is_some()))
    .bind(invitation.map(|invitation| invitation.profile.as_str()))
    .bind(now)
    .bind(now.plus_ms(new.start_within_ms()))
}

async fn standing(
    db: &mut Db,
    member: &str,
    new: &NewTask<'_>,
    seen_since: Timestamp,
) -> Result<Standing, StoreError> {
    let profile = new.invitation().map(|invitation| invitation.profile.as_str());
    let standing = sql(STANDING)
        .bind(member)
        .bind(new.team)
        .bind(seen_since)
        .bind(profile)
        .bind(profile.map(|profile| twin::hash_of(member, profile)));
    Ok(standing.record(db).await?)
}

/// A limit stops what it is about and nothing else: reading goes on under both, a plain invitation under the notes'.
fn check_limits(
    standing: &Standing,
    kind: TaskType,
    has_note: bool,
    now: Timestamp,
) -> Result<(), CreateError> {
    if kind != TaskType::SendConnectionRequest {
        return Ok(());
    }
    let note_limit = standing.note_limit_until.filter(|_| has_note);
    for (code, until) in
        [(ErrorCode::InvitationLimit, standing.invitation_limit_until), (ErrorCode::NoteLimit, note_limit)]
    {
        if let Some(until) = until.filter(|until| *until > now) {
            return Err(Refusal::Limit { code, until }.into());
        }
    }
    Ok(())
}
