//! Cookies, CSRF, sign-in and what a dead session gets.

use reqwest::{Method, StatusCode, Version};
use serde_json::{Value, json};

use crate::support::{Http, LIST, NORMALIZED, PLAIN, site, site_with, text, wary_client};
use liaison_simulator::Settings;

const ME: &str = "/voyager/api/me";

#[tokio::test]
async fn both_protocols_are_spoken_over_tls() {
    for (http, version) in [(Http::One, Version::HTTP_11), (Http::Two, Version::HTTP_2)] {
        let site = site_with(Settings::default(), http).await;
        let response = site.get(ME, NORMALIZED).await;
        assert_eq!((response.status(), response.version()), (StatusCode::OK, version));
    }
}

#[tokio::test]
async fn a_stranger_to_the_certificate_is_turned_away() {
    let site = site().await;
    let port = site.running.https_addr().port();
    assert!(wary_client().get(format!("https://127.0.0.1:{port}/login")).send().await.is_err());
    assert_eq!(site.counts()["requests"], 0);
}

#[tokio::test]
async fn the_csrf_check_comes_first_and_says_exactly_this() {
    let site = site().await;
    let quoted = format!("\"{}\"", site.sign_in.csrf_token);
    let cookie = site.sign_in.cookie_header();
    let no_session = format!("JSESSIONID=\"{}\"", site.sign_in.csrf_token);
    let cases = [
        (Some(cookie.as_str()), None),
        (Some(cookie.as_str()), Some("ajax:1")),
        (Some(cookie.as_str()), Some(quoted.as_str())),
        (Some(no_session.as_str()), Some("ajax:1")),
        (None, Some(site.sign_in.csrf_token.as_str())),
    ];
    for (cookie, token) in cases {
        for method in [Method::GET, Method::POST] {
            let mut request = site.client.request(method, site.url(ME));
            for (name, value) in [("cookie", cookie), ("csrf-token", token)] {
                if let Some(value) = value {
                    request = request.header(name, value);
                }
            }
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 403, "{cookie:?} {token:?}");
            assert_eq!(response.headers()["content-type"], "text/plain");
            assert_eq!(response.text().await.unwrap(), "CSRF check failed.");
        }
    }
}

#[tokio::test]
async fn a_dead_session_gets_what_the_scenario_says() {
    let site = site().await;
    site.control("DELETE", "/__sim/session", Value::Null).await;
    let response = site.get(ME, NORMALIZED).await;
    assert_eq!(response.status(), 401);
    assert_eq!(response.text().await.unwrap(), r#"{"data":{"status":401},"included":[]}"#);

    site.control("POST", "/__sim/knobs", json!({ "dead_session": "login" })).await;
    let response = site.get(ME, PLAIN).await;
    assert_eq!(
        (response.status(), &response.headers()["location"]),
        (StatusCode::FOUND, &"/uas/login".parse().unwrap())
    );

    site.control("POST", "/__sim/knobs", json!({ "dead_session": "self_redirect" })).await;
    let response = site.get(LIST, NORMALIZED).await;
    assert_eq!(response.status(), 302);
    assert_eq!(response.headers()["location"], LIST);
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("li_at=\"delete me\"") && cookie.contains("Max-Age=0"), "{cookie}");
}

#[tokio::test]
async fn a_quoted_session_cookie_is_taken() {
    let site = site().await;
    let cookie = format!("li_at=\"{}\"; JSESSIONID={}", site.sign_in.li_at, site.sign_in.csrf_token);
    let request =
        site.client.get(site.url(ME)).header("cookie", cookie).header("csrf-token", &site.sign_in.csrf_token);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], PLAIN);
}

#[tokio::test]
async fn signing_in_by_the_form_gives_the_cookies_of_a_browser() {
    let site = site().await;
    let page = site.client.get(site.url("/uas/login?as=2")).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("<title>Sign in</title>") && page.contains("name=\"as\" value=\"2\""), "{page}");
    let response = site.client.post(site.url("/login")).body("session_key=me&as=2").send().await.unwrap();
    assert_eq!(
        (response.status(), &response.headers()["location"]),
        (StatusCode::FOUND, &"/feed/".parse().unwrap())
    );
    let set: Vec<String> = response
        .headers()
        .get_all("set-cookie")
        .iter()
        .map(|value| value.to_str().unwrap().to_owned())
        .collect();
    for name in ["li_at", "JSESSIONID", "liap", "lidc", "bcookie", "lang"] {
        assert!(set.iter().any(|cookie| cookie.starts_with(&format!("{name}="))), "{name}: {set:?}");
    }
    assert!(set.iter().all(|cookie| cookie.contains("Secure; SameSite=None")));
    let jar: Vec<&str> = set.iter().map(|cookie| cookie.split(';').next().unwrap()).collect();
    let session = jar.iter().find_map(|pair| pair.strip_prefix("JSESSIONID=")).unwrap();
    let token = session.trim_matches('"');
    assert_ne!(session, token);
    assert!(token.strip_prefix("ajax:").is_some_and(|digits| digits.len() == 19));

    let cookies = jar.join("; ");
    let me = site.client.get(site.url(ME)).header("cookie", &cookies).header("csrf-token", token);
    let me: Value = me.send().await.unwrap().json().await.unwrap();
    assert_eq!(me["plainId"], 4_290_000_002_u32);
    let feed = site.client.get(site.url("/feed/")).header("cookie", &cookies).send().await.unwrap();
    assert!(feed.text().await.unwrap().contains("<title>Feed | LinkedIn</title>"));
    let out = site.client.post(site.url("/logout")).header("cookie", &cookies).send().await.unwrap();
    assert_eq!(out.headers().get_all("set-cookie").iter().count(), 6);
    let feed = site.client.get(site.url("/feed/")).send().await.unwrap();
    assert_eq!(feed.headers()["location"], "/uas/login");
}

#[tokio::test]
async fn an_app_signs_in_by_its_own_way() {
    let site = site().await;
    let before = site.client.get(site.url("/uas/authenticate")).send().await.unwrap();
    let cookies = |response: &reqwest::Response| -> Vec<String> {
        let set = response.headers().get_all("set-cookie").iter();
        set.map(|value| value.to_str().unwrap().split(';').next().unwrap().to_owned()).collect()
    };
    let anonymous = cookies(&before);
    assert!(anonymous.iter().any(|cookie| cookie.starts_with("JSESSIONID=\"ajax:")), "{anonymous:?}");
    assert!(!anonymous.iter().any(|cookie| cookie.starts_with("li_at=")));
    let token = anonymous[0].split('"').nth(1).unwrap();
    let stranger =
        site.client.get(site.url(ME)).header("cookie", anonymous.join("; ")).header("csrf-token", token);
    assert_eq!(stranger.send().await.unwrap().status(), 401, "nobody is signed in yet");

    let form = format!("session_key=me%40example.com&session_password=any&JSESSIONID=%22{token}%22");
    let after = site.client.post(site.url("/uas/authenticate")).body(form).send().await.unwrap();
    let signed_in = cookies(&after);
    assert_eq!(after.json::<Value>().await.unwrap()["login_result"], "PASS");
    let token =
        signed_in.iter().find(|cookie| cookie.starts_with("JSESSIONID=")).unwrap().split('"').nth(1).unwrap();
    let me = site.client.get(site.url(ME)).header("cookie", signed_in.join("; ")).header("csrf-token", token);
    assert_eq!(me.send().await.unwrap().json::<Value>().await.unwrap()["plainId"], 4_290_000_001_u32);
    let wrong = json!({ "match": { "path": "/uas/authenticate" }, "fault": { "kind": "refusal", "name": "sign_in_challenge" } });
    site.control("POST", "/__sim/fault", wrong).await;
    let challenged = site.client.post(site.url("/uas/authenticate")).send().await.unwrap();
    assert_eq!(challenged.json::<Value>().await.unwrap()["login_result"], "CHALLENGE");
}

#[tokio::test]
async fn me_has_both_shapes() {
    let site = site().await;
    let normalized = site.get_json(ME, NORMALIZED).await;
    let mini = &normalized["included"][0];
    assert_eq!(normalized["data"]["$type"], "com.linkedin.voyager.common.Me");
    assert_eq!(normalized["data"]["*miniProfile"], mini["entityUrn"]);
    let plain = site.get_json(ME, PLAIN).await;
    assert_eq!(plain["plainId"], normalized["data"]["plainId"]);
    assert_eq!(plain["miniProfile"]["dashEntityUrn"], mini["dashEntityUrn"]);
    assert!(plain.get("data").is_none());
}

#[tokio::test]
async fn another_member_can_sign_in_or_take_over() {
    let site = site().await;
    let first = site.get_json(ME, PLAIN).await;
    let two = site.control("POST", "/__sim/account", json!({ "n": 2, "now": true })).await;
    let second = site.get_json(ME, PLAIN).await;
    assert_ne!(first["plainId"], second["plainId"]);
    assert!(text(&second["miniProfile"]["entityUrn"]).ends_with(two["profile_id"].as_str().unwrap()));
}

#[tokio::test]
async fn unknown_paths_are_told_apart() {
    let site = site().await;
    assert_eq!(site.get("/voyager/api/feed/updates", NORMALIZED).await.status(), 501);
    assert_eq!(site.get("/somewhere", NORMALIZED).await.status(), 404);
    assert_eq!(site.get("/checkpoint/challenge/x", NORMALIZED).await.status(), 200);
    assert_eq!((&site.counts()["unmatched"], &site.counts()["requests"]), (&json!(1), &json!(3)));
}

#[tokio::test]
async fn a_wrong_method_is_not_an_unknown_path() {
    let site = site().await;
    let invite = "/voyager/api/voyagerRelationshipsDashMemberRelationships";
    for (method, target, allowed) in [
        (Method::POST, ME, "GET"),
        (Method::DELETE, ME, "GET"),
        (Method::GET, invite, "POST"),
        (Method::PUT, "/voyager/api/identity/profiles/x/profileView", "GET"),
        (Method::GET, "/logout", "POST"),
        (Method::PUT, "/login", "GET"),
    ] {
        let response = site.request(method.clone(), target, PLAIN).send().await.unwrap();
        assert_eq!(response.status(), 405, "{method} {target}");
        assert_eq!(response.headers()["allow"], allowed, "{method} {target}");
    }
    assert_eq!(site.counts()["unmatched"], 0);
}

#[tokio::test]
async fn a_head_is_that_of_the_get() {
    for http in [Http::One, Http::Two] {
        let site = site_with(Settings::default(), http).await;
        for target in [ME, "/login", "/uas/authenticate", "/voyager/api/nowhere"] {
            let whole = site.get(target, PLAIN).await;
            let head = site.request(Method::HEAD, target, PLAIN).send().await.unwrap();
            assert_eq!(head.status(), whole.status(), "{target}");
            assert_eq!(head.headers()["content-type"], whole.headers()["content-type"]);
            let length = head.headers()["content-length"].to_str().unwrap().to_owned();
            assert_eq!(head.bytes().await.unwrap().len(), 0);
            assert_eq!(length, whole.bytes().await.unwrap().len().to_string(), "{target}");
        }
    }
}

#[tokio::test]
async fn the_date_follows_the_simulators_clock() {
    let settings = Settings { clock_ms: Some(1_790_000_000_000), ..Settings::default() };
    let site = site_with(settings, Http::One).await;
    assert_eq!(site.get(ME, PLAIN).await.headers()["date"], "Mon, 21 Sep 2026 14:13:20 GMT");
    site.control("POST", "/__sim/clock", json!({ "advance_ms": 86_400_000 })).await;
    for target in [ME, "/login", "/nowhere", "/voyager/api/nowhere"] {
        assert_eq!(
            site.get(target, PLAIN).await.headers()["date"],
            "Tue, 22 Sep 2026 14:13:20 GMT",
            "{target}"
        );
    }
}
