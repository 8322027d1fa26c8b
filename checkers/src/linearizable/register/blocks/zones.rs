//! Blocks laid out in time: two that each have to come before the other.
use super::{Block, Flaw};
use crate::linearizable::register::cell::NIL;

/// Finds two blocks A and B with `f(A) < s(B)` and `f(B) < s(A)`, if there are such two.
///
/// A block with `f < s` is *forward*: its value was there throughout. Two blocks conflict if both are
/// forward and overlap, or if one is forward and the other lies within; two others never do, as
/// `f(A) < s(B) ≤ f(B) < s(A) ≤ f(A)` cannot be. So of two that conflict, the one with the lesser `f`
/// is forward; and it is enough to know the last forward one as one goes from `f` to `f`, for as long
/// as nothing is wrong all earlier ones ended before it began.
pub(super) fn conflict(blocks: &[Block], events: usize) -> Option<Flaw> {
    let mut open = Block {
        root: NIL,
        first_return: 0,
        last_invoked: 0,
    };
    for index in by_first_return(blocks, events) {
        let block = blocks[index as usize];
        if block.first_return < open.last_invoked && open.first_return < block.last_invoked {
            return Some(Flaw::Zones(open.root, block.root));
        }
        let is_forward = block.first_return < block.last_invoked;
        open = std::hint::select_unpredictable(is_forward, block, open);
    }
    None
}

/// The blocks in order of `f`, which no two of them share. To sort them is to count how many come
/// before: a bit for each position, and for each word of them how many there are before it, take a
/// twentieth of the room that a table of positions would.
fn by_first_return(blocks: &[Block], events: usize) -> Vec<u32> {
    let mut words = vec![Word::default(); (events + 1).div_ceil(64)];
    for block in blocks {
        let (word, bit) = place(block);
        words[word].bits |= bit;
    }
    let mut before = 0;
    for word in &mut words {
        word.before = before;
        before += word.bits.count_ones();
    }
    let mut order = vec![0; blocks.len()];
    for (index, block) in (0..).zip(blocks) {
        let (word, bit) = place(block);
        let Word { bits, before } = words[word];
        let rank = before + (bits & (bit - 1)).count_ones();
        order[rank as usize] = index;
    }
    order
}

/// Positions from one multiple of 64 to the next.
#[derive(Clone, Copy, Default)]
struct Word {
    /// At which of them a block has its first return.
    bits: u64,
    /// How many blocks have theirs earlier.
    before: u32,
}

fn place(block: &Block) -> (usize, u64) {
    let position = block.first_return;
    ((position / 64) as usize, 1 << (position % 64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Rng;

    /// Blocks at random positions, near each other, no two with an event in common.
    fn draw(rng: &mut Rng, count: u64, events: u64) -> Vec<Block> {
        let mut is_taken = vec![false; events as usize + 1];
        let mut blocks = Vec::new();
        for root in 0..count as u32 {
            let first_return = 1 + rng.below(events);
            let near = first_return + rng.below(40);
            let last_invoked = near.saturating_sub(25).clamp(1, events);
            let ends = [first_return as usize, last_invoked as usize];
            if ends[0] == ends[1] || ends.iter().any(|&end| is_taken[end]) {
                continue;
            }
            is_taken[ends[0]] = true;
            is_taken[ends[1]] = true;
            blocks.push(Block {
                root,
                first_return: first_return as u32,
                last_invoked: last_invoked as u32,
            });
        }
        blocks
    }

    fn is_conflict(a: &Block, b: &Block) -> bool {
        a.first_return < b.last_invoked && b.first_return < a.last_invoked
    }

    #[test]
    fn two_blocks_conflict_as_pair_by_pair() {
        let mut rng = Rng(26);
        let mut answers = [0, 0];
        for round in 0..40_000 {
            let events = 2 + rng.below(700);
            let count = 2 + rng.below(1 + events / 20);
            let blocks = draw(&mut rng, count, events);
            let mut pairs = (0..blocks.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
            let expected = pairs.any(|(a, b)| is_conflict(&blocks[a], &blocks[b]));
            answers[usize::from(expected)] += 1;
            let found = conflict(&blocks, events as usize);
            assert_eq!(found.is_some(), expected, "round {round}: {blocks:?}");
            if let Some(Flaw::Zones(a, b)) = found {
                let block = |root| blocks.iter().find(|block| block.root == root).unwrap();
                assert!(a != b && is_conflict(block(a), block(b)), "round {round}");
            }
        }
        assert!(answers.iter().all(|&some| some > 2_000), "{answers:?}");
    }
}
