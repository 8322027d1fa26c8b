//! Sequential consistency against brute force.
use super::specs::{Mutex, Queue, Register};
use super::*;
use crate::{Checker, Object, Verb, Verdict};
use std::collections::HashSet;

/// By definition: tries every order that keeps the order of each process, of all objects at once.
fn is_sequential<S: Spec>(spec: &S, asked: &[Asked], objects: usize) -> bool {
    let mut stack = vec![(0_u64, vec![spec.init(); objects])];
    let mut seen = HashSet::new();
    let answered = (0..asked.len()).filter(|&op| asked[op].is_answered());
    let all = answered.fold(0_u64, |all, op| all | 1 << op);
    while let Some((done, states)) = stack.pop() {
        if done & all == all {
            return true;
        }
        if !seen.insert((done, states.clone())) {
            continue;
        }
        for op in (0..asked.len()).filter(|op| done >> op & 1 == 0) {
            let earlier = (0..op).filter(|&other| asked[other].process == asked[op].process);
            let is_next = earlier
                .filter(|&other| asked[other].is_answered())
                .all(|other| done >> other & 1 == 1);
            let object = asked[op].call.key as usize;
            let nexts = spec.step(&states[object], asked[op].process, &asked[op].call);
            for next in nexts.into_iter().filter(|_| is_next) {
                let mut states = states.clone();
                states[object] = next;
                stack.push((done | 1 << op, states));
            }
        }
    }
    false
}

fn agrees<S: Spec>(spec: S, calls: &[Call], objects: u64, count: u64, seed: u64) {
    let judge = Object::new("object", spec).sequential();
    let rng = &mut Rng(seed);
    let (mut legal, mut illegal) = (0, 0);
    for _ in 0..count {
        let operations = 2 + rng.below(6) as usize;
        let (plan, _) = schedule(operations, 3, rng);
        let mut lost: HashSet<u32> = HashSet::new();
        let mut asked: Vec<Asked> = Vec::new();
        for planned in plan {
            if lost.contains(&planned.process) {
                continue;
            }
            let mut call = calls[rng.below(calls.len() as u64) as usize].clone();
            call.key = rng.below(objects);
            let is_lost = rng.percent(10);
            if is_lost {
                lost.insert(planned.process);
                call.output = None;
            }
            asked.push(Asked {
                process: Process(planned.process),
                call,
                invoked: planned.invoked,
                returned: if is_lost { NEVER } else { planned.returned },
            });
        }
        let expected = is_sequential(judge.spec(), &asked, objects as usize);
        let is_answered = asked.iter().any(Asked::is_answered);
        let history = same_processes(&asked);
        match judge.check(&history, &Budget::new(1 << 28)) {
            Verdict::Valid { .. } => assert!(expected, "acquitted: {asked:#?}"),
            Verdict::Unknown { reason, .. } => assert!(!is_answered, "{reason} {asked:#?}"),
            Verdict::Invalid { anomalies, .. } => {
                assert!(!expected, "falsely accused: {asked:#?}");
                let anomaly = &anomalies[0];
                assert!(anomaly.sentence.chars().count() <= 160, "{anomaly:#?}");
                let last = anomaly.steps.last().expect("a proof has steps");
                assert!(last.text.ends_with("— a contradiction."), "{anomaly:#?}");
                illegal += 1;
                check_witness(judge.spec(), &history, &asked, anomaly, objects as usize);
            }
        }
        legal += u64::from(expected);
    }
    assert!(legal > 0 && illegal > 0, "{legal} {illegal}");
}

fn check_witness<S: Spec>(
    spec: &S,
    history: &History,
    asked: &[Asked],
    anomaly: &crate::Anomaly,
    objects: usize,
) {
    let operations = history.operations();
    assert_eq!(operations.len(), asked.len());
    let kept = operations.iter().zip(asked).filter(|(operation, _)| {
        let mut witness = anomaly.witness.iter();
        witness.any(|op| op.invoked == operation.invoked)
    });
    let kept: Vec<Asked> = kept.map(|(_, asked)| asked.clone()).collect();
    assert!(
        !is_sequential(spec, &kept, objects),
        "{anomaly:#?} {asked:#?}"
    );
}

/// Like [`history`], with the processes as they are.
fn same_processes(asked: &[Asked]) -> History {
    let mut events: Vec<(u32, Event)> = Vec::new();
    for asked in asked {
        let event = |position: u32, kind, call: Call| {
            let event = Event {
                time: u64::from(position),
                process: asked.process,
                node: None,
                kind,
                op: Op::from(call),
            };
            (position, event)
        };
        let question = Call {
            output: None,
            ..asked.call.clone()
        };
        events.push(event(asked.invoked, Kind::Invoke, question));
        if asked.is_answered() {
            events.push(event(asked.returned, Kind::Ok, asked.call.clone()));
        }
    }
    events.sort_by_key(|event| event.0);
    let mut history = History::default();
    for (_, event) in events {
        history.push(event).expect("well-formed");
    }
    history
}

#[test]
fn random_histories_agree_with_brute_force() {
    let call = |f: Verb, input: Data, output: Data| Call::new(f, 0, input).answered(output);
    let registers = [
        call(Verb::Write, 1.into(), Data::Nil),
        call(Verb::Write, 2.into(), Data::Nil),
        call(Verb::Read, Data::Nil, 1.into()),
        call(Verb::Read, Data::Nil, 2.into()),
        call(Verb::Read, Data::Nil, Data::Nil),
    ];
    let queues = [
        call(Verb::Enqueue, 1.into(), Data::Nil),
        call(Verb::Enqueue, 2.into(), Data::Nil),
        call(Verb::Dequeue, Data::Nil, 1.into()),
        call(Verb::Dequeue, Data::Nil, 2.into()),
    ];
    let locks = [
        call(Verb::Acquire, Data::Nil, true.into()),
        call(Verb::Acquire, Data::Nil, false.into()),
        call(Verb::Release, Data::Nil, Data::Nil),
    ];
    agrees(Register, &registers, 1, 10_000, 1);
    agrees(Register, &registers, 2, 10_000, 2);
    agrees(Queue, &queues, 1, 10_000, 3);
    agrees(Queue, &queues, 2, 10_000, 4);
    agrees(Mutex, &locks, 1, 10_000, 5);
}
