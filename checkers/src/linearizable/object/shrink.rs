//! From an object that is illegal to fewer operations that show it, whatever the object is.
//!
//! Nothing is known of an object but its specification, so that little can be left out without
//! making legal orders impossible that were possible before. These can, and no others are:
//!
//! - what began after the return that nobody gets past, while what was still open then need not
//!   take effect any more;
//! - operations that only look;
//! - what returned before some instant, if the rest has no legal order from *any* state in which the
//!   object can be at that instant. What was open then need not take effect any more.
use super::decide::renumber;
use crate::linearizable::asked::Asked;
use crate::linearizable::search::{End, Found, Glimpse, Question, Stuck, search};
use crate::linearizable::timed::NEVER;
use crate::{Budget, Spec};

/// What is left of an object that is illegal.
#[derive(Clone, Debug)]
pub(super) struct Core {
    /// The operations by their numbers in the part.
    pub(super) ops: Vec<u32>,
    /// The same as they were judged: some of them need not have taken effect.
    pub(super) asked: Vec<Asked>,
    /// The states, in words, in which the object can be at the beginning; none if that is the very
    /// beginning.
    pub(super) begins: Vec<String>,
    /// Where it gets stuck. Operations are called by their place in `ops`.
    pub(super) stuck: Stuck,
    /// Whether dropping any one more of them would make the rest legal.
    pub(super) is_minimal: bool,
}

/// Configurations and operations that shrinking may look at, over all its attempts.
const WORK_MAX: u64 = 4_000_000;

/// Configurations of one attempt.
const ATTEMPT_STEPS_MAX: u64 = 200_000;

/// The first search of a long history notes the states so often, in events.
pub(super) const STRIDE: usize = 1024;

/// And the search of what is left of it so often.
const STRIDE_SMALL: usize = 8;

/// Whether a core of more operations is minimal is not looked into.
const MINIMAL_MAX: usize = 64;

/// Shrinks `asked`, of which `found` says that it is illegal, getting stuck as `stuck` says.
pub(super) fn shrink<S: Spec>(
    spec: &S,
    asked: &[Asked],
    stuck: Stuck,
    glimpses: Vec<Glimpse<S::State>>,
    budget: &Budget,
) -> Core {
    let mut work = Work {
        spec,
        budget,
        left: WORK_MAX,
    };
    let mut draft = Draft {
        ops: (0..asked.len() as u32).collect(),
        asked: asked.to_vec(),
        begins: Vec::new(),
        stuck,
    };
    draft.cut();
    if let Some(smaller) = work.window(&draft, glimpses) {
        draft = smaller;
    }
    if let Some(glimpses) = work.glimpses(&draft)
        && let Some(smaller) = work.window(&draft, glimpses)
    {
        draft = smaller;
    }
    work.drop_looks(&mut draft);
    Core {
        is_minimal: work.is_minimal(&draft),
        begins: draft
            .begins
            .iter()
            .map(|state| spec.describe(state))
            .collect(),
        ops: draft.ops,
        asked: draft.asked,
        stuck: draft.stuck,
    }
}

/// Operations that are illegal, from whichever of `begins` they start.
#[derive(Clone)]
struct Draft<T> {
    ops: Vec<u32>,
    asked: Vec<Asked>,
    begins: Vec<T>,
    stuck: Stuck,
}

struct Work<'s, S: Spec> {
    spec: &'s S,
    budget: &'s Budget,
    left: u64,
}

impl<S: Spec> Work<'_, S> {
    fn search(&mut self, draft: &Draft<S::State>, stride: usize) -> Option<Found<S::State>> {
        if self.left == 0 || self.budget.spent().is_some() {
            return None;
        }
        let question = Question {
            begins: &draft.begins,
            stride,
            ..Question::new(self.spec, &draft.asked)
        };
        let found = search(question, self.budget, ATTEMPT_STEPS_MAX);
        let cost = found.configurations + draft.asked.len() as u64;
        self.left = self.left.saturating_sub(cost);
        Some(found)
    }

    /// The same, cut off where it gets stuck, if it is illegal.
    fn illegal(&mut self, mut draft: Draft<S::State>) -> Option<Draft<S::State>> {
        renumber(&mut draft.asked);
        let End::Illegal(stuck) = self.search(&draft, 0)?.end else {
            return None;
        };
        draft.stuck = *stuck;
        draft.cut();
        Some(draft)
    }

    /// The states at many instants of `draft`, if it can be searched once more.
    fn glimpses(&mut self, draft: &Draft<S::State>) -> Option<Vec<Glimpse<S::State>>> {
        let found = self.search(draft, STRIDE_SMALL)?;
        match found.end {
            End::Illegal(_) => Some(found.glimpses),
            End::Legal { .. } | End::GaveUp { .. } => None,
        }
    }

    /// The smallest window before the violation that is illegal from whatever state it begins in.
    fn window(
        &mut self,
        draft: &Draft<S::State>,
        mut glimpses: Vec<Glimpse<S::State>>,
    ) -> Option<Draft<S::State>> {
        let end = draft.asked[draft.stuck.op as usize].returned;
        glimpses.retain(|glimpse| 0 < glimpse.instant && glimpse.instant < end);
        let distances = std::iter::successors(Some(1), |distance| Some(distance * 2));
        let places = distances.map_while(|distance| glimpses.len().checked_sub(distance));
        let places: Vec<usize> = places.collect();
        places.into_iter().find_map(|place| {
            let Glimpse { instant, states } = &glimpses[place];
            let mut window = draft.filtered(|asked| {
                if asked.returned < *instant {
                    return false;
                }
                if asked.invoked < *instant {
                    asked.returned = NEVER;
                }
                asked.is_answered() || !self.spec.is_read_only(&asked.call)
            });
            window.begins.clone_from(states);
            self.illegal(window)
        })
    }

    /// Leaves out operations that only look, in halves, quarters and at last one by one.
    fn drop_looks(&mut self, draft: &mut Draft<S::State>) {
        let looks = draft.ops.iter().zip(&draft.asked);
        let looks = looks.filter(|(_, asked)| self.spec.is_read_only(&asked.call));
        let mut looks: Vec<u32> = looks.map(|(&op, _)| op).collect();
        let mut size = looks.len();
        while size > 0 && self.left > 0 {
            let mut place = 0;
            while place < looks.len() && self.left > 0 {
                let end = looks.len().min(place + size);
                let chunk = &looks[place..end];
                match self.illegal(draft.without(|op| chunk.binary_search(&op).is_ok())) {
                    Some(rest) => {
                        *draft = rest;
                        looks.drain(place..end);
                    }
                    None => place = end,
                }
            }
            size /= 2;
        }
    }

    fn is_minimal(&mut self, draft: &Draft<S::State>) -> bool {
        let is_whole = draft.begins.is_empty() && draft.ops.len() <= MINIMAL_MAX;
        is_whole
            && draft.ops.iter().all(|&op| {
                let rest = draft.without(|other| other == op);
                let found = self.search(&rest, 0).map(|found| found.end);
                matches!(found, Some(End::Legal { .. }))
            })
    }
}

impl<T: Clone> Draft<T> {
    /// Leaves out what happened after the return that nobody gets past.
    fn cut(&mut self) {
        let end = self.asked[self.stuck.op as usize].returned;
        let mut cut = self.filtered(|asked| {
            if end < asked.returned {
                asked.returned = NEVER;
            }
            asked.invoked < end
        });
        let kept = std::mem::take(&mut cut.ops);
        let place = |op: u32| {
            let place = kept.binary_search(&self.ops[op as usize]).ok()?;
            u32::try_from(place).ok()
        };
        let stuck = &mut cut.stuck;
        stuck.op = place(stuck.op).expect("what gets stuck began before it returned");
        for corner in &mut stuck.corners {
            corner.done = corner.done.iter().filter_map(|&op| place(op)).collect();
            corner.waiting = corner.waiting.iter().filter_map(|&op| place(op)).collect();
        }
        cut.ops = kept;
        *self = cut;
    }

    /// The operations that `keep` keeps, as it left them.
    fn filtered(&self, mut keep: impl FnMut(&mut Asked) -> bool) -> Draft<T> {
        let mut kept = Draft {
            ops: Vec::new(),
            asked: Vec::new(),
            begins: self.begins.clone(),
            stuck: self.stuck.clone(),
        };
        for (&op, asked) in self.ops.iter().zip(&self.asked) {
            let mut asked = asked.clone();
            if keep(&mut asked) {
                kept.ops.push(op);
                kept.asked.push(asked);
            }
        }
        kept
    }

    fn without(&self, is_dropped: impl Fn(u32) -> bool) -> Draft<T> {
        let mut ops = self.ops.iter();
        self.filtered(|_| !ops.next().is_some_and(|&op| is_dropped(op)))
    }
}
