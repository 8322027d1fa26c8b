//! In how many certain stays each gap lies, as values are taken off.

/// A segment tree over the gaps: a node holds the least depth below it, less what its ancestors add.
///
/// Every gap is found free once, and then set to be too deep to be found again.
pub(super) struct Depths {
    /// As a heap: the root is 1, the children of `i` are `2 i` and `2 i + 1`.
    least: Vec<i32>,
    /// Added to everything below a node, itself included in its `least`.
    added: Vec<i32>,
    leaves: usize,
}

/// Deeper than anything can be.
const GONE: i32 = 1 << 30;

impl Depths {
    /// `stays` are the first and the last gaps of each.
    pub(super) fn new(gaps: usize, stays: impl Iterator<Item = (u32, u32)>) -> Depths {
        let leaves = gaps.next_power_of_two();
        let mut change = vec![0; gaps + 1];
        for (first, last) in stays {
            change[first as usize] += 1;
            change[last as usize + 1] -= 1;
        }
        let mut least = vec![GONE; leaves * 2];
        let mut depth = 0;
        for gap in 0..gaps {
            depth += change[gap];
            least[leaves + gap] = depth;
        }
        for node in (1..leaves).rev() {
            least[node] = least[node * 2].min(least[node * 2 + 1]);
        }
        Depths {
            least,
            added: vec![0; leaves],
            leaves,
        }
    }

    /// A gap that no stay covers, and that was not found before.
    pub(super) fn next_free(&mut self) -> Option<u32> {
        if self.least[1] != 0 {
            return None;
        }
        let (mut node, mut above) = (1, 0);
        while node < self.leaves {
            above += self.added[node];
            node *= 2;
            node += usize::from(self.least[node] + above != 0);
        }
        self.least[node] = GONE;
        self.refresh(node);
        Some((node - self.leaves) as u32)
    }

    /// A value is no longer inside from gap `first` to `last`.
    pub(super) fn leave(&mut self, first: u32, last: u32) {
        let (begin, end) = (
            self.leaves + first as usize,
            self.leaves + last as usize + 1,
        );
        let (mut left, mut right) = (begin, end);
        while left < right {
            if left % 2 == 1 {
                self.lower(left);
                left += 1;
            }
            if right % 2 == 1 {
                right -= 1;
                self.lower(right);
            }
            left /= 2;
            right /= 2;
        }
        self.refresh(begin);
        self.refresh(end - 1);
    }

    fn lower(&mut self, node: usize) {
        self.least[node] -= 1;
        if node < self.leaves {
            self.added[node] -= 1;
        }
    }

    /// Counts anew what is above a node.
    fn refresh(&mut self, mut node: usize) {
        while node > 1 {
            node /= 2;
            let least = self.least[node * 2].min(self.least[node * 2 + 1]);
            self.least[node] = least + self.added[node];
        }
    }
}
