//! One-time codes that pair a browser.

use super::db::{Db, sql};
use super::manage::{ManageError, Thing};
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::secret;

/// How long a pairing code lives: time enough to open the options page, and no more.
pub const CODE_LIFE_MS: u64 = 10 * 60_000;

impl Store {
    /// A new one-time code that pairs a browser for a member, good for [`CODE_LIFE_MS`].
    ///
    /// # Errors
    /// [`ManageError::Unknown`], or when the database fails.
    pub async fn new_pairing_code(&self, member: &str, now: Timestamp) -> Result<String, ManageError> {
        let mut tx = self.begin().await?;
        let code = insert(&mut tx, member, now).await?;
        tx.commit().await?;
        Ok(code)
    }
}

/// Makes a code, and forgets those that are over.
pub(super) async fn insert(db: &mut Db, member: &str, now: Timestamp) -> Result<String, ManageError> {
    // Two that forget the same codes in another order would stop each other.
    db.lock("old pairing codes").await?;
    sql("DELETE FROM pairing_code WHERE expires_at <= $1").bind(now).execute(db).await?;
    let code = secret::new_pairing_code().map_err(StoreError::from)?;
    let made = sql("INSERT INTO pairing_code (hash, member_id, expires_at)
         SELECT $1, id, $2 FROM member WHERE id = $3 AND removed_at IS NULL")
    .bind(secret::hash_pairing_code(&code))
    .bind(now.plus_ms(CODE_LIFE_MS))
    .bind(member)
    .execute(db)
    .await?;
    Thing::Member.must_be(made)?;
    Ok(code)
}

/// Whom a good code pairs a browser for. A wrong one costs a look and no write.
pub(super) async fn whose(db: &mut Db, code: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
    let good = "SELECT member_id FROM pairing_code WHERE hash = $1 AND used_at IS NULL AND expires_at > $2";
    Ok(sql(good).bind(secret::hash_pairing_code(code)).bind(now).scalar(db).await?)
}

/// Uses a code up; false when it isn't good any more.
pub(super) async fn take(db: &mut Db, code: &str, now: Timestamp) -> Result<bool, StoreError> {
    let used = "UPDATE pairing_code SET used_at = $1 WHERE hash = $2 AND used_at IS NULL AND expires_at > $1";
    Ok(sql(used).bind(now).bind(secret::hash_pairing_code(code)).execute(db).await? == 1)
}
