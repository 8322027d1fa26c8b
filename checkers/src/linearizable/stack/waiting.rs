//! Operations that wait for a gap, found by a gap in which they can take effect.

/// A tree over the operations in order of invocation: a node holds the greatest last gap below it.
pub(super) struct Waiting {
    /// As a heap: the root is 1. One more than the last gap; 0 for who waits no longer.
    greatest: Vec<u32>,
    leaves: usize,
}

impl Waiting {
    /// All of them, by their last gaps.
    pub(super) fn new(last: &[u32]) -> Waiting {
        let leaves = last.len().next_power_of_two();
        let mut greatest = vec![0; leaves * 2];
        for (op, last) in last.iter().enumerate() {
            greatest[leaves + op] = last + 1;
        }
        for node in (1..leaves).rev() {
            greatest[node] = greatest[node * 2].max(greatest[node * 2 + 1]);
        }
        Waiting { greatest, leaves }
    }

    /// One of the first `begun` operations whose last gap is not before `gap`. It waits no longer.
    pub(super) fn next(&mut self, begun: u32, gap: u32) -> Option<u32> {
        if self.greatest[1] <= gap {
            return None;
        }
        let mut node = 1;
        while node < self.leaves {
            node *= 2;
            node += usize::from(self.greatest[node] <= gap);
        }
        let op = (node - self.leaves) as u32;
        if op >= begun {
            return None;
        }
        self.greatest[node] = 0;
        while node > 1 {
            node /= 2;
            self.greatest[node] = self.greatest[node * 2].max(self.greatest[node * 2 + 1]);
        }
        Some(op)
    }
}
