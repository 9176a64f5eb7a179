//! The documented record as JSON.

use liaison_json::push_text;
use liaison_protocol::Connection;

/// Writes a connection as its own serialiser does. This is the hot end of a task, and the serialiser is compiled for size.
pub fn push_connection(json: &mut String, connection: &Connection) {
    let Connection {
        name,
        first_name,
        last_name,
        headline,
        entity_urn,
        public_identifier,
        profile_image_url,
    } = connection;
    for (name, text) in [
        ("{\"name\":", name),
        (",\"first_name\":", first_name),
        (",\"last_name\":", last_name),
        (",\"headline\":", headline),
        (",\"entity_urn\":", entity_urn),
        (",\"public_identifier\":", public_identifier),
    ] {
        json.push_str(name);
        push_text(json, text);
    }
    json.push_str(",\"profile_image_url\":");
    match profile_image_url {
        Some(url) => push_text(json, url),
        None => json.push_str("null"),
    }
    json.push('}');
}
