//! Invitations: what succeeds, what is refused, and the list of those that wait.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{INVITE, NORMALIZED, PLAIN, SENT, STRANGER, included, invitation, site, text};

const THIN: &str = "/voyager/api/voyagerRelationshipsDashMemberRelationships?action=verifyQuotaAndCreateV2";

fn error(status: u16, code: Option<&str>) -> (u16, Value) {
    let mut data = json!({ "status": status });
    if let Some(code) = code {
        data["code"] = json!(code);
    }
    (status, json!({ "data": data, "included": [] }))
}

#[tokio::test]
async fn an_invitation_is_answered_with_its_urn_and_listed() {
    let site = site().await;
    let (status, body) = site.invite(STRANGER, Some("Hello from the loom")).await;
    assert_eq!(status, 200);
    let value = &body["data"]["value"];
    let urn = text(&value["invitationUrn"]);
    let id = urn.strip_prefix("urn:li:fsd_invitation:").unwrap();
    assert_eq!((id.len(), &value["*invitation"]), (19, &json!(urn)));
    assert_eq!(value["inviteeUrn"], format!("urn:li:fsd_profile:{STRANGER}"));
    assert_eq!(included(&body, "invitation.Invitation")[0]["entityUrn"], urn);
    assert_eq!(
        site.counts(),
        json!({ "requests": 1, "posts": 1, "invitations": 1, "unmatched": 0, "aborted": 0 })
    );

    let list = site.get_json(SENT, NORMALIZED).await;
    let elements = list["data"]["*elements"].as_array().unwrap();
    assert_eq!(elements.len(), 3);
    assert_eq!(elements[0], format!("urn:li:fs_relSentInvitationView:urn:li:invitation:{id}"));
    let sent = included(&list, "invitation.Invitation");
    let ours = sent.iter().find(|row| row["toMemberId"] == STRANGER).unwrap();
    assert_eq!(ours["*toMember"], format!("urn:li:fs_miniProfile:{STRANGER}"));
    assert_eq!(ours["message"], "Hello from the loom");
    assert_eq!((&ours["customMessage"], &ours["invitationType"]), (&json!(true), &json!("SENT")));
    assert_eq!(ours["entityUrn"], format!("urn:li:fs_relInvitation:{id}"));
    assert_eq!(ours["sentTime"], site.running.journal()["invitations"][0]["sent_ms"]);
    let minis = included(&list, "shared.MiniProfile");
    assert!(minis.iter().any(|mini| mini["dashEntityUrn"] == format!("urn:li:fsd_profile:{STRANGER}")));
    assert!(!list.to_string().contains("\"total\""));

    let plain = site.get_json(SENT, PLAIN).await;
    assert_eq!(plain["elements"][0]["invitation"]["toMemberId"], STRANGER);
    assert_eq!(plain["elements"][0]["invitation"]["sentTime"], ours["sentTime"]);
    let second = site.get_json(&SENT.replace("start=0&count=100", "start=1&count=1"), PLAIN).await;
    assert_eq!(second["elements"][0], plain["elements"][1]);
}

#[tokio::test]
async fn other_spellings_are_answered_each_in_its_way() {
    let site = site().await;
    let (status, thin) = site.post(THIN, NORMALIZED, &invitation("ACoAA000001", None)).await;
    assert_eq!((status, &thin["included"]), (200, &json!([])));
    assert!(thin["data"]["value"]["invitationUrn"].is_string());
    assert!(thin["data"]["value"].get("*invitation").is_none());

    let (status, first) = site
        .post(&INVITE.replace("Invitee-2", "Invitee-1"), NORMALIZED, &invitation("ACoAA000002", None))
        .await;
    assert_eq!((status, first["data"]["value"].get("inviteeUrn")), (200, None));
    assert_eq!(first["data"]["value"]["*invitation"], first["data"]["value"]["invitationUrn"]);

    let (status, plain) = site.post(INVITE, PLAIN, &invitation("ACoAA000003", None)).await;
    assert_eq!((status, plain.get("data")), (200, None));
    assert!(plain["value"]["invitationUrn"].is_string());

    let older = THIN.replace("CreateV2", "Create");
    let (status, _) =
        site.post(&older, PLAIN, &json!({ "inviteeProfileUrn": "urn:li:fsd_profile:ACoAA000004" })).await;
    assert_eq!(status, 200);

    let (status, _) = site.post(THIN, PLAIN, &invitation("ACoAA000005", Some(""))).await;
    assert_eq!(status, 200);
    let journal = site.running.journal();
    assert_eq!(journal["invitations"][4]["note"], Value::Null, "an empty note is none");
    assert_eq!(journal["requests"][4]["body"]["customMessage"], "");
    assert_eq!(journal["requests"][4]["headers"]["content-type"], Value::Null, "no content type is needed");
    assert_eq!(site.counts()["invitations"], 5);
}

#[tokio::test]
async fn an_invitation_in_the_binary_form_is_taken() {
    let site = site().await;
    let id = text(&site.control("GET", "/__sim/strangers?start=9", Value::Null).await["people"][0]["id"]);
    let kind = "application/x-protobuf2; symbol-table=voyager-20757";
    for (body, status) in [
        (format!("\0\u{1}\u{3}\u{14}:urn:li:fsd_profile:{id}"), 200),
        (format!("\0\u{1}\u{3}\u{14}:urn:li:fsd_company:{id}"), 400),
    ] {
        let request = site.request(Method::POST, &INVITE.replace("Invitee-2", "Invitee-1"), PLAIN);
        let response = request.header("content-type", kind).body(body).send().await.unwrap();
        assert_eq!(response.status(), status);
    }
    assert_eq!(site.running.journal()["invitations"][0]["profile_id"], id);
}

#[tokio::test]
async fn malformed_invitations_are_bad_requests() {
    let site = site().await;
    let good = invitation(STRANGER, None);
    let targets = [
        "/voyager/api/voyagerRelationshipsDashMemberRelationships".to_owned(),
        INVITE.replace("CreateV2", "CreateV9"),
        INVITE.replace("CreateV2", "Create"),
        INVITE.replace("Invitee-2", "Invitee-7"),
    ];
    for target in targets {
        assert_eq!(site.post(&target, NORMALIZED, &good).await, error(400, None), "{target}");
    }
    let mut numbered_note = good.clone();
    numbered_note["customMessage"] = json!(7);
    let bodies = [
        json!("text"),
        json!({}),
        invitation("short", None),
        invitation("ZZoAABCDEF123", None),
        invitation("ACrAAABBBBCCCC", None),
        invitation("ACwAABCDEF123", None),
        json!({ "invitee": { "inviteeUnion": { "memberProfile": "urn:li:fs_miniProfile:ACoAABCDEF123" } } }),
        json!({ "invitee": { "inviteeUnion": { "memberProfile": "urn:li:member:4290000001" } } }),
        numbered_note,
    ];
    for body in bodies {
        assert_eq!(site.post(INVITE, NORMALIZED, &body).await, error(400, None), "{body}");
    }
    let response = site.request(Method::POST, INVITE, NORMALIZED).body("{").send().await.unwrap();
    assert_eq!(response.status(), 400);
    let (status, plain) = site.post(INVITE, PLAIN, &json!({})).await;
    assert_eq!((status, plain), (400, json!({ "status": 400 })));
    let counts = site.counts();
    assert_eq!((&counts["posts"], &counts["invitations"]), (&json!(15), &json!(0)));
}

#[tokio::test]
async fn a_members_state_decides() {
    let site = site().await;
    let resend = error(400, Some("CANT_RESEND_YET"));
    assert_eq!(site.invite(STRANGER, None).await.0, 200);
    assert_eq!(site.invite(STRANGER, None).await, resend, "pending");
    let connection = site.network_ids(1).await.remove(0);
    assert_eq!(site.invite(&connection, None).await, resend, "connected");

    let set = async |state: &str| {
        site.control("PUT", "/__sim/member", json!({ "id": STRANGER, "state": state })).await
    };
    for state in ["connected", "withdrawn", "pending"] {
        set(state).await;
        assert_eq!(site.invite(STRANGER, None).await, resend, "{state}");
    }
    set("inaccessible").await;
    let (status, body) = site.invite(STRANGER, None).await;
    assert_eq!((status, &body["data"]["message"]), (403, &json!("This profile can't be accessed")));
    set("none").await;
    assert_eq!(site.invite(STRANGER, None).await.0, 200);
    let me = text(&site.control("GET", "/__sim/state", Value::Null).await["profile_id"]);
    assert_eq!(site.invite(&me, None).await, error(500, None));
    assert_eq!(site.counts()["invitations"], 2);
}

#[tokio::test]
async fn withdrawing_is_over_after_three_weeks() {
    let site = site().await;
    site.control("POST", "/__sim/member", json!({ "id": STRANGER, "state": "withdrawn" })).await;
    assert_eq!(site.invite(STRANGER, None).await.0, 400);
    site.control("POST", "/__sim/clock", json!({ "advance_ms": 21_i64 * 86_400_000 })).await;
    assert_eq!(site.invite(STRANGER, None).await.0, 200);
}

#[tokio::test]
async fn limits_are_counted_apart() {
    let site = site().await;
    site.control("POST", "/__sim/knobs", json!({ "note_quota": 1, "weekly_limit": 3 })).await;
    assert_eq!(site.invite("ACoAA000001", Some("one")).await.0, 200);
    assert_eq!(
        site.invite("ACoAA000002", Some("two")).await,
        error(429, Some("CUSTOM_INVITE_LIMIT_REACHED"))
    );
    assert_eq!(site.invite("ACoAA000002", None).await.0, 200);
    assert_eq!(site.invite("ACoAA000003", None).await.0, 200);
    assert_eq!(site.invite("ACoAA000004", None).await, error(429, Some("FUSE_LIMIT_EXCEEDED")));
    let counts = site.counts();
    assert_eq!((&counts["posts"], &counts["invitations"]), (&json!(5), &json!(3)));
    site.control("POST", "/__sim/clock", json!({ "advance_ms": 8_i64 * 86_400_000 })).await;
    assert_eq!(site.invite("ACoAA000004", None).await.0, 200);
}

#[tokio::test]
async fn a_note_has_its_length() {
    let site = site().await;
    let rockets = "🚀".repeat(150);
    assert_eq!(site.invite("ACoAA000001", Some(&rockets)).await.0, 200);
    assert_eq!(site.invite("ACoAA000002", Some(&format!("{rockets}!"))).await, error(400, None));
    site.control("POST", "/__sim/knobs", json!({ "tier": "free" })).await;
    assert_eq!(site.invite("ACoAA000002", Some(&"a".repeat(201))).await, error(400, None));
    assert_eq!(site.invite("ACoAA000002", Some(&"a".repeat(200))).await.0, 200);
}

#[tokio::test]
async fn a_body_that_says_to_be_something_else_is_not_read() {
    let site = site().await;
    let send = async |id: &str, kind: &str| {
        let request = site.request(Method::POST, INVITE, NORMALIZED).header("content-type", kind);
        request.body(invitation(id, None).to_string()).send().await.unwrap().status().as_u16()
    };
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application/x-protobuf"]
    {
        assert_eq!(send(STRANGER, kind).await, 400, "{kind}");
    }
    for (at, kind) in ["application/json", "Application/JSON; charset=UTF-8"].into_iter().enumerate() {
        assert_eq!(send(&format!("ACoAA00000{at}"), kind).await, 200, "{kind}");
    }
    assert_eq!(site.counts()["invitations"], 2);
}

const OLD: &str = "/voyager/api/growth/normInvitations";

fn old_invitation(id: &str, note: Option<&str>) -> Value {
    let profile = json!({ "com.linkedin.voyager.growth.invitation.InviteeProfile": { "profileId": id } });
    json!({ "trackingId": "AAAAAAAAAAAAAAAAAAAAAA==", "invitations": [], "invitee": profile, "message": note })
}

#[tokio::test]
async fn the_old_endpoint_has_moved() {
    let site = site().await;
    for target in [OLD.to_owned(), format!("{OLD}?action=batchCreate")] {
        let (status, body) = site.post(&target, NORMALIZED, &old_invitation(STRANGER, None)).await;
        assert_eq!((status, &body["data"]["message"]), (301, &json!("Resource moved")));
    }
    assert_eq!(
        site.counts(),
        json!({ "requests": 2, "posts": 2, "invitations": 0, "unmatched": 0, "aborted": 0 })
    );
}

#[tokio::test]
async fn the_old_endpoint_can_be_brought_back() {
    let site = site().await;
    site.control("POST", "/__sim/knobs", json!({ "norm_invitations": "served", "note_quota": 1 })).await;
    let send = async |target: &str, body: Value| {
        site.request(Method::POST, target, NORMALIZED).body(body.to_string()).send().await.unwrap()
    };
    let made = send(OLD, old_invitation("ACoAA000001", Some("Hello"))).await;
    assert_eq!(made.status(), 201);
    let location = made.headers()["location"].to_str().unwrap().to_owned();
    let journal = site.running.journal();
    assert_eq!(location, format!("/voyagerGrowthNormInvitations/{}", text(&journal["invitations"][0]["id"])));
    assert_eq!(journal["invitations"][0]["note"], "Hello");
    // One member and one count, whichever way they are invited.
    assert_eq!(site.invite("ACoAA000001", None).await, error(400, Some("CANT_RESEND_YET")));
    for (body, status) in [
        (old_invitation("ACoAA000001", None), 400),
        (old_invitation("ACoAA000002", Some("Hello")), 429),
        (old_invitation("ACoAA000002", Some("")), 201),
        (old_invitation("ACrAAABBBBCCCC", None), 400),
        (json!({ "invitee": {} }), 400),
    ] {
        assert_eq!(send(OLD, body.clone()).await.status(), status, "{body}");
    }
    let me = text(&site.control("GET", "/__sim/state", Value::Null).await["profile_id"]);
    assert_eq!(send(OLD, old_invitation(&me, None)).await.status(), 500);
    let many = send(&format!("{OLD}?action=batchCreate"), old_invitation("ACoAA000003", None)).await;
    assert_eq!(many.status(), 400);
    assert_eq!(site.counts()["invitations"], 2);
}

#[tokio::test]
async fn the_list_of_sent_ones_needs_its_parameters() {
    let site = site().await;
    for target in ["", "?q=invitationType", "?q=invitationType&invitationType=EVENT"] {
        let target = format!("/voyager/api/relationships/sentInvitationViewsV2{target}");
        assert_eq!(site.get(&target, NORMALIZED).await.status(), 400, "{target}");
    }
}
