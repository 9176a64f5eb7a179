//! What those who run the server ask it, and by which names it may be called.

use super::support::*;
use liaison_server::Config;
use reqwest::Response;
use serde_json::json;

async fn get(world: &World, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = world.http.get(format!("{}{path}", world.server.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

async fn code(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let body: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn ready_until_its_database_is_gone() {
    let world = World::new().await;
    assert_eq!(code(get(&world, "/readyz", &[]).await).await, (200, String::new()));
    world.server.store().close().await;
    let response = get(&world, "/readyz", &[]).await;
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(code(response).await, (503, "not_ready".to_owned()));
    assert_eq!(get(&world, "/healthz", &[]).await.status(), 200, "the process lives");
}

#[tokio::test]
async fn what_is_counted() {
    let (world, agent) = World::paired().await;
    let done = world.fetch().await;
    for _ in 0..2 {
        world.invite().await;
    }
    assert_eq!(world.post(FETCH, json!({"count": 0})).await.0, 400);
    let offer = agent.poll(json!({"accepts": ["agent_fetch_connections"]})).await["task"].clone();
    assert_eq!(agent.fetched(&offer).await.0, 200);
    assert_eq!(agent.fetched(&offer).await.0, 200, "a repeat, which counts as a request and not as a result");
    let invitation = agent.offer().await;
    let response = get(&world, "/metrics", &[]).await;
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    let text = response.text().await.unwrap();
    for line in [
        r#"liaison_requests_total{route="/linkedin-agent/fetch-connections",method="POST",status="200"} 1"#,
        r#"liaison_requests_total{route="/linkedin-agent/fetch-connections",method="POST",status="400"} 1"#,
        r#"liaison_requests_total{route="/agent/v1/tasks/{task}/complete",method="POST",status="200"} 2"#,
        r#"liaison_request_seconds_count{route="/agent/v1/poll"} 2"#,
        "liaison_offers_total 2",
        r#"liaison_results_total{code="completed"} 1"#,
        r#"liaison_tasks{state="queued"} 1"#,
        r#"liaison_tasks{state="offered"} 1"#,
        r#"liaison_tasks{state="started"} 0"#,
        "liaison_parked_polls 0",
    ] {
        assert!(text.contains(&format!("{line}\n")), "{line} is not in\n{text}");
    }
    assert!(text.contains(r#"liaison_store_wait_seconds_count{kind="write"}"#), "{text}");
    assert!(text.ends_with("# EOF\n"));
    for secret in [&world.key, &agent.token, &done, invitation["task"].as_str().unwrap()] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn metrics_are_for_this_computer_or_for_a_token() {
    let change = |config: &mut Config| config.metrics_token = Some("a-token".to_owned());
    let world = World::configured(change).await;
    let closed = (403, "metrics_closed".to_owned());
    assert_eq!(code(get(&world, "/metrics", &[]).await).await, closed);
    assert_eq!(code(get(&world, "/metrics", &[("authorization", "Bearer a-tokem")]).await).await, closed);
    assert_eq!(code(get(&world, "/metrics", &[("x-api-key", &world.key)]).await).await, closed);
    assert_eq!(get(&world, "/metrics", &[("authorization", "Bearer a-token")]).await.status(), 200);

    let change = |config: &mut Config| config.neighbours.proxies = vec!["127.0.0.0/8".parse().unwrap()];
    let world = World::configured(change).await;
    for headers in [&[("x-forwarded-for", "127.0.0.1")][..], &[("x-forwarded-for", "192.0.2.7")], &[]] {
        assert_eq!(code(get(&world, "/metrics", headers).await).await, closed, "{headers:?}");
    }
}

#[tokio::test]
async fn a_page_whose_name_points_here_is_turned_away() {
    let world = World::configured(|config| config.neighbours.hosts = vec!["tasks.example".to_owned()]).await;
    let port = world.server.url.rsplit(':').next().unwrap().to_owned();
    for name in
        ["evil.example".to_owned(), format!("evil.example:{port}"), "127.0.0.1.evil.example".to_owned()]
    {
        for path in ["/healthz", "/metrics", "/openapi.json", "/linkedin-agent/get-task-status", "/nowhere"] {
            let response = get(&world, path, &[("host", &name), ("x-api-key", &world.key)]).await;
            assert_eq!(code(response).await, (421, "wrong_host".to_owned()), "{name} {path}");
        }
    }
    for name in [format!("localhost:{port}"), "[::1]".to_owned(), "tasks.example".to_owned()] {
        assert_eq!(get(&world, "/healthz", &[("host", &name)]).await.status(), 200, "{name}");
    }
}

/// A page of another origin gets no leave: not to send our headers, not to read an answer.
#[tokio::test]
async fn no_origin_is_let_in() {
    let world = World::new().await;
    for path in
        [FETCH, SEND, "/linkedin-agent/get-task-status", "/agent/v1/poll", "/agent/v1/pair", "/healthz"]
    {
        let url = format!("{}{path}", world.server.url);
        for method in ["OPTIONS", "GET", "POST"] {
            let request =
                world.http.request(method.parse().unwrap(), &url).header("origin", "https://evil.example");
            let request = request.header("access-control-request-method", "POST");
            let request = request.header("access-control-request-headers", "x-api-key, authorization");
            let response =
                request.header("access-control-request-private-network", "true").send().await.unwrap();
            let given = response.headers().keys().find(|name| name.as_str().starts_with("access-control"));
            assert_eq!(given, None, "{method} {path}");
            assert!(method != "OPTIONS" || response.status() == 405, "{path}: {}", response.status());
        }
    }
}

#[tokio::test]
async fn every_answer_has_its_request_s_id_and_is_kept_by_nobody() {
    let world = World::new().await;
    for path in ["/healthz", "/nowhere", "/linkedin-agent/get-task-status", "/reference"] {
        let response = get(&world, path, &[("x-request-id", "mine-1")]).await;
        assert_eq!(response.headers()["x-request-id"], "mine-1", "{path}");
        assert_eq!(response.headers()["cache-control"], "no-store", "{path}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff", "{path}");
        let response = get(&world, path, &[("x-request-id", "a b")]).await;
        assert_eq!(response.headers()["x-request-id"].len(), 36, "{path}");
    }
}
