//! Lists that were read, in as much room as what is new in each.
use crate::transactional::ValueId;

/// Each list is the beginning of a chain, which grows as longer lists are read.
#[derive(Default)]
pub(super) struct Chains {
    chains: Vec<Vec<ValueId>>,
    lists: Vec<(u32, u32)>,
    /// By key, the list that was read last.
    known: Vec<u32>,
}

const NONE: u32 = u32::MAX;

/// A list of which a beginning is known to be that of another list.
#[derive(Clone, Copy)]
pub(super) struct Like {
    pub(super) list: u32,
    pub(super) common: u32,
}

/// Where each list lies and how long it is, and what lies there.
type LaidOut = (Vec<(u32, u32)>, Vec<ValueId>);

impl Chains {
    /// A list that was read from `key`: the last one again, a beginning of its chain, or one that
    /// goes on from there; otherwise a chain of its own. `like` says what is known beforehand.
    pub(super) fn read(
        &mut self,
        key: u32,
        like: Option<Like>,
        length: usize,
        mut member: impl FnMut(usize) -> ValueId,
    ) -> u32 {
        let known = like.map_or_else(|| self.known(key), |like| like.list);
        if known == NONE {
            self.chains.push((0..length).map(member).collect());
            return self.add(key, self.chains.len() as u32 - 1, length);
        }
        let (chain_index, known_length) = self.lists[known as usize];
        let chain = &mut self.chains[chain_index as usize];
        let from = like.map_or(0, |like| like.common as usize);
        let common = chain.len().min(length);
        for i in from..common {
            let next = member(i);
            if chain[i] != next {
                let mut other = chain[..i].to_vec();
                other.push(next);
                other.extend((i + 1..length).map(member));
                self.chains.push(other);
                return self.add(key, self.chains.len() as u32 - 1, length);
            }
        }
        chain.extend((common..length).map(member));
        if known_length as usize == length {
            self.know(key, known);
            return known;
        }
        self.add(key, chain_index, length)
    }

    fn known(&self, key: u32) -> u32 {
        self.known.get(key as usize).copied().unwrap_or(NONE)
    }

    /// Says that `list` was read from `key` again.
    pub(super) fn know(&mut self, key: u32, list: u32) {
        let key = key as usize;
        if key >= self.known.len() {
            self.known.resize(key + 1, NONE);
        }
        self.known[key] = list;
    }

    fn add(&mut self, key: u32, chain: u32, length: usize) -> u32 {
        let list = self.lists.len() as u32;
        self.lists.push((chain, length as u32));
        self.know(key, list);
        list
    }

    /// Where each list lies and how long it is, and what lies there.
    pub(super) fn laid_out(&mut self) -> Result<LaidOut, String> {
        let total: usize = self.chains.iter().map(Vec::len).sum();
        if total >= NONE as usize || self.lists.len() >= NONE as usize {
            return Err("more elements of lists than are counted in 32 bits".to_owned());
        }
        let mut elements = Vec::with_capacity(total);
        let mut starts = Vec::with_capacity(self.chains.len());
        for chain in self.chains.drain(..) {
            starts.push(elements.len() as u32);
            elements.extend(chain);
        }
        let mut lists = std::mem::take(&mut self.lists);
        for (start, _) in &mut lists {
            *start = starts[*start as usize];
        }
        Ok((lists, elements))
    }
}
