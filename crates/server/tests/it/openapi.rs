//! The description against the router: every route, and nothing else.

use super::support::*;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// `GET /path`, for each.
type Routes = BTreeSet<String>;

/// What the sources say: each `.route("/path", get(…).post(…))` of any file.
fn routes_in(folder: &Path) -> Routes {
    let mut routes = Routes::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            routes.extend(routes_in(&entry.path()));
            continue;
        }
        let source = fs::read_to_string(entry.path()).unwrap();
        for after in source.split(".route(").skip(1) {
            let path = after.split('"').nth(1).unwrap();
            let methods = after.split('"').nth(2).unwrap().split("\n        .").next().unwrap();
            for method in ["get", "post", "put", "patch", "delete"] {
                if methods.contains(&format!("{method}(")) {
                    routes.insert(format!("{} {path}", method.to_uppercase()));
                }
            }
        }
    }
    routes
}

async fn document(world: &World) -> Value {
    let response = world.http.get(format!("{}/openapi.json", world.server.url)).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/json");
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

fn described(document: &Value) -> Routes {
    let paths = document["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, methods)| {
        methods.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    all.collect()
}

#[tokio::test]
async fn every_route_is_described_and_nothing_else() {
    let document = document(&World::new().await).await;
    let routes = routes_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(routes.len() >= 14, "the routes could not be read: {routes:?}");
    assert_eq!(described(&document), routes);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[tokio::test]
async fn what_is_described_is_there() {
    let (world, _) = World::paired().await;
    for route in described(&document(&world).await) {
        let (method, path) = route.split_once(' ').unwrap();
        let url = format!("{}{}", world.server.url, path.replace(['{', '}'], ""));
        // One of them is a GET in a POST.
        let request =
            world.http.request(method.parse().unwrap(), url).header("x-http-method-override", "GET");
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        assert!(status != 405 && !text.contains(r#""error":"Not found""#), "{route}: {status} {text}");
    }
}

/// Every `$ref` leads somewhere, every operation has a name of its own, and every description is for people.
#[tokio::test]
async fn it_holds_together() {
    fn walk<'a>(value: &'a Value, found: &mut Vec<(&'a str, &'a str)>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    match member {
                        Value::String(text) => found.push((name, text)),
                        other => walk(other, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            _ => {}
        }
    }
    let document = document(&World::new().await).await;
    let mut texts = Vec::new();
    walk(&document, &mut texts);
    let lost = |(name, text): &&(&str, &str)| {
        *name == "$ref" && document.pointer(text.trim_start_matches('#')).is_none()
    };
    assert_eq!(texts.iter().find(lost), None);
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let names: BTreeSet<&str> =
        operations.map(|operation| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(names.len(), described(&document).len());
    // Links between calls name them as well.
    let unknown = |(name, text): &&(&str, &str)| *name == "operationId" && !names.contains(text);
    assert_eq!(texts.iter().find(unknown), None);
    assert_eq!(texts.iter().find(|(name, _)| *name == "operation_id"), None);
    let for_programmers = |(name, text): &&(&str, &str)| *name == "description" && text.contains("[`");
    assert_eq!(texts.iter().find(for_programmers), None);
}

#[tokio::test]
async fn the_page_shows_all_of_it_and_needs_nothing_from_elsewhere() {
    let world = World::new().await;
    let response = world.http.get(format!("{}/reference", world.server.url)).send().await.unwrap();
    let headers = response.headers().clone();
    assert!(headers["content-type"].to_str().unwrap().starts_with("text/html"));
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"), "{policy}");
    let page = response.text().await.unwrap();
    let document = document(&world).await;
    for route in described(&document) {
        assert!(page.contains(&format!("<h3><code>{route}</code></h3>")), "{route}");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.contains(&format!("id=\"type-{name}\"")), "{name}");
    }
    for word in ["<script", "src=", "http://", "url(", "@import", "<link"] {
        assert!(!page.contains(word), "{word}");
    }
}
