//! A page of connections read once more, by another way: `docs/VOYAGER.md` turned into searches through a tree.
//!
//! It gives up where that page doesn't say what is meant: a member written twice, under two of its names, or as an
//! empty object where a record belongs.

use super::tree::Tree;
use std::cmp::Reverse;

/// The deepest fact lies at ten; what lies far below it is nobody's business.
const DEEPEST: usize = 12;
const NAMELESS_ROWS_ARE_DRIFT: usize = 5;
const DATA: &[&str] = &["data"];
const LINK: &[&str] = &[
    "connectedMemberResolutionResult",
    "*connectedMemberResolutionResult",
    "miniProfile",
    "*miniProfile",
    "toMember",
    "*toMember",
    "invitation",
];
const PICTURE: &[&str] = &["profilePicture", "picture"];
const UNFRAMED: &[&str] = &["displayImageReference", "displayImageReferenceResolutionResult"];
const FRAMED: &[&str] = &["displayImageWithFrameReferenceUnion"];
const VECTOR: &[&str] = &["vectorImage", "com.linkedin.common.VectorImage"];
const CONNECTIONS: [&str; 2] = ["urn:li:fsd_connection:", "urn:li:fs_relConnection:"];
const PROFILES: [&str; 3] = ["urn:li:fsd_profile:", "urn:li:fs_miniProfile:", "urn:li:fs_profile:"];

/// The page does not say one thing.
pub struct Unsure;

type Sure<T> = Result<T, Unsure>;

/// What a body comes to.
#[derive(Debug, PartialEq)]
pub enum Reading {
    Page { listed: usize, people: Vec<Person> },
    NoList,
    NothingUnderstood,
}

/// A row after cleaning.
#[derive(Debug, Default, PartialEq)]
pub struct Person {
    pub index: usize,
    pub urn: String,
    pub connection_urn: Option<String>,
    pub created_at: Option<i64>,
    pub name: String,
    pub first_name: String,
    pub last_name: String,
    pub headline: String,
    pub public_identifier: String,
    pub picture: Option<String>,
    pub findings: Vec<&'static str>,
    pub has_a_name: bool,
}

/// Reads a page.
pub fn read(body: &Tree) -> Sure<Reading> {
    if body.depth() > DEEPEST || body.repeats() {
        return Err(Unsure);
    }
    let data = one(body, DATA)?;
    if data.is_some_and(|data| data.is_object() && data.members().is_empty()) {
        return Err(Unsure);
    }
    let head = data.filter(|data| data.is_object()).unwrap_or(body);
    let included = one(body, &["included"])?.and_then(Tree::items).unwrap_or(&[]);
    let refs = one(head, &["*elements"])?.and_then(Tree::items);
    let elements = one(head, &["elements"])?.and_then(Tree::items);
    let (listed, people) = match (refs, elements) {
        (Some(refs), _) => (refs.len(), follow(refs, included)?),
        (None, Some(elements)) => (elements.len(), nested(elements)?),
        (None, None) => return Ok(Reading::NoList),
    };
    let nameless = people.len() >= NAMELESS_ROWS_ARE_DRIFT && people.iter().all(|person| !person.has_a_name);
    if nameless || (listed > 0 && people.is_empty()) {
        return Ok(Reading::NothingUnderstood);
    }
    Ok(Reading::Page { listed, people })
}

fn follow(refs: &[Tree], included: &[Tree]) -> Sure<Vec<Person>> {
    let mut people = Vec::new();
    for (index, urn) in refs.iter().enumerate() {
        let Some(urn) = urn.text() else { continue };
        let mut connection = None;
        for record in included.iter().rev() {
            if is_connection(urn) && text(record, "entityUrn")? == Some(urn) {
                connection = Some(record);
            }
        }
        let stated = connection.map(member_of).transpose()?.flatten();
        let Some(id) = stated.or_else(|| id_in(urn)) else { continue };
        let mut profile = None;
        for record in included.iter().rev() {
            if !shows_nothing(record)? && profile_id_of(record)? == Some(id) {
                profile = Some(record);
            }
        }
        let created_at = connection.map(|record| integer(record, "createdAt")).transpose()?.flatten();
        let person = Person { index, connection_urn: Some(urn.to_owned()), created_at, ..Person::default() };
        people.push(clean(person, id, profile)?);
    }
    // Records that nobody points at are read all the same: what they leave open, the page leaves open.
    for record in included {
        shows_nothing(record)?;
        one(record, LINK)?;
    }
    Ok(people)
}

fn nested(elements: &[Tree]) -> Sure<Vec<Person>> {
    let mut people = Vec::new();
    for (index, element) in elements.iter().enumerate() {
        let Some(id) = member_of(element)? else { continue };
        let inner = one(element, LINK)?.filter(|inner| inner.is_object());
        let profile = match inner {
            Some(inner) if !shows_nothing(inner)? => Some(inner),
            _ => None,
        };
        let connection_urn = text(element, "entityUrn")?.map(str::to_owned);
        let person =
            Person { index, connection_urn, created_at: integer(element, "createdAt")?, ..Person::default() };
        people.push(clean(person, id, profile)?);
    }
    Ok(people)
}

fn member_of(connection: &Tree) -> Sure<Option<&str>> {
    let stated = text(connection, "connectedMember")?.and_then(id_in);
    let linked = match one(connection, LINK)? {
        Some(Tree::Text(urn)) => id_in(urn),
        Some(inner @ Tree::Object(_)) => {
            let dash = text(inner, "dashEntityUrn")?.and_then(id_in);
            dash.or(text(inner, "entityUrn")?.and_then(id_in))
        }
        _ => None,
    };
    Ok(stated.or(linked).or(text(connection, "entityUrn")?.and_then(id_in)))
}

fn profile_id_of(record: &Tree) -> Sure<Option<&str>> {
    let urns = [text(record, "dashEntityUrn")?, text(record, "entityUrn")?];
    Ok(urns.into_iter().flatten().filter(|urn| !is_connection(urn)).find_map(id_in))
}

fn clean(mut person: Person, id: &str, profile: Option<&Tree>) -> Sure<Person> {
    person.urn = format!("urn:li:fsd_profile:{id}");
    let Some(profile) = profile else {
        person.findings.push("unresolved");
        return Ok(person);
    };
    let given = |name: &str| -> Sure<String> { Ok(text(profile, name)?.unwrap_or("").trim().to_owned()) };
    person.has_a_name = text(profile, "firstName")?.is_some() || text(profile, "lastName")?.is_some();
    person.first_name = given("firstName")?;
    person.last_name = given("lastName")?;
    let names = [person.first_name.as_str(), person.last_name.as_str()];
    person.name = names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ");
    if person.name.is_empty() {
        person.findings.push("nameless");
    }
    person.public_identifier = given("publicIdentifier")?;
    person.headline = given("headline")?;
    if person.headline.is_empty() && given("occupation")? != "--" {
        person.headline = given("occupation")?;
    }
    let mut offers = pictures(profile)?;
    let offered = !offers.is_empty();
    offers.retain(|(_, start, rest)| {
        let shown = if start.is_empty() { rest } else { start };
        shown.starts_with("https://") && shown != "https://"
    });
    offers.sort_by_key(|(size, ..)| Reverse(*size));
    person.picture = offers.into_iter().next().map(|(_, start, rest)| start + &rest);
    if offered && person.picture.is_none() {
        person.findings.push("picture_unusable");
    }
    Ok(person)
}

fn shows_nothing(profile: &Tree) -> Sure<bool> {
    for name in ["firstName", "lastName", "headline", "occupation", "publicIdentifier"] {
        if text(profile, name)?.is_some() {
            return Ok(false);
        }
    }
    let nothing = pictures(profile)?.is_empty();
    // A picture with nothing in it shows nothing; whether it makes its record a profile, no page says.
    let hollow = one(profile, PICTURE)?.is_some_and(Tree::is_object);
    if nothing && hollow { Err(Unsure) } else { Ok(nothing) }
}

/// Size, and the two halves of the address.
type Offer = ((i64, i64), String, String);

fn pictures(profile: &Tree) -> Sure<Vec<Offer>> {
    let Some(picture) = one(profile, PICTURE)? else { return Ok(Vec::new()) };
    let mut unframed = vec![picture];
    unframed.extend(one(picture, UNFRAMED)?);
    let mut offers = image(unframed)?;
    offers.extend(image(one(picture, FRAMED)?.into_iter().collect())?);
    Ok(offers)
}

/// An image's members may stand in it or in its `vectorImage`, as long as each stands once.
fn image(mut places: Vec<&Tree>) -> Sure<Vec<Offer>> {
    let mut at = 0;
    while let Some(place) = places.get(at) {
        places.extend(one(place, VECTOR)?);
        at += 1;
    }
    let once = |name: &str, fits: fn(&Tree) -> bool| -> Sure<Option<&Tree>> {
        let mut found = places.iter().flat_map(|place| place.members()).filter(|(key, _)| key == name);
        let mut values = found.by_ref().map(|(_, value)| value).filter(|value| fits(value));
        let first = values.next();
        if values.next().is_some() { Err(Unsure) } else { Ok(first) }
    };
    let is_text = |value: &Tree| value.text().is_some();
    let root = once("rootUrl", is_text)?.and_then(Tree::text).unwrap_or("");
    let mut offers = Vec::new();
    for artifact in once("artifacts", |value| value.items().is_some())?.and_then(Tree::items).unwrap_or(&[]) {
        let size = (integer(artifact, "width")?.unwrap_or(0), integer(artifact, "height")?.unwrap_or(0));
        if let Some(segment) =
            text(artifact, "fileIdentifyingUrlPathSegment")?.filter(|text| !text.is_empty())
        {
            offers.push((size, root.to_owned(), segment.to_owned()));
        }
    }
    if let Some(url) = once("url", is_text)?.and_then(Tree::text).filter(|url| !url.is_empty()) {
        offers.push(((i64::MIN, i64::MIN), url.to_owned(), String::new()));
    }
    Ok(offers)
}

/// The one member that has any of these names and is not `null`.
fn one<'t>(object: &'t Tree, names: &[&str]) -> Sure<Option<&'t Tree>> {
    let named = object.members().iter().filter(|(name, _)| names.contains(&name.as_str()));
    let mut values = named.map(|(_, value)| value).filter(|value| **value != Tree::Null);
    let first = values.next();
    if values.next().is_some() { Err(Unsure) } else { Ok(first) }
}

fn text<'t>(object: &'t Tree, name: &str) -> Sure<Option<&'t str>> {
    Ok(one(object, &[name])?.and_then(Tree::text))
}

fn integer(object: &Tree, name: &str) -> Sure<Option<i64>> {
    Ok(one(object, &[name])?.and_then(Tree::integer))
}

fn is_connection(urn: &str) -> bool {
    CONNECTIONS.iter().any(|start| urn.starts_with(start))
}

/// The member's id in any of its spellings.
pub fn id_in(urn: &str) -> Option<&str> {
    let spellings = || PROFILES.iter().chain(&CONNECTIONS);
    let mut id = spellings().find_map(|start| urn.strip_prefix(start))?;
    if let Some(pair) = id.strip_prefix('(') {
        id = pair.strip_suffix(')')?.split(',').next_back()?.trim();
    }
    if let Some(bare) = spellings().find_map(|start| id.strip_prefix(start)) {
        id = bare;
    }
    is_id(id).then_some(id)
}

/// Whether this may be a profile's id.
pub fn is_id(id: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    id.len() >= 6 && id.len() <= 128 && id.chars().all(plain) && id != "UNKNOWN"
}
