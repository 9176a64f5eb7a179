//! One connection to either database, and statements that run on both.
//!
//! The two speak nearly one language. Placeholders are `$1`, `$2`, … on both; `TRUE`, `FALSE`, `ON CONFLICT`,
//! `RETURNING` and `CASE` mean the same. PostgreSQL is told the type of every value, SQLite takes it as it comes.

use super::StoreError;
use super::writer::Turn;
use crate::clock::Timestamp;
use crate::lifecycle::State;
use crate::secret;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnection, PgPool, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Error, FromRow, Postgres, Sqlite, raw_sql};
use std::borrow::Cow;

/// A connection, in the midst of a transaction or for reading alone.
pub(super) enum Db {
    SqliteRead(PoolConnection<Sqlite>),
    SqliteWrite(Turn),
    PostgresRead(PoolConnection<Postgres>),
    PostgresWrite(Open),
}

/// An open transaction in PostgreSQL. It is begun and ended here and not by the driver, so that the lock comes with the
/// beginning, in one round trip.
pub(super) struct Open(Option<PoolConnection<Postgres>>);

impl Open {
    /// Begins one that decides about what this name stands for, see [`Db::lock`].
    pub(super) async fn begin(pool: &PgPool, name: Option<&str>) -> Result<Self, Error> {
        let begin = match name {
            // A number, which nobody chooses: the simple protocol, which takes two statements at once, has no placeholders.
            Some(name) => format!("BEGIN; SELECT pg_advisory_xact_lock({})", number_of(name)),
            None => "BEGIN".to_owned(),
        };
        loop {
            let mut open = Self(Some(pool.acquire().await?));
            match raw_sql(AssertSqlSafe(begin.clone())).execute(open.connection()?).await {
                Ok(_) => return Ok(open),
                // It died while nobody used it, and nothing was begun on it.
                Err(error) if is_lost(&error) => {
                    if let Some(mut connection) = open.0.take() {
                        connection.close_on_drop();
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn connection(&mut self) -> Result<&mut PgConnection, Error> {
        self.0.as_deref_mut().ok_or(Error::WorkerCrashed)
    }

    async fn commit(mut self) -> Result<(), Error> {
        raw_sql("COMMIT").execute(self.connection()?).await?;
        self.0 = None;
        Ok(())
    }
}

/// Whether the connection is gone, and not only a statement refused.
fn is_lost(error: &Error) -> bool {
    /// An operator, a crash, or the session's own timeout ended it.
    const ENDED: [&str; 3] = ["57P01", "57P02", "25P03"];
    match error {
        Error::Database(error) => error.code().is_some_and(|code| ENDED.contains(&&*code)),
        Error::Io(_) => true,
        _ => false,
    }
}

/// What wasn't committed is rolled back before anybody else has the connection.
impl Drop for Open {
    fn drop(&mut self) {
        let Some(mut connection) = self.0.take() else { return };
        tokio::spawn(async move {
            if raw_sql("ROLLBACK").execute(&mut *connection).await.is_err() {
                connection.close_on_drop();
            }
        });
    }
}

/// The number by which PostgreSQL knows the lock of this name, the same at every server.
fn number_of(name: &str) -> i64 {
    let hash = secret::hash_secret(name);
    hash.iter().take(8).fold(0, |number, byte| (number << 8) | i64::from(*byte))
}

enum Connection<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl Db {
    pub(super) const fn is_postgres(&self) -> bool {
        matches!(self, Self::PostgresRead(_) | Self::PostgresWrite(_))
    }

    fn connection(&mut self) -> Result<Connection<'_>, Error> {
        Ok(match self {
            Self::SqliteRead(connection) => Connection::Sqlite(connection),
            Self::SqliteWrite(turn) => Connection::Sqlite(turn.connection()?),
            Self::PostgresRead(connection) => Connection::Postgres(connection),
            Self::PostgresWrite(open) => Connection::Postgres(open.connection()?),
        })
    }

    /// Waits until no other transaction has locked this name, and keeps it until the transaction ends. In SQLite whoever
    /// writes is alone already. What is decided about a task or an agent is decided under its member's lock; who takes
    /// several takes a team's before its members', and members' in the order of their ids.
    pub(super) async fn lock(&mut self, name: &str) -> Result<(), Error> {
        if let Self::PostgresWrite(_) = self {
            sql("SELECT pg_advisory_xact_lock($1)").bind(number_of(name)).execute(self).await?;
        }
        Ok(())
    }

    /// Makes what was written lasting.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::SqliteWrite(turn) => turn.commit().await,
            Self::PostgresWrite(open) => Ok(open.commit().await?),
            Self::SqliteRead(_) | Self::PostgresRead(_) => Ok(()),
        }
    }
}

/// A row of a statement's answer, out of either database.
pub(super) trait Record:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

impl<T> Record for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// The value of a placeholder.
pub(super) enum Value {
    Text(Option<String>),
    Int(Option<i64>),
    Bool(bool),
    Bytes(Vec<u8>),
}

/// A statement with the values of its placeholders.
pub(super) struct Statement {
    text: Cow<'static, str>,
    values: Vec<Value>,
}

/// A statement that both databases understand.
pub(super) const fn sql(text: &'static str) -> Statement {
    Statement { text: Cow::Borrowed(text), values: Vec::new() }
}

impl Statement {
    /// Of a text that is put together from texts of this program alone.
    pub(super) const fn from_parts(text: String, values: Vec<Value>) -> Self {
        Self { text: Cow::Owned(text), values }
    }

    pub(super) fn into_parts(self) -> (Cow<'static, str>, Vec<Value>) {
        (self.text, self.values)
    }

    /// Gives the next placeholder its value.
    pub(super) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Carries it out; answers with how many rows it changed.
    pub(super) async fn execute(self, db: &mut Db) -> Result<u64, Error> {
        Ok(match db.connection()? {
            Connection::Sqlite(connection) => {
                let query = sqlx::query_with(AssertSqlSafe(self.text), in_sqlite(self.values)?);
                query.execute(connection).await?.rows_affected()
            }
            Connection::Postgres(connection) => {
                let query = sqlx::query_with(AssertSqlSafe(self.text), in_postgres(self.values)?);
                query.execute(connection).await?.rows_affected()
            }
        })
    }

    /// All rows.
    pub(super) async fn all<T: Record>(self, db: &mut Db) -> Result<Vec<T>, Error> {
        match db.connection()? {
            Connection::Sqlite(connection) => {
                sqlx::query_as_with(AssertSqlSafe(self.text), in_sqlite(self.values)?)
                    .fetch_all(connection)
                    .await
            }
            Connection::Postgres(connection) => {
                sqlx::query_as_with(AssertSqlSafe(self.text), in_postgres(self.values)?)
                    .fetch_all(connection)
                    .await
            }
        }
    }

    /// The first row, if there is one.
    pub(super) async fn optional<T: Record>(self, db: &mut Db) -> Result<Option<T>, Error> {
        match db.connection()? {
            Connection::Sqlite(connection) => {
                sqlx::query_as_with(AssertSqlSafe(self.text), in_sqlite(self.values)?)
                    .fetch_optional(connection)
                    .await
            }
            Connection::Postgres(connection) => {
                sqlx::query_as_with(AssertSqlSafe(self.text), in_postgres(self.values)?)
                    .fetch_optional(connection)
                    .await
            }
        }
    }

    /// The row that there must be.
    pub(super) async fn record<T: Record>(self, db: &mut Db) -> Result<T, Error> {
        self.optional(db).await?.ok_or(Error::RowNotFound)
    }

    /// The value of the first row, if there is one.
    pub(super) async fn scalar<T>(self, db: &mut Db) -> Result<Option<T>, Error>
    where
        (T,): Record,
    {
        Ok(self.optional::<(T,)>(db).await?.map(|(value,)| value))
    }

    /// The value that there must be.
    pub(super) async fn one<T>(self, db: &mut Db) -> Result<T, Error>
    where
        (T,): Record,
    {
        self.scalar(db).await?.ok_or(Error::RowNotFound)
    }
}

fn in_sqlite(values: Vec<Value>) -> Result<SqliteArguments, Error> {
    let mut arguments = SqliteArguments::default();
    for value in values {
        match value {
            Value::Text(text) => arguments.add(text),
            Value::Int(number) => arguments.add(number),
            Value::Bool(truth) => arguments.add(truth),
            Value::Bytes(bytes) => arguments.add(bytes),
        }
        .map_err(Error::Encode)?;
    }
    Ok(arguments)
}

fn in_postgres(values: Vec<Value>) -> Result<PgArguments, Error> {
    let mut arguments = PgArguments::default();
    for value in values {
        match value {
            Value::Text(text) => arguments.add(text.map(without_nul)),
            Value::Int(number) => arguments.add(number),
            Value::Bool(truth) => arguments.add(truth),
            Value::Bytes(bytes) => arguments.add(bytes),
        }
        .map_err(Error::Encode)?;
    }
    Ok(arguments)
}

/// PostgreSQL has no text with a NUL in it. Nothing that is looked for has one, and of a name it is no loss.
fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(Some(text.clone()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<Option<&String>> for Value {
    fn from(text: Option<&String>) -> Self {
        Self::Text(text.cloned())
    }
}

impl From<State> for Value {
    fn from(state: State) -> Self {
        state.as_str().into()
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Int(Some(number.into()))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Self::Int(Some(time.0))
    }
}

impl From<Option<Timestamp>> for Value {
    fn from(time: Option<Timestamp>) -> Self {
        Self::Int(time.map(|time| time.0))
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<&Vec<u8>> for Value {
    fn from(bytes: &Vec<u8>) -> Self {
        Self::Bytes(bytes.clone())
    }
}
