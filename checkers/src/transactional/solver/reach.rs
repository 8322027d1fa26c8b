//! Which of many pairs of nodes are joined by a path.
//!
//! Reachability in blocks of 512 targets: one sweep against the order carries one bit a target. The
//! targets are sorted by their place and a sweep looks only at the places between the earliest
//! source and the latest target of its block, so that questions about neighbours cost next to nothing.
use super::order::Order;
use crate::Budget;

const WORDS: usize = 8;
const BLOCK: usize = 64 * WORDS;

/// Is there a path from `from` to `to`? `tag` is the caller's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) tag: u32,
}

/// The tags of the questions that are answered with yes, over the arcs that are in `order`.
/// An error if the budget is spent.
pub(super) fn joined(
    order: &Order,
    mut questions: Vec<Question>,
    budget: &Budget,
) -> Result<Vec<u32>, String> {
    let place = |node: u32| order.position[node as usize];
    questions.retain(|question| place(question.from) <= place(question.to));
    questions.sort_unstable_by_key(|question| (place(question.to), place(question.from)));
    let mut yes = Vec::new();
    let mut rows: Vec<[u64; WORDS]> = Vec::new();
    let mut rest = &questions[..];
    while !rest.is_empty() {
        if let Some(why) = budget.spent() {
            return Err(why);
        }
        let (block, targets) = block_of(rest);
        rest = &rest[block.len()..];
        let low = block.iter().map(|question| place(question.from)).min();
        let low = low.expect("a block has a question");
        let high = place(*targets.last().expect("a block has a target"));
        rows.clear();
        rows.resize((high - low + 1) as usize, [0; WORDS]);
        let mut next_target = targets.len();
        for position in (low..=high).rev() {
            let node = order.at[position as usize];
            let mut row = [0; WORDS];
            if next_target > 0 && targets[next_target - 1] == node {
                next_target -= 1;
                row[next_target / 64] |= 1 << (next_target % 64);
            }
            for link in order.out(node) {
                let to = place(order.links[link as usize].to());
                if to <= high {
                    let other = &rows[(to - low) as usize];
                    row.iter_mut()
                        .zip(other)
                        .for_each(|(row, other)| *row |= other);
                }
            }
            rows[(position - low) as usize] = row;
        }
        let mut target = 0;
        for question in block {
            while targets[target] != question.to {
                target += 1;
            }
            let row = &rows[(place(question.from) - low) as usize];
            if row[target / 64] >> (target % 64) & 1 == 1 {
                yes.push(question.tag);
            }
        }
    }
    Ok(yes)
}

/// The questions of the first block, and its targets in order.
fn block_of(questions: &[Question]) -> (&[Question], Vec<u32>) {
    let mut targets: Vec<u32> = Vec::new();
    for (at, question) in questions.iter().enumerate() {
        if targets.last() != Some(&question.to) {
            if targets.len() == BLOCK {
                return (&questions[..at], targets);
            }
            targets.push(question.to);
        }
    }
    (questions, targets)
}
