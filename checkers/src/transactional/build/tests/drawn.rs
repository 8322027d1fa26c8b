//! Random histories of transactions, of all that a history can hold.
use crate::testing::Rng;
use crate::{Call, Data, Event, History, Kind, Op, Process, Verb};

/// Appends a transaction of `process` to `history`, so many times.
pub(super) fn ask(
    history: &mut History,
    process: u32,
    asked: &Data,
    answered: &Data,
    times: usize,
) {
    for _ in 0..times {
        let call = Call::new(Verb::Txn, 0, asked.clone());
        push(history, process, Kind::Invoke, call.clone());
        push(history, process, Kind::Ok, call.answered(answered.clone()));
    }
}

fn push(history: &mut History, process: u32, kind: Kind, call: Call) {
    let event = Event {
        time: history.events().len() as u64,
        process: Process(process),
        node: None,
        kind,
        op: Op::from(call),
    };
    history.push(event).expect("one at a time");
}

/// What a step may name or write: small numbers for the most part, and all that data can be.
fn data(rng: &mut Rng, depth: u64) -> Data {
    match rng.below(24) {
        0 => Data::Nil,
        1 => Data::Bool(rng.percent(50)),
        2 => Data::Int(-(rng.below(3) as i64)),
        3 => Data::Int((1 << 40) + rng.below(3) as i64),
        4 => Data::Int((1 << 29) + rng.below(2) as i64),
        5 => Data::Int((1_i64 << 31) - 1 + rng.below(2) as i64),
        6 | 7 => Data::from(["a", "b", "r"][rng.below(3) as usize]),
        8 if depth < 2 => list(rng, depth + 1),
        _ => Data::Int(rng.below(6) as i64),
    }
}

fn list(rng: &mut Rng, depth: u64) -> Data {
    let length = rng.below(4);
    Data::from((0..length).map(|_| data(rng, depth)).collect::<Vec<_>>())
}

/// What a key was seen to hold: goes on, is cut, or is something else.
fn seen(rng: &mut Rng, known: &mut Vec<Data>) -> Data {
    match rng.below(10) {
        0 => return Data::Nil,
        1 => return list(rng, 1),
        2 => known.truncate(rng.below(4) as usize),
        3..6 => known.push(data(rng, 1)),
        _ => {}
    }
    let cut = if rng.percent(60) {
        0
    } else {
        rng.below(known.len() as u64 + 1)
    };
    Data::from(known[..known.len() - cut as usize].to_vec())
}

/// A history of lists or registers; now and then something odd stands in it.
pub(super) fn drawn(rng: &mut Rng) -> History {
    let mut history = History::default();
    let write = ["append", "w"][rng.below(2) as usize];
    let reads_only = rng.percent(10);
    let odd = if rng.percent(30) { 3 } else { 0 };
    let mut open: Vec<Option<Vec<Data>>> = vec![None; 4];
    let mut known: Vec<Vec<Data>> = vec![Vec::new(); 3];
    let keys: Vec<Data> = (0..3).map(|_| data(rng, 0)).collect();
    for _ in 0..rng.below(60) {
        let lane = rng.below(4) as usize;
        let Some(steps) = open[lane].take() else {
            let count = if rng.percent(90) { rng.below(4) } else { 0 };
            let steps: Vec<Data> = (0..count)
                .map(|_| {
                    let write = if rng.percent(odd) {
                        ["append", "w", "x"][rng.below(3) as usize]
                    } else {
                        write
                    };
                    let is_read = reads_only || rng.percent(50);
                    let f = Data::from(if is_read { "r" } else { write });
                    let key = keys[rng.below(3) as usize].clone();
                    let value = if is_read { Data::Nil } else { data(rng, 0) };
                    if rng.percent(odd) {
                        data(rng, 0)
                    } else {
                        Data::from(vec![f, key, value])
                    }
                })
                .collect();
            let asked = Call::new(Verb::Txn, 0, steps.clone());
            push(&mut history, lane as u32, Kind::Invoke, asked);
            open[lane] = Some(steps);
            continue;
        };
        let call = Call::new(Verb::Txn, 0, steps.clone());
        let process = lane as u32;
        match rng.below(10) {
            0 => push(
                &mut history,
                process,
                Kind::Fail("refused".to_owned()),
                call,
            ),
            1 => push(&mut history, process, Kind::Info("lost".to_owned()), call),
            _ => {
                let answers = steps.iter().map(|step| {
                    let Some([f, key, value]) = step.list() else {
                        return step.clone();
                    };
                    if *f != Data::from("r") || rng.percent(odd) {
                        return Data::from(vec![f.clone(), key.clone(), value.clone()]);
                    }
                    let at = keys.iter().position(|known| known == key).unwrap_or(0);
                    let is_list = write == "append" && !rng.percent(odd) || reads_only;
                    let read = if is_list {
                        seen(rng, &mut known[at])
                    } else {
                        data(rng, 0)
                    };
                    Data::from(vec![f.clone(), key.clone(), read])
                });
                let answers: Vec<Data> = answers.collect();
                push(&mut history, process, Kind::Ok, call.answered(answers));
            }
        }
    }
    history
}
