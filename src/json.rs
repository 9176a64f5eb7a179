//! Our own JSON, in and out. One way in, over bytes: serde's readers are compiled anew for every kind of source, and
//! each costs tens of kilobytes of WebAssembly.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads one complete JSON value. `None` when it isn't one, or not of this type.
#[must_use]
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    liaison_json::typed(text).ok()
}

/// Writes a value whose keys are strings, so that it always has a JSON form.
#[must_use]
pub fn write<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
