//! People looked up and searched for.

use super::{Refused, recipe, recognise, still_there, window};
use crate::chance::below;
use crate::directory;
use crate::exchange::Call;
use crate::person::Person;
use crate::relation::{INACCESSIBLE, MemberState, Refusal};
use crate::render::{profile, search as render};
use crate::restli::Value;
use crate::search::{DEFAULT_COUNT, Query};
use crate::world::World;

const DECORATIONS: &str = "com.linkedin.voyager.dash.deco.identity.profile.";
/// Those that clients in use name.
const KNOWN: [&str; 8] = [
    "WebTopCardCore-19",
    "WebTopCardCore-16",
    "WebTopCardCore-15",
    "FullProfile-76",
    "FullProfileWithEntities-35",
    "TopCardComplete-138",
    "TopCardSupplementary-130",
    "TopCardSupplementary-140",
];
const SEARCH: &str = "voyagerSearchDashClusters.";
/// Seen in use from 2024 to September 2026.
const SEARCH_IDS: [&str; 7] = [
    "b0928897b71bd00a5a7291755dcd64f0",
    "ef3d0937fb65bd7812e32e5a85028e79",
    "843215f2a3455f1bed85762a45d71be8",
    "e438ab99259203e9c1cd3f358e217282",
    "66adc6056cf4138949ca5dcb31bb1749",
    "02af92d4df45aef4ee11b7c453545c26",
    "994bf4e7d2173b92ccdb5935710c3c5d",
];

pub(super) fn look_up(world: &World, call: &Call, me: &Person) -> Refused {
    let (Some("memberIdentity"), Some(identity)) = (call.query("q").as_deref(), call.query("memberIdentity"))
    else {
        return Err(Refusal::plain(400));
    };
    let decoration = call.query("decorationId");
    if let Some(decoration) = &decoration {
        recognise(world, decoration, DECORATIONS, &KNOWN)?;
    }
    let (person, state) = reached(world, &identity)?;
    let look_up = profile::LookUp {
        person: &person,
        viewer: me,
        state,
        waiting: world.relations.waiting(&person.id),
        connections: if person.id == me.id {
            world.network.len()
        } else {
            below(person.bits, 2_000) as usize
        },
        decoration: decoration.as_deref().map(recipe),
    };
    Ok(profile::found(&look_up, call.shape()))
}

/// Who goes by this name or id, unless there is nobody or the member cannot reach them.
fn reached(world: &World, identity: &str) -> Result<(Person, MemberState), Refusal> {
    let person = directory::by_identity(world.settings.seed, &world.network, identity).ok_or(INACCESSIBLE)?;
    match world.relations.state(&world.network, &person.id, world.clock.now_ms()) {
        MemberState::Inaccessible => Err(INACCESSIBLE),
        state => Ok((person, state)),
    }
}

/// Whom a path of the old profile page names.
pub(super) fn viewed(path: &str) -> Option<&str> {
    path.strip_prefix("identity/profiles/")?.strip_suffix("/profileView")
}

pub(super) fn old_view(world: &World, identity: &str) -> Refused {
    still_there(world.settings.profile_view)?;
    let identity = percent_encoding::percent_decode_str(identity).decode_utf8_lossy();
    reached(world, &identity).map(|(person, _)| profile::old_view(&person))
}

/// Whether a GraphQL request is a search, whatever the rest of its query id.
pub(super) fn is_search(call: &Call) -> bool {
    call.query("queryId").is_none_or(|id| id.starts_with(SEARCH))
}

pub(super) fn search(world: &mut World, call: &Call) -> Refused {
    let id = call.query("queryId").ok_or(Refusal::plain(400))?;
    recognise(world, &id, SEARCH, &SEARCH_IDS)?;
    let variables = call.raw_query_value("variables").and_then(Value::parse).ok_or(Refusal::plain(400))?;
    let number = |name: &str, default: usize| match variables.get(name).map(Value::text) {
        None => Ok(default),
        Some(text) => text.and_then(|text| text.parse().ok()).ok_or(Refusal::plain(400)),
    };
    let (start, count) = (number("start", 0)?, number("count", DEFAULT_COUNT)?);
    let query = Query::read(variables.get("query").ok_or(Refusal::plain(400))?);
    Ok(render::clusters(&found(world, &query, start, count), call.shape()))
}

/// The search before GraphQL: `filters=List(network->F,resultType->PEOPLE)`.
pub(super) fn blended(world: &mut World, call: &Call) -> Refused {
    if call.query("q").as_deref() != Some("all") {
        return Err(Refusal::plain(400));
    }
    let (start, count) = window(call)?;
    // Encoded once more than the rest of the query, by the one client that is known to ask.
    let decoded = |name: &str| {
        let value = call.query(name).unwrap_or_default();
        percent_encoding::percent_decode_str(&value).decode_utf8_lossy().into_owned()
    };
    let filters = decoded("filters");
    let own = filters.contains("network->F") || filters.contains("connectionOf->");
    let query = Query::new(&decoded("keywords"), true, !own);
    Ok(render::blended(&found(world, &query, start, count), call.shape()))
}

fn found(world: &mut World, query: &Query, start: usize, count: usize) -> render::Page {
    let (hits, total) = world.searches.page(world.settings.seed, &world.network, query, start, count);
    render::Page { hits, total, start, count }
}
