//! People found: the GraphQL answer `searchDashClustersByAll`, and the older `search/blended`.
//!
//! GraphQL marks its types with `$type` in the normalized shape and with `_type` in the nested one.

use serde_json::{Value, json};

use super::me::mini_profile;
use super::{COLLECTION, TRACKING_ID, paging, picture};
use crate::chance::{hash, pick, shuffle};
use crate::exchange::Shape;
use crate::person::{Oddity, Person};
use crate::search::Hit;

const PLACES: [&str; 5] = [
    "Brassford, Northern Vale",
    "Loomhaven Area",
    "Greater Copperbridge",
    "Tidewheel, Lanternshire",
    "Old Semaphore",
];

/// What was found, as asked for.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) hits: Vec<Hit>,
    /// How many there are in all.
    pub(crate) total: usize,
    pub(crate) start: usize,
    pub(crate) count: usize,
}

/// The GraphQL answer in the shape that was asked for.
pub(crate) fn clusters(page: &Page, shape: Shape) -> Value {
    let items: Vec<Value> = page.hits.iter().enumerate().map(|(at, hit)| item(hit, at, shape)).collect();
    let cluster = tagged(
        shape,
        "com.linkedin.voyager.dash.search.SearchClusterViewModel",
        json!({
            "position": 0, "clusterRenderType": "LIST", "title": null, "dismissable": false, "results": [],
            "trackingId": TRACKING_ID, "items": items,
        }),
    );
    let metadata = tagged(
        shape,
        "com.linkedin.voyager.dash.search.SearchClusterCollectionMetadata",
        json!({
            "totalResultCount": page.total, "primaryResultType": "PEOPLE", "blockedQuery": false, "searchAlert": null,
        }),
    );
    let paging = tagged(
        shape,
        "com.linkedin.restli.common.CollectionMetadata",
        json!({
            "count": page.count, "start": page.start, "total": page.total,
        }),
    );
    let elements = if page.hits.is_empty() { json!([]) } else { json!([cluster]) };
    let found = tagged(
        shape,
        COLLECTION,
        json!({
            "metadata": metadata, "paging": paging, "elements": elements,
        }),
    );
    let data = json!({ "searchDashClustersByAll": found });
    match shape {
        Shape::Plain => json!({ "data": data }),
        Shape::Normalized => json!({ "data": { "data": data }, "included": included(page) }),
    }
}

fn item(hit: &Hit, at: usize, shape: Shape) -> Value {
    let item = match shape {
        Shape::Plain => json!({ "entityResult": entity(hit, shape) }),
        Shape::Normalized => json!({ "*entityResult": result_urn(hit) }),
    };
    let item = tagged(shape, "com.linkedin.voyager.dash.search.SearchItemUnion", item);
    tagged(shape, "com.linkedin.voyager.dash.search.SearchItem", json!({ "item": item, "position": at }))
}

/// Profiles that are hardly more than their URN, then the results, which are in no order. Nobody is there twice.
fn included(page: &Page) -> Vec<Value> {
    let mut profiles = Vec::new();
    let mut results = Vec::new();
    for hit in page.hits.iter().filter(|hit| !hit.anonymous()) {
        profiles.push(json!({
            "entityUrn": format!("urn:li:fsd_profile:{}", hit.person.id),
            "$type": "com.linkedin.voyager.dash.identity.profile.Profile",
        }));
        results.push(entity(hit, Shape::Normalized));
    }
    results.extend(page.hits.iter().find(|hit| hit.anonymous()).map(|hit| entity(hit, Shape::Normalized)));
    let mixed = page.hits.first().map_or(0, |hit| hash(&hit.person.id));
    shuffle(&mut profiles, mixed);
    shuffle(&mut results, mixed.rotate_left(9));
    profiles.append(&mut results);
    profiles
}

fn entity(hit: &Hit, shape: Shape) -> Value {
    let distance = tagged(
        shape,
        "com.linkedin.voyager.dash.search.EntityCustomTrackingInfo",
        json!({
            "memberDistance": distance(hit), "nameMatch": false,
        }),
    );
    tagged(
        shape,
        "com.linkedin.voyager.dash.search.EntityResultViewModel",
        json!({
            "entityUrn": result_urn(hit),
            "trackingUrn": tracking_urn(hit),
            "trackingId": TRACKING_ID,
            "template": "UNIVERSAL",
            "title": words(shape, &title(hit)),
            "primarySubtitle": words(shape, &hit.person.headline),
            "secondarySubtitle": words(shape, place(&hit.person)),
            "badgeText": (!hit.anonymous()).then(|| words(shape, if hit.connected { "• 1st" } else { "• 2nd" })),
            "navigationUrl": navigation_url(hit),
            "entityCustomTrackingInfo": distance,
            "image": image(hit, shape),
            "summary": null,
            "addEntityToSearchHistory": true,
        }),
    )
}

fn image(hit: &Hit, shape: Shape) -> Value {
    let picture = match hit.person.oddity {
        _ if hit.anonymous() => None,
        Oddity::PictureAbsent | Oddity::PictureNull | Oddity::PictureEmpty => None,
        _ => Some(picture::vector(&hit.person, shape, false)),
    };
    let attributes = match picture {
        None => json!([]),
        Some(vector) => {
            json!([{ "detailData": { "nonEntityProfilePicture": { "vectorImage": vector } } }])
        }
    };
    json!({ "attributes": attributes, "accessibilityText": title(hit) })
}

/// The member number, which the site keeps to itself where it gives no name.
fn tracking_urn(hit: &Hit) -> String {
    if hit.anonymous() {
        "urn:li:member:headless".to_owned()
    } else {
        format!("urn:li:member:{}", hit.person.number)
    }
}

fn words(shape: Shape, text: &str) -> Value {
    tagged(
        shape,
        "com.linkedin.voyager.dash.common.text.TextViewModel",
        json!({
            "text": text, "textDirection": "USER_LOCALE", "attributesV2": [], "accessibilityText": null,
        }),
    )
}

fn tagged(shape: Shape, kind: &str, mut value: Value) -> Value {
    let mark = if shape == Shape::Normalized { "$type" } else { "_type" };
    value[mark] = json!(kind);
    value
}

fn title(hit: &Hit) -> String {
    let person = &hit.person;
    if hit.anonymous() {
        "LinkedIn Member".to_owned()
    } else if hit.abbreviated() {
        let initial = person.last_name.trim().chars().next().map(|letter| format!(" {letter}."));
        format!("{}{}", person.first_name.trim(), initial.unwrap_or_default())
    } else {
        person.full_name()
    }
}

fn distance(hit: &Hit) -> &'static str {
    match (hit.connected, hit.anonymous()) {
        (true, _) => "DISTANCE_1",
        (false, true) => "OUT_OF_NETWORK",
        (false, false) => "DISTANCE_2",
    }
}

fn id(hit: &Hit) -> &str {
    if hit.anonymous() { "UNKNOWN" } else { &hit.person.id }
}

fn result_urn(hit: &Hit) -> String {
    format!("urn:li:fsd_entityResultViewModel:(urn:li:fsd_profile:{},SEARCH_SRP,DEFAULT)", id(hit))
}

/// With the public identifier, or the id where there is none; nowhere at all for whom the site does not name.
fn navigation_url(hit: &Hit) -> String {
    if hit.anonymous() {
        return "https://www.linkedin.com/search/results/people/headless?origin=GLOBAL_SEARCH_HEADER"
            .to_owned();
    }
    let name = hit.person.public_identifier.as_deref().unwrap_or(&hit.person.id);
    let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    format!("https://www.linkedin.com/in/{name}?miniProfileUrn=urn%3Ali%3Afs_miniProfile%3A{}", hit.person.id)
}

fn place(person: &Person) -> &'static str {
    pick(person.bits >> 20, &PLACES)
}

/// The answer of `search/blended`, normalized and nested, with a mini profile for everybody who has a name.
pub(crate) fn blended(page: &Page, shape: Shape) -> Value {
    let hits: Vec<Value> = page.hits.iter().map(|hit| blended_hit(hit, shape)).collect();
    let mut cluster = json!({ "type": "SEARCH_HITS", "elements": hits });
    let metadata = json!({ "totalResultCount": page.total, "numVisibleResults": page.hits.len() });
    let paging = paging(page.start, page.count);
    if shape == Shape::Plain {
        return json!({ "elements": [cluster], "metadata": metadata, "paging": paging });
    }
    cluster["$type"] = json!("com.linkedin.voyager.search.BlendedSearchCluster");
    let named = page.hits.iter().filter(|hit| !hit.anonymous());
    let included: Vec<Value> = named.map(|hit| mini_profile(&hit.person, shape)).collect();
    json!({
        "data": { "elements": [cluster], "metadata": metadata, "paging": paging, "$type": COLLECTION },
        "included": included,
    })
}

fn blended_hit(hit: &Hit, shape: Shape) -> Value {
    let mut found = json!({
        "type": "PROFILE",
        "targetUrn": format!("urn:li:fs_miniProfile:{}", id(hit)),
        "trackingUrn": tracking_urn(hit),
        "publicIdentifier": if hit.anonymous() { Some("UNKNOWN") } else { hit.person.public_identifier.as_deref() },
        "title": { "text": title(hit) },
        "headline": { "text": hit.person.headline },
        "subline": { "text": place(&hit.person) },
        "memberDistance": { "value": distance(hit) },
        "navigationUrl": navigation_url(hit),
        "headless": hit.anonymous(),
        "nameMatch": false,
        "trackingId": TRACKING_ID,
    });
    if shape == Shape::Normalized {
        found["$type"] = json!("com.linkedin.voyager.search.SearchHitV2");
    } else if !hit.anonymous() {
        found["image"] = json!({ "attributes": [{ "miniProfile": mini_profile(&hit.person, shape) }] });
    }
    found
}
