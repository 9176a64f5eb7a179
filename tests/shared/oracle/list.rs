//! What must hold of a page of connections and its cleaning, and of the smaller reads.

use super::slow::{self, Person, Reading};
use super::tree::{Tree, assert_silent};
use liaison::clean::clean_connection;
use liaison::voyager::connections::{ListPage, parse_list};
use liaison::voyager::me::parse_me;
use liaison::voyager::sent::parse_sent_invitations;
use liaison::voyager::summary::parse_summary;
use liaison::voyager::{Defect, ParseError};

/// So many of a body's beginnings are tried, and every one of its last few bytes.
const CUTS: usize = 8;
const LAST_BYTES: usize = 2;

/// Reads the body as a page, and asks everything of it.
pub fn check(body: &[u8]) {
    let tree = Tree::read(body);
    let made = parse_list(body);
    assert_eq!(made, parse_list(body), "the same body gives the same page");
    match &made {
        Ok(page) => {
            sound(page, body, tree.as_ref());
            cut_off(body, |start| parse_list(start).is_ok());
        }
        Err(error) => presentable(error),
    }
    if let Some(tree) = &tree {
        agree(&made, tree);
        silent(tree);
    }
    other_reads(body, tree.as_ref());
}

/// No row that the body doesn't name, in the order in which it names them.
fn sound(page: &ListPage<'_>, body: &[u8], tree: Option<&Tree>) {
    assert!(Tree::is_built(body), "a page out of what is no JSON");
    let rows = page.rows.len() as u64;
    assert!(rows <= page.listed, "{rows} rows of {} listed", page.listed);
    assert_eq!(page.unreadable, page.listed - rows, "what has no row is counted");
    assert!(page.listed == 0 || rows > 0, "a list of nobody is no page");
    let indices: Vec<u64> = page.rows.iter().map(|row| row.index).collect();
    assert!(indices.windows(2).all(|pair| pair[0] < pair[1]), "out of order: {indices:?}");
    assert!(indices.last().is_none_or(|last| *last < page.listed), "beyond the list: {indices:?}");
    for row in &page.rows {
        let id = row.urn.strip_prefix("urn:li:fsd_profile:").expect("the current spelling");
        assert!(slow::is_id(id), "{id}");
        assert!(occurs(id, body, tree), "{id} is not in the body");
        let (connection, findings) = clean_connection(row);
        assert_eq!(connection.entity_urn, row.urn);
        let texts = [&connection.name, &connection.first_name, &connection.last_name, &connection.headline];
        assert!(texts.into_iter().all(|text| text.trim() == text), "{connection:?}");
        let names = [connection.first_name.as_str(), connection.last_name.as_str()];
        assert_eq!(connection.name, names.join(" ").trim(), "{connection:?}");
        assert!(connection.profile_image_url.is_none_or(|url| url.starts_with("https://")));
        let findings: Vec<&str> = findings.into_iter().map(|finding| finding.as_str()).collect();
        assert_eq!(findings.contains(&"unresolved"), row.profile.is_none());
        assert!(findings.contains(&"nameless") <= connection.name.is_empty());
    }
}

/// Whether the body holds this. By a body that the strict reader refuses, an escape may hide it.
fn occurs(id: &str, body: &[u8], tree: Option<&Tree>) -> bool {
    match tree {
        Some(tree) => tree.any_text(&|text| text.contains(id)),
        None => body.contains(&b'\\') || body.windows(id.len()).any(|window| window == id.as_bytes()),
    }
}

/// No beginning of a body that was accepted is accepted too.
fn cut_off(body: &[u8], accepts: impl Fn(&[u8]) -> bool) {
    let whole = body.trim_ascii_end().len();
    let sampled = (0..CUTS).map(|cut| whole * cut / CUTS);
    for end in sampled.chain(whole.saturating_sub(LAST_BYTES)..whole) {
        assert!(!accepts(&body[..end]), "accepted when cut off at {end} of {whole}");
    }
}

/// A message stays short and holds nothing but printable text.
fn presentable(error: &ParseError) {
    let said = error.to_string();
    assert!(said.len() < 800, "{} bytes: {said}", said.len());
    assert!(!said.contains(char::is_control), "{said:?}");
}

/// The page is what a slow reading of the same body finds, where that one is sure.
fn agree(made: &Result<ListPage<'_>, ParseError>, tree: &Tree) {
    match made {
        Err(error) => assert_ne!(error.defect, Defect::NotJson, "this is JSON"),
        Ok(_) => assert!(holds_a_list(tree), "no list in the body, and a page of it"),
    }
    let Ok(expected) = slow::read(tree) else { return };
    let found = match made {
        Ok(page) => Reading::Page { listed: usize::try_from(page.listed).unwrap(), people: people(page) },
        Err(ParseError { defect: Defect::NoList, .. }) => Reading::NoList,
        Err(ParseError { defect: Defect::NothingUnderstood, .. }) => Reading::NothingUnderstood,
        Err(error) => panic!("no defect of a page: {error:?}"),
    };
    assert_eq!(found, expected);
}

fn holds_a_list(tree: &Tree) -> bool {
    let heads = || tree.all("data").chain([tree]);
    ["elements", "*elements"]
        .into_iter()
        .any(|name| heads().any(|head| head.all(name).any(|list| list.items().is_some())))
}

/// A page as the slow reading puts it.
pub fn people(page: &ListPage<'_>) -> Vec<Person> {
    let person = |row: &liaison::voyager::connections::Row<'_>| {
        let (connection, findings) = clean_connection(row);
        Person {
            index: usize::try_from(row.index).unwrap(),
            urn: connection.entity_urn,
            connection_urn: row.connection_urn.as_deref().map(str::to_owned),
            created_at: row.created_at,
            name: connection.name,
            first_name: connection.first_name,
            last_name: connection.last_name,
            headline: connection.headline,
            public_identifier: connection.public_identifier,
            picture: connection.profile_image_url,
            findings: findings.into_iter().map(|finding| finding.as_str()).collect(),
            has_a_name: row
                .profile
                .as_ref()
                .is_some_and(|profile| profile.first_name.is_some() || profile.last_name.is_some()),
        }
    };
    page.rows.iter().map(person).collect()
}

/// No value gets into what is said about a body, whole or cut off.
fn silent(tree: &Tree) {
    let body = tree.with_secrets();
    let half = &body.as_bytes()[..body.len() / 2];
    let body = body.as_bytes();
    let said = [
        parse_list(body).err(),
        parse_list(half).err(),
        parse_me(body).err(),
        parse_sent_invitations(body).err(),
        parse_summary(body).err(),
        Some(ParseError::new(Defect::NotJson, body)),
    ];
    for error in said.into_iter().flatten() {
        assert_silent(&format!("{error} {error:?}"), "an error");
    }
}

/// Who is signed in, who was invited and how many there are stand in the body too.
fn other_reads(body: &[u8], tree: Option<&Tree>) {
    if let Ok(me) = parse_me(body) {
        assert!(Tree::is_built(body), "somebody out of what is no JSON");
        assert_eq!(format!("{me:?}"), "Me(..)", "who the person is belongs in no log");
        assert!(me.profile_id.as_deref().is_none_or(|id| slow::is_id(id) && occurs(id, body, tree)));
        assert!(
            me.member.bytes().all(|byte| byte.is_ascii_digit()) || Some(&me.member) == me.profile_id.as_ref()
        );
        cut_off(body, |start| parse_me(start).is_ok());
    }
    if let Ok(sent) = parse_sent_invitations(body) {
        assert!(Tree::is_built(body), "invitations out of what is no JSON");
        for invitation in sent {
            assert!(slow::is_id(&invitation.profile_id), "{invitation:?}");
            assert!(occurs(&invitation.profile_id, body, tree), "{invitation:?} is not in the body");
        }
        cut_off(body, |start| parse_sent_invitations(start).is_ok());
    }
    if let Ok(number) = parse_summary(body) {
        let fits = |value: &Tree| value.integer().is_some_and(|found| u64::try_from(found) == Ok(number));
        let heads =
            |tree: &Tree| tree.all("data").chain([tree]).any(|head| head.all("numConnections").any(fits));
        assert!(tree.is_none_or(heads), "{number} is not in the body");
        cut_off(body, |start| parse_summary(start).is_ok());
    }
}
