//! What the arcs of the sides taken say: cycles as conflicts, and sides that would close one.
use super::order::Put;
use super::search::{Conflict, KNOWN, OPEN, Reason, Search};

/// At most so many possible arcs are looked at after an arc that changed the order.
const LOOKED_AT_MAX: usize = 4096;

impl Search {
    /// Puts the arcs of a side in.
    pub(super) fn put_side(&mut self, side: u32) -> Option<Conflict> {
        for link in self.starts[side as usize]..self.starts[side as usize + 1] {
            if self.order.links[link as usize].is_soft() {
                continue;
            }
            match self.order.put(link) {
                Put::Agreed => self.active.push(link),
                Put::Mended => {
                    self.active.push(link);
                    self.conclude(link);
                }
                Put::Closes(cycle) => return Some(self.conflict_of(&cycle)),
            }
        }
        None
    }

    /// A cycle as a conflict.
    pub(super) fn conflict_of(&mut self, cycle: &[u32]) -> Conflict {
        let kept: Vec<u32> = self.without_known(cycle);
        Conflict {
            literals: self.literals_of(&kept),
            proof: self.proof.cycle(&kept),
        }
    }

    /// What a cycle depends on: all of it if that is nothing, for then no arc may be missing.
    pub(super) fn without_known(&self, cycle: &[u32]) -> Vec<u32> {
        let is_kept = |link: &u32| {
            self.owner[*link as usize] != KNOWN || self.order.links[*link as usize].is_soft()
        };
        let kept: Vec<u32> = cycle.iter().copied().filter(is_kept).collect();
        if kept.is_empty() {
            cycle.to_vec()
        } else {
            kept
        }
    }

    /// The clause that forbids a cycle.
    pub(super) fn literals_of(&self, cycle: &[u32]) -> Vec<u32> {
        let owners = cycle.iter().map(|&link| self.owner[link as usize]);
        let mut literals: Vec<u32> = owners
            .filter(|&side| side != KNOWN)
            .map(|side| side ^ 1)
            .collect();
        literals.sort_unstable();
        literals.dedup();
        literals
    }

    /// Possible arcs from behind `link` to before it can no longer be had.
    fn conclude(&mut self, link: u32) {
        let mut looked_at = 0;
        let mut forced: Vec<u32> = Vec::new();
        for &node in &self.order.reached_forward().nodes {
            let range =
                self.possible_starts[node as usize]..self.possible_starts[node as usize + 1];
            looked_at += range.len();
            for possible in range {
                let possible = self.possible[possible as usize];
                let owner = self.owner[possible as usize];
                let to = self.order.links[possible as usize].to();
                if self.value[(owner >> 1) as usize] == OPEN
                    && self.order.reached_backward().has(to)
                {
                    forced.push(possible);
                }
            }
            if looked_at > LOOKED_AT_MAX {
                break;
            }
        }
        for possible in forced {
            let owner = self.owner[possible as usize];
            if self.value[(owner >> 1) as usize] != OPEN {
                continue;
            }
            let ends = self.order.links[possible as usize];
            let mut cycle = vec![possible];
            self.order.path_on(ends.to(), &mut cycle);
            cycle.push(link);
            let behind = cycle.len();
            self.order.path_back(ends.from(), &mut cycle);
            cycle[behind..].reverse();
            let kept = self.without_known(&cycle);
            let start = self.told.len() as u32;
            self.told.push(kept.len() as u32);
            self.told.extend(kept);
            self.take(owner ^ 1, Reason::Cycle(start));
        }
    }

    /// The cycle that is a reason.
    pub(super) fn told_at(&self, start: u32) -> &[u32] {
        let length = self.told[start as usize] as usize;
        &self.told[start as usize + 1..][..length]
    }
}
