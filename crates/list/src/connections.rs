//! A page of the account's connections, from bytes to borrowed rows in one pass.
//!
//! The order is the order of `*elements` (or `elements`), never that of `included`. A row says who it is about even
//! when LinkedIn left out the profile or the connection itself; only an entry that names nobody is left out, and
//! then counted (`docs/VOYAGER.md`, "The list").

use super::envelope::{Envelope, Link, Record, fill_from_slice};
use super::error::{Defect, ParseError};
use super::ids::{is_connection, profile_id, profile_urn};
use super::repair::repair;
use liaison_json::{Text, into_owned};
use std::borrow::Cow;

pub use super::envelope::Profile;
pub use super::picture::{Artifact, Image, Picture};

/// So many rows without one name among them are a renamed field, not so many people without a name. Fewer may be
/// what a page's end looks like after members closed their accounts.
const NAMELESS_ROWS_ARE_DRIFT: usize = 5;

/// One page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListPage<'a> {
    /// Whom the page lists, in LinkedIn's order.
    pub rows: Vec<Row<'a>>,
    /// How many entries LinkedIn sent: by so many the next page's `start` is further on. Zero is the list's end.
    pub listed: u64,
    /// How many of them name nobody and have no row: a finding, never silence.
    pub unreadable: u64,
}

/// One connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// Its place in the page as LinkedIn gave it, from 0, entries that name nobody counted.
    pub index: u64,
    /// The member, as `urn:li:fsd_profile:<id>`.
    pub urn: Cow<'a, str>,
    /// The connection itself, as LinkedIn spells it.
    pub connection_urn: Text<'a>,
    /// When the two connected, in milliseconds since 1970.
    pub created_at: Option<i64>,
    /// What LinkedIn shows of the member; `None` when it did not send it along.
    pub profile: Option<Profile<'a>>,
}

/// Reads a page in either envelope, current or legacy.
///
/// # Errors
/// When the body is cut off or not JSON, holds no list, or holds rows of which none is understood. An empty list is
/// no error.
pub fn parse_list(body: &[u8]) -> Result<ListPage<'_>, ParseError> {
    read(body).or_else(|defect| {
        let mended = if defect == Defect::NotJson { repair(body) } else { None };
        match mended.as_deref().map(read) {
            Some(Ok(page)) => Ok(page.into_owned()),
            Some(Err(defect)) => Err(ParseError::new(defect, body)),
            None => Err(ParseError::new(defect, body)),
        }
    })
}

fn read(body: &[u8]) -> Result<ListPage<'_>, Defect> {
    let mut envelope = Envelope::default();
    fill_from_slice(body, &mut envelope).map_err(|_| Defect::NotJson)?;
    let (head, included) = envelope.split();
    let page = match (head.element_refs.0, head.elements.0) {
        (Some(refs), _) => resolve(refs, included),
        (None, Some(elements)) => unnest(elements),
        (None, None) => return Err(Defect::NoList),
    };
    let nobody = page.listed > 0 && page.rows.is_empty();
    let nameless = page.rows.len() >= NAMELESS_ROWS_ARE_DRIFT && !page.rows.iter().any(Row::is_named);
    if nobody || nameless {
        return Err(Defect::NothingUnderstood);
    }
    Ok(page)
}

impl ListPage<'_> {
    fn into_owned(self) -> ListPage<'static> {
        let Self { rows, listed, unreadable } = self;
        ListPage { rows: rows.into_iter().map(Row::into_owned).collect(), listed, unreadable }
    }
}

impl Row<'_> {
    fn is_named(&self) -> bool {
        self.profile
            .as_ref()
            .is_some_and(|profile| profile.first_name.is_some() || profile.last_name.is_some())
    }

    fn into_owned(self) -> Row<'static> {
        Row {
            index: self.index,
            urn: Cow::Owned(self.urn.into_owned()),
            connection_urn: into_owned(self.connection_urn),
            created_at: self.created_at,
            profile: self.profile.map(Profile::into_owned),
        }
    }
}

/// The un-normalised form: each element holds its member.
fn unnest(elements: Vec<Record<'_>>) -> ListPage<'_> {
    let listed = elements.len() as u64;
    let rows: Vec<Row<'_>> =
        (0..).zip(elements).filter_map(|(index, element)| unnest_one(index, element)).collect();
    ListPage { listed, unreadable: listed - rows.len() as u64, rows }
}

fn unnest_one(index: u64, element: Record<'_>) -> Option<Row<'_>> {
    let urn = member_of(&element)?;
    let profile = match element.link {
        Link::Record(member) if !member.profile.is_empty() => Some(member.profile),
        _ => None,
    };
    Some(Row { index, urn, connection_urn: element.entity_urn, created_at: element.created_at, profile })
}

/// The normalised form: each entry is a URN, its connection and its member's profile stand somewhere in `included`.
fn resolve<'a>(refs: Vec<Text<'a>>, mut included: Vec<Record<'a>>) -> ListPage<'a> {
    let listed = refs.len() as u64;
    let mut rows = Vec::with_capacity(refs.len());
    let mut profile_at = Vec::with_capacity(refs.len());
    {
        let connections =
            Index::new(&included, |record| record.entity_urn.as_deref().filter(|urn| is_connection(urn)));
        let profiles = Index::new(&included, profile_key);
        let named = (0..).zip(refs).filter_map(|(index, urn)| Some((index, urn?)));
        for (index, connection_urn) in named {
            let connection = connections.find(&connection_urn).and_then(|at| included.get(at));
            let member = connection.and_then(member_of).or_else(|| profile_urn(&connection_urn));
            let Some(urn) = member else { continue };
            profile_at.push(profile_id(&urn).and_then(|id| profiles.find(id)));
            let created_at = connection.and_then(|connection| connection.created_at);
            rows.push(Row { index, urn, connection_urn: Some(connection_urn), created_at, profile: None });
        }
    }
    let mut taken: Vec<Option<usize>> = vec![None; included.len()];
    for (row_at, profile_at) in profile_at.into_iter().enumerate() {
        let Some(profile_at) = profile_at else { continue };
        let profile = match taken.get_mut(profile_at) {
            // The same member listed twice, as happens when the list shifts while LinkedIn cuts the page.
            Some(Some(first)) => rows.get(*first).and_then(|row: &Row<'_>| row.profile.clone()),
            Some(free) => {
                *free = Some(row_at);
                included.get_mut(profile_at).map(|record| std::mem::take(&mut record.profile))
            }
            None => None,
        };
        if let Some(row) = rows.get_mut(row_at) {
            row.profile = profile;
        }
    }
    ListPage { listed, unreadable: listed - rows.len() as u64, rows }
}

/// Whom a connection is about. `connectedMember` says it outright; what follows says it too, should that be missing.
fn member_of<'a>(connection: &Record<'a>) -> Option<Cow<'a, str>> {
    let linked = match &connection.link {
        Link::None => None,
        Link::Urn(urn) => profile_urn(urn),
        Link::Record(member) => {
            [&member.dash_entity_urn, &member.entity_urn].into_iter().flatten().find_map(profile_urn)
        }
    };
    connection
        .connected_member
        .as_ref()
        .and_then(profile_urn)
        .or(linked)
        .or_else(|| connection.entity_urn.as_ref().and_then(profile_urn))
}

/// The profile id of a record that shows a profile.
fn profile_key<'r>(record: &'r Record<'_>) -> Option<&'r str> {
    if record.profile.is_empty() {
        return None;
    }
    let not_a_connection = |urn: &&str| !is_connection(urn);
    [&record.dash_entity_urn, &record.entity_urn]
        .into_iter()
        .filter_map(|urn| urn.as_deref())
        .filter(not_a_connection)
        .find_map(profile_id)
}

/// Where a record stands in `included`, by one of its names. Sorted once and searched by halving: a page's time grows
/// with its rows whatever the names are. Names are compared by a hash first, since all of them begin alike; equal hashes cost
/// a comparison and nothing else.
struct Index<'r>(Vec<(u32, &'r str, usize)>);

impl<'r> Index<'r> {
    fn new<'a>(records: &'r [Record<'a>], key: fn(&'r Record<'a>) -> Option<&'r str>) -> Self {
        let mut entries = Vec::with_capacity(records.len());
        for (at, record) in records.iter().enumerate() {
            if let Some(name) = key(record) {
                entries.push((hash(name), name, at));
            }
        }
        entries.sort_unstable();
        Self(entries)
    }

    /// The first record of that name.
    fn find(&self, name: &str) -> Option<usize> {
        let hash = hash(name);
        let first = self.0.partition_point(|(other, key, _)| (*other, *key) < (hash, name));
        self.0.get(first).filter(|(other, key, _)| *other == hash && *key == name).map(|(.., at)| *at)
    }
}

/// FNV-1a over the last bytes, where names differ.
fn hash(name: &str) -> u32 {
    const LAST: usize = 24;
    let bytes = name.as_bytes();
    let last = bytes.get(bytes.len().saturating_sub(LAST)..).unwrap_or_default();
    last.iter().fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
