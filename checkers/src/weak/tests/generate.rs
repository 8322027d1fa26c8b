//! Random histories of a leader and replicas that lag behind it.
use crate::testing::Rng;
use crate::{Event, History, Kind, Op, Process, Value};

/// How a random history looks. Chances are in percent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) operations: usize,
    pub(super) processes: usize,
    pub(super) keys: u64,
    /// That a write has an unknown outcome.
    pub(super) info: u64,
    /// That a change is a compare-and-set.
    pub(super) swaps: u64,
    /// That a read returns an older version than the newest.
    pub(super) stale: u64,
}

enum Stage {
    Idle,
    Asked(Op),
    Done(Op),
}

/// A history whose writes take effect one after another, and whose reads may be old.
pub(super) fn history(shape: Shape, rng: &mut Rng) -> History {
    let mut history = History::default();
    let mut versions: Vec<Vec<Option<Value>>> = vec![vec![None]; shape.keys as usize];
    let mut stages: Vec<Stage> = (0..shape.processes).map(|_| Stage::Idle).collect();
    let mut names: Vec<u32> = (0..shape.processes as u32).collect();
    let (mut asked, mut fresh) = (0, 0);
    while asked < shape.operations || stages.iter().any(|stage| !matches!(stage, Stage::Idle)) {
        let lane = rng.below(shape.processes as u64) as usize;
        let process = Process(names[lane]);
        let mut push = |kind, op: &Op| {
            let (time, node, op) = (history.events().len() as u64, None, op.clone());
            let event = Event {
                time,
                process,
                node,
                kind,
                op,
            };
            history.push(event).expect("one operation at a time");
        };
        stages[lane] = match std::mem::replace(&mut stages[lane], Stage::Idle) {
            Stage::Idle if asked == shape.operations => Stage::Idle,
            Stage::Idle => {
                asked += 1;
                let key = rng.below(shape.keys);
                let op = if rng.percent(50) {
                    Op::Read { key, value: None }
                } else {
                    fresh += 1;
                    match versions[key as usize].last().copied().flatten() {
                        Some(from) if rng.percent(shape.swaps) => Op::Cas {
                            key,
                            from,
                            to: fresh,
                            found: None,
                        },
                        _ => Op::Write { key, value: fresh },
                    }
                };
                push(Kind::Invoke, &op);
                Stage::Asked(op)
            }
            Stage::Asked(op) => {
                let held = &mut versions[op.key() as usize];
                let is_lost = !op.is_pure_read() && rng.percent(shape.info);
                let newest = *held.last().expect("nil at least");
                let done = match op.clone() {
                    Op::Read { key, .. } => {
                        let back = if rng.percent(shape.stale) {
                            rng.below(3) as usize
                        } else {
                            0
                        };
                        let place = held.len().saturating_sub(1 + back);
                        Op::Read {
                            key,
                            value: held[place],
                        }
                    }
                    Op::Write { key, value } => {
                        if !is_lost || rng.percent(50) {
                            held.push(Some(value));
                        }
                        Op::Write { key, value }
                    }
                    Op::Cas { key, from, to, .. } => {
                        if newest == Some(from) && (!is_lost || rng.percent(50)) {
                            held.push(Some(to));
                        }
                        Op::Cas {
                            key,
                            from,
                            to,
                            found: newest,
                        }
                    }
                    Op::Call(_) => unreachable!("only registers are asked"),
                };
                if is_lost {
                    push(Kind::Info("timed out".to_owned()), &op);
                    names[lane] += shape.processes as u32;
                    Stage::Idle
                } else {
                    Stage::Done(done)
                }
            }
            Stage::Done(op) => {
                push(Kind::Ok, &op);
                Stage::Idle
            }
        };
    }
    history
}

/// The same history with the answer of one read changed to another value that was asked for.
pub(super) fn lie(history: &History, rng: &mut Rng) -> History {
    let is_read = |event: &Event| event.kind == Kind::Ok && event.op.is_pure_read();
    let reads = history
        .events()
        .iter()
        .filter(|event| is_read(event))
        .count();
    let chosen = rng.below(reads.max(1) as u64) as usize;
    let mut lied = History::default();
    let mut seen = 0;
    for event in history.events() {
        let mut event = event.clone();
        if is_read(&event) {
            seen += 1;
            if seen == chosen + 1
                && let Op::Read { key, value } = &mut event.op
            {
                let written = lied_about(history, *key);
                *value = written[rng.below(written.len() as u64) as usize];
            }
        }
        lied.push(event).expect("as well-formed as it was");
    }
    lied
}

fn lied_about(history: &History, key: u64) -> Vec<Option<Value>> {
    let mut values = vec![None];
    for event in history
        .events()
        .iter()
        .filter(|event| event.op.key() == key)
    {
        match event.op {
            Op::Write { value, .. } => values.push(Some(value)),
            Op::Cas { to, .. } => values.push(Some(to)),
            Op::Read { .. } | Op::Call(_) => {}
        }
    }
    values
}
