//! Storage in memory: writes that fail by script, and a power cut that forgets the last of them.

use super::FakeWorld;
use liaison::ports::{Area, Store, StoreFailure, Write};
use std::collections::BTreeMap;
use std::rc::Rc;

type Records = BTreeMap<String, Rc<str>>;

/// Both areas.
#[derive(Default)]
pub struct Disk {
    local: Records,
    session: Records,
    /// What `local` was before each write since the browser started.
    history: Vec<Records>,
    /// How often writes were asked for.
    pub writes: u32,
    /// Fails the writes of these numbers, from 1.
    pub fails: Vec<u32>,
    /// Of writes that fail, so many keys are applied all the same.
    pub partly: usize,
    /// Fails every write while set.
    pub broken: bool,
    /// Fails every read while set.
    pub unreadable: bool,
    /// Every value that `local` ever had, overwritten ones too: LevelDB keeps them in its file.
    ever: Vec<Rc<str>>,
}

impl Disk {
    /// A record, without its seal.
    pub fn local(&self, key: &str) -> Option<&str> {
        self.raw(key).map(|value| {
            value.split_once('\n').filter(|(seal, _)| seal.len() == 18).map_or(value, |(_, record)| record)
        })
    }

    /// What is stored under a key.
    pub fn raw(&self, key: &str) -> Option<&str> {
        self.local.get(key).map(AsRef::as_ref)
    }

    /// Forges a record: whole, and of any content.
    pub fn forge(&mut self, key: &str, record: &str) {
        self.put(key, &liaison::agent::journal::seal(key, record));
    }

    /// Puts a record of the session there from outside.
    pub fn put_in_session(&mut self, key: &str, value: &str) {
        self.session.insert(key.to_owned(), value.into());
    }

    /// Empties both areas from outside.
    pub fn wipe(&mut self) {
        self.local.clear();
        self.session.clear();
    }

    /// Everything in `storage.local`, to be put into another world with [`Disk::put`].
    pub fn records(&self) -> Vec<(String, String)> {
        self.local.iter().map(|(key, value)| (key.clone(), value.to_string())).collect()
    }

    /// What Chrome counts against its quota: each key, and each value as JSON.
    pub fn quota_bytes(&self) -> usize {
        let json = |value: &str| serde_json::to_string(value).map_or(0, |json| json.len());
        self.local.iter().map(|(key, value)| key.len() + json(value)).sum()
    }

    /// Puts a record there from outside.
    pub fn put(&mut self, key: &str, value: &str) {
        self.local.insert(key.to_owned(), value.into());
    }

    /// Puts a record under another key from outside.
    pub fn rename(&mut self, from: &str, to: &str) {
        if let Some(value) = self.local.remove(from) {
            self.local.insert(to.to_owned(), value);
        }
    }

    /// The keys of `storage.local`.
    pub fn keys(&self) -> Vec<&str> {
        self.local.keys().map(String::as_str).collect()
    }

    /// Everything in both areas as one text, to look for what must not be there.
    pub fn all_text(&self) -> String {
        let all = self.local.iter().chain(&self.session);
        all.map(|(key, value)| format!("{key}={value}\n")).collect()
    }

    /// Everything of an area is gone, as when a person clears the extension's data.
    pub fn wipe_area(&mut self, area: Area) {
        match area {
            Area::Local => self.local.clear(),
            Area::Session => self.session.clear(),
        }
    }

    /// The keys of either area under which a text is.
    pub fn keys_with(&self, text: &str) -> Vec<&str> {
        let all = self.local.iter().chain(&self.session);
        all.filter(|(_, value)| value.contains(text)).map(|(key, _)| key.as_str()).collect()
    }

    /// Whether a text was ever in `storage.local`.
    pub fn ever_held(&self, text: &str) -> bool {
        self.ever.iter().any(|value| value.contains(text))
    }

    /// What is stored in the session under a key.
    pub fn in_session(&self, key: &str) -> Option<&str> {
        self.session.get(key).map(AsRef::as_ref)
    }

    /// Removes a record of the session from outside.
    pub fn remove_from_session(&mut self, key: &str) {
        self.session.remove(key);
    }

    /// The browser ends and starts again; the last `lost` writes never reached the disk.
    pub fn restart_browser(&mut self, lost: usize) {
        let kept = self.history.len().saturating_sub(lost);
        if let Some(records) = self.history.get(kept) {
            self.local = records.clone();
        }
        self.session.clear();
        self.history.clear();
    }

    /// How many writes a power cut may take.
    pub fn unsynced(&self) -> usize {
        self.history.len()
    }

    /// The last write never reached the disk.
    pub fn forget_last(&mut self) {
        if let Some(records) = self.history.pop() {
            self.local = records;
        }
    }

    /// All writes so far have reached the disk.
    pub fn sync(&mut self) {
        self.history.clear();
    }

    fn set(&mut self, area: Area, writes: &[Write], values: bool) -> bool {
        let mut changed = false;
        let before = self.local.clone();
        for write in writes.iter().filter(|write| write.area == area && write.value.is_some() == values) {
            if area == Area::Local {
                self.ever.extend(write.value.as_deref().map(Rc::from));
            }
            let records = if area == Area::Local { &mut self.local } else { &mut self.session };
            match &write.value {
                Some(value) => drop(records.insert(write.key.clone(), value.as_str().into())),
                None => drop(records.remove(&write.key)),
            }
            changed = true;
        }
        if changed && area == Area::Local {
            self.history.push(before);
        }
        changed
    }
}

impl Store for FakeWorld {
    async fn load(&self, area: Area) -> Result<Vec<(String, String)>, StoreFailure> {
        self.point("store.load").await;
        let disk = self.disk.borrow();
        if disk.unreadable {
            return Err(StoreFailure);
        }
        let records = if area == Area::Local { &disk.local } else { &disk.session };
        Ok(records.iter().map(|(key, value)| (key.clone(), value.to_string())).collect())
    }

    async fn apply(&self, writes: Vec<Write>) -> Result<(), StoreFailure> {
        self.point("store.apply").await;
        {
            let mut disk = self.disk.borrow_mut();
            disk.writes += 1;
            if disk.broken || disk.fails.contains(&disk.writes) {
                let some: Vec<Write> = writes.into_iter().take(disk.partly).collect();
                for values in [true, false] {
                    disk.set(Area::Local, &some, values);
                    disk.set(Area::Session, &some, values);
                }
                return Err(StoreFailure);
            }
        }
        for run in writes.chunk_by(|one, next| one.area == next.area) {
            for values in [true, false] {
                let changed = self.disk.borrow_mut().set(run[0].area, run, values);
                if changed {
                    self.point("store.applied").await;
                }
            }
        }
        Ok(())
    }
}
