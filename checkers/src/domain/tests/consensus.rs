//! Consensus, drawn, and at random against brute force over an object that keeps what it is given first.
use super::random::{all_occur, ends, number};
use super::{check, history, judge, rounds, scattered, told};
use crate::linearizable::{Asked, NEVER};
use crate::testing::{Rng, close_gaps, is_legal};
use crate::{Call, Data, History, Op, Outcome, Process, Spec, Verb};

#[test]
fn what_is_decided_is_the_same_for_everybody() {
    check("consensus", "0: propose 1 → 1; 1: propose 2 → 1", "valid");
    check(
        "consensus",
        "0: propose 1 → 1; 1: propose 2 → 2",
        "disagreement",
    );
    check(
        "consensus",
        "0( propose 1; 1( propose 2; 0) 2; 1) 1",
        "disagreement",
    );
    check("consensus", "0: propose 1 → 1; 1: read → 1", "valid");
    check(
        "consensus",
        "0: propose 1 → 1; 1( propose 2; 2: read → 2; 1) ?",
        "disagreement",
    );
    // It may have been decided long before anybody hears of it.
    check(
        "consensus",
        "0: propose 1 → ?; 1: propose 2 → 1; 2: read → 1",
        "valid",
    );
    check("consensus", "0: propose 1 → ?; 1: read → nil", "unknown");
    check("consensus", "0: propose 1 → x; 1: propose 2 → x", "unknown");
}

#[test]
fn what_is_decided_was_proposed() {
    check("consensus", "0: propose 1 → 2", "garbage-read");
    check("consensus", "0: read → 2", "garbage-read");
    check(
        "consensus",
        "0: propose 2 → x; 1: propose 1 → 2",
        "aborted-read",
    );
    check(
        "consensus",
        "0: propose 2 → x; 0: propose 2 → ?; 1: propose 1 → 2",
        "valid",
    );
    check(
        "consensus",
        "1: propose 1 → 2; 0: propose 2 → 2",
        "aborted-read",
    );
    check("consensus", "1( propose 1; 0: propose 2 → 2; 1) 2", "valid");
    check("consensus", "0: propose 1 → nil", "unknown");
}

#[test]
fn a_read_may_know_nothing_unless_it_asks() {
    let text = "0: propose 1 → 1; 1: read → nil; 1: read → 1";
    check("consensus", text, "valid");
    check("consensus linearizable=true", text, "stale-read");
    check(
        "consensus linearizable=true",
        "0( propose 1; 1: read → nil; 0) 1; 1: read → 1",
        "valid",
    );
    check(
        "consensus linearizable=true",
        "0( propose 1; 1: read → 1; 1: read → nil; 0) 1",
        "stale-read",
    );
}

#[test]
fn one_instance_without_a_decision_is_no_news_beside_others() {
    let mut history = history("0: propose 1 → 1; 1: read → nil");
    for event in history.events().to_vec() {
        let Op::Call(mut call) = event.op else {
            panic!("only calls are drawn")
        };
        call.key = 1;
        if call.output.is_some() {
            let kind = crate::Kind::Info("?".to_owned());
            super::push(&mut history, event.process.0, kind, *call);
        } else {
            super::push(&mut history, event.process.0, event.kind, *call);
        }
    }
    assert_eq!(told(&judge("consensus", "", &history)), "valid");
}

/// Keeps the first value that it is given, and tells it to everybody.
struct Sticky {
    /// Whether a read may find nothing although there is something.
    may_miss: bool,
}

impl Spec for Sticky {
    type State = Data;

    fn init(&self) -> Data {
        Data::Nil
    }

    fn step(&self, held: &Data, _: Process, call: &Call) -> impl IntoIterator<Item = Data> {
        let next = match (&call.f, held) {
            (Verb::Propose, Data::Nil) => call.input.clone(),
            (Verb::Propose | Verb::Read, held) => held.clone(),
            _ => return None,
        };
        let is_answer = match &call.output {
            None => true,
            Some(Data::Nil) => *held == Data::Nil || self.may_miss,
            Some(output) => *output == next,
        };
        is_answer.then_some(next)
    }
}

/// As the brute force wants it: those that failed are left out.
fn asked(history: &History) -> Vec<Asked> {
    let asked = |operation: &crate::Operation<'_>| {
        let Op::Call(call) = operation.op else {
            panic!("only calls are drawn")
        };
        let returned = match operation.outcome {
            Outcome::Ok { completed } => completed as u32,
            Outcome::Unknown { .. } => NEVER,
        };
        Asked {
            process: operation.process,
            call: Call::clone(call),
            invoked: operation.invoked as u32,
            returned,
        }
    };
    let mut all: Vec<Asked> = history.operations().iter().map(asked).collect();
    close_gaps(&mut all);
    all
}

#[test]
fn agreement_and_validity_are_linearizability_of_what_keeps_the_first() {
    let mut rng = Rng(31);
    for domain in ["consensus", "consensus linearizable=true"] {
        let may_miss = domain == "consensus";
        let mut answers = Vec::new();
        for _ in 0..rounds(20_000) {
            let (operations, favourite) = (1 + rng.below(6), 1 + rng.below(3) as i64);
            let history = scattered(
                &mut rng,
                operations,
                |rng| match rng.percent(35) {
                    true => Call::new(Verb::Read, 0, Data::Nil),
                    false => Call::new(Verb::Propose, 0, 1 + rng.below(3) as i64),
                },
                |rng, call| {
                    let output = match rng.below(20) {
                        0 => Data::Int(1 + number(rng, 4).int().expect("a number")),
                        1..6 if call.f == Verb::Read => Data::Nil,
                        _ => Data::Int(favourite),
                    };
                    ends(rng, output)
                },
            );
            let (name, parameters) = domain.split_once(' ').unwrap_or((domain, ""));
            let answer = told(&judge(name, parameters, &history));
            let is_by_force = is_legal(&Sticky { may_miss }, &asked(&history));
            let is_accused = !matches!(answer.as_str(), "valid" | "unknown");
            assert_eq!(
                is_accused,
                !is_by_force,
                "{domain}: {answer}\n{:#?}",
                history.events()
            );
            answers.push(answer);
        }
        let kinds = [
            "valid",
            "unknown",
            "disagreement",
            "garbage-read",
            "aborted-read",
        ];
        all_occur(&answers, &kinds);
        if !may_miss {
            all_occur(&answers, &["stale-read"]);
        }
    }
}
