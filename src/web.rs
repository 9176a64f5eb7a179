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

use crate::ports::{Badge, Face, Ports, Unicode};
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
    fn show_badge(&self, badge: Badge, title: &str) {
        let (host, title) = (Rc::clone(&self.host), title.to_owned());
        spawn_local(async move {
            // A badge that could not be shown is shown with the next change.
            drop(host.show_badge(badge.as_str(), &title).await);
        });
    }

    fn status_changed(&self) {
        self.host.status_changed();
    }

    async fn has_permission(&self, origin: &str) -> bool {
        self.host.has_permission(origin).await.is_ok_and(|answer| answer.is_truthy())
    }
}
