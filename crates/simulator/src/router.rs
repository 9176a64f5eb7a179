//! Every route of the simulated site on one screen, and what each does to the world.

use serde_json::Value;

use crate::exchange::{Answer, Call, Shape};
use crate::member;
use crate::network::Sort;
use crate::person::{self, Person};
use crate::relation::Refusal;
use crate::render::invitation::Decoration;
use crate::render::{connection, invitation, legacy, me, sent};
use crate::session;
use crate::world::World;

const LIST_DECORATIONS: [&str; 2] = [
    "com.linkedin.voyager.dash.deco.web.mynetwork.ConnectionListWithProfile-16",
    "com.linkedin.voyager.dash.deco.web.mynetwork.ConnectionListWithProfile-15",
];
const INVITE_DECORATION: &str =
    "com.linkedin.voyager.dash.deco.relationships.InvitationCreationResultWithInvitee-";
/// Rows a page holds when the request does not say.
const DEFAULT_COUNT: usize = 10;

type Refused = Result<Value, Refusal>;

/// The true answer to a request, with its effect on the world.
pub(crate) fn answer(world: &mut World, call: &Call) -> Answer {
    if !call.is_voyager() {
        return session::answer_page(&mut world.sessions, call)
            .unwrap_or_else(|| Answer::html(404, "Not found"));
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
        ("GET", "relationships/dash/connections") => list_connections(world, call),
        ("GET", "relationships/connections") => list_legacy(world, call),
        ("GET", "relationships/connectionsSummary") => Ok(legacy::summary(&me, world.network.len(), shape)),
        ("GET", "relationships/sentInvitationViewsV2") => list_sent(world, call, &me),
        ("POST", "voyagerRelationshipsDashMemberRelationships") => invite(world, call, &me),
        ("POST", "growth/normInvitations") => Err(Refusal::plain(301)),
        _ => {
            world.journal.count_unmatched();
            return session::not_simulated(shape);
        }
    };
    match done {
        Ok(body) => Answer::voyager(shape, &body),
        Err(refusal) => Answer::refusal(shape, refusal),
    }
}

fn list_connections(world: &mut World, call: &Call) -> Refused {
    let decoration = call.query("decorationId");
    if call.query("q").as_deref() != Some("search")
        || decoration.as_ref().is_some_and(|name| !LIST_DECORATIONS.contains(&name.as_str()))
    {
        return Err(Refusal::plain(400));
    }
    let sort = Sort::parse(call.query("sortType").as_deref()).ok_or(Refusal::plain(400))?;
    let (start, count) = window(call)?;
    let keyword = call.query("keyword").unwrap_or_default();
    let people = world.network.page(sort, &keyword, start, count.min(world.settings.page_clamp as usize));
    let seed = world.settings.seed;
    let page = connection::Page { people: &people, start, count, decorated: decoration.is_some(), seed };
    Ok(connection::page(&page, call.shape()))
}

fn list_legacy(world: &mut World, call: &Call) -> Refused {
    let sort = match call.query("sortType") {
        None => Sort::RecentlyAdded,
        named => Sort::parse(named.as_deref()).ok_or(Refusal::plain(400))?,
    };
    let (start, count) = window(call)?;
    let people = world.network.page(sort, "", start, count.min(world.settings.page_clamp as usize));
    Ok(legacy::page(&people, start, count, call.shape()))
}

fn list_sent(world: &World, call: &Call, me: &Person) -> Refused {
    let asked = (call.query("q"), call.query("invitationType"));
    if asked != (Some("invitationType".to_owned()), Some("CONNECTION".to_owned())) {
        return Err(Refusal::plain(400));
    }
    let (start, count) = window(call)?;
    let pending = world.relations.pending();
    let rows: Vec<sent::Row<'_>> = pending
        .into_iter()
        .skip(start)
        .take(count.min(world.settings.page_clamp as usize))
        .map(|sent| (sent, person::stranger(world.settings.seed, &sent.profile_id)))
        .collect();
    Ok(sent::page(&rows, me, start, count, call.shape()))
}

fn invite(world: &mut World, call: &Call, me: &Person) -> Refused {
    let decoration = invite_decoration(call)?;
    let (profile_id, note) = invitee(call).ok_or(Refusal::plain(400))?;
    if profile_id == me.id {
        return Err(Refusal::plain(500));
    }
    let now_ms = world.clock.now_ms();
    let sent = world.relations.invite(&world.settings, &world.network, &profile_id, note, now_ms)?;
    let invitee = person::stranger(world.settings.seed, &profile_id);
    Ok(invitation::created(&sent, &invitee, decoration, call.shape()))
}

fn invite_decoration(call: &Call) -> Result<Decoration, Refusal> {
    match call.query("decorationId").as_deref().map(|name| name.strip_prefix(INVITE_DECORATION)) {
        None => Ok(Decoration::Thin),
        Some(Some("1")) => Ok(Decoration::First),
        Some(Some("2")) => Ok(Decoration::Second),
        Some(_) => Err(Refusal::plain(400)),
    }
}

/// Profile id and note of an invitation's body, in the form that its action goes with. An empty note is none.
fn invitee(call: &Call) -> Option<(String, Option<String>)> {
    let body: Value = serde_json::from_slice(&call.body).ok()?;
    let urn = match call.query("action")?.as_str() {
        "verifyQuotaAndCreateV2" => body.pointer("/invitee/inviteeUnion/memberProfile")?,
        "verifyQuotaAndCreate" => body.get("inviteeProfileUrn")?,
        _ => return None,
    };
    let id = urn.as_str()?.strip_prefix("urn:li:fsd_profile:")?;
    let note = match body.get("customMessage") {
        None | Some(Value::Null) => None,
        Some(note) => Some(note.as_str()?.to_owned()).filter(|note| !note.is_empty()),
    };
    member::is_well_formed(id).then(|| (id.to_owned(), note))
}

/// `start` and `count`; anything but a whole number from 0 is a bad request.
fn window(call: &Call) -> Result<(usize, usize), Refusal> {
    let number = |name: &str, default: usize| match call.query(name) {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| Refusal::plain(400)),
    };
    Ok((number("start", 0)?, number("count", DEFAULT_COUNT)?))
}

/// Only answers under `/voyager` have shapes; kept here so that the two stay together.
pub(crate) fn worn_out(call: &Call) -> Answer {
    let shape = if call.is_voyager() { call.shape() } else { Shape::Plain };
    Answer::error(shape, 503, None, Some("the simulated world was reset under this request"))
}
