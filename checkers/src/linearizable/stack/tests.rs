//! The judge of stacks against brute force.
use super::ENGINE;
use crate::linearizable::collection::tests::{
    Collection, Gives, agree_on_random, agree_on_tangled, every_history_of, steps,
};
use crate::linearizable::proof::Answer;
use crate::{AnomalyKind, Verb};

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
    agree_on_tangled(&ENGINE, &stack(), 5);
}

#[test]
fn random_histories_agree_with_brute_force() {
    agree_on_random(&ENGINE, &stack(), 3);
}

#[test]
fn what_was_popped_from_below_is_told_by_four_operations() {
    let proof = stack().accused(
        &ENGINE,
        &[
            (4, true, 0, 1),
            (7, true, 2, 3),
            (4, false, 4, 5),
            (7, false, 6, 7),
        ],
    );
    assert_eq!(proof.kind, AnomalyKind::OutOfOrder);
    assert_eq!(
        proof.sentence,
        "{2} popped 4 although 7, pushed later by {1}, was still on top of it"
    );
    assert_eq!(
        steps(&proof),
        [
            "4 was in the stack from the return of {0} until {2} began.",
            "7 was in the stack from the return of {1} until {3} began.",
            "{0} pushed 4 before {1} pushed 7: 4 was inside all the time in which {1} can have pushed.",
            "{1} pushed 7 before {2} popped 4: 7 was inside all the time in which {2} can have popped.",
            "{3} popped 7 only after {2} had popped 4.",
            "So 7 lay on top of 4 when {2} popped 4 — a contradiction.",
        ]
    );
    let ordered: Vec<_> = proof.steps.iter().map(|step| step.between).collect();
    assert_eq!(
        ordered,
        [None, None, Some((0, 1)), Some((1, 2)), Some((2, 3)), None]
    );
}

#[test]
fn what_lies_on_top_and_is_never_popped_is_told_by_three_operations() {
    let ops = [(4, true, 0, 1), (7, true, 2, 3), (4, false, 4, 5)];
    let proof = stack().accused(&ENGINE, &ops);
    let steps = steps(&proof);
    assert_eq!(steps[4], "Nobody popped 7 before.");
    let contradiction = "So 7 lay on top of 4 when {2} popped 4 — a contradiction.";
    assert_eq!(steps[5..], [contradiction]);
}

/// Three values, of which each went in or out while one of the others was inside.
#[test]
fn a_knot_names_the_operations_that_each_step_orders() {
    let ops = [
        (1, true, 0, 1),
        (5, true, 2, 3),
        (2, true, 4, 6),
        (1, false, 5, 8),
        (5, false, 7, 10),
        (2, false, 9, 11),
    ];
    let proof = stack().accused(&ENGINE, &ops);
    assert_eq!(proof.ops.len(), 6);
    let last = &proof.steps.last().expect("there are some").text;
    assert!(last.ends_with("a contradiction."), "{last}");
    let pairs = proof.steps.iter().filter(|step| step.between.is_some());
    for step in pairs {
        let (first, second) = step.between.expect("filtered");
        let (one, other) = (format!("{{{first}}}"), format!("{{{second}}}"));
        assert!(step.text.contains(&one) && step.text.contains(&other));
    }
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
    let history: Vec<_> = ops.iter().map(|&op| stack().moved(op)).collect();
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
