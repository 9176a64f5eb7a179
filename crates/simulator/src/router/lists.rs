//! The lists: connections, old and new, and invitations.

use super::{Refused, recipe, recognise, still_there, window};
use crate::directory;
use crate::exchange::Call;
use crate::network::Sort;
use crate::person::Person;
use crate::relation::Refusal;
use crate::render::{connection, legacy, sent};
use crate::world::World;

const DECORATIONS: &str = "com.linkedin.voyager.dash.deco.web.mynetwork.";
/// Those that clients in use still name.
const KNOWN: [&str; 7] = [
    "ConnectionListWithProfile-16",
    "ConnectionListWithProfile-15",
    "ConnectionListWithProfile-5",
    "ConnectionList-17",
    "ConnectionList-16",
    "ConnectionList-15",
    "ConnectionList-3",
];

pub(super) fn dash(world: &mut World, call: &Call) -> Refused {
    still_there(world.settings.dash_list)?;
    if call.query("q").as_deref() != Some("search") {
        return Err(Refusal::plain(400));
    }
    let decoration = call.query("decorationId");
    if let Some(decoration) = &decoration {
        recognise(world, decoration, DECORATIONS, &KNOWN)?;
    }
    let sort = Sort::parse(call.query("sortType").as_deref()).ok_or(Refusal::plain(400))?;
    let (start, count) = window(call)?;
    let keyword = call.query("keyword").unwrap_or_default();
    let people = world.network.page(sort, &keyword, start, count.min(world.settings.page_clamp as usize));
    let recipe = decoration.as_deref().map(recipe);
    let page = connection::Page { people: &people, start, count, recipe, seed: world.settings.seed };
    Ok(connection::page(&page, call.shape()))
}

pub(super) fn legacy(world: &mut World, call: &Call) -> Refused {
    still_there(world.settings.legacy_list)?;
    let sort = match call.query("sortType") {
        None => Sort::RecentlyAdded,
        named => Sort::parse(named.as_deref()).ok_or(Refusal::plain(400))?,
    };
    let (start, count) = window(call)?;
    let people = world.network.page(sort, "", start, count.min(world.settings.page_clamp as usize));
    Ok(legacy::page(&people, start, count, call.shape()))
}

pub(super) fn sent(world: &World, call: &Call, me: &Person) -> Refused {
    let asked = (call.query("q"), call.query("invitationType"));
    if asked != (Some("invitationType".to_owned()), Some("CONNECTION".to_owned())) {
        return Err(Refusal::plain(400));
    }
    let (start, count) = window(call)?;
    let pending = world.relations.pending();
    let page = pending.into_iter().skip(start).take(count.min(world.settings.page_clamp as usize));
    let rows: Vec<sent::Row<'_>> = page
        .filter_map(|sent| {
            let person = directory::by_id(world.settings.seed, &world.network, &sent.profile_id)?;
            Some((sent, person))
        })
        .collect();
    Ok(sent::page(&rows, me, start, count, call.shape()))
}

/// Nobody in the simulator invites the signed-in member.
pub(super) fn received(call: &Call) -> Refused {
    if call.query("q").as_deref() != Some("receivedInvitation") {
        return Err(Refusal::plain(400));
    }
    let (start, count) = window(call)?;
    Ok(legacy::page(&[], start, count, call.shape()))
}
