//! The judge of priority queues against brute force.
use super::ENGINE;
use crate::linearizable::collection::tests::{
    Collection, Gives, agree_on_random, agree_on_tangled, asked, every_history_of, steps,
};
use crate::linearizable::proof::Answer;
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
    agree_on_tangled(&ENGINE, &priority_queue(), 6);
}

#[test]
fn random_histories_agree_with_brute_force() {
    agree_on_random(&ENGINE, &priority_queue(), 2);
}

#[test]
fn smaller_values_may_take_turns_in_the_way() {
    let proof = priority_queue().accused(
        &ENGINE,
        &[
            (9, true, 0, 1),
            (3, true, 2, 3),
            (9, false, 4, 11),
            (5, true, 5, 6),
            (3, false, 7, 8),
            (5, false, 12, 13),
        ],
    );
    assert_eq!(proof.kind, AnomalyKind::OutOfOrder);
    assert_eq!(
        proof.sentence,
        "{2} deleted 9 although one or another of 2 smaller values was always in the queue"
    );
    assert_eq!(
        steps(&proof),
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
