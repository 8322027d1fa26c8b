//! Where a search gets stuck: the configurations that came furthest and lead nowhere.
use super::plan::Move;
use super::refuted::Configuration;
use super::{Mask, Search};
use crate::Spec;

/// How an object is illegal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::linearizable) struct Stuck {
    /// The operation whose return nobody gets past. What began after it is not needed to see that.
    pub(in crate::linearizable) op: u32,
    /// Where that is seen: some of the configurations in which nothing can come next.
    pub(in crate::linearizable) corners: Vec<Corner>,
}

/// A configuration in which nothing can come next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::linearizable) struct Corner {
    /// The state in words.
    pub(in crate::linearizable) state: String,
    /// The open operations that have taken effect.
    pub(in crate::linearizable) done: Vec<u32>,
    /// The others, none of which is possible in this state.
    pub(in crate::linearizable) waiting: Vec<u32>,
}

/// At most so many of them are told.
const CORNERS_MAX: usize = 8;

/// The corners that were found as far as the search came.
pub(super) struct Corners<const N: usize> {
    furthest: u32,
    found: Vec<Configuration<N>>,
}

impl<const N: usize> Corners<N> {
    /// None yet.
    pub(super) fn new() -> Corners<N> {
        Corners {
            furthest: 0,
            found: Vec::new(),
        }
    }

    /// The search has come as far as the move `at`.
    pub(super) fn reach(&mut self, at: u32) {
        if self.furthest < at {
            self.furthest = at;
            self.found.clear();
        }
    }

    /// The last move that the search came to.
    pub(super) fn furthest(&self) -> u32 {
        self.furthest
    }

    /// Nothing can come next in `here`.
    pub(super) fn add(&mut self, here: &Configuration<N>) {
        let is_told = self.furthest == here.at
            && self.found.len() < CORNERS_MAX
            && !self.found.contains(here);
        if is_told {
            self.found.push(*here);
        }
    }
}

impl<S: Spec, const N: usize> Search<'_, S, N> {
    /// Where this search, which has failed, got stuck.
    pub(super) fn stuck(&mut self) -> Stuck {
        let furthest = self.corners.furthest;
        let Move::Close { op, .. } = self.plan.moves[furthest as usize] else {
            unreachable!("a search only ever stops before a return");
        };
        self.pass(furthest);
        let corners = self.corners.found.iter().map(|corner| {
            let state = self.steps.state(corner.state);
            Corner {
                state: self.question.spec.describe(state),
                done: self.ops(corner.done),
                waiting: self.ops(self.open.without(corner.done)),
            }
        });
        let corners = corners.collect();
        Stuck { op, corners }
    }

    /// Opens and closes slots as if every operation took effect in time.
    fn pass(&mut self, to: u32) {
        while self.here.at < to {
            match self.plan.moves[self.here.at as usize] {
                Move::Open { slot, op } => self.enter(slot as usize, op),
                Move::Close { slot, .. } => self.leave(slot as usize),
                Move::Offer { .. } => {}
            }
            self.here.at += 1;
        }
    }

    fn ops(&self, slots: Mask<N>) -> Vec<u32> {
        let mut ops: Vec<u32> = slots.slots().map(|slot| self.holders[slot].0).collect();
        ops.sort_unstable();
        ops
    }
}
