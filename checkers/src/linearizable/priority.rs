//! Priority queues whose priorities are all different, the least first, judged from the least up.
//!
//! The idea of taking one value after another off a history is that of Z. H. Lee and U. Mathur,
//! "Efficient decrease-and-conquer linearizability monitoring", OOPSLA 2025 (arXiv 2410.04581). They
//! take the greatest value off and keep a segment tree; we place the least first, as follows.
//!
//! A value can be deleted in a gap in which no smaller one is inside; greater ones do not matter. So it
//! needs a gap that the certain stay of no smaller value covers; an empty answer is like the deletion
//! of something greater than all. That this is needed is plain. It is also enough: place the values in
//! ascending order, each deleted in the first gap of its deletion that no smaller one covers, and
//! inserted in the last gap of its insertion, or in that gap too, if that is earlier. Then the gaps
//! between are those of its certain stay, and gaps between the beginning of its deletion and the first
//! free one, which smaller values cover anyway. So nothing is covered but by certain stays. Within a
//! gap come first the deletions, from the least; then values that come and go in that gap, and empty
//! answers; then insertions.
//!
//! Gaps only ever get covered, so that the next free one is found by union and find: near-linear.
use super::asked::Asked;
use super::collection::{self, Act, Flaw, Lowered, Odd, Span, Stay, Stays};
use super::engine::Engine;
use super::proof::Answer;
use super::timed::{NEVER, Timed};
use crate::Verb;
use gaps::Gaps;

mod gaps;
mod order;
mod told;

#[cfg(test)]
mod tests;

/// Judges priority queues.
pub(crate) const ENGINE: Engine = Engine {
    name: "priority queue from the least value up",
    check,
    order: order::order,
};

/// What is known of a priority queue.
pub(super) type Found = collection::Found<Wrong>;

/// What is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    Flaw(Flaw),
    /// Of values left over it is known whether they count.
    Stuck {
        stuck: Stuck,
        is_without_left_over: bool,
    },
}

/// Who found no gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stuck {
    Value(u32),
    Empty(Span),
}

/// The gaps in which a value was inserted and deleted; the latter is [`NEVER`] for one left over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Placed {
    put: u32,
    taken: u32,
}

/// The history with its values numbered in ascending order.
fn lower(asked: &[Asked]) -> Result<Lowered<'_>, &'static str> {
    let mut lowered = collection::lower(asked, &Verb::Insert, &Verb::DeleteMin)?;
    if lowered.values.iter().any(|value| value.int().is_none()) {
        return Err("priorities are not numbers");
    }
    let mut ascending: Vec<u32> = (0..lowered.values.len() as u32).collect();
    ascending.sort_unstable_by_key(|&value| lowered.values[value as usize].int());
    let mut ranks = vec![0; ascending.len()];
    for (rank, &value) in ascending.iter().enumerate() {
        ranks[value as usize] = rank as u32;
    }
    for op in &mut lowered.ops {
        if let Act::Put(value) | Act::Take(value) = &mut op.act {
            *value = ranks[*value as usize];
        }
    }
    let sorted = ascending
        .iter()
        .map(|&value| lowered.values[value as usize]);
    lowered.values = sorted.collect();
    Ok(lowered)
}

fn check(asked: &[Asked]) -> Answer {
    let lowered = match lower(asked) {
        Ok(lowered) => lowered,
        Err(why) => return Answer::Outside(why),
    };
    let found = decide(&lowered.ops, lowered.values.len());
    found.answer(|wrong| told::tell(asked, &lowered, wrong))
}

/// Decides a priority queue of `values` values, numbered in ascending order.
pub(super) fn decide(ops: &[Timed<Act>], values: usize) -> Found {
    let gathered = match collection::gather(ops, values) {
        Ok(gathered) => gathered,
        Err(Odd::Outside(why)) => return Found::Outside(why),
        Err(Odd::Flaw(flaw)) => return Found::Wrong(Wrong::Flaw(flaw)),
    };
    // Unknown deletions need not have happened.
    let Err(stuck) = place(&gathered) else {
        return Found::Legal;
    };
    let is_open = gathered.is_open();
    if !is_open {
        return Found::Wrong(Wrong::Stuck {
            stuck,
            is_without_left_over: false,
        });
    }
    // Without the values that they may have deleted, everything legal stays so.
    match place(&collection::without_left_over(&gathered)) {
        Ok(_) => Found::Outside("it depends on what unknown deletions took"),
        Err(stuck) => Found::Wrong(Wrong::Stuck {
            stuck,
            is_without_left_over: true,
        }),
    }
}

/// Where values were inserted and deleted, and empty answers given.
struct Places {
    /// By value.
    placed: Vec<Placed>,
    /// By empty answer: its gap.
    empties: Vec<u32>,
}

/// Places every value, from the least, and then the empty answers.
fn place(gathered: &Stays) -> Result<Places, Stuck> {
    let mut gaps = Gaps::new(gathered.events);
    let mut placed = Vec::with_capacity(gathered.stays.len());
    for (value, stay) in gathered.stays.iter().enumerate() {
        let at = place_one(stay, &mut gaps).ok_or(Stuck::Value(value as u32))?;
        placed.push(at);
    }
    let mut empties = Vec::with_capacity(gathered.empties.len());
    for &empty in &gathered.empties {
        let gap = gaps.first_free(empty.invoked + 1);
        if gap > empty.returned {
            return Err(Stuck::Empty(empty));
        }
        empties.push(gap);
    }
    Ok(Places { placed, empties })
}

fn place_one(stay: &Stay, gaps: &mut Gaps) -> Option<Placed> {
    let Stay { put, taken } = *stay;
    if put.invoked == NEVER {
        return Some(Placed {
            put: NEVER,
            taken: NEVER,
        });
    }
    if !stay.is_taken() {
        gaps.cover(put.returned + 1, NEVER);
        return Some(Placed {
            put: put.returned,
            taken: NEVER,
        });
    }
    let gap = gaps.first_free(taken.invoked + 1);
    if gap > taken.returned {
        return None;
    }
    if stay.is_certain() {
        gaps.cover(put.returned + 1, taken.invoked);
    }
    Some(Placed {
        put: put.returned.min(gap),
        taken: gap,
    })
}
