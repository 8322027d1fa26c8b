//! The search against brute force: all small histories, and many drawn at random.
use super::specs::{Bag, Mutex, Queue, Register};
use super::*;
use crate::Verb;

/// All histories of `operations` operations, by the order of their events and by their calls.
fn all<S: Spec>(spec: &S, operations: usize, calls: &[Call], processes: &[u32]) -> (u64, u64) {
    let mut counts = (0, 0);
    let mut shapes = Vec::new();
    shape(operations, &mut Vec::new(), &mut Vec::new(), &mut shapes);
    let kinds = calls.len() * processes.len();
    for times in &shapes {
        for mut code in 0..kinds.pow(operations as u32) {
            let mut asked: Vec<Asked> = Vec::new();
            for &(invoked, returned) in times {
                let kind = code % kinds;
                code /= kinds;
                let process = Process(processes[kind / calls.len()]);
                let mut call = calls[kind % calls.len()].clone();
                if returned == NEVER {
                    call.output = None;
                }
                asked.push(Asked {
                    process,
                    call,
                    invoked,
                    returned,
                });
            }
            let is_legal = compare(spec, &asked);
            counts.0 += 1;
            counts.1 += u64::from(is_legal);
        }
    }
    counts
}

/// Every way in which operations can begin and end, the last ones never.
fn shape(
    left: usize,
    times: &mut Vec<(u32, u32)>,
    open: &mut Vec<usize>,
    shapes: &mut Vec<Vec<(u32, u32)>>,
) {
    let position = times
        .iter()
        .map(|time| 1 + u32::from(time.1 != NEVER))
        .sum();
    if left == 0 {
        shapes.push(times.clone());
    } else {
        times.push((position, NEVER));
        open.push(times.len() - 1);
        shape(left - 1, times, open, shapes);
        open.pop();
        times.pop();
    }
    for i in 0..open.len() {
        let op = open.remove(i);
        times[op].1 = position;
        shape(left, times, open, shapes);
        times[op].1 = NEVER;
        open.insert(i, op);
    }
}

fn registers() -> Vec<Call> {
    let mut calls = Vec::new();
    for value in 1..=2 {
        calls.push(Call::new(Verb::Write, 0, value).answered(Data::Nil));
        calls.push(Call::new(Verb::Read, 0, Data::Nil).answered(value));
    }
    let cas = Call::new(Verb::Cas, 0, vec![1, 2]);
    calls.push(cas.clone().answered(true));
    calls.push(cas.answered(false));
    calls
}

fn queues() -> Vec<Call> {
    let mut calls = Vec::new();
    for value in 1..=2 {
        calls.push(Call::new(Verb::Enqueue, 0, value).answered(Data::Nil));
        calls.push(Call::new(Verb::Dequeue, 0, Data::Nil).answered(value));
    }
    calls.push(Call::new(Verb::Dequeue, 0, Data::Nil).answered(Data::Nil));
    calls
}

fn bags() -> Vec<Call> {
    let rename = |mut call: Call| {
        call.f = match call.f {
            Verb::Enqueue => Verb::Add,
            _ => Verb::Remove,
        };
        call
    };
    queues().into_iter().map(rename).collect()
}

fn locks() -> Vec<Call> {
    let acquire = Call::new(Verb::Acquire, 0, Data::Nil);
    let release = Call::new(Verb::Release, 0, Data::Nil);
    vec![
        acquire.clone().answered(true),
        acquire.answered(false),
        release.answered(Data::Nil),
    ]
}

#[test]
fn all_histories_of_up_to_three_operations_agree() {
    for operations in 1..=3 {
        let (total, legal) = all(&Register, operations, &registers(), &[0]);
        assert!(0 < legal && legal < total);
        let (total, legal) = all(&Queue, operations, &queues(), &[0]);
        assert!(0 < legal && legal < total);
        let (total, legal) = all(&Bag, operations, &bags(), &[0]);
        assert!(0 < legal && legal < total);
        let (total, legal) = all(&Mutex, operations, &locks(), &[0, 1]);
        assert!(0 < legal && legal < total);
    }
}

#[test]
fn all_histories_of_four_operations_agree() {
    let some = |calls: Vec<Call>, kept: &[usize]| -> Vec<Call> {
        kept.iter().map(|&i| calls[i].clone()).collect()
    };
    all(&Register, 4, &some(registers(), &[0, 1, 3, 4]), &[0]);
    all(&Queue, 4, &some(queues(), &[0, 1, 2, 4]), &[0]);
    all(&Bag, 4, &some(bags(), &[0, 1, 3, 4]), &[0]);
    all(&Mutex, 4, &some(locks(), &[0, 2]), &[0, 1]);
}

/// Draws histories of calls that are answered anyhow, and compares.
fn random<S: Spec>(spec: &S, calls: &[Call], count: u64, seed: u64) -> u64 {
    let rng = &mut Rng(seed);
    let mut legal = 0;
    for _ in 0..count {
        let operations = 3 + rng.below(6) as usize;
        let processes = 2 + rng.below(4) as usize;
        let lost = [0, 15, 40][rng.below(3) as usize];
        let (plan, _) = schedule(operations, processes, rng);
        let asked = plan.iter().map(|planned| {
            let mut call = calls[rng.below(calls.len() as u64) as usize].clone();
            let is_lost = rng.percent(lost);
            if is_lost {
                call.output = None;
            }
            Asked {
                process: Process(planned.process),
                call,
                invoked: planned.invoked,
                returned: if is_lost { NEVER } else { planned.returned },
            }
        });
        let mut asked: Vec<Asked> = asked.collect();
        crate::linearizable::object::decide::renumber(&mut asked);
        legal += u64::from(compare(spec, &asked));
    }
    legal
}

/// Draws legal histories, spoils the answers of some, and compares.
fn spoilt<S: Spec>(spec: &S, calls: &[Call], answers: &[Data], count: u64, seed: u64) -> u64 {
    let rng = &mut Rng(seed);
    let mut legal = 0;
    for _ in 0..count {
        let operations = 4 + rng.below(7) as usize;
        let processes = 2 + rng.below(4) as usize;
        let mut asked = drawn(
            spec,
            operations,
            processes,
            10,
            rng,
            |rng| {
                let mut call = calls[rng.below(calls.len() as u64) as usize].clone();
                call.output = None;
                call
            },
            |state, process, call, rng| {
                let is_possible = |answer: &&Data| {
                    let call = call.clone().answered(Data::clone(answer));
                    spec.step(state, process, &call)
                        .into_iter()
                        .next()
                        .is_some()
                };
                let possible: Vec<&Data> = answers.iter().filter(is_possible).collect();
                match possible.as_slice() {
                    [] => Data::Nil,
                    _ => possible[rng.below(possible.len() as u64) as usize].clone(),
                }
            },
        );
        assert!(compare(spec, &asked), "it was drawn legal: {asked:#?}");
        let op = rng.below(asked.len() as u64) as usize;
        if asked[op].is_answered() {
            let answer = answers[rng.below(answers.len() as u64) as usize].clone();
            asked[op].call.output = Some(answer);
        }
        legal += u64::from(compare(spec, &asked));
    }
    legal
}

fn random_of_all(count: u64, seed: u64) {
    let numbers: Vec<Data> = vec![Data::Nil, 1.into(), 2.into()];
    let truths: Vec<Data> = vec![true.into(), false.into()];
    let mixed = [numbers.clone(), truths.clone()].concat();
    assert!(random(&Register, &registers(), count, seed) > 0);
    assert!(random(&Queue, &queues(), count, seed + 1) > 0);
    assert!(random(&Bag, &bags(), count, seed + 2) > 0);
    assert!(random(&Mutex, &locks(), count, seed + 3) > 0);
    spoilt(&Register, &registers(), &mixed, count, seed + 4);
    spoilt(&Queue, &queues(), &numbers, count, seed + 5);
    spoilt(&Bag, &bags(), &numbers, count, seed + 6);
    spoilt(&Mutex, &locks(), &mixed, count, seed + 7);
}

#[test]
fn random_histories_agree() {
    random_of_all(27_000, 1);
}

#[test]
#[ignore = "by hand: millions of histories, in a release build"]
fn millions_of_random_histories_agree() {
    for seed in 0..10 {
        random_of_all(20_000, 1_000 + seed * 8);
    }
}
