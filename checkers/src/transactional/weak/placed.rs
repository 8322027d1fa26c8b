//! An order of commits, and what it says about pairs that have to stand in it.
use super::order::Forced;
use super::view::View;
use crate::transactional::Txn;

/// Where transactions stand in an order, and how far apart neighbours in it may be.
pub(super) struct Placed {
    place: Vec<u32>,
    near: u32,
    /// Where the writers of each key begin; one more at the end. Empty if nobody asks for them.
    starts: Vec<u32>,
    /// The writers of each key in this order, and their places.
    writers: Vec<Txn>,
    places: Vec<u32>,
}

impl Placed {
    /// `has_writers` says whether somebody will ask who wrote a key.
    pub(super) fn new(view: &View<'_>, order: &[Txn], near: u32, has_writers: bool) -> Placed {
        let mut placed = Placed {
            place: vec![0; view.txns.len()],
            near,
            starts: Vec::new(),
            writers: Vec::new(),
            places: Vec::new(),
        };
        for (at, &txn) in (0..).zip(order) {
            placed.place[txn as usize] = at;
        }
        if has_writers {
            placed.gather_writers(view, order);
        }
        placed
    }

    fn gather_writers(&mut self, view: &View<'_>, order: &[Txn]) {
        let mut next = vec![0_u32; view.registers.keys() + 1];
        for &txn in order {
            for &key in view.registers.keys_written_by(txn) {
                next[key as usize + 1] += 1;
            }
        }
        for key in 1..next.len() {
            next[key] += next[key - 1];
        }
        self.starts.clone_from(&next);
        let count = next[next.len() - 1] as usize;
        (self.writers, self.places) = (vec![0; count], vec![0; count]);
        for (at, &txn) in (0..).zip(order) {
            for &key in view.registers.keys_written_by(txn) {
                let next = &mut next[key as usize];
                self.writers[*next as usize] = txn;
                self.places[*next as usize] = at;
                *next += 1;
            }
        }
    }

    /// How many transactions there are.
    pub(super) fn len(&self) -> usize {
        self.place.len()
    }

    /// Where `txn` stands.
    pub(super) fn of(&self, txn: Txn) -> u32 {
        self.place[txn as usize]
    }

    /// Lets neighbours be as far apart as can be.
    pub(super) fn reach_all(&mut self) {
        self.near = u32::MAX;
    }

    /// Whether the two of a pair stand as they have to, and are no neighbours.
    pub(super) fn is_harmless(&self, pair: &Forced) -> bool {
        self.of(pair.first).saturating_add(self.near) <= self.of(pair.second)
    }

    /// Whether the two of a pair stand the wrong way round.
    pub(super) fn is_against(&self, pair: &Forced) -> bool {
        self.of(pair.second) < self.of(pair.first)
    }

    /// The writers of `key` up to the place `last` that would make no harmless pair with `second`.
    pub(super) fn around(&self, key: u32, second: Txn, last: u32) -> &[Txn] {
        let range = self.starts[key as usize] as usize..self.starts[key as usize + 1] as usize;
        let (writers, places) = (&self.writers[range.clone()], &self.places[range]);
        let first = self.of(second).saturating_sub(self.near.saturating_sub(1));
        let begin = places.partition_point(|&place| place < first);
        let end = begin + places[begin..].partition_point(|&place| place <= last);
        &writers[begin..end]
    }
}
