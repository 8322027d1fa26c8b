//! Queues, inserts, banks and timestamps drawn at random, against the definitions.
use super::oracle::{Deed, deeds};
use super::random::{all_occur, compare, ends, number, reads, some};
use super::{rounds, scattered};
use crate::testing::Rng;
use crate::{Call, Data, Verb};

#[test]
fn queues_are_judged_by_their_definition() {
    let mut rng = Rng(5);
    let mut answers = Vec::new();
    for _ in 0..rounds(10_000) {
        let mut next = 0;
        let operations = 2 + rng.below(6);
        let history = scattered(
            &mut rng,
            operations,
            |rng| match rng.below(8) {
                0..4 => {
                    next += i64::from(rng.percent(90) || next == 0);
                    Call::new(Verb::Enqueue, 0, next)
                }
                4..7 => Call::new(Verb::Dequeue, 0, Data::Nil),
                _ => Call::new(Verb::named("drain"), 0, Data::Nil),
            },
            |rng, call| {
                let output = match call.f {
                    Verb::Enqueue => Data::Nil,
                    Verb::Dequeue if rng.percent(40) => Data::Nil,
                    Verb::Dequeue => Data::Int(1 + rng.below(3) as i64),
                    _ => some(rng, 3, 40),
                };
                ends(rng, output)
            },
        );
        let all = deeds(&history);
        let mut expected = queue(&all);
        answers.push(compare("total-queue", &history, &mut expected));
    }
    all_occur(
        &answers,
        &[
            "valid",
            "unknown",
            "lost-element",
            "duplicate-delivery",
            "aborted-read",
            "garbage-read",
        ],
    );
}

/// What is wrong with a queue.
fn queue(all: &[Deed]) -> Vec<&'static str> {
    let mut expected = Vec::new();
    let mut taken: Vec<(Data, &Deed)> = Vec::new();
    for take in all.iter().filter(|deed| deed.is_ok()) {
        match take.f.as_str() {
            "drain" => taken.extend(take.members().into_iter().map(|element| (element, take))),
            "dequeue" => taken.extend(
                take.output
                    .clone()
                    .filter(|e| *e != Data::Nil)
                    .map(|e| (e, take)),
            ),
            _ => {}
        }
    }
    let puts = |element: &Data| {
        let puts = all
            .iter()
            .filter(|deed| deed.f == "enqueue" && deed.input == *element);
        puts.collect::<Vec<_>>()
    };
    for (element, take) in &taken {
        let tried: Vec<&Deed> = puts(element)
            .into_iter()
            .filter(|put| !put.is_failed)
            .collect();
        let times = taken.iter().filter(|(other, _)| other == element).count();
        if puts(element).is_empty() {
            expected.push("garbage-read");
        } else if tried.is_empty() || tried.iter().all(|put| take.returned < put.invoked) {
            expected.push("aborted-read");
        } else if times > tried.len() {
            // If one of them came too early, that is told instead.
            let is_early = |take: &Deed| tried.iter().all(|put| take.returned < put.invoked);
            let mut same = taken.iter().filter(|(other, _)| other == element);
            if !same.any(|(_, take)| is_early(take)) {
                expected.push("duplicate-delivery");
            }
        }
    }
    let is_empty = |deed: &&Deed| {
        deed.is_ok()
            && (deed.f == "drain" || (deed.f == "dequeue" && deed.output == Some(Data::Nil)))
    };
    let is_open = |deed: &&Deed| !deed.is_ok() && !deed.is_failed;
    let open = |f: &str| {
        all.iter()
            .filter(is_open)
            .filter(|deed| deed.f == f)
            .count()
    };
    let empty = all.iter().filter(is_empty).map(|deed| deed.invoked).max();
    let mut elements: Vec<Data> = all
        .iter()
        .filter(|d| d.f == "enqueue")
        .map(|d| d.input.clone())
        .collect();
    elements.sort();
    elements.dedup();
    let mut lost = 0;
    for element in elements {
        let times = taken.iter().filter(|(other, _)| *other == element).count();
        let done = || puts(&element).into_iter().filter(|put| put.is_ok());
        // Those that were in for certain when it was found empty, and have not come out.
        let due = done()
            .filter(|put| empty.is_some_and(|empty| put.returned < empty))
            .count();
        lost += due.min(done().count().saturating_sub(times));
    }
    if lost > open("dequeue") && open("drain") == 0 {
        expected.push("lost-element");
    }
    expected
}

#[test]
fn inserts_and_banks_are_judged_by_their_definition() {
    let mut rng = Rng(6);
    let mut answers = Vec::new();
    for _ in 0..rounds(5_000) {
        let operations = 1 + rng.below(6);
        let ask = |rng: &mut Rng| {
            let id = number(rng, 100);
            let ids = if rng.percent(50) {
                vec![Data::Nil, id]
            } else {
                vec![id, Data::Nil]
            };
            Call::new(Verb::Insert, 0, vec![number(rng, 3), Data::from(ids)])
        };
        let history = scattered(&mut rng, operations, ask, |rng, _| ends(rng, Data::Nil));
        let all = deeds(&history);
        let key = |deed: &Deed| deed.input.pair().expect("as drawn").0.clone();
        let done: Vec<Data> = all.iter().filter(|deed| deed.is_ok()).map(key).collect();
        let twice = done
            .iter()
            .any(|key| done.iter().filter(|other| *other == key).count() > 1);
        let mut expected = if twice { vec!["g2"] } else { vec![] };
        answers.push(compare("g2", &history, &mut expected));
        let ask = |_: &mut Rng| Call::new(Verb::Read, 0, Data::Nil);
        let mut bank = |rng: &mut Rng, domain: &str, total: Option<i64>| {
            let history = scattered(rng, operations, ask, |rng, _| {
                let a = rng.below(12) as i64 - 1;
                let b = if rng.percent(90) { 10 - a } else { 9 };
                ends(rng, vec![vec![0, a], vec![1, b]].into())
            });
            let all = deeds(&history);
            let sums: Vec<i64> = reads(&all)
                .iter()
                .map(|read| balances(read).iter().sum())
                .collect();
            let negative = |read: &&&Deed| balances(read).iter().any(|balance| *balance < 0);
            let right = match total {
                Some(total) => Some(total),
                // The first that is not wrong in itself.
                None => reads(&all)
                    .iter()
                    .find(|r| !negative(r))
                    .map(|r| balances(r).iter().sum()),
            };
            let mut expected = Vec::new();
            let is_known = |place: usize| {
                total.is_some() || reads(&all)[..place].iter().any(|read| !negative(&read))
            };
            for (place, read) in reads(&all).iter().enumerate() {
                if is_known(place) && right.is_some_and(|right| right != sums[place]) {
                    expected.push("wrong-total");
                } else if negative(&read) {
                    expected.push("negative-balance");
                }
            }
            answers.push(compare(domain, &history, &mut expected));
        };
        bank(&mut rng, "bank total=10", Some(10));
        bank(&mut rng, "bank", None);
    }
    all_occur(
        &answers,
        &["valid", "unknown", "g2", "wrong-total", "negative-balance"],
    );
}

fn balances(read: &Deed) -> Vec<i64> {
    let pair = |pair: &Data| pair.pair().and_then(|(_, balance)| balance.int());
    read.members()
        .iter()
        .map(|balance| pair(balance).expect("as drawn"))
        .collect()
}

#[test]
fn timestamps_are_judged_by_their_definition() {
    let mut rng = Rng(7);
    let mut answers = Vec::new();
    for round in 0..rounds(8_000) {
        let mut next = 0;
        let operations = 2 + rng.below(4);
        let mut history = scattered(
            &mut rng,
            operations,
            |_| {
                next += 1;
                Call::new(Verb::Add, 0, next)
            },
            |rng, _| ends(rng, Data::Nil),
        );
        let all = deeds(&history);
        let is_mixed = rng.percent(30);
        let mut rows: Vec<(i64, i64)> = Vec::new();
        for add in all.iter().filter(|add| !add.is_failed) {
            if rng.percent(3) {
                continue;
            }
            let number = add.input.int().expect("as drawn");
            let late = if is_mixed { rng.below(30) as i64 } else { 0 };
            rows.push((add.invoked as i64 + late, number));
        }
        rows.sort_unstable();
        let answer: Vec<Data> = rows
            .iter()
            .map(|(at, number)| vec![*number, *at].into())
            .collect();
        let read = Call::new(Verb::Read, 0, Data::Nil);
        super::push(&mut history, 99, crate::Kind::Invoke, read.clone());
        super::push(&mut history, 99, crate::Kind::Ok, read.answered(answer));
        let is_global = round % 2 == 0;
        let mut expected = Vec::new();
        let at = |add: &Deed| {
            rows.iter()
                .find(|row| Some(row.1) == add.input.int())
                .map(|row| row.0)
        };
        for one in all.iter().filter(|add| !add.is_failed) {
            if one.is_ok() && at(one).is_none() {
                expected.push("lost-element");
            }
            let is_reversed = |other: &&Deed| {
                one.returned < other.invoked
                    && (is_global || one.process == other.process)
                    && at(one)
                        .zip(at(other))
                        .is_some_and(|(one, other)| other < one)
            };
            if all
                .iter()
                .filter(|add| !add.is_failed)
                .any(|other| is_reversed(&other))
            {
                expected.push("non-monotonic-id");
            }
        }
        let domain = if is_global {
            "monotonic"
        } else {
            "monotonic global=false"
        };
        answers.push(compare(domain, &history, &mut expected));
    }
    all_occur(
        &answers,
        &["valid", "unknown", "non-monotonic-id", "lost-element"],
    );
}
