//! Locks that hand out tokens.
use super::{DONE, Model, NO, Tally, all_histories, calls, compare, compare_random, small};
use crate::linearizable::sweep::fenced;
use crate::testing::Rng;
use crate::{Call, Data, Spec, Verb};

/// Whether it is held, and the last token that is known.
type Fence = (bool, Option<i64>);

fn spec() -> impl Spec<State = Fence> {
    let step = |&(is_held, last): &Fence, _: u32, call: &Call| match (&call.f, &call.output) {
        (Verb::Acquire, Some(Data::Bool(false))) => is_held.then_some((true, last)),
        (Verb::Acquire, Some(token)) => {
            let is_possible = !is_held && token.int() > last;
            is_possible.then_some((true, token.int()))
        }
        (Verb::Acquire, None) => Some((true, last)),
        (_, None) => Some((false, last)),
        (_, Some(_)) => is_held.then_some((false, last)),
    };
    Model {
        init: (false, None),
        step,
    }
}

#[test]
fn all_small_histories_of_a_fenced_lock_agree_with_brute_force() {
    let tokens = [1, 2, 3].map(|token| Some(Data::Int(token)));
    let mut choices = calls(Verb::Acquire, &Data::Nil, &tokens);
    choices.extend(calls(Verb::Acquire, &Data::Nil, &[NO, None]));
    choices.extend(calls(Verb::Release, &Data::Nil, &[DONE, None]));
    let mut tally = Tally::default();
    let spec = spec();
    let mut judge = |asked: &[_]| compare(&spec, fenced::ENGINE, asked, &mut tally);
    all_histories(&choices, 0, 4, &mut judge);
    println!("{tally:?}");
    assert_eq!(tally.outside, 0);
}

#[test]
fn random_histories_of_a_fenced_lock_agree_with_brute_force() {
    let ask = |fence: &mut Fence, _: u32, rng: &mut Rng| {
        if fence.0 && rng.percent(70) {
            fence.0 = false;
            return Call::new(Verb::Release, 0, Data::Nil).answered(Data::Nil);
        }
        let call = Call::new(Verb::Acquire, 0, Data::Nil);
        if fence.0 {
            return call.answered(false);
        }
        let token = fence.1.unwrap_or(0) + 1 + rng.below(2) as i64;
        *fence = (true, Some(token));
        call.answered(token)
    };
    let lie = |call: &Call, rng: &mut Rng| match &call.output {
        Some(Data::Int(token)) => call.clone().answered(token + rng.below(5) as i64 - 2),
        Some(Data::Bool(_)) => call.clone().answered(rng.below(6) as i64),
        _ => call.clone(),
    };
    for is_nobody in [false, true] {
        let engine = fenced::ENGINE;
        let tally = compare_random(&spec(), engine, 120_000, small, is_nobody, &ask, &lie);
        assert_eq!(tally.outside, 0);
        assert!(tally.illegal > tally.all() / 20);
    }
}
