//! What the shell hands to the core: the few calls of the browser's extension API it needs, as one object.
//!
//! `extension/lib/browser.js` implements it and documents it; tests hand over a fake of ten lines.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
type Host = import("../lib/browser.js").Host;
type Command = import("../lib/messages.js").Command;
type Answer = import("../lib/messages.js").Answer;
"#;

#[wasm_bindgen]
extern "C" {
    /// The shell's object.
    #[wasm_bindgen(typescript_type = "Host")]
    pub type Host;

    /// A command as a page sent it.
    #[wasm_bindgen(typescript_type = "Command")]
    pub type Command;

    /// The answer a page gets.
    #[wasm_bindgen(typescript_type = "Answer")]
    pub type Answer;

    /// The strings under these keys, or all of an area's for `null`.
    #[wasm_bindgen(method, catch, js_name = storageGet)]
    pub async fn storage_get(this: &Host, area: &str, keys: JsValue) -> Result<JsValue, JsValue>;

    /// One atomic write.
    #[wasm_bindgen(method, catch, js_name = storageSet)]
    pub async fn storage_set(this: &Host, area: &str, items: JsValue) -> Result<JsValue, JsValue>;

    /// Removes keys.
    #[wasm_bindgen(method, catch, js_name = storageRemove)]
    pub async fn storage_remove(this: &Host, area: &str, keys: JsValue) -> Result<JsValue, JsValue>;

    /// Wakes the worker at a time, once.
    #[wasm_bindgen(method, catch, js_name = setAlarm)]
    pub async fn set_alarm(this: &Host, at_ms: f64) -> Result<JsValue, JsValue>;

    /// The value of one of LinkedIn's cookies, or `null`. Rejects without the permission.
    #[wasm_bindgen(method, catch)]
    pub async fn cookie(this: &Host, name: &str) -> Result<JsValue, JsValue>;

    /// Whether the extension may talk to an origin.
    #[wasm_bindgen(method, catch, js_name = hasPermission)]
    pub async fn has_permission(this: &Host, origin: &str) -> Result<JsValue, JsValue>;

    /// Shows a badge.
    #[wasm_bindgen(method, catch, js_name = showBadge)]
    pub async fn show_badge(this: &Host, badge: &str, said: &str, title: &str) -> Result<JsValue, JsValue>;

    /// Shows a notification, where that is permitted.
    #[wasm_bindgen(method, catch)]
    pub async fn notify(this: &Host, id: &str, kind: &str) -> Result<JsValue, JsValue>;

    /// Takes a notification back.
    #[wasm_bindgen(method, catch)]
    pub async fn withdraw(this: &Host, id: &str) -> Result<JsValue, JsValue>;

    /// One call of the extension API.
    #[wasm_bindgen(method, catch, js_name = keepAlive)]
    pub async fn keep_alive(this: &Host) -> Result<JsValue, JsValue>;

    /// Tells open pages that the status has changed.
    #[wasm_bindgen(method, js_name = statusChanged)]
    pub fn status_changed(this: &Host);

    /// The extension's version.
    #[wasm_bindgen(method)]
    pub fn version(this: &Host) -> String;
}
