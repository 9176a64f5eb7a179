//! Start and shutdown of the whole: in a process of its own, or inside a test.
//!
//! Several on one PostgreSQL share the load: each serves any agent and any caller, and they wake each other's
//! ([`crate::hints`]). Two on one SQLite file lose and corrupt nothing, since SQLite lets one write at a time and every
//! decision is made inside the transaction that writes it down; but who waits at one finds what came in at the other when
//! their wait runs out. That is good enough for a moment's overlap and not meant for sharing load.

use crate::config::Config;
use crate::door::Door;
use crate::guess::Guesses;
use crate::hints::{self, Exchange};
use crate::listen;
use crate::metrics::Metrics;
use crate::router::{App, router};
use crate::secret::hash_secret;
use crate::store::{ManageError, Store, StoreError};
use crate::sweeper;
use crate::tls::{Tls, TlsError};
use crate::webhook::{self, Webhooks};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use uuid::Uuid;

/// How long requests in hand may take to end once the server shuts down.
const GRACE: Duration = Duration::from_secs(10);

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken, or not ours.
    #[error("listening on {0}")]
    Listen(SocketAddr, #[source] io::Error),
    /// The certificate can't be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The database can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The first team could not be made.
    #[error(transparent)]
    First(#[from] ManageError),
}

/// A server that listens. Dropped without [`Running::shutdown`] it goes on until its runtime ends.
pub struct Running {
    /// Where it is, without a slash at the end.
    pub url: String,
    /// The first start's API key.
    pub api_key: Option<String>,
    /// The first start's pairing code.
    pub pairing_code: Option<String>,
    app: App,
    tls: Option<Arc<Tls>>,
    exchange: Option<Exchange>,
    serving: JoinHandle<()>,
    sweeping: JoinHandle<()>,
    delivering: JoinHandle<()>,
}

/// Opens the database, listens and serves.
///
/// # Errors
/// [`StartError`].
pub async fn start(config: Config) -> Result<Running, StartError> {
    let listen_error = |error| StartError::Listen(config.listen, error);
    // First of all: the keys of a first start are shown once, and must not be lost to an address that is taken.
    let listener = TcpListener::bind(config.listen).await.map_err(listen_error)?;
    let address = listener.local_addr().map_err(listen_error)?;
    let tls = config.tls.map(Tls::load).transpose()?.map(Arc::new);
    let store = Store::open(&config.database).await?.seen_within(config.seen_within);
    let first = store.first_start(config.clock.now()).await?;
    let metrics = Arc::new(Metrics::default());
    let counted = Arc::clone(&metrics);
    let store = store.with(config.limits.queue, Arc::new(move |kind, waited| counted.waited(kind, waited)));
    let (hub, exchange) = hints::connect(&store, Uuid::new_v4().to_string()).await?;
    let app = App {
        store,
        hub,
        guesses: Guesses::default(),
        clock: config.clock,
        door: Door::new(config.limits.wrong_secrets, config.limits.api_key),
        metrics,
        neighbours: Arc::new(config.neighbours),
        metrics_token: config.metrics_token.as_deref().map(|token| Arc::new(hash_secret(token))),
        tls: tls.is_some(),
        limits: Arc::new(config.limits),
        webhooks: Webhooks::new(config.allow_private_webhooks),
        retain: config.retain.time(),
        answer_within: config.answer_within,
    };
    let sweeping = tokio::spawn(sweeper::run(app.clone(), config.sweep_every));
    let delivering = tokio::spawn(webhook::run(app.clone(), config.sweep_every));
    let serving = tokio::spawn(serve(listener, tls.clone(), app.clone()));
    tracing::info!(%address, "listening");
    let (api_key, pairing_code) = first.map(|first| (first.api_key, first.pairing_code)).unzip();
    let scheme = if tls.is_some() { "https" } else { "http" };
    let url = format!("{scheme}://{address}");
    Ok(Running { url, api_key, pairing_code, app, tls, exchange, serving, sweeping, delivering })
}

async fn serve(listener: TcpListener, tls: Option<Arc<Tls>>, app: App) {
    let (hub, limits) = (app.hub.clone(), Arc::clone(&app.limits));
    let closing = async move { hub.closed().await };
    listen::serve(listener, tls, router(app), limits, closing).await;
}

impl Running {
    /// The database, for what is managed from within.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.app.store
    }

    /// How many polls are parked right now.
    #[must_use]
    pub fn parked(&self) -> watch::Receiver<usize> {
        self.app.hub.parked()
    }

    /// Enforces deadlines now; answers with how many tasks ended. It happens by itself every few seconds too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep(&self) -> Result<usize, StoreError> {
        sweeper::sweep_now(&self.app).await
    }

    /// Reads certificate and key again, for connections from now on. When they can't be used, the ones before stay.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn reload_certificate(&self) -> Result<(), TlsError> {
        self.tls.as_deref().map_or(Ok(()), Tls::reload)
    }

    /// Delivers what is due of the webhooks now, and waits for what is under way. It happens by itself too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deliver_webhooks(&self) -> Result<(), StoreError> {
        webhook::deliver_now(&self.app).await
    }

    /// Answers who waits, takes no more connections, lets requests in hand end, and closes the database.
    pub async fn shutdown(self) {
        self.app.hub.close();
        let stop = self.serving.abort_handle();
        if timeout(GRACE, self.serving).await.is_err() {
            tracing::warn!("requests were still in hand after {} s", GRACE.as_secs());
            stop.abort();
        }
        let stop = self.delivering.abort_handle();
        if timeout(GRACE, self.delivering).await.is_err() {
            stop.abort();
        }
        self.sweeping.abort();
        if let Some(exchange) = self.exchange {
            // What can't be told any more was only a hint.
            let _ = timeout(GRACE, exchange.finish()).await;
        }
        if timeout(GRACE, self.app.store.close()).await.is_err() {
            tracing::warn!(
                "the database was not closed after {} s; what is committed stays",
                GRACE.as_secs()
            );
        }
    }
}
