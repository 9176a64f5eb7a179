//! Who is signed in to the dashboard. A session stands for the admin key that it was begun with and ends with it, or
//! after half a day.

use super::db::{Db, sql};
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::secret;

/// How long a session lasts: a working day.
pub const SESSION_LIFE_MS: u64 = 12 * 60 * 60_000;

/// A session that is not over.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SessionView {
    /// The id of its admin key.
    pub key: String,
    /// What that key is called, if anything.
    pub name: Option<String>,
    /// When it ends.
    pub expires_at: Timestamp,
    last_used_at: Option<Timestamp>,
}

impl Store {
    /// Begins a session of an admin key, and forgets those that are over. Answers with what the cookie is to hold, of which
    /// a hash is kept alone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_session(&self, admin_key: &str, now: Timestamp) -> Result<String, StoreError> {
        let secret = secret::new_session()?;
        let mut tx = self.begin().await?;
        sql("DELETE FROM dashboard_session WHERE expires_at <= $1").bind(now).execute(&mut tx).await?;
        sql("INSERT INTO dashboard_session (hash, admin_key_id, expires_at) VALUES ($1, $2, $3)")
            .bind(secret::hash_secret(&secret))
            .bind(admin_key)
            .bind(now.plus_ms(SESSION_LIFE_MS))
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(secret)
    }

    /// The session of a secret; takes note of its key's use. `None`: there never was one, or it is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_session(&self, secret: &str, now: Timestamp) -> Result<Option<SessionView>, StoreError> {
        let found: Option<SessionView> =
            sql("SELECT admin_key.id AS key, admin_key.name, admin_key.last_used_at, expires_at
             FROM dashboard_session JOIN admin_key ON admin_key.id = admin_key_id
             WHERE dashboard_session.hash = $1 AND expires_at > $2 AND admin_key.revoked_at IS NULL")
            .bind(secret::hash_secret(secret))
            .bind(now)
            .optional(&mut self.read().await?)
            .await?;
        if let Some(session) = &found {
            self.admin_key_used(&session.key, session.last_used_at, now).await;
        }
        Ok(found)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_session(&self, secret: &str) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sql("DELETE FROM dashboard_session WHERE hash = $1")
            .bind(secret::hash_secret(secret))
            .execute(&mut tx)
            .await?;
        tx.commit().await
    }
}

/// Ends all sessions of an admin key.
pub(super) async fn end_all_of(db: &mut Db, admin_key: &str) -> Result<(), StoreError> {
    sql("DELETE FROM dashboard_session WHERE admin_key_id = $1").bind(admin_key).execute(db).await?;
    Ok(())
}
