//! The invitations the account has sent, as far as they prove that one was sent.

use liaison_list::envelope::{Envelope, Link, Record, fill_from_slice};
use liaison_list::ids::{is_profile_id, profile_id};
use liaison_list::repair::read_or_mend;
use liaison_list::{Defect, ParseError};

/// One pending invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentInvitation {
    /// The bare profile id of whoever was invited.
    pub profile_id: String,
    /// When, in milliseconds since 1970 by LinkedIn's clock.
    pub sent_ms: Option<i64>,
}

/// Reads a page of sent invitations in either envelope (`docs/VOYAGER.md`, "Sent invitations").
///
/// # Errors
/// When the body is cut off or not JSON, holds no list, or lists entries of which none names a receiver. An empty
/// list is no error.
pub fn parse_sent_invitations(body: &[u8]) -> Result<Vec<SentInvitation>, ParseError> {
    read_or_mend(body, read)
}

fn read(body: &[u8]) -> Result<Vec<SentInvitation>, Defect> {
    let mut envelope = Envelope::default();
    fill_from_slice(body, &mut envelope).map_err(|_| Defect::NotJson)?;
    let (head, included) = envelope.split();
    let (listed, records) = match (head.element_refs.0, head.elements.0) {
        // The views in `*elements` only point at the invitations; these stand in `included` with all we need.
        (Some(views), _) => (views.len(), included),
        (None, Some(elements)) => (elements.len(), elements),
        (None, None) => return Err(Defect::NoList),
    };
    let sent: Vec<SentInvitation> = records.iter().filter_map(invitation).collect();
    if sent.is_empty() && listed > 0 {
        return Err(Defect::NothingUnderstood);
    }
    Ok(sent)
}

/// The invitation that `record` is, or that it is a view of.
fn invitation(record: &Record<'_>) -> Option<SentInvitation> {
    let stated = record.to_member_id.as_deref();
    let receiver = match &record.link {
        Link::Urn(urn) => profile_id(urn),
        Link::Record(inner) if inner.to_member_id.is_some() || inner.sent_time.is_some() => {
            return invitation(inner);
        }
        Link::Record(member) => [&member.dash_entity_urn, &member.entity_urn]
            .into_iter()
            .filter_map(|urn| urn.as_deref())
            .find_map(profile_id),
        Link::None => None,
    };
    // A record that merely points at a profile (a connection, a view) is not an invitation.
    let is_invitation = stated.is_some() || record.sent_time.is_some();
    let id = stated.filter(|id| is_profile_id(id)).or(receiver.filter(|_| is_invitation))?;
    Some(SentInvitation { profile_id: id.to_owned(), sent_ms: record.sent_time })
}

#[cfg(test)]
mod tests {
    use super::{SentInvitation, parse_sent_invitations};
    use crate::voyager::Defect;

    const NORMALISED: &str = r#"{"data":{"paging":{"count":100,"start":0,"links":[]},
        "*elements":["urn:li:fs_relSentInvitationView:urn:li:invitation:7500000000000000002","urn:li:fs_relSentInvitationView:urn:li:invitation:7500000000000000001"]},
      "included":[
        {"firstName":"Nora","entityUrn":"urn:li:fs_miniProfile:SIM_nora-001","dashEntityUrn":"urn:li:fsd_profile:SIM_nora-001"},
        {"toMemberId":"SIM_nora-001","*toMember":"urn:li:fs_miniProfile:SIM_nora-001","sentTime":1788125101000,"invitationType":"SENT","entityUrn":"urn:li:fs_relInvitation:7500000000000000002"},
        {"toMemberId":null,"*toMember":"urn:li:fs_miniProfile:SIM_olaf-001","sentTime":1788125001000,"entityUrn":"urn:li:fs_relInvitation:7500000000000000001"},
        {"*invitation":"urn:li:fs_relInvitation:7500000000000000002","entityUrn":"urn:li:fs_relSentInvitationView:urn:li:invitation:7500000000000000002"}]}"#;

    fn both() -> Vec<SentInvitation> {
        vec![
            SentInvitation { profile_id: "SIM_nora-001".to_owned(), sent_ms: Some(1_788_125_101_000) },
            SentInvitation { profile_id: "SIM_olaf-001".to_owned(), sent_ms: Some(1_788_125_001_000) },
        ]
    }

    #[test]
    fn the_normalised_form_is_read_by_either_name_of_the_receiver() {
        assert_eq!(parse_sent_invitations(NORMALISED.as_bytes()).unwrap(), both());
    }

    #[test]
    fn the_nested_form_says_the_same() {
        let body = br#"{"elements":[
            {"entityUrn":"urn:li:fs_relSentInvitationView:urn:li:invitation:7500000000000000002",
             "invitation":{"toMemberId":"SIM_nora-001","toMember":{"entityUrn":"urn:li:fs_miniProfile:SIM_nora-001"},"sentTime":1788125101000}},
            {"invitation":{"toMember":{"entityUrn":"urn:li:fs_miniProfile:SIM_olaf-001"},"sentTime":1788125001000}}],
            "paging":{"count":100,"start":0}}"#;
        assert_eq!(parse_sent_invitations(body).unwrap(), both());
    }

    #[test]
    fn an_empty_list_is_empty_and_a_missing_one_an_error() {
        assert_eq!(parse_sent_invitations(br#"{"data":{"*elements":[]},"included":[]}"#).unwrap(), []);
        let defect = |body: &[u8]| parse_sent_invitations(body).unwrap_err().defect;
        assert_eq!(defect(br#"{"data":{"status":400},"included":[]}"#), Defect::NoList);
        assert_eq!(
            defect(br#"{"data":{"*elements":["urn:li:x:1"]},"included":[{"renamed":1}]}"#),
            Defect::NothingUnderstood
        );
    }

    #[test]
    fn a_profile_that_happens_to_be_included_was_not_invited() {
        let body = br#"{"data":{"*elements":[]},"included":[{"entityUrn":"urn:li:fs_miniProfile:SIM_nora-001","*miniProfile":"urn:li:fs_miniProfile:SIM_nora-001"}]}"#;
        assert_eq!(parse_sent_invitations(body).unwrap(), []);
    }

    #[test]
    fn half_an_emoji_in_a_name_does_not_cost_the_proof() {
        let broken = NORMALISED.replace(r#""Nora""#, r#""Nora \ud83d""#);
        assert_eq!(parse_sent_invitations(broken.as_bytes()).unwrap(), both());
        for end in 0..broken.len() {
            assert!(parse_sent_invitations(&broken.as_bytes()[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn a_cut_off_body_proves_nothing() {
        for end in 0..NORMALISED.len() {
            assert!(parse_sent_invitations(&NORMALISED.as_bytes()[..end]).is_err(), "{end}");
        }
    }
}
