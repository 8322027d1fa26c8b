//! Operations whose order is known: whether time allows it.
//!
//! If answers put the operations into groups, one after the other, an order exists if and only if no
//! operation returned before one of an earlier group was asked; one pass with the latest invocation
//! of the earlier groups finds out. Within a group, the order of invocation will do.
use crate::linearizable::timed::Timed;

/// Two operations of a known order that time forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// Has to come first, and was asked when `late` had returned.
    pub(super) early: u32,
    pub(super) late: u32,
}

/// Looks for such a pair among groups in ascending order, each with the index of an operation.
pub(super) fn broken<A>(
    groups: impl IntoIterator<Item = (u64, u32)>,
    ops: &[Timed<A>],
) -> Option<Broken> {
    // 1 + the latest invocation, and whose it was.
    let (mut before, mut within) = ((0, 0), (0, 0));
    let mut group = None;
    for (of, op) in groups {
        if group != Some(of) {
            group = Some(of);
            before = before.max(within);
        }
        let Timed {
            invoked, returned, ..
        } = ops[op as usize];
        if returned < before.0 {
            let (early, late) = (before.1, op);
            return Some(Broken { early, late });
        }
        within = within.max((invoked + 1, op));
    }
    None
}
