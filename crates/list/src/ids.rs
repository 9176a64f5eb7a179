//! LinkedIn's names for one member: several spellings around the same id (`docs/VOYAGER.md`, "URNs").

use std::borrow::Cow;

/// The current spelling, which both operations use and our records carry.
pub const PROFILE_PREFIX: &str = "urn:li:fsd_profile:";

const CONNECTION: &str = "urn:li:fsd_connection:";
const LEGACY_CONNECTION: &str = "urn:li:fs_relConnection:";
const MEMBER: &str = "urn:li:member:";

/// Stands where LinkedIn hides who somebody is; it has the form of an id and names nobody.
const HIDDEN: &str = "UNKNOWN";

/// The profile id in `urn`, whichever way it is spelled. Of a pair `(viewer,member)` it is the second.
#[must_use]
pub fn profile_id(urn: &str) -> Option<&str> {
    let rest = after_kind(urn)?;
    let last = match rest.strip_prefix('(') {
        None => rest,
        Some(pair) => pair.strip_suffix(')')?.rsplit(',').next()?.trim(),
    };
    let id = after_kind(last).unwrap_or(last);
    is_profile_id(id).then_some(id)
}

/// What follows in a spelling whose last part is a member's profile id. A connection has the id of the member at its other
/// end.
fn after_kind(urn: &str) -> Option<&str> {
    let (kind, rest) = urn.strip_prefix("urn:li:")?.split_once(':')?;
    let same_id = matches!(
        kind,
        "fsd_profile" | "fs_miniProfile" | "fs_profile" | "fsd_connection" | "fs_relConnection"
    );
    same_id.then_some(rest)
}

/// Whether `id` has the form of a profile id and is not the word that stands for a hidden member.
#[must_use]
pub fn is_profile_id(id: &str) -> bool {
    (6..=128).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
        && id != HIDDEN
}

/// Whether `urn` names a connection rather than a profile.
#[must_use]
pub fn is_connection(urn: &str) -> bool {
    urn.starts_with(CONNECTION) || urn.starts_with(LEGACY_CONNECTION)
}

/// `urn` as `urn:li:fsd_profile:<id>`, borrowed where it is spelled so already.
#[must_use]
pub fn profile_urn<'a>(urn: &Cow<'a, str>) -> Option<Cow<'a, str>> {
    let id = profile_id(urn)?;
    if urn.len() == PROFILE_PREFIX.len() + id.len() && urn.starts_with(PROFILE_PREFIX) {
        return Some(urn.clone());
    }
    Some(Cow::Owned(format!("{PROFILE_PREFIX}{id}")))
}

/// The connection to a member as LinkedIn now spells it, from the member's URN: the two have one id.
#[must_use]
pub fn connection_urn(profile_urn: &str) -> Option<String> {
    profile_id(profile_urn).map(|id| [CONNECTION, id].concat())
}

/// The number in `urn:li:member:<number>`.
#[must_use]
pub fn member_number(urn: &str) -> Option<u64> {
    urn.strip_prefix(MEMBER)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{PROFILE_PREFIX, connection_urn, member_number, profile_id, profile_urn};
    use std::borrow::Cow;

    #[test]
    fn every_spelling_of_one_member_gives_the_same_id() {
        for urn in [
            "urn:li:fsd_profile:SIM_ada-1",
            "urn:li:fs_miniProfile:SIM_ada-1",
            "urn:li:fs_profile:SIM_ada-1",
            "urn:li:fsd_connection:SIM_ada-1",
            "urn:li:fs_relConnection:SIM_ada-1",
            "urn:li:fsd_connection:(SIM_viewer,SIM_ada-1)",
            "urn:li:fsd_connection:(SIM_viewer, SIM_ada-1)",
            "urn:li:fsd_connection:(urn:li:fsd_profile:SIM_viewer,urn:li:fsd_profile:SIM_ada-1)",
        ] {
            assert_eq!(profile_id(urn), Some("SIM_ada-1"), "{urn}");
        }
    }

    #[test]
    fn what_names_nobody_gives_no_id() {
        for urn in [
            "",
            "urn:li:fsd_profile:",
            "urn:li:fsd_profile:UNKNOWN",
            "urn:li:fsd_profile:has space",
            "urn:li:fsd_profile:short",
            "urn:li:member:4290000001",
            "urn:li:fsd_connection:(SIM_viewer,SIM_ada",
            "urn:li:fsd_connection:()",
            "SIM_ada-1",
        ] {
            assert_eq!(profile_id(urn), None, "{urn}");
        }
    }

    #[test]
    fn a_current_urn_is_borrowed_and_an_older_one_rewritten() {
        let current: Cow<'_, str> = Cow::Borrowed("urn:li:fsd_profile:SIM_ada-1");
        assert!(matches!(profile_urn(&current), Some(Cow::Borrowed(_))));
        let older = Cow::Borrowed("urn:li:fs_miniProfile:SIM_ada-1");
        assert_eq!(profile_urn(&older).unwrap(), format!("{PROFILE_PREFIX}SIM_ada-1"));
    }

    #[test]
    fn a_connection_is_spelled_in_one_way() {
        for urn in ["urn:li:fsd_profile:SIM_ada-1", "urn:li:fs_relConnection:SIM_ada-1"] {
            assert_eq!(connection_urn(urn).as_deref(), Some("urn:li:fsd_connection:SIM_ada-1"));
        }
        assert_eq!(connection_urn("urn:li:member:1"), None);
    }

    #[test]
    fn a_member_number_is_a_number() {
        assert_eq!(member_number("urn:li:member:4290000001"), Some(4_290_000_001));
        assert_eq!(member_number("urn:li:member:"), None);
        assert_eq!(member_number("urn:li:member:-1"), None);
        assert_eq!(member_number("urn:li:member:99999999999999999999999"), None);
    }
}
