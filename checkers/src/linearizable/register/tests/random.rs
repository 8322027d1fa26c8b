//! Random histories against brute force.
use super::generate::{Rng, Shape, history, legal, lie};
use super::{compare, judge};
use crate::{Budget, Checker, Linearizable, Verdict};

/// Compares `count` histories of up to 9 operations; how many of them were illegal.
fn compare_many(count: usize, seed: u64, shape: impl Fn(&mut Rng) -> Shape) -> usize {
    println!("seed {seed}");
    let mut rng = Rng(seed);
    let mut illegal = 0;
    for _ in 0..count {
        let mut events = legal(shape(&mut rng), &mut rng);
        let lies = rng.below(3) as usize;
        lie(&mut events, lies, &mut rng);
        illegal += usize::from(!compare(&history(events)));
    }
    println!("{count} histories, {illegal} of them illegal");
    illegal
}

fn shape(values: Option<u64>, rng: &mut Rng) -> Shape {
    Shape {
        operations: 2 + rng.below(8) as usize,
        processes: 1 + rng.below(5) as usize,
        values,
        info: [0, 10, 40][rng.below(3) as usize],
        fail: 5,
        slow: [0, 80][rng.below(2) as usize],
    }
}

#[test]
fn few_values_agree_with_brute_force() {
    let illegal = compare_many(120_000, 1, |rng| shape(Some(2 + rng.below(2)), rng));
    assert!(illegal > 10_000);
}

#[test]
fn unique_values_agree_with_brute_force() {
    let illegal = compare_many(80_000, 2, |rng| shape(None, rng));
    assert!(illegal > 10_000);
}

#[test]
fn many_operations_of_unknown_outcome_agree_with_brute_force() {
    let illegal = compare_many(40_000, 3, |rng| Shape {
        operations: 8 + rng.below(8) as usize,
        info: 60,
        ..shape(Some(3), rng)
    });
    assert!(illegal > 500);
}

#[test]
fn a_register_that_does_what_it_should_is_never_accused() {
    let mut rng = Rng(4);
    for round in 0..150 {
        let events = legal(
            Shape {
                operations: 10 + rng.below(if round < 20 { 5_000 } else { 500 }) as usize,
                processes: 10 + rng.below(11) as usize,
                values: [None, Some(5), Some(40)][round % 3],
                info: [0, 1, 3][round / 3 % 3],
                fail: 1,
                slow: [0, 95][round / 9 % 2],
            },
            &mut rng,
        );
        let verdict = judge(&history(events));
        assert!(
            matches!(verdict, Verdict::Valid { .. }),
            "round {round}: {verdict:#?}"
        );
    }
}

#[test]
fn an_exhausted_budget_is_no_verdict() {
    let shape = Shape {
        operations: 30_000,
        processes: 10,
        values: Some(5),
        info: 0,
        fail: 0,
        slow: 0,
    };
    let history = history(legal(shape, &mut Rng(5)));
    let budget = Budget::new(1 << 30);
    budget.stop();
    match Linearizable.check(&history, &budget) {
        Verdict::Unknown { reason, evidence } => {
            let claim = "key 0 was not decided (out of time, having tried 4096 configurations)";
            assert!(reason.starts_with(claim), "{reason}");
            assert_eq!((evidence.keys, evidence.keys_valid), (1, 0));
        }
        verdict => panic!("{verdict:?}"),
    }
}
