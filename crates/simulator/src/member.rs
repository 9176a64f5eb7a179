//! Member numbers and profile ids.
//!
//! A real id is 39 base64url characters: `00 2a 00 00`, the member number as a big-endian u32, `01`, and twenty opaque bytes.
//! Ours are of that form, with numbers near 4,290,000,000: above any number given out so far, so no id names a real person.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::chance::draw;

/// Accounts that can sign in: `FIRST_ACCOUNT + n`.
const FIRST_ACCOUNT: u32 = 4_290_000_000;
/// Members of the network: `FIRST_ROW + serial`.
const FIRST_ROW: u32 = 4_290_001_000;
/// Strangers that the simulator itself had to name: `FIRST_STRANGER + k`.
const FIRST_STRANGER: u32 = 4_294_000_000;
/// Serials that rows can have without meeting the strangers.
pub(crate) const SERIALS: u32 = FIRST_STRANGER - FIRST_ROW;
const ENDING: u32 = 100_000_000;
/// The largest account number, so that accounts and rows cannot meet.
pub(crate) const MAX_ACCOUNT: u32 = 999;

const TAG_BYTES: usize = 20;
const ID_BYTES: usize = 29;

/// The member number of the account `n`.
pub(crate) fn account_number(n: u32) -> u32 {
    FIRST_ACCOUNT + n.min(MAX_ACCOUNT)
}

/// The member number of the network row with this serial.
pub(crate) fn row_number(serial: u32) -> u32 {
    FIRST_ROW.saturating_add(serial)
}

/// The member number of the simulator's own stranger `k`.
pub(crate) fn stranger_number(k: u32) -> u32 {
    FIRST_STRANGER.saturating_add(k)
}

/// The serial of a row, if this member number belongs to one.
pub(crate) fn row_serial(number: u32) -> Option<u32> {
    if number >= FIRST_STRANGER { None } else { number.checked_sub(FIRST_ROW) }
}

/// The account `n` that a member number belongs to, if it belongs to one.
pub(crate) fn account_of(number: u32) -> Option<u32> {
    number.checked_sub(FIRST_ACCOUNT).filter(|n| (1..=MAX_ACCOUNT).contains(n))
}

/// The stranger `k` that a member number belongs to, if it belongs to one.
pub(crate) fn stranger_of(number: u32) -> Option<u32> {
    number.checked_sub(FIRST_STRANGER)
}

/// The eight last digits of a member number, with which most public identifiers end.
pub(crate) fn ending(number: u32) -> u32 {
    number % ENDING
}

/// The member number with this ending, if one of ours can have it.
pub(crate) fn number_ending(ending: u32) -> Option<u32> {
    let number = (FIRST_ACCOUNT - FIRST_ACCOUNT % ENDING).checked_add(ending)?;
    (ending < ENDING && number >= FIRST_ACCOUNT).then_some(number)
}

/// The profile id of a member number under a seed.
pub(crate) fn mint(seed: u64, number: u32) -> String {
    let mut bytes = Vec::with_capacity(ID_BYTES);
    bytes.extend_from_slice(&[0x00, 0x2a, 0x00, 0x00]);
    bytes.extend_from_slice(&number.to_be_bytes());
    bytes.push(0x01);
    let tag = (0..3).flat_map(|part| draw(seed, u64::from(number), part).to_be_bytes()).take(TAG_BYTES);
    bytes.extend(tag);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The member number inside an id, if the id is of the real form.
pub(crate) fn number_of(id: &str) -> Option<u32> {
    let bytes = URL_SAFE_NO_PAD.decode(id).ok()?;
    if bytes.len() != ID_BYTES || bytes.get(..4)? != [0x00, 0x2a, 0x00, 0x00] {
        return None;
    }
    Some(u32::from_be_bytes(bytes.get(4..8)?.try_into().ok()?))
}

/// Whether an invitation may name this id at all: 6 to 128 of `[A-Za-z0-9_-]`, beginning with `ACo`. Of the other prefixes
/// seen, `ACr` stands for those a search only hints at and `ACw` belongs to the Sales Navigator: nobody is invited by them.
pub(crate) fn is_well_formed(id: &str) -> bool {
    (6..=128).contains(&id.len())
        && id.starts_with("ACo")
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_the_real_form_and_gives_its_number_back() {
        let id = mint(1, row_number(42));
        assert_eq!(id.len(), 39);
        assert!(id.starts_with("ACoAA"), "{id}");
        assert!(is_well_formed(&id));
        assert_eq!(number_of(&id).and_then(row_serial), Some(42));
        assert_ne!(id, mint(2, row_number(42)));
        assert_eq!(number_of("ACoAABCDEF123"), None);
    }

    #[test]
    fn ids_that_cannot_be_members_are_refused() {
        assert!(is_well_formed("ACoAABCDEF123"));
        for bad in [
            "ACo",
            "12345678",
            "ACoAA BCD",
            "ACoAAé1234",
            "ACrAAABBBBCCCC",
            "ACwAABCDEF123",
            &format!("ACo{}", "A".repeat(126)),
        ] {
            assert!(!is_well_formed(bad), "{bad}");
        }
    }
}
