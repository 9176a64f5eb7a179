//! LinkedIn's limits on a member's account, as far as known.
//!
//! They are the account's and not the browser's: whoever reports one, it counts for the agent that acts now.

use super::StoreError;
use super::db::{Db, Statement, sql};
use super::result::TaskResult;
use super::row::TaskRow;
use crate::clock::Timestamp;
use crate::lifecycle::{Lease, State};
use liaison_protocol::{CompletionStatus, ErrorCode, WaitReason};

/// How long a limit lasts when nobody says for how long: LinkedIn's are counted in days.
const DEFAULT_LIMIT_MS: u64 = 24 * 3_600_000;
/// LinkedIn counts by the week; what an agent says beyond a month would stop the queue for nothing.
const LONGEST_LIMIT_MS: u64 = 30 * DEFAULT_LIMIT_MS;

/// Notes that `reason`, when it is a limit, lasts for `for_ms` from now.
pub(super) async fn set(
    db: &mut Db,
    member: &str,
    reason: WaitReason,
    for_ms: Option<u64>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if let Some(set) = setting(member, reason, for_ms, now) {
        set.execute(db).await?;
    }
    Ok(())
}

fn setting(member: &str, reason: WaitReason, for_ms: Option<u64>, now: Timestamp) -> Option<Statement> {
    let set = match reason {
        WaitReason::InvitationLimit => {
            "UPDATE agent SET invitation_limit_until = $1, invitation_limit_since = $2
             WHERE member_id = $3 AND superseded_at IS NULL"
        }
        WaitReason::NoteLimit => {
            "UPDATE agent SET note_limit_until = $1, note_limit_since = $2
             WHERE member_id = $3 AND superseded_at IS NULL"
        }
        _ => return None,
    };
    let until = now.plus_ms(for_ms.unwrap_or(DEFAULT_LIMIT_MS).min(LONGEST_LIMIT_MS));
    Some(sql(set).bind(until).bind(now).bind(member))
}

/// Forgets both: they were another account's.
pub(super) async fn forget(db: &mut Db, agent: &str) -> Result<(), StoreError> {
    sql("UPDATE agent SET invitation_limit_until = NULL, note_limit_until = NULL WHERE id = $1")
        .bind(agent)
        .execute(db)
        .await?;
    Ok(())
}

/// What is learnt from a result. A limit that LinkedIn named is remembered for the callers; an invitation that went out at
/// once shows that what was known before its start is over. One that was looked up may have gone out at any time.
pub(super) fn learnt(
    task: &TaskRow,
    lease: &Lease,
    result: &TaskResult<'_>,
    now: Timestamp,
) -> Result<Option<Statement>, StoreError> {
    if let Some(failure) = &result.failure {
        let reason = match failure.code {
            ErrorCode::InvitationLimit => WaitReason::InvitationLimit,
            ErrorCode::NoteLimit => WaitReason::NoteLimit,
            _ => return Ok(None),
        };
        return Ok(setting(&task.member_id, reason, failure.retry_in_ms, now));
    }
    let looked_up = lease.verify || task.state == State::Verifying;
    let sent = result.status == CompletionStatus::Completed && task.kind()?.has_effect() && !looked_up;
    Ok(lease.started_at.filter(|_| sent).map(|started_at| lifted(task, started_at)))
}

fn lifted(task: &TaskRow, started_at: Timestamp) -> Statement {
    sql("UPDATE agent
         SET invitation_limit_until = CASE WHEN invitation_limit_since < $2 THEN NULL ELSE invitation_limit_until END,
             note_limit_until = CASE WHEN $3 AND note_limit_since < $2 THEN NULL ELSE note_limit_until END
         WHERE member_id = $1 AND superseded_at IS NULL
           AND (invitation_limit_until IS NOT NULL OR note_limit_until IS NOT NULL)")
    .bind(&task.member_id)
    .bind(started_at)
    .bind(task.has_note)
}
