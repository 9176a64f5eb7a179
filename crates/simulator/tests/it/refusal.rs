//! Refusals by name, and the site as it is after endpoints, decorations and limits have changed.

use liaison_simulator::Settings;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Http, INVITE, LIST, NORMALIZED, PLAIN, SENT, STRANGER, Site, invitation, site, site_with, text,
};

const BOTH: [Http; 2] = [Http::One, Http::Two];

/// What an armed refusal answers: status, headers that matter, body.
async fn refused(site: &Site, name: &str, accept: &str) -> (u16, Option<String>, String) {
    site.arm(json!({ "kind": "refusal", "name": name })).await;
    let request = site.request(Method::POST, INVITE, accept).body(invitation(STRANGER, None).to_string());
    let response = request.send().await.unwrap();
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let told = header("location").or_else(|| header("retry-after"));
    (response.status().as_u16(), told, response.text().await.unwrap())
}

#[tokio::test]
async fn every_named_refusal_is_listed_and_takes_no_effect() {
    for http in BOTH {
        let site = site_with(Settings::default(), http).await;
        let listed = site.control("GET", "/__sim/faults", Value::Null).await;
        let listed = listed["refusals"].as_array().unwrap();
        assert_eq!(listed.len(), liaison_simulator::refusals().count());
        for named in listed {
            let (name, says) = (text(&named["name"]), text(&named["says"]));
            for accept in [NORMALIZED, PLAIN] {
                let (status, _, _) = refused(&site, &name, accept).await;
                assert!(says.starts_with(&status.to_string()), "{name}: {status}, and it says {says}");
            }
        }
        let counts = site.counts();
        assert_eq!((&counts["posts"], &counts["invitations"]), (&json!(2 * listed.len()), &json!(0)));
    }
}

#[tokio::test]
async fn sessions_end_in_the_ways_that_were_seen() {
    let site = site().await;
    let answer = async |name| refused(&site, name, NORMALIZED).await;
    assert_eq!(
        answer("unauthorized").await,
        (401, None, r#"{"data":{"status":401},"included":[]}"#.to_owned())
    );
    assert_eq!(answer("csrf").await, (403, None, "CSRF check failed.".to_owned()));
    assert_eq!(answer("self_redirect").await.1.as_deref(), Some(INVITE));
    assert_eq!(answer("login").await.1.as_deref(), Some("/uas/login"));
    assert!(answer("checkpoint_url").await.1.unwrap().starts_with("/checkpoint/challenge/"));
    assert!(answer("checkpoint_body").await.2.contains("/checkpoint/challenge/"));
    let page = answer("login_page").await.2;
    assert!(
        page.contains("/checkpoint/lg/login-submit") && !page.contains("/checkpoint/challenge"),
        "{page}"
    );
    assert!(answer("challenge_link").await.2.contains("https://www.linkedin.com/checkpoint/challenge/"));
    assert_eq!(answer("throttled").await, (429, None, r#"{"data":{"status":429},"included":[]}"#.to_owned()));
    assert_eq!(answer("throttled_retry_after").await.1.as_deref(), Some("120"));
    assert!(answer("blocked").await.2.contains("Request denied"));
    let body: Value = serde_json::from_str(&answer("status_in_body").await.2).unwrap();
    assert_eq!(body["data"]["status"], 429);
    site.arm(json!({ "kind": "refusal", "name": "self_redirect" })).await;
    let response = site.get("/voyager/api/me", PLAIN).await;
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("li_at=\"delete me\""), "{cookie}");
    let unknown = json!({ "fault": { "kind": "refusal", "name": "meteor" } });
    assert_eq!(site.running.control("POST", "/__sim/fault", &unknown).await.0, 400);
}

#[tokio::test]
async fn every_redirect_ends_at_a_page() {
    let site = site().await;
    let mut followed = Vec::new();
    for (name, _) in liaison_simulator::refusals() {
        site.arm(json!({ "kind": "refusal", "name": name })).await;
        let response = site.get("/voyager/api/me", PLAIN).await;
        // One leads to where it came from, for ever: that is what it is for.
        if !response.status().is_redirection() || name == "self_redirect" {
            continue;
        }
        let location = response.headers()["location"].to_str().unwrap();
        let page = site.client.get(site.url(location)).send().await.unwrap();
        assert_eq!((page.status().as_u16(), name), (200, name));
        assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"), "{name}");
        followed.push(name);
    }
    assert_eq!(followed, ["login", "authwall", "checkpoint_url"]);
    let wall = site.client.get(site.url("/authwall?trk=sim")).send().await.unwrap().text().await.unwrap();
    assert!(wall.contains("<title>Sign in</title>"), "{wall}");
}

#[tokio::test]
async fn the_site_drops_what_it_once_served() {
    let site = site().await;
    let status = async |target: &str| site.get(target, NORMALIZED).await.status().as_u16();
    let older = LIST.replace("-16", "-15");
    let knobs = async |settings: Value| site.control("POST", "/__sim/knobs", settings).await;
    knobs(json!({ "dropped": ["ConnectionListWithProfile-16"] })).await;
    assert_eq!((status(LIST).await, status(&older).await), (400, 200));
    knobs(json!({ "dropped": ["-16", "-15"] })).await;
    assert_eq!((status(LIST).await, status(&older).await), (400, 400));
    let legacy = "/voyager/api/relationships/connections?count=5";
    assert_eq!(status(legacy).await, 200);
    for (state, expected) in [("gone", 410), ("missing", 404), ("served", 200)] {
        knobs(json!({ "legacy_list": state, "dash_list": state, "dropped": [] })).await;
        assert_eq!((status(legacy).await, status(LIST).await), (expected, expected));
    }
    for name in ["ConnectionList-15", "ConnectionListWithProfile-5"] {
        let target = LIST.replace("ConnectionListWithProfile-16", name);
        let page = site.get_json(&target, PLAIN).await;
        let recipe = text(&page["elements"][0]["$recipeType"]);
        assert!(recipe.ends_with(name.split('-').next().unwrap()), "{recipe}");
    }
    assert_eq!(status(&LIST.replace("WithProfile-16", "WithProfile-35")).await, 400);
}

#[tokio::test]
async fn dead_ways_to_invite_answer_as_they_do() {
    let site = site().await;
    let status = async |target: &str| site.post(target, PLAIN, &json!({})).await.0;
    let old = "/voyager/api/growth/normInvitations";
    assert_eq!(status(old).await, 301);
    site.control("POST", "/__sim/knobs", json!({ "norm_invitations": "refused" })).await;
    for target in [
        old,
        "/voyager/api/relationships/invitations?action=create",
        "/voyager/api/voyagerRelationships/dash/invitations",
        "/mwlite/invite",
    ] {
        assert_eq!(status(target).await, 400, "{target}");
    }
    let counts = site.counts();
    assert_eq!(
        (&counts["posts"], &counts["invitations"], &counts["unmatched"]),
        (&json!(5), &json!(0), &json!(0))
    );
}

#[tokio::test]
async fn limits_of_the_account_are_told_by_their_codes() {
    let site = site().await;
    let refusal = async || {
        let (status, body) = site.invite(STRANGER, None).await;
        (status, body["data"]["code"].as_str().map(str::to_owned))
    };
    for (knob, off, code) in [
        (json!({ "pending_limit": 2 }), json!({ "pending_limit": 3 }), "MAX_INVITATION_SENT"),
        (
            json!({ "handle_confirmed": false }),
            json!({ "handle_confirmed": true }),
            "PRIMARY_HANDLE_NOT_CONFIRMED",
        ),
        (
            json!({ "connection_limit": 250 }),
            json!({ "connection_limit": 251 }),
            "CANT_INVITE_CONNECTION_LIMIT_REACHED",
        ),
    ] {
        site.control("POST", "/__sim/knobs", knob).await;
        assert_eq!(refusal().await, (400, Some(code.to_owned())));
        site.control("POST", "/__sim/knobs", off).await;
    }
    site.control("POST", "/__sim/member", json!({ "id": STRANGER, "state": "email_required" })).await;
    assert_eq!(refusal().await, (422, None));
    site.control("POST", "/__sim/member", json!({ "id": STRANGER, "state": "none" })).await;
    assert_eq!(refusal().await, (200, None));
    assert_eq!(site.get_json(SENT, PLAIN).await["elements"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn nobody_invites_the_member() {
    let site = site().await;
    let target = "/voyager/api/relationships/invitationViews?q=receivedInvitation&start=0&count=3";
    assert_eq!(site.get_json(target, PLAIN).await["elements"], json!([]));
    assert_eq!(site.get_json(target, NORMALIZED).await["data"]["*elements"], json!([]));
    assert_eq!(site.get("/voyager/api/relationships/invitationViews", PLAIN).await.status(), 400);
}
