//! The signed-in member's 1st-degree connections: which rows there are, in which order, and how they shift.

use std::collections::HashMap;
use std::sync::Arc;

use crate::chance::draw;
use crate::member;
use crate::person::{self, FIRST_INSERTED, Person};

/// The orders the list endpoint knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

/// The rows, newest first: those put at the head by `shift`, then the seeded ones that are left.
#[derive(Debug)]
pub(crate) struct Network {
    seed: u64,
    inserted: Vec<u32>,
    next_inserted: u32,
    first_seeded: u32,
    end_seeded: u32,
    /// Orders that need every row's name, kept until the rows change.
    orders: HashMap<(Sort, String), Arc<Vec<u32>>>,
}

/// Orders kept at once; a client that searches for ever new words must not fill the memory.
const KEPT_ORDERS: usize = 16;

impl Network {
    pub(crate) fn new(seed: u64, connections: u32) -> Self {
        Self {
            seed,
            inserted: Vec::new(),
            next_inserted: FIRST_INSERTED,
            first_seeded: 0,
            end_seeded: connections,
            orders: HashMap::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.inserted.len() + (self.end_seeded - self.first_seeded) as usize
    }

    /// Takes `remove` rows from the head, then puts `insert` new people there.
    pub(crate) fn shift(&mut self, insert: u32, remove: u32) {
        for _ in 0..remove {
            if self.inserted.pop().is_none() {
                self.first_seeded = (self.first_seeded + 1).min(self.end_seeded);
            }
        }
        for _ in 0..insert {
            self.inserted.push(self.next_inserted);
            self.next_inserted += 1;
        }
        self.orders.clear();
    }

    /// Whether the id is that of a 1st-degree connection.
    pub(crate) fn contains(&self, id: &str) -> bool {
        let Some(number) = member::number_of(id) else { return false };
        let Some(serial) = member::row_serial(number) else { return false };
        let listed = if serial >= FIRST_INSERTED {
            self.inserted.contains(&serial)
        } else {
            (self.first_seeded..self.end_seeded).contains(&serial)
        };
        listed && member::mint(self.seed, number) == id
    }

    /// Up to `count` people from `start` of the list in this order, narrowed by the keyword.
    pub(crate) fn page(&mut self, sort: Sort, keyword: &str, start: usize, count: usize) -> Vec<Person> {
        let keyword = keyword.trim().to_lowercase();
        if sort == Sort::RecentlyAdded && keyword.is_empty() {
            return (start..self.len())
                .take(count)
                .filter_map(|at| self.serial_at(at))
                .map(|serial| person::row(self.seed, serial))
                .collect();
        }
        let order = self.order(sort, keyword);
        order.iter().skip(start).take(count).map(|serial| person::row(self.seed, *serial)).collect()
    }

    fn serial_at(&self, at: usize) -> Option<u32> {
        match at.checked_sub(self.inserted.len()) {
            None => self.inserted.iter().rev().nth(at).copied(),
            Some(rest) => {
                let serial = self.first_seeded.checked_add(u32::try_from(rest).ok()?)?;
                (serial < self.end_seeded).then_some(serial)
            }
        }
    }

    fn order(&mut self, sort: Sort, keyword: String) -> Arc<Vec<u32>> {
        let key = (sort, keyword);
        if let Some(order) = self.orders.get(&key) {
            return Arc::clone(order);
        }
        let seed = self.seed;
        let people = (0..self.len())
            .filter_map(|at| self.serial_at(at))
            .map(|serial| (serial, person::row(seed, serial)));
        let mut rows: Vec<(String, u32)> = people
            .filter(|(_, person)| matches(person, &key.1))
            .map(|(serial, person)| (sort_key(sort, seed, serial, &person), serial))
            .collect();
        if sort != Sort::RecentlyAdded {
            rows.sort();
        }
        let order = Arc::new(rows.into_iter().map(|(_, serial)| serial).collect::<Vec<_>>());
        if self.orders.len() >= KEPT_ORDERS {
            self.orders.clear();
        }
        self.orders.insert(key, Arc::clone(&order));
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

    fn ids(people: &[Person]) -> Vec<String> {
        people.iter().map(|person| person.id.clone()).collect()
    }

    #[test]
    fn a_shift_moves_the_rows_by_as_many() {
        let mut network = Network::new(1, 50);
        let before = ids(&network.page(Sort::RecentlyAdded, "", 0, 50));
        network.shift(2, 0);
        let after = ids(&network.page(Sort::RecentlyAdded, "", 0, 100));
        assert_eq!(after.len(), 52);
        assert_eq!(after[2..], before[..]);
        network.shift(0, 3);
        assert_eq!(ids(&network.page(Sort::RecentlyAdded, "", 0, 100)), before[1..]);
        assert!(!network.contains(&before[0]));
        assert!(network.contains(&before[1]));
        network.shift(0, 1_000);
        assert_eq!(network.len(), 0);
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
