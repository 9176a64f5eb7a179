//! Who is signed in (`/me`), and the legacy mini profile that several answers share.

use serde_json::{Value, json};

use super::TRACKING_ID;
use crate::exchange::Shape;
use crate::person::Person;

/// The answer to `/voyager/api/me`.
pub(crate) fn me(person: &Person, shape: Shape) -> Value {
    match shape {
        Shape::Normalized => json!({
            "data": {
                "plainId": person.number,
                "*miniProfile": mini_urn(person),
                "premiumSubscriber": false,
                "$type": "com.linkedin.voyager.common.Me",
            },
            "included": [mini_profile(person, Shape::Normalized)],
        }),
        Shape::Plain => json!({
            "plainId": person.number,
            "miniProfile": mini_profile(person, Shape::Plain),
            "premiumSubscriber": false,
        }),
    }
}

/// A `MiniProfile`: the headline is called `occupation` here, and the member number is given.
pub(crate) fn mini_profile(person: &Person, shape: Shape) -> Value {
    let mut mini = json!({
        "firstName": person.first_name,
        "lastName": person.last_name,
        "occupation": if person.headline.is_empty() { "--" } else { person.headline.as_str() },
        "objectUrn": format!("urn:li:member:{}", person.number),
        "entityUrn": mini_urn(person),
        "dashEntityUrn": format!("urn:li:fsd_profile:{}", person.id),
        "trackingId": TRACKING_ID,
        "memorialized": false,
        "customPronoun": null,
    });
    if let Some(slug) = &person.public_identifier {
        mini["publicIdentifier"] = json!(slug);
    }
    if shape == Shape::Normalized {
        mini["$type"] = json!("com.linkedin.voyager.identity.shared.MiniProfile");
    }
    mini
}

pub(crate) fn mini_urn(person: &Person) -> String {
    format!("urn:li:fs_miniProfile:{}", person.id)
}
