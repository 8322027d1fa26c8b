//! The judge of queues against brute force.
use super::ENGINE;
use crate::linearizable::collection::tests::{
    Collection, Gives, agree_on_random, agree_on_tangled, asked, every_history_of, steps,
};
use crate::linearizable::proof::Answer;
use crate::{AnomalyKind, Call, Data, Verb};

fn queue() -> Collection {
    Collection {
        put: Verb::Enqueue,
        take: Verb::Dequeue,
        gives: Gives::First,
    }
}

#[test]
fn all_histories_of_up_to_4_operations_agree_with_brute_force() {
    for operations in 1..=4 {
        let tally = every_history_of(operations, 2, &ENGINE, &queue());
        assert!(tally.legal > 0);
        assert!(operations < 3 || tally.kinds.contains_key(&AnomalyKind::DuplicateDelivery));
        assert!(operations < 4 || tally.kinds.contains_key(&AnomalyKind::OutOfOrder));
    }
}

#[test]
fn tangled_histories_agree_with_brute_force() {
    agree_on_tangled(&ENGINE, &queue(), 4);
}

#[test]
fn random_histories_agree_with_brute_force() {
    agree_on_random(&ENGINE, &queue(), 1);
}

#[test]
fn what_overtook_is_told_by_four_operations() {
    let proof = queue().accused(
        &ENGINE,
        &[
            (4, true, 0, 1),
            (7, true, 2, 3),
            (7, false, 4, 5),
            (4, false, 6, 7),
        ],
    );
    assert_eq!(proof.kind, AnomalyKind::OutOfOrder);
    assert_eq!(
        proof.sentence,
        "{2} dequeued 7 before {3} dequeued 4, which was enqueued before it"
    );
    assert_eq!(
        steps(&proof),
        [
            "{0} had returned before {1} began.",
            "So 4 stood before 7, and had to be dequeued before it.",
            "{2} had returned before {3} began.",
            "{3} dequeued 4 only after {2} dequeued 7 — a contradiction.",
        ]
    );
}

#[test]
fn what_was_dequeued_before_it_was_enqueued_is_refuted() {
    let proof = queue().accused(&ENGINE, &[(4, false, 0, 1), (4, true, 2, 3)]);
    assert_eq!(proof.kind, AnomalyKind::AbortedRead);
    assert_eq!(
        proof.sentence,
        "{0} dequeued 4 before {1} began to put it in"
    );
}

#[test]
fn odd_histories_are_left_to_others() {
    let odd = [
        Call::new(Verb::Enqueue, 0, Data::Nil),
        Call::new(Verb::Enqueue, 0, 1).answered(true),
        Call::new(Verb::Dequeue, 0, 1),
        Call::new(Verb::Dequeue, 0, Data::Nil),
        Call::new(Verb::Push, 0, 1),
    ];
    for call in odd {
        let found = (ENGINE.check)(&[asked(call.clone(), 0, 1)]);
        assert!(matches!(found, Answer::Outside(_)), "{call}: {found:?}");
    }
}
