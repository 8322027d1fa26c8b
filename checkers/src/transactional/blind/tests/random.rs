//! Random small histories against the definitions.
use super::super::rules::Shape;
use super::{RULES, fits, generate, oracle};
use crate::testing::Rng;
use crate::transactional::Family;

fn agree(seed: u64, histories: usize, rules: &[(Shape, Family)], txns_max: u64) {
    let mut rng = Rng(seed);
    let mut fitting = vec![0; rules.len()];
    for _ in 0..histories {
        let txns = generate::small(&mut rng, txns_max);
        for (at, &rule) in rules.iter().enumerate() {
            let expected = oracle::fits(&txns, rule.0, rule.1);
            assert_eq!(fits(&txns, rule), Some(expected), "{rule:?}\n{txns:?}");
            fitting[at] += usize::from(expected);
        }
    }
    for (fitting, rule) in fitting.iter().zip(rules) {
        let share = histories / 10..histories * 95 / 100;
        assert!(
            share.contains(fitting),
            "{rule:?}: {fitting} of {histories} fit"
        );
    }
}

#[test]
fn serializability_is_what_its_definition_says() {
    agree(1, 200_000, &RULES[0..3], 4);
}

#[test]
fn snapshot_isolation_is_what_its_definition_says() {
    agree(2, 200_000, &RULES[3..6], 4);
}

#[test]
fn prefix_and_parallel_are_what_their_definitions_say() {
    agree(3, 200_000, &RULES[6..10], 4);
}

#[test]
fn update_serializability_is_what_its_definition_says() {
    agree(4, 200_000, &RULES[10..12], 4);
}

#[test]
fn all_levels_of_five_transactions() {
    agree(5, 20_000, &RULES, 5);
}
