//! The order that a sweep has found: moves, and between them what was read.
use super::{Act, Deadline, Range, Sweep};
use crate::linearizable::timed::Timed;

/// An order in which the operations of a legal history can have happened.
pub(in super::super) fn order(
    ops: &[Timed<Act>],
    range: Range,
    deadline: Deadline,
) -> Option<Vec<u32>> {
    let mut sweep = Sweep {
        is_order_kept: true,
        ..Sweep::default()
    };
    sweep.run(ops, range, deadline).ok()?;
    let Sweep {
        moves, mut reads, ..
    } = sweep;
    reads.sort_unstable();
    let mut reads = reads.into_iter().peekable();
    let mut order = Vec::with_capacity(ops.len());
    for (number, by) in moves.into_iter().enumerate() {
        while let Some((_, read)) = reads.next_if(|&(before, _)| before as usize <= number) {
            order.push(read);
        }
        order.push(by);
    }
    order.extend(reads.map(|(_, read)| read));
    Some(order)
}
