//! Steps of transactions, as they stand in a history: `["append", 3, 1]`, `["r", 3, nil]`.
use checkers::{Call, Data, Verb};
use harness::{Key, Op, Value};

/// A transaction of these steps, not answered yet.
pub(crate) fn txn(steps: Vec<Data>) -> Op {
    Call::new(Verb::Txn, 0, steps).into()
}

/// A transaction that reads all of `keys`; none if there are none.
pub(crate) fn read_all(keys: Vec<Key>) -> Option<Op> {
    (!keys.is_empty()).then(|| txn(keys.into_iter().map(read).collect()))
}

/// The step that asks what a key holds.
pub(crate) fn read(key: Key) -> Data {
    step("r", key, None)
}

/// A step.
pub(crate) fn step(f: &str, key: Key, value: Option<Value>) -> Data {
    let key = Data::Int(key as i64);
    Data::from(vec![Data::from(f), key, value.map_or(Data::Nil, Data::Int)])
}

#[cfg(test)]
pub(crate) mod tests {
    //! What the tests of several workloads need.
    use super::*;
    use harness::{NodeId, Rng, Workload};

    /// A step taken apart: what it does, to which key, with which value.
    pub(crate) type Told = (String, Key, Option<Value>);

    pub(crate) fn drawn(workload: &mut dyn Workload, seed: u64, count: usize) -> Vec<Op> {
        let mut rng = Rng::new(seed);
        (0..count).map(|_| workload.next(&mut rng)).collect()
    }

    pub(crate) fn told(op: &Op) -> Vec<Told> {
        let Op::Call(call) = op else {
            panic!("{op} is no transaction")
        };
        assert_eq!((&call.f, call.key, &call.output), (&Verb::Txn, 0, &None));
        let told = |step: &Data| match step.list() {
            Some([Data::Text(f), Data::Int(key), value]) => {
                (f.to_string(), *key as Key, value.int())
            }
            _ => panic!("{step} is no step"),
        };
        call.input.list().expect("steps").iter().map(told).collect()
    }

    /// After some traffic, each node is asked once for each key, several at a time.
    pub(crate) fn all_read_last(workload: &mut dyn Workload) {
        let traffic = drawn(workload, 7, 3000);
        let mut keys: Vec<Key> = traffic
            .iter()
            .flat_map(told)
            .map(|(_, key, _)| key)
            .collect();
        keys.sort_unstable();
        keys.dedup();
        assert!(20 < keys.len(), "only {} keys", keys.len());
        for node in [NodeId(1), NodeId(2)] {
            let mut read = Vec::new();
            while let Some(op) = workload.last(node) {
                let steps = told(&op);
                assert!(steps.iter().all(|(f, _, _)| f == "r"), "{op}");
                assert!(steps.len() <= 8, "{op}");
                read.extend(steps.into_iter().map(|(_, key, _)| key));
            }
            assert_eq!(read, keys, "{node}");
        }
    }
}
