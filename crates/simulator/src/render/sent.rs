//! The list of invitations sent and still waiting: `relationships/sentInvitationViewsV2`.

use serde_json::{Value, json};

use super::me::{mini_profile, mini_urn};
use super::{COLLECTION, paging};
use crate::exchange::Shape;
use crate::person::Person;
use crate::relation::Invitation;

/// One row: the invitation and whom it went to.
pub(crate) type Row<'a> = (&'a Invitation, Person);

/// A page of the list. In the normalized shape `included` holds mini profiles, then invitations, then the views that tie them.
pub(crate) fn page(rows: &[Row<'_>], me: &Person, start: usize, count: usize, shape: Shape) -> Value {
    let metadata = json!({ "invitationType": "CONNECTION" });
    if shape == Shape::Plain {
        let elements: Vec<Value> = rows.iter().map(|row| plain_view(row, me)).collect();
        return json!({ "elements": elements, "metadata": metadata, "paging": paging(start, count) });
    }
    let mut included: Vec<Value> = rows.iter().map(|(_, person)| mini_profile(person, shape)).collect();
    if !rows.is_empty() {
        included.push(mini_profile(me, shape));
    }
    // The lists come in orders of their own; reversed is enough to catch a reader that trusts them.
    included.extend(rows.iter().rev().map(|row| invitation(row, me)));
    included.extend(rows.iter().rev().map(|(sent, _)| {
        json!({
            "entityUrn": view_urn(sent),
            "*invitation": invitation_urn(sent),
            "genericSentInvitationView": null,
            "$type": "com.linkedin.voyager.relationships.invitation.SentInvitationViewV2",
        })
    }));
    let elements: Vec<String> = rows.iter().map(|(sent, _)| view_urn(sent)).collect();
    let mut metadata = metadata;
    metadata["$type"] = json!("com.linkedin.voyager.relationships.invitation.SentInvitationsMetadata");
    json!({
        "data": {
            "metadata": metadata,
            "entityUrn": "urn:li:collectionResponse:c2ltdWxhdGVkLWludml0YXRpb24tcmVzcG9uc2UtMDE=",
            "paging": paging(start, count),
            "*elements": elements,
            "$type": COLLECTION,
        },
        "included": included,
    })
}

fn invitation((sent, person): &Row<'_>, me: &Person) -> Value {
    let mut invitation = fields(sent, me);
    invitation["*toMember"] = json!(mini_urn(person));
    invitation["*fromMember"] = json!(mini_urn(me));
    invitation["invitee"] = json!({
        "*miniProfile": mini_urn(person),
        "$type": "com.linkedin.voyager.relationships.invitation.ProfileInvitee",
    });
    invitation["$type"] = json!("com.linkedin.voyager.relationships.invitation.Invitation");
    invitation
}

/// Mirrored from the normalized capture: no un-normalized one is known.
fn plain_view(row: &Row<'_>, me: &Person) -> Value {
    let (sent, person) = row;
    let mut invitation = fields(sent, me);
    let mini = mini_profile(person, Shape::Plain);
    invitation["toMember"] = mini.clone();
    invitation["fromMember"] = mini_profile(me, Shape::Plain);
    invitation["invitee"] = json!({
        "com.linkedin.voyager.relationships.invitation.ProfileInvitee": { "miniProfile": mini },
    });
    json!({ "entityUrn": view_urn(sent), "invitation": invitation })
}

fn fields(sent: &Invitation, me: &Person) -> Value {
    json!({
        "toMemberId": sent.profile_id,
        "fromMemberId": me.id,
        "sentTime": sent.sent_ms,
        "message": sent.note,
        "customMessage": sent.note.is_some(),
        "invitationType": "SENT",
        "mailboxItemId": format!("urn:li:invitation:{}", sent.id),
        "sharedSecret": "SIMSECRT",
        "entityUrn": invitation_urn(sent),
        "fromEvent": null,
        "inviterActors": null,
        "unseen": null,
    })
}

fn invitation_urn(sent: &Invitation) -> String {
    format!("urn:li:fs_relInvitation:{}", sent.id)
}

fn view_urn(sent: &Invitation) -> String {
    format!("urn:li:fs_relSentInvitationView:urn:li:invitation:{}", sent.id)
}
