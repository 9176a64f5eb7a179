//! Searching for people: who is found, in which order, and the wall that a search ends at.

use std::sync::Arc;

use crate::chance::draw;
use crate::directory::{self, SEARCHED};
use crate::kept::Kept;
use crate::network::Network;
use crate::person::{Oddity, Person};
use crate::restli::Value;

/// Rows of a page when the request does not say.
pub(crate) const DEFAULT_COUNT: usize = 10;
/// Most rows of one page.
pub(crate) const LARGEST_PAGE: usize = 50;
/// Nobody past this row is ever shown.
const WALL: usize = 1_000;

/// What is searched for; its words are in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query {
    keywords: String,
    first_name: String,
    last_name: String,
    connections: bool,
    strangers: bool,
    people: bool,
}

impl Query {
    /// Everybody who answers to these words: of the network if `connections`, of the others if `strangers`.
    pub(crate) fn new(keywords: &str, connections: bool, strangers: bool) -> Self {
        let keywords = keywords.trim().to_lowercase();
        Self { keywords, connections, strangers, people: true, ..Self::default() }
    }

    /// Reads `query:(keywords:…,queryParameters:List((key:network,value:List(F)),…))`.
    pub(crate) fn read(query: &Value) -> Self {
        let words = |text: &str| text.trim().to_lowercase();
        let filter = |name: &str| -> Vec<String> {
            let values = query.get("queryParameters").map(|filters| filters.filter(name)).unwrap_or_default();
            // One client writes several values into one, with bars between them.
            values.into_iter().flat_map(|value| value.split('|')).map(words).collect()
        };
        let network = filter("network");
        let distance = |name: &str| network.is_empty() || network.iter().any(|value| value == name);
        // Whoever's connections are asked for, the site gives one's own.
        let own = !filter("connectionOf").is_empty();
        let kinds = filter("resultType");
        Self {
            keywords: query.get("keywords").and_then(Value::text).map(words).unwrap_or_default(),
            first_name: filter("firstName").join(" "),
            last_name: filter("lastName").join(" "),
            connections: own || distance("f"),
            strangers: !own && (distance("s") || distance("o")),
            people: kinds.is_empty() || kinds.iter().any(|kind| kind == "people"),
        }
    }

    fn finds(&self, person: &Person) -> bool {
        let full_name = person.full_name().to_lowercase();
        let headline = person.headline.to_lowercase();
        let has = |field: &str, words: &str| field.to_lowercase().contains(words);
        self.keywords.split_whitespace().all(|word| full_name.contains(word) || headline.contains(word))
            && has(&person.first_name, &self.first_name)
            && has(&person.last_name, &self.last_name)
    }
}

/// One person found.
#[derive(Debug)]
pub(crate) struct Hit {
    pub(crate) person: Person,
    /// Whether it is a 1st-degree connection.
    pub(crate) connected: bool,
}

impl Hit {
    /// Whom the site names to nobody: "LinkedIn Member", with no id.
    pub(crate) fn anonymous(&self) -> bool {
        if self.connected {
            self.person.oddity == Oddity::Unresolved
        } else {
            self.person.bits.is_multiple_of(16)
        }
    }

    /// Whose last name the site shortens to a letter.
    pub(crate) fn abbreviated(&self) -> bool {
        !self.anonymous() && self.person.bits % 16 == 5
    }
}

#[derive(Clone, Copy, Debug)]
enum Found {
    Row(u32),
    Stranger(u32),
}

/// Results kept from page to page.
#[derive(Debug, Default)]
pub(crate) struct Searches {
    kept: Kept<Query, (u64, Arc<Vec<Found>>)>,
}

impl Searches {
    /// A page of those found, and how many there are in all, behind the wall too.
    pub(crate) fn page(
        &mut self,
        seed: u64,
        network: &Network,
        query: &Query,
        start: usize,
        count: usize,
    ) -> (Vec<Hit>, usize) {
        let found = self.found(seed, network, query);
        let shown = found.iter().take(WALL).skip(start).take(count.min(LARGEST_PAGE));
        let hit = |found: &Found| match *found {
            Found::Row(serial) => Hit { person: network.person(serial), connected: true },
            Found::Stranger(k) => Hit { person: directory::stranger(seed, k), connected: false },
        };
        (shown.map(hit).collect(), found.len())
    }

    fn found(&mut self, seed: u64, network: &Network, query: &Query) -> Arc<Vec<Found>> {
        if let Some((version, found)) = self.kept.get(query)
            && *version == network.version()
        {
            return Arc::clone(found);
        }
        let mut found = Vec::new();
        if query.people && query.connections {
            let rows = network.serials().iter().filter(|serial| query.finds(&network.person(**serial)));
            found.extend(rows.map(|serial| Found::Row(*serial)));
        }
        if query.people && query.strangers {
            let others = (0..SEARCHED).filter(|k| query.finds(&directory::stranger(seed, *k)));
            found.extend(others.map(Found::Stranger));
        }
        // An order of its own, as if by relevance; connections come before the rest.
        found.sort_by_cached_key(|found| match *found {
            Found::Row(serial) => (0, draw(seed, u64::from(serial), 11)),
            Found::Stranger(k) => (1, draw(seed, u64::from(k), 12)),
        });
        let found = Arc::new(found);
        self.kept.put(query.clone(), (network.version(), Arc::clone(&found)));
        found
    }
}
