//! Which operations may take effect next, most promising first.
use super::plan::Move;
use super::steps::{Class, Next, State};
use super::{Mask, Search};
use crate::Spec;
use crate::linearizable::timed::NEVER;

/// An operation that may take effect now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    rank: Rank,
    /// Its return: who has to return first goes first.
    returned: u32,
    /// Where it stands.
    pub(super) choice: Choice,
    /// The state it leads to.
    pub(super) next: State,
}

/// Where a candidate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Choice {
    /// An answered operation, in this slot.
    Slot(u32),
    /// One operation of unknown outcome of this bin.
    Bin(u32),
}

/// The order in which candidates are tried. Operations of unknown outcome come last: they keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// The operation that has to take effect now, because it returns.
    Must,
    /// What makes the former possible.
    Enables,
    Known,
    UnknownEnables,
    Unknown,
}

/// The operation that returns next.
#[derive(Clone, Copy)]
struct Must {
    class: Class,
    is_possible: bool,
}

impl<S: Spec, const N: usize> Search<'_, S, N> {
    /// The first candidate, if it is the operation that returns next and has one way to go. It is
    /// almost always the right one, so that the others need not be looked for.
    pub(super) fn must_take_effect(&mut self) -> Option<Candidate> {
        let Move::Close { slot, .. } = self.plan.moves[self.here.at as usize] else {
            unreachable!("a search only ever stops before a return");
        };
        let (op, class) = self.holders[slot as usize];
        match self.steps.next(self.here.state, class) {
            Next::One(next) => Some(Candidate {
                rank: Rank::Must,
                returned: self.question.asked[op as usize].returned,
                choice: Choice::Slot(slot),
                next,
            }),
            Next::Nowhere | Next::Many(_) => None,
        }
    }

    /// Fills `candidates`. The same configuration always gives the same list.
    ///
    /// Of operations that do the same thing one is enough. Suppose a legal order uses x now and its
    /// equal y, which returns earlier, later on: with x and y exchanged it is legal too, for y is
    /// open now and x is still open at y's place. An operation of unknown outcome returns last of all.
    pub(super) fn find_candidates(&mut self) {
        self.candidates.clear();
        self.waiting.clear();
        let must = self.must();
        let waiting: Mask<N> = self.open.without(self.here.done).without(self.pure);
        for slot in waiting.slots() {
            let (op, class) = self.holders[slot];
            let returned = self.question.asked[op as usize].returned;
            self.waiting.push((class, returned, slot as u32));
        }
        self.waiting.sort_unstable();
        self.waiting.dedup_by_key(|waiting| waiting.0);
        for i in 0..self.waiting.len() {
            let (class, returned, slot) = self.waiting[i];
            self.consider(class, returned, Choice::Slot(slot), must);
        }
        for bin in 0..self.offered.len() {
            if self.used[bin] < self.offered[bin] {
                self.consider_bin(bin, must);
            }
        }
        self.candidates.sort_unstable();
    }

    fn must(&mut self) -> Must {
        let Move::Close { slot, .. } = self.plan.moves[self.here.at as usize] else {
            unreachable!("a search only ever stops before a return");
        };
        let (_, class) = self.holders[slot as usize];
        let is_possible = self.steps.is_possible(self.here.state, class);
        Must { class, is_possible }
    }

    fn consider_bin(&mut self, bin: usize, must: Must) {
        let class = self.plan.bins[bin].class;
        let is_known = self
            .waiting
            .binary_search_by_key(&class, |waiting| waiting.0);
        if is_known.is_err() {
            self.consider(class, NEVER, Choice::Bin(bin as u32), must);
        }
    }

    fn consider(&mut self, class: Class, returned: u32, choice: Choice, must: Must) {
        match self.steps.next(self.here.state, class) {
            Next::Nowhere => {}
            Next::One(next) => self.add(class, returned, choice, next, must),
            Next::Many(key) => {
                for i in 0..self.steps.many(key).len() {
                    let next = self.steps.many(key)[i];
                    self.add(class, returned, choice, next, must);
                }
            }
        }
    }

    fn add(&mut self, class: Class, returned: u32, choice: Choice, next: State, must: Must) {
        let enables = !must.is_possible && self.steps.is_possible(next, must.class);
        let rank = match choice {
            // To use it up without an effect is never better than to keep it.
            Choice::Bin(_) if next == self.here.state => return,
            Choice::Bin(_) if enables => Rank::UnknownEnables,
            Choice::Bin(_) => Rank::Unknown,
            Choice::Slot(_) if class == must.class => Rank::Must,
            Choice::Slot(_) if enables => Rank::Enables,
            Choice::Slot(_) => Rank::Known,
        };
        self.candidates.push(Candidate {
            rank,
            returned,
            choice,
            next,
        });
    }
}
