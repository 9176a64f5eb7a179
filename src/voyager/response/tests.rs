use super::{InvitationVerdict, Refusal, SiteResponse, judge_invitation, judge_read, path_of};
use crate::voyager::{Defect, ParseError};

const SENT: &str =
    r#"{"data":{"value":{"invitationUrn":"urn:li:fsd_invitation:7500000000000000001"}},"included":[]}"#;

fn resp(status: u16, body: &[u8]) -> SiteResponse<'_> {
    SiteResponse { status, url: "", opaque_redirect: false, content_type: None, retry_after_ms: None, body }
}

#[test]
fn an_invitation_is_sent_only_when_the_whole_answer_says_so() {
    assert_eq!(judge_invitation(&resp(200, SENT.as_bytes())), InvitationVerdict::Sent);
    for end in 0..SENT.len() {
        let cut_off = resp(200, &SENT.as_bytes()[..end]);
        assert_eq!(judge_invitation(&cut_off), InvitationVerdict::Unknown, "{end}");
    }
}

#[test]
fn no_other_status_makes_the_same_body_a_success() {
    for status in (0..200).chain(300..1000) {
        let verdict = judge_invitation(&resp(status, SENT.as_bytes()));
        assert_ne!(verdict, InvitationVerdict::Sent, "{status}");
    }
}

#[test]
fn a_cut_off_refusal_is_never_read_as_the_code_it_begins_with() {
    let body = br#"{"data":{"status":429,"code":"FUSE_LIMIT_EXCEEDED"},"included":[]}"#;
    for end in 0..body.len() {
        let verdict = judge_invitation(&resp(200, &body[..end]));
        assert_eq!(verdict, InvitationVerdict::Unknown, "{end}");
    }
}

#[test]
fn a_refusal_hides_in_a_small_body_and_a_page_is_not_read_twice() {
    let refusal = br#"{"data":{"status":429,"code":"FUSE_LIMIT_EXCEEDED"}}"#;
    assert_eq!(judge_read(&resp(200, refusal)), Err(Refusal::InvitationLimit));
    let page = format!(r#"{{"data":{{"*elements":[]}},"included":[{}]}}"#, ["{}"; 4000].join(","));
    assert_eq!(judge_read(&resp(200, page.as_bytes())), Ok(()));
}

#[test]
fn drift_tells_the_shape_and_no_value() {
    let body = br#"{"data":{"status":404,"message":"no Ada here"},"included":[]}"#;
    let Err(Refusal::Drift { detail }) = judge_read(&resp(404, body)) else { panic!("not a drift") };
    assert_eq!(detail, "not_taken, status 404: {data:{status:number,message:string},included:[]}");
    let error = ParseError::new(Defect::NoList, body);
    let Refusal::Drift { detail } = Refusal::from(error) else { panic!("not a drift") };
    assert_eq!(detail, "no list in the body: {data:{status:number,message:string},included:[]}");
}

#[test]
fn the_path_of_an_address_is_without_host_query_and_fragment() {
    for (url, path) in [
        ("https://www.linkedin.com/uas/login?x=/checkpoint/challenge", "/uas/login"),
        ("https://www.linkedin.com", ""),
        ("https://www.linkedin.com?x=/uas/login", ""),
        ("https://www.linkedin.com#/uas/login", ""),
        ("/login#x", "/login"),
        ("", ""),
        ("://", ""),
    ] {
        assert_eq!(path_of(url), path, "{url}");
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod arbitrary {
    use super::{InvitationVerdict, judge_invitation, judge_read, resp};
    use proptest::prelude::{Just, Strategy, any, prop_assert_ne, prop_oneof, proptest};

    fn bodies() -> impl Strategy<Value = Vec<u8>> {
        let pieces = prop_oneof![
            Just("{"),
            Just("}"),
            Just("["),
            Just("]"),
            Just(","),
            Just(":"),
            Just("\"data\""),
            Just("\"value\""),
            Just("\"status\""),
            Just("400"),
            Just("\"code\""),
            Just("\"CANT_RESEND_YET\""),
            Just("\"errors\""),
            Just("null"),
            Just("<html>"),
            Just("/checkpoint/challenge"),
            Just("CSRF check failed"),
            Just("\"\\ud83d"),
        ];
        let text = proptest::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat().into_bytes());
        prop_oneof![text, proptest::collection::vec(any::<u8>(), 0..64)]
    }

    proptest! {
        #[test]
        fn nothing_that_names_no_invitation_counts_as_sent(status in any::<u16>(), body in bodies()) {
            let resp = resp(status, &body);
            prop_assert_ne!(judge_invitation(&resp), InvitationVerdict::Sent);
            let _ = judge_read(&resp);
        }
    }
}
