//! Which doors a new key opens when nobody says so.

use super::key::{Access, Scopes};

impl Scopes {
    /// All for a key that may write. None for one that may only read: behind each of these doors a browser is put to work.
    #[must_use]
    pub fn unless_told(access: Access) -> Self {
        match access {
            Access::Write => Self::default(),
            Access::Read => Self(Vec::new()),
        }
    }
}
