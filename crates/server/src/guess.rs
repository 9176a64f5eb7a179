//! Who guesses pairing codes, and is told to wait.
//!
//! Wrong codes are counted by the address that they come from, and all together. Nothing else pays for them: a rule by
//! which wrong guesses kill codes lets whoever can reach the server keep everybody from pairing, for as long as they like
//! and at twenty requests each time. Counting is enough, because a code is 50 random bits and lives for ten minutes: what
//! is let through below, spread over all codes that live, finds one with a chance of one in ten billion for each.
//!
//! Once too many came in all, whoever has guessed wrong before is told to wait, and an address that hasn't is heard as ever:
//! a guesser with many addresses shuts out nobody but those addresses. Only one with as many as are remembered shuts
//! out all others, until ten minutes after its end.
//!
//! A guess is counted before its code is looked up, and taken back when it was right: a hundred at the same moment are no
//! way around. Each process counts for itself.

use crate::clock::Timestamp;
use crate::peer::network_of;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a guess counts: as long as a code lives.
const WINDOW_MS: u64 = 10 * 60_000;
/// Wrong guesses of one address. A person mistypes a few times.
const OF_ONE: u32 = 10;
/// Wrong guesses of all.
const OF_ALL: u32 = 1_000;
/// Addresses that are remembered, of about 50 bytes each.
const REMEMBERED: usize = 100_000;

/// Whoever has one IPv6 address has a whole network of them: a /64 always, often a /48.
const IPV6_BITS: u32 = 48;

/// The counts.
#[derive(Clone, Default)]
pub struct Guesses(Arc<Mutex<Counts>>);

#[derive(Default)]
struct Counts {
    of_one: HashMap<IpAddr, Count>,
    of_all: Count,
}

/// Guesses since the first of them, for as long as that counts.
#[derive(Clone, Copy)]
struct Count {
    since: Timestamp,
    guesses: u32,
}

impl Default for Count {
    fn default() -> Self {
        Self { since: Timestamp(0), guesses: 0 }
    }
}

impl Count {
    /// A clock that was set back begins anew, rather than counting for ever.
    fn is_over(&self, now: Timestamp) -> bool {
        now < self.since || now.ms_since(self.since) >= WINDOW_MS
    }

    fn renew(&mut self, now: Timestamp) {
        if self.is_over(now) || self.guesses == 0 {
            *self = Self { since: now, guesses: 0 };
        }
    }

    fn until(&self) -> Timestamp {
        self.since.plus_ms(WINDOW_MS)
    }
}

impl Guesses {
    /// Counts a guess; an error says until when none is heard from there.
    pub fn admit(&self, address: IpAddr, now: Timestamp) -> Result<(), Timestamp> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Counts { of_one, of_all } = &mut *counts;
        of_all.renew(now);
        let network = network_of(address, IPV6_BITS);
        if of_one.len() >= REMEMBERED && !of_one.contains_key(&network) {
            of_one.retain(|_, count| count.guesses > 0 && !count.is_over(now));
            if of_one.len() >= REMEMBERED {
                return Err(of_all.until());
            }
        }
        let one = of_one.entry(network).or_default();
        one.renew(now);
        if one.guesses >= OF_ONE {
            return Err(one.until());
        }
        if of_all.guesses >= OF_ALL && one.guesses > 0 {
            return Err(of_all.until());
        }
        one.guesses += 1;
        of_all.guesses = of_all.guesses.saturating_add(1);
        Ok(())
    }

    /// Takes a guess back: it was right, or could not be looked up.
    pub fn take_back(&self, address: IpAddr) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(one) = counts.of_one.get_mut(&network_of(address, IPV6_BITS)) {
            one.guesses = one.guesses.saturating_sub(1);
        }
        counts.of_all.guesses = counts.of_all.guesses.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_305_600_000);

    fn ip(number: u32) -> IpAddr {
        std::net::Ipv4Addr::from(0x0a00_0000 + number).into()
    }

    #[test]
    fn one_address_waits_and_no_other() {
        let guesses = Guesses::default();
        for _ in 0..OF_ONE {
            assert_eq!(guesses.admit(ip(1), NOW), Ok(()));
        }
        let end = NOW.plus_ms(WINDOW_MS);
        assert_eq!(guesses.admit(ip(1), end.minus_ms(1)), Err(end));
        assert_eq!(guesses.admit(ip(2), NOW), Ok(()));
        assert_eq!(guesses.admit(ip(1), end), Ok(()));
    }

    #[test]
    fn right_ones_don_t_count() {
        let guesses = Guesses::default();
        for _ in 0..10 * OF_ONE {
            assert_eq!(guesses.admit(ip(1), NOW), Ok(()));
            guesses.take_back(ip(1));
        }
    }

    #[test]
    fn many_addresses_shut_out_those_who_guess_alone() {
        let guesses = Guesses::default();
        for number in 0..OF_ALL {
            assert_eq!(guesses.admit(ip(number), NOW), Ok(()));
        }
        let end = NOW.plus_ms(WINDOW_MS);
        assert_eq!(guesses.admit(ip(0), NOW), Err(end));
        // Somebody else types a code, right or wrong.
        assert_eq!(guesses.admit(ip(OF_ALL), NOW), Ok(()));
        assert_eq!(guesses.admit(ip(OF_ALL), NOW), Err(end));
        assert_eq!(guesses.admit(ip(0), end), Ok(()));
    }

    #[test]
    fn memory_is_bounded_and_comes_back() {
        let guesses = Guesses::default();
        let remembered = u32::try_from(REMEMBERED).unwrap();
        for number in 0..remembered {
            assert_eq!(guesses.admit(ip(number), NOW), Ok(()));
        }
        let end = NOW.plus_ms(WINDOW_MS);
        assert_eq!(guesses.admit(ip(remembered), NOW), Err(end));
        assert_eq!(guesses.admit(ip(remembered), end), Ok(()));
        assert_eq!(guesses.0.lock().unwrap().of_one.len(), 1);
    }

    #[test]
    fn a_network_is_one_guesser() {
        let guesses = Guesses::default();
        for number in 0..OF_ONE {
            let address: IpAddr = format!("2001:db8:1:{number:x}::{number:x}").parse().unwrap();
            assert_eq!(guesses.admit(address, NOW), Ok(()));
        }
        assert!(guesses.admit("2001:db8:1:ffff::1".parse().unwrap(), NOW).is_err());
        assert_eq!(guesses.admit("2001:db8:2::1".parse().unwrap(), NOW), Ok(()));
        assert_eq!(network_of("::ffff:10.0.0.1".parse().unwrap(), IPV6_BITS), ip(1));
    }

    #[test]
    fn a_clock_that_is_set_back_begins_anew() {
        let guesses = Guesses::default();
        for _ in 0..OF_ONE {
            assert_eq!(guesses.admit(ip(1), NOW), Ok(()));
        }
        assert_eq!(guesses.admit(ip(1), NOW.minus_ms(1)), Ok(()));
    }
}
