//! From stored records to the state a worker starts with, and the writes that put storage in order.

use super::record::{Opened, open};
use super::{ACCOUNT, ASIDE, CURSORS, NOTE, RECENT, SESSION, SIGNALS, WAITS, WAY, in_order, write};
use crate::agent::aside::{BREAKERS, INVITATIONS, LOG, LOST, PACE, PAIRING, SETTINGS, TASK, TOMBSTONES};
use crate::agent::entry::Entry;
use crate::agent::settings::Settings;
use crate::agent::state::State;
use crate::config::{ASIDE_BYTES, ASIDE_RECORD_BYTES};
use crate::json;
use crate::ports::{Area, Write};
use serde::de::DeserializeOwned;
use std::rc::Rc;

/// What of a pairing's records is always there.
const ALWAYS: [&str; 4] = [SETTINGS, PACE, INVITATIONS, BREAKERS];

/// A load in the making.
#[derive(Default)]
struct Loading {
    state: State,
    writes: Vec<Write>,
    /// The keys that hold a record that was understood.
    found: Vec<String>,
    /// Bytes that are set aside.
    aside: usize,
}

/// Reads the stored state. Returns it with the writes that renew records of an older version, set aside those that
/// can't be read, and take back those that can be read by now.
#[must_use]
pub fn load(local: Vec<(String, String)>, session: Vec<(String, String)>) -> (State, Vec<Write>) {
    let (asides, own): (Vec<_>, Vec<_>) = local.into_iter().partition(|(key, _)| key.starts_with(ASIDE));
    let aside = asides.iter().map(|(_, value)| value.len()).sum();
    let mut loading = Loading { aside, ..Loading::default() };
    let pairing_is_old = own.iter().any(|(key, value)| key == PAIRING && is_old(key, value));
    for (key, value) in own.iter().filter(|(key, _)| is_ours(key)) {
        let opened = open(key, value, mark_of(key, pairing_is_old));
        if !loading.take(key, opened, false) {
            let is_news = !asides.iter().any(|(aside, _)| aside.strip_prefix(ASIDE) == Some(key));
            loading.set_aside(key, value, opened == Opened::Later, is_news);
        }
    }
    // The name is in the key, so what the value has become doesn't matter.
    loading.state.lost =
        own.iter().filter_map(|(key, _)| key.strip_prefix(LOST)).map(str::to_owned).collect();
    for (aside, value) in &asides {
        let key = aside.strip_prefix(ASIDE).unwrap_or_default();
        let opened = open(key, value, None);
        let is_free = !loading.found.iter().any(|found| found == key);
        if is_free && loading.take(key, opened, true) {
            loading.writes.push(write(Area::Local, aside, None));
        } else {
            loading.state.set_aside.add(key);
            loading.state.set_aside.later |= opened == Opened::Later;
        }
    }
    loading.miss(pairing_is_old);
    for (key, value) in &session {
        match key.strip_prefix(NOTE) {
            Some(task) => loading.take_note(task, key, value),
            None => take_session(&mut loading.state, key, value),
        }
    }
    (loading.state, in_order(loading.writes))
}

impl Loading {
    /// Whether the record was understood. One that comes back, is of the first release, or has a note in it is written
    /// anew.
    fn take(&mut self, key: &str, opened: Opened<'_>, is_back: bool) -> bool {
        let (Opened::Whole(record) | Opened::Bare(record)) = opened else { return false };
        if !take_local(&mut self.state, key, record) {
            return false;
        }
        self.found.push(key.to_owned());
        let entry = key.strip_prefix(TASK).and_then(|task| self.state.tasks.get(task));
        let noted = entry.and_then(|entry| Some((entry, entry.note_record()?)));
        if let Some((entry, note)) = noted {
            self.writes.push(write(Area::Session, &format!("{NOTE}{}", entry.task), Some(&note)));
            self.writes.push(write(Area::Local, key, Some(&entry.to_record())));
        } else if is_back || matches!(opened, Opened::Bare(_)) {
            self.writes.push(write(Area::Local, key, Some(record)));
        }
        true
    }

    /// Gives an entry its note. One that nothing wants, and that isn't written anew, is removed.
    fn take_note(&mut self, task: &str, key: &str, value: &str) {
        let entry = self.state.entry_mut(task);
        let is_wanted = match (entry, open(key, value, None)) {
            (Some(entry), Opened::Whole(record)) => entry.recall_note(record),
            _ => false,
        };
        if !is_wanted && !self.writes.iter().any(|write| write.key == key) {
            self.writes.push(write(Area::Session, key, None));
        }
    }

    /// Moves a record out of the way: one of a later version as it is, of a damaged one the beginning, as long as there
    /// is room. Where one was set aside before, that one is kept.
    fn set_aside(&mut self, key: &str, value: &str, is_later: bool, is_news: bool) {
        let room = ASIDE_RECORD_BYTES.min(ASIDE_BYTES.saturating_sub(self.aside));
        let kept = if is_later { value } else { beginning(value, room) };
        if is_news {
            let aside = format!("{ASIDE}{key}");
            self.writes.push(Write { area: Area::Local, key: aside, value: Some(kept.to_owned()) });
            self.aside += kept.len();
        }
        self.writes.push(write(Area::Local, key, None));
        self.state.set_aside.add(key);
        self.state.set_aside.later |= is_later;
    }

    /// Notes what should be there and isn't. The first release wrote some records only when they changed.
    fn miss(&mut self, pairing_is_old: bool) {
        let state = &mut self.state;
        let missing = ALWAYS.into_iter().filter(|key| !self.found.iter().any(|found| found == key));
        for key in missing {
            if pairing_is_old && !state.set_aside.has(key) {
                let default = match key {
                    SETTINGS => json::write(&state.settings),
                    PACE => json::write(&state.pace),
                    INVITATIONS => json::write(&state.ledger),
                    _ => json::write(&state.breakers),
                };
                self.writes.push(write(Area::Local, key, Some(&default)));
            } else if state.pairing.is_some() {
                state.set_aside.add(key);
            }
        }
        // Nothing laxer than it can have been takes the place of what is gone.
        if state.set_aside.has(SETTINGS) {
            state.settings = Settings::unreadable();
        }
        if state.set_aside.has(INVITATIONS) || state.set_aside.has(PACE) {
            state.ledger.lose();
            if !state.set_aside.has(INVITATIONS) {
                // The next worker may find the other record well again.
                self.writes.push(write(Area::Local, INVITATIONS, Some(&json::write(&state.ledger))));
            }
        }
    }
}

fn is_old(key: &str, value: &str) -> bool {
    matches!(open(key, value, mark_of(key, true)), Opened::Bare(_))
}

/// A key that isn't ours is left alone; so is the one of which only counts that it is written.
fn is_ours(key: &str) -> bool {
    let is_one = ALWAYS.contains(&key) || matches!(key, PAIRING | RECENT);
    is_one || [TASK, TOMBSTONES, LOG].iter().any(|start| key.starts_with(start))
}

/// What the first release always wrote into a record of this key. It had no log. Its lists could be empty, but beside
/// a pairing of this version an empty one is none of its.
fn mark_of(key: &str, pairing_is_old: bool) -> Option<&'static str> {
    Some(match key {
        PAIRING => "\"bound_account\":",
        SETTINGS => "{\"paused\":",
        PACE => "\"invites\":",
        BREAKERS => "\"blocked_until\":",
        INVITATIONS => return None,
        _ if key.starts_with(TASK) => "{\"v\":1,",
        _ if key.starts_with(LOG) => return None,
        _ if pairing_is_old => "[",
        _ => "\"at\":",
    })
}

fn take_local(state: &mut State, key: &str, record: &str) -> bool {
    if let Some(task) = key.strip_prefix(TASK) {
        let entry = Entry::from_record(record).filter(|entry| entry.task == task);
        return entry.map(|entry| state.tasks.insert(task, Rc::new(entry))).is_some();
    }
    if let Some(day) = key.strip_prefix(TOMBSTONES) {
        return json::read(record).map(|all| state.tombstones.insert(day, Rc::new(all))).is_some();
    }
    if let Some(number) = key.strip_prefix(LOG) {
        Rc::make_mut(&mut state.log).insert(number, record);
        return true;
    }
    match key {
        PAIRING => json::read(record).map(|pairing| state.pairing = Some(Rc::new(pairing))).is_some(),
        SETTINGS => read_into(&mut state.settings, record),
        PACE => read_into(&mut state.pace, record),
        INVITATIONS => read_into(&mut state.ledger, record),
        BREAKERS => read_into(&mut state.breakers, record),
        _ => json::read(record).map(|recent| state.recent = Rc::new(recent)).is_some(),
    }
}

/// What a browser session's records tell is asked for again when they can't be read.
fn take_session(state: &mut State, key: &str, value: &str) {
    let Opened::Whole(record) = open(key, value, None) else { return };
    match key {
        SESSION => state.session = record.to_owned(),
        ACCOUNT => state.account = Some(record.to_owned()),
        WAITS => drop(read_into(&mut state.waits, record)),
        WAY => state.other_way = json::read(record),
        SIGNALS => drop(read_into(&mut state.signals, record)),
        CURSORS => state.cursors = Rc::new(json::read(record).unwrap_or_default()),
        _ => {}
    }
}

fn read_into<T: DeserializeOwned>(place: &mut T, record: &str) -> bool {
    json::read(record).map(|value| *place = value).is_some()
}

/// At most so many bytes of a text.
fn beginning(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
