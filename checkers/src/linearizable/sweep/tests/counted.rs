//! Semaphores and counters.
use super::{DONE, Model, NO, Tally, all_histories, calls, compare, compare_random, small};
use crate::linearizable::sweep::{counter, semaphore};
use crate::testing::Rng;
use crate::{Call, Data, Spec, Verb};

/// How many permits are taken.
fn semaphore_spec(permits: i64) -> impl Spec<State = i64> {
    let step = move |&taken: &i64, _: u32, call: &Call| {
        let count = call.input.int().unwrap_or(1);
        let is_free = taken + count <= permits;
        match call.f {
            Verb::Acquire if call.output == NO => (!is_free).then_some(taken),
            Verb::Acquire => is_free.then_some(taken + count),
            Verb::Release => (count <= taken).then_some(taken - count),
            _ => None,
        }
    };
    Model { init: 0, step }
}

#[test]
fn all_small_histories_of_a_semaphore_agree_with_brute_force() {
    let mut choices = calls(Verb::Acquire, &Data::Nil, &[DONE, NO, None]);
    choices.extend(calls(Verb::Release, &Data::Nil, &[DONE, None]));
    for permits in [1, 2] {
        let mut tally = Tally::default();
        let spec = semaphore_spec(i64::from(permits));
        let engine = semaphore::engine(permits).expect("there is one");
        let mut judge = |asked: &[_]| compare(&spec, engine, asked, &mut tally);
        all_histories(&choices, 0, 4, &mut judge);
        println!("{tally:?}");
        assert!(tally.outside * 3 < tally.all());
    }
}

#[test]
fn random_histories_of_a_semaphore_agree_with_brute_force() {
    let lie = |call: &Call, rng: &mut Rng| {
        let f = [Verb::Acquire, Verb::Release][rng.below(2) as usize].clone();
        let is_refused = f == Verb::Acquire && call.output == NO;
        Call::new(f, 0, Data::Nil).answered(!is_refused)
    };
    for (permits, tries) in [(2, 0), (3, 0), (2, 20), (3, 20)] {
        let ask = |taken: &mut i64, _: u32, rng: &mut Rng| {
            let is_full = *taken == permits;
            if *taken > 0 && (rng.percent(40) || is_full && !rng.percent(tries)) {
                *taken -= 1;
                return Call::new(Verb::Release, 0, Data::Nil).answered(Data::Nil);
            }
            *taken = permits.min(*taken + 1);
            Call::new(Verb::Acquire, 0, Data::Nil).answered(!is_full)
        };
        let spec = semaphore_spec(permits);
        let engine = semaphore::engine(permits as u32).expect("there is one");
        for is_nobody in [false, true] {
            let tally = compare_random(&spec, engine, 60_000, small, is_nobody, &ask, &lie);
            assert!(tries > 0 || tally.outside == 0);
            assert!(tally.outside * 5 < tally.all());
            assert!(tally.illegal > tally.all() / 50);
        }
    }
}

/// What was added up.
fn counter_spec() -> impl Spec<State = i64> {
    let step = |&sum: &i64, _: u32, call: &Call| {
        let next = sum + call.input.int().unwrap_or(0);
        let is_told = |told: &Data| told.int().is_none_or(|told| told == next);
        call.output.as_ref().is_none_or(is_told).then_some(next)
    };
    Model { init: 0, step }
}

fn told(numbers: &[i64]) -> Vec<Option<Data>> {
    numbers.iter().map(|&told| Some(Data::Int(told))).collect()
}

#[test]
fn all_small_histories_of_a_counter_agree_with_brute_force() {
    let spec = counter_spec();
    let add = |step: i64, outputs: &[Option<Data>]| calls(Verb::Add, &Data::Int(step), outputs);
    let read = |seen: &[i64]| calls(Verb::Read, &Data::Nil, &told(seen));
    let silent = [DONE, None];
    let mut all_told = told(&[1, 2, 3]);
    all_told.push(None);
    let cases = [
        (4, [add(1, &silent), read(&[0, 1, 2])].concat(), 1),
        (4, [add(-1, &silent), read(&[0, -1])].concat(), 1),
        (4, [add(1, &all_told), read(&[1])].concat(), 1),
        (
            4,
            [add(-2, &told(&[-2, -4])), add(-2, &[None]), read(&[-1, -2])].concat(),
            1,
        ),
        (
            4,
            [add(1, &silent), add(-1, &silent), read(&[0, 1])].concat(),
            2,
        ),
        (
            3,
            [
                add(1, &all_told),
                add(1, &[DONE]),
                add(2, &silent),
                read(&[0, 2]),
            ]
            .concat(),
            2,
        ),
    ];
    for (operations, choices, share) in cases {
        let mut tally = Tally::default();
        let mut judge = |asked: &[_]| compare(&spec, counter::ENGINE, asked, &mut tally);
        all_histories(&choices, 0, operations, &mut judge);
        println!("{tally:?}");
        assert!(share > 1 || tally.outside == 0);
        assert!(tally.outside * share <= tally.all());
    }
}

#[test]
fn random_histories_of_a_counter_agree_with_brute_force() {
    // Steps, and in percent how many additions tell what they led to.
    let cases: [(&[i64], u64); 6] = [
        (&[1], 0),
        (&[-3], 0),
        (&[1], 100),
        (&[1, -1], 0),
        (&[1, 2, 5], 0),
        (&[1, -1], 30),
    ];
    for (steps, telling) in cases {
        let ask = |sum: &mut i64, _: u32, rng: &mut Rng| {
            if rng.percent(50) {
                return Call::new(Verb::Read, 0, Data::Nil).answered(*sum);
            }
            let step = steps[rng.below(steps.len() as u64) as usize];
            *sum += step;
            let call = Call::new(Verb::Add, 0, step);
            if rng.percent(telling) {
                call.answered(*sum)
            } else {
                call.answered(Data::Nil)
            }
        };
        let lie = |call: &Call, rng: &mut Rng| match call.output.as_ref().and_then(Data::int) {
            Some(told) => call.clone().answered(told + rng.below(3) as i64 - 1),
            None => call.clone(),
        };
        let spec = counter_spec();
        let engine = counter::ENGINE;
        for is_nobody in [false, true] {
            let tally = compare_random(&spec, engine, 40_000, small, is_nobody, &ask, &lie);
            let is_exact = steps.len() == 1;
            assert!(!is_exact || tally.outside == 0);
            assert!(tally.illegal > tally.all() / 50);
        }
    }
}

#[test]
fn a_counter_that_may_wrap_around_is_left_to_others() {
    let add = Call::new(Verb::Add, 0, i64::MAX).answered(Data::Nil);
    let asked = |invoked: u32| super::Asked {
        process: crate::Process(0),
        call: add.clone(),
        invoked,
        returned: invoked + 1,
    };
    let answer = (counter::ENGINE.check)(&[asked(0), asked(2)]);
    assert!(matches!(answer, super::Answer::Outside(_)));
}
