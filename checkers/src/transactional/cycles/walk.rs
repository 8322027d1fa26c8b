//! The shortest closed walk of a pattern through one dependency: breadth first over vertices and states.
use super::pattern::Pattern;
use crate::transactional::scc::{NONE, Part};
use crate::transactional::{Arc, NEVER, NO_KEY, Via};

/// How a walk ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Close {
    /// Where it began: at the tail of the first dependency.
    Tail(u32),
    /// At someone who had ended before this one, where the walk began, was invoked.
    Before(u32),
}

/// Says whether the dependency (its tail, its place, how it is) may be the last one.
pub(super) type Last<'a> = &'a dyn Fn(u32, Step) -> bool;

/// How a walk goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// By the dependency at this place of the part.
    Arc(u32),
    /// To a later transaction of the same process.
    Process,
}

/// Where a walk begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    /// Its first vertex, in state 0, and the number of the key that moves may ask for.
    pub(super) vertex: u32,
    pub(super) key: u32,
    pub(super) close: Close,
}

/// The tables of a search, used again and again.
pub(super) struct Walker<'a> {
    part: &'a Part,
    states: usize,
    round: u32,
    /// The round in which each vertex and state was last reached, and swept by its process.
    reached: Vec<u32>,
    swept: Vec<u32>,
    /// How each was reached: from which, by which step.
    before: Vec<(u32, Step)>,
    open: Vec<u32>,
    /// Vertices that a walk may not go through, if any.
    pub(super) barred: &'a [bool],
    /// An order in which a walk only goes forward, if there is one: it need not go beyond its close.
    pub(super) position: &'a [u32],
    /// Dependencies that were looked at.
    pub(super) work: u64,
}

impl<'a> Walker<'a> {
    pub(super) fn new(part: &'a Part, states: usize) -> Walker<'a> {
        let nodes = part.len() * states;
        Walker {
            part,
            states,
            round: 0,
            reached: vec![0; nodes],
            swept: vec![0; nodes],
            before: vec![(NONE, Step::Process); nodes],
            open: Vec::new(),
            barred: &[],
            position: &[],
            work: 0,
        }
    }

    /// The steps of a shortest walk of at most `longest` steps from `start` to its close, if there
    /// is one, as (tail, step, head); and the last vertex.
    pub(super) fn walk(
        &mut self,
        pattern: &Pattern,
        start: Start,
        longest: u32,
        last: Last<'_>,
    ) -> Option<Vec<(u32, Step, u32)>> {
        self.round += 1;
        self.open.clear();
        let first = start.vertex * self.states as u32;
        self.reached[first as usize] = self.round;
        self.open.push(first);
        let (mut at, mut layer_end, mut depth) = (0, 1, 0);
        while at < self.open.len() {
            if at == layer_end {
                depth += 1;
                layer_end = self.open.len();
            }
            if depth == longest {
                return None;
            }
            let node = self.open[at];
            at += 1;
            if let Some(end) = self.expand(pattern, start, node, last) {
                return Some(self.trace(end));
            }
        }
        None
    }

    /// Reaches what follows `node`; the steps that close the walk, if one does.
    fn expand(
        &mut self,
        pattern: &Pattern,
        start: Start,
        node: u32,
        last: Last<'_>,
    ) -> Option<(u32, Step, u32)> {
        let (vertex, state) = (node / self.states as u32, (node % self.states as u32) as u8);
        // In state 0 stands whoever is missed, and nobody misses itself.
        let is_itself = state == 0 && matches!(start.close, Close::Tail(tail) if tail == vertex);
        for arc in self.part.arcs(vertex) {
            self.work += 1;
            let is_same = self.part.key(arc) == start.key;
            let next = pattern.next(state, self.part.via(arc), is_same);
            if let Some(to) = next.filter(|&to| !is_itself || to == 0) {
                let head = self.part.to[arc as usize];
                if let Some(end) = self.reach(pattern, start, node, Step::Arc(arc), head, to, last)
                {
                    return Some(end);
                }
            }
        }
        let to = pattern
            .next(state, Via::Process, false)
            .filter(|&to| !is_itself || to == 0)?;
        let mut head = self.part.next_of_process[vertex as usize];
        while head != NONE {
            self.work += 1;
            let target = head as usize * self.states + to as usize;
            if self.swept[target] == self.round {
                break;
            }
            self.swept[target] = self.round;
            if let Some(end) = self.reach(pattern, start, node, Step::Process, head, to, last) {
                return Some(end);
            }
            head = self.part.next_of_process[head as usize];
        }
        None
    }

    #[expect(clippy::too_many_arguments, reason = "one step of a walk, spelt out")]
    fn reach(
        &mut self,
        pattern: &Pattern,
        start: Start,
        node: u32,
        step: Step,
        head: u32,
        state: u8,
        last: Last<'_>,
    ) -> Option<(u32, Step, u32)> {
        let is_end = pattern.accepts(state)
            && match start.close {
                Close::Tail(tail) => tail == head,
                Close::Before(first) => {
                    let ended = self.part.completed[head as usize];
                    ended != NEVER && ended < self.part.invoked[first as usize]
                }
            };
        if is_end && last(node / self.states as u32, step) {
            return Some((node, step, head));
        }
        if self
            .barred
            .get(head as usize)
            .is_some_and(|&is_barred| is_barred)
        {
            return None;
        }
        if let (Close::Tail(tail), Some(&place)) = (start.close, self.position.get(head as usize))
            && self.position[tail as usize] < place
        {
            return None;
        }
        let target = head * self.states as u32 + u32::from(state);
        if self.reached[target as usize] != self.round {
            self.reached[target as usize] = self.round;
            self.before[target as usize] = (node, step);
            self.open.push(target);
        }
        None
    }

    fn trace(&self, (mut node, step, head): (u32, Step, u32)) -> Vec<(u32, Step, u32)> {
        let states = self.states as u32;
        let mut steps = vec![(node / states, step, head)];
        let first = self.open[0];
        while node != first {
            let (before, step) = self.before[node as usize];
            steps.push((before / states, step, node / states));
            node = before;
        }
        steps.reverse();
        steps
    }
}

/// A step as a dependency that others know.
pub(super) fn told(part: &Part, (tail, step, head): (u32, Step, u32)) -> Arc {
    match step {
        Step::Arc(arc) => part.arc(tail, arc),
        Step::Process => Arc {
            from: part.txns[tail as usize],
            to: part.txns[head as usize],
            via: Via::Process,
            key: NO_KEY,
        },
    }
}
