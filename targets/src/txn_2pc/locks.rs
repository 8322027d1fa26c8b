//! Shared and exclusive locks on keys, with deadlocks avoided by age: wound-wait.
use super::messages::TxnId;
use harness::Key;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a key is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Mode {
    /// To read: any number at a time.
    Shared,
    /// To write: alone.
    Exclusive,
}

impl Mode {
    fn fits(self, other: Mode) -> bool {
        self == Mode::Shared && other == Mode::Shared
    }
}

/// Which keys a transaction locks, each once.
pub(crate) type LockSet = BTreeMap<Key, Mode>;

/// All locks of one participant.
///
/// A transaction gets all of its locks here at once or waits for all of them. The younger waits for
/// the older; an older one that finds a younger holder in its way *wounds* it: the younger one is
/// aborted if it can still be (Rosenkrantz, Stearns and Lewis, *System level concurrency control
/// for distributed database systems*, TODS 1978). Nobody who may still be aborted is waited for by
/// an older one for long, and a decided one waits for nobody: so no cycle of waits lasts, across
/// all participants, and nobody has to look for one.
#[derive(Debug, Default)]
pub(crate) struct Locks {
    held: BTreeMap<Key, BTreeMap<TxnId, Mode>>,
    holders: BTreeMap<TxnId, LockSet>,
    waiting: BTreeMap<TxnId, LockSet>,
}

impl Locks {
    /// Queues a request; `grant` says when it has its locks.
    pub(crate) fn request(&mut self, id: TxnId, set: LockSet) {
        self.waiting.insert(id, set);
    }

    /// Gives locks to those who wait, the oldest first; nobody gets past an older one that wants the same.
    pub(crate) fn grant(&mut self) -> Vec<TxnId> {
        let mut granted = Vec::new();
        let mut wanted = LockSet::new();
        for (id, set) in &self.waiting {
            let is_free = set.iter().all(|(key, mode)| {
                let is_wanted = wanted.get(key).is_some_and(|older| !mode.fits(*older));
                let mut holders = self.held.get(key).into_iter().flatten();
                !is_wanted && holders.all(|(_, held)| mode.fits(*held))
            });
            if is_free {
                hold(&mut self.held, *id, set);
                granted.push(*id);
            } else {
                for (key, mode) in set {
                    let strongest = wanted.entry(*key).or_insert(*mode);
                    *strongest = (*strongest).max(*mode);
                }
            }
        }
        for id in &granted {
            let set = self.waiting.remove(id).expect("it was waiting above");
            self.holders.insert(*id, set);
        }
        granted
    }

    /// Holders that are in the way of an older one.
    pub(crate) fn wounded(&self) -> Vec<TxnId> {
        let mut wounded = Vec::new();
        for (id, set) in &self.waiting {
            for (key, mode) in set {
                let holders = self.held.get(key).into_iter().flatten();
                let in_the_way = holders.filter(|(holder, held)| id < holder && !mode.fits(**held));
                wounded.extend(in_the_way.map(|(holder, _)| *holder));
            }
        }
        wounded.sort();
        wounded.dedup();
        wounded
    }

    /// Gives locks whoever else holds them: those that were held before a restart.
    pub(crate) fn retake(&mut self, id: TxnId, set: LockSet) {
        hold(&mut self.held, id, &set);
        self.holders.insert(id, set);
    }

    /// What `id` holds.
    pub(crate) fn held_by(&self, id: TxnId) -> LockSet {
        self.holders.get(&id).cloned().unwrap_or_default()
    }

    /// Lets go of all that `id` holds or waits for.
    pub(crate) fn release(&mut self, id: TxnId) {
        self.waiting.remove(&id);
        for key in self.holders.remove(&id).unwrap_or_default().into_keys() {
            let Some(holders) = self.held.get_mut(&key) else {
                continue;
            };
            holders.remove(&id);
            if holders.is_empty() {
                self.held.remove(&key);
            }
        }
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }
}

fn hold(held: &mut BTreeMap<Key, BTreeMap<TxnId, Mode>>, id: TxnId, set: &LockSet) {
    for (key, mode) in set {
        held.entry(*key).or_default().insert(id, *mode);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn txn(born: u64) -> TxnId {
        TxnId {
            born,
            coordinator: 1,
            epoch: 1,
            number: born,
        }
    }

    /// `"1x 2s"`: key 1 exclusively, key 2 shared.
    fn set(text: &str) -> LockSet {
        let lock = |word: &str| {
            let (key, mode) = word.split_at(word.len() - 1);
            let mode = match mode {
                "s" => Mode::Shared,
                _ => Mode::Exclusive,
            };
            (key.parse().expect("a key"), mode)
        };
        text.split_whitespace().map(lock).collect()
    }

    /// Requests in turn, each with who gets locks then, and who is wounded.
    fn check(turns: &[(u64, &str, &[u64], &[u64])]) -> Locks {
        let mut locks = Locks::default();
        for (born, text, granted, wounded) in turns {
            locks.request(txn(*born), set(text));
            let born_of = |ids: Vec<TxnId>| ids.iter().map(|id| id.born).collect::<Vec<u64>>();
            assert_eq!(born_of(locks.grant()), *granted, "{born} {text}");
            assert_eq!(born_of(locks.wounded()), *wounded, "{born} {text}");
        }
        locks
    }

    #[test]
    fn readers_share_and_writers_do_not() {
        check(&[(1, "1s", &[1], &[]), (2, "1s", &[2], &[])]);
        check(&[(1, "1s", &[1], &[]), (2, "1x", &[], &[])]);
        check(&[(1, "1x", &[1], &[]), (2, "1s", &[], &[])]);
        check(&[(1, "1x", &[1], &[]), (2, "2x", &[2], &[])]);
    }

    #[test]
    fn the_younger_waits_and_the_older_wounds() {
        check(&[(1, "1x", &[1], &[]), (2, "1x", &[], &[])]);
        check(&[(2, "1x", &[2], &[]), (1, "1x", &[], &[2])]);
        check(&[
            (2, "1s", &[2], &[]),
            (4, "1s", &[4], &[]),
            (3, "1x", &[], &[4]),
        ]);
    }

    #[test]
    fn nobody_overtakes_an_older_one_that_wants_the_same() {
        let mut locks = check(&[
            (1, "1s", &[1], &[]),
            (2, "1x 2x", &[], &[]),
            (3, "1s", &[], &[]),
            (4, "2x", &[], &[]),
            (5, "3x", &[5], &[]),
        ]);
        locks.release(txn(1));
        assert_eq!(locks.grant(), [txn(2)]);
        locks.release(txn(2));
        assert_eq!(locks.grant(), [txn(3), txn(4)]);
        assert_eq!(locks.waiting(), 0);
    }

    #[test]
    fn whoever_gives_up_waiting_is_no_longer_in_the_way() {
        let mut locks = check(&[
            (1, "1s", &[1], &[]),
            (2, "1x", &[], &[]),
            (3, "1s", &[], &[]),
        ]);
        locks.release(txn(2));
        assert_eq!(locks.grant(), [txn(3)]);
    }
}
