//! An order of commits that respects what is known, or a cycle that forbids every one.
use super::view::{INITIAL, NONE, View};
use crate::transactional::{Txn, Via};

/// What every order of commits has to respect at a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Base {
    /// The order of sessions.
    pub(super) has_sessions: bool,
    /// Who read from whom.
    pub(super) has_reads: bool,
}

/// `first` has to commit before `second`: `reader` read the `key` of `second`, and had to see `first`,
/// which wrote the key too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Forced {
    pub(super) first: Txn,
    /// Maybe [`INITIAL`], which is a contradiction by itself.
    pub(super) second: Txn,
    pub(super) reader: Txn,
    pub(super) key: u32,
    /// Through whom `reader` had to see `first`; [`NONE`] if that follows from the others.
    pub(super) through: Txn,
}

/// Forced pairs by their second.
#[derive(Debug, Default)]
pub(super) struct ForcedBySecond {
    starts: Vec<u32>,
    pub(super) pairs: Vec<Forced>,
}

impl ForcedBySecond {
    pub(super) fn new(txns: usize, pairs: &[Forced]) -> ForcedBySecond {
        let (starts, pairs) = grouped(txns, pairs, |pair| pair.second);
        ForcedBySecond { starts, pairs }
    }

    fn before(&self, txn: Txn) -> &[Forced] {
        if self.starts.is_empty() {
            return &[];
        }
        &self.pairs[self.starts[txn as usize] as usize..self.starts[txn as usize + 1] as usize]
    }
}

/// The items of each of so many groups side by side, as `of` tells them apart (counting sort); where
/// each group begins, and one more at the end.
pub(super) fn grouped<T: Copy>(
    groups: usize,
    items: &[T],
    of: impl Fn(&T) -> u32,
) -> (Vec<u32>, Vec<T>) {
    let mut next = vec![0_u32; groups + 1];
    for item in items {
        next[of(item) as usize + 1] += 1;
    }
    for group in 0..groups {
        next[group + 1] += next[group];
    }
    let starts = next.clone();
    let mut sorted = items.to_vec();
    for item in items {
        let place = &mut next[of(item) as usize];
        sorted[*place as usize] = *item;
        *place += 1;
    }
    (starts, sorted)
}

/// Why one transaction commits before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Because {
    Session,
    Read(u32),
    Forced(Forced),
}

impl Because {
    pub(super) fn via(self) -> Via {
        match self {
            Because::Session => Via::Process,
            Because::Read(_) => Via::Wr,
            Because::Forced(_) => Via::Ww,
        }
    }
}

/// One step of a cycle: `from` commits before `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Before {
    pub(super) from: Txn,
    pub(super) to: Txn,
    pub(super) because: Because,
}

/// Who has to come before whom: the base of a level and what it forces.
pub(super) struct Graph<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) base: Base,
    pub(super) forced: &'a ForcedBySecond,
}

impl Graph<'_> {
    /// The `at`-th thing that has to come before `txn`: none after the last one, [`NONE`] for a
    /// place without one.
    fn pred(&self, txn: Txn, at: usize) -> Option<(Txn, Because)> {
        let nothing = Some((NONE, Because::Session));
        let Some(at) = at.checked_sub(1) else {
            let previous = self.view.previous[txn as usize];
            return if self.base.has_sessions {
                Some((previous, Because::Session))
            } else {
                nothing
            };
        };
        let reads = self.view.registers.reads_of(txn);
        if let Some(read) = reads.get(at) {
            if !self.base.has_reads {
                return nothing;
            }
            let writer = self.view.writer(read).filter(|&writer| writer != INITIAL);
            return Some((writer.unwrap_or(NONE), Because::Read(read.key)));
        }
        let forced = self.forced.before(txn).get(at - reads.len())?;
        Some((forced.first, Because::Forced(*forced)))
    }

    fn preds(&self, txn: Txn) -> impl Iterator<Item = (Txn, Because)> + '_ {
        let all = (0..).map_while(move |at| self.pred(txn, at));
        all.filter(|&(pred, _)| pred != NONE)
    }

    /// An order in which everything comes after what has to come before it, as near to the order of
    /// invocation as that allows; or a cycle.
    ///
    /// A depth-first search that visits what has to come before, so that no list of successors is
    /// needed; in histories of real systems there is hardly anything to wait for.
    pub(super) fn order(&self) -> Result<Vec<Txn>, Vec<Before>> {
        const OPEN: u8 = 1;
        const DONE: u8 = 2;
        let mut state = vec![0_u8; self.view.txns.len()];
        let mut order = Vec::with_capacity(self.view.txns.len());
        let mut stack: Vec<(Txn, u32)> = Vec::new();
        for root in self.view.included() {
            if state[root as usize] == DONE {
                continue;
            }
            stack.push((root, 0));
            state[root as usize] = OPEN;
            while let Some((txn, at)) = stack.last_mut() {
                let Some((pred, _)) = self.pred(*txn, *at as usize) else {
                    state[*txn as usize] = DONE;
                    order.push(*txn);
                    stack.pop();
                    continue;
                };
                *at += 1;
                if pred == NONE || state[pred as usize] == DONE {
                    continue;
                }
                if state[pred as usize] == OPEN {
                    return Err(self.closed(&stack, pred));
                }
                state[pred as usize] = OPEN;
                stack.push((pred, 0));
            }
        }
        Ok(order)
    }

    /// The cycle that ends where `last` of a search has to come after somebody on its stack.
    fn closed(&self, stack: &[(Txn, u32)], end: Txn) -> Vec<Before> {
        let start = stack.iter().position(|&(txn, _)| txn == end);
        let cycle = &stack[start.expect("it is open")..];
        let before = cycle.iter().map(|&(to, next)| {
            let (from, because) = self.pred(to, next as usize - 1).expect("it was followed");
            Before { from, to, because }
        });
        // Each comes before the one that the search came from: turned round, the ends meet.
        let mut before: Vec<Before> = before.collect();
        before.reverse();
        before
    }

    /// The shortest way from `from` to `to`, backwards in breadth.
    pub(super) fn path(&self, from: Txn, to: Txn) -> Option<Vec<Before>> {
        let mut next: Vec<Option<Before>> = vec![None; self.view.txns.len()];
        let mut queue = std::collections::VecDeque::from([to]);
        while let Some(txn) = queue.pop_front() {
            for (pred, because) in self.preds(txn) {
                if next[pred as usize].is_some() {
                    continue;
                }
                next[pred as usize] = Some(Before {
                    from: pred,
                    to: txn,
                    because,
                });
                if pred == from {
                    let mut path = Vec::new();
                    let mut at = from;
                    loop {
                        let step = next[at as usize].expect("on the way");
                        path.push(step);
                        at = step.to;
                        if at == to {
                            return Some(path);
                        }
                    }
                }
                queue.push_back(pred);
            }
        }
        None
    }

    /// A cycle as short as can be had by a few searches: through some step of the one that is known.
    pub(super) fn shorter(&self, cycle: Vec<Before>) -> Vec<Before> {
        const SEARCHES_MAX: usize = 8;
        let mut steps = cycle.clone();
        // What is forced is what makes the cycle; what everybody respects comes last.
        steps.sort_by_key(|step| match step.because {
            Because::Forced(_) => 0,
            Because::Read(_) => 1,
            Because::Session => 2,
        });
        let mut best = cycle;
        for step in steps.into_iter().take(SEARCHES_MAX) {
            if best.len() <= 2 {
                break;
            }
            if let Some(mut path) = self.path(step.to, step.from)
                && path.len() + 1 < best.len()
            {
                path.push(step);
                best = path;
            }
        }
        best
    }
}
