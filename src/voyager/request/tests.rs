use super::{
    CsrfToken, ListSource, Method, Redirect, Sort, build_invitation, build_list, build_me,
    build_sent_invitations, build_summary,
};

fn csrf() -> CsrfToken {
    CsrfToken::from_cookie("\"ajax:1234567890123456789\"").unwrap()
}

#[test]
fn the_token_loses_its_quotes_and_keeps_its_prefix() {
    let header = |cookie: &str| {
        let request = build_me(&CsrfToken::from_cookie(cookie)?);
        request.headers.into_iter().find(|(name, _)| *name == "csrf-token").map(|(_, value)| value)
    };
    assert_eq!(header("\"ajax:1234567890123456789\"").as_deref(), Some("ajax:1234567890123456789"));
    assert_eq!(header("ajax:1234567890123456789").as_deref(), Some("ajax:1234567890123456789"));
    for empty in ["", "\"\"", " ", "\"", "ajax:1\r\nx: y", "ajax:é"] {
        assert_eq!(header(empty), None, "{empty}");
    }
}

#[test]
fn neither_token_nor_body_shows_when_printed() {
    let request = build_invitation("SIM_nora-001", Some("a private word"), &csrf());
    let printed = format!("{request:?} {:?}", csrf());
    for secret in ["1234567890", "private", "nora"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[test]
fn a_page_of_the_list() {
    let request = build_list(ListSource::Current, Some(Sort::RecentlyAdded), 80, 40, &csrf());
    assert_eq!((request.method, request.redirect, request.body), (Method::Get, Redirect::Follow, None));
    assert_eq!(
        request.path,
        "/voyager/api/relationships/dash/connections?decorationId=com.linkedin.voyager.dash.deco.web.mynetwork.\
         ConnectionListWithProfile-16&count=40&q=search&sortType=RECENTLY_ADDED&start=80"
    );
    assert_eq!(
        request.headers,
        [
            ("accept", "application/vnd.linkedin.normalized+json+2.1".to_owned()),
            ("csrf-token", "ajax:1234567890123456789".to_owned()),
            ("x-restli-protocol-version", "2.0.0".to_owned()),
        ]
    );
    assert!(!build_list(ListSource::Current, None, 0, u64::MAX, &csrf()).path.contains("sortType"));
}

#[test]
fn the_other_ways_to_the_list_and_its_size() {
    let path = |source| build_list(source, Some(Sort::RecentlyAdded), 80, 40, &csrf()).path;
    assert_eq!(
        path(ListSource::OlderDecoration),
        path(ListSource::Current).replace("WithProfile-16", "WithProfile-15")
    );
    assert_eq!(
        path(ListSource::Legacy),
        "/voyager/api/relationships/connections?count=40&sortType=RECENTLY_ADDED&start=80"
    );
    assert_eq!(build_summary(&csrf()).path, "/voyager/api/relationships/connectionsSummary");
}

#[test]
fn an_invitation_with_and_without_a_note() {
    let request = build_invitation("SIM_nora-001", Some("Hi \"Nora\" 🚀\n"), &csrf());
    assert_eq!((request.method, request.redirect), (Method::Post, Redirect::Manual));
    assert_eq!(
        request.path,
        "/voyager/api/voyagerRelationshipsDashMemberRelationships?action=verifyQuotaAndCreateV2&decorationId=\
         com.linkedin.voyager.dash.deco.relationships.InvitationCreationResultWithInvitee-2"
    );
    assert_eq!(
        request.body.as_deref(),
        Some(
            r#"{"invitee":{"inviteeUnion":{"memberProfile":"urn:li:fsd_profile:SIM_nora-001"}},"customMessage":"Hi \"Nora\" 🚀\n"}"#
        )
    );
    assert!(request.headers.contains(&("content-type", "application/json; charset=UTF-8".to_owned())));
    let plain = r#"{"invitee":{"inviteeUnion":{"memberProfile":"urn:li:fsd_profile:SIM_nora-001"}}}"#;
    for note in [None, Some("")] {
        assert_eq!(build_invitation("SIM_nora-001", note, &csrf()).body.as_deref(), Some(plain));
    }
}

#[test]
fn the_other_reads() {
    assert_eq!(build_me(&csrf()).path, "/voyager/api/me");
    assert_eq!(
        build_sent_invitations(0, 100, &csrf()).path,
        "/voyager/api/relationships/sentInvitationViewsV2?q=invitationType&invitationType=CONNECTION&start=0&count=100"
    );
}

#[test]
fn sort_orders_by_their_wire_names() {
    for name in ["RECENTLY_ADDED", "FIRSTNAME_LASTNAME", "LASTNAME_FIRSTNAME"] {
        assert_eq!(Sort::from_wire(name).map(Sort::as_wire), Some(name));
    }
    for unknown in ["", "recently_added", "FIRST_NAME", "RECENTLY_ADDED "] {
        assert_eq!(Sort::from_wire(unknown), None, "{unknown}");
    }
}
