//! Starting and stopping, for the binary and for tests that run the simulator in their own process.

use std::net::SocketAddr;
use std::sync::Arc;

use hyper::HeaderMap;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::certificate::Certificate;
use crate::clock::machine_us;
use crate::config::Config;
use crate::control;
use crate::error::Error;
use crate::exchange::Call;
use crate::serve::{self, Side};
use crate::session::SignIn;
use crate::world::Shared;

/// The way in: [`Simulator::start`].
#[derive(Debug)]
pub struct Simulator;

impl Simulator {
    /// Starts both listeners on the current tokio runtime.
    ///
    /// # Errors
    /// If an address is not a loopback one or cannot be listened on, a setting is out of range, or no certificate can be made.
    pub async fn start(config: Config) -> Result<Running, Error> {
        config.settings.check()?;
        let certificate = Certificate::make()?;
        let site = listen(config.listen).await?;
        let control = listen(config.control).await?;
        let addresses = (address(&site, config.listen)?, address(&control, config.control)?);
        let shared = Arc::new(Shared::new(config.settings));
        let stop = watch::Sender::new(false);
        let tls = TlsAcceptor::from(certificate.tls);
        let mut listeners = JoinSet::new();
        for (listener, side) in [(site, Side::Site), (control, Side::Control)] {
            listeners.spawn(serve::run(listener, side, tls.clone(), Arc::clone(&shared), stop.subscribe()));
        }
        Ok(Running {
            https: addresses.0,
            control: addresses.1,
            certificate: certificate.der.to_vec(),
            pem: certificate.pem,
            spki: certificate.spki,
            shared,
            stop,
            listeners,
        })
    }
}

/// A simulator at work. Dropping it ends it; [`Running::shutdown`] also waits until its ports are free.
#[derive(Debug)]
pub struct Running {
    https: SocketAddr,
    control: SocketAddr,
    certificate: Vec<u8>,
    pem: String,
    spki: String,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    listeners: JoinSet<()>,
}

impl Running {
    /// Where the TLS listener is. Clients must call it `www.linkedin.com`, `localhost` or `127.0.0.1`.
    #[must_use]
    pub fn https_addr(&self) -> SocketAddr {
        self.https
    }

    /// The TLS listener's address as a URL without a path.
    #[must_use]
    pub fn https_url(&self) -> String {
        format!("https://{}", self.https)
    }

    /// The control listener's address as a URL without a path.
    #[must_use]
    pub fn control_url(&self) -> String {
        format!("http://{}", self.control)
    }

    /// The certificate, for a client that is to trust it and no other.
    #[must_use]
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// The certificate as PEM, for clients that take a file of trusted certificates.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.pem
    }

    /// The proxy on the control port, which leads to the simulated `www.linkedin.com` and nowhere else.
    #[must_use]
    pub fn proxy_url(&self) -> String {
        self.control_url()
    }

    /// Base64 of the SHA-256 of the certificate's public key, as `--ignore-certificate-errors-spki-list` takes it.
    #[must_use]
    pub fn spki(&self) -> &str {
        &self.spki
    }

    /// The line that the binary prints at its start.
    #[must_use]
    pub fn announcement(&self) -> Value {
        json!({
            "https": self.https_url(),
            "control": self.control_url(),
            "proxy": self.proxy_url(),
            "spki": self.spki,
        })
    }

    /// Signs the account in whose turn it is, without the login form.
    #[must_use]
    pub fn sign_in(&self) -> SignIn {
        self.shared.with(|world| {
            let account = world.sessions.account;
            world.sessions.sign_in(account)
        })
    }

    /// Does what a control request does, without a socket: `control("POST", "/__sim/shift", &json!({"insert": 1}))`.
    pub async fn control(&self, method: &str, target: &str, body: &Value) -> (u16, Value) {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let call = Call {
            method: method.to_owned(),
            path: path.to_owned(),
            raw_query: query.to_owned(),
            headers: HeaderMap::new(),
            body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
            http: "1.1",
            arrived_us: machine_us(),
        };
        let answer = control::answer(&self.shared, &call).await;
        (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
    }

    /// The journal as `GET /__sim/journal` gives it.
    #[must_use]
    pub fn journal(&self) -> Value {
        self.shared.read(|world| world.journal.report(&world.relations))
    }

    /// Ends every connection and waits until both ports are free.
    pub async fn shutdown(mut self) {
        self.end();
        while self.listeners.join_next().await.is_some() {}
    }

    fn end(&self) {
        self.stop.send_replace(true);
        // Requests that wait to be released would otherwise keep their tasks for ever.
        self.shared.with(|world| world.held.clear());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    if !address.ip().is_loopback() {
        return Err(Error::NotLoopback(address));
    }
    TcpListener::bind(address).await.map_err(|source| Error::Listen { address, source })
}

fn address(listener: &TcpListener, asked: SocketAddr) -> Result<SocketAddr, Error> {
    listener.local_addr().map_err(|source| Error::Listen { address: asked, source })
}
