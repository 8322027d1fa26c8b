//! Decides one register by searching for a legal order.
//!
//! Wing and Gong ("Testing and verifying concurrent objects", JPDC 1993) try the open operations one
//! by one; Lowe ("Testing for linearizability", CCPE 2017) remembers where that failed. We differ
//! in what is remembered. At the first return of an operation that has not taken effect, everything
//! that returned earlier has: a configuration is an event, the open operations that have taken
//! effect, and the state, and needs no set over the whole history. And only what was refuted is
//! remembered, since every step moves forward and no configuration can be met on its own path.
//!
//! And we differ in how plain writes are tried. Most writes are replaced before anybody has looked,
//! and in which order these take effect is of no account:
//!
//! ```text
//! |w 1---------|         w 1 and w 2 can come right before w 3, in either order:
//! |w 2---------|         once w 3 has taken effect, both are free to return
//!    |w 3|  |r 3|
//! ```
//! *Free* is an open write that could have taken effect unseen: right before another write that took
//! effect while it was open, or at a moment when the register held its value anyway. It may return
//! as it is; until then it may still be used for its value. So a write has to be tried at two times
//! only: when somebody open wants to find its value at once, and when it returns.
//! *That is enough.* Take a legal order and a write in it. If it is found, then by what follows it:
//! either that is open now, or the write can be put off until it returns, for nothing lies between.
//! If it is not found, what follows is another write, and if that takes effect while the first is
//! open, the first is free; otherwise it, too, can be put off until it returns.
//!
//! When it returns, a free write must still be tried, for somebody who begins later may find it:
//!
//! ```text
//! |w 1----|              w 2 returns first and sets w 1 free, but to let w 1 go
//! |w 2-|     |r 1|       unused would leave nobody who wrote the 1
//! ```
use super::cell::{Act, NIL, Register};
use super::mask::Mask;
use super::plan::{Move, Plan};
use super::refuted::{Configuration, Refuted};
use crate::Budget;
use std::mem::size_of;

mod candidates;

use candidates::{Candidate, Choice};

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// There is a legal order.
    Legal,
    /// There is none: no order gets past the return of `stuck`.
    Illegal { stuck: u32 },
    /// The budget or `steps_max` was spent first.
    GaveUp { why: String },
    /// More operations are open at once than a search can hold.
    TooWide { open: usize },
}

/// The end of a search, and its length in configurations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// What was found.
    pub(super) end: End,
    /// How many configurations were looked at.
    pub(super) configurations: u64,
}

/// At most this many answered operations may be open at once.
const OPEN_MAX: usize = 1024;

/// The budget is asked every so many configurations.
const POLL_STEPS: u64 = 4096;

/// Searches for a legal order of `register`, looking at no more than `steps_max` configurations.
pub(super) fn search(register: &Register, budget: &Budget, steps_max: u64) -> Found {
    let plan = Plan::new(register);
    match plan.slots {
        0..=64 => Search::<1>::new(register, &plan).run(budget, steps_max),
        65..=128 => Search::<2>::new(register, &plan).run(budget, steps_max),
        129..=OPEN_MAX => Search::<{ OPEN_MAX / 64 }>::new(register, &plan).run(budget, steps_max),
        open => Found {
            end: End::TooWide { open },
            configurations: 0,
        },
    }
}

struct Search<'p, const N: usize> {
    register: &'p Register,
    plan: &'p Plan,
    here: Configuration<N>,
    /// Slots of open operations, of those that only look, and of plain writes.
    open: Mask<N>,
    pure: Mask<N>,
    writes: Mask<N>,
    /// The operation in each slot.
    holders: Vec<u32>,
    /// Of each bin, how many have begun and how many were used; and the bin alive in each lane.
    offered: Vec<u32>,
    used: Vec<u32>,
    alive: Vec<Option<u32>>,
    stack: Vec<Frame<N>>,
    refuted: Refuted<N>,
    furthest: u32,
    steps: u64,
    candidates: Vec<Candidate>,
    uses: Vec<(u32, u32)>,
}

/// A configuration that was left by its candidate number `tried - 1`.
struct Frame<const N: usize> {
    left: Configuration<N>,
    tried: u32,
    /// The bin that the candidate was taken from.
    bin: Option<u32>,
}

impl<'p, const N: usize> Search<'p, N> {
    fn new(register: &'p Register, plan: &'p Plan) -> Search<'p, N> {
        Search {
            register,
            plan,
            here: Configuration {
                at: 0,
                state: NIL,
                done: Mask::EMPTY,
                free: Mask::EMPTY,
            },
            open: Mask::EMPTY,
            pure: Mask::EMPTY,
            writes: Mask::EMPTY,
            holders: vec![0; plan.slots],
            offered: vec![0; plan.bins.len()],
            used: vec![0; plan.bins.len()],
            alive: vec![None; plan.lanes],
            stack: Vec::new(),
            refuted: Refuted::new(),
            furthest: 0,
            steps: 0,
            candidates: Vec::new(),
            uses: Vec::new(),
        }
    }

    fn run(mut self, budget: &Budget, steps_max: u64) -> Found {
        let mut taken = 0;
        self.forward();
        let mut tried = 0;
        let end = loop {
            if self.here.at as usize == self.plan.moves.len() {
                break End::Legal;
            }
            self.furthest = self.furthest.max(self.here.at);
            self.steps += 1;
            if self.steps.is_multiple_of(POLL_STEPS) {
                let bytes = self.bytes();
                budget.take(bytes - taken);
                taken = bytes;
            }
            if self.steps.is_multiple_of(POLL_STEPS)
                && let Some(why) = budget.spent()
            {
                break End::GaveUp { why };
            }
            if self.steps > steps_max {
                let why = "out of steps".to_owned();
                break End::GaveUp { why };
            }
            if self.descend(tried) {
                tried = 0;
                continue;
            }
            self.read_uses();
            self.refuted.insert(self.here, &self.uses);
            let Some(frame) = self.stack.pop() else {
                break End::Illegal {
                    stuck: self.must(self.furthest),
                };
            };
            self.restore(&frame);
            tried = frame.tried as usize;
        };
        budget.give_back(taken);
        Found {
            end,
            configurations: self.steps,
        }
    }

    /// Never shrinks, as neither table gives memory back before the search ends.
    fn bytes(&self) -> u64 {
        let stack = self.stack.capacity() * size_of::<Frame<N>>();
        (stack + self.refuted.bytes()) as u64
    }

    /// Takes the next untried candidate that does not lead into what is refuted already.
    fn descend(&mut self, tried: usize) -> bool {
        self.find_candidates();
        for i in tried..self.candidates.len() {
            let candidate = self.candidates[i];
            let left = self.here;
            let bin = self.take(candidate);
            let is_end = self.here.at as usize == self.plan.moves.len();
            self.read_uses();
            let frame = Frame {
                left,
                tried: u32::try_from(i + 1).expect("fewer candidates than operations"),
                bin,
            };
            if is_end || !self.refuted.contains(&self.here, &self.uses) {
                self.stack.push(frame);
                return true;
            }
            self.restore(&frame);
        }
        false
    }

    /// Lets an operation take effect, and moves on as far as that carries.
    fn take(&mut self, candidate: Candidate) -> Option<u32> {
        self.here.state = candidate.next;
        let bin = match candidate.choice {
            Choice::Pass(slot) | Choice::Slot(slot) => {
                self.here.done.set(slot as usize);
                None
            }
            Choice::Bin(bin) => {
                self.used[bin as usize] += 1;
                Some(bin)
            }
        };
        if candidate.is_write() {
            self.here.free = self.open.and(self.writes);
        }
        self.here.free = self.here.free.without(self.here.done);
        self.settle();
        self.forward();
        bin
    }

    /// Lets every open operation that only looks, and may look now, take effect. That is never
    /// worse than later: it changes nothing, and there is one operation less to care for.
    fn settle(&mut self) {
        let waiting = self.open.and(self.pure).without(self.here.done);
        for slot in waiting.slots() {
            if self.act_in(slot).accepts(self.here.state) {
                self.here.done.set(slot);
            }
        }
        for slot in self.bound().slots() {
            if self.act_in(slot).written() == Some(self.here.state) {
                self.here.free.set(slot);
            }
        }
    }

    /// The open writes that have not taken effect and are not free.
    fn bound(&self) -> Mask<N> {
        let waiting = self.open.and(self.writes).without(self.here.done);
        waiting.without(self.here.free)
    }

    /// Passes events up to the first return of an operation that has not taken effect, unless it is
    /// a write for which that makes no difference.
    fn forward(&mut self) {
        while let Some(&step) = self.plan.moves.get(self.here.at as usize) {
            match step {
                Move::Open { slot, op } => {
                    let slot = slot as usize;
                    self.enter(slot, op);
                    let act = self.act_in(slot);
                    if act.is_pure() && act.accepts(self.here.state) {
                        self.here.done.set(slot);
                    }
                    if !act.is_consumer() && act.written() == Some(self.here.state) {
                        self.here.free.set(slot);
                    }
                }
                Move::Close { slot, .. } => {
                    let slot = slot as usize;
                    if !self.here.done.has(slot) && !self.is_let_go(slot) {
                        return;
                    }
                    self.leave(slot);
                    self.here.done.clear(slot);
                    self.here.free.clear(slot);
                }
                Move::Offer { bin } => {
                    self.offered[bin as usize] += 1;
                    self.alive[self.plan.bins[bin as usize].lane as usize] = Some(bin);
                }
                Move::Expire { bin } => {
                    self.alive[self.plan.bins[bin as usize].lane as usize] = None;
                }
            }
            self.here.at += 1;
        }
    }

    /// Whether the operation in `slot` is a free write that is of no use to anybody: it would set no
    /// other write free, and its value is there already and nobody open could replace it first, or
    /// nobody can want its value any more.
    fn is_let_go(&self, slot: usize) -> bool {
        if !self.here.free.has(slot) || self.bound() != Mask::EMPTY {
            return false;
        }
        let op = &self.register.ops[self.holders[slot] as usize];
        op.act.written().is_some_and(|state| {
            self.plan.wanted_until[state as usize] <= op.returned
                || state == self.here.state && !self.is_anybody_asking()
        })
    }

    /// Whether an operation that has not taken effect asks for a value.
    fn is_anybody_asking(&self) -> bool {
        let waiting = self.open.without(self.here.done).without(self.writes);
        let mut bins = self.alive.iter().flatten();
        waiting != Mask::EMPTY
            || bins.any(|&bin| {
                let is_left = self.used[bin as usize] < self.offered[bin as usize];
                is_left && self.plan.bins[bin as usize].act.is_consumer()
            })
    }

    fn enter(&mut self, slot: usize, op: u32) {
        self.holders[slot] = op;
        self.open.set(slot);
        match self.act_in(slot) {
            Act::Write(_) => self.writes.set(slot),
            Act::Observe(_) | Act::ObserveNot(_) => self.pure.set(slot),
            Act::Swap { .. } => {}
        }
    }

    fn leave(&mut self, slot: usize) {
        self.open.clear(slot);
        self.pure.clear(slot);
        self.writes.clear(slot);
    }

    /// Takes back the candidate by which `frame` was left, and all events passed since.
    fn restore(&mut self, frame: &Frame<N>) {
        while self.here.at > frame.left.at {
            self.here.at -= 1;
            match self.plan.moves[self.here.at as usize] {
                Move::Open { slot, .. } => self.leave(slot as usize),
                Move::Close { slot, op } => self.enter(slot as usize, op),
                Move::Offer { bin } => {
                    self.offered[bin as usize] -= 1;
                    if self.offered[bin as usize] == 0 {
                        self.alive[self.plan.bins[bin as usize].lane as usize] = None;
                    }
                }
                Move::Expire { bin } => {
                    self.alive[self.plan.bins[bin as usize].lane as usize] = Some(bin);
                }
            }
        }
        self.here = frame.left;
        if let Some(bin) = frame.bin {
            self.used[bin as usize] -= 1;
        }
    }

    /// What was used of the bins that are still alive; the others no longer matter.
    fn read_uses(&mut self) {
        self.uses.clear();
        for (lane, bin) in (0..).zip(&self.alive) {
            let used = bin.map_or(0, |bin| self.used[bin as usize]);
            if used > 0 {
                self.uses.push((lane, used));
            }
        }
    }

    /// The operation whose return stands at `at`.
    fn must(&self, at: u32) -> u32 {
        match self.plan.moves[at as usize] {
            Move::Close { op, .. } => op,
            Move::Open { .. } | Move::Offer { .. } | Move::Expire { .. } => {
                unreachable!("a search only ever stops before a return")
            }
        }
    }

    fn act_in(&self, slot: usize) -> Act {
        self.register.ops[self.holders[slot] as usize].act
    }
}
