//! How a search moves through a history: forth with what takes effect, and back.
use super::candidates::Choice;
use super::plan::Move;
use super::refuted::Configuration;
use super::steps::State;
use super::{Frame, Mask, Search};
use crate::Spec;

impl<S: Spec, const N: usize> Search<'_, S, N> {
    /// Lets an operation take effect, and moves on as far as that carries.
    pub(super) fn take(&mut self, choice: Choice, next: State) {
        let is_change = self.here.state != next;
        self.here.state = next;
        match choice {
            Choice::Slot(slot) => {
                self.here.done.set(slot as usize);
                self.note(self.holders[slot as usize].0);
            }
            Choice::Bin(bin) => {
                let used = self.used[bin as usize];
                self.note(self.plan.bins[bin as usize].ops[used as usize]);
                self.use_one(bin);
            }
        }
        if is_change {
            self.settle();
        }
        self.is_quiet = false;
        self.forward();
        if self.is_quiet {
            self.refuted.forget();
        }
    }

    /// Lets every open operation that only looks, and may look now, take effect. That is never
    /// worse than later: it changes nothing, and there is one operation less to care for.
    fn settle(&mut self) {
        let waiting = self.open.and(self.pure).without(self.here.done);
        for slot in waiting.slots() {
            self.settle_slot(slot);
        }
    }

    fn settle_slot(&mut self, slot: usize) {
        let (op, class) = self.holders[slot];
        if self.steps.is_possible(self.here.state, class) {
            self.here.done.set(slot);
            self.note(op);
        }
    }

    /// Passes events up to the first return of an operation that has not taken effect.
    pub(super) fn forward(&mut self) {
        self.visits.see(self.here.at, self.here.state);
        while let Some(&step) = self.plan.moves.get(self.here.at as usize) {
            match step {
                Move::Open { slot, op } => {
                    let slot = slot as usize;
                    self.enter(slot, op);
                    if self.pure.has(slot) {
                        self.settle_slot(slot);
                    }
                }
                Move::Close { slot, .. } => {
                    let slot = slot as usize;
                    if !self.here.done.has(slot) {
                        break;
                    }
                    self.leave(slot);
                    self.here.done.clear(slot);
                    self.is_quiet |= self.offers == 0 && self.open == Mask::EMPTY;
                }
                Move::Offer { bin, .. } => {
                    self.offered[bin as usize] += 1;
                    self.offers += 1;
                    // What is possible from here on depends on more than the state.
                    self.is_quiet = false;
                }
            }
            self.here.at += 1;
            self.visits.see(self.here.at, self.here.state);
        }
        self.corners.reach(self.here.at);
    }

    pub(super) fn enter(&mut self, slot: usize, op: u32) {
        let class = self.plan.class_of[op as usize];
        self.holders[slot] = (op, class);
        self.open.set(slot);
        if self.plan.is_read_only[class as usize] {
            self.pure.set(slot);
        }
    }

    pub(super) fn leave(&mut self, slot: usize) {
        self.open.clear(slot);
        self.pure.clear(slot);
    }

    /// Takes back the candidate by which `frame` was left, and all events passed since.
    pub(super) fn restore(&mut self, frame: &Frame<N>) {
        self.go_back(&frame.left);
        self.is_quiet = frame.is_quiet;
        if let Choice::Bin(bin) = frame.choice {
            self.give_back_one(bin);
        }
    }

    pub(super) fn go_back(&mut self, to: &Configuration<N>) {
        while self.here.at > to.at {
            self.here.at -= 1;
            match self.plan.moves[self.here.at as usize] {
                Move::Open { slot, .. } => self.leave(slot as usize),
                Move::Close { slot, op } => self.enter(slot as usize, op),
                Move::Offer { bin, .. } => {
                    self.offered[bin as usize] -= 1;
                    self.offers -= 1;
                }
            }
        }
        self.here = *to;
    }

    fn use_one(&mut self, bin: u32) {
        self.used[bin as usize] += 1;
        match self.uses.binary_search_by_key(&bin, |used| used.0) {
            Ok(place) => self.uses[place].1 += 1,
            Err(place) => self.uses.insert(place, (bin, 1)),
        }
    }

    fn give_back_one(&mut self, bin: u32) {
        self.used[bin as usize] -= 1;
        let place = self.uses.binary_search_by_key(&bin, |used| used.0);
        let place = place.expect("it was used");
        self.uses[place].1 -= 1;
        if self.uses[place].1 == 0 {
            self.uses.remove(place);
        }
    }

    fn note(&mut self, op: u32) {
        if let Some(order) = &mut self.order {
            order.push(op);
        }
    }

    /// The way that led here, gone once more and written down.
    pub(super) fn legal_order(&mut self) -> Vec<u32> {
        if !self.question.is_order_wanted {
            return Vec::new();
        }
        let stack = std::mem::take(&mut self.stack);
        let last = self.here.state;
        let first = stack.first().map_or(last, |frame| frame.left.state);
        let states = stack.iter().skip(1).map(|frame| frame.left.state);
        let mut states = states.chain([last]);
        for frame in stack.iter().rev() {
            self.restore(frame);
        }
        let begin = Configuration {
            at: 0,
            state: first,
            done: Mask::EMPTY,
        };
        self.go_back(&begin);
        self.order = Some(Vec::new());
        self.forward();
        for frame in &stack {
            let next = states.next().expect("one state after each frame");
            self.take(frame.choice, next);
        }
        self.order.take().unwrap_or_default()
    }
}
