//! Looking somebody up: `identity/dash/profiles`, with what stands between the viewer and the one looked up.

use serde_json::{Value, json};

use super::{COLLECTION, TRACKING_ID, paging, picture};
use crate::exchange::Shape;
use crate::person::{Oddity, Person};
use crate::relation::{Invitation, MemberState};

const PROFILE: &str = "com.linkedin.voyager.dash.identity.profile.Profile";
const RELATIONSHIP: &str = "com.linkedin.voyager.dash.relationships.MemberRelationship";
const CONNECTION: &str = "com.linkedin.voyager.dash.relationships.Connection";
const INVITATION: &str = "com.linkedin.voyager.dash.relationships.invitation.Invitation";

/// Who was looked up, and by whom.
#[derive(Debug)]
pub(crate) struct LookUp<'a> {
    pub(crate) person: &'a Person,
    pub(crate) viewer: &'a Person,
    pub(crate) state: MemberState,
    /// The viewer's invitation that waits for this person's answer.
    pub(crate) waiting: Option<&'a Invitation>,
    /// How many connections that person has.
    pub(crate) connections: usize,
    /// The decoration without its number; none gives the profile alone.
    pub(crate) decoration: Option<&'a str>,
}

/// The answer in the shape that was asked for.
pub(crate) fn found(look_up: &LookUp<'_>, shape: Shape) -> Value {
    match shape {
        Shape::Normalized => normalized(look_up),
        Shape::Plain => nested(look_up),
    }
}

/// `included` also holds the viewer's own profile, and here it comes first: the target is in `*elements` alone.
fn normalized(look_up: &LookUp<'_>) -> Value {
    let LookUp { person, viewer, .. } = look_up;
    let mut profile = entity(look_up, person);
    let mut included = Vec::new();
    if look_up.decoration.is_some() {
        profile["*memberRelationship"] = json!(relationship_urn(person));
        if person.id != viewer.id {
            included.push(entity(look_up, viewer));
        }
        included.push(json!({
            "entityUrn": relationship_urn(person),
            "memberRelationshipUnion": union(look_up, Shape::Normalized),
            "$type": RELATIONSHIP,
        }));
        included.extend(edge(look_up));
    }
    included.push(profile);
    json!({
        "data": { "*elements": [profile_urn(person)], "paging": paging(0, 10), "$type": COLLECTION },
        "included": included,
    })
}

fn nested(look_up: &LookUp<'_>) -> Value {
    let person = look_up.person;
    let mut profile = fields(person, Shape::Plain);
    if let Some(decoration) = look_up.decoration {
        profile["$recipeType"] = json!(decoration);
        profile["connections"] =
            json!({ "paging": { "start": 0, "count": 0, "total": look_up.connections } });
        profile["memberRelationship"] = json!({
            "entityUrn": relationship_urn(person),
            "memberRelationshipUnion": union(look_up, Shape::Plain),
        });
    }
    json!({ "elements": [profile], "paging": paging(0, 10) })
}

fn entity(look_up: &LookUp<'_>, person: &Person) -> Value {
    let mut profile = fields(person, Shape::Normalized);
    if let Some(decoration) = look_up.decoration {
        profile["$recipeTypes"] = json!([decoration]);
    }
    profile["$type"] = json!(PROFILE);
    profile
}

fn fields(person: &Person, shape: Shape) -> Value {
    let mut profile = json!({
        "firstName": person.first_name,
        "lastName": person.last_name,
        "headline": person.headline,
        "memorialized": person.oddity == Oddity::Memorialized,
        "entityUrn": profile_urn(person),
        "objectUrn": format!("urn:li:member:{}", person.number),
        "trackingId": TRACKING_ID,
        "premium": false,
    });
    if let Some(slug) = &person.public_identifier {
        profile["publicIdentifier"] = json!(slug);
    }
    if let Some(picture) = picture::profile_picture(person, shape) {
        profile["profilePicture"] = picture;
    }
    profile
}

/// One arm of three: connected, or not with an invitation or without, or oneself.
fn union(look_up: &LookUp<'_>, shape: Shape) -> Value {
    let person = look_up.person;
    if person.id == look_up.viewer.id {
        return json!({ "self": {} });
    }
    if look_up.state == MemberState::Connected {
        return match shape {
            Shape::Normalized => json!({ "*connection": connection_urn(person) }),
            Shape::Plain => json!({ "connection": connection(person) }),
        };
    }
    let invitation = match (look_up.waiting, shape) {
        (None, _) => json!({ "noInvitation": { "inviter": null } }),
        (Some(sent), Shape::Normalized) => json!({ "*invitation": invitation_urn(sent) }),
        (Some(sent), Shape::Plain) => json!({ "invitation": invitation(sent) }),
    };
    json!({ "noConnection": { "memberDistance": "DISTANCE_2", "invitationUnion": invitation } })
}

/// The entity that the union refers to, if it refers to one.
fn edge(look_up: &LookUp<'_>) -> Option<Value> {
    let (mut edge, kind) = match (look_up.state, look_up.waiting) {
        _ if look_up.person.id == look_up.viewer.id => return None,
        (MemberState::Connected, _) => (connection(look_up.person), CONNECTION),
        (_, Some(sent)) => (invitation(sent), INVITATION),
        _ => return None,
    };
    edge["$type"] = json!(kind);
    Some(edge)
}

fn connection(person: &Person) -> Value {
    json!({
        "entityUrn": connection_urn(person),
        "connectedMember": profile_urn(person),
        "createdAt": person.created_ms,
    })
}

fn invitation(sent: &Invitation) -> Value {
    json!({
        "entityUrn": invitation_urn(sent),
        "invitationType": "SENT",
        "invitationState": "PENDING",
        "sentTime": sent.sent_ms,
    })
}

fn profile_urn(person: &Person) -> String {
    format!("urn:li:fsd_profile:{}", person.id)
}

fn relationship_urn(person: &Person) -> String {
    format!("urn:li:fsd_memberRelationship:{}", person.id)
}

fn connection_urn(person: &Person) -> String {
    format!("urn:li:fsd_connection:{}", person.id)
}

fn invitation_urn(sent: &Invitation) -> String {
    format!("urn:li:fsd_invitation:{}", sent.id)
}

/// The old `identity/profiles/{id}/profileView`, nested: the top of the page, and empty lists for the rest of it.
pub(crate) fn old_view(person: &Person) -> Value {
    let mini = super::legacy::with_picture(person, Shape::Plain);
    let mut view = json!({
        "entityUrn": format!("urn:li:fs_profileView:{}", person.id),
        "profile": {
            "entityUrn": format!("urn:li:fs_profile:{}", person.id),
            "firstName": person.first_name,
            "lastName": person.last_name,
            "headline": person.headline,
            "miniProfile": mini,
            "defaultLocale": { "country": "US", "language": "en" },
            "supportedLocales": [{ "country": "US", "language": "en" }],
            "versionTag": "1",
            "showEducationOnProfileTopCard": false,
        },
    });
    for list in [
        "positionView",
        "educationView",
        "languageView",
        "publicationView",
        "certificationView",
        "volunteerExperienceView",
        "honorView",
        "projectView",
        "skillView",
    ] {
        view[list] = json!({ "elements": [], "paging": paging(0, 0) });
    }
    view
}
