//! People looked up and searched for, in both shapes.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::support::{NORMALIZED, PLAIN, STRANGER, Site, included, site, site_of, text};

const PROFILES: &str = "/voyager/api/identity/dash/profiles?q=memberIdentity";
const CARD: &str = "&decorationId=com.linkedin.voyager.dash.deco.identity.profile.WebTopCardCore-19";
const FOUND: &str =
    "/voyager/api/graphql?queryId=voyagerSearchDashClusters.b0928897b71bd00a5a7291755dcd64f0&variables=";

/// The target's relationship union in both shapes.
async fn unions(site: &Site, identity: &str) -> (Value, Value) {
    let target = format!("{PROFILES}&memberIdentity={identity}{CARD}");
    let normalized = site.get_json(&target, NORMALIZED).await;
    let urn = &normalized["data"]["*elements"][0];
    let profile =
        included(&normalized, "profile.Profile").into_iter().find(|row| row["entityUrn"] == *urn).unwrap();
    let relationship = included(&normalized, "MemberRelationship").into_iter();
    let mut relationship = relationship.filter(|row| row["entityUrn"] == profile["*memberRelationship"]);
    let union = relationship.next().unwrap()["memberRelationshipUnion"].clone();
    let plain = site.get_json(&target, PLAIN).await;
    assert_eq!(plain["elements"][0]["entityUrn"], *urn);
    (union, plain["elements"][0]["memberRelationship"]["memberRelationshipUnion"].clone())
}

async fn people(site: &Site, what: &str) -> Vec<Value> {
    site.control("GET", &format!("/__sim/{what}"), Value::Null).await["people"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_look_up_says_what_stands_between() {
    let site = site().await;
    let friend = people(&site, "network").await.remove(0);
    let slug = text(&friend["public_identifier"]).to_uppercase();
    let (normalized, plain) = unions(&site, &slug).await;
    let connection = format!("urn:li:fsd_connection:{}", text(&friend["id"]));
    assert_eq!(normalized, json!({ "*connection": connection }));
    assert_eq!(plain["connection"]["entityUrn"], connection);

    let stranger = people(&site, "strangers?start=5").await.remove(0);
    let id = text(&stranger["id"]);
    let (normalized, plain) = unions(&site, stranger["public_identifier"].as_str().unwrap()).await;
    assert!(normalized["noConnection"]["invitationUnion"].get("noInvitation").is_some());
    assert_eq!(plain, normalized);
    let (_, sent) = site.invite(&id, None).await;
    let (normalized, plain) = unions(&site, &id).await;
    assert_eq!(
        normalized["noConnection"]["invitationUnion"],
        json!({ "*invitation": sent["data"]["value"]["invitationUrn"] })
    );
    assert_eq!(plain["noConnection"]["invitationUnion"]["invitation"]["invitationState"], "PENDING");
    site.control("POST", "/__sim/member", json!({ "id": id, "state": "withdrawn" })).await;
    let (normalized, _) = unions(&site, &id).await;
    assert!(normalized["noConnection"]["invitationUnion"].get("noInvitation").is_some(), "it does not show");
}

#[tokio::test]
async fn the_viewer_is_in_every_look_up_and_not_the_target() {
    let site = site().await;
    let me = text(&site.control("GET", "/__sim/state", Value::Null).await["profile_id"]);
    let page = site.get_json(&format!("{PROFILES}&memberIdentity={STRANGER}{CARD}"), NORMALIZED).await;
    let profiles: Vec<&Value> =
        included(&page, "profile.Profile").iter().map(|row| &row["entityUrn"]).collect();
    assert_eq!(
        profiles,
        [&json!(format!("urn:li:fsd_profile:{me}")), &json!(format!("urn:li:fsd_profile:{STRANGER}"))]
    );
    assert_eq!(page["data"]["*elements"], json!([format!("urn:li:fsd_profile:{STRANGER}")]));
    let (own, _) = unions(&site, "sam-seller-sim-90000001").await;
    assert_eq!(own, json!({ "self": {} }));
    let bare = site.get_json(&format!("{PROFILES}&memberIdentity={STRANGER}"), NORMALIZED).await;
    assert_eq!(bare["included"].as_array().unwrap().len(), 1, "without a decoration, nobody but the target");
}

#[tokio::test]
async fn nobody_and_the_blocked_cannot_be_looked_up() {
    let site = site().await;
    let state = json!({ "id": STRANGER, "state": "blocked" });
    site.control("POST", "/__sim/member", state).await;
    for identity in [STRANGER, "nobody-at-all", "ada-sim-90001003"] {
        let response = site.get(&format!("{PROFILES}&memberIdentity={identity}{CARD}"), PLAIN).await;
        assert_eq!(response.status(), 403, "{identity}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body, json!({ "status": 403, "message": "This profile can't be accessed" }));
    }
    let unknown = CARD.replace("-19", "-9");
    for query in [format!("&memberIdentity={STRANGER}{unknown}"), String::new()] {
        assert_eq!(site.get(&format!("{PROFILES}{query}"), PLAIN).await.status(), 400, "{query}");
    }
    let old = "/voyager/api/identity/profiles/sam-seller-sim-90000001/profileView";
    assert_eq!(site.get(old, PLAIN).await.status(), 410);
    site.control("POST", "/__sim/knobs", json!({ "profile_view": "served" })).await;
    assert_eq!(site.get_json(old, PLAIN).await["profile"]["miniProfile"]["firstName"], "Sam");
}

fn variables(start: usize, count: Option<usize>, words: &str, filters: &str) -> String {
    let keywords = if words.is_empty() { String::new() } else { format!("keywords:{words},") };
    let count = count.map(|count| format!(",count:{count}")).unwrap_or_default();
    format!(
        "(start:{start},origin:GLOBAL_SEARCH_HEADER,query:({keywords}flagshipSearchIntent:SEARCH_SRP,\
         queryParameters:List({filters}(key:resultType,value:List(PEOPLE))),includeFiltersInResponse:false){count})"
    )
}

const FIRST: &str = "(key:network,value:List(F)),";

/// The results of a nested answer, found by the types that a reader goes by.
fn results(answer: &Value) -> Vec<&Value> {
    let found = &answer["data"]["searchDashClustersByAll"];
    assert_eq!(found["_type"], "com.linkedin.restli.common.CollectionResponse");
    let clusters = found["elements"].as_array().unwrap().iter();
    let clusters =
        clusters.filter(|row| row["_type"] == "com.linkedin.voyager.dash.search.SearchClusterViewModel");
    let items = clusters.flat_map(|cluster| cluster["items"].as_array().unwrap());
    let items = items.filter(|row| row["_type"] == "com.linkedin.voyager.dash.search.SearchItem");
    let results = items.map(|item| &item["item"]["entityResult"]);
    results.filter(|row| row["_type"] == "com.linkedin.voyager.dash.search.EntityResultViewModel").collect()
}

#[tokio::test]
async fn a_search_finds_connections_page_by_page() {
    let site = site().await;
    let ids: HashSet<String> = site.network_ids(250).await.into_iter().collect();
    let (mut walked, mut titles) = (HashSet::new(), HashSet::new());
    for start in (0..).step_by(10) {
        let page = site.get_json(&format!("{FOUND}{}", variables(start, None, "", FIRST)), PLAIN).await;
        assert_eq!(page["data"]["searchDashClustersByAll"]["metadata"]["totalResultCount"], 250);
        let rows = results(&page);
        if rows.is_empty() {
            break;
        }
        assert_eq!(rows.len(), 10, "a page without a count");
        for row in rows {
            assert_eq!(row["entityCustomTrackingInfo"]["memberDistance"], "DISTANCE_1");
            let urn = text(&row["entityUrn"]);
            walked.insert(urn.split([':', ',']).nth(6).unwrap().to_owned());
            titles.insert(text(&row["title"]["text"]));
        }
    }
    assert!(walked.remove("UNKNOWN"), "some are not named");
    assert!(walked.is_subset(&ids) && walked.len() > 240, "{}", walked.len());
    let large = site.get_json(&format!("{FOUND}{}", variables(0, Some(100), "", FIRST)), PLAIN).await;
    assert_eq!(results(&large).len(), 50);
    assert!(
        titles.contains("LinkedIn Member") && titles.iter().any(|title| title.ends_with('.')),
        "{titles:?}"
    );
}

#[tokio::test]
async fn both_shapes_of_a_search_say_the_same() {
    let site = site().await;
    let target = format!("{FOUND}{}", variables(0, Some(49), "", FIRST));
    let plain = site.get_json(&target, PLAIN).await;
    let normalized = site.get_json(&target, NORMALIZED).await;
    let found = &normalized["data"]["data"]["searchDashClustersByAll"];
    let items = found["elements"][0]["items"].as_array().unwrap();
    let entities = included(&normalized, "EntityResultViewModel");
    assert_eq!(items.len(), 49);
    for (item, expected) in items.iter().zip(results(&plain)) {
        let urn = &item["item"]["*entityResult"];
        let row = entities.iter().find(|row| row["entityUrn"] == *urn).unwrap();
        for field in ["trackingUrn", "navigationUrl"] {
            assert_eq!(row[field], expected[field]);
        }
        assert_eq!(row["title"]["text"], expected["title"]["text"]);
    }
    assert!(included(&normalized, "profile.Profile").len() > 40, "for readers of profiles alone");
    let graphql = site.get(&target, "application/graphql").await;
    assert_eq!(graphql.headers()["content-type"], "application/graphql");
    assert_eq!(graphql.json::<Value>().await.unwrap(), plain);
}

#[tokio::test]
async fn a_search_is_narrowed_and_read_however_it_is_written() {
    let site = site().await;
    let raw = variables(0, Some(50), "a%20DATA", "");
    let found = site.get_json(&format!("{FOUND}{raw}"), PLAIN).await;
    let rows = results(&found);
    assert!(!rows.is_empty());
    for row in &rows {
        let words = format!("{} {}", row["title"]["text"], row["primarySubtitle"]["text"]).to_lowercase();
        assert!(words.contains("data"), "{words}");
    }
    let encoded: String = form_urlencoded::byte_serialize(raw.as_bytes()).collect();
    assert_eq!(site.get_json(&format!("{FOUND}{encoded}"), PLAIN).await, found);
    let others = site
        .get_json(
            &format!("{FOUND}{}", variables(0, Some(50), "", "(key:network,value:List(S | O)),")),
            PLAIN,
        )
        .await;
    assert!(
        results(&others).iter().all(|row| row["entityCustomTrackingInfo"]["memberDistance"] != "DISTANCE_1")
    );
    assert_eq!(others["data"]["searchDashClustersByAll"]["metadata"]["totalResultCount"], 1_000);
    let own = site
        .get_json(
            &format!("{FOUND}{}", variables(0, None, "", "(key:connectionOf,value:List(ACoAAAnyone)),")),
            PLAIN,
        )
        .await;
    assert_eq!(
        own["data"]["searchDashClustersByAll"]["metadata"]["totalResultCount"], 250,
        "always one's own"
    );
}

#[tokio::test]
async fn nobody_is_shown_behind_the_wall() {
    let site = site_of(3_000).await;
    let page = |start| format!("{FOUND}{}", variables(start, Some(50), "", FIRST));
    let last = site.get_json(&page(960), PLAIN).await;
    assert_eq!(results(&last).len(), 40);
    assert_eq!(last["data"]["searchDashClustersByAll"]["metadata"]["totalResultCount"], 3_000);
    let behind = site.get_json(&page(1_000), PLAIN).await;
    assert!(results(&behind).is_empty());
}

#[tokio::test]
async fn a_stale_query_or_a_broken_one_is_a_bad_request() {
    let site = site().await;
    let good = variables(0, None, "", FIRST);
    let stale = FOUND.replace("b0928897", "00000000");
    for target in [
        format!("{stale}{good}"),
        format!("{FOUND}(start:0"),
        format!("{FOUND}{}", good.replace("start:0", "start:x")),
        "/voyager/api/graphql".to_owned(),
    ] {
        assert_eq!(site.get(&target, NORMALIZED).await.status(), 400, "{target}");
    }
    site.control("POST", "/__sim/knobs", json!({ "dropped": ["64f0"] })).await;
    assert_eq!(site.get(&format!("{FOUND}{good}"), NORMALIZED).await.status(), 400, "dropped since");
    assert_eq!(site.get("/voyager/api/graphql?queryId=voyagerOther.1", NORMALIZED).await.status(), 501);
}

#[tokio::test]
async fn the_protocol_version_is_asked_for_where_it_is_wanted() {
    let site = site().await;
    let search = format!("{FOUND}{}", variables(0, None, "", FIRST));
    let blended = "/voyager/api/search/blended?q=all&filters=List(network-%3EF)".to_owned();
    let status = async |target: &str, version: Option<&str>| {
        let request = site.client.get(site.url(target)).header("cookie", site.sign_in.cookie_header());
        let request = request.header("csrf-token", &site.sign_in.csrf_token);
        let request = version
            .into_iter()
            .fold(request, |request, version| request.header("x-restli-protocol-version", version));
        request.send().await.unwrap().status().as_u16()
    };
    for target in [&search, &blended] {
        assert_eq!(status(target, None).await, 200, "not every client sends one");
    }
    site.control("POST", "/__sim/knobs", json!({ "restli_required": true })).await;
    for target in [&search, &blended] {
        assert_eq!(status(target, None).await, 400);
        assert_eq!(status(target, Some("1.0.0")).await, 400);
        assert_eq!(status(target, Some("2.0.0")).await, 200);
    }
    assert_eq!(status("/voyager/api/me", None).await, 200);
}

#[tokio::test]
async fn the_search_before_graphql_finds_connections_too() {
    let site = site().await;
    let target =
        "/voyager/api/search/blended?q=all&count=10&start=0&filters=List(network-%3EF,resultType-%3EPEOPLE)";
    let normalized = site.get_json(target, NORMALIZED).await;
    let cluster = &normalized["data"]["elements"][0];
    assert_eq!(
        (&cluster["type"], cluster["elements"].as_array().unwrap().len()),
        (&json!("SEARCH_HITS"), 10)
    );
    let plain = site.get_json(target, PLAIN).await;
    assert_eq!(plain["elements"][0]["elements"][3]["targetUrn"], cluster["elements"][3]["targetUrn"]);
    let minis = included(&normalized, "shared.MiniProfile");
    assert!(minis.iter().any(|mini| mini["entityUrn"] == cluster["elements"][0]["targetUrn"]));
    assert_eq!(site.get("/voyager/api/search/blended?q=some", PLAIN).await.status(), 400);
}
