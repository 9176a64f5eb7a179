//! The journal: which parts of the state are stored under which key, and what changed between two states.
//!
//! The driver compares the state before and after a step and writes what differs, all of it before any effect of that
//! step. Records that can't be read are set aside under another key, told of, and never dropped in silence; see
//! [`crate::agent::aside`] for what is missing then, and [`record`] for how a record is told from what is none.

mod load;
mod record;

pub use load::load;
pub use record::seal;

use crate::agent::aside::{BREAKERS, INVITATIONS, LOG, LOST, PACE, PAIRING, SETTINGS, TASK, TOMBSTONES};
use crate::agent::entry::Entry;
use crate::agent::slots::Slots;
use crate::agent::state::State;
use crate::json;
use crate::ports::{Area, Write};
use std::rc::Rc;

const RECENT: &str = "recent";
const PROBE: &str = "probe";
const ASIDE: &str = "aside:";
const SESSION: &str = "session";
const ACCOUNT: &str = "account";
const CURSORS: &str = "cursors";
const WAITS: &str = "waits";
const WAY: &str = "way";
const SIGNALS: &str = "signals";
/// The note of an invitation that is to be sent: one key a task.
const NOTE: &str = "note:";

/// The writes that turn the stored form of `before` into that of `after`.
#[must_use]
pub fn changes(before: &State, after: &State) -> Vec<Write> {
    let mut writes = notes(before, after);
    let mut put = |area, key: &str, value: Option<String>| writes.push(write(area, key, value.as_deref()));
    differences(&before.tasks, &after.tasks, |task, entry| {
        put(Area::Local, &format!("{TASK}{task}"), entry.map(|entry| entry.to_record()));
    });
    differences(&before.tombstones, &after.tombstones, |day, tombstones| {
        put(Area::Local, &format!("{TOMBSTONES}{day}"), tombstones.map(json::write));
    });
    differences(before.log.chunks(), after.log.chunks(), |number, text| {
        put(Area::Local, &format!("{LOG}{number}"), text.map(str::to_owned));
    });
    if before.pairing != after.pairing {
        put(Area::Local, PAIRING, after.pairing.as_deref().map(json::write));
    }
    // A pairing is never without these, so one that is missing is known to be lost: see `load`. What was set aside may
    // come back: nothing is put in its place until a person has cleared it.
    let is_new = before.pairing.is_none() && after.pairing.is_some();
    let due = |key: &str, changed: bool| {
        !after.set_aside.has(key) && (changed || is_new || before.set_aside.has(key))
    };
    if due(SETTINGS, before.settings != after.settings) {
        put(Area::Local, SETTINGS, Some(json::write(&after.settings)));
    }
    if due(PACE, before.pace != after.pace) {
        put(Area::Local, PACE, Some(json::write(&after.pace)));
    }
    if due(INVITATIONS, before.ledger != after.ledger) {
        put(Area::Local, INVITATIONS, Some(json::write(&after.ledger)));
    }
    if due(BREAKERS, before.breakers != after.breakers) {
        put(Area::Local, BREAKERS, Some(json::write(&after.breakers)));
    }
    let gone = before.lost.iter().filter(|task| !after.lost.contains(task)).map(|task| (task, None));
    let new =
        after.lost.iter().filter(|task| !before.lost.contains(task)).map(|task| (task, Some(String::new())));
    gone.chain(new).for_each(|(task, value)| put(Area::Local, &format!("{LOST}{task}"), value));
    if before.recent != after.recent {
        put(Area::Local, RECENT, Some(json::write(after.recent.as_ref())));
    }
    for key in before.set_aside.keys().filter(|key| !after.set_aside.has(key)) {
        put(Area::Local, &format!("{ASIDE}{key}"), None);
    }
    if before.storage_probes != after.storage_probes {
        put(Area::Local, PROBE, Some(after.storage_probes.to_string()));
    }
    writes.extend(of_the_session(before, after));
    writes
}

/// What lives as long as the browser, but for the notes.
fn of_the_session(before: &State, after: &State) -> Vec<Write> {
    let mut writes = Vec::new();
    let mut put = |key: &str, value: Option<String>| writes.push(write(Area::Session, key, value.as_deref()));
    if before.session != after.session {
        put(SESSION, Some(after.session.clone()));
    }
    if before.account != after.account {
        put(ACCOUNT, after.account.clone());
    }
    if before.waits != after.waits {
        put(WAITS, Some(json::write(&after.waits)));
    }
    if before.other_way != after.other_way {
        put(WAY, after.other_way.as_ref().map(json::write));
    }
    if before.signals != after.signals {
        put(SIGNALS, Some(json::write(&after.signals)));
    }
    if before.cursors != after.cursors {
        put(CURSORS, Some(json::write(after.cursors.as_ref())));
    }
    writes
}

fn notes(before: &State, after: &State) -> Vec<Write> {
    let mut writes = Vec::new();
    differences(&before.tasks, &after.tasks, |task, entry| {
        let note = entry.and_then(Entry::note_record);
        if note != before.tasks.get(task).and_then(|entry| entry.note_record()) {
            writes.push(write(Area::Session, &format!("{NOTE}{task}"), note.as_deref()));
        }
    });
    writes
}

/// The order in which a step is written: notes, then what lasts, then the rest of the session's, so that no worker ever
/// finds an entry whose note was not written yet, or is gone already.
#[must_use]
pub fn in_order(writes: Vec<Write>) -> Vec<Write> {
    // A sort would be 3 kB of WebAssembly more.
    let is_first =
        |write: &Write| write.area == Area::Session && write.key.starts_with(NOTE) && write.value.is_some();
    let (mut ordered, others): (Vec<_>, Vec<_>) = writes.into_iter().partition(is_first);
    let (local, session): (Vec<_>, Vec<_>) = others.into_iter().partition(|write| write.area == Area::Local);
    ordered.extend(local);
    ordered.extend(session);
    ordered
}

fn write(area: Area, key: &str, record: Option<&str>) -> Write {
    Write { area, key: key.to_owned(), value: record.map(|record| seal(key, record)) }
}

fn differences<V: PartialEq + ?Sized>(
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
