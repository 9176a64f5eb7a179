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

/// From here on an id is as long as LinkedIn's own, which have 39 characters, and no published example.
const REAL_LENGTH: usize = 30;

/// The bare id of a LinkedIn profile, `^[A-Za-z0-9_-]{6,128}$`. What a caller gives as one has to look like LinkedIn's,
/// too ([`normalise_profile_urn`]).
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
        f.write_str(match self {
            Self::PublicIdentifier => {
                "Missing or invalid 'profile_urn': it looks like a public identifier (vanity name), which is no profile \
                 id; take the 'entity_urn' that fetch-connections answers with"
            }
            Self::Other => "Missing or invalid 'profile_urn'",
        })
    }
}

impl std::error::Error for InvalidProfileUrn {}

/// Brings `given` down to the bare profile id. Takes a bare id, `urn:li:fsd_profile:`, `urn:li:fs_miniProfile:`,
/// `urn:li:fs_profile:`, `urn:li:person:` and a `https://www.linkedin.com/in/ACo…` URL, each with an id that looks like
/// LinkedIn's.
///
/// # Errors
/// [`InvalidProfileUrn`] for everything else: `urn:li:member:`, other person ids, vanity names, odd characters.
pub fn normalise_profile_urn(given: &str) -> Result<ProfileId, InvalidProfileUrn> {
    let given = given.trim();
    if let Some(id) = given.strip_prefix(PERSON_PREFIX) {
        return profile_id(id).ok_or(InvalidProfileUrn::Other);
    }
    let unwrapped = SAME_ID_PREFIXES.iter().find_map(|prefix| given.strip_prefix(prefix));
    let id = unwrapped.or_else(|| slug_of_profile_url(given)).unwrap_or(given);
    profile_id(id).ok_or_else(|| match is_public_identifier(id) {
        true => InvalidProfileUrn::PublicIdentifier,
        false => InvalidProfileUrn::Other,
    })
}

/// `id`, if it looks like LinkedIn's. A vanity name needs a look-up that no task makes, so it is refused rather than
/// guessed at.
fn profile_id(id: &str) -> Option<ProfileId> {
    ProfileId::try_from(id.to_owned()).ok().filter(|_| is_like_linkedin_s(id.as_bytes()))
}

/// LinkedIn's ids are base64url of two bytes that say their kind, four or more that hold the member number, and others:
/// `ACoAA…`, perhaps `ADoAA…` or `AEMAA…`, and of members out of reach `ACr__…`. Vanity names have no capitals of their own. Who types
/// some all the same does it at the beginnings of words, and doesn't come by these patterns.
fn is_like_linkedin_s(id: &[u8]) -> bool {
    let real = id.len() >= REAL_LENGTH
        && matches!(id, [b'A', b'A'..=b'Z', _, b'A', b'A', ..] | [b'A', b'A'..=b'Z', _, b'_', b'_', ..]);
    // The published examples are as short as `ACoAABCDEF123`.
    real || matches!(id, [b'A', b'C', b'a'..=b'z', b'A'..=b'Z' | b'_', ..])
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

/// Letters of any script and digits, in an address perhaps percent-encoded, with hyphens between; LinkedIn allows 3 to 100.
fn is_public_identifier(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '%'))
}
