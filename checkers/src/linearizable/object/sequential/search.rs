//! Searches for an order that keeps the order of each process: where each of them has come to, and
//! the states of the objects, are all that matters for what can come next.
use crate::linearizable::asked::Asked;
use crate::linearizable::search::{Class, Next, State, Steps, classes};
use crate::{Budget, Call, Process, Spec};
use rustc_hash::{FxHashMap, FxHashSet};
use std::mem::size_of;

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// There is such an order.
    Legal,
    /// There is none.
    Illegal(Stuck),
    /// The budget or the steps were spent first.
    GaveUp { why: String },
}

/// As far as one gets: what each process wants to do next, and why it cannot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stuck {
    pub(super) waiting: Vec<Waiting>,
}

/// An operation that cannot come next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    /// When it was invoked.
    pub(super) time: usize,
    /// The state of its object, in words.
    pub(super) state: String,
}

/// The operations of one process, in order. One of unknown outcome is a line by itself: it may be
/// used once what its process had asked before has taken effect, or never.
struct Line {
    turns: Vec<Turn>,
    is_optional: bool,
    /// How many operations of which line have to come first.
    after: Option<(usize, u32)>,
}

#[derive(Clone, Copy)]
struct Turn {
    part: usize,
    class: Class,
    is_read_only: bool,
    time: usize,
}

/// The budget is asked every so many configurations.
const POLL_STEPS: u64 = 512;

pub(super) struct Search<'a, S: Spec> {
    spec: &'a S,
    asked: &'a [&'a [Asked]],
    lines: Vec<Line>,
    classes: Vec<Vec<(Process, &'a Call)>>,
}

/// A configuration that was left by its candidate number `tried - 1`.
struct Frame {
    trail: usize,
    tried: usize,
}

/// An operation that may come next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    is_optional: bool,
    time: usize,
    line: usize,
    next: State,
}

impl<'a, S: Spec> Search<'a, S> {
    /// A search for an order of the operations of some objects, invoked at these `times`.
    pub(super) fn new(
        spec: &'a S,
        asked: &'a [&'a [Asked]],
        times: &[Vec<usize>],
    ) -> Search<'a, S> {
        let mut all: Vec<(Turn, Process, bool)> = Vec::new();
        let mut classes_of_parts = Vec::new();
        for (part, (asked, times)) in asked.iter().zip(times).enumerate() {
            let (kinds, class_of) = classes(spec, asked);
            for ((op, &class), &time) in asked.iter().zip(&class_of).zip(times) {
                let turn = Turn {
                    part,
                    class,
                    is_read_only: spec.is_read_only(&op.call),
                    time,
                };
                all.push((turn, op.process, op.is_answered()));
            }
            classes_of_parts.push(kinds);
        }
        all.sort_by_key(|(turn, ..)| turn.time);
        let mut lines: Vec<Line> = Vec::new();
        let mut line_of: FxHashMap<Process, usize> = FxHashMap::default();
        for (turn, process, is_answered) in all {
            let known = line_of.get(&process).copied();
            if is_answered {
                let line = known.unwrap_or_else(|| {
                    lines.push(Line {
                        turns: Vec::new(),
                        is_optional: false,
                        after: None,
                    });
                    line_of.insert(process, lines.len() - 1);
                    lines.len() - 1
                });
                lines[line].turns.push(turn);
            } else {
                let after = known.map(|line| (line, lines[line].turns.len() as u32));
                lines.push(Line {
                    turns: vec![turn],
                    is_optional: true,
                    after,
                });
            }
        }
        Search {
            spec,
            asked,
            lines,
            classes: classes_of_parts,
        }
    }

    /// Searches, looking at no more than `steps_max` configurations; says how many it were.
    pub(super) fn run(&self, budget: &Budget, steps_max: u64) -> (End, u64) {
        let kinds = self.classes.iter().zip(self.asked);
        let mut steps: Vec<Steps<'_, S>> = kinds
            .map(|(classes, asked)| Steps::new(self.spec, classes, asked.len()))
            .collect();
        let states = steps.iter_mut().map(|steps| steps.number(self.spec.init()));
        let mut walk = Walk {
            lines: &self.lines,
            states: states.collect(),
            steps,
            positions: vec![0; self.lines.len()],
            done: 0,
            trail: Vec::new(),
            candidates: Vec::new(),
        };
        let must = self.lines.iter().filter(|line| !line.is_optional);
        let must: usize = must.map(|line| line.turns.len()).sum();
        let mut refuted: FxHashSet<Box<[u32]>> = FxHashSet::default();
        let mut stack: Vec<Frame> = Vec::new();
        let (mut looked, mut tried, mut taken) = (0_u64, 0, 0);
        let (mut furthest, mut stuck) = (0, Stuck::default());
        walk.settle();
        let end = loop {
            if walk.done == must {
                break End::Legal;
            }
            looked += 1;
            if looked.is_multiple_of(POLL_STEPS) {
                let entry = walk.key_len() * size_of::<u32>() + size_of::<Box<[u32]>>() * 2;
                let trail = walk.trail.capacity() * size_of::<(usize, usize, State)>();
                let tables: usize = walk.steps.iter().map(Steps::bytes).sum();
                let bytes = (refuted.len() * entry + trail + tables) as u64;
                budget.take(bytes.saturating_sub(taken));
                taken = taken.max(bytes);
            }
            let spent = looked.is_multiple_of(POLL_STEPS).then(|| budget.spent());
            if let Some(why) = spent.flatten() {
                break End::GaveUp { why };
            }
            if looked > steps_max {
                let why = "out of steps".to_owned();
                break End::GaveUp { why };
            }
            walk.find_candidates();
            if walk.candidates.is_empty() && furthest <= walk.done {
                furthest = walk.done;
                stuck = walk.stuck(self.spec);
            }
            let mark = walk.trail.len();
            let mut is_deeper = false;
            while let Some(&candidate) = walk.candidates.get(tried) {
                tried += 1;
                walk.take(candidate.line, candidate.next);
                walk.settle();
                if !refuted.contains(&*walk.key()) {
                    is_deeper = true;
                    break;
                }
                walk.undo(mark);
            }
            if is_deeper {
                stack.push(Frame { trail: mark, tried });
                tried = 0;
                continue;
            }
            refuted.insert(walk.key());
            let Some(frame) = stack.pop() else {
                break End::Illegal(stuck);
            };
            walk.undo(frame.trail);
            tried = frame.tried;
        };
        budget.give_back(taken);
        (end, looked)
    }
}

/// Where all processes stand.
struct Walk<'a, S: Spec> {
    lines: &'a [Line],
    steps: Vec<Steps<'a, S>>,
    positions: Vec<u32>,
    states: Vec<State>,
    /// Answered operations that have taken effect.
    done: usize,
    /// What was done: which line went on, and what its object was before.
    trail: Vec<(usize, usize, State)>,
    candidates: Vec<Candidate>,
}

impl<S: Spec> Walk<'_, S> {
    fn key(&self) -> Box<[u32]> {
        self.positions.iter().chain(&self.states).copied().collect()
    }

    fn key_len(&self) -> usize {
        self.positions.len() + self.states.len()
    }

    /// What a process wants to do next, if anything, and may by the order of its line.
    fn turn(&self, line: usize) -> Option<Turn> {
        let Line { turns, after, .. } = &self.lines[line];
        let is_free = after.is_none_or(|(other, count)| self.positions[other] >= count);
        let position = self.positions[line] as usize;
        turns.get(position).filter(|_| is_free).copied()
    }

    /// Lets operations that only look take effect as soon as they can: that is never worse.
    fn settle(&mut self) {
        for line in 0..self.lines.len() {
            while let Some(turn) = self.turn(line) {
                let state = self.states[turn.part];
                if !turn.is_read_only || !self.steps[turn.part].is_possible(state, turn.class) {
                    break;
                }
                self.take(line, state);
            }
        }
    }

    fn take(&mut self, line: usize, next: State) {
        let turn = self.turn(line).expect("it was a candidate");
        self.trail.push((line, turn.part, self.states[turn.part]));
        self.states[turn.part] = next;
        self.positions[line] += 1;
        self.done += usize::from(!self.lines[line].is_optional);
    }

    fn undo(&mut self, mark: usize) {
        while self.trail.len() > mark {
            let (line, part, state) = self.trail.pop().expect("longer than the mark");
            self.states[part] = state;
            self.positions[line] -= 1;
            self.done -= usize::from(!self.lines[line].is_optional);
        }
    }

    /// Fills `candidates`, those that were asked first first. Always the same for the same state.
    fn find_candidates(&mut self) {
        self.candidates.clear();
        for line in 0..self.lines.len() {
            let Some(turn) = self.turn(line).filter(|turn| !turn.is_read_only) else {
                continue;
            };
            let state = self.states[turn.part];
            let nexts = match self.steps[turn.part].next(state, turn.class) {
                Next::Nowhere => Vec::new(),
                Next::One(next) => vec![next],
                Next::Many(key) => self.steps[turn.part].many(key).to_vec(),
            };
            let is_optional = self.lines[line].is_optional;
            for next in nexts {
                // To use it up without an effect is never better than to keep it.
                if !is_optional || next != state {
                    self.candidates.push(Candidate {
                        is_optional,
                        time: turn.time,
                        line,
                        next,
                    });
                }
            }
        }
        self.candidates.sort_unstable();
    }

    fn stuck(&self, spec: &S) -> Stuck {
        let must = (0..self.lines.len()).filter(|&line| !self.lines[line].is_optional);
        let waiting = must.filter_map(|line| {
            let turn = self.turn(line)?;
            let state = self.steps[turn.part].state(self.states[turn.part]);
            Some(Waiting {
                time: turn.time,
                state: spec.describe(state),
            })
        });
        Stuck {
            waiting: waiting.collect(),
        }
    }
}
