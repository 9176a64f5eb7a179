//! Voyager's JSON, written with `json!` from what is known of the site (docs/SIMULATOR.md), with no type of the agent's in reach.

pub(crate) mod connection;
pub(crate) mod invitation;
pub(crate) mod legacy;
pub(crate) mod me;
pub(crate) mod picture;
pub(crate) mod profile;
pub(crate) mod search;
pub(crate) mod sent;

use serde_json::{Value, json};

/// The end of every profile-shaped entity that carries a tracking id.
pub(crate) const TRACKING_ID: &str = "AAAAAAAAAAAAAAAAAAAAAA==";
pub(crate) const COLLECTION: &str = "com.linkedin.restli.common.CollectionResponse";

/// Echoes the request, as captures do; the site gives no `total` here, and neither does the simulator.
pub(crate) fn paging(start: usize, count: usize) -> Value {
    json!({ "count": count, "start": start, "links": [] })
}
