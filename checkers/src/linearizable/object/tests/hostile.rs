//! Histories that are long, wide, or made to be hard.
use super::specs::{Bag, Mutex, Queue, Register};
use super::*;
use crate::{Checker, Object, Verb, Verdict};

fn no_input(f: Verb) -> Call {
    Call::new(f, 0, Data::Nil)
}

fn of_register(rng: &mut Rng) -> Call {
    match rng.below(3) {
        0 => no_input(Verb::Read),
        1 => Call::new(Verb::Write, 0, rng.below(5) as i64),
        _ => Call::new(Verb::Cas, 0, vec![rng.below(5) as i64, rng.below(5) as i64]),
    }
}

fn answer_of_register(held: &Data, _: Process, call: &Call, _: &mut Rng) -> Data {
    match call.f {
        Verb::Read => held.clone(),
        Verb::Write => Data::Nil,
        _ => Data::Bool(call.input.pair().is_some_and(|(from, _)| from == held)),
    }
}

/// Judges a drawn history, which has to pass, with its order.
fn passes<S: Spec>(spec: S, asked: &[Asked]) {
    let object = Object::new("object", spec);
    let history = history(asked);
    let budget = Budget::new(1 << 30);
    let verdict = object.check(&history, &budget);
    assert!(matches!(verdict, Verdict::Valid { .. }), "{verdict:?}");
    let orders = object.linearization(&history, &budget);
    assert_eq!(orders.map(|orders| orders.len()), Some(1));
}

#[test]
fn long_histories_pass() {
    let rng = &mut Rng(1);
    for operations in [1_000, 10_000] {
        let asked = drawn(
            &Register,
            operations,
            10,
            0,
            rng,
            of_register,
            answer_of_register,
        );
        passes(Register, &asked);
        let elements = std::cell::Cell::new(0);
        let of_queue = |rng: &mut Rng| {
            // It stays short: who was wrong about the order of two elements has to know it soon.
            if rng.percent(65) {
                return no_input(Verb::Dequeue);
            }
            elements.set(elements.get() + 1);
            Call::new(Verb::Enqueue, 0, elements.get())
        };
        let answer = |held: &Vec<i64>, _: Process, call: &Call, _: &mut Rng| match call.f {
            Verb::Dequeue => held.first().copied().map_or(Data::Nil, Data::Int),
            _ => Data::Nil,
        };
        passes(
            Queue,
            &drawn(&Queue, operations, 4, 0, rng, of_queue, answer),
        );
    }
}

#[test]
fn histories_of_all_sorts_pass_with_lost_answers() {
    let rng = &mut Rng(2);
    for _ in 0..200 {
        let asked = drawn(&Register, 200, 5, 3, rng, of_register, answer_of_register);
        passes(Register, &asked);
        let of_bag = |rng: &mut Rng| match rng.below(2) {
            0 => Call::new(Verb::Add, 0, rng.below(3) as i64),
            _ => no_input(Verb::Remove),
        };
        let answer = |held: &Vec<i64>, _: Process, call: &Call, rng: &mut Rng| match call.f {
            Verb::Remove if !held.is_empty() => held[rng.below(held.len() as u64) as usize].into(),
            _ => Data::Nil,
        };
        passes(Bag, &drawn(&Bag, 100, 4, 3, rng, of_bag, answer));
        let of_lock = |rng: &mut Rng| match rng.below(2) {
            0 => no_input(Verb::Acquire),
            _ => no_input(Verb::Release),
        };
        let answer = |held: &Option<Process>, _: Process, call: &Call, _: &mut Rng| match call.f {
            Verb::Acquire => Data::Bool(held.is_none()),
            _ => Data::Nil,
        };
        passes(Mutex, &drawn(&Mutex, 100, 4, 0, rng, of_lock, answer));
    }
}

#[test]
fn more_operations_may_be_open_than_a_word_has_bits() {
    for width in [64_u32, 65, 100, 300, 1_100] {
        let write = |i: u32| Asked {
            process: Process(i),
            call: Call::new(Verb::Write, 0, i64::from(i)).answered(Data::Nil),
            invoked: i,
            returned: width + i,
        };
        let mut asked: Vec<Asked> = (0..width).map(write).collect();
        let read = |value: i64| Asked {
            process: Process(width),
            call: no_input(Verb::Read).answered(value),
            invoked: 2 * width,
            returned: 2 * width + 1,
        };
        asked.push(read(i64::from(width) - 1));
        passes(Register, &asked);
        asked.pop();
        asked.push(read(-1));
        asked.truncate(10);
        asked.push(read(-1));
        let verdict =
            Object::new("register", Register).check(&history(&asked), &Budget::new(1 << 28));
        assert!(matches!(verdict, Verdict::Invalid { .. }), "{verdict:?}");
    }
}

#[test]
fn two_hundred_lost_answers_end_in_unknown_within_the_budget() {
    let mut asked: Vec<Asked> = (0..200_u32)
        .map(|i| Asked {
            process: Process(i),
            call: Call::new(Verb::Enqueue, 0, i64::from(i)),
            invoked: i,
            returned: NEVER,
        })
        .collect();
    // Every order of many of them comes first, and none explains the last answer.
    for i in 0..60_u32 {
        let value = if i == 59 { 1_000 } else { i64::from(3 * i) };
        asked.push(Asked {
            process: Process(1_000),
            call: no_input(Verb::Dequeue).answered(value),
            invoked: 200 + 2 * i,
            returned: 201 + 2 * i,
        });
    }
    let budget = Budget::new(64 << 20);
    let verdict = Object::new("queue", Queue).check(&history(&asked), &budget);
    match verdict {
        Verdict::Unknown { reason, .. } => assert!(reason.contains("out of memory"), "{reason}"),
        verdict => panic!("{verdict:?}"),
    }
}

#[test]
fn a_search_that_is_stopped_says_how_far_it_came() {
    let rng = &mut Rng(3);
    let asked = drawn(
        &Register,
        10_000,
        10,
        0,
        rng,
        of_register,
        answer_of_register,
    );
    let budget = Budget::new(1 << 30);
    budget.stop();
    match Object::new("register", Register).check(&history(&asked), &budget) {
        Verdict::Unknown { reason, .. } => {
            assert!(
                reason.starts_with("key 0 was not decided (out of time"),
                "{reason}"
            );
            assert!(reason.contains("got past"), "{reason}");
        }
        verdict => panic!("{verdict:?}"),
    }
}
