//! The data itself: what keys hold, and what committed commands do to it.
use super::types::{Answer, Command};
use crate::steps::{Held, Version};
use harness::Key;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of a key that was never written: no entry that changes a key has this index, since
/// the first entry of every log is the membership.
pub(crate) const NEVER_WRITTEN: Version = 0;

/// What a key holds, and since which entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Versioned {
    pub(crate) held: Held,
    pub(crate) version: Version,
}

/// All keys. An absent key has never been written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Store(BTreeMap<Key, Versioned>);

impl Store {
    pub(crate) fn get(&self, key: Key) -> Option<&Held> {
        self.0.get(&key).map(|versioned| &versioned.held)
    }

    pub(crate) fn version(&self, key: Key) -> Version {
        self.0
            .get(&key)
            .map_or(NEVER_WRITTEN, |versioned| versioned.version)
    }

    fn put(&mut self, key: Key, held: Held, version: Version) {
        self.0.insert(key, Versioned { held, version });
    }

    /// What the command in entry `index` does; the same on every node, for it depends on nothing else.
    pub(crate) fn apply(&mut self, index: u64, command: Command) -> Answer {
        match command {
            Command::Write { key, value } => {
                self.put(key, Held::Number(value), index);
                Answer::Written
            }
            Command::Cas { key, from, to } => {
                let found = match self.get(key) {
                    None => None,
                    Some(Held::Number(found)) => Some(*found),
                    Some(Held::List(_)) => return Answer::NotANumber,
                };
                let swapped = found == Some(from);
                if swapped {
                    self.put(key, Held::Number(to), index);
                }
                Answer::Compared { found, swapped }
            }
            Command::Commit { reads, writes } => {
                let is_done = reads
                    .iter()
                    .all(|(key, version)| self.version(*key) == *version);
                if is_done {
                    for (key, held) in writes {
                        self.put(key, held, index);
                    }
                }
                Answer::Committed { is_done }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::Value;
    use std::sync::Arc;

    fn list(members: &[Value]) -> Held {
        Held::List(Arc::new(members.to_vec()))
    }

    fn commit(reads: &[(Key, Version)], writes: &[(Key, Held)]) -> Command {
        Command::Commit {
            reads: reads.to_vec(),
            writes: writes.to_vec(),
        }
    }

    #[test]
    fn a_compare_and_set_answers_what_it_found() {
        let check = |held: Option<Value>, answer: Answer, holds: Option<Value>| {
            let mut store = Store::default();
            if let Some(value) = held {
                store.apply(1, Command::Write { key: 4, value });
            }
            let (from, to) = (1, 2);
            assert_eq!(store.apply(2, Command::Cas { key: 4, from, to }), answer);
            assert_eq!(store.get(4).cloned(), holds.map(Held::Number));
        };
        let compared = |found, swapped| Answer::Compared { found, swapped };
        check(Some(1), compared(Some(1), true), Some(2));
        check(Some(5), compared(Some(5), false), Some(5));
        check(None, compared(None, false), None);
    }

    #[test]
    fn a_commit_whose_reads_are_out_of_date_changes_nothing() {
        let mut store = Store::default();
        store.apply(5, Command::Write { key: 1, value: 7 });
        let before = store.clone();
        let stale = commit(&[(1, 4)], &[(1, Held::Number(8)), (2, list(&[1]))]);
        assert_eq!(store.apply(6, stale), Answer::Committed { is_done: false });
        assert_eq!(store, before);
    }

    #[test]
    fn one_read_out_of_date_is_enough_even_of_a_key_that_is_not_written() {
        let mut store = Store::default();
        store.apply(5, Command::Write { key: 1, value: 7 });
        store.apply(6, Command::Write { key: 2, value: 7 });
        let skewed = commit(&[(1, 5), (2, NEVER_WRITTEN)], &[(1, Held::Number(8))]);
        assert_eq!(store.apply(7, skewed), Answer::Committed { is_done: false });
        let fresh = commit(&[(1, 5), (2, 6)], &[(1, Held::Number(8))]);
        assert_eq!(store.apply(8, fresh), Answer::Committed { is_done: true });
    }

    #[test]
    fn every_change_gives_a_key_a_new_version_even_if_it_holds_the_same_again() {
        let mut store = Store::default();
        assert_eq!(store.version(1), NEVER_WRITTEN);
        store.apply(5, Command::Write { key: 1, value: 7 });
        assert_eq!(store.version(1), 5);
        let (key, from, to) = (1, 7, 7);
        store.apply(6, Command::Cas { key, from, to });
        assert_eq!(store.version(1), 6);
        store.apply(9, commit(&[(1, 6)], &[(1, Held::Number(7))]));
        assert_eq!(store.version(1), 9);
    }

    #[test]
    fn a_list_is_no_number_to_compare_with() {
        let mut store = Store::default();
        store.apply(5, commit(&[], &[(1, list(&[7]))]));
        let (key, from, to) = (1, 7, 8);
        assert_eq!(
            store.apply(6, Command::Cas { key, from, to }),
            Answer::NotANumber
        );
        assert_eq!(store.get(1), Some(&list(&[7])));
    }

    #[test]
    fn lists_and_versions_survive_being_written_down() {
        let mut store = Store::default();
        store.apply(5, commit(&[], &[(1, list(&[7, 8])), (2, list(&[]))]));
        store.apply(6, Command::Write { key: 3, value: -1 });
        let text = serde_json::to_string(&store).expect("plain data");
        let read: Store = serde_json::from_str(&text).expect("our own");
        assert_eq!(read, store, "{text}");
    }
}
