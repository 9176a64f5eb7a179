//! What servers on one database tell each other, so that who waits at one hears at once of what came in at another.
//!
//! They are hints: sent after what they are about is committed, gathered while the ones before are on their way, dropped
//! when they can't be sent. Whoever connects anew looks at everything again. Nothing but how soon somebody hears depends on
//! them.

use crate::hub::Hub;
use crate::store::{Channels, Listener, Store, StoreError};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// Channels over which hints are spread by whom they are about.
pub const SHARDS: u64 = 16;
/// Hints that may wait to be sent: more than a second's load makes.
const BACKLOG: usize = 10_000;
/// Hints sent in one transaction at most.
const BATCH: usize = 2_000;
/// PostgreSQL takes payloads of less than 8,000 bytes.
const MAX_PAYLOAD: usize = 7_900;
/// How often they are sent at most; until then they are gathered.
const GATHER: Duration = Duration::from_millis(5);
/// How long to leave a database alone that could not be listened to.
const RECONNECT: Duration = Duration::from_secs(1);
/// A connection on which nothing was heard for so long is asked whether it is still there: one that a firewall or a
/// failover has dropped without a word says nothing either.
const QUIET: Duration = Duration::from_secs(30);
/// How long the database may take to answer that, or to take hints.
const ANSWER: Duration = Duration::from_secs(5);

/// One thing that others may want to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// There may be work for this member.
    Work(String),
    /// This task has ended.
    Ended(String),
    /// A poll of this member came to the server that tells of it.
    Poll {
        /// The member.
        member: String,
        /// When it came, in microseconds since 1970 by that server's clock.
        came_at: u64,
    },
}

impl Hint {
    /// Without blanks: ids have none.
    fn to_word(&self) -> String {
        match self {
            Self::Work(member) => format!("w{member}"),
            Self::Ended(task) => format!("e{task}"),
            Self::Poll { member, came_at } => format!("p{came_at}:{member}"),
        }
    }

    /// `None` for what another version of the server has to say.
    fn of_word(word: &str) -> Option<Self> {
        let (kind, rest) = word.split_at_checked(1)?;
        match kind {
            "w" => Some(Self::Work(rest.to_owned())),
            "e" => Some(Self::Ended(rest.to_owned())),
            "p" => {
                let (came_at, member) = rest.split_once(':')?;
                Some(Self::Poll { member: member.to_owned(), came_at: came_at.parse().ok()? })
            }
            _ => None,
        }
    }

    fn shard(&self) -> u64 {
        let (Self::Work(about) | Self::Ended(about) | Self::Poll { member: about, .. }) = self;
        // FNV-1a: the same on every server, whatever its version.
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        about.bytes().fold(0xcbf2_9ce4_8422_2325, mix) % SHARDS
    }
}

/// The payloads of each channel: who tells, and what. What is said twice is told once, and of a member's polls the newest.
fn payloads(server: &str, hints: &[Hint]) -> Vec<(u64, String)> {
    let mut newest: BTreeMap<&str, u64> = BTreeMap::new();
    for hint in hints {
        if let Hint::Poll { member, came_at } = hint {
            let known = newest.entry(member).or_default();
            *known = (*known).max(*came_at);
        }
    }
    let is_news = |hint: &&Hint| match hint {
        Hint::Poll { member, came_at } => newest.get(member.as_str()) == Some(came_at),
        Hint::Work(_) | Hint::Ended(_) => true,
    };
    let words: BTreeSet<(u64, String)> =
        hints.iter().filter(is_news).map(|hint| (hint.shard(), hint.to_word())).collect();
    let mut payloads: Vec<(u64, String)> = Vec::new();
    for (shard, word) in words {
        match payloads.last_mut() {
            Some((last, payload)) if *last == shard && payload.len() + word.len() < MAX_PAYLOAD => {
                payload.push(' ');
                payload.push_str(&word);
            }
            _ => payloads.push((shard, format!("{server} {word}"))),
        }
    }
    payloads
}

/// Takes in a payload, unless it comes back to who sent it.
fn hear(hub: &Hub, server: &str, payload: &str) {
    let mut words = payload.split(' ');
    if words.next() != Some(server) {
        words.filter_map(Hint::of_word).for_each(|hint| hub.hear(&hint));
    }
}

/// The two tasks behind a hub that tells others.
pub struct Exchange {
    telling: JoinHandle<()>,
    listening: JoinHandle<()>,
    finish: oneshot::Sender<()>,
}

/// A hub for the servers on `store`'s database, listening already; one that is alone when there can be no other.
///
/// # Errors
/// When the database can't be listened to.
pub async fn connect(store: &Store, server: String) -> Result<(Hub, Option<Exchange>), StoreError> {
    let Some(channels) = store.channels() else { return Ok((Hub::default(), None)) };
    let (hints, to_tell) = mpsc::channel(BACKLOG);
    let (finish, finished) = oneshot::channel();
    let hub = Hub::telling(hints);
    let listener = channels.listen(SHARDS).await?;
    let telling = tokio::spawn(tell(channels.clone(), server.clone(), to_tell, finished));
    let listening = tokio::spawn(listen(channels, server, hub.clone(), listener));
    Ok((hub, Some(Exchange { telling, listening, finish })))
}

impl Exchange {
    /// Tells what waits to be told, and ends.
    pub async fn finish(self) {
        self.listening.abort();
        // It is gone already when its task is.
        let _ = self.finish.send(());
        let _ = self.telling.await;
    }
}

async fn tell(
    channels: Channels,
    server: String,
    mut hints: mpsc::Receiver<Hint>,
    mut finished: oneshot::Receiver<()>,
) {
    let mut batch = Vec::new();
    loop {
        batch.clear();
        let count = tokio::select! {
            biased;
            count = hints.recv_many(&mut batch, BATCH) => count,
            _ = &mut finished, if !hints.is_closed() => {
                hints.close();
                continue;
            }
        };
        if count == 0 {
            return;
        }
        let next = Instant::now() + GATHER;
        match timeout(ANSWER, channels.send(payloads(&server, &batch))).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, count, "hints that nobody hears"),
            Err(_) => tracing::debug!(count, "hints that the database didn't take in time"),
        }
        if !hints.is_closed() {
            sleep_until(next).await;
        }
    }
}

async fn listen(channels: Channels, server: String, hub: Hub, mut listener: Listener) {
    loop {
        let Ok(heard) = timeout(QUIET, listener.next()).await else {
            if !matches!(timeout(ANSWER, listener.ping()).await, Ok(Ok(()))) {
                tracing::warn!("the connection to what other servers say is dead");
                drop(listener);
                listener = listen_again(&channels).await;
                hub.wake_all();
            }
            continue;
        };
        match heard {
            Ok(Some(payload)) => hear(&hub, &server, &payload),
            // The connection was lost, and is there again.
            Ok(None) => hub.wake_all(),
            Err(error) => {
                // Its connection is wanted back by whoever closes the database.
                drop(listener);
                if channels.are_closed() {
                    return;
                }
                tracing::warn!(%error, "can't hear what other servers say");
                listener = listen_again(&channels).await;
                hub.wake_all();
            }
        }
    }
}

async fn listen_again(channels: &Channels) -> Listener {
    loop {
        sleep(RECONNECT).await;
        match channels.listen(SHARDS).await {
            Ok(listener) => return listener,
            Err(error) => tracing::debug!(%error, "still can't hear what other servers say"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(member: &str, came_at: u64) -> Hint {
        Hint::Poll { member: member.to_owned(), came_at }
    }

    #[test]
    fn words() {
        let hints = [Hint::Work("m-1".to_owned()), Hint::Ended("t-1".to_owned()), poll("m-1", 7)];
        for hint in hints {
            assert_eq!(Hint::of_word(&hint.to_word()), Some(hint));
        }
        for word in ["", "x1", "p", "pm-1", "p1", "pm:1", "ü"] {
            assert_eq!(Hint::of_word(word), None, "{word}");
        }
    }

    #[test]
    fn what_is_said_twice_is_told_once() {
        let work = Hint::Work("m".to_owned());
        let hints = [poll("m", 3), work.clone(), poll("m", 5), work, poll("m", 4)];
        let shard = hints[0].shard();
        assert_eq!(payloads("s", &hints), [(shard, "s p5:m wm".to_owned())]);
        assert_eq!(payloads("s", &[]), []);
    }

    #[test]
    fn payloads_are_short_enough_and_hold_everything() {
        let hints: Vec<Hint> = (0..20_000).map(|number| Hint::Ended(format!("{number:036}"))).collect();
        let payloads = payloads("s", &hints);
        assert!(payloads.iter().all(|(shard, payload)| *shard < SHARDS && payload.len() < 8_000));
        let told: BTreeSet<Option<String>> = payloads
            .iter()
            .flat_map(|(_, payload)| payload.split(' ').skip(1))
            .map(|word| Hint::of_word(word).map(|hint| hint.to_word()))
            .collect();
        assert_eq!(told.len(), hints.len());
    }
}
