//! Money moves between accounts, and none of it may come or go.
use checkers::model::Parameters;
use checkers::{Call, Data, Verb, domain};
use harness::{Checker, NodeId, Op, Rng, Value, Workload};
use std::collections::BTreeSet;

/// Transfers between a few accounts beside reads of all: whoever reads sees the same total.
///
/// | call | answer |
/// | --- | --- |
/// | `write [[0 10] [1 10] …]`, once, before anything else | `nil` |
/// | `read [0 1 …]` | `[[0 10] [1 10] …]` |
/// | `transfer [from to amount]`, refused if `from` holds less | `nil` |
///
/// That the balances are written first may happen twice, if an outcome is unknown: the total is
/// the same whenever it does.
#[derive(Debug, Default)]
pub struct Bank {
    is_open: bool,
    read_last: BTreeSet<NodeId>,
}

const ACCOUNTS: i64 = 8;
/// What each account holds at first.
const BALANCE: Value = 10;
const AMOUNT_MAX: u64 = 5;
const READ_PERCENT: u64 = 50;

fn read() -> Op {
    let accounts: Vec<i64> = (0..ACCOUNTS).collect();
    Call::new(Verb::Read, 0, accounts).into()
}

impl Workload for Bank {
    fn first(&mut self) -> Option<Op> {
        if self.is_open {
            return None;
        }
        self.is_open = true;
        let balances: Vec<Vec<i64>> = (0..ACCOUNTS).map(|of| vec![of, BALANCE]).collect();
        Some(Call::new(Verb::Write, 0, balances).into())
    }

    fn next(&mut self, rng: &mut Rng) -> Op {
        let from = rng.below(ACCOUNTS as u64);
        // Any other account.
        let to = (from + rng.between(1, ACCOUNTS as u64 - 1)) % ACCOUNTS as u64;
        let amount = rng.between(1, AMOUNT_MAX);
        if rng.chance(READ_PERCENT) {
            return read();
        }
        let input = [from, to, amount].map(|number| Data::Int(number as i64));
        Call::new(Verb::Transfer, 0, input.to_vec()).into()
    }

    fn last(&mut self, node: NodeId) -> Option<Op> {
        self.read_last.insert(node).then(read)
    }

    fn checkers(&self) -> Vec<Box<dyn Checker>> {
        // The total is what the first write put there.
        let judge = domain::checker("bank", &Parameters::new());
        vec![judge.expect("it is a domain, and told nothing")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::tests::drawn;

    #[test]
    fn the_accounts_are_opened_once() {
        let mut bank = Bank::default();
        let opened = bank.first().expect("something comes first").to_string();
        assert_eq!(
            opened,
            "write [[0 10] [1 10] [2 10] [3 10] [4 10] [5 10] [6 10] [7 10]] → ?"
        );
        assert_eq!(bank.first(), None);
    }

    #[test]
    fn the_seed_decides_the_operations() {
        let drawn = |seed| drawn(&mut Bank::default(), seed, 100);
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
    }

    #[test]
    fn half_are_reads_of_all_and_half_move_money_to_another_account() {
        let (mut reads, mut seen) = (0, BTreeSet::new());
        for op in drawn(&mut Bank::default(), 7, 10_000) {
            let Op::Call(call) = op else { panic!("{op}") };
            if call.f == Verb::Read {
                assert_eq!(call.input, Data::from((0..8).collect::<Vec<i64>>()));
                reads += 1;
                continue;
            }
            assert_eq!(call.f, Verb::Transfer);
            let numbers: Vec<i64> = call
                .input
                .list()
                .unwrap()
                .iter()
                .filter_map(Data::int)
                .collect();
            let [from, to, amount] = numbers[..] else {
                panic!("{call}")
            };
            assert_ne!(from, to);
            seen.insert((from, to, amount));
        }
        assert!((4800..5200).contains(&reads), "{reads} reads");
        assert_eq!(seen.len(), 8 * 7 * 5, "all pairs, 1 to 5");
        assert!(seen.iter().all(|&(from, to, amount)| {
            (0..8).contains(&from) && (0..8).contains(&to) && (1..=5).contains(&amount)
        }));
    }

    #[test]
    fn every_node_is_read_once_at_the_end() {
        let mut bank = Bank::default();
        for node in [NodeId(1), NodeId(2)] {
            assert_eq!(bank.last(node), Some(read()));
            assert_eq!(bank.last(node), None);
        }
    }
}
