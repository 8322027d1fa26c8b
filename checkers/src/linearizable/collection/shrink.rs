//! The few things that are enough to be illegal, out of many.
//!
//! U. Junker, "QuickXplain: preferred explanations and relaxations for over-constrained problems",
//! AAAI 2004. It asks about k log(n/k) times where k things are enough. We add a budget: hostile
//! histories need all their things, and then asking has to end before it is quadratic.

/// At most this many things are looked at in all, as a multiple of how many there are.
const LOOKS_PER_THING_MAX: usize = 64;

/// And this many whatever happens.
const LOOKS_MIN: usize = 1 << 16;

/// The least of `things` (in ascending order, and illegal together) without any of which the others
/// would be legal; a few more if asking takes too long. Leaving things out must never make anything
/// illegal.
pub(in crate::linearizable) fn smallest(
    things: &[u32],
    is_illegal: impl FnMut(&[u32]) -> bool,
) -> Vec<u32> {
    let looks_left = LOOKS_MIN.max(things.len().saturating_mul(LOOKS_PER_THING_MAX));
    let mut asking = Asking {
        is_illegal,
        looks_left,
    };
    let mut found = asking.needed(&mut Vec::new(), false, things);
    found.sort_unstable();
    found
}

struct Asking<F> {
    is_illegal: F,
    looks_left: usize,
}

impl<F: FnMut(&[u32]) -> bool> Asking<F> {
    fn ask(&mut self, kept: &[u32]) -> bool {
        self.looks_left = self.looks_left.saturating_sub(kept.len().max(1));
        let mut kept = kept.to_vec();
        kept.sort_unstable();
        (self.is_illegal)(&kept)
    }

    /// Those of `things` that are needed beside the `kept` ones. Goes as deep as halving goes.
    fn needed(&mut self, kept: &mut Vec<u32>, is_news: bool, things: &[u32]) -> Vec<u32> {
        if self.looks_left == 0 {
            return things.to_vec();
        }
        if is_news && self.ask(kept) {
            return Vec::new();
        }
        if things.len() <= 1 {
            return things.to_vec();
        }
        let (first, second) = things.split_at(things.len() / 2);
        let before = kept.len();
        kept.extend_from_slice(first);
        let mut needed = self.needed(kept, !first.is_empty(), second);
        kept.truncate(before);
        kept.extend_from_slice(&needed);
        let of_first = self.needed(kept, !needed.is_empty(), first);
        kept.truncate(before);
        needed.extend(of_first);
        needed
    }
}
