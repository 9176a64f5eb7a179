//! Two simulators of one seed and one clock, asked the same in the same order, are alike to the byte, but for the time by the
//! machine's clock at which each request arrived.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use liaison_simulator::Settings;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Http, INVITE, LIST, NORMALIZED, PLAIN, SENT, STRANGER, Site, invitation, site_with};

const SEARCH: &str = "/voyager/api/graphql?queryId=voyagerSearchDashClusters.e438ab99259203e9c1cd3f358e217282\
    &variables=(start:0,query:(keywords:john,queryParameters:List((key:resultType,value:List(PEOPLE)))),count:49)";
const LOOK_UP: &str = "/voyager/api/identity/dash/profiles?q=memberIdentity\
    &decorationId=com.linkedin.voyager.dash.deco.identity.profile.WebTopCardCore-19&memberIdentity=";

/// Everything that can be read.
fn targets() -> Vec<String> {
    let mut targets: Vec<String> = [
        "/voyager/api/me",
        "/voyager/api/relationships/connectionsSummary",
        "/voyager/api/relationships/connections?start=50&count=20",
        "/voyager/api/relationships/dash/connections?q=search&count=20",
        "/voyager/api/relationships/invitationViews?q=receivedInvitation",
        "/voyager/api/search/blended?q=all&filters=List(network-%3EF)",
        "/voyager/api/identity/profiles/sam-seller-sim-90000001/profileView",
        "/voyager/api/nothing",
        "/login",
        "/uas/authenticate",
        "/feed/",
        SEARCH,
        SENT,
    ]
    .map(str::to_owned)
    .into();
    for sort in ["RECENTLY_ADDED", "FIRSTNAME_LASTNAME", "LASTNAME_FIRSTNAME"] {
        let list = LIST.replace("RECENTLY_ADDED", sort);
        targets.extend([
            format!("{list}&start=29980&count=100"),
            format!("{list}&start=10&count=5&keyword=john"),
        ]);
    }
    targets.extend([STRANGER, "sam-seller-sim-90000001", "nobody"].map(|who| format!("{LOOK_UP}{who}")));
    targets
}

/// Status, headers but for the date's kind of noise, and body of every answer; then what the control side says.
async fn everything(site: &Site) -> Vec<(String, Vec<u8>)> {
    let asked_at = SystemTime::now();
    let mut told = Vec::new();
    let mut keep = async |name: String, response: reqwest::Response| {
        let head = format!("{name} {} {:?}", response.status(), response.headers());
        told.push((head, response.bytes().await.unwrap().to_vec()));
    };
    for target in targets() {
        for accept in [NORMALIZED, PLAIN] {
            keep(target.clone(), site.get(&target, accept).await).await;
        }
    }
    for note in [None, Some("hello")] {
        let request =
            site.request(Method::POST, INVITE, NORMALIZED).body(invitation(STRANGER, note).to_string());
        keep("invite".to_owned(), request.send().await.unwrap()).await;
    }
    site.control("POST", "/__sim/shift", json!({ "insert": 3, "remove": 1, "at": 70 })).await;
    keep("shifted".to_owned(), site.get(&format!("{LIST}&start=60&count=20"), NORMALIZED).await).await;
    keep("sent".to_owned(), site.get(SENT, NORMALIZED).await).await;
    for what in ["journal", "network", "strangers", "state"] {
        let mut answer = site.control("GET", &format!("/__sim/{what}"), Value::Null).await;
        if what == "journal" {
            take_arrivals(&mut answer, asked_at);
        }
        told.push((what.to_owned(), answer.to_string().into_bytes()));
    }
    told
}

/// Takes out of the journal what follows the machine's clock, however the site's is set: each request came after the one before.
fn take_arrivals(journal: &mut Value, asked_at: SystemTime) {
    const MICROSECOND: Duration = Duration::from_micros(1);
    let mut last = asked_at - MICROSECOND;
    let requests = journal["requests"].as_array_mut().unwrap();
    assert!(!requests.is_empty());
    for request in requests {
        let arrived_us = request.as_object_mut().unwrap().remove("arrived_us").unwrap();
        let arrived = UNIX_EPOCH + Duration::from_micros(arrived_us.as_u64().unwrap());
        assert!(last <= arrived && arrived <= SystemTime::now(), "{arrived_us}");
        last = arrived;
    }
}

#[tokio::test]
async fn one_seed_gives_one_site() {
    let settings = |seed| Settings {
        seed,
        connections: 30_000,
        clock_ms: Some(1_791_000_000_000),
        ..Settings::default()
    };
    let one = everything(&site_with(settings(7), Http::Two).await).await;
    let same = everything(&site_with(settings(7), Http::Two).await).await;
    assert_eq!(one.len(), same.len());
    for (one, same) in one.iter().zip(&same) {
        assert_eq!(one.0, same.0);
        assert!(one.1 == same.1, "{}", one.0);
    }
    let other = everything(&site_with(settings(8), Http::Two).await).await;
    let alike = one.iter().zip(&other).filter(|(one, other)| one == other).count();
    assert!(alike < one.len() / 2, "{alike} of {}", one.len());
}

/// What was there at the start does not follow the machine's clock either.
#[tokio::test]
async fn the_clock_changes_nothing_that_was_there_before() {
    let at = |clock_ms| Settings { clock_ms: Some(clock_ms), ..Settings::default() };
    let (one, later) = (
        site_with(at(1_791_000_000_000), Http::Two).await,
        site_with(at(1_799_000_000_000), Http::One).await,
    );
    for target in targets() {
        let expected = one.get(&target, NORMALIZED).await.bytes().await.unwrap();
        assert!(later.get(&target, NORMALIZED).await.bytes().await.unwrap() == expected, "{target}");
    }
}
