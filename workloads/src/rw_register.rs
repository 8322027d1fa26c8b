//! Transactions that read and write registers: what most databases can be asked, with less to go by.
use crate::keys::{Keys, Place};
use crate::steps::{read, read_all, step, txn};
use checkers::transactional::{Level, Transactional, Workload as Kind};
use harness::{Checker, NodeId, Op, Rng, Workload};

/// A few reads and writes of registers in each transaction; strictly serializable.
///
/// No register is ever given a value twice, so that a read tells which write it saw. In which order
/// two writes of a register came, it does not tell: therefore most writes follow a read of the same
/// register in the same transaction, and only some are blind. Registers rotate, as in `register`.
#[derive(Debug)]
pub struct RwRegister {
    keys: Keys,
}

const PLACES: [Place; 5] = [
    Place::new(8, 128),
    Place::new(4, 128),
    Place::new(4, 64),
    Place::new(2, 32),
    Place::new(1, 32),
];
/// Of things done in a transaction; one that reads before it writes counts as one.
const DEEDS_MAX: u64 = 3;
const READ_PERCENT: u64 = 50;
/// Each blind write may double what a judge has to try.
const BLIND_PERCENT: u64 = 5;

impl Default for RwRegister {
    fn default() -> RwRegister {
        RwRegister {
            keys: Keys::new(&PLACES),
        }
    }
}

impl Workload for RwRegister {
    fn next(&mut self, rng: &mut Rng) -> Op {
        let mut steps = Vec::new();
        for _ in 0..rng.between(1, DEEDS_MAX) {
            let place = self.keys.draw(rng);
            let dice = rng.below(100);
            if dice < READ_PERCENT {
                steps.push(read(self.keys.key(place)));
                continue;
            }
            let (key, value) = self.keys.fresh_value(place);
            if READ_PERCENT + BLIND_PERCENT <= dice {
                steps.push(read(key));
            }
            steps.push(step("w", key, Some(value)));
        }
        txn(steps)
    }

    fn last(&mut self, node: NodeId) -> Option<Op> {
        read_all(self.keys.take_last(node))
    }

    fn checkers(&self) -> Vec<Box<dyn Checker>> {
        let level = Level::StrictSerializable;
        vec![Box::new(Transactional::new(Kind::RwRegister, level))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::tests::{Told, all_read_last, drawn, told};
    use std::collections::HashSet;

    fn steps(seed: u64, count: usize) -> Vec<Vec<Told>> {
        let ops = drawn(&mut RwRegister::default(), seed, count);
        ops.iter().map(told).collect()
    }

    #[test]
    fn the_seed_decides_the_operations() {
        assert_eq!(steps(7, 1000), steps(7, 1000));
        assert_ne!(steps(7, 1000), steps(8, 1000));
    }

    #[test]
    fn no_value_is_written_twice_and_few_writes_are_blind() {
        let (mut written, mut blind) = (HashSet::new(), 0);
        for txn in steps(7, 20_000) {
            assert!((1..=6).contains(&txn.len()), "{txn:?}");
            for (at, (f, key, value)) in txn.iter().enumerate() {
                if f == "r" {
                    continue;
                }
                assert_eq!(f, "w");
                assert!(written.insert((*key, value.expect("a value"))));
                let is_known = txn[..at].iter().any(|(_, before, _)| before == key);
                blind += usize::from(!is_known);
            }
        }
        let percent = blind * 100 / written.len();
        assert!((5..=12).contains(&percent), "{percent} % are blind");
    }

    #[test]
    fn every_node_is_asked_for_every_register_last() {
        all_read_last(&mut RwRegister::default());
    }
}
