//! Set elements and locks that anyone may release.
use super::{DONE, Model, NO, Tally, YES, all_histories, calls, compare, compare_random, small};
use crate::linearizable::sweep::{element, mutex};
use crate::testing::Rng;
use crate::{Call, Data, Spec, Verb};

/// Present or absent.
fn element_spec() -> impl Spec<State = bool> {
    let step = |&is_in: &bool, _: u32, call: &Call| {
        let told = call.output.as_ref();
        let is = |expected: bool| match told {
            None | Some(Data::Nil) => true,
            Some(told) => *told == Data::Bool(expected),
        };
        match call.f {
            Verb::Add => is(!is_in).then_some(true),
            Verb::Remove => is(is_in).then_some(false),
            Verb::Contains => is(is_in).then_some(is_in),
            _ => None,
        }
    };
    Model { init: false, step }
}

fn element_calls(outputs: &[Option<Data>]) -> Vec<Call> {
    let mut all = calls(Verb::Add, &Data::Int(1), outputs);
    all.extend(calls(Verb::Remove, &Data::Int(1), outputs));
    all.extend(calls(Verb::Contains, &Data::Int(1), &[YES, NO]));
    all
}

#[test]
fn all_small_histories_of_an_element_agree_with_brute_force() {
    let mut tally = Tally::default();
    let spec = element_spec();
    let mut judge = |asked: &[_]| compare(&spec, element::ENGINE, asked, &mut tally);
    all_histories(&element_calls(&[YES, NO, None]), 0, 3, &mut judge);
    all_histories(&element_calls(&[YES, None]), 0, 4, &mut judge);
    println!("{tally:?}");
    assert_eq!(tally.outside, 0);
    assert!(tally.illegal > 10_000);
}

#[test]
fn an_addition_that_does_not_say_what_it_found_is_never_judged_wrongly() {
    let mut tally = Tally::default();
    let spec = element_spec();
    let mut judge = |asked: &[_]| compare(&spec, element::ENGINE, asked, &mut tally);
    all_histories(&element_calls(&[YES, DONE, None]), 0, 3, &mut judge);
    all_histories(&element_calls(&[DONE]), 0, 4, &mut judge);
    println!("{tally:?}");
    assert!(tally.outside * 20 < tally.all());
}

fn ask_element(outputs: u64) -> impl Fn(&mut bool, u32, &mut Rng) -> Call {
    move |is_in, _, rng| {
        let verbs = [Verb::Add, Verb::Remove, Verb::Contains];
        let f = verbs[rng.below(3) as usize].clone();
        let told = match f {
            Verb::Add => !std::mem::replace(is_in, true),
            Verb::Remove => std::mem::replace(is_in, false),
            _ => *is_in,
        };
        let is_silent = f != Verb::Contains && rng.percent(outputs);
        let call = Call::new(f, 0, 1);
        if is_silent {
            call.answered(Data::Nil)
        } else {
            call.answered(told)
        }
    }
}

fn lie(call: &Call, rng: &mut Rng) -> Call {
    Call {
        output: Some(Data::Bool(rng.percent(50))),
        ..call.clone()
    }
}

#[test]
fn random_histories_of_an_element_agree_with_brute_force() {
    let (spec, ask) = (element_spec(), ask_element(0));
    for is_nobody in [false, true] {
        let tally = compare_random(
            &spec,
            element::ENGINE,
            120_000,
            small,
            is_nobody,
            &ask,
            &lie,
        );
        assert_eq!(tally.outside, 0);
        assert!(tally.illegal > tally.all() / 20);
    }
}

#[test]
fn random_silent_additions_and_removals_agree_with_brute_force() {
    for silent in [10, 50, 100] {
        let (spec, ask) = (element_spec(), ask_element(silent));
        let tally = compare_random(&spec, element::ENGINE, 60_000, small, true, &ask, &lie);
        assert!(tally.outside * 20 < tally.all());
    }
}

/// Free or held, by whomever.
fn mutex_spec() -> impl Spec<State = bool> {
    let step = |&is_held: &bool, _: u32, call: &Call| {
        let is_refused = call.output == NO;
        match call.f {
            Verb::Acquire if is_refused => is_held.then_some(true),
            Verb::Acquire => (!is_held).then_some(true),
            Verb::Release => is_held.then_some(false),
            _ => None,
        }
    };
    Model { init: false, step }
}

#[test]
fn all_small_histories_of_a_lock_agree_with_brute_force() {
    let mut choices = calls(Verb::Acquire, &Data::Nil, &[DONE, NO, None]);
    choices.extend(calls(Verb::Release, &Data::Nil, &[YES, None]));
    let mut tally = Tally::default();
    let spec = mutex_spec();
    let mut judge = |asked: &[_]| compare(&spec, mutex::ENGINE, asked, &mut tally);
    all_histories(&choices, 0, 4, &mut judge);
    println!("{tally:?}");
    assert_eq!(tally.outside, 0);
}

#[test]
fn random_histories_of_a_lock_agree_with_brute_force() {
    let ask = |is_held: &mut bool, _: u32, rng: &mut Rng| {
        if *is_held && rng.percent(70) {
            *is_held = false;
            return Call::new(Verb::Release, 0, Data::Nil).answered(Data::Nil);
        }
        let is_refused = std::mem::replace(is_held, true);
        Call::new(Verb::Acquire, 0, Data::Nil).answered(!is_refused)
    };
    let lie = |call: &Call, rng: &mut Rng| match (&call.f, rng.percent(50)) {
        (Verb::Acquire, true) => Call::new(Verb::Acquire, 0, Data::Nil).answered(true),
        (Verb::Acquire, false) => Call::new(Verb::Acquire, 0, Data::Nil).answered(false),
        _ => call.clone(),
    };
    for is_nobody in [false, true] {
        let spec = mutex_spec();
        let tally = compare_random(&spec, mutex::ENGINE, 120_000, small, is_nobody, &ask, &lie);
        assert_eq!(tally.outside, 0);
        assert!(tally.illegal > tally.all() / 50);
    }
}
