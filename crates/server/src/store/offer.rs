//! Offers, as they are written down: on disk before they are answered.

use super::StoreError;
use super::db::{Db, sql};
use super::event::{Event, note, noted};
use super::row::{TaskRow, mark_arrived};
use super::together;
use crate::clock::Timestamp;
use crate::lifecycle::{END_WITHIN_MS, LEASE_MS, OFFER_MS, State};
use crate::secret;
use liaison_protocol::{Mode, Offer, TaskOptions};

/// A new epoch. A read starts with its offer; an invitation only when the agent asks for its start.
pub(super) async fn begin(
    db: &mut Db,
    mut row: TaskRow,
    agent: &str,
    now: Timestamp,
) -> Result<Offer, StoreError> {
    let read = !row.kind()?.has_effect();
    row.epoch += 1;
    row.attempt += 1;
    if read && row.started_at.is_none() {
        row.started_at = Some(now);
        row.deadline_at = now.plus_ms(END_WITHIN_MS);
    }
    let (state, lease_ms) = if read { (State::Started, LEASE_MS) } else { (State::Offered, OFFER_MS) };
    let token = secret::new_lease_token()?;
    let moved = sql(
        "UPDATE task SET state = $1, epoch = $2, attempt = $3, started_at = $4, deadline_at = $5, lease_until = $6,
                         progress_done = NULL, progress_of = NULL
         WHERE id = $7 AND state = 'queued' AND epoch = $8",
    )
    .bind(state)
    .bind(row.epoch)
    .bind(row.attempt)
    .bind(row.started_at)
    .bind(row.deadline_at)
    .bind(now.plus_ms(lease_ms))
    .bind(&row.id)
    .bind(row.epoch - 1);
    let leased = sql(
        "INSERT INTO lease (token, task_id, epoch, agent_id, started_at, offered_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&token)
    .bind(&row.id)
    .bind(row.epoch)
    .bind(agent)
    .bind(read.then_some(now))
    .bind(now);
    together::execute(db, vec![moved, leased, noted(&row, Event::Offered, now)]).await?;
    row.token = Some(token);
    offer_of(&row, Mode::Run, None)
}

pub(super) fn offer_of(row: &TaskRow, mode: Mode, since_ms: Option<u64>) -> Result<Offer, StoreError> {
    let mut task_input = row.input()?;
    // It stands beside the input already.
    task_input.remove("task_type");
    TaskOptions::take_out(&mut task_input);
    Ok(Offer {
        task: row.id.clone(),
        task_type: row.task_type.clone(),
        task_input,
        mode,
        token: row.token.clone(),
        epoch: row.epoch,
        offer_ms: Some(OFFER_MS),
        lease_ms: Some(LEASE_MS),
        attempt: row.attempt.max(1),
        since_ms,
        unread: None,
    })
}

/// The same offer as one attempt more: the token may be in the journal that the agent has lost, and still starts it once.
pub(super) async fn offer_again(db: &mut Db, mut row: TaskRow, now: Timestamp) -> Result<Offer, StoreError> {
    note(db, &row, Event::Lost, now).await?;
    row.attempt += 1;
    sql("UPDATE task SET attempt = $1, lease_until = $2 WHERE id = $3 AND state = $4 AND epoch = $5")
        .bind(row.attempt)
        .bind(now.plus_ms(OFFER_MS))
        .bind(&row.id)
        .bind(row.state)
        .bind(row.epoch)
        .execute(db)
        .await?;
    sql("UPDATE lease SET offered_at = $1, arrived = FALSE WHERE task_id = $2 AND epoch = $3")
        .bind(now)
        .bind(&row.id)
        .bind(row.epoch)
        .execute(db)
        .await?;
    note(db, &row, Event::Offered, now).await?;
    offer_of(&row, Mode::Run, None)
}

/// How many offers in a row are not known to have arrived. What goes back to the queue for any other reason begins anew.
pub(super) async fn set_unheard(db: &mut Db, row: &TaskRow, unheard: u32) -> Result<(), StoreError> {
    sql("UPDATE task SET unheard = $1 WHERE id = $2").bind(unheard).bind(&row.id).execute(db).await?;
    Ok(())
}

pub(super) async fn go_on(
    db: &mut Db,
    row: &TaskRow,
    state: State,
    now: Timestamp,
) -> Result<(), StoreError> {
    mark_arrived(db, row).await?;
    note_going_on(db, row, state, now).await?;
    let worth_writing =
        state != row.state || row.lease_until.is_none_or(|until| until < now.plus_ms(LEASE_MS / 2));
    if worth_writing { set_lease(db, row, state, Some(now.plus_ms(LEASE_MS))).await } else { Ok(()) }
}

/// Notes that its agent goes on with a task elsewhere than where the row says that it is.
pub(super) async fn note_going_on(
    db: &mut Db,
    row: &TaskRow,
    state: State,
    now: Timestamp,
) -> Result<(), StoreError> {
    match state {
        _ if state == row.state => Ok(()),
        State::Verifying => note(db, row, Event::Verifying, now).await,
        _ => note(db, row, Event::Resumed, now).await,
    }
}

/// Notes that its agent asks its person about it. The word is for this offer: a newer one is asked about anew.
pub(super) async fn note_asked(db: &mut Db, row: &TaskRow) -> Result<(), StoreError> {
    sql("UPDATE lease SET asked_person = TRUE WHERE task_id = $1 AND epoch = $2")
        .bind(&row.id)
        .bind(row.epoch)
        .execute(db)
        .await?;
    Ok(())
}

/// Moves a task and its lease, unless its row has moved since it was read. What goes back to the queue has no lease.
pub(super) async fn set_lease(
    db: &mut Db,
    row: &TaskRow,
    state: State,
    until: Option<Timestamp>,
) -> Result<(), StoreError> {
    sql("UPDATE task SET state = $1, lease_until = $2 WHERE id = $3 AND state = $4 AND epoch = $5")
        .bind(state)
        .bind(until)
        .bind(&row.id)
        .bind(row.state)
        .bind(row.epoch)
        .execute(db)
        .await?;
    Ok(())
}

pub(super) async fn ask_to_verify(
    db: &mut Db,
    row: &TaskRow,
    agent: &str,
    repeat: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    set_lease(db, row, State::Verifying, Some(now.plus_ms(LEASE_MS))).await?;
    if repeat {
        return Ok(());
    }
    note(db, row, Event::Verifying, now).await?;
    sql("UPDATE lease SET verify = TRUE, agent_id = $1, offered_at = $2, asked = asked + 1, arrived = FALSE
         WHERE task_id = $3 AND epoch = $4")
    .bind(agent)
    .bind(now)
    .bind(&row.id)
    .bind(row.epoch)
    .execute(db)
    .await?;
    Ok(())
}
