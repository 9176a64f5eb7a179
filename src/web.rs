//! The browser's side of the ports: wasm32 alone. It adapts and never decides.
//!
//! LinkedIn's bytes go from `fetch` straight into WASM memory ([`site`]); the task API goes through gloo-net ([`tasks`]),
//! sleeps through gloo-timers ([`clock`]), and what passes between the shell and the core through serde-wasm-bindgen
//! ([`convert`]).

mod clock;
mod convert;
mod exports;
mod host;
mod keep_alive;
mod site;
mod store;
mod tasks;

pub use clock::BrowserClock;
pub use exports::{boot, command, drain, wake};
pub use host::Host;
pub use keep_alive::KeepAlive;
pub use site::{BrowserSite, read_answer};
pub use store::BrowserStore;
pub use tasks::BrowserTasks;

use crate::ports::{Face, Notice, Ports, Sign, Unicode};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// All ports over one [`Host`].
pub struct Browser {
    site: BrowserSite,
    tasks: BrowserTasks,
    store: BrowserStore,
    clock: BrowserClock,
    unicode: BrowserUnicode,
    face: HostFace,
}

impl Browser {
    /// The ports over `host`.
    #[must_use]
    pub fn new(host: Host) -> Self {
        let host = Rc::new(host);
        let keep_alive = KeepAlive::new(Rc::clone(&host));
        Self {
            site: BrowserSite::new(Rc::clone(&host), keep_alive.clone()),
            tasks: BrowserTasks::new(keep_alive),
            store: BrowserStore::new(Rc::clone(&host)),
            clock: BrowserClock::new(Rc::clone(&host)),
            unicode: BrowserUnicode,
            face: HostFace { host },
        }
    }
}

impl Ports for Browser {
    type Site = BrowserSite;
    type Tasks = BrowserTasks;
    type Store = BrowserStore;
    type Clock = BrowserClock;
    type Unicode = BrowserUnicode;
    type Face = HostFace;

    fn site(&self) -> &BrowserSite {
        &self.site
    }

    fn tasks(&self) -> &BrowserTasks {
        &self.tasks
    }

    fn store(&self) -> &BrowserStore {
        &self.store
    }

    fn clock(&self) -> &BrowserClock {
        &self.clock
    }

    fn unicode(&self) -> &BrowserUnicode {
        &self.unicode
    }

    fn face(&self) -> &HostFace {
        &self.face
    }

    fn version(&self) -> String {
        self.face.host.version()
    }
}

/// [`Unicode`] over JavaScript's strings.
pub struct BrowserUnicode;

impl Unicode for BrowserUnicode {
    fn nfc(&self, text: &str) -> String {
        js_sys::JsString::from(text).normalize("NFC").into()
    }

    fn recase(&self, text: &str) -> String {
        js_sys::JsString::from(text).to_upper_case().to_lower_case().into()
    }
}

/// [`Face`] over the host.
pub struct HostFace {
    host: Rc<Host>,
}

impl Face for HostFace {
    fn show_badge(&self, sign: &Sign) {
        let (host, sign) = (Rc::clone(&self.host), sign.clone());
        spawn_local(async move {
            // A badge that could not be shown is shown with the next change.
            drop(host.show_badge(sign.badge.as_str(), sign.said, &sign.title).await);
        });
    }

    fn notify(&self, notice: &Notice) {
        let (host, notice) = (Rc::clone(&self.host), notice.clone());
        // The badge and the popup say the same, whether or not this can be shown.
        spawn_local(async move { drop(host.notify(&notice.id, notice.kind).await) });
    }

    fn withdraw(&self, id: &str) {
        let (host, id) = (Rc::clone(&self.host), id.to_owned());
        spawn_local(async move { drop(host.withdraw(&id).await) });
    }

    fn status_changed(&self) {
        self.host.status_changed();
    }

    async fn has_permission(&self, origin: &str) -> bool {
        self.host.has_permission(origin).await.is_ok_and(|answer| answer.is_truthy())
    }
}
