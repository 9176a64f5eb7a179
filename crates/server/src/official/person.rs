//! Person ids as LinkedIn's own API has them: ten characters, other ones for every application.
//!
//! Nobody but LinkedIn can tell its real ones, so these are look-alikes: always the same for a team and a profile, and of no
//! use at LinkedIn.

use crate::secret::hash_secret;

/// How many characters; 60 bits, so that two of 30,000 people share an id once in two billion teams.
const LENGTH: usize = 10;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The id of the person with this profile id, for this team.
pub fn look_alike(team: &str, profile_id: &str) -> String {
    let hash = hash_secret(&format!("person\n{team}\n{profile_id}"));
    let id: String =
        hash.iter().take(LENGTH).map(|byte| char::from(ALPHABET[usize::from(byte & 63)])).collect();
    // An id that begins like a profile's would be taken for one where people are invited.
    match id.strip_prefix("AC") {
        Some(rest) => format!("ac{rest}"),
        None => id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_same_for_a_team_and_a_profile_and_for_nothing_else() {
        assert_eq!(look_alike("team", "ACoAABCDEF123"), look_alike("team", "ACoAABCDEF123"));
        let ids: Vec<String> = (0..20_000)
            .flat_map(|n| ["one", "two"].map(|team| look_alike(team, &format!("ACoAA{n:06}"))))
            .collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
        for id in &ids {
            assert_eq!(id.len(), LENGTH);
            assert!(id.bytes().all(|byte| ALPHABET.contains(&byte)), "{id}");
            assert!(liaison_protocol::normalise_profile_urn(&format!("urn:li:person:{id}")).is_err(), "{id}");
        }
    }
}
