//! The judge of queues against brute force.
use super::ENGINE;
use crate::linearizable::collection::tests::{
    Collection, Gives, Shape, Tally, asked, compare, every_history_of, random, tangled,
};
use crate::linearizable::proof::Answer;
use crate::testing::Rng;
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
    let (mut rng, mut tally) = (Rng(4), Tally::default());
    for _ in 0..20_000 {
        let history = tangled(&queue(), &mut rng);
        tally.count(&compare(&ENGINE, &queue(), &history));
    }
    println!("{tally:?}");
    assert!(tally.legal > 5_000);
    assert!(tally.kinds[&AnomalyKind::OutOfOrder] > 2_000);
}

#[test]
fn random_histories_agree_with_brute_force() {
    let (mut rng, mut tally) = (Rng(1), Tally::default());
    for _ in 0..200_000 {
        let shape = Shape::draw(11, &mut rng);
        let history = random(&queue(), shape, &mut rng);
        tally.count(&compare(&ENGINE, &queue(), &history));
    }
    println!("{tally:?}");
    assert!(tally.legal > 50_000);
    assert!(tally.kinds.len() == 4);
}

/// What is found in the history of these operations: what was put in, or taken out, and when.
fn check(ops: &[(i64, bool, u32, u32)]) -> Answer {
    let history = ops.iter().map(|&(value, is_put, invoked, returned)| {
        let call = if is_put {
            Call::new(Verb::Enqueue, 0, value).answered(Data::Nil)
        } else {
            Call::new(Verb::Dequeue, 0, Data::Nil).answered(value)
        };
        asked(call, invoked, returned)
    });
    compare(&ENGINE, &queue(), &history.collect::<Vec<_>>())
}

#[test]
fn what_overtook_is_told_by_four_operations() {
    let found = check(&[
        (4, true, 0, 1),
        (7, true, 2, 3),
        (7, false, 4, 5),
        (4, false, 6, 7),
    ]);
    let Answer::Illegal(proof) = found else {
        panic!("{found:?}");
    };
    assert_eq!(proof.kind, AnomalyKind::OutOfOrder);
    assert_eq!(
        proof.sentence,
        "{2} dequeued 7 before {3} dequeued 4, which was enqueued before it"
    );
    let steps: Vec<&str> = proof.steps.iter().map(|step| &*step.text).collect();
    assert_eq!(
        steps,
        [
            "{0} had returned before {1} began.",
            "So 4 stood before 7, and had to be dequeued before it.",
            "{2} had returned before {3} began.",
            "{3} dequeued 4 only after {2} dequeued 7 — a contradiction.",
        ]
    );
}

#[test]
fn what_was_dequeued_before_it_was_enqueued_is_a_phantom() {
    let found = check(&[(4, false, 0, 1), (4, true, 2, 3)]);
    let Answer::Illegal(proof) = found else {
        panic!("{found:?}");
    };
    assert_eq!(proof.kind, AnomalyKind::PhantomRead);
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
