//! Values across the border, as plain objects: a Rust map must not become a JavaScript `Map`, whose JSON is `{}`.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// A Rust value as a plain JavaScript object.
///
/// # Errors
/// An `Error` that says that the value has no such form.
pub fn to_js<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    value.serialize(&Serializer::json_compatible()).map_err(|error| error_of("convert", &error.to_string()))
}

/// A JavaScript value as a Rust one; `None` when it isn't one.
#[must_use]
pub fn from_js<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    serde_wasm_bindgen::from_value(value).ok()
}

/// A JavaScript `Error` with a name that a program can tell apart.
#[must_use]
pub fn error_of(name: &str, message: &str) -> JsValue {
    let error = js_sys::Error::new(message);
    error.set_name(name);
    error.into()
}
