//! Which operations may take effect next, most promising first.
use super::Search;
use crate::linearizable::register::cell::{Act, NEVER, State};
use crate::linearizable::register::mask::Mask;
use crate::linearizable::register::plan::Move;

/// An operation that may take effect now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    rank: Rank,
    /// Its return: of two that do the same, the one that returns first is the better choice.
    returned: u32,
    act: Act,
    /// Where it stands.
    pub(super) choice: Choice,
    /// What the register holds afterwards.
    pub(super) next: State,
}

/// Where a candidate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Choice {
    /// The free write in this slot, which returns without taking effect any more.
    Pass(u32),
    /// An answered operation, in this slot.
    Slot(u32),
    /// One operation of unknown outcome of this bin.
    Bin(u32),
}

/// The order in which candidates are tried. Operations of unknown outcome come last: they keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Pass,
    /// The operation that has to take effect now, because it returns.
    Must,
    /// What leaves the value that the former needs.
    Enables,
    Swap,
    Write,
    UnknownEnables,
    Unknown,
}

impl Candidate {
    /// Whether it replaces whatever the register holds.
    pub(super) fn is_write(&self) -> bool {
        match self.choice {
            Choice::Pass(_) => false,
            Choice::Slot(_) | Choice::Bin(_) => !self.act.is_consumer(),
        }
    }
}

impl<const N: usize> Search<'_, N> {
    /// Fills `candidates`. The same configuration always gives the same list.
    ///
    /// Of operations that do the same thing one is enough. Suppose a legal order uses x now and its
    /// equal y, which returns earlier, later on: with x and y exchanged it is legal too, for y is
    /// open now and x is still open at y's place. An operation of unknown outcome returns last of all.
    pub(super) fn find_candidates(&mut self) {
        self.candidates.clear();
        let waiting = self.open.without(self.here.done).without(self.pure);
        for slot in waiting.slots() {
            self.consider_slot(slot);
        }
        for lane in 0..self.alive.len() {
            if let Some(bin) = self.alive[lane] {
                self.consider_bin(bin);
            }
        }
        self.consider_pass();
        self.candidates.sort_unstable_by_key(|candidate| {
            (candidate.rank, candidate.returned, candidate.choice)
        });
    }

    fn consider_slot(&mut self, slot: usize) {
        let op = self.holders[slot];
        let (act, returned) = {
            let op = &self.register.ops[op as usize];
            (op.act, op.returned)
        };
        let Some(next) = act.step(self.here.state) else {
            return;
        };
        let must = self.must(self.here.at);
        if op != must && !act.is_consumer() && !self.is_worth_writing(next) {
            return;
        }
        let rank = if op == must {
            Rank::Must
        } else if self.helps(must, next) {
            Rank::Enables
        } else if act.is_consumer() {
            Rank::Swap
        } else {
            Rank::Write
        };
        let candidate = Candidate {
            rank,
            returned,
            act,
            choice: Choice::Slot(slot as u32),
            next,
        };
        match self.candidates.iter_mut().find(|known| known.act == act) {
            None => self.candidates.push(candidate),
            Some(known) if returned < known.returned => *known = candidate,
            Some(_) => {}
        }
    }

    /// An operation of unknown outcome is worth using only for somebody who is open and wants to
    /// find its value at once: until then it can wait, and if nobody comes it can stay away.
    fn consider_bin(&mut self, bin: u32) {
        let act = self.plan.bins[bin as usize].act;
        let is_left = self.used[bin as usize] < self.offered[bin as usize];
        let Some(next) = act.step(self.here.state).filter(|_| is_left) else {
            return;
        };
        let is_known = self.candidates.iter().any(|known| known.act == act);
        if is_known || !self.is_worth_writing(next) {
            return;
        }
        let rank = if self.helps(self.must(self.here.at), next) {
            Rank::UnknownEnables
        } else {
            Rank::Unknown
        };
        self.candidates.push(Candidate {
            rank,
            returned: NEVER,
            act,
            choice: Choice::Bin(bin),
            next,
        });
    }

    /// A free write that returns now need not take effect.
    fn consider_pass(&mut self) {
        let Move::Close { slot, op } = self.plan.moves[self.here.at as usize] else {
            return;
        };
        if self.here.free.has(slot as usize) {
            let op = &self.register.ops[op as usize];
            self.candidates.push(Candidate {
                rank: Rank::Pass,
                returned: op.returned,
                act: op.act,
                choice: Choice::Pass(u32::from(slot)),
                next: self.here.state,
            });
        }
    }

    /// Whether to write `state` now can be of use: if somebody wants to find it at once, and either
    /// the register does not hold it yet or there are writes that would become free.
    pub(super) fn is_worth_writing(&self, state: State) -> bool {
        let is_change = state != self.here.state;
        (is_change || self.bound() != Mask::EMPTY) && self.is_wanted(state)
    }

    fn helps(&self, must: u32, next: State) -> bool {
        let act = self.register.ops[must as usize].act;
        act.is_consumer() && act.accepts(next)
    }

    /// Whether an open operation that has not taken effect would find `state`.
    fn is_wanted(&self, state: State) -> bool {
        let waiting = self.open.without(self.here.done);
        let is_wanted_by = |act: Act| act.is_consumer() && act.accepts(state);
        waiting
            .slots()
            .any(|slot| is_wanted_by(self.register.ops[self.holders[slot] as usize].act))
            || self.alive.iter().flatten().any(|&bin| {
                let is_left = self.used[bin as usize] < self.offered[bin as usize];
                is_left && is_wanted_by(self.plan.bins[bin as usize].act)
            })
    }
}
