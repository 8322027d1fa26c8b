//! All histories of two or three transactions on two keys.
use super::generate::Build;
use super::{RULES, fits, oracle};
use crate::transactional::{F, Status, Txns, ValueId};

/// Steps of a transaction: whether it writes, and which key.
const TRANSACTIONS: [&[(bool, u32)]; 10] = [
    &[(false, 0)],
    &[(true, 0)],
    &[(false, 0), (true, 0)],
    &[(false, 0), (true, 1)],
    &[(false, 1), (true, 0)],
    &[(false, 0), (false, 1)],
    &[(true, 0), (true, 1)],
    &[(false, 0), (false, 1), (true, 0)],
    &[(true, 1)],
    &[(false, 1), (true, 1)],
];

/// Calls `f` with each history of those transactions: every read answers every value there is.
fn all(shapes: &[usize], processes: &[u32], f: &mut impl FnMut(&Txns)) {
    let steps = || shapes.iter().flat_map(|&shape| TRANSACTIONS[shape]);
    let writes: Vec<u32> = steps().filter(|step| step.0).map(|step| step.1).collect();
    let reads: Vec<u32> = steps().filter(|step| !step.0).map(|step| step.1).collect();
    let answers = |key: u32| {
        let written = writes
            .iter()
            .enumerate()
            .filter(move |(_, other)| **other == key);
        let written = written.map(|(at, _)| ValueId(at as u32 + 1));
        [ValueId::NIL]
            .into_iter()
            .chain(written)
            .collect::<Vec<_>>()
    };
    let choices: Vec<Vec<ValueId>> = reads.iter().map(|&key| answers(key)).collect();
    let mut chosen = vec![0; reads.len()];
    loop {
        let mut build = Build::new(2, true);
        let (mut read, mut write) = (0, 0);
        for (at, &shape) in shapes.iter().enumerate() {
            for &(is_write, key) in TRANSACTIONS[shape] {
                if is_write {
                    write += 1;
                    build.step(F::Write, key, ValueId(write));
                } else {
                    build.step(F::Read, key, choices[read][chosen[read]]);
                    read += 1;
                }
            }
            // The first two overlap, the third comes after the first.
            let (invoked, completed) = [(0, 3), (1, 6), (4, 5)][at];
            build.end(processes[at], Status::Ok, invoked, completed);
        }
        f(&build.txns);
        let Some(next) = (0..chosen.len()).find(|&at| chosen[at] + 1 < choices[at].len()) else {
            return;
        };
        chosen[next] += 1;
        chosen[..next].fill(0);
    }
}

#[test]
fn every_history_of_three_transactions() {
    let mut histories = 0;
    let mut check = |txns: &Txns| {
        histories += 1;
        // Sessions take turns, so that each family is met often and all of them in the end.
        for (at, rule) in RULES.into_iter().enumerate() {
            if (histories + at).is_multiple_of(2) {
                continue;
            }
            let expected = oracle::fits(txns, rule.0, rule.1);
            assert_eq!(fits(txns, rule), Some(expected), "{rule:?}\n{txns:?}");
        }
    };
    for first in 0..TRANSACTIONS.len() {
        for second in 0..TRANSACTIONS.len() {
            for third in 0..TRANSACTIONS.len() {
                all(&[first, second, third], &[0, 1, 0], &mut check);
            }
        }
    }
    assert!(histories > 10_000, "{histories}");
}
