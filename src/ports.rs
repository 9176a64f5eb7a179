//! The doors of the core: what it needs from outside, as small traits with their guarantees.
//!
//! Adapters live in `src/web` (a browser) and `tests/shared` (fakes and native ones). If an adapter grows logic, the
//! logic moves inward.

pub use crate::clean::Unicode;
use crate::voyager::request::{CsrfToken, SiteRequest};
use std::future::Future;

/// What the browser knows of the LinkedIn session, without asking LinkedIn.
#[derive(Clone, Debug)]
pub struct Session {
    /// Whether the extension may look at all.
    pub permitted: bool,
    /// Whether the session cookie (`li_at`) is there.
    pub signed_in: bool,
    /// The CSRF token, from the cookie `JSESSIONID`.
    pub csrf: Option<CsrfToken>,
}

/// An answer of LinkedIn, as it came.
#[derive(Clone, Debug)]
pub struct SiteAnswer {
    /// HTTP status; 0 for an opaque redirect.
    pub status: u16,
    /// The URL that answered, after redirects; `""` when the browser hides it.
    pub url: String,
    /// A redirect that was not followed.
    pub opaque_redirect: bool,
    /// The header `Content-Type`.
    pub content_type: Option<String>,
    /// The header `Retry-After`, as it came.
    pub retry_after: Option<String>,
    /// The header `Date`, as it came.
    pub date: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why LinkedIn gave no answer that could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteFailure {
    /// The request could not be built. Nothing was sent.
    NotSent,
    /// `fetch` failed: no connection, a redirect loop, a reset. The request may have been received.
    NoAnswer,
    /// Aborted after [`crate::config::SITE_TIMEOUT_MS`]. The request may have been received.
    TimedOut,
    /// The head came and the body didn't come whole.
    CutOff,
}

/// LinkedIn, from the person's own session.
pub trait SiteTransport {
    /// Looks at the cookies. Never asks LinkedIn.
    fn session(&self) -> impl Future<Output = Session>;

    /// Sends one request once. The request leaves in the same turn in which the future is first polled, with no
    /// await before it, so that a check made just before still holds. Never repeats, never follows what
    /// [`SiteRequest::redirect`] forbids, and ends within [`crate::config::SITE_TIMEOUT_MS`].
    fn send(&self, request: SiteRequest) -> impl Future<Output = Result<SiteAnswer, SiteFailure>>;
}

/// A call to the task server.
#[derive(Clone)]
pub struct TaskCall {
    /// The whole URL.
    pub url: String,
    /// The agent token, sent as `Authorization: Bearer`.
    pub token: Option<String>,
    /// The JSON body.
    pub body: String,
    /// After this long the call is aborted.
    pub timeout_ms: u64,
}

/// An answer of the task server.
#[derive(Clone)]
pub struct TaskAnswer {
    /// HTTP status.
    pub status: u16,
    /// The header `Retry-After`, as it came.
    pub retry_after: Option<String>,
    /// The body.
    pub body: String,
}

/// Why the task server gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskSilence {
    /// No connection, a reset.
    Unreachable,
    /// It answered with a redirect, which is not followed; a browser doesn't say where to.
    Redirected,
    /// Aborted after the call's timeout.
    TimedOut,
}

/// The task server. Carries no cookies and follows no redirect. Dropping the future aborts the call.
pub trait TaskTransport {
    /// POSTs one call once.
    fn call(&self, call: TaskCall) -> impl Future<Output = Result<TaskAnswer, TaskSilence>>;
}

/// Where a value is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// Survives the browser: `chrome.storage.local`.
    Local,
    /// Survives the worker, not the browser: `chrome.storage.session`.
    Session,
}

/// One write: a key's new value, or its removal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Where.
    pub area: Area,
    /// The key.
    pub key: String,
    /// `None` removes it.
    pub value: Option<String>,
}

/// A write that failed: a full disk, a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreFailure;

/// Key-value storage. A write is durable against the end of the worker when its future is ready; values of one run of
/// writes to the same area are set together.
pub trait Store {
    /// Everything in an area. A value that is no string comes as some text that nobody has written.
    fn load(&self, area: Area) -> impl Future<Output = Result<Vec<(String, String)>, StoreFailure>>;

    /// Applies writes, one run of the same area after the other: of each its values first, its removals after them. After a
    /// failure some of them may have been applied.
    fn apply(&self, writes: Vec<Write>) -> impl Future<Output = Result<(), StoreFailure>>;
}

/// Time and chance.
pub trait Clock {
    /// Milliseconds since 1970, by the wall clock. May jump both ways.
    fn now(&self) -> i64;

    /// How far the person's local time is ahead of UTC at that instant, in minutes; changes of the clocks included.
    fn utc_offset_minutes(&self, at: i64) -> i32;

    /// Ready at about `at`, or earlier. Long waits may be handed to an alarm that wakes the worker.
    fn sleep_until(&self, at: i64) -> impl Future<Output = ()>;

    /// Sixty-four unpredictable bits.
    fn random(&self) -> u64;
}

/// What a person sees of the agent while no page is open.
pub trait Face {
    /// Shows a badge and its meaning in words.
    fn show_badge(&self, sign: &Sign);

    /// Shows a notification, where the person lets us. One of the same id is replaced.
    fn notify(&self, notice: &Notice);

    /// Takes a notification back. It may be gone already.
    fn withdraw(&self, id: &str);

    /// Something in the status changed: open pages may ask for it.
    fn status_changed(&self);

    /// Whether the extension may talk to an origin, given as a match pattern (`https://host/*`).
    fn has_permission(&self, origin: &str) -> impl Future<Output = bool>;
}

/// What the toolbar's button says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// The state.
    pub badge: Badge,
    /// Which sentence `title` is, for a shell that has it in the person's language; `""` when there is none.
    pub said: &'static str,
    /// The state in words.
    pub title: String,
}

/// The badge's four states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Badge {
    /// Nothing to say.
    Idle,
    /// A task is being carried out.
    Working,
    /// The person paused the agent.
    Paused,
    /// The person is needed.
    Attention,
}

impl Badge {
    /// The name the shell knows it by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Working => "working",
            Self::Paused => "paused",
            Self::Attention => "attention",
        }
    }
}

/// A notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Names the event: `<page>/<kind>`, or `<page>/<kind>/<when>` where one may follow another. `page` is what a click opens:
    /// `linkedin`, `popup` or `options`. The browser hands it back with the click, to a worker that may know nothing else.
    pub id: String,
    /// Which sentences it has: `signed_out`, `challenge`, `blocked`, `server_gone` or `approval`.
    pub kind: &'static str,
}

/// All ports, as one parameter.
pub trait Ports: 'static {
    /// See [`SiteTransport`].
    type Site: SiteTransport;
    /// See [`TaskTransport`].
    type Tasks: TaskTransport;
    /// See [`Store`].
    type Store: Store;
    /// See [`Clock`].
    type Clock: Clock;
    /// See [`Unicode`].
    type Unicode: Unicode;
    /// See [`Face`].
    type Face: Face;

    /// LinkedIn.
    fn site(&self) -> &Self::Site;
    /// The task server.
    fn tasks(&self) -> &Self::Tasks;
    /// Storage.
    fn store(&self) -> &Self::Store;
    /// Time and chance.
    fn clock(&self) -> &Self::Clock;
    /// Letters.
    fn unicode(&self) -> &Self::Unicode;
    /// What the person sees.
    fn face(&self) -> &Self::Face;
    /// The extension's version.
    fn version(&self) -> String;
}
