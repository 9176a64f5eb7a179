//! Everybody there is: found by profile id or by public identifier, without a list of them all.

use crate::member;
use crate::network::Network;
use crate::person::{self, Person};

/// People outside the network who exist by number; a search looks through the first [`SEARCHED`] of them.
const STRANGERS: u32 = 900_000;
/// How many people outside the network a search finds.
pub(crate) const SEARCHED: u32 = 1_000;

/// The stranger `k`.
pub(crate) fn stranger(seed: u64, k: u32) -> Person {
    person::stranger(seed, &member::mint(seed, member::stranger_number(k)))
}

/// Whoever has this profile id. An id that nobody was given is taken for somebody outside the network.
pub(crate) fn by_id(seed: u64, network: &Network, id: &str) -> Option<Person> {
    if !member::is_well_formed(id) {
        return None;
    }
    let known = member::number_of(id).and_then(|number| by_number(seed, network, number));
    Some(known.filter(|person| person.id == id).unwrap_or_else(|| person::stranger(seed, id)))
}

/// Whoever has this public identifier, whatever its case; or this profile id, which stands for one in a URL too.
pub(crate) fn by_identity(seed: u64, network: &Network, identity: &str) -> Option<Person> {
    if identity.starts_with("ACo") {
        return by_id(seed, network, identity);
    }
    let wanted = identity.to_lowercase();
    let (_, digits) = wanted.rsplit_once('-')?;
    let digits: u32 = digits.parse().ok()?;
    let candidates = [member::number_ending(digits), Some(member::row_number(digits))];
    let people = candidates.into_iter().flatten().filter_map(|number| by_number(seed, network, number));
    people
        .into_iter()
        .find(|person| person.public_identifier.as_ref().is_some_and(|slug| slug.to_lowercase() == wanted))
}

fn by_number(seed: u64, network: &Network, number: u32) -> Option<Person> {
    if let Some(account) = member::account_of(number) {
        return Some(person::account(seed, account));
    }
    if let Some(serial) = member::row_serial(number) {
        return Some(network.person(serial));
    }
    let k = member::stranger_of(number)?;
    (k < STRANGERS).then(|| stranger(seed, k))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_found_by_id_and_by_name() {
        let network = Network::new(1, 100);
        let people = (0..60).map(|serial| network.person(serial));
        let people = people.chain((0..5).map(|k| stranger(1, k))).chain([person::account(1, 1)]);
        for person in people {
            assert_eq!(by_id(1, &network, &person.id).unwrap().first_name, person.first_name);
            if let Some(slug) = &person.public_identifier {
                let found = by_identity(1, &network, &slug.to_uppercase()).unwrap();
                assert_eq!(found.id, person.id, "{slug}");
            }
        }
        for nobody in ["nobody", "nobody-sim-90001003", "", "ACo", "sam-seller-sim"] {
            assert!(by_identity(1, &network, nobody).is_none(), "{nobody}");
        }
    }
}
