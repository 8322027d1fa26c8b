//! A counter: added to in steps of one size, and read.
//!
//! Additions that do not say what they led to are swept by earliest deadlines; if all of them tell
//! the new value, their order is known and only time has to allow it. Additions of different sizes
//! are a subset sum in disguise (NP-hard): of them only the bounds are looked at.
use super::counter_bounds;
use super::counter_chain;
use super::level::{self, Act, Deadline, Range, Words};
use super::lowered::{FOREIGN, Outside, UNORDERED, is_in_order, timed};
use crate::linearizable::asked::Asked;
use crate::linearizable::engine::Engine;
use crate::linearizable::proof::Answer;
use crate::linearizable::timed::Timed;
use crate::{AnomalyKind, Data, Verb};

pub(crate) const ENGINE: Engine = Engine {
    name: "counter by earliest deadlines",
    check,
    order,
};

/// No history has as many operations.
const RANGE: Range = Range {
    lowest: -(1 << 29),
    highest: 1 << 29,
};

/// A level that is never reached.
const NOWHERE: i32 = 1 << 30;

const WORDS: Words = Words {
    kind: |_| AnomalyKind::ImpossibleCount,
    did,
    was: |_| "the counter stood there".to_owned(),
    moves: ["decrement", "increment"],
};

/// What one operation did to the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    Add(i64),
    /// Added so much, which led to this.
    AddTo(i64, i64),
    Read(i64),
}

fn check(asked: &[Asked]) -> Answer {
    let counts = match lower(asked) {
        Ok(counts) => counts,
        Err(why) => return Answer::Outside(why),
    };
    match kind(&counts) {
        Kind::Chain(step) => counter_chain::check(asked, &counts, step),
        Kind::Level(step) => {
            let ops = levels(&counts, step);
            level::answer(asked, &ops, RANGE, WORDS, || {
                counter_bounds::check(asked, &counts, "a counter that goes both ways")
            })
        }
        Kind::Unread => Answer::Legal,
        Kind::Mixed(why) => counter_bounds::check(asked, &counts, why),
    }
}

fn order(asked: &[Asked]) -> Option<Vec<u32>> {
    let counts = lower(asked).ok()?;
    match kind(&counts) {
        Kind::Chain(step) => counter_chain::order(&counts, step),
        Kind::Level(step) => level::order(&levels(&counts, step), RANGE, Deadline::Waived),
        Kind::Unread => {
            let answered = 0..counts.len() as u32;
            Some(
                answered
                    .filter(|&op| counts[op as usize].is_answered())
                    .collect(),
            )
        }
        Kind::Mixed(_) => None,
    }
}

fn lower(asked: &[Asked]) -> Result<Vec<Timed<Count>>, Outside> {
    if !is_in_order(asked) {
        return Err(UNORDERED);
    }
    let counts: Result<Vec<Timed<Count>>, Outside> = asked
        .iter()
        .map(|asked| Ok(timed(asked, count(asked)?)))
        .collect();
    let size = |op: &Timed<Count>| match op.act {
        Count::Add(step) | Count::AddTo(step, _) => i128::from(step).abs(),
        Count::Read(_) => 0,
    };
    let counts = counts?;
    let sum: i128 = counts.iter().map(size).sum();
    // Beyond that, counters wrap around.
    let is_small = sum <= i128::from(i64::MAX);
    is_small.then_some(counts).ok_or("sums beyond 64 bits")
}

fn count(asked: &Asked) -> Result<Count, Outside> {
    let output = asked.call.output.as_ref().filter(|_| asked.is_answered());
    match (&asked.call.f, &asked.call.input, output) {
        (Verb::Add, Data::Int(0), _) => Err("an addition of nothing"),
        (Verb::Add, Data::Int(step), None | Some(Data::Nil)) => Ok(Count::Add(*step)),
        (Verb::Add, Data::Int(step), Some(Data::Int(sum))) => Ok(Count::AddTo(*step, *sum)),
        (Verb::Read, Data::Nil, None) => Ok(Count::Read(0)),
        (Verb::Read, Data::Nil, Some(Data::Int(read))) => Ok(Count::Read(*read)),
        _ => Err(FOREIGN),
    }
}

enum Kind {
    /// All that were answered tell what they led to, in steps of this.
    Chain(i64),
    /// None tells, and all are this, up or down.
    Level(i64),
    /// Nothing is ever told.
    Unread,
    Mixed(Outside),
}

fn kind(counts: &[Timed<Count>]) -> Kind {
    let (mut told, mut silent, mut is_read) = (false, false, false);
    let mut steps: Option<i64> = None;
    let (mut is_even, mut is_one_way) = (true, true);
    for op in counts {
        let step = match op.act {
            Count::Add(step) => {
                silent |= op.is_answered();
                step
            }
            Count::AddTo(step, _) => {
                told = true;
                step
            }
            Count::Read(_) => {
                is_read |= op.is_answered();
                continue;
            }
        };
        let first = *steps.get_or_insert(step);
        is_even &= step
            .checked_abs()
            .is_some_and(|size| first.checked_abs() == Some(size));
        is_one_way &= step == first;
    }
    let step = steps.unwrap_or(1);
    match (told, silent) {
        (true, false) if is_even && is_one_way => Kind::Chain(step),
        (true, _) => Kind::Mixed("additions of which some tell what they led to"),
        (false, _) if is_even => Kind::Level(step),
        (false, _) if !is_read => Kind::Unread,
        (false, _) => Kind::Mixed("additions of different sizes"),
    }
}

/// In steps of `step`, which may be negative.
fn levels(counts: &[Timed<Count>], step: i64) -> Vec<Timed<Act>> {
    let lowered = counts.iter().map(|op| Timed {
        act: match op.act {
            Count::Add(by) if by == step => Act::Up,
            Count::Add(_) | Count::AddTo(..) => Act::Down,
            Count::Read(read) => Act::Read(steps_to(read, step).unwrap_or(NOWHERE)),
        },
        invoked: op.invoked,
        returned: op.returned,
    });
    lowered.collect()
}

/// After how many steps the counter stands at `value`.
pub(super) fn steps_to(value: i64, step: i64) -> Option<i32> {
    let is_whole = value.checked_rem(step) == Some(0);
    let steps = value.checked_div(step).filter(|_| is_whole)?;
    i32::try_from(steps)
        .ok()
        .filter(|steps| steps.abs() < NOWHERE)
}

pub(super) fn did(asked: &Asked) -> String {
    let Data::Int(told) = asked.call.output.clone().unwrap_or_default() else {
        return format!("added {}", asked.call.input);
    };
    match asked.call.f {
        Verb::Add => format!("added {} and got {told}", asked.call.input),
        _ => format!("read {told}"),
    }
}
