//! The latest few answers to costly questions: a client that asks ever new ones must not fill the memory.

/// How many are kept at once.
const MOST: usize = 16;

/// Values by their keys; where there are too many the oldest goes.
#[derive(Debug)]
pub(crate) struct Kept<K, V> {
    entries: Vec<(K, V)>,
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<K: PartialEq, V> Kept<K, V> {
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.entries.iter().find(|(kept, _)| kept == key).map(|(_, value)| value)
    }

    /// Keeps a value, in place of the one with its key if there is one.
    pub(crate) fn put(&mut self, key: K, value: V) {
        self.entries.retain(|(kept, _)| *kept != key);
        if self.entries.len() >= MOST {
            self.entries.remove(0);
        }
        self.entries.push((key, value));
    }

    pub(crate) fn entries_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.entries.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// Drops those whose key is not wanted any more.
    pub(crate) fn retain(&mut self, wanted: impl Fn(&K) -> bool) {
        self.entries.retain(|(key, _)| wanted(key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_alone() {
        let mut kept = Kept::default();
        for key in 0..MOST {
            kept.put(key, "first");
        }
        kept.put(1, "again");
        kept.put(MOST, "first");
        assert_eq!((kept.get(&0), kept.get(&1), kept.get(&2)), (None, Some(&"again"), Some(&"first")));
        kept.put(MOST + 1, "first");
        assert_eq!((kept.get(&1), kept.get(&2)), (Some(&"again"), None));
    }
}
