//! The answer as LinkedIn prints it.

use super::person::look_alike;
use super::request::Wish;
use crate::errand::Rows;
use liaison_protocol::{Connection, PROFILE_URN_PREFIX};
use serde_json::{Map, Value, json};

/// Names are told as they are shown to the account's owner. In which language, LinkedIn's pages don't tell; in the
/// published samples it is this one.
const LOCALE: &str = "en_US";

/// What is wanted of the answer to a request of this team.
pub fn body(team: &str, wish: &Wish, rows: &Rows) -> Value {
    let elements: Vec<Value> = rows.connections.iter().map(|row| element(team, &row.connection)).collect();
    let mut paging = json!({"count": wish.count, "start": wish.start, "links": []});
    if let Some(total) = rows.network_total {
        paging["total"] = json!(total);
    }
    wish.projection.select(json!({"elements": elements, "paging": paging}))
}

fn element(team: &str, connection: &Connection) -> Value {
    let urn = connection.entity_urn.as_str();
    let id = look_alike(team, urn.strip_prefix(PROFILE_URN_PREFIX).unwrap_or(urn));
    let mut person = Map::from_iter([("id".to_owned(), json!(id))]);
    // What isn't there is left out, as everywhere in Rest.li.
    for (member, name) in [("firstName", &connection.first_name), ("lastName", &connection.last_name)] {
        if !name.is_empty() {
            person.insert(member.to_owned(), localized(name));
        }
    }
    json!({"to": format!("urn:li:person:{id}"), "to~": person})
}

fn localized(name: &str) -> Value {
    json!({"localized": {LOCALE: name}, "preferredLocale": {"country": "US", "language": "en"}})
}
