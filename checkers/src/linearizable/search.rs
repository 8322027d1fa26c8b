//! Decides any object by searching for a legal order of its operations.
//!
//! Wing and Gong ("Testing and verifying concurrent objects", JPDC 1993) try the open operations one
//! by one; Lowe ("Testing for linearizability", CCPE 2017) remembers where that failed. We differ
//! in what is remembered. At the first return of an operation that has not taken effect, everything
//! that returned earlier has: a configuration is an event, the open operations that have taken
//! effect, and the state, and needs no set over the whole history. And only what was refuted is
//! remembered, since every step moves forward and no configuration can be met on its own path.
//!
//! Operations of unknown outcome never return. Those that do the same are counted, not named, and
//! who has used up no more of them can do whatever somebody can who has used up more.
use super::asked::Asked;
use super::mask::Mask;
use crate::{Budget, Spec};
use std::mem::size_of;

mod candidates;
mod corner;
mod plan;
mod refuted;
mod steps;
mod visits;
mod walk;

pub(super) use corner::Stuck;
pub(super) use plan::classes;
pub(super) use steps::{Class, Next, State, Steps};
pub(super) use visits::Glimpse;

use candidates::{Candidate, Choice};
use corner::Corners;
use plan::Plan;
use refuted::{Configuration, Refuted};
use visits::Visits;

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// There is a legal order: these operations, in this order. Empty unless it was asked for.
    Legal { order: Vec<u32> },
    /// There is none.
    Illegal(Box<Stuck>),
    /// The budget or the steps were spent first.
    GaveUp { why: String },
}

/// The end of a search, and what it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found<T> {
    /// What was found.
    pub(super) end: End,
    /// How many configurations were looked at.
    pub(super) configurations: u64,
    /// How many answers there are, and how many of them some order got past.
    pub(super) returns: usize,
    pub(super) passed: usize,
    /// The states in which the object can be at some instants, if that was asked.
    pub(super) glimpses: Vec<Glimpse<T>>,
}

/// What is asked of a search.
pub(super) struct Question<'a, S: Spec> {
    /// How the object behaves.
    pub(super) spec: &'a S,
    /// Its operations, in order of invocation.
    pub(super) asked: &'a [Asked],
    /// The states it may begin in; as the specification says if none are given.
    pub(super) begins: &'a [S::State],
    /// Whether an order is wanted.
    pub(super) is_order_wanted: bool,
    /// Every so many events it is noted in which states the object can be; never if this is zero.
    pub(super) stride: usize,
}

impl<'a, S: Spec> Question<'a, S> {
    /// Whether `asked` is legal, and no more.
    pub(super) fn new(spec: &'a S, asked: &'a [Asked]) -> Question<'a, S> {
        Question {
            spec,
            asked,
            begins: &[],
            is_order_wanted: false,
            stride: 0,
        }
    }
}

/// At most this many answered operations may be open at once.
const OPEN_MAX: usize = 8192;

/// The budget is asked every so many configurations.
const POLL_STEPS: u64 = 2048;

/// Searches for a legal order, looking at no more than `steps_max` configurations.
pub(super) fn search<S: Spec>(
    question: Question<'_, S>,
    budget: &Budget,
    steps_max: u64,
) -> Found<S::State> {
    let plan = Plan::new(question.spec, question.asked);
    match plan.slots {
        0..=64 => Search::<S, 1>::new(question, &plan).run(budget, steps_max),
        65..=256 => Search::<S, 4>::new(question, &plan).run(budget, steps_max),
        257..=1024 => Search::<S, 16>::new(question, &plan).run(budget, steps_max),
        1025..=OPEN_MAX => {
            Search::<S, { OPEN_MAX / 64 }>::new(question, &plan).run(budget, steps_max)
        }
        open => Found {
            end: End::GaveUp {
                why: format!("{open} operations were open at once"),
            },
            configurations: 0,
            returns: plan.returns(u32::MAX),
            passed: 0,
            glimpses: Vec::new(),
        },
    }
}

struct Search<'p, S: Spec, const N: usize> {
    question: Question<'p, S>,
    plan: &'p Plan<'p>,
    steps: Steps<'p, S>,
    here: Configuration<N>,
    /// Whether nothing was open, and nothing left over, since the configuration before this one.
    is_quiet: bool,
    /// Slots of open operations, and of those that only look.
    open: Mask<N>,
    pure: Mask<N>,
    /// The operation in each slot, and its class.
    holders: Vec<(u32, Class)>,
    /// Of each bin, how many have begun and how many were used; and the latter once more, in short.
    offered: Vec<u32>,
    used: Vec<u32>,
    uses: Vec<(u32, u32)>,
    /// How many of all bins have begun.
    offers: u32,
    stack: Vec<Frame<N>>,
    refuted: Refuted<N>,
    corners: Corners<N>,
    visits: Visits,
    looked: u64,
    candidates: Vec<Candidate>,
    waiting: Vec<(Class, u32, u32)>,
    /// The operations as they take effect, while an order is written down.
    order: Option<Vec<u32>>,
}

/// A configuration that was left by its candidate number `tried - 1`.
struct Frame<const N: usize> {
    left: Configuration<N>,
    is_quiet: bool,
    tried: u32,
    choice: Choice,
}

impl<'p, S: Spec, const N: usize> Search<'p, S, N> {
    fn new(question: Question<'p, S>, plan: &'p Plan<'p>) -> Search<'p, S, N> {
        let operations = question.asked.len();
        let visits = Visits::new(question.stride, plan.moves.len());
        Search {
            plan,
            steps: Steps::new(question.spec, &plan.classes, operations),
            here: Configuration {
                at: 0,
                state: 0,
                done: Mask::EMPTY,
            },
            is_quiet: true,
            open: Mask::EMPTY,
            pure: Mask::EMPTY,
            holders: vec![(0, 0); plan.slots],
            offered: vec![0; plan.bins.len()],
            used: vec![0; plan.bins.len()],
            uses: Vec::new(),
            offers: 0,
            stack: Vec::new(),
            refuted: Refuted::new(),
            corners: Corners::new(),
            visits,
            question,
            looked: 0,
            candidates: Vec::new(),
            waiting: Vec::new(),
            order: None,
        }
    }

    fn run(mut self, budget: &Budget, steps_max: u64) -> Found<S::State> {
        let mut begins = self.question.begins.to_vec();
        if begins.is_empty() {
            begins.push(self.question.spec.init());
        }
        let mut taken = 0;
        let mut end = None;
        for begin in begins {
            self.begin(begin);
            end = self.go(budget, steps_max, &mut taken);
            if end.is_some() {
                break;
            }
        }
        budget.give_back(taken);
        let returns = self.plan.returns(u32::MAX);
        let passed = self.plan.returns(self.corners.furthest());
        let end = end.unwrap_or_else(|| End::Illegal(Box::new(self.stuck())));
        Found {
            end,
            configurations: self.looked,
            returns,
            passed,
            glimpses: self
                .visits
                .told(self.plan, self.question.asked, &self.steps),
        }
    }

    /// Goes to the first configuration.
    fn begin(&mut self, begin: S::State) {
        let frame = Frame {
            left: Configuration {
                at: 0,
                state: self.steps.number(begin),
                done: Mask::EMPTY,
            },
            is_quiet: true,
            tried: 0,
            choice: Choice::Slot(0),
        };
        self.go_back(&frame.left);
        self.is_quiet = true;
        self.forward();
    }

    /// Searches from here; nothing is found if there is no legal order.
    fn go(&mut self, budget: &Budget, steps_max: u64, taken: &mut u64) -> Option<End> {
        let mut tried = 0;
        loop {
            if self.here.at as usize == self.plan.moves.len() {
                let order = self.legal_order();
                return Some(End::Legal { order });
            }
            self.looked += 1;
            if self.looked.is_multiple_of(POLL_STEPS) {
                let bytes = self.bytes();
                budget.take(bytes.saturating_sub(*taken));
                budget.give_back(taken.saturating_sub(bytes));
                *taken = bytes;
            }
            if self.looked.is_multiple_of(POLL_STEPS)
                && let Some(why) = budget.spent()
            {
                return Some(End::GaveUp { why });
            }
            if self.looked > steps_max {
                let why = "out of steps".to_owned();
                return Some(End::GaveUp { why });
            }
            if self.descend(tried) {
                tried = 0;
                continue;
            }
            if self.candidates.is_empty() {
                self.corners.add(&self.here);
            }
            if self.is_quiet {
                self.refuted.insert_quiet(self.here);
            } else {
                self.refuted.insert(self.here, &self.uses);
            }
            let frame = self.stack.pop()?;
            self.restore(&frame);
            tried = frame.tried as usize;
        }
    }

    fn bytes(&self) -> u64 {
        let stack = self.stack.capacity() * size_of::<Frame<N>>();
        (stack + self.refuted.bytes() + self.steps.bytes()) as u64
    }

    /// Takes the next untried candidate that does not lead into what is refuted already.
    fn descend(&mut self, tried: usize) -> bool {
        let mut first = tried;
        if tried == 0
            && let Some(candidate) = self.must_take_effect()
        {
            if self.try_candidate(candidate, 1) {
                return true;
            }
            first = 1;
        }
        self.find_candidates();
        for i in first..self.candidates.len() {
            let tried = u32::try_from(i + 1).expect("fewer candidates than operations");
            if self.try_candidate(self.candidates[i], tried) {
                return true;
            }
        }
        false
    }

    fn try_candidate(&mut self, candidate: Candidate, tried: u32) -> bool {
        let frame = Frame {
            left: self.here,
            is_quiet: self.is_quiet,
            tried,
            choice: candidate.choice,
        };
        self.take(candidate.choice, candidate.next);
        let is_end = self.here.at as usize == self.plan.moves.len();
        if is_end || !self.refuted.contains(&self.here, &self.uses) {
            self.stack.push(frame);
            return true;
        }
        self.restore(&frame);
        false
    }
}
