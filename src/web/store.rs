//! [`Store`] over the browser's extension storage.

use super::convert::to_js;
use super::host::Host;
use crate::ports::{Area, Store, StoreFailure, Write};
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// `chrome.storage.local` and `chrome.storage.session`, through the host.
pub struct BrowserStore {
    host: Rc<Host>,
}

impl BrowserStore {
    /// The storage of `host`.
    #[must_use]
    pub const fn new(host: Rc<Host>) -> Self {
        Self { host }
    }

    async fn apply_to(&self, area: Area, writes: &[Write]) -> Result<(), StoreFailure> {
        let items: BTreeMap<&str, &str> =
            writes.iter().filter_map(|write| Some((write.key.as_str(), write.value.as_deref()?))).collect();
        let gone: Vec<&str> =
            writes.iter().filter(|write| write.value.is_none()).map(|write| write.key.as_str()).collect();
        if !items.is_empty() {
            let items = to_js(&items).map_err(failed)?;
            self.host.storage_set(name(area), items).await.map_err(failed)?;
        }
        if !gone.is_empty() {
            let gone = to_js(&gone).map_err(failed)?;
            self.host.storage_remove(name(area), gone).await.map_err(failed)?;
        }
        Ok(())
    }
}

impl Store for BrowserStore {
    async fn load(&self, area: Area) -> Result<Vec<(String, String)>, StoreFailure> {
        let all = self.host.storage_get(name(area), JsValue::NULL).await.map_err(failed)?;
        let mut records = Vec::new();
        for entry in js_sys::Object::entries(&js_sys::Object::from(all)).iter() {
            let pair = js_sys::Array::from(&entry);
            let value = pair.get(1);
            // We write strings alone. What else lies under a key of ours is to be found out, not passed over.
            let text = value.as_string().unwrap_or_else(|| foreign(&value));
            if let Some(key) = pair.get(0).as_string() {
                records.push((key, text));
            }
        }
        Ok(records)
    }

    async fn apply(&self, writes: Vec<Write>) -> Result<(), StoreFailure> {
        for run in writes.chunk_by(|one, next| one.area == next.area) {
            let area = run.first().map_or(Area::Local, |write| write.area);
            self.apply_to(area, run).await?;
        }
        Ok(())
    }
}

/// A value that isn't ours, as a text that no record of ours is.
fn foreign(value: &JsValue) -> String {
    let json = js_sys::JSON::stringify(value).ok().and_then(|json| JsValue::from(json).as_string());
    format!("?{}", json.unwrap_or_default())
}

const fn name(area: Area) -> &'static str {
    match area {
        Area::Local => "local",
        Area::Session => "session",
    }
}

fn failed(_: JsValue) -> StoreFailure {
    StoreFailure
}
