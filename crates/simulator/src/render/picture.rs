//! Profile pictures of the dash shape: plain, framed, and the several ways of having none.

use serde_json::{Value, json};

use crate::chance::{below, shuffle};
use crate::exchange::Shape;
use crate::person::{Oddity, Person};

/// About three weeks after the newest seeded connection, in seconds: a constant, so that two runs answer alike.
const EXPIRES_S: i64 = 1_792_000_000;
const VECTOR_RECIPE: &str = "com.linkedin.voyager.dash.deco.common.VectorImageOnlyRootUrlAndAttribution";
const ARTIFACT_RECIPE: &str = "com.linkedin.voyager.dash.deco.common.VectorArtifact";
const PICTURE_RECIPE: &str =
    "com.linkedin.voyager.dash.deco.identity.profile.ProfilePhotoDecoSpecReadOnlyProfilePicture";

/// The value of `profilePicture`; `None` leaves the key out.
pub(crate) fn profile_picture(person: &Person, shape: Shape) -> Option<Value> {
    match person.oddity {
        Oddity::PictureAbsent => None,
        Oddity::PictureNull => Some(Value::Null),
        Oddity::PictureEmpty => Some(json!({})),
        _ => Some(picture(person, shape)),
    }
}

fn picture(person: &Person, shape: Shape) -> Value {
    let framed = matches!(person.oddity, Oddity::FramedOnly | Oddity::FramedToo);
    let mut picture = json!({ "a11yText": person.full_name() });
    if framed {
        picture["frameType"] = json!("OPEN_TO_WORK");
        picture["a11yText"] = json!(format!("{}, #OPEN_TO_WORK", person.full_name()));
        picture["displayImageWithFrameReferenceUnion"] =
            json!({ "vectorImage": vector(person, shape, true) });
    }
    if person.oddity != Oddity::FramedOnly {
        picture["displayImageReference"] = json!({ "vectorImage": vector(person, shape, false) });
        picture["displayImageUrn"] = json!(format!("urn:li:digitalmediaAsset:{}", asset(person)));
    }
    if shape == Shape::Normalized {
        picture["$recipeTypes"] = json!([PICTURE_RECIPE]);
        picture["$type"] = json!("com.linkedin.voyager.dash.identity.profile.PhotoFilterPicture");
    }
    picture
}

/// Root URL and artifacts; the artifacts are in no order, and the largest differs from picture to picture.
pub(super) fn vector(person: &Person, shape: Shape, framed: bool) -> Value {
    let scaled = !framed && below(person.bits >> 8, 5) < 2;
    let kind = if framed { "profile-framedphoto-shrink_" } else { "profile-displayphoto-shrink_" };
    let kind = if scaled { "profile-displayphoto-" } else { kind };
    let mut artifacts: Vec<Value> =
        widths(person.bits).iter().map(|width| artifact(person, shape, kind, scaled, *width)).collect();
    shuffle(&mut artifacts, person.bits);
    let mut vector = json!({
        "rootUrl": format!("https://media.licdn.com/dms/image/v2/{}/{kind}", asset(person)),
        "artifacts": artifacts,
    });
    if shape == Shape::Normalized {
        vector["$recipeTypes"] = json!([VECTOR_RECIPE]);
        vector["$type"] = json!("com.linkedin.common.VectorImage");
    }
    vector
}

fn artifact(person: &Person, shape: Shape, kind: &str, scaled: bool, width: u32) -> Value {
    let size = if scaled { format!("scale_{width}_{width}") } else { format!("{width}_{width}") };
    let file = if scaled {
        format!("B4DZSIM{:08}AY-", person.number % 100_000_000)
    } else {
        format!("{kind}{width}_{width}")
    };
    let mut artifact = json!({
        "width": width,
        "height": width,
        "expiresAt": EXPIRES_S * 1_000,
        "fileIdentifyingUrlPathSegment":
            format!("{size}/{file}/0/1700000000000?e={EXPIRES_S}&v=beta&t=SIM{width}x{:08x}", person.bits & 0xffff_ffff),
    });
    if shape == Shape::Normalized {
        artifact["$recipeTypes"] = json!([ARTIFACT_RECIPE]);
        artifact["$type"] = json!("com.linkedin.common.VectorArtifact");
    }
    artifact
}

/// Usually 100 to 800; some uploads stop short, and a few are all of one small size.
fn widths(bits: u64) -> [u32; 4] {
    match below(bits, 20) {
        0 => [96, 96, 96, 96],
        1..=3 => [100, 200, 400, 473 + below(bits >> 5, 195) as u32],
        _ => [100, 200, 400, 800],
    }
}

fn asset(person: &Person) -> String {
    format!("D4E03AQSIM{:010}", person.number)
}
