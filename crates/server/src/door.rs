//! Who knocks too often: one bucket for each API key, and for each door one for each address from which wrong secrets come.
//!
//! Nobody guesses 256 random bits. But each guess is a look-up in the database, and a program with an outdated key may
//! knock for ever; so an address from which many wrong secrets came is answered without looking, for a while. A secret
//! that opened a door here before is always looked up, so that neighbours behind one address don't lock each other out.
//! Programs on this computer are always looked up, too. And each door counts for itself: after a restart nobody is known yet,
//! and a program with an outdated key would keep the browser of whoever it belongs to out.
//!
//! A secret is counted before it is looked up, and taken back when it was right: a hundred at the same moment are no way
//! around.

use crate::bucket::{Buckets, Rate};
use crate::error::ApiError;
use crate::peer::{Peer, network_of};
use crate::secret::{SecretHash, hash_secret};
use crate::store::StoreError;
use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// So many secrets are remembered as good; with more all are forgotten, which costs them nothing but the privilege.
const MOST_REMEMBERED: usize = 50_000;

/// One subscriber of IPv6 has a network of 2^64 addresses, and counts as one.
const IPV6_BITS: u32 = 64;

/// Whose secrets are looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Guest {
    /// API keys.
    Caller,
    /// Tokens.
    Agent,
    /// Admin keys.
    Operator,
    /// The cookies of who is signed in: one that is over is asked with again and again, and must not keep its owner out.
    Session,
}

/// The memory of all doors.
#[derive(Clone)]
pub struct Door(Arc<Memory>);

struct Memory {
    wrong: Buckets<(Guest, IpAddr)>,
    callers: Option<Buckets<SecretHash>>,
    opened: Mutex<HashSet<(Guest, SecretHash)>>,
}

impl Door {
    /// Lets `wrong` secrets an address be looked up, and each API key be used at the rate of `callers`.
    #[must_use]
    pub fn new(wrong: Rate, callers: Option<Rate>) -> Self {
        let callers = callers.map(Buckets::new);
        Self(Arc::new(Memory { wrong: Buckets::new(wrong), callers, opened: Mutex::default() }))
    }

    /// Looks `secret` up with `find`, unless too many wrong ones of this kind came from `peer`. `refused` is the answer to
    /// one that opens nothing.
    ///
    /// # Errors
    /// `refused`, [`ApiError::WrongTooOften`], or what the database fails with.
    pub async fn open<T>(
        &self,
        guest: Guest,
        peer: Peer,
        secret: &str,
        find: impl Future<Output = Result<Option<T>, StoreError>>,
        refused: ApiError,
    ) -> Result<T, ApiError> {
        let secret = (guest, hash_secret(secret));
        let from = (guest, network_of(peer.address, IPV6_BITS));
        let opened_before = self.opened().contains(&secret);
        let is_counted = !opened_before && !peer.is_here;
        if is_counted {
            self.0.wrong.take(from, Instant::now()).map_err(ApiError::WrongTooOften)?;
        }
        // Boxed: who waits for work behind this door carries no room for having been looked up.
        let found = Box::pin(find).await;
        if is_counted && !matches!(found, Ok(None)) {
            self.0.wrong.give_back(&from, Instant::now());
        }
        if let Some(found) = found? {
            if !opened_before {
                self.remember(secret);
            }
            return Ok(found);
        }
        self.opened().remove(&secret);
        if !is_counted {
            // With many at once the bucket may be full by now, which is all the same.
            let _ = self.0.wrong.take(from, Instant::now());
        }
        Err(refused)
    }

    /// Counts one call with this API key.
    ///
    /// # Errors
    /// [`ApiError::TooOften`].
    pub fn count(&self, api_key: &str) -> Result<(), ApiError> {
        let Some(callers) = &self.0.callers else { return Ok(()) };
        callers.take(hash_secret(api_key), Instant::now()).map_err(ApiError::TooOften)
    }

    fn remember(&self, secret: (Guest, SecretHash)) {
        let mut opened = self.opened();
        if opened.len() >= MOST_REMEMBERED {
            opened.clear();
        }
        opened.insert(secret);
    }

    /// A panic while the lock was held can't leave the set half-changed: every change is one call.
    fn opened(&self) -> MutexGuard<'_, HashSet<(Guest, SecretHash)>> {
        self.0.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Poll;
    use std::time::Duration;

    const HOUR: Duration = Duration::from_secs(3600);
    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

    async fn open(door: &Door, address: IpAddr, secret: &str, good: bool) -> Result<u8, ApiError> {
        let find = async move { Ok(good.then_some(1)) };
        let peer = Peer { address, is_here: address.is_loopback(), took_tls: false };
        door.open(Guest::Caller, peer, secret, find, ApiError::InvalidKey).await
    }

    #[tokio::test]
    async fn who_was_let_in_is_not_locked_out_by_neighbours() {
        let door = Door::new(Rate { burst: 2, every: HOUR }, None);
        assert!(open(&door, PEER, "good", true).await.is_ok());
        for _ in 0..2 {
            assert!(matches!(open(&door, PEER, "wrong", false).await, Err(ApiError::InvalidKey)));
        }
        assert!(matches!(open(&door, PEER, "wrong", false).await, Err(ApiError::WrongTooOften(_))));
        // Never looked up, so that it would be good doesn't show.
        assert!(matches!(open(&door, PEER, "new", true).await, Err(ApiError::WrongTooOften(_))));
        assert!(open(&door, PEER, "good", true).await.is_ok());
        assert!(open(&door, "192.0.2.8".parse().unwrap(), "new", true).await.is_ok(), "another address");
        // Revoked: looked up once more, and then one of the many.
        assert!(matches!(open(&door, PEER, "good", false).await, Err(ApiError::InvalidKey)));
        assert!(matches!(open(&door, PEER, "good", true).await, Err(ApiError::WrongTooOften(_))));
    }

    #[tokio::test]
    async fn a_network_of_ipv6_counts_as_one() {
        let door = Door::new(Rate { burst: 1, every: HOUR }, None);
        let [one, same, other] =
            ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"].map(|address| address.parse().unwrap());
        assert!(matches!(open(&door, one, "wrong", false).await, Err(ApiError::InvalidKey)));
        assert!(matches!(open(&door, same, "wrong", false).await, Err(ApiError::WrongTooOften(_))));
        assert!(matches!(open(&door, other, "wrong", false).await, Err(ApiError::InvalidKey)));
        let mapped = "::ffff:192.0.2.7".parse().unwrap();
        assert!(matches!(open(&door, PEER, "wrong", false).await, Err(ApiError::InvalidKey)));
        assert!(matches!(open(&door, mapped, "wrong", false).await, Err(ApiError::WrongTooOften(_))));
    }

    #[tokio::test]
    async fn programs_on_this_computer_don_t_lock_each_other_out() {
        let door = Door::new(Rate { burst: 1, every: HOUR }, None);
        let here = "127.0.0.1".parse().unwrap();
        for _ in 0..5 {
            assert!(matches!(open(&door, here, "wrong", false).await, Err(ApiError::InvalidKey)));
        }
        assert!(open(&door, here, "good", true).await.is_ok());
    }

    #[tokio::test]
    async fn secrets_at_the_same_moment_are_counted_one_by_one() {
        let door = Door::new(Rate { burst: 3, every: HOUR }, None);
        let (looked_up, peer) =
            (AtomicUsize::new(0), Peer { address: PEER, is_here: false, took_tls: false });
        let guesses = (0..10).map(|n| {
            let (door, looked_up) = (&door, &looked_up);
            async move {
                let find = async {
                    looked_up.fetch_add(1, Ordering::Relaxed);
                    // Until all the others have come.
                    tokio::task::yield_now().await;
                    Ok(None::<u8>)
                };
                door.open(Guest::Agent, peer, &format!("wrong {n}"), find, ApiError::AgentToken).await
            }
        });
        let mut guesses: Vec<_> = guesses.map(Box::pin).collect();
        let mut answers = Vec::new();
        std::future::poll_fn(|context| {
            guesses.retain_mut(|guess| match guess.as_mut().poll(context) {
                Poll::Ready(answer) => {
                    answers.push(answer.unwrap_err());
                    false
                }
                Poll::Pending => true,
            });
            if guesses.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        assert_eq!(looked_up.load(Ordering::Relaxed), 3);
        let late = answers.iter().filter(|answer| matches!(answer, ApiError::WrongTooOften(_))).count();
        assert_eq!(late, 7);
    }

    #[tokio::test]
    async fn what_could_not_be_looked_up_was_no_guess() {
        let door = Door::new(Rate { burst: 1, every: HOUR }, None);
        let peer = Peer { address: PEER, is_here: false, took_tls: false };
        for _ in 0..3 {
            let find = async { Err::<Option<u8>, _>(StoreError::NoTeam) };
            let answer = door.open(Guest::Caller, peer, "any", find, ApiError::InvalidKey).await;
            assert!(matches!(answer, Err(ApiError::Internal(_))));
        }
        assert!(open(&door, PEER, "good", true).await.is_ok());
    }

    /// A token in the place of an API key is no key, and stays a token that is known.
    #[tokio::test]
    async fn what_opens_one_door_is_nothing_at_another() {
        let door = Door::new(Rate { burst: 1, every: HOUR }, None);
        let peer = Peer { address: PEER, is_here: false, took_tls: false };
        let token = async |good: bool| {
            let find = async move { Ok(good.then_some(1)) };
            door.open(Guest::Agent, peer, "token", find, ApiError::AgentToken).await
        };
        assert!(token(true).await.is_ok());
        assert!(matches!(open(&door, PEER, "token", false).await, Err(ApiError::InvalidKey)));
        assert!(matches!(open(&door, PEER, "token", false).await, Err(ApiError::WrongTooOften(_))));
        assert!(matches!(token(false).await, Err(ApiError::AgentToken)), "known here, so looked up");
        assert!(matches!(token(true).await, Err(ApiError::WrongTooOften(_))), "known no more");
    }

    #[test]
    fn each_api_key_has_its_rate() {
        let door = Door::new(Rate { burst: 1, every: HOUR }, Some(Rate { burst: 2, every: HOUR }));
        assert!(door.count("a").is_ok());
        assert!(door.count("a").is_ok());
        assert!(matches!(door.count("a"), Err(ApiError::TooOften(_))));
        assert!(door.count("b").is_ok());
    }
}
