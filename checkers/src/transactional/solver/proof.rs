//! From what each learned clause follows: in the end, from cycles.

/// Marks an antecedent that is a choice made for good, not an entry.
pub(super) const CHOICE: u32 = 1 << 31;

#[derive(Default)]
pub(super) struct Proof {
    ends: Vec<u32>,
    is_cycle: Vec<bool>,
    data: Vec<u32>,
}

/// One entry of a proof.
pub(super) enum Entry<'a> {
    /// These arcs, with known ones in between, close a cycle.
    Cycle(&'a [u32]),
    /// This follows from earlier entries and from choices made for good, see [`CHOICE`].
    Learned(&'a [u32]),
}

impl Proof {
    pub(super) fn cycle(&mut self, links: &[u32]) -> u32 {
        self.add(links, true)
    }

    pub(super) fn learned(&mut self, antecedents: &[u32]) -> u32 {
        self.add(antecedents, false)
    }

    fn add(&mut self, data: &[u32], is_cycle: bool) -> u32 {
        self.data.extend_from_slice(data);
        self.ends.push(self.data.len() as u32);
        self.is_cycle.push(is_cycle);
        self.ends.len() as u32 - 1
    }

    pub(super) fn get(&self, entry: u32) -> Entry<'_> {
        let entry = entry as usize;
        let start = if entry == 0 { 0 } else { self.ends[entry - 1] };
        let data = &self.data[start as usize..self.ends[entry] as usize];
        match self.is_cycle[entry] {
            true => Entry::Cycle(data),
            false => Entry::Learned(data),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        4 * self.data.len() + 5 * self.ends.len()
    }
}
