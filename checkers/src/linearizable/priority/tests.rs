//! The judge of priority queues against brute force.
use super::ENGINE;
use crate::linearizable::collection::tests::{
    Collection, Gives, Shape, Tally, asked, compare, every_history_of, random, tangled,
};
use crate::linearizable::proof::Answer;
use crate::testing::Rng;
use crate::{AnomalyKind, Call, Data, Verb};

fn priority_queue() -> Collection {
    Collection {
        put: Verb::Insert,
        take: Verb::DeleteMin,
        gives: Gives::Least,
    }
}

#[test]
fn all_histories_of_up_to_4_operations_agree_with_brute_force() {
    for operations in 1..=4 {
        let tally = every_history_of(operations, 2, &ENGINE, &priority_queue());
        assert!(tally.legal > 0);
        assert!(operations < 3 || tally.kinds.contains_key(&AnomalyKind::OutOfOrder));
    }
}

#[test]
fn tangled_histories_agree_with_brute_force() {
    let (mut rng, mut tally) = (Rng(6), Tally::default());
    for _ in 0..20_000 {
        let history = tangled(&priority_queue(), &mut rng);
        tally.count(&compare(&ENGINE, &priority_queue(), &history));
    }
    println!("{tally:?}");
    assert!(tally.legal > 5_000);
    assert!(tally.kinds[&AnomalyKind::OutOfOrder] > 2_000);
}

#[test]
fn random_histories_agree_with_brute_force() {
    let (mut rng, mut tally) = (Rng(2), Tally::default());
    for _ in 0..200_000 {
        let shape = Shape::draw(11, &mut rng);
        let history = random(&priority_queue(), shape, &mut rng);
        tally.count(&compare(&ENGINE, &priority_queue(), &history));
    }
    println!("{tally:?}");
    assert!(tally.legal > 50_000);
    assert!(tally.kinds.len() == 4);
}

/// What is found in the history of these operations: what was inserted, or deleted, and when.
fn check(ops: &[(i64, bool, u32, u32)]) -> Answer {
    let history = ops.iter().map(|&(value, is_put, invoked, returned)| {
        let call = if is_put {
            Call::new(Verb::Insert, 0, value).answered(Data::Nil)
        } else {
            Call::new(Verb::DeleteMin, 0, Data::Nil).answered(value)
        };
        asked(call, invoked, returned)
    });
    compare(&ENGINE, &priority_queue(), &history.collect::<Vec<_>>())
}

#[test]
fn smaller_values_may_take_turns_in_the_way() {
    let found = check(&[
        (9, true, 0, 1),
        (3, true, 2, 3),
        (9, false, 4, 11),
        (5, true, 5, 6),
        (3, false, 7, 8),
        (5, false, 12, 13),
    ]);
    let Answer::Illegal(proof) = found else {
        panic!("{found:?}");
    };
    assert_eq!(proof.kind, AnomalyKind::OutOfOrder);
    assert_eq!(
        proof.sentence,
        "{2} deleted 9 although one or another of 2 smaller values was always in the queue"
    );
    let steps: Vec<&str> = proof.steps.iter().map(|step| &*step.text).collect();
    assert_eq!(
        steps,
        [
            "3 was in the queue from the return of {1} until {4} began.",
            "5 was in the queue from the return of {3} until {5} began.",
            "All that time a smaller value was in the queue, yet {2} deleted 9 — a contradiction.",
        ]
    );
}

#[test]
fn priorities_are_numbers() {
    let insert = Call::new(Verb::Insert, 0, "urgent").answered(Data::Nil);
    let found = (ENGINE.check)(&[asked(insert, 0, 1)]);
    assert_eq!(found, Answer::Outside("priorities are not numbers"));
}
