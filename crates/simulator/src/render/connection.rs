//! The dash list of connections: `relationships/dash/connections`.

use serde_json::{Value, json};

use super::{COLLECTION, paging, picture};
use crate::chance::{draw, hash, shuffle};
use crate::exchange::Shape;
use crate::person::{Oddity, Person};

const CONNECTION_TYPE: &str = "com.linkedin.voyager.dash.relationships.Connection";
const PROFILE_TYPE: &str = "com.linkedin.voyager.dash.identity.profile.Profile";
const PROFILE_RECIPE: &str = "com.linkedin.voyager.dash.deco.web.mynetwork.ConnectionProfile";

/// One page of the list, as asked for.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    pub(crate) people: &'a [Person],
    pub(crate) start: usize,
    /// The request's own figure, which `paging` echoes even when fewer rows come.
    pub(crate) count: usize,
    /// The decoration without its number; without one, rows carry no profile.
    pub(crate) recipe: Option<&'a str>,
    pub(crate) seed: u64,
}

/// The page in the shape that was asked for.
pub(crate) fn page(page: &Page<'_>, shape: Shape) -> Value {
    match shape {
        Shape::Normalized => normalized(page),
        Shape::Plain => plain(page),
    }
}

/// The profile entity of the normalized shape.
pub(crate) fn profile(person: &Person) -> Value {
    let mut profile = fields(person, Shape::Normalized);
    profile["$recipeTypes"] = json!([PROFILE_RECIPE]);
    profile["$type"] = json!(PROFILE_TYPE);
    profile
}

/// All profiles first, then all connections, neither in list order: the order is in `*elements` alone.
fn normalized(page: &Page<'_>) -> Value {
    let elements: Vec<String> = page.people.iter().map(connection_urn).collect();
    let mut profiles: Vec<Value> = if page.recipe.is_some() {
        page.people.iter().filter(|person| resolves(person)).map(profile).collect()
    } else {
        Vec::new()
    };
    let mut connections: Vec<Value> =
        page.people.iter().map(|person| connection(person, page.recipe)).collect();
    let mixed = draw(page.seed, page.start as u64, hash(elements.first().map_or("", String::as_str)));
    shuffle(&mut profiles, mixed);
    shuffle(&mut connections, mixed.rotate_left(7));
    profiles.append(&mut connections);
    json!({
        "data": {
            "entityUrn": "urn:li:collectionResponse:c2ltdWxhdGVkLWNvbGxlY3Rpb24tcmVzcG9uc2UtMDE=",
            "paging": paging(page.start, page.count),
            "*elements": elements,
            "$type": COLLECTION,
        },
        "included": profiles,
    })
}

fn connection(person: &Person, recipe: Option<&str>) -> Value {
    let mut row = json!({
        "createdAt": person.created_ms,
        "connectedMember": profile_urn(person),
        "entityUrn": connection_urn(person),
        "$type": CONNECTION_TYPE,
    });
    if let Some(recipe) = recipe {
        row["$recipeTypes"] = json!([recipe]);
        if resolves(person) {
            row["*connectedMemberResolutionResult"] = json!(profile_urn(person));
        }
    }
    row
}

fn plain(page: &Page<'_>) -> Value {
    let elements: Vec<Value> = page
        .people
        .iter()
        .map(|person| {
            let mut row = json!({
                "connectedMember": profile_urn(person),
                "createdAt": person.created_ms,
                "entityUrn": connection_urn(person),
            });
            if let Some(recipe) = page.recipe {
                row["$recipeType"] = json!(recipe);
                if resolves(person) {
                    let mut profile = fields(person, Shape::Plain);
                    profile["$recipeType"] = json!(PROFILE_RECIPE);
                    row["connectedMemberResolutionResult"] = profile;
                }
            }
            row
        })
        .collect();
    json!({ "paging": { "count": page.count, "start": page.start }, "elements": elements })
}

fn fields(person: &Person, shape: Shape) -> Value {
    let mut profile = json!({
        "firstName": person.first_name,
        "lastName": person.last_name,
        "headline": person.headline,
        "memorialized": person.oddity == Oddity::Memorialized,
        "entityUrn": profile_urn(person),
    });
    if let Some(slug) = &person.public_identifier {
        profile["publicIdentifier"] = json!(slug);
    }
    if let Some(picture) = picture::profile_picture(person, shape) {
        profile["profilePicture"] = picture;
    }
    profile
}

fn resolves(person: &Person) -> bool {
    person.oddity != Oddity::Unresolved
}

fn profile_urn(person: &Person) -> String {
    format!("urn:li:fsd_profile:{}", person.id)
}

fn connection_urn(person: &Person) -> String {
    format!("urn:li:fsd_connection:{}", person.id)
}
