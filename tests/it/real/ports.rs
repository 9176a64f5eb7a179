//! Native adapters of the ports: sockets, a clock that doesn't make a test wait, storage in memory.

use super::life::Life;
use liaison::ports::{
    Area, Clock, Face, Notice, Ports, Session, Sign, SiteAnswer, SiteFailure, SiteTransport, Store,
    StoreFailure, TaskAnswer, TaskCall, TaskSilence, TaskTransport, Unicode, Write,
};
use liaison::voyager::request::{CsrfToken, Method, Redirect, SiteRequest};
use liaison_simulator::{Running, SignIn};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION, SET_COOKIE};
use reqwest::{Client, Response};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::Notify;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use unicode_normalization::UnicodeNormalization;

const MOST_REDIRECTS: usize = 20;
/// Longer than any gap between two calls.
const A_PAUSE_MS: i64 = 60_000;

/// The outside of an agent that talks to a real server and the simulator. Clones are the same outside.
#[derive(Clone)]
pub struct Sockets(pub(super) Rc<Inside>);

pub(super) struct Inside {
    pub(super) life: Life,
    random: u64,
    site: Client,
    origin: String,
    cookies: RefCell<Option<SignIn>>,
    tasks: Client,
    clock: Hurried,
    site_calls: Cell<u32>,
    pub(super) records: RefCell<Records>,
    is_full: Cell<bool>,
}

pub(super) type Records = BTreeMap<(Area, String), String>;

/// The computer's clock, set forth by whatever the agent would have slept through with no call open.
struct Hurried {
    ahead_ms: Cell<i64>,
    is_held: Cell<bool>,
    open: Cell<u32>,
    closed: Notify,
}

impl Sockets {
    pub fn new(simulator: &Running) -> Self {
        Self::drawing(simulator, 4)
    }

    /// One whose chance is this number.
    pub fn drawing(simulator: &Running, random: u64) -> Self {
        let inside = Inside {
            life: Life::default(),
            random,
            site: trusting(simulator),
            origin: format!("https://www.linkedin.com:{}", simulator.https_addr().port()),
            cookies: RefCell::new(Some(simulator.sign_in())),
            tasks: plain_client(),
            clock: Hurried {
                ahead_ms: Cell::new(0),
                is_held: Cell::new(false),
                open: Cell::new(0),
                closed: Notify::new(),
            },
            site_calls: Cell::new(0),
            records: RefCell::default(),
            is_full: Cell::new(false),
        };
        Self(Rc::new(inside))
    }

    /// How many requests the agent has sent to LinkedIn.
    pub fn site_calls(&self) -> u32 {
        self.0.site_calls.get()
    }

    /// Whether the browser has a session.
    pub fn is_signed_in(&self) -> bool {
        self.0.cookies.borrow().is_some()
    }

    /// Gives the browser a session.
    pub fn sign_in(&self, sign_in: SignIn) {
        self.0.cookies.replace(Some(sign_in));
        self.0.clock.closed.notify_waiters();
    }

    /// Sets the clock forth.
    pub fn set_forth(&self, ms: i64) {
        self.0.clock.ahead_ms.set(self.0.clock.ahead_ms.get() + ms);
    }

    /// From now on no long wait is slept through.
    pub fn hold_time(&self) {
        self.0.clock.is_held.set(true);
    }

    /// Has the storage refuse every write, or take them again.
    pub fn set_full(&self, is_full: bool) {
        self.0.is_full.set(is_full);
    }

    /// A call that time waits for.
    async fn open<T>(&self, call: impl Future<Output = T>) -> T {
        struct Open<'a>(&'a Hurried);
        impl Drop for Open<'_> {
            fn drop(&mut self) {
                self.0.open.set(self.0.open.get() - 1);
                self.0.closed.notify_waiters();
            }
        }
        let clock = &self.0.clock;
        clock.open.set(clock.open.get() + 1);
        let open = Open(clock);
        let result = call.await;
        // What it leads to comes before the next leap.
        tokio::task::yield_now().await;
        drop(open);
        result
    }

    async fn ask_site(&self, request: SiteRequest) -> Result<SiteAnswer, SiteFailure> {
        let mut url = format!("{}{}", self.0.origin, request.path);
        for _ in 0..MOST_REDIRECTS {
            let response = self.one_hop(&request, &url).await?;
            self.heed_cookies(&response);
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let Some(location) = location.filter(|_| response.status().is_redirection()) else {
                return answer_of(response, &request.path).await;
            };
            if request.redirect == Redirect::Manual {
                return Ok(opaque_redirect());
            }
            url = response.url().join(location).map_err(|_| SiteFailure::NoAnswer)?.to_string();
        }
        Err(SiteFailure::NoAnswer)
    }

    async fn one_hop(&self, request: &SiteRequest, url: &str) -> Result<Response, SiteFailure> {
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        if let Some(sign_in) = &*self.0.cookies.borrow() {
            headers.insert("cookie", HeaderValue::from_str(&sign_in.cookie_header()).unwrap());
        }
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let built = self.0.site.request(method, url).headers(headers);
        let built = request.body.iter().fold(built, |built, body| built.body(body.clone()));
        built.send().await.map_err(|_| SiteFailure::NoAnswer)
    }

    fn heed_cookies(&self, response: &Response) {
        let cookies = response.headers().get_all(SET_COOKIE);
        if cookies.iter().any(|cookie| cookie.as_bytes().starts_with(b"li_at=\"delete me\"")) {
            self.0.cookies.replace(None);
        }
    }
}

fn opaque_redirect() -> SiteAnswer {
    SiteAnswer {
        status: 0,
        url: String::new(),
        opaque_redirect: true,
        content_type: None,
        retry_after: None,
        date: None,
        body: Vec::new(),
    }
}

async fn answer_of(response: Response, path: &str) -> Result<SiteAnswer, SiteFailure> {
    let header =
        |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut answer = SiteAnswer {
        status: response.status().as_u16(),
        // With the port of the simulator it would not be LinkedIn's address; the path is what is judged.
        url: format!("https://www.linkedin.com{}", response.url().path()),
        opaque_redirect: false,
        content_type: header("content-type"),
        retry_after: header("retry-after"),
        date: header("date"),
        body: Vec::new(),
    };
    assert!(!path.is_empty());
    answer.body = response.bytes().await.map_err(|_| SiteFailure::CutOff)?.to_vec();
    Ok(answer)
}

fn trusting(simulator: &Running) -> Client {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(simulator.certificate_der().to_vec())).unwrap();
    Client::builder()
        .tls_backend_preconfigured(tls(roots))
        .redirect(reqwest::redirect::Policy::none())
        // An invitation is sent once.
        .retry(reqwest::retry::never())
        .no_proxy()
        .resolve("www.linkedin.com", simulator.https_addr())
        .build()
        .unwrap()
}

/// For plain HTTP, which is all that loopback needs.
pub fn plain_client() -> Client {
    let tls = tls(RootCertStore::empty());
    let plain = Client::builder().tls_backend_preconfigured(tls).redirect(reqwest::redirect::Policy::none());
    plain.no_proxy().build().unwrap()
}

fn tls(roots: RootCertStore) -> ClientConfig {
    let mut tls = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec()];
    tls
}

impl SiteTransport for Sockets {
    async fn session(&self) -> Session {
        let cookies = self.0.cookies.borrow();
        let csrf = cookies.as_ref().and_then(|sign_in| CsrfToken::from_cookie(&sign_in.csrf_token));
        Session { permitted: true, signed_in: cookies.is_some(), csrf }
    }

    async fn send(&self, request: SiteRequest) -> Result<SiteAnswer, SiteFailure> {
        self.0.site_calls.set(self.0.site_calls.get() + 1);
        self.point().await;
        let answer = self.open(self.ask_site(request)).await;
        self.point().await;
        answer
    }
}

impl TaskTransport for Sockets {
    async fn call(&self, call: TaskCall) -> Result<TaskAnswer, TaskSilence> {
        self.point().await;
        // Only a parked poll is slept through.
        let answer = if call.url.ends_with("/poll") {
            self.0.life.poll_left();
            self.ask_server(call).await
        } else {
            self.open(self.ask_server(call)).await
        };
        self.point().await;
        answer
    }
}

impl Sockets {
    async fn ask_server(&self, call: TaskCall) -> Result<TaskAnswer, TaskSilence> {
        let mut request =
            self.0.tasks.post(&call.url).header("content-type", "application/json").body(call.body);
        if let Some(token) = &call.token {
            request = request.bearer_auth(token);
        }
        let timeout = Duration::from_millis(call.timeout_ms);
        let response = request.timeout(timeout).send().await.map_err(|_| TaskSilence::Unreachable)?;
        let status = response.status().as_u16();
        if matches!(status, 301 | 302 | 303 | 307 | 308) {
            return Err(TaskSilence::Redirected);
        }
        let retry_after =
            response.headers().get("retry-after").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let body = response.text().await.map_err(|_| TaskSilence::Unreachable)?;
        Ok(TaskAnswer { status, retry_after, body })
    }
}

impl Clock for Sockets {
    fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        i64::try_from(since.as_millis()).unwrap() + self.0.clock.ahead_ms.get()
    }

    fn utc_offset_minutes(&self, _at: i64) -> i32 {
        0
    }

    async fn sleep_until(&self, at: i64) {
        let clock = &self.0.clock;
        loop {
            tokio::task::yield_now().await;
            let left = at - self.now();
            if left <= 0 {
                return;
            }
            // Without a session the long waits are for a person, and a person's time is the test's to give.
            let is_held = clock.is_held.get() || !self.is_signed_in();
            let for_a_person = left > A_PAUSE_MS && is_held;
            if clock.open.get() == 0 && !for_a_person {
                clock.ahead_ms.set(clock.ahead_ms.get() + left);
                return;
            }
            clock.closed.notified().await;
        }
    }

    fn random(&self) -> u64 {
        self.0.random
    }
}

impl Store for Sockets {
    async fn load(&self, area: Area) -> Result<Vec<(String, String)>, StoreFailure> {
        let records = self.0.records.borrow();
        let of_area = records.iter().filter(|((of, _), _)| *of == area);
        Ok(of_area.map(|((_, key), value)| (key.clone(), value.clone())).collect())
    }

    async fn apply(&self, writes: Vec<Write>) -> Result<(), StoreFailure> {
        self.point().await;
        if self.0.is_full.get() {
            return Err(StoreFailure);
        }
        self.0.life.note(&writes, &self.0.records.borrow());
        self.write(writes);
        self.point().await;
        Ok(())
    }
}

impl Sockets {
    fn write(&self, writes: Vec<Write>) {
        let mut records = self.0.records.borrow_mut();
        for Write { area, key, value } in writes {
            match value {
                Some(value) => drop(records.insert((area, key), value)),
                None => drop(records.remove(&(area, key))),
            }
        }
        self.0.life.wrote();
    }
}

impl Unicode for Sockets {
    fn nfc(&self, text: &str) -> String {
        text.nfc().collect()
    }

    fn recase(&self, text: &str) -> String {
        text.to_uppercase().to_lowercase()
    }
}

impl Face for Sockets {
    fn show_badge(&self, _: &Sign) {}

    fn notify(&self, _: &Notice) {}

    fn withdraw(&self, _: &str) {}

    fn status_changed(&self) {}

    async fn has_permission(&self, _: &str) -> bool {
        true
    }
}

impl Ports for Sockets {
    type Site = Self;
    type Tasks = Self;
    type Store = Self;
    type Clock = Self;
    type Unicode = Self;
    type Face = Self;

    fn site(&self) -> &Self {
        self
    }

    fn tasks(&self) -> &Self {
        self
    }

    fn store(&self) -> &Self {
        self
    }

    fn clock(&self) -> &Self {
        self
    }

    fn unicode(&self) -> &Self {
        self
    }

    fn face(&self) -> &Self {
        self
    }

    fn version(&self) -> String {
        "0.0.1-test".to_owned()
    }
}
