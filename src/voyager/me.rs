//! Who is signed in.

use liaison_list::envelope::{Envelope, Link, Record, fill_from_slice};
use liaison_list::ids::{member_number, profile_id};
use liaison_list::repair::read_or_mend;
use liaison_list::{Defect, ParseError};
use std::fmt;

/// The signed-in member.
#[derive(Clone, PartialEq, Eq)]
pub struct Me {
    /// What identifies the member for good: the member number where LinkedIn gives it, else the profile id.
    pub member: String,
    /// The bare profile id.
    pub profile_id: Option<String>,
}

/// Who the person is belongs in no log.
impl fmt::Debug for Me {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Me(..)")
    }
}

/// Reads the answer of `/me` in either envelope (`docs/VOYAGER.md`, "Who is signed in").
///
/// # Errors
/// When the body is not JSON or names no member.
pub fn parse_me(body: &[u8]) -> Result<Me, ParseError> {
    read_or_mend(body, read)
}

fn read(body: &[u8]) -> Result<Me, Defect> {
    let mut envelope = Envelope::default();
    fill_from_slice(body, &mut envelope).map_err(|_| Defect::NotJson)?;
    let (head, included) = envelope.split();
    let me = head.record;
    let own = match &me.link {
        Link::Record(profile) => Some(&**profile),
        Link::Urn(urn) => included.iter().find(|record| record.entity_urn.as_ref() == Some(urn)),
        Link::None => None,
    };
    let profile_id = own.and_then(profile_of).or_else(|| match &me.link {
        Link::Urn(urn) => profile_id(urn),
        Link::Record(_) | Link::None => None,
    });
    let number = me
        .plain_id
        .and_then(|number| u64::try_from(number).ok())
        .filter(|number| *number > 0)
        .or_else(|| own.and_then(|own| own.object_urn.as_deref()).and_then(member_number))
        .or_else(|| me.object_urn.as_deref().and_then(member_number));
    let profile_id = profile_id.map(str::to_owned);
    let member = number.map(|number| number.to_string()).or_else(|| profile_id.clone());
    let member = member.ok_or(Defect::NoMember)?;
    Ok(Me { member, profile_id })
}

fn profile_of<'r>(own: &'r Record<'_>) -> Option<&'r str> {
    [&own.dash_entity_urn, &own.entity_urn].into_iter().filter_map(|urn| urn.as_deref()).find_map(profile_id)
}

#[cfg(test)]
mod tests {
    use super::parse_me;
    use crate::voyager::Defect;

    const NORMALISED: &str = r#"{"data":{"plainId":4290000001,"*miniProfile":"urn:li:fs_miniProfile:SIM_sam-0001","premiumSubscriber":false},
        "included":[
          {"firstName":"Otto","objectUrn":"urn:li:member:4290000009","entityUrn":"urn:li:fs_miniProfile:SIM_otto-009"},
          {"firstName":"Sam","objectUrn":"urn:li:member:4290000001","entityUrn":"urn:li:fs_miniProfile:SIM_sam-0001","dashEntityUrn":"urn:li:fsd_profile:SIM_sam-0001"}]}"#;

    #[test]
    fn both_envelopes_name_the_same_member() {
        let nested = r#"{"plainId":4290000001,"miniProfile":{"firstName":"Sam","objectUrn":"urn:li:member:4290000001","entityUrn":"urn:li:fs_miniProfile:SIM_sam-0001"}}"#;
        for body in [NORMALISED, nested] {
            let me = parse_me(body.as_bytes()).unwrap();
            assert_eq!((me.member.as_str(), me.profile_id.as_deref()), ("4290000001", Some("SIM_sam-0001")));
        }
    }

    #[test]
    fn without_a_plain_id_the_object_urn_gives_the_number_and_else_the_profile_id_stands() {
        let me = parse_me(NORMALISED.replace(r#""plainId":4290000001,"#, "").as_bytes()).unwrap();
        assert_eq!(me.member, "4290000001");
        let me = parse_me(
            br#"{"data":{"plainId":null,"*miniProfile":"urn:li:fs_miniProfile:SIM_sam-0001"},"included":[]}"#,
        )
        .unwrap();
        assert_eq!((me.member.as_str(), me.profile_id.as_deref()), ("SIM_sam-0001", Some("SIM_sam-0001")));
    }

    #[test]
    fn somebody_in_included_whom_the_answer_does_not_point_at_is_not_me() {
        let body = br#"{"data":{},"included":[{"objectUrn":"urn:li:member:4290000009","entityUrn":"urn:li:fs_miniProfile:SIM_otto-009"}]}"#;
        assert_eq!(parse_me(body).unwrap_err().defect, Defect::NoMember);
    }

    #[test]
    fn half_an_emoji_in_a_headline_does_not_cost_the_account() {
        let broken = NORMALISED.replace(r#""Sam""#, r#""Sam \ud83d""#);
        assert_eq!(parse_me(broken.as_bytes()).unwrap().member, "4290000001");
        for end in 0..broken.len() {
            assert!(parse_me(&broken.as_bytes()[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn a_cut_off_body_names_nobody() {
        for end in 0..NORMALISED.len() {
            assert!(parse_me(&NORMALISED.as_bytes()[..end]).is_err(), "{end}");
        }
    }
}
