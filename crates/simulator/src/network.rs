//! The signed-in member's 1st-degree connections: which rows there are, in which order, and how they shift.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;

use crate::chance::draw;
use crate::kept::Kept;
use crate::member;
use crate::person::{self, FIRST_INSERTED, NEWEST_CONNECTION_MS, Person};

/// The orders the list endpoint knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    RecentlyAdded,
    FirstName,
    LastName,
    /// No `sortType`: a stable order that is none of the others, so that a client relying on one notices.
    Unstated,
}

impl Sort {
    /// Reads the parameter; an unknown value is `None`.
    pub(crate) fn parse(text: Option<&str>) -> Option<Self> {
        match text {
            None => Some(Self::Unstated),
            Some("RECENTLY_ADDED") => Some(Self::RecentlyAdded),
            Some("FIRSTNAME_LASTNAME") => Some(Self::FirstName),
            Some("LASTNAME_FIRSTNAME") => Some(Self::LastName),
            Some(_) => None,
        }
    }
}

/// The rows, newest first.
#[derive(Debug)]
pub(crate) struct Network {
    seed: u64,
    seeded: u32,
    /// Serials in list order.
    rows: Vec<u32>,
    /// Seeded rows that were taken out.
    removed: HashSet<u32>,
    /// Rows that were put in, with the moment each was connected.
    inserted: HashMap<u32, i64>,
    next_inserted: u32,
    /// Grows whenever the rows change.
    version: u64,
    /// Orders that need every row's name, kept from page to page.
    orders: Kept<(Sort, String), Arc<Vec<u32>>>,
}

const MINUTE_MS: i64 = 60_000;
const MOST_INSERTED: u32 = 100_000;

/// A change of the rows: `remove` of them from a place on, then `insert` new people there.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shift {
    #[serde(default)]
    insert: u32,
    #[serde(default)]
    remove: u32,
    /// The place, counted from the newest row, which is 0. Past the end means the end.
    at: Option<usize>,
    /// The place as a member: the first to be removed, or the one that new people come before.
    id: Option<String>,
}

impl Shift {
    /// Why this shift can never happen, if so.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        if self.at.is_some() && self.id.is_some() {
            return Err("a shift has its place by at or by id");
        }
        if self.insert > MOST_INSERTED { Err("a shift inserts at most 100000") } else { Ok(()) }
    }
}

impl Network {
    pub(crate) fn new(seed: u64, connections: u32) -> Self {
        Self {
            seed,
            seeded: connections,
            rows: (0..connections).collect(),
            removed: HashSet::new(),
            inserted: HashMap::new(),
            next_inserted: FIRST_INSERTED,
            version: 0,
            orders: Kept::default(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Serials in list order, newest first.
    pub(crate) fn serials(&self) -> &[u32] {
        &self.rows
    }

    /// Changes the rows; an id that is not in the list is an error and changes nothing, and so are more people than can be told apart.
    pub(crate) fn shift(&mut self, shift: &Shift) -> Result<(), &'static str> {
        shift.check()?;
        if self.next_inserted.saturating_add(shift.insert) > member::SERIALS {
            return Err("nobody new is left to insert: reset the world");
        }
        let place = match &shift.id {
            None => shift.at.unwrap_or(0),
            Some(id) => self.position(id).ok_or("no row has that id")?,
        };
        let at = place.min(self.rows.len());
        let end = at.saturating_add(shift.remove as usize).min(self.rows.len());
        let gone: HashSet<u32> = self.rows.drain(at..end).collect();
        for serial in &gone {
            if self.inserted.remove(serial).is_none() {
                self.removed.insert(*serial);
            }
        }
        let first_new = self.next_inserted;
        for _ in 0..shift.insert {
            let serial = self.next_inserted;
            self.next_inserted += 1;
            self.inserted.insert(serial, self.moment_at(at, serial));
            self.rows.insert(at, serial);
        }
        self.version += 1;
        self.patch_orders(&gone, first_new..self.next_inserted);
        Ok(())
    }

    /// Carries a shift over to the orders that are kept, so that the next page need not look at every row again.
    fn patch_orders(&mut self, gone: &HashSet<u32>, new: Range<u32>) {
        let mut orders = std::mem::take(&mut self.orders);
        // Of a list by age a place cannot be found from a row's own fields.
        orders.retain(|(sort, _)| *sort != Sort::RecentlyAdded);
        for ((sort, keyword), order) in orders.entries_mut() {
            let order = Arc::make_mut(order);
            let key = |serial: u32| (sort_key(*sort, self.seed, serial, &self.person(serial)), serial);
            order.retain(|serial| !gone.contains(serial));
            for serial in new.clone().filter(|serial| matches(&self.person(*serial), keyword)) {
                let place = key(serial);
                order.insert(order.partition_point(|other| key(*other) < place), serial);
            }
        }
        self.orders = orders;
    }

    /// When a row put in at this place was connected: no later than the row above it, no earlier than the one below.
    fn moment_at(&self, at: usize, serial: u32) -> i64 {
        let moment = |at: usize| self.rows.get(at).map(|serial| self.person(*serial).created_ms);
        let above = at.checked_sub(1).and_then(moment);
        match (above, moment(at)) {
            (None, below) => {
                let newest = NEWEST_CONNECTION_MS + i64::from(serial - FIRST_INSERTED + 1) * MINUTE_MS;
                below.map_or(newest, |below| newest.max(below))
            }
            (Some(above), None) => above - MINUTE_MS,
            (Some(above), Some(below)) => below + (above - below) / 2_000 * 1_000,
        }
    }

    /// The connection with this serial.
    pub(crate) fn person(&self, serial: u32) -> Person {
        let mut person = person::row(self.seed, serial);
        if let Some(created_ms) = self.inserted.get(&serial) {
            person.created_ms = *created_ms;
        }
        person
    }

    /// Whether the id is that of a 1st-degree connection.
    pub(crate) fn contains(&self, id: &str) -> bool {
        self.serial_of(id).is_some()
    }

    fn serial_of(&self, id: &str) -> Option<u32> {
        let number = member::number_of(id)?;
        let serial = member::row_serial(number)?;
        let seeded = serial < self.seeded && !self.removed.contains(&serial);
        let listed = seeded || self.inserted.contains_key(&serial);
        (listed && member::mint(self.seed, number) == id).then_some(serial)
    }

    fn position(&self, id: &str) -> Option<usize> {
        let serial = self.serial_of(id)?;
        self.rows.iter().position(|row| *row == serial)
    }

    /// Up to `count` people from `start` of the list in this order, narrowed by the keyword.
    pub(crate) fn page(&mut self, sort: Sort, keyword: &str, start: usize, count: usize) -> Vec<Person> {
        let keyword = keyword.trim().to_lowercase();
        if sort == Sort::RecentlyAdded && keyword.is_empty() {
            return self.rows.iter().skip(start).take(count).map(|serial| self.person(*serial)).collect();
        }
        let order = self.order(sort, keyword);
        order.iter().skip(start).take(count).map(|serial| self.person(*serial)).collect()
    }

    fn order(&mut self, sort: Sort, keyword: String) -> Arc<Vec<u32>> {
        let key = (sort, keyword);
        if let Some(order) = self.orders.get(&key) {
            return Arc::clone(order);
        }
        let seed = self.seed;
        let people = self.rows.iter().map(|serial| (*serial, self.person(*serial)));
        let mut rows: Vec<(String, u32)> = people
            .filter(|(_, person)| matches(person, &key.1))
            .map(|(serial, person)| (sort_key(sort, seed, serial, &person), serial))
            .collect();
        if sort != Sort::RecentlyAdded {
            rows.sort();
        }
        let order = Arc::new(rows.into_iter().map(|(_, serial)| serial).collect::<Vec<_>>());
        self.orders.put(key, Arc::clone(&order));
        order
    }
}

/// Which fields the site searches is not known; this is the widest reading of the reports: names and headline.
fn matches(person: &Person, keyword: &str) -> bool {
    keyword.is_empty()
        || [&person.first_name, &person.last_name, &person.headline, &person.full_name()]
            .iter()
            .any(|field| field.to_lowercase().contains(keyword))
}

fn sort_key(sort: Sort, seed: u64, serial: u32, person: &Person) -> String {
    let (first, last) = (person.first_name.trim().to_lowercase(), person.last_name.trim().to_lowercase());
    match sort {
        Sort::RecentlyAdded => String::new(),
        Sort::FirstName => format!("{first}\u{0}{last}"),
        Sort::LastName => format!("{last}\u{0}{first}"),
        Sort::Unstated => format!("{:016x}", draw(seed, u64::from(serial), 8)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ids(people: &[Person]) -> Vec<String> {
        people.iter().map(|person| person.id.clone()).collect()
    }

    fn shifted(network: &mut Network, shift: serde_json::Value) {
        network.shift(&serde_json::from_value(shift).unwrap()).unwrap();
    }

    #[test]
    fn a_shift_moves_the_rows_by_as_many() {
        let mut network = Network::new(1, 50);
        let before = ids(&network.page(Sort::RecentlyAdded, "", 0, 50));
        shifted(&mut network, json!({ "insert": 2 }));
        let after = ids(&network.page(Sort::RecentlyAdded, "", 0, 100));
        assert_eq!(after.len(), 52);
        assert_eq!(after[2..], before[..]);
        shifted(&mut network, json!({ "remove": 3 }));
        assert_eq!(ids(&network.page(Sort::RecentlyAdded, "", 0, 100)), before[1..]);
        assert!(!network.contains(&before[0]) && !network.contains(&after[0]));
        assert!(network.contains(&before[1]));
        shifted(&mut network, json!({ "remove": 1_000 }));
        assert_eq!(network.len(), 0);
    }

    #[test]
    fn rows_change_in_the_middle_and_stay_in_the_order_of_their_moments() {
        let mut network = Network::new(1, 200);
        let before = ids(&network.page(Sort::RecentlyAdded, "", 0, 200));
        shifted(&mut network, json!({ "insert": 3, "at": 100 }));
        shifted(&mut network, json!({ "insert": 1, "at": 9_999 }));
        shifted(&mut network, json!({ "insert": 1 }));
        shifted(&mut network, json!({ "remove": 2, "id": before[150] }));
        let people = network.page(Sort::RecentlyAdded, "", 0, 500);
        let after = ids(&people);
        assert_eq!(after.len(), 203);
        assert_eq!(
            (&after[1..101], &after[104..154], &after[154..202]),
            (&before[..100], &before[100..150], &before[152..])
        );
        assert!(people.is_sorted_by(|above, below| above.created_ms >= below.created_ms));
        assert!(people.iter().all(|person| person.created_ms % 1_000 == 0 && network.contains(&person.id)));
        let gone: Shift = serde_json::from_value(json!({ "remove": 1, "id": before[150] })).unwrap();
        assert!(network.shift(&gone).is_err());
    }

    #[test]
    fn nobody_is_inserted_who_would_be_a_stranger() {
        let mut network = Network::new(1, 5);
        network.next_inserted = member::SERIALS - 2;
        let shift: Shift = serde_json::from_value(json!({ "remove": 1, "insert": 3 })).unwrap();
        assert!(network.shift(&shift).is_err());
        assert_eq!(network.len(), 5, "what is refused changes nothing");
        shifted(&mut network, json!({ "insert": 2 }));
        let last = network.page(Sort::RecentlyAdded, "", 0, 1).remove(0);
        assert!(network.contains(&last.id));
    }

    #[test]
    fn an_order_that_was_kept_is_as_one_made_anew() {
        let mut network = Network::new(5, 400);
        let cases = [
            (Sort::FirstName, ""),
            (Sort::LastName, "john"),
            (Sort::Unstated, ""),
            (Sort::RecentlyAdded, "a"),
        ];
        let lists =
            |network: &mut Network| cases.map(|(sort, keyword)| ids(&network.page(sort, keyword, 0, 999)));
        lists(&mut network);
        shifted(&mut network, json!({ "remove": 30, "insert": 70, "at": 20 }));
        shifted(&mut network, json!({ "remove": 40, "insert": 1, "at": 50 }));
        let kept = lists(&mut network);
        network.orders = Kept::default();
        assert_eq!(kept, lists(&mut network));
        assert_eq!(kept[0].len(), 401);
    }

    #[test]
    fn every_order_holds_the_same_people() {
        let mut network = Network::new(3, 300);
        let sorts = [Sort::RecentlyAdded, Sort::FirstName, Sort::LastName, Sort::Unstated];
        let lists: Vec<Vec<String>> =
            sorts.iter().map(|sort| ids(&network.page(*sort, "", 0, 500))).collect();
        for list in &lists[1..] {
            assert_ne!(list, &lists[0]);
            let (mut a, mut b) = (list.clone(), lists[0].clone());
            a.sort();
            b.sort();
            assert_eq!(a, b);
        }
    }
}
