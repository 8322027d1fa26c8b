//! Transactions that append to lists and read them: what a list holds tells the order of its writers.
use crate::keys::{Keys, Place};
use crate::steps::{read, read_all, step, txn};
use checkers::transactional::{Level, Transactional, Workload as Kind};
use harness::{Checker, NodeId, Op, Rng, Workload};

/// One to four steps on a few lists; strictly serializable.
///
/// A read of a list shows every append to it, in order: so nearly all dependencies between
/// transactions are known, which is what makes this the sharpest workload there is (Kingsbury and
/// Alvaro, *Elle*, VLDB 2020, section 3). Each list is appended to for a while, and is then left
/// alone and a fresh one takes its place, since it grows and every read copies it. What is appended
/// to a list is 1, 2, 3 and so on in the order of asking: nothing twice.
#[derive(Debug)]
pub struct ListAppend {
    keys: Keys,
}

/// How many appends each of the lists that are active at a time is asked for, and how often it is
/// chosen beside the others: each half as often as the one before, so that some are fought over
/// and others keep what they hold for a while.
const PLACES: [Place; 5] = [
    Place::new(16, 256),
    Place::new(8, 128),
    Place::new(4, 64),
    Place::new(2, 32),
    Place::new(1, 32),
];
const STEPS_MAX: u64 = 4;
const READ_PERCENT: u64 = 50;

impl Default for ListAppend {
    fn default() -> ListAppend {
        ListAppend {
            keys: Keys::new(&PLACES),
        }
    }
}

impl Workload for ListAppend {
    fn next(&mut self, rng: &mut Rng) -> Op {
        let count = rng.between(1, STEPS_MAX);
        let steps = (0..count).map(|_| {
            let place = self.keys.draw(rng);
            if rng.chance(READ_PERCENT) {
                read(self.keys.key(place))
            } else {
                let (key, element) = self.keys.fresh_value(place);
                step("append", key, Some(element))
            }
        });
        txn(steps.collect())
    }

    fn last(&mut self, node: NodeId) -> Option<Op> {
        read_all(self.keys.take_last(node))
    }

    fn checkers(&self) -> Vec<Box<dyn Checker>> {
        let level = Level::StrictSerializable;
        vec![Box::new(Transactional::new(Kind::ListAppend, level))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::tests::{Told, all_read_last, drawn, told};
    use harness::Key;
    use std::collections::{BTreeMap, HashSet};

    fn steps(seed: u64, count: usize) -> Vec<Vec<Told>> {
        let ops = drawn(&mut ListAppend::default(), seed, count);
        ops.iter().map(told).collect()
    }

    #[test]
    fn the_seed_decides_the_operations() {
        assert_eq!(steps(7, 1000), steps(7, 1000));
        assert_ne!(steps(7, 1000), steps(8, 1000));
    }

    #[test]
    fn nothing_is_appended_twice_and_lists_stay_short() {
        let mut appended = BTreeMap::<Key, Vec<i64>>::new();
        for (f, key, value) in steps(7, 20_000).into_iter().flatten() {
            match (f.as_str(), value) {
                ("append", Some(element)) => appended.entry(key).or_default().push(element),
                ("r", None) => {}
                other => panic!("{other:?}"),
            }
        }
        for (key, elements) in &appended {
            let counted: Vec<i64> = (1..=elements.len() as i64).collect();
            assert_eq!(*elements, counted, "list {key}");
            assert!(elements.len() <= 256, "list {key}");
        }
        let lengths: HashSet<usize> = appended.values().map(Vec::len).collect();
        for full in [32, 64, 128, 256] {
            assert!(lengths.contains(&full), "none of {full}");
        }
    }

    #[test]
    fn transactions_are_mixed_and_lists_are_fought_over() {
        let txns = steps(7, 10_000);
        assert!(txns.iter().all(|steps| (1..=4).contains(&steps.len())));
        let reads = txns.iter().flatten().filter(|(f, _, _)| f == "r").count();
        let share = reads * 100 / txns.iter().flatten().count();
        assert!((48..=52).contains(&share), "{share} % reads");
        let skews = txns.iter().filter(|steps| {
            let reads = |(f, key, _): &&Told| {
                f == "r" && steps.iter().all(|(f, of, _)| f == "r" || of != key)
            };
            let appends = |(f, _, _): &Told| f == "append";
            steps.iter().any(appends) && steps.iter().any(|step| reads(&step))
        });
        let skews = skews.count();
        assert!(
            2000 < skews,
            "only {skews} read one list and append to another"
        );
    }

    #[test]
    fn every_node_is_asked_for_every_list_last() {
        all_read_last(&mut ListAppend::default());
    }
}
