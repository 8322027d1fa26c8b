//! Growing sets and ids.
use super::{DONE, Model, Tally, YES, all_histories, calls, compare, compare_random, small};
use crate::linearizable::sweep::{grow_set, ids};
use crate::testing::Rng;
use crate::{Call, Data, Spec, Verb};
use std::collections::BTreeSet;

/// What was added.
fn set_spec() -> impl Spec<State = BTreeSet<Data>> {
    let step = |held: &BTreeSet<Data>, _: u32, call: &Call| match (&call.f, &call.output) {
        (Verb::Add, output) => {
            let mut next = held.clone();
            let is_new = next.insert(call.input.clone());
            let is_told = *output != Some(Data::Bool(!is_new));
            is_told.then_some(next)
        }
        (_, None) => Some(held.clone()),
        (_, Some(seen)) => (*seen == list(held)).then(|| held.clone()),
    };
    Model {
        init: BTreeSet::new(),
        step,
    }
}

fn list(held: &BTreeSet<Data>) -> Data {
    Data::List(held.iter().cloned().collect())
}

#[test]
fn all_small_histories_of_a_growing_set_agree_with_brute_force() {
    let spec = set_spec();
    let seen = |seen: &[i64]| Some(Data::from(seen.to_vec()));
    let reads = [seen(&[]), seen(&[1]), seen(&[2]), seen(&[1, 2])];
    let mut choices = calls(Verb::Read, &Data::Nil, &reads);
    choices.extend(calls(Verb::Add, &Data::Int(1), &[DONE, None]));
    choices.extend(calls(Verb::Add, &Data::Int(2), &[YES, None]));
    let mut tally = Tally::default();
    let mut judge = |asked: &[_]| compare(&spec, grow_set::ENGINE, asked, &mut tally);
    all_histories(&choices, 0, 4, &mut judge);
    println!("{tally:?}");
    // Those in which an element is added twice.
    assert!(tally.outside * 2 < tally.all());
}

#[test]
fn random_histories_of_a_growing_set_agree_with_brute_force() {
    let ask = |held: &mut BTreeSet<Data>, _: u32, rng: &mut Rng| {
        if rng.percent(50) {
            return Call::new(Verb::Read, 0, Data::Nil).answered(list(held));
        }
        // Not in ascending order, and each once.
        let count = held.len() as i64;
        let element = Data::Int(if count % 2 == 0 { count } else { -count });
        held.insert(element.clone());
        Call::new(Verb::Add, 0, element).answered(Data::Nil)
    };
    let lie = |call: &Call, rng: &mut Rng| {
        let Some(seen) = call.output.as_ref().and_then(Data::list) else {
            return call.clone();
        };
        let mut seen: BTreeSet<Data> = seen.iter().cloned().collect();
        let count = rng.below(5) as i64;
        let element = Data::Int(if count % 2 == 0 { count } else { -count });
        if !seen.remove(&element) {
            seen.insert(element);
        }
        call.clone().answered(list(&seen))
    };
    let spec = set_spec();
    for is_nobody in [false, true] {
        let engine = grow_set::ENGINE;
        let tally = compare_random(&spec, engine, 120_000, small, is_nobody, &ask, &lie);
        assert_eq!(tally.outside, 0);
        assert!(tally.illegal > tally.all() / 20);
    }
}

/// The ids that were issued.
fn unique_spec() -> impl Spec<State = BTreeSet<Data>> {
    let step = |issued: &BTreeSet<Data>, _: u32, call: &Call| {
        let mut next = issued.clone();
        let is_new = call
            .output
            .as_ref()
            .is_none_or(|id| next.insert(id.clone()));
        is_new.then_some(next)
    };
    Model {
        init: BTreeSet::new(),
        step,
    }
}

/// The last id.
fn monotone_spec() -> impl Spec<State = i64> {
    let step = |&last: &i64, _: u32, call: &Call| match &call.output {
        None => Some(last),
        Some(id) => id.int().filter(|&id| last < id),
    };
    Model {
        init: i64::MIN,
        step,
    }
}

#[test]
fn all_small_histories_of_ids_agree_with_brute_force() {
    let ids: Vec<Option<Data>> = (1..=4)
        .map(|id| Some(Data::Int(id)))
        .chain([None])
        .collect();
    let choices = calls(Verb::Generate, &Data::Nil, &ids);
    let mut tally = Tally::default();
    all_histories(&choices, 0, 4, &mut |asked| {
        compare(&unique_spec(), ids::UNIQUE, asked, &mut tally);
        compare(&monotone_spec(), ids::MONOTONE, asked, &mut tally);
    });
    println!("{tally:?}");
    assert_eq!(tally.outside, 0);
}

#[test]
fn random_histories_of_ids_agree_with_brute_force() {
    let ask = |last: &mut i64, _: u32, rng: &mut Rng| {
        *last = last.max(&mut 0).saturating_add(1 + rng.below(2) as i64);
        Call::new(Verb::Generate, 0, Data::Nil).answered(*last)
    };
    let lie = |call: &Call, rng: &mut Rng| {
        let id = call.output.as_ref().and_then(Data::int).unwrap_or(0);
        call.clone().answered(id + rng.below(5) as i64 - 2)
    };
    let spec = monotone_spec();
    for is_nobody in [false, true] {
        let tally = compare_random(&spec, ids::MONOTONE, 120_000, small, is_nobody, &ask, &lie);
        assert_eq!(tally.outside, 0);
        assert!(tally.illegal > tally.all() / 20);
    }
    let ask = |issued: &mut BTreeSet<Data>, _: u32, rng: &mut Rng| {
        let id = Data::Int(issued.len() as i64 * 2 + rng.below(2) as i64);
        issued.insert(id.clone());
        Call::new(Verb::Generate, 0, Data::Nil).answered(id)
    };
    let tally = compare_random(&unique_spec(), ids::UNIQUE, 40_000, small, true, &ask, &lie);
    assert!(tally.illegal > tally.all() / 20);
}
