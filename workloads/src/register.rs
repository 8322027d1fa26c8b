//! Reads, writes and compare-and-sets on registers; each key, by itself, has to be linearizable.
use checkers::Linearizable;
use harness::{Checker, Key, NodeId, Op, Rng, Value, Workload};
use std::collections::{BTreeMap, VecDeque};

/// A few registers at a time, each for a while.
///
/// No value is ever written twice, so that a read tells which write it saw. Keys rotate: after some
/// operations a key is left alone and a fresh one takes its place, so that the history of each
/// stays short enough to be checked however long the run is. Some are left soon, so that it matters
/// what their last write came to.
#[derive(Debug)]
pub struct Register {
    active: Vec<Active>,
    keys: Key,
    last_value: Value,
    /// How many keys each node has been asked for last.
    read_last: BTreeMap<NodeId, Key>,
}

#[derive(Debug)]
struct Active {
    key: Key,
    asked: u32,
    /// The values that were asked for last, newest first: what the register probably holds.
    recent: VecDeque<Value>,
}

/// How often each of the keys that are active at a time is asked for. Few, so that processes meet on them.
const ASKED_MAX: [u32; 4] = [250, 250, 120, 40];
const RECENT_MAX: usize = 3;

const READ_PERCENT: u64 = 45;
const WRITE_PERCENT: u64 = 30;

impl Default for Register {
    fn default() -> Register {
        let mut register = Register {
            active: Vec::new(),
            keys: 0,
            last_value: 0,
            read_last: BTreeMap::new(),
        };
        for _ in ASKED_MAX {
            let fresh = register.fresh();
            register.active.push(fresh);
        }
        // Else two of them would be replaced at the same time, again and again.
        register.active[0].asked = ASKED_MAX[0] / 2;
        register
    }
}

impl Register {
    fn fresh(&mut self) -> Active {
        self.keys += 1;
        Active {
            key: self.keys,
            asked: 0,
            recent: VecDeque::new(),
        }
    }

    fn fresh_value(&mut self) -> Value {
        self.last_value += 1;
        self.last_value
    }
}

impl Workload for Register {
    fn next(&mut self, rng: &mut Rng) -> Op {
        let place = rng.below(ASKED_MAX.len() as u64) as usize;
        if ASKED_MAX[place] <= self.active[place].asked {
            self.active[place] = self.fresh();
        }
        let dice = rng.below(100);
        // Two processes that expect the same value are what a compare-and-set is for.
        let expected = rng.below(RECENT_MAX as u64) as usize;
        let to = self.fresh_value();
        let active = &mut self.active[place];
        active.asked += 1;
        let key = active.key;
        if dice < READ_PERCENT {
            return Op::Read { key, value: None };
        }
        let from = active
            .recent
            .get(expected)
            .or(active.recent.front())
            .copied();
        active.recent.truncate(RECENT_MAX - 1);
        active.recent.push_front(to);
        match from {
            Some(from) if READ_PERCENT + WRITE_PERCENT <= dice => Op::Cas {
                key,
                from,
                to,
                found: None,
            },
            Some(_) | None => Op::Write { key, value: to },
        }
    }

    fn last(&mut self, node: NodeId) -> Option<Op> {
        let read = self.read_last.entry(node).or_default();
        if *read == self.keys {
            return None;
        }
        *read += 1;
        Some(Op::Read {
            key: *read,
            value: None,
        })
    }

    fn checkers(&self) -> Vec<Box<dyn Checker>> {
        vec![Box::new(Linearizable)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeSet, HashMap};

    fn drawn(seed: u64, count: usize) -> Vec<Op> {
        let (mut register, mut rng) = (Register::default(), Rng::new(seed));
        (0..count).map(|_| register.next(&mut rng)).collect()
    }

    #[test]
    fn the_seed_decides_the_operations() {
        assert_eq!(drawn(7, 1000), drawn(7, 1000));
        assert_ne!(drawn(7, 1000), drawn(8, 1000));
    }

    #[test]
    fn no_value_is_written_twice_and_no_key_is_asked_for_ever() {
        let (mut values, mut asked) = (BTreeSet::new(), HashMap::<Key, u32>::new());
        for op in drawn(7, 20_000) {
            *asked.entry(op.key()).or_default() += 1;
            if let Op::Write { value, .. } | Op::Cas { to: value, .. } = op {
                assert!(values.insert(value), "{value} twice");
            }
        }
        assert!(asked.values().all(|&asked| asked <= ASKED_MAX[0]));
        assert!((200..300).contains(&asked.len()), "{} keys", asked.len());
    }

    #[test]
    fn many_compare_and_sets_expect_the_same_value() {
        let mut expected = HashMap::<(Key, Value), u32>::new();
        for op in drawn(7, 10_000) {
            if let Op::Cas { key, from, .. } = op {
                *expected.entry((key, from)).or_default() += 1;
            }
        }
        let twice = expected.values().filter(|&&count| 1 < count).count();
        assert!(300 < twice, "only {twice}");
    }

    #[test]
    fn every_node_is_asked_for_every_key_last() {
        let (mut register, mut rng) = (Register::default(), Rng::new(7));
        for _ in 0..2000 {
            register.next(&mut rng);
        }
        for node in [NodeId(1), NodeId(2)] {
            let keys: Vec<Key> = std::iter::from_fn(|| register.last(node))
                .map(|op| op.key())
                .collect();
            assert_eq!(keys, (1..=register.keys).collect::<Vec<Key>>());
        }
    }
}
