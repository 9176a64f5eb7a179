//! The lists of connections: shapes, orders, paging and the odd rows.

use std::collections::{HashMap, HashSet};

use liaison_simulator::Settings;
use serde_json::{Value, json};

use crate::support::{Http, LIST, NORMALIZED, PLAIN, SENT, Site, included, listed, site, site_with, text};

const PROFILE: &str = "profile.Profile";
const CONNECTION: &str = "relationships.Connection";

async fn page(site: &Site, start: usize, count: usize) -> Value {
    site.get_json(&format!("{LIST}&start={start}&count={count}"), NORMALIZED).await
}

#[tokio::test]
async fn a_page_is_normalized_as_captures_are() {
    let site = site().await;
    let page = page(&site, 0, 40).await;
    assert_eq!(page["data"]["paging"], json!({ "count": 40, "start": 0, "links": [] }));
    let ids = listed(&page);
    assert_eq!(ids, site.network_ids(40).await);
    assert!(ids.iter().all(|id| id.len() == 39 && id.starts_with("ACoAA")));

    let kinds: Vec<bool> = page["included"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| text(&row["$type"]).ends_with(PROFILE))
        .collect();
    assert!(kinds.is_sorted_by(|before, after| before >= after), "profiles come first");
    let (profiles, connections) = (included(&page, PROFILE), included(&page, CONNECTION));
    assert_eq!((profiles.len(), connections.len()), (39, 40));
    for rows in [&profiles, &connections] {
        let order: Vec<&str> = rows.iter().map(|row| row["entityUrn"].as_str().unwrap()).collect();
        let listed: Vec<&str> = ids
            .iter()
            .filter_map(|id| order.iter().copied().find(|urn| urn.ends_with(id.as_str())))
            .collect();
        assert_ne!(order, listed, "the order is in *elements alone");
    }
    let keys = |row: &Value| row.as_object().unwrap().keys().cloned().collect::<HashSet<_>>();
    let full = connections.iter().find(|row| row.get("*connectedMemberResolutionResult").is_some()).unwrap();
    let expected = [
        "createdAt",
        "connectedMember",
        "*connectedMemberResolutionResult",
        "entityUrn",
        "$recipeTypes",
        "$type",
    ];
    assert_eq!(keys(full), expected.map(str::to_owned).into());
    assert!(!page.to_string().contains("\"total\""));
}

#[tokio::test]
async fn both_shapes_say_the_same() {
    let site = site().await;
    let normalized = page(&site, 0, 100).await;
    let plain = site.get_json(&format!("{LIST}&start=0&count=100"), PLAIN).await;
    let profiles: HashMap<String, &Value> =
        included(&normalized, PROFILE).into_iter().map(|row| (text(&row["entityUrn"]), row)).collect();
    let rows = plain["elements"].as_array().unwrap();
    assert_eq!(rows.len(), 100);
    assert_eq!(plain["paging"], json!({ "count": 100, "start": 0 }));
    for (row, id) in rows.iter().zip(listed(&normalized)) {
        assert_eq!(row["entityUrn"], format!("urn:li:fsd_connection:{id}"));
        assert!(row.get("$recipeType").is_some() && row.get("$type").is_none());
        let urn = text(&row["connectedMember"]);
        match (row.get("connectedMemberResolutionResult"), profiles.get(&urn)) {
            (None, None) => {}
            (Some(nested), Some(profile)) => {
                for field in ["firstName", "lastName", "headline", "publicIdentifier", "entityUrn"] {
                    assert_eq!(nested.get(field), profile.get(field), "{urn} {field}");
                }
            }
            other => panic!("{urn}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn without_a_decoration_rows_are_bare() {
    let site = site().await;
    let bare = "/voyager/api/relationships/dash/connections?q=search";
    let plain = site.get_json(bare, PLAIN).await;
    let rows = plain["elements"].as_array().unwrap();
    assert_eq!(rows.len(), 10);
    assert!(rows.iter().all(|row| row.as_object().unwrap().len() == 3));
    let normalized = site.get_json(bare, NORMALIZED).await;
    assert_eq!((included(&normalized, PROFILE).len(), listed(&normalized).len()), (0, 10));
}

#[tokio::test]
async fn what_the_endpoint_does_not_know_is_a_bad_request() {
    let site = site().await;
    let path = "/voyager/api/relationships/dash/connections";
    for query in [
        "",
        "?q=viewer",
        "?q=search&decorationId=com.linkedin.voyager.dash.deco.web.mynetwork.ConnectionListWithProfile-99",
        "?q=search&sortType=FIRST_NAME",
        "?q=search&start=-1",
        "?q=search&count=many",
    ] {
        let response = site.get(&format!("{path}{query}"), NORMALIZED).await;
        assert_eq!(response.status(), 400, "{query}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body, json!({ "data": { "status": 400 }, "included": [] }));
    }
    assert_eq!(site.get(&LIST.replace("-16", "-15"), NORMALIZED).await.status(), 200);
}

#[tokio::test]
async fn pages_cover_the_list_and_never_pass_the_clamp() {
    let settings = Settings { page_clamp: 40, ..Settings::default() };
    let site = site_with(settings, Http::Two).await;
    let mut walked = Vec::new();
    loop {
        let page = page(&site, walked.len(), 100).await;
        assert_eq!(page["data"]["paging"]["count"], 100);
        let ids = listed(&page);
        if ids.is_empty() {
            break;
        }
        assert!(ids.len() <= 40);
        walked.extend(ids);
    }
    assert_eq!(walked.len(), 250);
    assert_eq!(walked.iter().collect::<HashSet<_>>().len(), 250);
}

#[tokio::test]
async fn every_sort_is_in_its_order() {
    let site = site().await;
    let sorted = async |sort: &str| {
        let target = format!("{}&count=100", LIST.replace("RECENTLY_ADDED", sort));
        site.get_json(&target, PLAIN).await["elements"].as_array().unwrap().clone()
    };
    let name = |row: &Value, field: &str| {
        row["connectedMemberResolutionResult"][field].as_str().map(|name| name.trim().to_lowercase())
    };
    for (sort, field) in [("FIRSTNAME_LASTNAME", "firstName"), ("LASTNAME_FIRSTNAME", "lastName")] {
        let names: Vec<String> = sorted(sort).await.iter().filter_map(|row| name(row, field)).collect();
        assert!(names.len() > 90 && names.is_sorted(), "{sort}: {names:?}");
    }
    let times: Vec<i64> =
        sorted("RECENTLY_ADDED").await.iter().map(|row| row["createdAt"].as_i64().unwrap()).collect();
    assert!(times.is_sorted_by(|before, after| before >= after));
    assert!(times.iter().all(|time| time % 1000 == 0));
    let unstated = LIST.replace("&sortType=RECENTLY_ADDED", "");
    assert_eq!(site.get_json(&unstated, PLAIN).await, site.get_json(&unstated, PLAIN).await);
}

#[tokio::test]
async fn a_keyword_narrows_the_list() {
    let site = site().await;
    let found = site.get_json(&format!("{LIST}&keyword=JOHN&count=100"), PLAIN).await;
    let rows = found["elements"].as_array().unwrap();
    let names: Vec<String> = rows
        .iter()
        .filter_map(|row| row.get("connectedMemberResolutionResult"))
        .map(|profile| format!("{} {}", text(&profile["firstName"]), text(&profile["lastName"])))
        .collect();
    assert!(names.iter().all(|name| name.contains("John")), "{names:?}");
    assert_eq!((rows.len(), names.len()), (8, 7), "one John's profile does not come with the connection");
    let second = site.get_json(&format!("{LIST}&keyword=john&start=5&count=2"), PLAIN).await;
    assert_eq!(second["elements"].as_array().unwrap()[..], rows[5..7]);
}

#[tokio::test]
async fn sixty_rows_hold_every_oddity() {
    let site = site_with(Settings { connections: 60, ..Settings::default() }, Http::Two).await;
    let page = page(&site, 0, 100).await;
    let profiles = included(&page, PROFILE);
    let has = |what: &str, test: &dyn Fn(&Value) -> bool| {
        assert!(profiles.iter().any(|row| test(row)), "no row with {what}");
    };
    let picture = |row: &Value, name: &str| row["profilePicture"].get(name).is_some();
    has("a framed picture alone", &|row| {
        picture(row, "displayImageWithFrameReferenceUnion") && !picture(row, "displayImageReference")
    });
    has("no picture key", &|row| row.get("profilePicture").is_none());
    has("a null picture", &|row| row.get("profilePicture") == Some(&Value::Null));
    has("an empty picture", &|row| row.get("profilePicture") == Some(&json!({})));
    has("no public identifier", &|row| row.get("publicIdentifier").is_none());
    has("an empty headline", &|row| row["headline"] == "");
    has("an emoji name", &|row| text(&row["firstName"]).contains('🚀'));
    has("a right-to-left name", &|row| text(&row["firstName"]).starts_with('נ'));
    has("a trailing space", &|row| text(&row["firstName"]).ends_with(' '));
    has("an emoji slug", &|row| row["publicIdentifier"].as_str().is_some_and(|slug| slug.contains("🇨🇿")));
    has("a long headline", &|row| text(&row["headline"]).len() == 190);
    has("unsorted artifacts", &|row| {
        let artifacts = &row["profilePicture"]["displayImageReference"]["vectorImage"]["artifacts"];
        let widths: Vec<i64> = artifacts
            .as_array()
            .into_iter()
            .flatten()
            .map(|artifact| artifact["width"].as_i64().unwrap())
            .collect();
        !widths.is_sorted()
    });
    let connections = included(&page, CONNECTION);
    let times: HashSet<i64> = connections.iter().map(|row| row["createdAt"].as_i64().unwrap()).collect();
    assert_eq!((connections.len(), profiles.len(), times.len()), (60, 59, 59));
}

#[tokio::test]
async fn the_same_seed_gives_the_same_bytes() {
    let settings = |seed| Settings { seed, connections: 30_000, ..Settings::default() };
    let (one, same, other) = (
        site_with(settings(7), Http::Two).await,
        site_with(settings(7), Http::One).await,
        site_with(settings(8), Http::Two).await,
    );
    for target in [
        format!("{LIST}&start=29980&count=100"),
        format!("{LIST}&start=100&count=20&keyword=john"),
        "/voyager/api/relationships/connections?start=50&count=20".to_owned(),
        "/voyager/api/me".to_owned(),
    ] {
        let expected = one.get(&target, NORMALIZED).await.bytes().await.unwrap();
        assert!(same.get(&target, NORMALIZED).await.bytes().await.unwrap() == expected, "{target}");
        assert!(other.get(&target, NORMALIZED).await.bytes().await.unwrap() != expected, "{target}");
    }
    assert_eq!(listed(&page(&one, 29_980, 100).await).len(), 20);
    assert!(listed(&page(&one, 30_000, 100).await).is_empty());
}

#[tokio::test]
async fn the_legacy_list_and_the_count_have_both_shapes() {
    let site = site().await;
    let target = "/voyager/api/relationships/connections?start=10&count=30&sortType=RECENTLY_ADDED";
    let plain = site.get_json(target, PLAIN).await;
    let normalized = site.get_json(target, NORMALIZED).await;
    let rows = plain["elements"].as_array().unwrap();
    let expected = site.network_ids(40).await;
    assert_eq!(listed(&normalized), expected[10..]);
    assert_eq!(rows.len(), 30);
    assert!(rows[0]["miniProfile"]["picture"].get("com.linkedin.common.VectorImage").is_some());
    assert!(rows[0]["miniProfile"].get("occupation").is_some());
    assert_eq!(included(&normalized, "shared.MiniProfile").len(), 29);
    assert!(!format!("{plain}{normalized}").contains("\"total\""));

    let summary = "/voyager/api/relationships/connectionsSummary";
    assert_eq!(site.get_json(summary, PLAIN).await["numConnections"], 250);
    assert_eq!(site.get_json(summary, NORMALIZED).await["data"]["numConnections"], 250);
}

#[tokio::test]
async fn rows_shift_between_two_requests() {
    let site = site().await;
    let before = listed(&page(&site, 0, 50).await);
    let by_name = format!("{}&count=1&start=251", LIST.replace("RECENTLY_ADDED", "FIRSTNAME_LASTNAME"));
    assert!(listed(&site.get_json(&by_name, NORMALIZED).await).is_empty());
    site.control("POST", "/__sim/shift", json!({ "insert": 2 })).await;
    assert_eq!(listed(&site.get_json(&by_name, NORMALIZED).await).len(), 1, "in every order");
    let after = listed(&page(&site, 0, 52).await);
    assert_eq!(after[2..], before[..]);
    site.control("POST", "/__sim/shift", json!({ "remove": 3 })).await;
    assert_eq!(listed(&page(&site, 0, 49).await), before[1..]);
    site.arm(json!({ "kind": "shift", "insert": 1 })).await;
    assert_eq!(
        listed(&page(&site, 1, 49).await),
        before[1..],
        "the shift comes before the answer it is armed for"
    );
    let summary = site.get_json("/voyager/api/relationships/connectionsSummary", PLAIN).await;
    assert_eq!(summary["numConnections"], 250);
}

#[tokio::test]
async fn rows_come_and_go_in_the_middle_of_a_walk() {
    let site = site().await;
    let before = listed(&page(&site, 0, 100).await);
    // Between the second page and the third, two rows above the walk go and one below it comes.
    let third = |fault: Value| json!({ "match": { "path": "start=40" }, "fault": fault });
    let gone = json!({ "kind": "shift", "remove": 2, "at": 10 });
    site.control("POST", "/__sim/fault", third(gone)).await;
    site.control("POST", "/__sim/fault", third(json!({ "kind": "shift", "insert": 1, "id": before[50] })))
        .await;
    let mut walked = Vec::new();
    for start in [0, 20, 40, 60] {
        walked.extend(listed(&page(&site, start, 20).await));
    }
    assert_eq!(walked[..40], before[..40]);
    assert_eq!(walked[40..48], before[42..50], "two rows were missed");
    assert!(!before.contains(&walked[48]));
    assert_eq!(walked[49..], before[50..81]);
    let removed: Vec<String> = before[10..12].to_vec();
    let summary = site.get_json("/voyager/api/relationships/connectionsSummary", PLAIN).await;
    assert_eq!(summary["numConnections"], 249);
    assert_eq!(site.invite(&removed[0], None).await.0, 200, "no longer a connection");
    let now = site.network_ids(249).await;
    site.control("POST", "/__sim/shift", json!({ "remove": 1, "id": now[200] })).await;
    assert!(!site.network_ids(249).await.contains(&now[200]));
}

#[tokio::test]
async fn a_page_of_none_is_a_bad_request() {
    let site = site().await;
    for list in [LIST, SENT, "/voyager/api/relationships/connections?start=0"] {
        let none = format!("{}&count=0", list.replace("&count=100", ""));
        assert_eq!(site.get(&none, NORMALIZED).await.status(), 400, "{none}");
        assert_eq!(site.get(&none.replace("count=0", "count=1"), NORMALIZED).await.status(), 200);
    }
}
