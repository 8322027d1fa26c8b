//! Proposals of different values for the same instances; one of them is decided, for everybody and for ever.
use checkers::model::Parameters;
use checkers::{Call, Verb, domain};
use harness::{Checker, Key, NodeId, Op, Rng, Value, Workload};
use std::collections::BTreeMap;

/// Two instances at a time, each for a while, and now and then one that is long decided.
///
/// | call | answer |
/// | --- | --- |
/// | `propose 7` | the decision |
/// | `read` | the decision, or nil if the node has learned none |
///
/// No value is proposed twice, so that a decision tells whose it is. Many propose to an instance when
/// it is fresh, since that is when two may be decided; and some come back to it, since what is
/// decided has to stay so.
#[derive(Debug)]
pub struct Consensus {
    active: [Active; PLACES],
    /// Instances are 1, 2, 3 and so on; this is the newest.
    instances: Key,
    last_value: Value,
    /// How many instances each node has been asked for last.
    read_last: BTreeMap<NodeId, Key>,
}

#[derive(Clone, Copy, Debug)]
struct Active {
    instance: Key,
    asked: u32,
}

/// How many instances are fresh at a time. Few, so that processes meet on them.
const PLACES: usize = 2;
/// How often a fresh instance is asked for, before another takes its place.
const ASKED_MAX: u32 = 8;
const PROPOSE_PERCENT: u64 = 70;
/// How many operations are on an instance that was fresh before, and how far back that may be.
const AGAIN_PERCENT: u64 = 25;
const AGAIN_MAX: Key = 50;

impl Default for Consensus {
    fn default() -> Consensus {
        Consensus {
            // Else both would be replaced at the same time, again and again.
            active: [(1, 0), (2, ASKED_MAX / 2)]
                .map(|(instance, asked)| Active { instance, asked }),
            instances: PLACES as Key,
            last_value: 0,
            read_last: BTreeMap::new(),
        }
    }
}

impl Consensus {
    fn fresh(&mut self, place: usize) -> Key {
        if ASKED_MAX <= self.active[place].asked {
            self.instances += 1;
            let instance = self.instances;
            self.active[place] = Active { instance, asked: 0 };
        }
        self.active[place].asked += 1;
        self.active[place].instance
    }
}

fn read(key: Key) -> Op {
    Op::Read { key, value: None }
}

impl Workload for Consensus {
    fn next(&mut self, rng: &mut Rng) -> Op {
        let place = rng.below(PLACES as u64) as usize;
        let is_again = rng.chance(AGAIN_PERCENT);
        let back = rng.below(AGAIN_MAX);
        let is_proposal = rng.chance(PROPOSE_PERCENT);
        let instance = match is_again {
            true => self.instances.saturating_sub(back).max(1),
            false => self.fresh(place),
        };
        if !is_proposal {
            return read(instance);
        }
        self.last_value += 1;
        Call::new(Verb::Propose, instance, self.last_value).into()
    }

    fn last(&mut self, node: NodeId) -> Option<Op> {
        let read_last = self.read_last.entry(node).or_default();
        if *read_last == self.instances {
            return None;
        }
        *read_last += 1;
        Some(read(*read_last))
    }

    fn checkers(&self) -> Vec<Box<dyn Checker>> {
        // A node may not have learned yet what others were told.
        let judge = domain::checker("consensus", &Parameters::new());
        vec![judge.expect("it is a domain, and told nothing")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::tests::drawn;
    use std::collections::BTreeSet;

    #[test]
    fn the_seed_decides_the_operations() {
        let drawn = |seed| drawn(&mut Consensus::default(), seed, 1000);
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
    }

    #[test]
    fn no_value_is_proposed_twice_and_most_are_proposed_to_a_fresh_instance() {
        let (mut values, mut by_instance) = (BTreeSet::new(), BTreeMap::<Key, Vec<usize>>::new());
        for (at, op) in drawn(&mut Consensus::default(), 7, 20_000)
            .iter()
            .enumerate()
        {
            let Op::Call(call) = op else { continue };
            assert_eq!(call.f, Verb::Propose);
            assert!(values.insert(call.input.clone()), "{op}");
            by_instance.entry(call.key).or_default().push(at);
        }
        // Three of four operations are on fresh instances, 8 on each; of all, seven of ten propose.
        assert!((13_500..14_500).contains(&values.len()), "{}", values.len());
        assert!((1800..1950).contains(&by_instance.len()));
        let met = |places: &Vec<usize>| places.windows(3).any(|near| near[2] - near[0] < 12);
        let met_on = by_instance.values().filter(|places| met(places)).count();
        assert!(by_instance.len() * 9 / 10 < met_on, "{met_on}");
        let late = |places: &Vec<usize>| places.last() > places.first().map(|at| at + 100).as_ref();
        let late_on = by_instance.values().filter(|places| late(places)).count();
        assert!(by_instance.len() / 2 < late_on, "{late_on}");
    }

    #[test]
    fn every_node_reads_every_instance_last() {
        let mut consensus = Consensus::default();
        drawn(&mut consensus, 7, 2000);
        for node in [NodeId(1), NodeId(2)] {
            let read: Vec<Key> = std::iter::from_fn(|| consensus.last(node))
                .map(|op| op.key())
                .collect();
            assert_eq!(read, (1..=consensus.instances).collect::<Vec<Key>>());
        }
    }
}
