//! The legacy list of connections and the count of them.

use serde_json::{Value, json};

use super::me::{mini_profile, mini_urn};
use super::{COLLECTION, paging};
use crate::exchange::Shape;
use crate::person::{Oddity, Person};

/// A page of `relationships/connections`.
pub(crate) fn page(people: &[Person], start: usize, count: usize, shape: Shape) -> Value {
    match shape {
        Shape::Normalized => {
            let elements: Vec<String> = people.iter().map(connection_urn).collect();
            let profiles =
                people.iter().filter(|person| resolves(person)).map(|person| with_picture(person, shape));
            let included: Vec<Value> =
                profiles.chain(people.iter().map(|person| row(person, shape))).collect();
            json!({
                "data": { "paging": paging(start, count), "*elements": elements, "$type": COLLECTION },
                "included": included,
            })
        }
        Shape::Plain => {
            let elements: Vec<Value> = people.iter().map(|person| row(person, shape)).collect();
            json!({ "elements": elements, "paging": paging(start, count) })
        }
    }
}

/// The answer of `relationships/connectionsSummary`.
pub(crate) fn summary(me: &Person, connections: usize, shape: Shape) -> Value {
    let mut summary = json!({
        "entityUrn": format!("urn:li:fs_relConnectionsSummary:{}", me.id),
        "numConnections": connections,
    });
    if shape == Shape::Plain {
        return summary;
    }
    summary["$type"] = json!("com.linkedin.voyager.relationships.shared.connection.ConnectionsSummary");
    json!({ "data": summary, "included": [] })
}

fn row(person: &Person, shape: Shape) -> Value {
    let mut row = json!({ "createdAt": person.created_ms, "entityUrn": connection_urn(person) });
    match shape {
        Shape::Normalized => {
            row["*miniProfile"] = json!(mini_urn(person));
            row["$type"] = json!("com.linkedin.voyager.relationships.shared.connection.Connection");
        }
        Shape::Plain if resolves(person) => row["miniProfile"] = with_picture(person, shape),
        Shape::Plain => {}
    }
    row
}

/// A mini profile with its picture. Here a picture sits under the name of its type, in the normalized shape beside a `$type`.
pub(crate) fn with_picture(person: &Person, shape: Shape) -> Value {
    let mut mini = mini_profile(person, shape);
    if matches!(person.oddity, Oddity::PictureAbsent | Oddity::PictureNull | Oddity::PictureEmpty) {
        return mini;
    }
    let mut vector = json!({
        "rootUrl": format!("https://media.licdn.com/dms/image/v2/SIM{:010}/profile-displayphoto-shrink_", person.number),
        "artifacts": [
            { "width": 100, "height": 100, "expiresAt": 1_792_000_000_000_i64,
              "fileIdentifyingUrlPathSegment": "100_100/0/1?e=1792000000&v=beta&t=SIM" },
        ],
    });
    if shape == Shape::Normalized {
        vector["$type"] = json!("com.linkedin.common.VectorImage");
        mini["picture"] = vector;
    } else {
        mini["picture"] = json!({ "com.linkedin.common.VectorImage": vector });
    }
    mini
}

fn resolves(person: &Person) -> bool {
    person.oddity != Oddity::Unresolved
}

fn connection_urn(person: &Person) -> String {
    format!("urn:li:fs_relConnection:{}", person.id)
}
