//! The judge of stacks against brute force.
use super::ENGINE;
use crate::linearizable::asked::Asked;
use crate::linearizable::collection::tests::{
    Collection, Gives, Shape, Tally, asked, compare, every_history_of, random, tangled,
};
use crate::linearizable::proof::Answer;
use crate::testing::Rng;
use crate::{AnomalyKind, Call, Data, Verb};

fn stack() -> Collection {
    Collection {
        put: Verb::Push,
        take: Verb::Pop,
        gives: Gives::Last,
    }
}

#[test]
fn all_histories_of_up_to_4_operations_agree_with_brute_force() {
    for operations in 1..=4 {
        let tally = every_history_of(operations, 2, &ENGINE, &stack());
        assert!(tally.legal > 0);
        assert!(operations < 4 || tally.kinds.contains_key(&AnomalyKind::OutOfOrder));
    }
}

#[test]
fn tangled_histories_agree_with_brute_force() {
    let (mut rng, mut tally) = (Rng(5), Tally::default());
    for _ in 0..20_000 {
        let history = tangled(&stack(), &mut rng);
        tally.count(&compare(&ENGINE, &stack(), &history));
    }
    println!("{tally:?}");
    assert!(tally.legal > 5_000);
    assert!(tally.kinds[&AnomalyKind::OutOfOrder] > 2_000);
}

#[test]
fn random_histories_agree_with_brute_force() {
    let (mut rng, mut tally) = (Rng(3), Tally::default());
    for _ in 0..200_000 {
        let shape = Shape::draw(11, &mut rng);
        let history = random(&stack(), shape, &mut rng);
        tally.count(&compare(&ENGINE, &stack(), &history));
    }
    println!("{tally:?}");
    assert!(tally.legal > 50_000);
    assert!(tally.kinds.len() == 4);
}

/// What was pushed, or popped, and when.
fn operation((value, is_push, invoked, returned): (i64, bool, u32, u32)) -> Asked {
    let call = if is_push {
        Call::new(Verb::Push, 0, value).answered(Data::Nil)
    } else {
        Call::new(Verb::Pop, 0, Data::Nil).answered(value)
    };
    asked(call, invoked, returned)
}

fn check(ops: &[(i64, bool, u32, u32)]) -> Answer {
    let history = ops.iter().map(|&op| operation(op));
    compare(&ENGINE, &stack(), &history.collect::<Vec<_>>())
}

#[test]
fn what_was_popped_from_below_is_told_by_four_operations() {
    let found = check(&[
        (4, true, 0, 1),
        (7, true, 2, 3),
        (4, false, 4, 5),
        (7, false, 6, 7),
    ]);
    let Answer::Illegal(proof) = found else {
        panic!("{found:?}");
    };
    assert_eq!(proof.kind, AnomalyKind::OutOfOrder);
    assert_eq!(
        proof.sentence,
        "{2} popped 4 although 7, pushed later by {1}, was still on top of it"
    );
    let steps: Vec<&str> = proof.steps.iter().map(|step| &*step.text).collect();
    assert_eq!(
        steps,
        [
            "4 was in the stack from the return of {0} until {2} began.",
            "7 was in the stack from the return of {1} until {3} began.",
            "7 was in the stack all the time that {2} popped 4, so 4 was not at the bottom.",
            "4 was in the stack all the time that {1} pushed 7, so 7 was not at the bottom.",
            "But whichever of them was pushed first lay at the bottom until it was popped — a contradiction.",
        ]
    );
}

/// A value that stays below others for long, many of them: nothing here may be quadratic or recursive.
#[test]
fn deep_stacks_are_judged_too() {
    let depth = 50_000;
    let mut ops = Vec::new();
    for value in 0..depth {
        ops.push((i64::from(value), true, 2 * value, 2 * value + 1));
    }
    for value in (0..depth).rev() {
        let begun = 2 * (2 * depth - 1 - value);
        ops.push((i64::from(value), false, begun, begun + 1));
    }
    let history: Vec<_> = ops.iter().map(|&op| operation(op)).collect();
    assert_eq!((ENGINE.check)(&history), Answer::Legal);
    let order = (ENGINE.order)(&history).expect("it is legal");
    assert!(order.into_iter().eq(0..2 * depth));
    let last = history.len() - 1;
    let mut wrong = history;
    let (one, other) = (wrong[last].call.clone(), wrong[last - 100].call.clone());
    wrong[last].call = other;
    wrong[last - 100].call = one;
    let Answer::Illegal(proof) = (ENGINE.check)(&wrong) else {
        panic!("two pops changed places");
    };
    assert_eq!(proof.ops.len(), 4);
}
