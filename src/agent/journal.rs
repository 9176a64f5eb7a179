//! The journal: which parts of the state are stored under which key, and what changed between two states.
//!
//! The driver compares the state before and after a step and writes what differs, all of it before any effect of that
//! step. Records that can't be read are set aside under another key, told of, and never dropped in silence.

use crate::agent::entry::Entry;
use crate::agent::ledger::Ledger;
use crate::agent::settings::Settings;
use crate::agent::slots::Slots;
use crate::agent::state::State;
use crate::json;
use crate::ports::{Area, Write};
use std::rc::Rc;

const PAIRING: &str = "pairing";
const SETTINGS: &str = "settings";
const PACE: &str = "pace";
const INVITATIONS: &str = "invitations";
const BREAKERS: &str = "breakers";
const RECENT: &str = "recent";
const PROBE: &str = "probe";
const TASK: &str = "task:";
const TOMBSTONES: &str = "tombstones:";
const ASIDE: &str = "aside:";
const SESSION: &str = "session";
const ACCOUNT: &str = "account";
const CURSORS: &str = "cursors";
const WAITS: &str = "waits";
const WAY: &str = "way";

/// The writes that turn the stored form of `before` into that of `after`.
#[must_use]
pub fn changes(before: &State, after: &State) -> Vec<Write> {
    let mut writes = Vec::new();
    let local = |key: &str, value: Option<String>| Write { area: Area::Local, key: key.to_owned(), value };
    let session =
        |key: &str, value: Option<String>| Write { area: Area::Session, key: key.to_owned(), value };
    let mut tasks = Vec::new();
    differences(&before.tasks, &after.tasks, |task, entry| {
        tasks.push(local(&format!("{TASK}{task}"), entry.map(|entry| entry.to_record())));
    });
    writes.append(&mut tasks);
    differences(&before.tombstones, &after.tombstones, |day, tombstones| {
        tasks.push(local(&format!("{TOMBSTONES}{day}"), tombstones.map(json::write)));
    });
    writes.append(&mut tasks);
    if before.pairing != after.pairing {
        writes.push(local(PAIRING, after.pairing.as_deref().map(json::write)));
    }
    if before.settings != after.settings {
        writes.push(local(SETTINGS, Some(json::write(&after.settings))));
    }
    if before.pace != after.pace {
        writes.push(local(PACE, Some(json::write(&after.pace))));
    }
    if before.ledger != after.ledger {
        writes.push(local(INVITATIONS, Some(json::write(&after.ledger))));
    }
    if before.breakers != after.breakers {
        writes.push(local(BREAKERS, Some(json::write(&after.breakers))));
    }
    if before.recent != after.recent {
        writes.push(local(RECENT, Some(json::write(after.recent.as_ref()))));
    }
    for key in before.set_aside.iter().filter(|key| !after.set_aside.contains(key)) {
        writes.push(local(key, None));
    }
    if before.storage_probes != after.storage_probes {
        writes.push(local(PROBE, Some(after.storage_probes.to_string())));
    }
    if before.session != after.session {
        writes.push(session(SESSION, Some(after.session.clone())));
    }
    if before.account != after.account {
        writes.push(session(ACCOUNT, after.account.clone()));
    }
    if before.waits != after.waits {
        writes.push(session(WAITS, Some(json::write(&after.waits))));
    }
    if before.other_way != after.other_way {
        writes.push(session(WAY, after.other_way.as_ref().map(json::write)));
    }
    if before.cursors != after.cursors {
        writes.push(session(CURSORS, Some(json::write(after.cursors.as_ref()))));
    }
    writes
}

/// Reads the stored state. Returns it with the writes that set unreadable records aside.
#[must_use]
pub fn load(local: Vec<(String, String)>, session: Vec<(String, String)>) -> (State, Vec<Write>) {
    let mut state = State::default();
    let mut writes = Vec::new();
    for (key, value) in local {
        if key.starts_with(ASIDE) {
            state.set_aside.push(key);
        } else if !take_local(&mut state, &key, &value) {
            let aside = format!("{ASIDE}{key}");
            state.set_aside.push(aside.clone());
            writes.push(Write { area: Area::Local, key: aside, value: Some(value) });
            writes.push(stricter(&mut state, key));
        }
    }
    for (key, value) in session {
        match key.as_str() {
            SESSION => state.session = value,
            ACCOUNT => state.account = Some(value),
            WAITS => state.waits = json::read(&value).unwrap_or_default(),
            WAY => state.other_way = json::read(&value),
            CURSORS => state.cursors = Rc::new(json::read(&value).unwrap_or_default()),
            _ => {}
        }
    }
    (state, writes)
}

/// Whether the record was understood. A key that isn't ours is left alone.
fn take_local(state: &mut State, key: &str, value: &str) -> bool {
    if let Some(task) = key.strip_prefix(TASK) {
        let entry = Entry::from_record(value).filter(|entry| entry.task == task);
        return entry.map(|entry| state.tasks.insert(task, Rc::new(entry))).is_some();
    }
    if let Some(day) = key.strip_prefix(TOMBSTONES) {
        return json::read(value).map(|all| state.tombstones.insert(day, Rc::new(all))).is_some();
    }
    match key {
        PAIRING => json::read(value).map(|pairing| state.pairing = Some(Rc::new(pairing))).is_some(),
        SETTINGS => json::read(value).map(|settings| state.settings = settings).is_some(),
        INVITATIONS => json::read(value).map(|ledger| state.ledger = ledger).is_some(),
        PACE => json::read(value).map(|pace| state.pace = pace).is_some(),
        BREAKERS => json::read(value).map(|breakers| state.breakers = breakers).is_some(),
        RECENT => json::read(value).map(|recent| state.recent = Rc::new(recent)).is_some(),
        _ => true,
    }
}

/// What takes the place of a record that was set aside: nothing laxer than it can have been.
fn stricter(state: &mut State, key: String) -> Write {
    let value = match key.as_str() {
        SETTINGS => {
            state.settings = Settings::unreadable();
            Some(json::write(&state.settings))
        }
        INVITATIONS => {
            state.ledger = Ledger::unreadable();
            Some(json::write(&state.ledger))
        }
        _ => None,
    };
    Write { area: Area::Local, key, value }
}

fn differences<V: PartialEq>(
    before: &Slots<Rc<V>>,
    after: &Slots<Rc<V>>,
    mut changed: impl FnMut(&str, Option<&V>),
) {
    for (key, value) in after.iter() {
        let same = before.get(key).is_some_and(|old| Rc::ptr_eq(old, value) || old == value);
        if !same {
            changed(key, Some(value));
        }
    }
    for (key, _) in before.iter().filter(|(key, _)| !after.contains(key)) {
        changed(key, None);
    }
}
