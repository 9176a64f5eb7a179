//! Sending an invitation.

use serde_json::Value;

use super::{Refused, recognise};
use crate::config::OldInvitation;
use crate::directory;
use crate::exchange::{Answer, Call};
use crate::member;
use crate::person::Person;
use crate::relation::{Invitation, Refusal};
use crate::render::invitation::{self, Decoration};
use crate::world::World;

const DECORATIONS: &str = "com.linkedin.voyager.dash.deco.relationships.InvitationCreationResultWithInvitee";

const JSON: &str = "application/json";
/// The content type of LinkedIn's own binary form, which one client sends as it was recorded.
const PACKED: &str = "application/x-protobuf2";

pub(super) fn invite(world: &mut World, call: &Call, me: &Person) -> Refused {
    let decoration = match call.query("decorationId") {
        None => Decoration::Thin,
        Some(id) => match recognise(world, &id, DECORATIONS, &["-1", "-2"])? {
            "-1" => Decoration::First,
            _ => Decoration::Second,
        },
    };
    let (profile_id, note) = invitee(call).ok_or(Refusal::plain(400))?;
    let invitee =
        directory::by_id(world.settings.seed, &world.network, &profile_id).ok_or(Refusal::plain(400))?;
    let sent = send(world, me, &profile_id, note)?;
    Ok(invitation::created(&sent, &invitee, decoration, call.shape()))
}

/// The invitation as it was sent before the present way: it is gone, unless the settings bring it back for a client of that time.
pub(super) fn as_before(world: &mut World, call: &Call, me: &Person) -> Result<Answer, Refusal> {
    match world.settings.norm_invitations {
        OldInvitation::Moved => return Err(Refusal::MOVED),
        OldInvitation::Refused => return Err(Refusal::plain(400)),
        OldInvitation::Served => {}
    }
    let (profile_id, note) = invitee_as_before(call).ok_or(Refusal::plain(400))?;
    let sent = send(world, me, &profile_id, note)?;
    Ok(Answer::created(&format!("/voyagerGrowthNormInvitations/{}", sent.id)))
}

fn send(
    world: &mut World,
    me: &Person,
    profile_id: &str,
    note: Option<String>,
) -> Result<Invitation, Refusal> {
    if profile_id == me.id {
        return Err(Refusal::plain(500));
    }
    let now_ms = world.clock.now_ms();
    world.relations.invite(&world.settings, &world.network, profile_id, note, now_ms)
}

/// Profile id and note of an invitation's body, in the form that its action goes with.
fn invitee(call: &Call) -> Option<(String, Option<String>)> {
    if call.header("content-type").is_some_and(|kind| is_of(kind, PACKED)) {
        return packed_invitee(call).map(|id| (id, None));
    }
    let body = json_body(call)?;
    let urn = match call.query("action")?.as_str() {
        "verifyQuotaAndCreateV2" => body.pointer("/invitee/inviteeUnion/memberProfile")?,
        "verifyQuotaAndCreate" => body.get("inviteeProfileUrn")?,
        _ => return None,
    };
    let id = urn.as_str()?.strip_prefix("urn:li:fsd_profile:")?;
    let note = note(body.get("customMessage"))?;
    member::is_well_formed(id).then(|| (id.to_owned(), note))
}

/// The same of a body for the endpoint that came before, which has no action; with one it invites many by e-mail address.
fn invitee_as_before(call: &Call) -> Option<(String, Option<String>)> {
    if call.query("action").is_some() {
        return None;
    }
    let body = json_body(call)?;
    let profile = body.get("invitee")?.get("com.linkedin.voyager.growth.invitation.InviteeProfile")?;
    let id = profile.get("profileId")?.as_str()?;
    let note = note(body.get("message"))?;
    member::is_well_formed(id).then(|| (id.to_owned(), note))
}

/// The body as JSON, which some clients send without saying so; one that says to be something else is not read.
fn json_body(call: &Call) -> Option<Value> {
    if call.headers.contains_key("content-type") && !is_of(call.header("content-type")?, JSON) {
        return None;
    }
    serde_json::from_slice(&call.body).ok()
}

/// An empty note is none; what is no text is no note.
#[expect(clippy::option_option, reason = "outside: whether it can be read; inside: whether there is one")]
fn note(value: Option<&Value>) -> Option<Option<String>> {
    match value {
        None | Some(Value::Null) => Some(None),
        Some(note) => Some(Some(note.as_str()?.to_owned()).filter(|note| !note.is_empty())),
    }
}

/// Whether a content type is this one, whatever its parameters.
fn is_of(kind: &str, wanted: &str) -> bool {
    kind.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case(wanted))
}

/// Whom a body in LinkedIn's own binary form invites. Of that form nothing more is read than the URN, which stands in it as text.
fn packed_invitee(call: &Call) -> Option<String> {
    const URN: &[u8] = b"urn:li:fsd_profile:";
    let at = call.body.windows(URN.len()).position(|window| window == URN)?;
    let id = call.body.get(at + URN.len()..)?.iter().map(|byte| char::from(*byte));
    let id: String =
        id.take_while(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter)).collect();
    (call.query("action")? == "verifyQuotaAndCreateV2" && member::is_well_formed(&id)).then_some(id)
}
