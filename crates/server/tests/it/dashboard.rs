//! The operator's page: who is signed in to it, what its cookie opens and for whom, and the files that it is made of.

use super::support::*;
use liaison_server::bucket::Rate;
use reqwest::header::{HeaderMap, SET_COOKIE};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::time::Duration;

const SESSION: &str = "/dashboard/session";

/// Somebody who is signed in.
struct Browser {
    /// `name=value`, as a browser sends it.
    cookie: String,
    csrf: String,
    data: Value,
}

async fn post_key(world: &World, key: &Value, headers: &[(&str, &str)]) -> (Answer, HeaderMap) {
    let mut request = world.http.post(format!("{}{SESSION}", world.server.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.body(json!({"admin_key": key}).to_string()).send().await.unwrap();
    let (status, set) = (response.status().as_u16(), response.headers().clone());
    ((status, response.json().await.unwrap()), set)
}

async fn sign_in(world: &World, key: &str) -> Browser {
    let ((status, body), headers) = post_key(world, &json!(key), &[]).await;
    assert_eq!((status, &body["success"]), (200, &json!(true)), "{body}");
    let set = headers[SET_COOKIE].to_str().unwrap();
    let (cookie, csrf) = (set.split(';').next().unwrap().to_owned(), body["data"]["csrf"].as_str().unwrap());
    Browser { cookie, csrf: csrf.to_owned(), data: body["data"].clone() }
}

/// As the page asks.
fn asked(world: &World, browser: &Browser, method: Method, path: &str) -> RequestBuilder {
    let request = world.http.request(method, format!("{}{path}", world.server.url));
    request.header("cookie", &browser.cookie).header("x-csrf-token", &browser.csrf)
}

async fn ask(world: &World, browser: &Browser, method: Method, path: &str) -> Answer {
    answer(asked(world, browser, method, path)).await
}

#[tokio::test]
async fn whoever_has_an_admin_key_signs_in_and_out() {
    let world = World::new().await;
    let store = world.server.store();
    let key = store.add_admin_key(Some("Ada's"), world.now()).await.unwrap().secret;
    let (_, headers) = post_key(&world, &json!(key), &[("sec-fetch-site", "same-origin")]).await;
    let set = headers[SET_COOKIE].to_str().unwrap();
    let (secret, manner) = set.split_once(';').unwrap();
    assert!(secret.starts_with("liaison_session=lds_") && !secret.contains(&key), "{secret}");
    assert_eq!(manner, " Path=/; Max-Age=43200; HttpOnly; SameSite=Strict");
    assert_eq!(headers["cache-control"], "no-store");

    let browser = sign_in(&world, &key).await;
    let expected =
        json!({"name": "Ada's", "expires_at": "2026-11-22T12:00:00.000Z", "csrf": browser.csrf.clone()});
    assert_eq!(browser.data, expected);
    let told = ask(&world, &browser, Method::GET, SESSION).await;
    assert_eq!(told, (200, json!({"success": true, "data": expected})));
    let (status, teams) = ask(&world, &browser, Method::GET, "/admin/v1/teams").await;
    assert_eq!((status, teams["data"].as_array().unwrap().len()), (200, 1));
    let team = asked(&world, &browser, Method::POST, "/admin/v1/teams").body(r#"{"name":"Sales"}"#);
    assert_eq!(answer(team).await.0, 200);

    let other = sign_in(&world, &key).await;
    assert!(other.cookie != browser.cookie && other.csrf != browser.csrf);
    let gone = asked(&world, &browser, Method::DELETE, SESSION).send().await.unwrap();
    let set = gone.headers()[SET_COOKIE].to_str().unwrap();
    assert_eq!(set, "liaison_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    assert_eq!(gone.json::<Value>().await.unwrap(), json!({"success": true}));
    for path in [SESSION, "/admin/v1/teams"] {
        assert_refused(
            &ask(&world, &browser, Method::GET, path).await,
            401,
            "The session is over; sign in again",
        );
        assert_eq!(ask(&world, &other, Method::GET, path).await.0, 200, "another's session goes on");
    }
    assert_eq!(world.number("SELECT count(*) FROM dashboard_session").await, 2);
}

#[tokio::test]
async fn a_session_ends_after_half_a_day_and_with_its_admin_key() {
    let world = World::new().await;
    let store = world.server.store();
    let made = store.add_admin_key(None, world.now()).await.unwrap();
    let browser = sign_in(&world, &made.secret).await;
    assert_eq!(browser.data["name"], Value::Null);
    world.advance(12 * HOUR - 1);
    assert_eq!(ask(&world, &browser, Method::GET, SESSION).await.0, 200);
    assert_eq!(
        store.admin_keys().await.unwrap()[0].last_used_at,
        Some(world.now()),
        "its use is one of the key"
    );
    let world = world.restart().await;
    assert_eq!(ask(&world, &browser, Method::GET, SESSION).await.0, 200, "it outlives a restart");
    world.advance(1);
    assert_code(&ask(&world, &browser, Method::GET, SESSION).await, 401, "unauthorised");
    assert_code(&ask(&world, &browser, Method::GET, "/admin/v1/teams").await, 401, "unauthorised");

    let next = sign_in(&world, &made.secret).await;
    assert_eq!(world.number("SELECT count(*) FROM dashboard_session").await, 1, "the old one is forgotten");
    let stays = world.admin_key().await;
    let stays = sign_in(&world, &stays).await;
    world.server.store().revoke_admin_key(&made.id, world.now()).await.unwrap();
    assert_code(&ask(&world, &next, Method::GET, SESSION).await, 401, "unauthorised");
    assert_code(&ask(&world, &next, Method::GET, "/admin/v1/teams").await, 401, "unauthorised");
    assert_eq!(ask(&world, &stays, Method::GET, SESSION).await.0, 200);
    assert_eq!(world.number("SELECT count(*) FROM dashboard_session").await, 1);
}

#[tokio::test]
async fn no_other_secret_signs_in_or_stands_for_a_session() {
    let (world, agent) = World::paired().await;
    let admin = world.admin_key().await;
    for key in ["lak_0", "", &world.key, &agent.token] {
        let (refused, headers) = post_key(&world, &json!(key), &[]).await;
        assert_code(&refused, 401, "unauthorised");
        assert!(!headers.contains_key(SET_COOKIE));
    }
    for key in [Value::Null, json!(7), json!([admin])] {
        assert_code(&post_key(&world, &key, &[]).await.0, 400, "invalid_input");
    }
    let browser = sign_in(&world, &admin).await;
    let secret = browser.cookie.split_once('=').unwrap().1.to_owned();
    let as_cookie = async |value: &str| {
        let cookie = format!("liaison_session={value}");
        ask(&world, &Browser { cookie, csrf: String::new(), data: Value::Null }, Method::GET, SESSION).await
    };
    for value in ["", "lds_0", &admin, &world.key, &agent.token, &browser.csrf] {
        assert_code(&as_cookie(value).await, 401, "unauthorised");
    }
    assert_eq!(as_cookie(&secret).await.0, 200);
    // And the cookie's secret opens nothing by another way.
    let teams = format!("{}/admin/v1/teams", world.server.url);
    assert_code(&answer(world.http.get(&teams).bearer_auth(&secret)).await, 401, "unauthorised");
    let status = "/linkedin-agent/get-task-status?api_agent_task_id=00000000-0000-4000-8000-000000000000";
    for path in [status, "/linkedin-agent/tasks"] {
        assert_code(&ask(&world, &browser, Method::GET, path).await, 401, "unauthorised");
    }
    assert_refused(&post_key(&world, &json!(secret), &[]).await.0, 401, ADMIN_KEY);
}

const ADMIN_KEY: &str = "Missing or invalid admin key (`liaison-server admin-key add` makes one)";

#[tokio::test]
async fn whoever_guesses_is_told_to_wait_and_shuts_nobody_out() {
    let change = |config: &mut liaison_server::Config| {
        config.limits.wrong_secrets = Rate { burst: 1, every: Duration::from_secs(3600) };
        config.neighbours.proxies = vec!["127.0.0.1/32".parse().unwrap()];
    };
    let world = World::configured(change).await;
    let key = world.admin_key().await;
    let browser = sign_in(&world, &key).await;
    let mut guesses = Vec::new();
    for _ in 0..2 {
        guesses.push(post_key(&world, &json!("lak_0"), &[]).await.0.0);
    }
    assert_eq!(guesses, [401, 429]);
    // Keys that were good before are heard, and sessions count for themselves.
    assert_eq!(post_key(&world, &json!(key), &[]).await.0.0, 200);
    assert_eq!(ask(&world, &browser, Method::GET, SESSION).await.0, 200);
    let over = Browser { cookie: "liaison_session=lds_0".to_owned(), csrf: String::new(), data: Value::Null };
    let mut asked = Vec::new();
    for _ in 0..2 {
        asked.push(ask(&world, &over, Method::GET, SESSION).await.0);
    }
    assert_eq!(asked, [401, 429]);
    let unheard = world.admin_key().await;
    assert_eq!(post_key(&world, &json!(unheard), &[("x-forwarded-for", "192.0.2.9")]).await.0.0, 200);
    assert_eq!(ask(&world, &browser, Method::GET, SESSION).await.0, 200);
}

/// All calls that change something, whose paths are read from the router.
fn changing_calls(team: &str) -> Vec<(Method, String)> {
    let mut calls = vec![(Method::DELETE, SESSION.to_owned())];
    for route in include_str!("../../src/router.rs").split(".route(").skip(1) {
        let path = route.split('"').nth(1).unwrap();
        if !path.starts_with("/admin/v1/") {
            continue;
        }
        let methods = route.split('"').nth(2).unwrap().split("\n        .").next().unwrap();
        for method in [Method::POST, Method::PATCH, Method::DELETE] {
            if methods.contains(&format!("{}(", method.as_str().to_lowercase())) {
                let path = path.replace("{team}", team).replace(['{', '}'], "");
                calls.push((method, path));
            }
        }
    }
    assert!(calls.len() >= 14, "the routes could not be read: {calls:?}");
    calls
}

#[tokio::test]
async fn what_changes_something_has_the_token_of_its_own_session() {
    let (world, _agent) = World::paired().await;
    let key = world.admin_key().await;
    let team = world.server.store().first_team().await.unwrap();
    let (browser, other) = (sign_in(&world, &key).await, sign_in(&world, &key).await);
    let before = world.text(EVERYTHING).await;
    for (method, path) in changing_calls(&team) {
        let request = || {
            let request = world.http.request(method.clone(), format!("{}{path}", world.server.url));
            request.header("cookie", &browser.cookie).body(r#"{"name":"taken"}"#)
        };
        for token in [None, Some(""), Some(other.csrf.as_str()), browser.csrf.get(1..)] {
            let request =
                token.into_iter().fold(request(), |request, token| request.header("x-csrf-token", token));
            assert_code(&answer(request).await, 403, "csrf_token");
        }
        for site in ["cross-site", "same-site", "none"] {
            let request = request().header("x-csrf-token", &browser.csrf).header("sec-fetch-site", site);
            assert_code(&answer(request).await, 403, "foreign_origin");
        }
    }
    assert_eq!(world.text(EVERYTHING).await, before, "something was done");
    assert_eq!(ask(&world, &browser, Method::GET, SESSION).await.0, 200, "nobody was signed out");
    let looks =
        |site: &str| asked(&world, &browser, Method::GET, "/admin/v1/teams").header("sec-fetch-site", site);
    assert_code(&answer(looks("same-site")).await, 403, "foreign_origin");
    assert_eq!(answer(looks("same-origin")).await.0, 200);
    // Nobody is signed in by a page from elsewhere either. A key is no cookie: no browser adds it by itself.
    let (refused, headers) = post_key(&world, &json!(key), &[("sec-fetch-site", "cross-site")]).await;
    assert_code(&refused, 403, "foreign_origin");
    assert!(!headers.contains_key(SET_COOKIE));
    let teams = world.http.post(format!("{}/admin/v1/teams", world.server.url)).bearer_auth(&key);
    let teams = teams.header("sec-fetch-site", "cross-site").body(r#"{"name":"by key"}"#);
    assert_eq!(answer(teams).await.0, 200);
}

/// What the calls above would change.
const EVERYTHING: &str = "SELECT
    (SELECT count(*) FROM team WHERE removed_at IS NULL) || ' ' || (SELECT count(*) FROM member WHERE removed_at IS NULL)
    || ' ' || (SELECT count(*) FROM api_key WHERE revoked_at IS NULL)
    || ' ' || (SELECT count(*) FROM agent WHERE superseded_at IS NULL) || ' ' || (SELECT count(*) FROM task)
    || ' ' || (SELECT count(*) FROM pairing_code) || ' ' || (SELECT max(name) FROM team)";

#[tokio::test]
async fn the_cookie_is_for_tls_alone_where_there_is_tls() {
    let change = |config: &mut liaison_server::Config| {
        config.neighbours.proxies = vec!["127.0.0.1/32".parse().unwrap()];
    };
    let (behind, direct) = (World::configured(change).await, World::new().await);
    for (world, proto, secure) in
        [(&behind, "https", true), (&behind, "http", false), (&direct, "https", false)]
    {
        let key = world.admin_key().await;
        let (_, headers) = post_key(world, &json!(key), &[("x-forwarded-proto", proto)]).await;
        let set = headers[SET_COOKIE].to_str().unwrap();
        assert_eq!(set.ends_with("; Secure"), secure, "{proto}: {set}");
    }
}

#[tokio::test]
async fn the_page_comes_whole_and_can_do_nothing_elsewhere() {
    let world = World::new().await;
    let get = async |path: &str| world.http.get(format!("{}{path}", world.server.url)).send().await.unwrap();
    let page = get("/").await;
    let headers = page.headers().clone();
    assert_eq!(
        (page.status().as_u16(), &headers["content-type"]),
        (200, &"text/html; charset=utf-8".parse().unwrap())
    );
    let page = page.text().await.unwrap();
    // All that it names is there.
    let mut files: Vec<&str> = Vec::new();
    for named in ["href=\"", "src=\""] {
        files.extend(page.split(named).skip(1).map(|rest| rest.split('"').next().unwrap()));
    }
    let files = files.into_iter().filter(|file| file.starts_with("dashboard/"));
    let files: Vec<String> = files.map(|file| format!("/{file}")).collect();
    assert!(files.contains(&"/dashboard/pages.css".to_owned()), "{files:?}");
    for path in files.iter().map(String::as_str).chain(["/"]) {
        let response = get(path).await;
        assert_eq!(response.status().as_u16(), 200, "{path}");
        let headers = response.headers();
        for (name, value) in [
            ("cache-control", "no-cache"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(headers[name], value, "{path}: {name}");
        }
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
        for part in
            ["script-src 'self';", "connect-src 'self';", "form-action 'none'", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(part), "{policy}");
        }
    }
    for word in ["<style", "style=", "<script>", "onclick", "http://", "https://"] {
        assert!(!page.contains(word), "{word}");
    }
    for path in
        ["/dashboard/nothing.js", "/dashboard/..%2findex.html", "/dashboard/%FF", "/dashboard/PAGES.CSS"]
    {
        let response = get(path).await;
        assert_eq!(response.status().as_u16(), 404, "{path}");
        assert_eq!(response.headers()["content-type"], "application/json");
    }
}
