//! LinkedIn's transport over `fetch`: what goes out, what comes back, and each way in which nothing does.

use super::fake::{FakeHost, Fakery};
use futures_util::FutureExt;
use liaison::ports::{SiteAnswer, SiteFailure, SiteTransport};
use liaison::voyager::request::{
    BodyForm, CsrfToken, ListSource, SiteRequest, Sort, build_invitation, build_list, build_me,
};
use liaison::web::{BrowserSite, KeepAlive};
use serde_json::json;
use std::rc::Rc;
use wasm_bindgen_test::wasm_bindgen_test;

fn site() -> BrowserSite {
    let fake = FakeHost::new();
    BrowserSite::new(Rc::clone(&fake.host), KeepAlive::new(fake.host))
}

fn csrf() -> CsrfToken {
    CsrfToken::from_cookie("\"ajax:42\"").expect("a token")
}

fn me() -> SiteRequest {
    build_me(&csrf())
}

async fn answer(how: &str) -> Result<SiteAnswer, SiteFailure> {
    let _fakery = Fakery::of_fetch(how);
    site().send(me()).await
}

#[wasm_bindgen_test]
async fn status_headers_and_every_byte_arrive() {
    let answer = answer("bytes").await.expect("an answer");
    assert_eq!(answer.body, (0..=255).collect::<Vec<u8>>());
    assert_eq!((answer.status, answer.opaque_redirect), (429, false));
    assert_eq!(answer.content_type.as_deref(), Some("text/x-odd"));
    assert_eq!(answer.retry_after.as_deref(), Some("7"));
    assert_eq!(answer.date.as_deref(), Some("Sun, 22 Nov 2026 01:00:00 GMT"));
}

#[wasm_bindgen_test]
async fn a_real_response_is_read_whole() {
    let answer = answer("data").await.expect("an answer");
    assert_eq!(answer.body, "{\"a\":\"é\"}".as_bytes());
    assert_eq!((answer.status, answer.content_type.as_deref()), (200, Some("application/json")));
    assert!(answer.url.starts_with("data:"), "{}", answer.url);
}

#[wasm_bindgen_test]
async fn a_read_leaves_with_its_headers_and_the_persons_cookies() {
    let fakery = Fakery::of_fetch("text");
    site()
        .send(build_list(ListSource::Current, Some(Sort::RecentlyAdded), 40, 100, &csrf()))
        .await
        .expect("an answer");
    let asked = fakery.asked().await;
    let url = asked[0]["url"].as_str().expect("a URL");
    assert!(url.starts_with("https://www.linkedin.com/voyager/api/"), "{url}");
    assert!(url.contains("start=40") && url.contains("count=100"), "{url}");
    assert_eq!(asked[0]["method"], "GET");
    assert_eq!(asked[0]["headers"]["csrf-token"], "ajax:42");
    assert_eq!(asked[0]["headers"]["accept"], "application/vnd.linkedin.normalized+json+2.1");
    let kept = ["redirect", "credentials", "cache"].map(|member| asked[0][member].clone());
    assert_eq!(kept, ["follow", "include", "no-store"]);
}

#[wasm_bindgen_test]
async fn an_invitation_is_a_post_that_follows_no_redirect() {
    let fakery = Fakery::of_fetch("opaque");
    let answer = site().send(build_invitation("ACoAABCDEF123", Some("Hi"), &csrf())).await;
    let answer = answer.expect("an answer");
    assert_eq!((answer.status, answer.opaque_redirect, answer.url.as_str()), (0, true, ""));
    let asked = fakery.asked().await;
    assert_eq!(
        (asked.len(), &asked[0]["method"], &asked[0]["redirect"]),
        (1, &json!("POST"), &json!("manual"))
    );
    let body: serde_json::Value =
        serde_json::from_str(asked[0]["body"].as_str().expect("a body")).expect("JSON");
    assert_eq!(body["invitee"]["inviteeUnion"]["memberProfile"], "urn:li:fsd_profile:ACoAABCDEF123");
    assert_eq!(body["customMessage"], "Hi");
}

#[wasm_bindgen_test]
async fn a_body_that_is_a_stream_says_the_same() {
    let fakery = Fakery::of_fetch("opaque");
    let text = build_invitation("ACoAABCDEF123", Some("Hé"), &csrf());
    site().send(SiteRequest { body_form: BodyForm::Stream, ..text.clone() }).await.expect("an answer");
    assert_eq!(fakery.asked().await[0]["body"].as_str(), text.body.as_deref());
}

#[wasm_bindgen_test]
async fn each_way_of_not_answering_has_its_name() {
    assert_eq!(answer("fails").await.err(), Some(SiteFailure::NoAnswer));
    assert_eq!(answer("throws").await.err(), Some(SiteFailure::NotSent));
    assert_eq!(answer("cut").await.err(), Some(SiteFailure::CutOff));
}

#[wasm_bindgen_test]
async fn a_body_of_any_size_arrives_whole_beside_others_and_after_a_cut_one() {
    let whole = |answer: Result<SiteAnswer, SiteFailure>| {
        let body = answer.expect("an answer").body;
        assert_eq!(body.len(), 1_500_001);
        assert!(body.iter().enumerate().all(|(at, byte)| usize::from(*byte) == at % 251));
    };
    whole(answer("big").await);
    assert_eq!(answer("cut_bytes").await.err(), Some(SiteFailure::CutOff));
    assert_eq!(answer("empty").await.expect("an answer").body, b"");
    let _fakery = Fakery::of_fetch("big");
    let site = site();
    let (one, other) = futures_util::future::join(site.send(me()), site.send(me())).await;
    whole(one);
    whole(other);
}

#[wasm_bindgen_test]
async fn the_request_leaves_in_the_first_turn() {
    let fakery = Fakery::of_fetch("hangs");
    assert!(site().send(me()).now_or_never().is_none());
    assert_eq!(fakery.asked().await.len(), 1);
}

#[wasm_bindgen_test]
async fn what_hangs_is_aborted_after_25_seconds() {
    for how in ["hangs", "hangs_in_the_body"] {
        let fakery = Fakery::of_fetch(how).in_a_hurry();
        assert_eq!(site().send(me()).await.err(), Some(SiteFailure::TimedOut), "{how}");
        assert_eq!(fakery.asked().await[0]["aborted"], true, "{how}");
    }
}

#[wasm_bindgen_test]
async fn the_session_is_read_from_the_cookies_alone() {
    let fake = FakeHost::new();
    let site = BrowserSite::new(Rc::clone(&fake.host), KeepAlive::new(Rc::clone(&fake.host)));
    let look = async || {
        let session = site.session().await;
        (session.permitted, session.signed_in, session.csrf.is_some())
    };
    assert_eq!(look().await, (true, false, false));
    fake.set("cookies", &json!({ "li_at": "", "JSESSIONID": "\"\"" }));
    assert_eq!(look().await, (true, false, false));
    fake.set("cookies", &json!({ "li_at": "x", "JSESSIONID": "\"ajax:42\"" }));
    assert_eq!(look().await, (true, true, true));
    assert_eq!(site.session().await.csrf, Some(csrf()));
    fake.set("permitted", &json!(false));
    assert_eq!(look().await, (false, false, false));
}
