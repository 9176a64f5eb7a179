//! PostgreSQL's NOTIFY and LISTEN, on connections of their own: neither waits for the connections of requests.

use super::{ACQUIRE_TIMEOUT, Pools, Store, StoreError};
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};

/// One that listens, one that notifies.
const CONNECTIONS: u32 = 2;

/// The way to the other servers on this database.
#[derive(Clone)]
pub struct Channels(PgPool);

/// A connection that listens.
pub struct Listener(PgListener);

fn name(shard: u64) -> String {
    format!("liaison_{shard}")
}

impl Store {
    /// The way to other servers; `None` for a database that has one.
    #[must_use]
    pub fn channels(&self) -> Option<Channels> {
        match &self.pools {
            Pools::Sqlite { .. } => None,
            Pools::Postgres { channels, .. } => Some(channels.clone()),
        }
    }
}

impl Channels {
    pub(super) fn new(options: PgConnectOptions) -> Self {
        // What is lost is told by nobody else: there is no reason to wait for the disk.
        let options = options.options([("synchronous_commit", "off")]);
        Self(
            PgPoolOptions::new()
                .max_connections(CONNECTIONS)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .connect_lazy_with(options),
        )
    }

    /// Listens to channels 0 to `shards` - 1.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn listen(&self, shards: u64) -> Result<Listener, StoreError> {
        let mut listener = PgListener::connect_with(&self.0).await?;
        let names: Vec<String> = (0..shards).map(name).collect();
        listener.listen_all(names.iter().map(String::as_str)).await?;
        Ok(Listener(listener))
    }

    /// Sends each payload on its channel, all in one transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn send(&self, payloads: Vec<(u64, String)>) -> Result<(), StoreError> {
        let (shards, payloads): (Vec<String>, Vec<String>) =
            payloads.into_iter().map(|(shard, payload)| (name(shard), payload)).unzip();
        sqlx::query("SELECT pg_notify(channel, payload) FROM unnest($1::text[], $2::text[]) AS told (channel, payload)")
            .bind(shards)
            .bind(payloads)
            .execute(&self.0)
            .await?;
        Ok(())
    }

    /// Whether the database was closed.
    #[must_use]
    pub fn are_closed(&self) -> bool {
        self.0.is_closed()
    }

    pub(super) async fn close(&self) {
        self.0.close().await;
    }
}

impl Listener {
    /// Whether the connection is alive.
    ///
    /// # Errors
    /// When it isn't.
    pub async fn ping(&mut self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&mut self.0).await?;
        Ok(())
    }

    /// The next payload; `None` after the connection was lost, once there is another.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self) -> Result<Option<String>, StoreError> {
        Ok(self.0.try_recv().await?.map(|told| told.payload().to_owned()))
    }
}
