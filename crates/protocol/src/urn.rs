//! Profile URNs: the several spellings of one member's id, brought down to one.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The prefix of a current ("dash") profile URN, which both operations use.
pub const PROFILE_URN_PREFIX: &str = "urn:li:fsd_profile:";

/// Prefixes that wrap the same id. See `docs/VOYAGER.md`, "URNs".
const SAME_ID_PREFIXES: [&str; 3] = [PROFILE_URN_PREFIX, "urn:li:fs_miniProfile:", "urn:li:fs_profile:"];

/// `urn:li:person:` belongs to LinkedIn's official API, whose ids are another space; OutX's own tools pass profile
/// ids under it, which can be told by how they begin.
const PERSON_PREFIX: &str = "urn:li:person:";

const PROFILE_ID_START: &str = "AC";
/// How the id in the address of a profile begins; a vanity name stands there as well.
const ADDRESS_ID_START: &str = "ACo";

/// The bare id of a LinkedIn profile, `^[A-Za-z0-9_-]{6,128}$`. Real ids have 39 characters and begin with `ACo`;
/// the published examples are shorter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProfileId(String);

impl ProfileId {
    /// The id without any prefix.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `urn:li:fsd_profile:<id>`.
    #[must_use]
    pub fn urn(&self) -> String {
        format!("{PROFILE_URN_PREFIX}{}", self.0)
    }
}

impl TryFrom<String> for ProfileId {
    type Error = InvalidProfileUrn;

    fn try_from(id: String) -> Result<Self, InvalidProfileUrn> {
        if is_profile_id(&id) { Ok(Self(id)) } else { Err(InvalidProfileUrn::Other) }
    }
}

impl From<ProfileId> for String {
    fn from(id: ProfileId) -> Self {
        id.0
    }
}

/// What was given is no profile URN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidProfileUrn {
    /// It looks like the public identifier in a profile's address, its "vanity name".
    PublicIdentifier,
    /// It can never be one.
    Other,
}

impl fmt::Display for InvalidProfileUrn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Missing or invalid 'profile_urn'")
    }
}

impl std::error::Error for InvalidProfileUrn {}

/// Brings `given` down to the bare profile id. Takes a bare id, `urn:li:fsd_profile:`, `urn:li:fs_miniProfile:`,
/// `urn:li:fs_profile:`, `urn:li:person:` when its id begins with `AC`, and a `https://www.linkedin.com/in/ACo…` URL.
///
/// # Errors
/// [`InvalidProfileUrn`] for everything else: `urn:li:member:`, other person ids, vanity names, odd characters.
pub fn normalise_profile_urn(given: &str) -> Result<ProfileId, InvalidProfileUrn> {
    let given = given.trim();
    if let Some(id) = given.strip_prefix(PERSON_PREFIX) {
        let id = Some(id).filter(|id| id.starts_with(PROFILE_ID_START)).ok_or(InvalidProfileUrn::Other)?;
        return ProfileId::try_from(id.to_owned());
    }
    if let Some(slug) = slug_of_profile_url(given) {
        if slug.starts_with(ADDRESS_ID_START) {
            return ProfileId::try_from(slug.to_owned());
        }
        return Err(if slug.is_empty() {
            InvalidProfileUrn::Other
        } else {
            InvalidProfileUrn::PublicIdentifier
        });
    }
    let id = SAME_ID_PREFIXES.iter().find_map(|prefix| given.strip_prefix(prefix)).unwrap_or(given);
    if is_like_a_name(id) {
        return Err(InvalidProfileUrn::PublicIdentifier);
    }
    ProfileId::try_from(id.to_owned())
}

/// Whether `id` is plainly a vanity name (`ada-lovelace`, `ada-lovelace-42`): small letters and digits with hyphens between, and
/// two or more words. A name needs a look-up that no task makes, and LinkedIn's ids have capitals.
fn is_like_a_name(id: &str) -> bool {
    let is_small =
        |c: char| c == '-' || c == '%' || c.is_numeric() || (c.is_alphabetic() && !c.is_uppercase());
    let is_word = |part: &&str| part.chars().nth(1).is_some() && part.chars().all(char::is_alphabetic);
    id.chars().all(is_small) && id.split('-').filter(is_word).count() >= 2
}

/// The last part of `https://<host>.linkedin.com/in/<id or vanity name>`, without query, hash and trailing slash.
fn slug_of_profile_url(given: &str) -> Option<&str> {
    let rest = given.strip_prefix("https://").or_else(|| given.strip_prefix("http://"))?;
    let (host, path) = rest.split_once('/')?;
    let host = host.to_ascii_lowercase();
    if host != "linkedin.com" && !host.ends_with(".linkedin.com") {
        return None;
    }
    path.strip_prefix("in/")?.split(['?', '#', '/']).next()
}

fn is_profile_id(id: &str) -> bool {
    (6..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}
