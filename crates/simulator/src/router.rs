//! Every route of the simulated site on one screen, and what each does to the world.

mod invite;
mod lists;
mod people;

use hyper::header::{ALLOW, CONTENT_TYPE};
use serde_json::Value;

use crate::config::Endpoint;
use crate::exchange::{Answer, Call, Shape};
use crate::pages;
use crate::person::Person;
use crate::relation::Refusal;
use crate::render::{legacy, me};
use crate::session;
use crate::world::World;

/// Rows a page holds when the request does not say.
const DEFAULT_COUNT: usize = 10;

/// The methods that any path here answers to.
const METHODS: [&str; 2] = ["GET", "POST"];

type Refused = Result<Value, Refusal>;

/// What a request under `/voyager/api/` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route<'a> {
    Me,
    Connections,
    OldConnections,
    Summary,
    Sent,
    Received,
    LookUp,
    Search,
    OldSearch,
    OldProfile(&'a str),
    Invite,
    InviteAsBefore,
    /// Ways to invite that are long dead.
    Dead,
}

impl<'a> Route<'a> {
    fn of(method: &str, path: &'a str, call: &Call) -> Option<Self> {
        Some(match (method, path) {
            ("GET", "me") => Self::Me,
            ("GET", "relationships/dash/connections") => Self::Connections,
            ("GET", "relationships/connections") => Self::OldConnections,
            ("GET", "relationships/connectionsSummary") => Self::Summary,
            ("GET", "relationships/sentInvitationViewsV2") => Self::Sent,
            ("GET", "relationships/invitationViews") => Self::Received,
            ("GET", "identity/dash/profiles" | "voyagerIdentityDashProfiles") => Self::LookUp,
            ("GET", "graphql") if people::is_search(call) => Self::Search,
            ("GET", "search/blended") => Self::OldSearch,
            ("GET", path) => Self::OldProfile(people::viewed(path)?),
            ("POST", "voyagerRelationshipsDashMemberRelationships") => Self::Invite,
            ("POST", "growth/normInvitations") => Self::InviteAsBefore,
            ("POST", "relationships/invitations" | "voyagerRelationships/dash/invitations") => Self::Dead,
            _ => return None,
        })
    }
}

/// The true answer to a request, with its effect on the world.
pub(crate) fn answer(world: &mut World, call: &Call) -> Answer {
    if !call.is_voyager() {
        return pages::answer(&mut world.sessions, call);
    }
    if let Err(refused) = session::check_csrf(call) {
        return refused;
    }
    let Some(account) = world.sessions.account_of(call) else {
        return session::dead_session(world.settings.dead_session, call);
    };
    let shape = call.shape();
    let path = call.path.strip_prefix("/voyager/api/").unwrap_or_default();
    let Some(route) = Route::of(call.reading_method(), path, call) else {
        if let Some(allowed) = METHODS.into_iter().find(|method| Route::of(method, path, call).is_some()) {
            return Answer::refusal(shape, Refusal::plain(405)).with_header(ALLOW, allowed.to_owned());
        }
        world.journal.count_unmatched();
        return not_simulated(shape);
    };
    if world.settings.restli_required && lacks_protocol(call) {
        return Answer::refusal(shape, Refusal::plain(400));
    }
    let me = world.member(account);
    perform(world, call, &me, route).unwrap_or_else(|refusal| Answer::refusal(shape, refusal))
}

fn perform(world: &mut World, call: &Call, me: &Person, route: Route<'_>) -> Result<Answer, Refusal> {
    let shape = call.shape();
    let body = match route {
        Route::Me => me::me(me, shape),
        Route::Connections => lists::dash(world, call)?,
        Route::OldConnections => lists::legacy(world, call)?,
        Route::Summary => legacy::summary(me, world.network.len(), shape),
        Route::Sent => lists::sent(world, call, me)?,
        Route::Received => lists::received(call)?,
        Route::LookUp => people::look_up(world, call, me)?,
        Route::Search => people::search(world, call)?,
        Route::OldSearch => people::blended(world, call)?,
        Route::OldProfile(identity) => people::old_view(world, identity)?,
        Route::Invite => invite::invite(world, call, me)?,
        Route::InviteAsBefore => return invite::as_before(world, call, me),
        Route::Dead => return Err(Refusal::plain(400)),
    };
    Ok(served(call, &body))
}

/// Whether a request of Rest.li's newer notation does not say that it is.
fn lacks_protocol(call: &Call) -> bool {
    let newer = call.path.ends_with("/graphql")
        || ["List(", "List%28"].iter().any(|list| call.raw_query.contains(list));
    newer && call.header("x-restli-protocol-version") != Some("2.0.0")
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

/// `start` and `count`; anything but a whole number is a bad request, and so is a page of none.
fn window(call: &Call) -> Result<(usize, usize), Refusal> {
    let number = |name: &str, default: usize| match call.query(name) {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| Refusal::plain(400)),
    };
    let (start, count) = (number("start", 0)?, number("count", DEFAULT_COUNT)?);
    if count == 0 { Err(Refusal::plain(400)) } else { Ok((start, count)) }
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
