//! Every level of random histories against its definition.
use super::oracle::Oracle;
use super::tiny::Tiny;
use crate::testing::Rng;
use crate::transactional::cycles::decide;
use crate::transactional::{LATTICE, Level};
use crate::{Budget, Fit};

fn agree(tiny: &Tiny, oracle: &Oracle, seed: &str) -> usize {
    let expected = oracle.fits(tiny);
    let place = |level: Level| {
        Level::ALL
            .iter()
            .position(|each| *each == level)
            .expect("all")
    };
    for (stronger, weaker, by) in LATTICE {
        let is_kept = !expected[place(*stronger)] || expected[place(*weaker)];
        assert!(
            is_kept,
            "{seed}: {stronger:?} without {weaker:?} ({by}): {tiny:?}"
        );
    }
    let txns = tiny.txns();
    let decisions = decide(&txns, &tiny.inference(), &Budget::new(u64::MAX), None);
    for (answer, fits) in decisions.answers.iter().zip(&expected) {
        let right = if *fits { Fit::Fits } else { Fit::Refuted };
        // Which of two different reads of one key came first is not told apart.
        let is_open = answer.fit == Fit::Undecided && !expected[place(Level::CutIsolation)];
        assert!(
            answer.fit == right || is_open,
            "{seed}: {:?} is {right:?}, not {answer:?}: {tiny:?}",
            answer.level
        );
    }
    super::shortest::are_right(tiny, &txns, &decisions);
    expected.iter().filter(|fits| **fits).count()
}

fn run(count: usize, size: usize, seed: u64) {
    let oracle = Oracle::new(size);
    let mut by_fit = vec![0; Level::ALL.len() + 1];
    let mut rng = Rng(seed);
    for round in 0..count {
        let tiny = Tiny::random(size, &mut rng);
        by_fit[agree(&tiny, &oracle, &format!("seed {seed}, round {round}"))] += 1;
    }
    let kinds = by_fit.iter().filter(|count| **count > 0).count();
    assert!(kinds > 10 || size < 4, "histories of all kinds: {by_fit:?}");
}

#[test]
fn two_transactions_are_judged_by_definition() {
    run(20_000, 2, 1);
}

#[test]
fn three_transactions_are_judged_by_definition() {
    run(60_000, 3, 2);
}

#[test]
fn four_transactions_are_judged_by_definition() {
    run(60_000, 4, 3);
}

#[test]
fn four_other_transactions_are_judged_by_definition() {
    run(60_000, 4, 4);
}

#[test]
fn five_transactions_are_judged_by_definition() {
    run(2_000, 5, 5);
}
