//! What endpoints are still to be told.
//!
//! It is a row, written in the transaction that ends the task, so nothing is lost between the two. It is claimed before it
//! is sent, so that of several instances one sends it, and deleted when it is told or given up.

use super::db::{Db, Statement, sql};
use super::event::{Event, note_webhook};
use super::row::TaskRow;
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::lifecycle::State;
use serde_json::Value;

/// How long an endpoint belongs to the instance that claimed it: longer than an attempt can last.
const LEASE_MS: u64 = 60_000;
/// Endpoints claimed at once.
const BATCH: u32 = 32;

/// An attempt to tell one endpoint of one task.
#[derive(Clone, sqlx::FromRow)]
pub struct Delivery {
    /// The endpoint.
    pub webhook_id: String,
    /// The task.
    pub task_id: String,
    /// Where.
    pub url: String,
    /// What signs.
    pub secret: String,
    /// Whether the task's output goes with it.
    pub include_output: bool,
    /// Which attempt this is, from 1.
    #[sqlx(try_from = "i64")]
    pub attempt: u32,
}

/// What an endpoint is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// `agent_fetch_connections` or the like.
    pub task_type: String,
    /// How it ended.
    pub state: State,
    /// With which code, if it failed.
    pub code: Option<String>,
    /// When.
    pub ended_at: Timestamp,
    /// Its output.
    pub output: Option<Value>,
}

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken.
    Delivered,
    /// It was not, and is sent again then.
    Again {
        /// How it failed.
        error: String,
        /// When to try again.
        due_at: Timestamp,
    },
    /// It was not, for the last time.
    GivenUp {
        /// How it failed.
        error: String,
    },
    /// The endpoint wants to hear no more.
    Gone,
}

#[derive(sqlx::FromRow)]
struct NoticeRow {
    task_type: String,
    #[sqlx(try_from = "String")]
    state: State,
    failure_code: Option<String>,
    ended_at: Option<Timestamp>,
    task_output: Option<String>,
}

impl Store {
    /// Claims what is due: one delivery of each endpoint that is not busy, so that a slow one holds up only itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_deliveries(&self, now: Timestamp) -> Result<Vec<Delivery>, StoreError> {
        let due = || {
            sql("SELECT webhook.id, (SELECT task_id FROM webhook_delivery AS due
                                     WHERE due.webhook_id = webhook.id AND due.due_at <= $1
                                     ORDER BY due.due_at, due.task_id LIMIT 1)
                 FROM webhook
                 WHERE disabled_at IS NULL AND busy_until <= $1
                   AND EXISTS (SELECT 1 FROM webhook_delivery AS due
                               WHERE due.webhook_id = webhook.id AND due.due_at <= $1)
                 LIMIT $2")
            .bind(now)
            .bind(BATCH)
        };
        // Most of the time there is nothing, and nobody has to stand in line for it.
        if due().all::<(String, String)>(&mut self.read().await?).await?.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.begin().await?;
        tx.lock("webhooks").await?;
        let mut claimed = Vec::new();
        for (webhook, task) in due().all::<(String, String)>(&mut tx).await? {
            // Counted before it is sent: one that ends the process is not tried for ever.
            let counted = sql(
                "UPDATE webhook_delivery SET attempt = attempt + 1 WHERE webhook_id = $1 AND task_id = $2",
            )
            .bind(&webhook)
            .bind(&task)
            .execute(&mut tx)
            .await?;
            // Its task was deleted meanwhile, and it with it.
            if counted == 0 {
                continue;
            }
            sql("UPDATE webhook SET busy_until = $1 WHERE id = $2")
                .bind(now.plus_ms(LEASE_MS))
                .bind(&webhook)
                .execute(&mut tx)
                .await?;
            let delivery: Option<Delivery> =
                sql("SELECT webhook_id, task_id, url, secret, include_output, attempt
                 FROM webhook_delivery JOIN webhook ON webhook.id = webhook_id
                 WHERE webhook_id = $1 AND task_id = $2")
                .bind(&webhook)
                .bind(&task)
                .optional(&mut tx)
                .await?;
            claimed.extend(delivery);
        }
        tx.commit().await?;
        Ok(claimed)
    }

    /// What to tell. `None`: the task was deleted meanwhile, and nothing is told of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn notice(&self, delivery: &Delivery) -> Result<Option<Notice>, StoreError> {
        let row: Option<NoticeRow> = sql("SELECT task_type, state, failure_code, ended_at,
                    CASE WHEN $2 THEN task_output END AS task_output
             FROM task WHERE id = $1 AND deleted_at IS NULL")
        .bind(&delivery.task_id)
        .bind(delivery.include_output)
        .optional(&mut self.read().await?)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let output = row.task_output.as_deref().map(serde_json::from_str).transpose();
        Ok(Some(Notice {
            task_type: row.task_type,
            state: row.state,
            code: row.failure_code,
            ended_at: row.ended_at.ok_or(StoreError::Corrupt("the end of a task"))?,
            output: output.map_err(|_| StoreError::Corrupt("a task's output"))?,
        }))
    }

    /// Writes down what an attempt came to, and gives the endpoint back. What comes of an attempt that lasted until
    /// another one was begun is the other one's to say.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_delivery(
        &self,
        delivery: &Delivery,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let member: Option<String> = sql("SELECT member_id FROM task WHERE id = $1 AND deleted_at IS NULL")
            .bind(&delivery.task_id)
            .scalar(&mut tx)
            .await?;
        if let Some(member) = &member {
            tx.lock(member).await?;
        }
        let (event, code) = match outcome {
            Outcome::Delivered => (Some(Event::WebhookDelivered), None),
            Outcome::Again { .. } => (None, None),
            Outcome::GivenUp { error } => (Some(Event::WebhookFailed), Some(error.as_str())),
            Outcome::Gone => (Some(Event::WebhookFailed), Some("http_410")),
        };
        let own = match outcome {
            Outcome::Again { due_at, .. } => {
                sql("UPDATE webhook_delivery SET due_at = $1
                     WHERE webhook_id = $2 AND task_id = $3 AND attempt = $4")
                .bind(*due_at)
                .bind(&delivery.webhook_id)
                .bind(&delivery.task_id)
                .bind(delivery.attempt)
                .execute(&mut tx)
                .await?
            }
            _ => remove(&mut tx, delivery).await?,
        };
        if own == 0 {
            return release_if_idle(tx, delivery).await;
        }
        if let Some(event) = event.filter(|_| member.is_some()) {
            note_webhook(&mut tx, &delivery.task_id, event, delivery.attempt, code, now).await?;
        }
        note_at_endpoint(&mut tx, delivery, outcome, now).await?;
        tx.commit().await
    }

    /// Drops what is no longer to be told, and gives the endpoint back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drop_delivery(&self, delivery: &Delivery) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        remove(&mut tx, delivery).await?;
        release_if_idle(tx, delivery).await
    }
}

/// Removes what this attempt was about, unless another attempt has been begun.
async fn remove(db: &mut Db, delivery: &Delivery) -> Result<u64, StoreError> {
    let removed = sql("DELETE FROM webhook_delivery WHERE webhook_id = $1 AND task_id = $2 AND attempt = $3")
        .bind(&delivery.webhook_id)
        .bind(&delivery.task_id)
        .bind(delivery.attempt)
        .execute(db)
        .await?;
    Ok(removed)
}

/// Gives the endpoint back of a task that is told to nobody any more. While it is still there, another attempt has it.
async fn release_if_idle(mut tx: Db, delivery: &Delivery) -> Result<(), StoreError> {
    sql("UPDATE webhook SET busy_until = 0 WHERE id = $1
           AND NOT EXISTS (SELECT 1 FROM webhook_delivery WHERE webhook_id = $1 AND task_id = $2)")
    .bind(&delivery.webhook_id)
    .bind(&delivery.task_id)
    .execute(&mut tx)
    .await?;
    tx.commit().await
}

/// An endpoint is gone, and with it what it was still to be told.
pub(super) async fn forget_endpoint(db: &mut Db, webhook: &str) -> Result<u64, StoreError> {
    Ok(sql("DELETE FROM webhook_delivery WHERE webhook_id = $1").bind(webhook).execute(db).await?)
}

/// The same of all of a team's.
pub(super) async fn forget_endpoints(db: &mut Db, team: &str) -> Result<(), StoreError> {
    sql("DELETE FROM webhook_delivery WHERE webhook_id IN (SELECT id FROM webhook WHERE team_id = $1)")
        .bind(team)
        .execute(db)
        .await?;
    sql("DELETE FROM webhook WHERE team_id = $1").bind(team).execute(db).await?;
    Ok(())
}

async fn note_at_endpoint(
    db: &mut Db,
    delivery: &Delivery,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<(), StoreError> {
    let error = match outcome {
        Outcome::Delivered => {
            sql("UPDATE webhook SET busy_until = 0, last_delivered_at = $1, last_error = NULL, last_error_at = NULL
                 WHERE id = $2")
            .bind(now)
            .bind(&delivery.webhook_id)
            .execute(db)
            .await?;
            return Ok(());
        }
        Outcome::Again { error, .. } | Outcome::GivenUp { error } => error.as_str(),
        Outcome::Gone => "http_410",
    };
    sql("UPDATE webhook SET busy_until = 0, last_error = $1, last_error_at = $2 WHERE id = $3")
        .bind(error)
        .bind(now)
        .bind(&delivery.webhook_id)
        .execute(db)
        .await?;
    match outcome {
        Outcome::Gone => disable(db, delivery, "gone", now).await,
        // It took nothing for all the days over which this was tried.
        Outcome::GivenUp { .. } => {
            let took: bool = sql("SELECT EXISTS (SELECT 1 FROM webhook JOIN task ON task.id = $1
                         WHERE webhook.id = $2 AND webhook.last_delivered_at > task.ended_at)")
            .bind(&delivery.task_id)
            .bind(&delivery.webhook_id)
            .one(db)
            .await?;
            if took { Ok(()) } else { disable(db, delivery, "failing", now).await }
        }
        _ => Ok(()),
    }
}

async fn disable(db: &mut Db, delivery: &Delivery, reason: &str, now: Timestamp) -> Result<(), StoreError> {
    sql("UPDATE webhook SET disabled_at = $1, disabled_reason = $2 WHERE id = $3")
        .bind(now)
        .bind(reason)
        .bind(&delivery.webhook_id)
        .execute(db)
        .await?;
    let untold = forget_endpoint(db, &delivery.webhook_id).await?;
    tracing::warn!(webhook = delivery.webhook_id, reason, untold, "a webhook was disabled");
    Ok(())
}

/// Has the endpoints of a task's team told of its end.
pub(super) fn task_ended(row: &TaskRow, now: Timestamp) -> Statement {
    sql("INSERT INTO webhook_delivery (webhook_id, task_id, due_at)
         SELECT webhook.id, task.id, $1 FROM task JOIN webhook ON webhook.team_id = task.team_id
         WHERE task.id = $2 AND webhook.disabled_at IS NULL")
    .bind(now)
    .bind(&row.id)
}
