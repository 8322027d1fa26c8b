//! Stacks whose values are all different, judged from the bottom up.
//!
//! Z. H. Lee, U. Mathur, "Efficient decrease-and-conquer linearizability monitoring", OOPSLA 2025
//! (arXiv 2410.04581), section 5. A value whose push and pop ran at one time may be pushed and popped in
//! one instant, whatever else the stack holds, and is left out. Of the others, take one that can have
//! been at the bottom: in a gap of its push and in one of its pop no other value was certainly inside.
//! It is taken off the history, and what is left is judged in the same way.
//!
//! This is exact. In any order of the operations, the first value that is pushed lies at the bottom, so
//! that there is always one to take. And any such one will do: let the others be in a legal order, and
//! part them by the two gaps, each value to where its certain stay is, which goes across neither. The
//! order of each part, one after another, with the push and the pop of the value in between, is legal
//! for a stack. It also keeps to time: what is in an earlier part was invoked before the gap behind
//! that part, and what is in a later part returned after it.
//!
//! Two things are ours. Values that nobody popped are popped behind the end of the history, in one
//! gap: if there is a legal order, the stack can be emptied after it, and the other way round, what
//! comes after the end may be left out. And gaps are looked at only right before a return that follows
//! an invocation: everything that can happen in any other gap can happen in the next such one.
use super::asked::Asked;
use super::collection::{self, Act, Flaw, Free, Lowered, Odd, Span, Stays};
use super::engine::Engine;
use super::proof::Answer;
use super::timed::{NEVER, Timed};
use crate::Verb;
use columns::{Columns, Half};
use depths::Depths;
use waiting::Waiting;

mod columns;
mod depths;
mod order;
mod told;
mod waiting;

#[cfg(test)]
mod tests;

/// Judges stacks.
pub(crate) const ENGINE: Engine = Engine {
    name: "stack from the bottom up",
    check,
    order: order::order,
};

/// What is known of a stack.
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

/// What cannot be explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stuck {
    /// None of these values can have been at the bottom.
    Values(Vec<u32>),
    /// There always was something.
    Empty(Span),
}

fn lower(asked: &[Asked]) -> Result<Lowered<'_>, &'static str> {
    collection::lower(asked, &Verb::Push, &Verb::Pop)
}

fn check(asked: &[Asked]) -> Answer {
    let lowered = match lower(asked) {
        Ok(lowered) => lowered,
        Err(why) => return Answer::Outside(why),
    };
    let found = decide(&lowered.ops, lowered.values.len());
    found.answer(|wrong| told::tell(asked, &lowered, wrong))
}

/// Decides a stack of the values up to `values`.
pub(super) fn decide(ops: &[Timed<Act>], values: usize) -> Found {
    let gathered = match collection::gather(ops, values) {
        Ok(gathered) => gathered,
        Err(Odd::Outside(why)) => return Found::Outside(why),
        Err(Odd::Flaw(flaw)) => return Found::Wrong(Wrong::Flaw(flaw)),
    };
    // Unknown pops need not have happened.
    let Err(stuck) = judge(&gathered) else {
        return Found::Legal;
    };
    if !gathered.is_open() {
        return Found::Wrong(Wrong::Stuck {
            stuck,
            is_without_left_over: false,
        });
    }
    // Without the values that they may have popped, everything legal stays so.
    match judge(&collection::without_left_over(&gathered)) {
        Ok(_) => Found::Outside("it depends on what unknown pops took"),
        Err(stuck) => Found::Wrong(Wrong::Stuck {
            stuck,
            is_without_left_over: true,
        }),
    }
}

/// The values in the order in which they were taken off, and the gaps of their two operations.
struct Taken {
    columns: Columns,
    order: Vec<u32>,
    /// By operation of the columns.
    gaps: Vec<u32>,
    /// By empty answer: its gap, as a position.
    empties: Vec<u32>,
}

fn judge(gathered: &Stays) -> Result<Taken, Stuck> {
    let empties = explain_empties(gathered).map_err(Stuck::Empty)?;
    let columns = Columns::new(gathered);
    let mut taking = Taking::new(&columns);
    while let Some(gap) = taking.depths.next_free() {
        taking.free(gap, &columns);
    }
    let Taking {
        order, gaps, left, ..
    } = taking;
    if order.len() < columns.values.len() {
        let all = columns.values.iter().zip(&left);
        let stuck = all.filter(|(_, left)| **left > 0).map(|(value, _)| *value);
        return Err(Stuck::Values(stuck.collect()));
    }
    Ok(Taken {
        columns,
        order,
        gaps,
        empties,
    })
}

/// Values can be parted by any gap that none of them covers, and so by all of them: see [`Free`].
fn explain_empties(gathered: &Stays) -> Result<Vec<u32>, Span> {
    if gathered.empties.is_empty() {
        return Ok(Vec::new());
    }
    let free = Free::new(gathered);
    let empties = gathered.empties.iter();
    empties
        .map(|&empty| free.within(empty).ok_or(empty))
        .collect()
}

/// Values are taken off the history.
struct Taking {
    /// By gap: how many values still there were certainly inside.
    depths: Depths,
    /// Operations that have no gap yet in which they can be at the bottom.
    waiting: Waiting,
    /// By operation: that gap.
    gaps: Vec<u32>,
    /// By value of the columns: how many of its operations wait.
    left: Vec<u8>,
    /// Values of the columns that have been taken off.
    order: Vec<u32>,
}

impl Taking {
    fn new(columns: &Columns) -> Taking {
        let stays = columns.stays.iter().flatten().copied();
        Taking {
            depths: Depths::new(columns.begun.len(), stays),
            waiting: Waiting::new(&columns.last),
            gaps: vec![NEVER; columns.ops.len()],
            left: vec![2; columns.values.len()],
            order: Vec::with_capacity(columns.values.len()),
        }
    }

    /// At `gap` nothing is certainly inside any more: who waits and runs then, waits no longer.
    fn free(&mut self, gap: u32, columns: &Columns) {
        let begun = columns.begun[gap as usize];
        while let Some(op) = self.waiting.next(begun, gap) {
            self.gaps[op as usize] = gap;
            let Half { value, .. } = columns.ops[op as usize];
            self.left[value as usize] -= 1;
            if self.left[value as usize] == 0 {
                self.order.push(value);
                if let Some((first, last)) = columns.stays[value as usize] {
                    self.depths.leave(first, last);
                }
            }
        }
    }
}
