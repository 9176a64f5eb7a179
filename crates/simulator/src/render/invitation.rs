//! Answers to an invitation.

use serde_json::{Value, json};

use super::connection;
use crate::exchange::Shape;
use crate::person::Person;
use crate::relation::Invitation;

const RESULT: &str = "com.linkedin.voyager.dash.relationships.invitation.InvitationCreationResult";
const RESULT_RECIPE: &str =
    "com.linkedin.voyager.dash.deco.relationships.InvitationCreationResultWithInvitee";
const ACTION: &str = "com.linkedin.restli.common.ActionResponse";

/// How much of the answer the decoration asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decoration {
    /// No decoration: the URN and nothing else.
    Thin,
    /// `-1`: the URN and the invitation.
    First,
    /// `-2`: invitee and following state too.
    Second,
}

/// Success. The invitee's own profile comes first in `included`, so that "the first URN found" is the wrong proof.
pub(crate) fn created(sent: &Invitation, invitee: &Person, decoration: Decoration, shape: Shape) -> Value {
    let urn = format!("urn:li:fsd_invitation:{}", sent.id);
    let profile = format!("urn:li:fsd_profile:{}", sent.profile_id);
    if shape == Shape::Plain {
        return match decoration {
            Decoration::Thin => json!({ "value": { "invitationUrn": urn } }),
            _ => json!({ "value": { "invitationUrn": urn, "inviteeUrn": profile } }),
        };
    }
    let mut value = json!({ "invitationUrn": urn, "$type": RESULT });
    let mut included = Vec::new();
    if decoration != Decoration::Thin {
        value["*invitation"] = json!(urn);
        value["$recipeTypes"] = json!([RESULT_RECIPE]);
        included.push(json!({
            "entityUrn": urn,
            "$recipeTypes": ["com.linkedin.voyager.dash.deco.relationships.InvitationInfo"],
            "$type": "com.linkedin.voyager.dash.relationships.invitation.Invitation",
        }));
    }
    if decoration == Decoration::Second {
        let following = format!("urn:li:fsd_followingState:{profile}");
        value["inviteeUrn"] = json!(profile);
        value["*invitee"] = json!(profile);
        value["followingStateUrn"] = json!(following);
        value["*followingState"] = json!(following);
        value["followEdgeUpdated"] = json!(true);
        included.insert(0, connection::profile(invitee));
    }
    json!({ "data": { "value": value, "$type": ACTION }, "included": included })
}

/// A 200 that proves nothing.
pub(crate) fn without_urn(shape: Shape) -> Value {
    match shape {
        Shape::Normalized => {
            json!({ "data": { "value": { "$type": RESULT }, "$type": ACTION }, "included": [] })
        }
        Shape::Plain => json!({ "value": {} }),
    }
}
