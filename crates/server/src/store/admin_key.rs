//! Keys of the admin API. They open every team, so they are made at the command line alone.

use super::db::sql;
use super::key::{Made, is_news};
use super::manage::{ManageError, Thing};
use super::{Store, StoreError, session};
use crate::clock::Timestamp;
use crate::secret;
use serde::Serialize;
use uuid::Uuid;

/// An admin key as its operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct AdminKeyView {
    /// Its id, for good.
    pub id: String,
    /// What it is called, if anything.
    pub name: Option<String>,
    /// Since when it is there.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

impl Store {
    /// A new admin key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_admin_key(&self, name: Option<&str>, now: Timestamp) -> Result<Made, StoreError> {
        let made = Made { id: Uuid::new_v4().to_string(), secret: secret::new_admin_key()? };
        let mut tx = self.begin().await?;
        sql("INSERT INTO admin_key (id, hash, name, created_at) VALUES ($1, $2, $3, $4)")
            .bind(&made.id)
            .bind(secret::hash_secret(&made.secret))
            .bind(name)
            .bind(now)
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(made)
    }

    /// The admin keys, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn admin_keys(&self) -> Result<Vec<AdminKeyView>, StoreError> {
        let keys = sql("SELECT id, name, created_at, last_used_at FROM admin_key
             WHERE revoked_at IS NULL ORDER BY created_at, id");
        Ok(keys.all(&mut self.read().await?).await?)
    }

    /// Makes an admin key open nothing from now on. Who is signed in by it no longer is.
    ///
    /// # Errors
    /// [`ManageError::Unknown`], or when the database fails.
    pub async fn revoke_admin_key(&self, key: &str, now: Timestamp) -> Result<(), ManageError> {
        let mut tx = self.begin().await?;
        let changed = sql("UPDATE admin_key SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL")
            .bind(now)
            .bind(key)
            .execute(&mut tx)
            .await?;
        Thing::AdminKey.must_be(changed)?;
        session::end_all_of(&mut tx, key).await?;
        Ok(tx.commit().await?)
    }

    /// The id of an admin key; takes note of its use. `None`: it never was one, or was revoked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_admin_key(&self, key: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
        let found: Option<(String, Option<Timestamp>)> =
            sql("SELECT id, last_used_at FROM admin_key WHERE hash = $1 AND revoked_at IS NULL")
                .bind(secret::hash_secret(key))
                .optional(&mut self.read().await?)
                .await?;
        let Some((id, last_used_at)) = found else { return Ok(None) };
        self.admin_key_used(&id, last_used_at, now).await;
        Ok(Some(id))
    }

    /// Takes note of the use of an admin key, when that is news.
    pub(super) async fn admin_key_used(&self, id: &str, last_used_at: Option<Timestamp>, now: Timestamp) {
        if is_news(last_used_at, now) {
            let note = "UPDATE admin_key SET last_used_at = $1
                        WHERE id = $2 AND (last_used_at IS NULL OR last_used_at <= $3)";
            self.note_use(note, id, now).await;
        }
    }
}
