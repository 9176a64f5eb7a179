//! What a walk asks for, and what comes of it: a page of cleaned rows.

use liaison_protocol::Connection;
use serde::Serialize;

/// One request for a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// Offset of the first row.
    pub start: u64,
    /// Rows wanted, 1 to [`crate::config::PAGE_ROWS`].
    pub count: u64,
}

/// A cleaned row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRow {
    /// Its place in the page as LinkedIn gave it, from 0.
    pub index: u64,
    /// The documented record; `entity_urn` identifies it.
    pub connection: Connection,
    /// What more is wanted of it by a task with `fields: "all"`.
    pub more: Option<RowDetails>,
    /// Whether LinkedIn resolved the member.
    pub resolved: bool,
    /// Whether the name contains the keyword; without one, every name does.
    pub matches: bool,
}

/// See [`PageRow::more`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowDetails {
    /// When the two connected, as ISO 8601.
    pub connected_at: Option<String>,
    /// The connection itself, as LinkedIn spells it.
    pub connection_urn: Option<String>,
}

/// A cleaned page, in the list's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The rows that name a member.
    pub rows: Vec<PageRow>,
    /// How many rows LinkedIn gave, readable or not.
    pub received: u64,
}
