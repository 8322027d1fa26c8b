//! A counter whose additions tell the new value: their order is known.
//!
//! The addition that led to the j-th step stands at place 2j-1, reads of it at 2j. Steps that nobody
//! tells of were made by additions of unknown outcome, which have no return to miss: they are taken
//! in order of invocation (any other assignment can be exchanged for this one).
use super::chain::{self, Broken};
use super::counter::{Count, did, steps_to};
use super::lowered::{illegal, real_time, remark};
use crate::AnomalyKind;
use crate::linearizable::asked::Asked;
use crate::linearizable::proof::Answer;
use crate::linearizable::timed::Timed;

/// Why there is no order, by the operations that say so.
enum Wrong {
    /// Not reached by whole steps, or not by as many as had begun.
    Unreached(u32),
    Twice(u32, u32),
    Broken(Broken),
}

pub(super) fn check(asked: &[Asked], counts: &[Timed<Count>], step: i64) -> Answer {
    match chain(counts, step) {
        Ok(_) => Answer::Legal,
        Err(wrong) => told(asked, counts, wrong),
    }
}

pub(super) fn order(counts: &[Timed<Count>], step: i64) -> Option<Vec<u32>> {
    let chain = chain(counts, step).ok()?;
    Some(chain.into_iter().map(|(_, op)| op).collect())
}

/// All that took effect, by place.
fn chain(counts: &[Timed<Count>], step: i64) -> Result<Vec<(u64, u32)>, Wrong> {
    let mut chain: Vec<(u64, u32)> = Vec::with_capacity(counts.len());
    let mut spare = Vec::new();
    for (index, op) in counts.iter().enumerate() {
        let index = index as u32;
        let (told, least) = match op.act {
            Count::Add(_) => {
                spare.push(index);
                continue;
            }
            Count::Read(_) if !op.is_answered() => continue,
            Count::Read(told) => (told, 0),
            Count::AddTo(_, told) => (told, 1),
        };
        let steps = steps_to(told, step).filter(|&steps| least <= steps);
        let steps = steps.ok_or(Wrong::Unreached(index))?;
        chain.push((2 * steps as u64 - u64::from(least == 1), index));
    }
    chain.sort_unstable();
    let filled = fill(&chain, &spare)?;
    match chain::broken(filled.iter().copied(), counts) {
        Some(broken) => Err(Wrong::Broken(broken)),
        None => Ok(filled),
    }
}

/// Puts an addition of unknown outcome wherever a step is missing.
fn fill(chain: &[(u64, u32)], spare: &[u32]) -> Result<Vec<(u64, u32)>, Wrong> {
    let mut filled = Vec::with_capacity(chain.len() + spare.len());
    let mut spare = spare.iter();
    let (mut steps, mut last) = (0, 0);
    for &(place, op) in chain {
        let is_addition = place % 2 == 1;
        let before = place / 2;
        while steps < before {
            let by = spare.next().ok_or(Wrong::Unreached(op))?;
            steps += 1;
            filled.push((2 * steps - 1, *by));
        }
        if is_addition {
            if steps != before {
                return Err(Wrong::Twice(last, op));
            }
            steps += 1;
            last = op;
        }
        filled.push((place, op));
    }
    Ok(filled)
}

fn told(asked: &[Asked], counts: &[Timed<Count>], wrong: Wrong) -> Answer {
    let kind = AnomalyKind::ImpossibleCount;
    let did = |op: u32| did(&asked[op as usize]);
    match wrong {
        Wrong::Unreached(op) => {
            let did = did(op);
            let sentence = format!("{{0}} {did}, and no additions that had begun lead there");
            let step =
                format!("{{0}} {did}, which nothing that had begun adds up to — a contradiction.");
            illegal(kind, vec![(op, did)], sentence, vec![remark(step)])
        }
        Wrong::Twice(first, second) => {
            let ops = vec![(first, did(first)), (second, did(second))];
            let (a, b) = (did(first), did(second));
            let sentence = format!("{{0}} {a}, and {{1}} {b} as well");
            let step = "{0} and {1} led to the same value, though each led to a new one — a contradiction.";
            illegal(kind, ops, sentence, vec![remark(step.to_owned())])
        }
        Wrong::Broken(Broken { early, late }) => {
            // One of unknown outcome was needed for what had returned before it was asked.
            if !counts[early as usize].is_answered() {
                return told(asked, counts, Wrong::Unreached(late));
            }
            let (a, b) = (did(late), did(early));
            let sentence =
                format!("{{1}} {b} after {{0}} {a}, though the counter moves only one way");
            let step = format!("{{1}} {b}, which comes before {{0}} {a} — a contradiction.");
            illegal(
                kind,
                vec![(late, a), (early, b)],
                sentence,
                vec![real_time(0, 1), remark(step)],
            )
        }
    }
}
