//! Answers made of LinkedIn's own words: an invitation counts as sent only when the answer proves it, and nothing that
//! a refusal says is taken from a person's text.

use crate::cases;
use crate::oracle::answer::{check_invitation, check_read};
use crate::oracle::change::{Dice, change};
use crate::oracle::tree::Tree;
use liaison::voyager::response::{InvitationVerdict, Refusal, SiteResponse, judge_invitation, judge_read};
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::select;

const BODIES: &[&str] = &[
    r#"{"data":{"value":{"*invitation":"urn:li:fsd_invitation:7500000000000000001","invitationUrn":"urn:li:fsd_invitation:7500000000000000001"}},"included":[{"entityUrn":"urn:li:fsd_invitation:7500000000000000001"}]}"#,
    r#"{"value":{"invitationUrn":"urn:li:fsd_invitation:7500000000000000001"}}"#,
    r#"{"data":{"status":429,"code":"FUSE_LIMIT_EXCEEDED"},"included":[]}"#,
    r#"{"data":{"status":403,"message":"This profile can't be accessed"},"included":[]}"#,
    r#"{"status":400,"code":"CANT_RESEND_YET"}"#,
    r#"{"data":{"code":"A sentence about somebody","value":{"invitationUrn":" "}},"errors":[]}"#,
    r#"{"data":null,"errors":[{"message":"x"}]}"#,
    r#"{"data":{"*elements":[]},"included":[]}"#,
    r#"{"data":{"status":403,"challengeUrl":"https://www.linkedin.com/checkpoint/challenge/SIM"}}"#,
    "{}",
];
const OTHER_BODIES: &[&str] = &[
    "",
    "CSRF check failed.",
    "Request denied",
    "null",
    "[]",
    "<html><form action=\"/checkpoint/lg/login-submit\"></form></html>",
    "<html><a href=\"/checkpoint/challenge/SIM\"></a></html>",
];
const ADDRESSES: &[&str] = &[
    "",
    "https://www.linkedin.com/voyager/api/me",
    "https://www.linkedin.com/voyager/api/me?to=/uas/login",
    "https://www.linkedin.com/uas/login?x",
    "https://www.linkedin.com/checkpoint/challenge/SIM",
    "https://www.linkedin.com/checkpoint/lg/login",
    "https://www.linkedin.com/authwall",
    "/login",
];
const STATUSES: &[u16] = &[
    0, 200, 200, 200, 201, 204, 301, 302, 400, 401, 403, 404, 406, 408, 409, 410, 422, 429, 451, 500, 502,
    503, 999,
];
const KINDS: &[Option<&str>] = &[
    None,
    Some("application/json"),
    Some("application/vnd.linkedin.normalized+json+2.1"),
    Some("text/html"),
];

/// A body as it came, with something changed in it, cut off, or with one byte changed.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let changed = (select(BODIES), any::<u64>(), 0..4).prop_map(|(body, seed, times)| {
        let (mut body, mut dice) = (Tree::read(body.as_bytes()).unwrap(), Dice(seed));
        for _ in 0..times {
            change(&mut body, &mut dice);
        }
        body.json().into_bytes()
    });
    let other = select(OTHER_BODIES).prop_map(|body| body.as_bytes().to_vec());
    let cut_off = (select(BODIES), any::<usize>())
        .prop_map(|(body, end)| body.as_bytes()[..end % (body.len() + 1)].to_vec());
    let hit = (select(BODIES), any::<usize>(), any::<u8>()).prop_map(|(body, at, byte)| {
        let mut body = body.as_bytes().to_vec();
        let at = at % body.len();
        body[at] = byte;
        body
    });
    prop_oneof![4 => changed, 1 => other, 1 => cut_off, 1 => hit]
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn any_answer_is_judged_by_what_it_says(
        body in bodies(),
        status in prop_oneof![6 => select(STATUSES), 1 => any::<u16>()],
        url in select(ADDRESSES),
        content_type in select(KINDS),
        retry_after_ms in prop_oneof![Just(None), Just(Some(7_000))],
    ) {
        let opaque_redirect = status == 0;
        let resp = SiteResponse { status, url, opaque_redirect, content_type, retry_after_ms, body: &body };
        check_invitation(&resp);
        check_read(&resp);
    }

    #[test]
    fn a_block_is_a_block_whatever_comes_with_it(body in bodies(), url in select(ADDRESSES), content_type in select(KINDS)) {
        let resp = SiteResponse {
            status: 999,
            url,
            opaque_redirect: false,
            content_type,
            retry_after_ms: None,
            body: &body,
        };
        prop_assert_eq!(judge_read(&resp), Err(Refusal::Blocked));
        prop_assert_eq!(judge_invitation(&resp), InvitationVerdict::NotSent(Refusal::Blocked));
    }

    #[test]
    fn a_code_is_passed_on_only_in_the_form_of_one(code in "\\PC{0,70}|[A-Z0-9_]{1,70}") {
        let body = serde_json::json!({ "data": { "status": 400, "code": code }, "included": [] }).to_string();
        let resp = SiteResponse {
            status: 400,
            url: "",
            opaque_redirect: false,
            content_type: None,
            retry_after_ms: None,
            body: body.as_bytes(),
        };
        let said = format!("{:?} {:?}", judge_read(&resp), judge_invitation(&resp));
        let code = code.trim();
        let plain = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
        let sound = !code.is_empty() && code.len() <= 64 && code.chars().all(plain);
        let distinct = code.len() > 20;
        prop_assert!(!distinct || said.contains(&format!("{code:?}")) == sound, "{}: {}", code, said);
    }
}
