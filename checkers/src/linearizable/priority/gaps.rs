//! Gaps that get covered one after another, and never free again.
//!
//! R. E. Tarjan, "Efficiency of a good but not linear set union algorithm", JACM 1975, with halving of
//! paths; sets are runs of covered gaps.

/// The gaps between the events of a history, and the one behind the last.
pub(super) struct Gaps {
    /// By gap: itself if it is free, or one further on. The last is behind all gaps.
    next: Vec<u32>,
}

impl Gaps {
    /// All free.
    pub(super) fn new(events: u32) -> Gaps {
        Gaps {
            next: (0..events + 2).collect(),
        }
    }

    /// The first free gap from `gap` on; behind all gaps, if there is none.
    pub(super) fn first_free(&mut self, mut gap: u32) -> u32 {
        gap = gap.min(self.next.len() as u32 - 1);
        loop {
            let next = self.next[gap as usize];
            if next == gap {
                return gap;
            }
            let further = self.next[next as usize];
            self.next[gap as usize] = further;
            gap = further;
        }
    }

    /// Covers the gaps from `first` to `last`.
    pub(super) fn cover(&mut self, first: u32, last: u32) {
        let behind = self.next.len() as u32 - 1;
        let end = last.min(behind - 1) + 1;
        let mut gap = self.first_free(first);
        while gap < end {
            self.next[gap as usize] = end;
            gap = self.first_free(gap + 1);
        }
    }
}
