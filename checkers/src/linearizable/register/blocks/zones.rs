//! Blocks laid out in time: two that each have to come before the other.
use super::{Block, Flaw};

/// No block.
const NONE: u32 = u32::MAX;

/// Finds two blocks A and B with `f(A) < s(B)` and `f(B) < s(A)`, if there are such two.
///
/// A block with `f < s` is *forward*: its value was there throughout. Two blocks conflict if both are
/// forward and overlap, or if one is forward and the other lies within; two others never do, as
/// `f(A) < s(B) ≤ f(B) < s(A) ≤ f(A)` cannot be. So it is enough to know which block is open as one
/// walks through time: as long as nothing is wrong there is at most one.
pub(super) fn conflict(blocks: &[Block], events: usize) -> Option<Flaw> {
    let mut ends = vec![NONE; events + 1];
    for (index, block) in (0_u32..).zip(blocks) {
        ends[block.first_return as usize] = index;
        if block.first_return < block.last_invoked {
            ends[block.last_invoked as usize] = index;
        }
    }
    let mut open: Option<Block> = None;
    for (position, &index) in (0_u32..).zip(&ends) {
        if index == NONE {
            continue;
        }
        let block = blocks[index as usize];
        let is_forward = block.first_return < block.last_invoked;
        if is_forward && position == block.last_invoked {
            open = None;
            continue;
        }
        if let Some(open) = open
            && open.first_return < block.last_invoked
        {
            return Some(Flaw::Zones(open.root, block.root));
        }
        if is_forward {
            open = Some(block);
        }
    }
    None
}
