//! Sending an invitation.

use serde_json::Value;

use super::{Refused, recognise};
use crate::directory;
use crate::exchange::Call;
use crate::member;
use crate::person::Person;
use crate::relation::Refusal;
use crate::render::invitation::{self, Decoration};
use crate::world::World;

const DECORATIONS: &str = "com.linkedin.voyager.dash.deco.relationships.InvitationCreationResultWithInvitee";

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
    if profile_id == me.id {
        return Err(Refusal::plain(500));
    }
    let now_ms = world.clock.now_ms();
    let sent = world.relations.invite(&world.settings, &world.network, &profile_id, note, now_ms)?;
    Ok(invitation::created(&sent, &invitee, decoration, call.shape()))
}

/// Profile id and note of an invitation's body, in the form that its action goes with. An empty note is none.
fn invitee(call: &Call) -> Option<(String, Option<String>)> {
    if call.header("content-type").is_some_and(|kind| kind.starts_with(PACKED)) {
        return packed_invitee(call).map(|id| (id, None));
    }
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

/// Whom a body in LinkedIn's own binary form invites. Of that form nothing more is read than the URN, which stands in it as text.
fn packed_invitee(call: &Call) -> Option<String> {
    const URN: &[u8] = b"urn:li:fsd_profile:";
    let at = call.body.windows(URN.len()).position(|window| window == URN)?;
    let id = call.body.get(at + URN.len()..)?.iter().map(|byte| char::from(*byte));
    let id: String =
        id.take_while(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter)).collect();
    (call.query("action")? == "verifyQuotaAndCreateV2" && member::is_well_formed(&id)).then_some(id)
}
