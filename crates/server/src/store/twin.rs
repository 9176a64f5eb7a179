//! The guard on the same person: a second invitation to somebody is the first one, unless the caller says otherwise.

use super::StoreError;
use super::db::{Db, sql};
use crate::clock::Timestamp;
use crate::lifecycle::State;
use crate::secret;
use liaison_protocol::{ErrorCode, SendConnectionRequest, TaskInput, TaskType, normalise_profile_urn};
use serde_json::Value;

/// How long an invitation that was sent, or may have been, stands for the next one. LinkedIn itself takes no second one
/// to the same person for three weeks after the first was withdrawn.
const STANDS_MS: u64 = 21 * 24 * 3_600_000;

/// What is there already for a new invitation.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Twin {
    /// Nothing that stands in its way.
    None,
    /// The same invitation.
    Same(String),
    /// One that waits to be sent with another note: which of the two is meant, only the caller knows.
    OtherNote,
    /// One that may still go out, though somebody asked for its end: whether it stands is not known yet.
    BeingCancelled,
    /// One that was sent, or may have been, and whose task was deleted since.
    Deleted,
}

#[derive(sqlx::FromRow)]
struct Candidate {
    id: String,
    #[sqlx(try_from = "String")]
    state: State,
    task_input: String,
    cancel_requested: bool,
    deleted: bool,
}

/// Looks for an invitation by this member to the same person. One that ended without having been sent stands for
/// nothing; one of which that isn't known stands as if it had been.
pub(super) async fn find(
    db: &mut Db,
    member: &str,
    new: &SendConnectionRequest,
    now: Timestamp,
) -> Result<Twin, StoreError> {
    // What can no longer start in time only waits for the sweep.
    let candidates: Vec<Candidate> =
        sql("SELECT id, state, task_input, cancel_requested_at IS NOT NULL AS cancel_requested,
                deleted_at IS NOT NULL AS deleted FROM task
         WHERE member_id = $1 AND profile IN ($2, $5) AND (
             state IN ('started', 'verifying')
             OR (state IN ('queued', 'offered') AND deadline_at > $3)
             OR (ended_at > $4 AND (state = 'completed' OR failure_code = 'outcome_unknown')))
         ORDER BY seq DESC")
        .bind(member)
        .bind(new.profile.as_str())
        .bind(now)
        .bind(now.minus_ms(STANDS_MS))
        .bind(hash_of(member, new.profile.as_str()))
        .all(db)
        .await?;
    let mut twin = Twin::None;
    for candidate in candidates {
        let pending = matches!(candidate.state, State::Queued | State::Offered);
        match (pending, has_note(&candidate, new.note.as_deref())) {
            (true, true) => return Ok(Twin::Same(candidate.id)),
            (true, false) => twin = Twin::OtherNote,
            (false, _) if twin == Twin::OtherNote => {}
            // One that was sent stands, whatever becomes of another.
            (false, _) if candidate.cancel_requested && !candidate.state.is_over() => {
                if twin == Twin::None {
                    twin = Twin::BeingCancelled;
                }
            }
            (false, _) if candidate.deleted => {
                if !matches!(twin, Twin::Same(_)) {
                    twin = Twin::Deleted;
                }
            }
            // Sent, or about to be: a note can't be changed any more.
            (false, _) => {
                if !matches!(twin, Twin::Same(_)) {
                    twin = Twin::Same(candidate.id);
                }
            }
        }
    }
    Ok(twin)
}

/// Whom an invitation of a deleted task was for: to be compared, and not to be read.
pub(super) fn hash_of(member: &str, profile: &str) -> String {
    secret::hex(&secret::hash_secret(&format!("{member} {profile}")))
}

/// Until when an invitation that is over stands for the next one to the same person, if it does.
pub(super) fn stands_until(
    state: State,
    failure_code: Option<&str>,
    ended_at: Option<Timestamp>,
) -> Option<Timestamp> {
    let unknown = failure_code == Some(ErrorCode::OutcomeUnknown.as_str());
    ended_at.filter(|_| state == State::Completed || unknown).map(|at| at.plus_ms(STANDS_MS))
}

fn has_note(candidate: &Candidate, note: Option<&str>) -> bool {
    let input = serde_json::from_str::<Value>(&candidate.task_input).ok();
    let parsed = input
        .as_ref()
        .and_then(Value::as_object)
        .and_then(|fields| TaskInput::parse(TaskType::SendConnectionRequest, fields).ok());
    matches!(parsed, Some(TaskInput::SendConnectionRequest(input)) if input.note.as_deref() == note)
}

/// Fills in whom the invitations of an older version are for, so that the guard sees them.
pub(super) async fn name_persons(db: &mut Db) -> Result<(), StoreError> {
    let nameless: Vec<(i64, Option<String>)> =
        sql("SELECT seq, json_extract(task_input, '$.profile_urn') FROM task
         WHERE profile IS NULL AND deleted_at IS NULL AND task_type = 'agent_send_connection_request'")
        .all(db)
        .await?;
    for (seq, urn) in nameless {
        let Some(Ok(profile)) = urn.map(|urn| normalise_profile_urn(&urn)) else { continue };
        sql("UPDATE task SET profile = $1 WHERE seq = $2")
            .bind(profile.as_str())
            .bind(seq)
            .execute(db)
            .await?;
    }
    Ok(())
}
