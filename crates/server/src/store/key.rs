//! A team's API keys: what they may do, and when they last did.

use super::db::{Db, sql};
use super::manage::{Listed, ManageError, Page, Thing};
use super::{Store, StoreError, team};
use crate::clock::Timestamp;
use crate::secret;
use serde::Serialize;
use std::fmt;
use uuid::Uuid;

/// What a key needs for LinkedIn's own call, by LinkedIn's name for it.
pub const CONNECTIONS_SCOPE: &str = "r_1st_connections";
/// All scopes that there are.
pub const SCOPES: [&str; 1] = [CONNECTIONS_SCOPE];

/// "Last used" is asked about in days; writing it down at each request would be a disk write each.
pub(super) const USED_EVERY_MS: u64 = 60_000;

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Look.
    Read,
    /// Look, and change something.
    Write,
}

impl Access {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    /// The access of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Read, Self::Write].into_iter().find(|access| access.as_str() == name)
    }
}

impl TryFrom<String> for Access {
    type Error = StoreError;

    fn try_from(name: String) -> Result<Self, StoreError> {
        Self::from_name(&name).ok_or(StoreError::Corrupt("a key's access"))
    }
}

/// Which doors beside the documented ones a key opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct Scopes(pub Vec<String>);

impl Default for Scopes {
    /// All.
    fn default() -> Self {
        Self(SCOPES.map(str::to_owned).to_vec())
    }
}

impl From<String> for Scopes {
    fn from(names: String) -> Self {
        Self(names.split_whitespace().map(str::to_owned).collect())
    }
}

/// With a blank between them, as OAuth writes them.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

/// What a new key is to be.
#[derive(Clone, Debug)]
pub struct NewKey<'a> {
    /// For the operator's eyes.
    pub name: Option<&'a str>,
    /// What it may do.
    pub access: Access,
    /// What it opens.
    pub scopes: Scopes,
}

impl Default for NewKey<'_> {
    /// Without a name, and with every right.
    fn default() -> Self {
        Self { name: None, access: Access::Write, scopes: Scopes::default() }
    }
}

/// A key that was just made. It is kept as a hash alone, so it is known here and nowhere else.
pub struct Made {
    /// Its id, which is no secret.
    pub id: String,
    /// The key.
    pub secret: String,
}

/// A key as its operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct KeyView {
    /// Its id, for good.
    pub id: String,
    /// What it is called, if anything.
    pub name: Option<String>,
    /// What it may do.
    #[sqlx(try_from = "String")]
    pub access: Access,
    /// What it opens.
    #[sqlx(try_from = "String")]
    pub scopes: Scopes,
    /// Since when it is there.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// Whose a key is, and what it may do.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KeyIdentity {
    /// The key's id.
    pub id: String,
    /// The team that it is for.
    pub team_id: String,
    /// What it may do.
    #[sqlx(try_from = "String")]
    pub access: Access,
    /// What it opens.
    #[sqlx(try_from = "String")]
    pub scopes: Scopes,
    last_used_at: Option<Timestamp>,
}

impl Store {
    /// A new API key with every right.
    ///
    /// # Errors
    /// [`ManageError::Unknown`], or when the database fails.
    pub async fn new_api_key(&self, team: &str, now: Timestamp) -> Result<String, ManageError> {
        Ok(self.add_key(team, &NewKey::default(), now).await?.secret)
    }

    /// A new API key.
    ///
    /// # Errors
    /// [`ManageError::Unknown`], or when the database fails.
    pub async fn add_key(&self, team: &str, new: &NewKey<'_>, now: Timestamp) -> Result<Made, ManageError> {
        let mut tx = self.begin().await?;
        team::lock_existing(&mut tx, team).await?;
        let made = insert(&mut tx, team, new, now).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// A key of a team.
    ///
    /// # Errors
    /// [`ManageError::Unknown`], or when the database fails.
    pub async fn key(&self, team: &str, key: &str) -> Result<KeyView, ManageError> {
        let view = sql("SELECT id, name, access, scopes, created_at, last_used_at FROM api_key
             WHERE team_id = $1 AND id = $2 AND revoked_at IS NULL")
        .bind(team)
        .bind(key)
        .optional(&mut self.read().await?)
        .await?;
        view.ok_or(ManageError::Unknown(Thing::Key))
    }

    /// The keys of a team, oldest first.
    ///
    /// # Errors
    /// [`ManageError::Cursor`], or when the database fails.
    pub async fn keys(&self, team: &str, page: Page<'_>) -> Result<Listed<KeyView>, ManageError> {
        let db = &mut self.read().await?;
        if page.cursor.is_some() {
            let known = sql("SELECT EXISTS (SELECT 1 FROM api_key WHERE team_id = $1 AND id = $2)");
            page.check(known.bind(team).bind(page.cursor).one(db).await?)?;
        }
        let keys = sql("SELECT id, name, access, scopes, created_at, last_used_at FROM api_key
             WHERE team_id = $1 AND revoked_at IS NULL
               AND ($2 IS NULL OR (created_at, id) > (SELECT created_at, id FROM api_key WHERE id = $2))
             ORDER BY created_at, id LIMIT $3")
        .bind(team)
        .bind(page.cursor)
        .bind(page.rows())
        .all(db)
        .await?;
        Ok(page.cut(keys, |key: &KeyView| &key.id))
    }

    /// Makes a key open nothing from now on.
    ///
    /// # Errors
    /// [`ManageError::Unknown`], or when the database fails.
    pub async fn revoke_key(&self, team: &str, key: &str, now: Timestamp) -> Result<(), ManageError> {
        let mut tx = self.begin().await?;
        let changed = sql("UPDATE api_key SET revoked_at = $1
             WHERE id = $2 AND team_id = $3 AND revoked_at IS NULL")
        .bind(now)
        .bind(key)
        .bind(team)
        .execute(&mut tx)
        .await?;
        Thing::Key.must_be(changed)?;
        Ok(tx.commit().await?)
    }

    /// Whose an API key is; takes note of its use. `None`: it never was one, or was revoked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_key(&self, api_key: &str, now: Timestamp) -> Result<Option<KeyIdentity>, StoreError> {
        let found: Option<KeyIdentity> = sql("SELECT id, team_id, access, scopes, last_used_at FROM api_key
             WHERE hash = $1 AND revoked_at IS NULL")
        .bind(secret::hash_secret(api_key))
        .optional(&mut self.read().await?)
        .await?;
        if let Some(key) = found.as_ref().filter(|key| is_news(key.last_used_at, now)) {
            let note = "UPDATE api_key SET last_used_at = $1
                        WHERE id = $2 AND (last_used_at IS NULL OR last_used_at <= $3)";
            self.note_use(note, &key.id, now).await;
        }
        Ok(found)
    }

    /// Writes a key's use down. Where that fails, as on a full disk, the request that used it may do without.
    pub(super) async fn note_use(&self, note: &'static str, key: &str, now: Timestamp) {
        let written = async {
            let mut tx = self.begin().await?;
            let statement = sql(note).bind(now).bind(key).bind(now.minus_ms(USED_EVERY_MS));
            statement.execute(&mut tx).await?;
            tx.commit().await
        };
        if let Err(error) = written.await {
            tracing::warn!(%error, key, "the use of a key could not be noted");
        }
    }
}

/// Whether a use is worth writing down.
pub(super) fn is_news(last_used_at: Option<Timestamp>, now: Timestamp) -> bool {
    last_used_at.is_none_or(|last| now.ms_since(last) >= USED_EVERY_MS)
}

pub(super) async fn insert(
    db: &mut Db,
    team: &str,
    new: &NewKey<'_>,
    now: Timestamp,
) -> Result<Made, StoreError> {
    let made = Made { id: Uuid::new_v4().to_string(), secret: secret::new_api_key()? };
    sql("INSERT INTO api_key (id, hash, team_id, name, access, scopes, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)")
    .bind(&made.id)
    .bind(secret::hash_secret(&made.secret))
    .bind(team)
    .bind(new.name)
    .bind(new.access.as_str())
    .bind(new.scopes.to_string())
    .bind(now)
    .execute(db)
    .await?;
    Ok(made)
}
