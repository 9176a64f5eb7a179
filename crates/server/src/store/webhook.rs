//! Where a team wants to hear of its tasks' ends.

use super::db::sql;
use super::{ManageError, Store, StoreError, delivery, team};
use crate::clock::Timestamp;
use uuid::Uuid;

/// Most endpoints of a team.
const MAX_WEBHOOKS: u32 = 20;

/// An endpoint that a team registers.
pub struct NewWebhook<'a> {
    /// Whose it is.
    pub team: &'a str,
    /// The checked URL.
    pub url: &'a str,
    /// What signs.
    pub secret: &'a str,
    /// Whether a task's output goes with the news.
    pub include_output: bool,
}

/// An endpoint, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Webhook {
    /// Its id.
    pub id: String,
    /// Where it is.
    pub url: String,
    /// Whether a task's output goes with the news.
    pub include_output: bool,
    /// When it was registered.
    pub created_at: Timestamp,
    /// Since when it is told nothing more.
    pub disabled_at: Option<Timestamp>,
    /// Why.
    pub disabled_reason: Option<String>,
    /// When it last took something.
    pub last_delivered_at: Option<Timestamp>,
    /// How it last failed since then.
    pub last_error: Option<String>,
    /// When.
    pub last_error_at: Option<Timestamp>,
}

/// Why an endpoint was not registered.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The team has as many as it may have.
    #[error("the team has {0} webhooks already")]
    TooMany(u32),
    /// The team was removed while this was on its way.
    #[error("there is no such team any more")]
    NoTeam,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for WebhookError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Store {
    /// Registers an endpoint; answers with it.
    ///
    /// # Errors
    /// [`WebhookError`].
    pub async fn add_webhook(&self, new: NewWebhook<'_>, now: Timestamp) -> Result<Webhook, WebhookError> {
        let mut tx = self.begin().await?;
        team::lock_existing(&mut tx, new.team).await.map_err(|error| match error {
            ManageError::Store(error) => WebhookError::Store(error),
            ManageError::Unknown(_) | ManageError::Cursor => WebhookError::NoTeam,
        })?;
        let count: i64 =
            sql("SELECT count(*) FROM webhook WHERE team_id = $1").bind(new.team).one(&mut tx).await?;
        if count >= MAX_WEBHOOKS.into() {
            return Err(WebhookError::TooMany(MAX_WEBHOOKS));
        }
        let id = Uuid::new_v4().to_string();
        sql("INSERT INTO webhook (id, team_id, url, secret, include_output, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(&id)
        .bind(new.team)
        .bind(new.url)
        .bind(new.secret)
        .bind(new.include_output)
        .bind(now)
        .execute(&mut tx)
        .await?;
        tx.commit().await?;
        Ok(Webhook {
            id,
            url: new.url.to_owned(),
            include_output: new.include_output,
            created_at: now,
            disabled_at: None,
            disabled_reason: None,
            last_delivered_at: None,
            last_error: None,
            last_error_at: None,
        })
    }

    /// A team's endpoints, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn webhooks(&self, team: &str) -> Result<Vec<Webhook>, StoreError> {
        let webhooks = sql("SELECT id, url, include_output, created_at, disabled_at, disabled_reason,
                    last_delivered_at, last_error, last_error_at
             FROM webhook WHERE team_id = $1 ORDER BY created_at, id")
        .bind(team)
        .all(&mut self.read().await?)
        .await?;
        Ok(webhooks)
    }

    /// Deletes an endpoint and what it was still to be told; false when the team has none of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_webhook(&self, team: &str, webhook: &str) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let deleted = sql("DELETE FROM webhook WHERE id = $1 AND team_id = $2")
            .bind(webhook)
            .bind(team)
            .execute(&mut tx)
            .await?;
        if deleted == 1 {
            delivery::forget_endpoint(&mut tx, webhook).await?;
        }
        tx.commit().await?;
        Ok(deleted == 1)
    }
}
