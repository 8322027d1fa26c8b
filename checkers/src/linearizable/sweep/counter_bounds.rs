//! The least and the most that a counter can stand at while it is read.
//!
//! Necessary only: what had returned before has counted, what had begun by the end may have.
use super::counter::{Count, did};
use super::lowered::{Outside, illegal, remark};
use crate::AnomalyKind;
use crate::linearizable::asked::Asked;
use crate::linearizable::proof::Answer;
use crate::linearizable::timed::{NEVER, Timed};

/// So many additions are shown beside a read.
const SHOWN_MAX: usize = 12;

/// The sums of what was subtracted and of what was added.
#[derive(Clone, Copy, Default)]
struct Sums {
    falls: i128,
    rises: i128,
}

impl Sums {
    fn add(&mut self, step: i64) {
        self.falls += i128::from(step.min(0));
        self.rises += i128::from(step.max(0));
    }
}

/// An answer outside of its bounds.
#[derive(Clone, Copy)]
struct Missed {
    op: usize,
    bound: i128,
    is_above: bool,
}

/// Accuses an answer outside of its bounds; else nothing is known, for the reason given.
pub(super) fn check(asked: &[Asked], counts: &[Timed<Count>], why: Outside) -> Answer {
    match missed(counts) {
        Some(missed) => accuse(asked, counts, missed),
        None => Answer::Outside(why),
    }
}

/// What it added, and what it says that the counter stood at then.
fn parts(count: Count) -> (i64, Option<i64>) {
    match count {
        Count::Add(step) => (step, None),
        Count::AddTo(step, told) => (step, Some(told)),
        Count::Read(told) => (0, Some(told)),
    }
}

fn missed(counts: &[Timed<Count>]) -> Option<Missed> {
    let answered = (0..counts.len()).filter(|&op| counts[op].returned != NEVER);
    let mut ends: Vec<usize> = answered.collect();
    ends.sort_unstable_by_key(|&op| counts[op].returned);
    // What had returned before each was asked.
    let mut before: Vec<Sums> = Vec::with_capacity(counts.len());
    let mut ended = Sums::default();
    let mut returned = ends.iter().peekable();
    for op in counts {
        while let Some(&end) = returned.next_if(|&&end| counts[end].returned < op.invoked) {
            ended.add(parts(counts[end].act).0);
        }
        before.push(ended);
    }
    let mut begun = Sums::default();
    let mut asked = counts.iter().peekable();
    for &op in &ends {
        while let Some(next) = asked.next_if(|next| next.invoked < counts[op].returned) {
            begun.add(parts(next.act).0);
        }
        let (own, Some(told)) = parts(counts[op].act) else {
            continue;
        };
        let (told, own) = (i128::from(told), i128::from(own));
        let most = begun.rises + before[op].falls + own.min(0);
        let least = begun.falls + before[op].rises + own.max(0);
        if most < told || told < least {
            let is_above = most < told;
            let bound = if is_above { most } else { least };
            return Some(Missed {
                op,
                bound,
                is_above,
            });
        }
    }
    None
}

fn accuse(asked: &[Asked], counts: &[Timed<Count>], missed: Missed) -> Answer {
    let Missed {
        op,
        bound,
        is_above,
    } = missed;
    let answer = counts[op];
    let begun = |other: usize| counts[other].invoked < answer.returned;
    let ended = |other: usize| counts[other].returned < answer.invoked;
    // Those that push towards the bound may have counted, those that push away have.
    let step = |other: usize| parts(counts[other].act).0;
    let towards = |other: usize| (0 < step(other)) == is_above;
    let counts_here = |other: usize| {
        if towards(other) {
            begun(other)
        } else {
            ended(other)
        }
    };
    let others = (0..counts.len()).filter(|&other| other != op && step(other) != 0);
    let others: Vec<usize> = others.filter(|&other| counts_here(other)).collect();
    let (own, told) = parts(answer.act);
    let mut kept: Vec<usize> = if others.len() <= SHOWN_MAX {
        others
    } else if told.is_some_and(|told| told != own) {
        // Without any other addition it is impossible all the same.
        Vec::new()
    } else {
        let opposing = others.into_iter().filter(|&other| !towards(other));
        opposing.take(1).collect()
    };
    kept.push(op);
    kept.sort_unstable();
    let place = kept.iter().position(|&other| other == op);
    let place = place.expect("pushed above");
    let (did, side) = (
        did(&asked[op]),
        if is_above { "at most" } else { "at least" },
    );
    let sentence = format!("{{{place}}} {did}, though the counter stood at {side} {bound} by then");
    let last = format!(
        "{{{place}}} {did}, but what had returned before and begun by its end makes {side} {bound} — a contradiction."
    );
    let shown = |&other: &usize| (other as u32, super::counter::did(&asked[other]));
    let ops = kept.iter().map(shown).collect();
    illegal(
        AnomalyKind::ImpossibleCount,
        ops,
        sentence,
        vec![remark(last)],
    )
}
