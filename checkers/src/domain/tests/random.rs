//! Histories drawn at random, against the definitions.
use super::oracle::{Deed, deeds, is_one_order, unexpected};
use super::{Said, judge, rounds, scattered, told};
use crate::testing::Rng;
use crate::{Call, Data, History, Verb};

/// What was found must be what the definition finds, and what is called legal must have none.
pub(super) fn compare(domain: &str, history: &History, expected: &mut Vec<&'static str>) -> String {
    let (name, parameters) = domain.split_once(' ').unwrap_or((domain, ""));
    let verdict = judge(name, parameters, history);
    let answer = told(&verdict);
    expected.sort_unstable();
    expected.dedup();
    let mut found: Vec<&str> = match answer.as_str() {
        "valid" | "unknown" => Vec::new(),
        kinds => kinds.split(' ').collect(),
    };
    found.sort_unstable();
    found.dedup();
    assert_eq!(
        found,
        *expected,
        "{domain}: {verdict:#?}\n{:#?}",
        history.events()
    );
    answer
}

/// Every answer has to occur, or the test tests nothing.
pub(super) fn all_occur(answers: &[String], wanted: &[&str]) {
    for wanted in wanted {
        let count = answers
            .iter()
            .filter(|a| a.split(' ').any(|kind| kind == *wanted))
            .count();
        assert!(
            count > 20,
            "{wanted} occurred {count} times in {}",
            answers.len()
        );
    }
}

pub(super) fn number(rng: &mut Rng, bound: u64) -> Data {
    Data::Int(rng.below(bound) as i64)
}

pub(super) fn some(rng: &mut Rng, bound: i64, percent: u64) -> Data {
    let mut members: Vec<i64> = (1..=bound).filter(|_| rng.percent(percent)).collect();
    if rng.percent(4) {
        members.push(rng.below(bound as u64 + 1) as i64);
    }
    Data::from(members)
}

pub(super) fn ends(rng: &mut Rng, ok: Data) -> Said {
    match rng.below(10) {
        0 => Said::Fail,
        1 => Said::Unknown,
        _ => Said::Ok(ok),
    }
}

/// Additions of small numbers and reads of some of them.
fn elements(rng: &mut Rng, verb: &Verb, percent: u64) -> History {
    let mut next = 0;
    let operations = 2 + rng.below(6);
    scattered(
        rng,
        operations,
        |rng| match rng.percent(50) {
            true => Call::new(Verb::Read, 0, Data::Nil),
            false => {
                next += i64::from(rng.percent(90) || next == 0);
                Call::new(verb.clone(), 0, next)
            }
        },
        |rng, call| {
            let output = match call.f {
                Verb::Read => some(rng, 3, percent),
                _ => Data::Nil,
            };
            ends(rng, output)
        },
    )
}

pub(super) fn reads(all: &[Deed]) -> Vec<&Deed> {
    all.iter()
        .filter(|deed| deed.f == "read" && deed.is_ok())
        .collect()
}

#[test]
fn sets_are_judged_by_their_definition() {
    let mut rng = Rng(1);
    let mut answers = Vec::new();
    for _ in 0..rounds(10_000) {
        let percent = 60 + rng.below(40);
        let history = elements(&mut rng, &Verb::Add, percent);
        let all = deeds(&history);
        let mut expected = Vec::new();
        if let Some(last) = reads(&all).last() {
            expected = unexpected(&all, "add", last, true);
            let lost = all.iter().any(|add| {
                add.f == "add"
                    && add.is_ok()
                    && add.returned < last.invoked
                    && !last.members().contains(&add.input)
            });
            expected.extend(lost.then_some("lost-element"));
        }
        answers.push(compare("set", &history, &mut expected));
    }
    all_occur(
        &answers,
        &[
            "valid",
            "unknown",
            "lost-element",
            "garbage-read",
            "aborted-read",
            "duplicate-elements",
        ],
    );
}

#[test]
fn full_sets_are_judged_by_their_definition() {
    let mut rng = Rng(2);
    let mut answers = Vec::new();
    for round in 0..rounds(10_000) {
        let percent = 60 + rng.below(40);
        let history = elements(&mut rng, &Verb::Add, percent);
        let all = deeds(&history);
        let reads = reads(&all);
        let is_linearizable = round % 2 == 0;
        let mut expected: Vec<&str> = reads
            .iter()
            .flat_map(|read| unexpected(&all, "add", read, true))
            .collect();
        for add in all.iter().filter(|deed| deed.f == "add" && !deed.is_failed) {
            let of = |add: &Deed, other: &Deed| other.f == "add" && add.input == other.input;
            let added = all
                .iter()
                .filter(|d| of(add, d) && d.is_ok())
                .map(|d| d.returned);
            let has = |read: &&&Deed| read.members().contains(&add.input);
            let known = added
                .chain(reads.iter().filter(has).map(|read| read.returned))
                .min();
            let Some(known) = known else { continue };
            let late = reads
                .iter()
                .filter(|read| !has(read) && known < read.invoked);
            let late: Vec<&&Deed> = late.collect();
            let is_lost = late.iter().any(|late| {
                reads
                    .iter()
                    .filter(has)
                    .all(|read| read.returned < late.invoked)
            });
            if is_lost {
                expected.push("lost-element");
            } else if is_linearizable && !late.is_empty() {
                expected.push("stale-read");
            }
        }
        let domain = if is_linearizable {
            "set-full linearizable=true"
        } else {
            "set-full"
        };
        answers.push(compare(domain, &history, &mut expected));
    }
    all_occur(
        &answers,
        &[
            "valid",
            "unknown",
            "lost-element",
            "stale-read",
            "aborted-read",
            "duplicate-elements",
        ],
    );
}

#[test]
fn causal_reverses_are_judged_by_their_definition() {
    let mut rng = Rng(3);
    let mut answers = Vec::new();
    for _ in 0..rounds(10_000) {
        let percent = 60 + rng.below(40);
        let history = elements(&mut rng, &Verb::Write, percent);
        let all = deeds(&history);
        let mut expected = Vec::new();
        for read in reads(&all) {
            expected.extend(unexpected(&all, "write", read, false));
            let writes = || {
                all.iter()
                    .filter(|deed| deed.f == "write" && !deed.is_failed)
            };
            // What is seen is at least as old as its first write.
            let seen = read.members();
            let first = |value: &Data| writes().find(|write| write.input == *value);
            let seen_first: Vec<&Deed> = seen.iter().filter_map(first).collect();
            let is_reversed = writes().any(|write| {
                !seen.contains(&write.input)
                    && seen_first
                        .iter()
                        .any(|later| write.returned < later.invoked)
            });
            expected.extend(is_reversed.then_some("causal-reverse"));
        }
        answers.push(compare("causal-reverse", &history, &mut expected));
    }
    all_occur(
        &answers,
        &[
            "valid",
            "unknown",
            "causal-reverse",
            "aborted-read",
            "garbage-read",
        ],
    );
}

#[test]
fn forks_are_found_where_no_order_of_the_keys_explains_the_reads() {
    let mut rng = Rng(4);
    let mut answers = Vec::new();
    for _ in 0..rounds(12_000) {
        let keys: Vec<Data> = (0..2 + rng.below(3) as i64).map(Data::Int).collect();
        let mut history = History::default();
        for key in &keys {
            let call = Call::new(Verb::Write, 0, vec![key.clone(), 1.into()]);
            super::push(&mut history, 0, crate::Kind::Invoke, call.clone());
            super::push(&mut history, 0, crate::Kind::Ok, call.answered(Data::Nil));
        }
        let mut reads = Vec::new();
        for _ in 0..1 + rng.below(4) {
            let asked: Vec<Data> = keys.iter().filter(|_| rng.percent(75)).cloned().collect();
            if asked.is_empty() {
                continue;
            }
            let read: Vec<(Data, bool)> = asked
                .into_iter()
                .map(|key| (key, rng.percent(50)))
                .collect();
            let steps = read.iter().map(|(key, is_seen)| {
                let value = if *is_seen { Data::Int(1) } else { Data::Nil };
                Data::from(vec!["r".into(), key.clone(), value])
            });
            let call = Call::new(Verb::Read, 0, Data::Nil);
            super::push(&mut history, 0, crate::Kind::Invoke, call.clone());
            let answer: Vec<Data> = steps.collect();
            super::push(&mut history, 0, crate::Kind::Ok, call.answered(answer));
            reads.push(read);
        }
        let is_legal = is_one_order(&keys, &reads);
        let mut expected = if is_legal { vec![] } else { vec!["long-fork"] };
        answers.push(compare("long-fork", &history, &mut expected));
    }
    all_occur(&answers, &["valid", "unknown", "long-fork"]);
}
