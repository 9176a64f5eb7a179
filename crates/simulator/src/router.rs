//! Every route of the simulated site on one screen, and what each does to the world.

mod invite;
mod lists;
mod people;

use hyper::header::CONTENT_TYPE;
use serde_json::Value;

use crate::config::{Endpoint, OldInvitation};
use crate::exchange::{Answer, Call, Shape};
use crate::pages;
use crate::relation::Refusal;
use crate::render::{legacy, me};
use crate::session;
use crate::world::World;

/// Rows a page holds when the request does not say.
const DEFAULT_COUNT: usize = 10;

type Refused = Result<Value, Refusal>;

/// The true answer to a request, with its effect on the world.
pub(crate) fn answer(world: &mut World, call: &Call) -> Answer {
    if !call.is_voyager() {
        return pages::answer(&mut world.sessions, call).unwrap_or_else(|| Answer::html(404, "Not found"));
    }
    if let Err(refused) = session::check_csrf(call) {
        return refused;
    }
    let Some(account) = world.sessions.account_of(call) else {
        return session::dead_session(world.settings.dead_session, call);
    };
    let me = world.member(account);
    let shape = call.shape();
    let path = call.path.strip_prefix("/voyager/api/").unwrap_or_default();
    let done = match (call.method.as_str(), path) {
        ("GET", "me") => Ok(me::me(&me, shape)),
        ("GET", "relationships/dash/connections") => lists::dash(world, call),
        ("GET", "relationships/connections") => lists::legacy(world, call),
        ("GET", "relationships/connectionsSummary") => Ok(legacy::summary(&me, world.network.len(), shape)),
        ("GET", "relationships/sentInvitationViewsV2") => lists::sent(world, call, &me),
        ("GET", "relationships/invitationViews") => lists::received(call),
        ("GET", "identity/dash/profiles" | "voyagerIdentityDashProfiles") => {
            people::look_up(world, call, &me)
        }
        ("GET", "graphql") if people::is_search(call) => people::search(world, call),
        ("GET", "search/blended") => people::blended(world, call),
        ("GET", path) if people::viewed(path).is_some() => people::old_view(world, path),
        ("POST", "voyagerRelationshipsDashMemberRelationships") => invite::invite(world, call, &me),
        ("POST", "growth/normInvitations") => Err(match world.settings.norm_invitations {
            OldInvitation::Moved => Refusal::plain(301),
            OldInvitation::Refused => Refusal::plain(400),
        }),
        ("POST", "relationships/invitations" | "voyagerRelationships/dash/invitations") => {
            Err(Refusal::plain(400))
        }
        _ => {
            world.journal.count_unmatched();
            return not_simulated(shape);
        }
    };
    match done {
        Ok(body) => served(call, &body),
        Err(refusal) => Answer::refusal(shape, refusal),
    }
}

fn served(call: &Call, body: &Value) -> Answer {
    let mut answer = Answer::voyager(call.shape(), body);
    if call.path.ends_with("/graphql") && call.accepts("application/graphql") {
        answer.headers = vec![(CONTENT_TYPE, "application/graphql".to_owned())];
    }
    answer
}

/// Refuses what the site does not know: an id that is not among `known`, or one that it has dropped since.
fn recognise<'a>(world: &World, id: &'a str, family: &str, known: &[&str]) -> Result<&'a str, Refusal> {
    let name = id.strip_prefix(family).filter(|name| known.contains(name)).ok_or(Refusal::plain(400))?;
    let dropped = world.settings.dropped.iter().any(|end| id.ends_with(end.as_str()));
    if dropped { Err(Refusal::plain(400)) } else { Ok(name) }
}

/// A decoration without its number, as the recipes of an answer name it.
fn recipe(decoration: &str) -> &str {
    decoration.rsplit_once('-').map_or(decoration, |(name, _)| name)
}

fn still_there(endpoint: Endpoint) -> Result<(), Refusal> {
    match endpoint {
        Endpoint::Served => Ok(()),
        Endpoint::Gone => Err(Refusal::GONE),
        Endpoint::Missing => Err(Refusal::plain(404)),
    }
}

/// `start` and `count`; anything but a whole number from 0 is a bad request.
fn window(call: &Call) -> Result<(usize, usize), Refusal> {
    let number = |name: &str, default: usize| match call.query(name) {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| Refusal::plain(400)),
    };
    Ok((number("start", 0)?, number("count", DEFAULT_COUNT)?))
}

/// An error in the shape asked for, for a path under `/voyager` that the simulator does not know.
fn not_simulated(shape: Shape) -> Answer {
    Answer::error(shape, 501, None, Some("not simulated"))
}

/// Only answers under `/voyager` have shapes; kept here so that the two stay together.
pub(crate) fn worn_out(call: &Call) -> Answer {
    let shape = if call.is_voyager() { call.shape() } else { Shape::Plain };
    Answer::error(shape, 503, None, Some("the simulated world was reset under this request"))
}
