//! Decides whether choices can be made so that the arcs which they bring close no cycle.
//!
//! This is the question that is left of a history when its versions are not in a known order: two
//! transactions wrote one object, and whichever wrote first, certain arcs follow (a polygraph:
//! Papadimitriou, "The serializability of concurrent database updates", JACM 1979). The search is
//! conflict-driven clause learning (Marques-Silva and Sakallah, GRASP, 1999; Moskewicz et al.,
//! Chaff, 2001) over one truth value a choice; that the arcs close no cycle is kept by an order that
//! is mended with every arc (Pearce and Kelly, "A dynamic topological sort algorithm for directed
//! acyclic graphs", JEA 2006), as Bayless et al. do in MonoSAT (AAAI 2015) and Cobra and PolySI use it.
//!
//! We differ in three things. Arcs between different strongly connected components of all arcs, known
//! or possible, can never be in a cycle: whatever remains is solved a component at a time. Choices of
//! which one side is closed by a known path are made before the search. And the order is also the
//! guide: a choice is tried the way that agrees with it, and it starts as the order of the nodes'
//! numbers, so that whoever numbers them well gets an answer without any search.
mod clauses;
mod core;
mod heap;
mod learn;
mod level_zero;
mod order;
mod proof;
mod reach;
mod search;
mod split;
#[cfg(test)]
mod tests;
mod theory;
mod trace;

use crate::Budget;

/// The soft mark of a [`Link`] is in here.
const SOFT: u32 = 1 << 31;

/// One arc between two nodes of a [`Problem`]: no cycle may go through it.
///
/// A *soft* arc may be in cycles, but none that it closes alone: a cycle of otherwise hard arcs and
/// one soft arc is not allowed, one with two soft arcs is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    from: u32,
    to: u32,
}

impl Link {
    /// An arc that no cycle may go through.
    pub(super) fn hard(from: u32, to: u32) -> Link {
        debug_assert!(from < SOFT && to < SOFT);
        Link { from, to }
    }

    /// An arc that may not close a cycle alone.
    pub(super) fn soft(from: u32, to: u32) -> Link {
        debug_assert!(from < SOFT && to < SOFT);
        Link {
            from: from | SOFT,
            to,
        }
    }

    pub(super) fn from(self) -> u32 {
        self.from & !SOFT
    }

    pub(super) fn to(self) -> u32 {
        self.to
    }

    pub(super) fn is_soft(self) -> bool {
        self.from & SOFT != 0
    }
}

/// Arcs that hold anyway, and choices between arcs.
///
/// Arcs are called by their index: the known ones first, then those of the choices. The numbers of
/// the nodes are a hint: the search begins with an order that follows them as far as it may.
#[derive(Clone, Debug, Default)]
pub(super) struct Problem {
    /// How many nodes there are, fewer than 2^31.
    pub(super) nodes: usize,
    /// What holds anyway.
    pub(super) known: Vec<Link>,
    /// What the choices bring, side by side: both sides of the first choice, then of the second.
    chosen: Vec<Link>,
    /// Where each side ends in `chosen`; two entries a choice.
    ends: Vec<u32>,
}

impl Problem {
    /// Nothing known, nothing to choose.
    pub(super) fn new(nodes: usize) -> Problem {
        Problem {
            nodes,
            ..Problem::default()
        }
    }

    /// One of the two sides has to hold.
    pub(super) fn choose(
        &mut self,
        either: impl IntoIterator<Item = Link>,
        or: impl IntoIterator<Item = Link>,
    ) {
        self.chosen.extend(either);
        self.ends.push(self.chosen.len() as u32);
        self.chosen.extend(or);
        self.ends.push(self.chosen.len() as u32);
    }

    /// How many choices there are.
    pub(super) fn choices(&self) -> usize {
        self.ends.len() / 2
    }

    /// How many arcs there are, known and possible.
    pub(super) fn links(&self) -> usize {
        self.known.len() + self.chosen.len()
    }

    /// The arc of an index.
    pub(super) fn link(&self, index: u32) -> Link {
        match (index as usize).checked_sub(self.known.len()) {
            None => self.known[index as usize],
            Some(chosen) => self.chosen[chosen],
        }
    }

    /// The arcs of one side: of side `2 * choice` or `2 * choice + 1`.
    pub(super) fn side(&self, side: usize) -> std::ops::Range<u32> {
        let start = if side == 0 { 0 } else { self.ends[side - 1] };
        let known = self.known.len() as u32;
        known + start..known + self.ends[side]
    }

    /// The side that an arc belongs to, if it is none of the known ones.
    pub(super) fn owner(&self, index: u32) -> Option<usize> {
        let chosen = index.checked_sub(self.known.len() as u32)?;
        Some(self.ends.partition_point(|&end| end <= chosen))
    }
}

/// The answer to a [`Problem`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Solved {
    /// Choices that close no cycle.
    Acyclic(Acyclic),
    /// There are none.
    Cyclic(Core),
    /// The budget was spent first.
    Spent(String),
}

/// Choices that close no cycle, and the proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Acyclic {
    /// For each choice whether its first side was taken.
    pub(super) is_either: Vec<bool>,
    /// All nodes, so that each hard arc that holds leads from an earlier to a later one.
    pub(super) order: Vec<u32>,
}

/// Cycles of which any way of choosing closes at least one: each is a list of arcs, of which each
/// begins where the one before it ended. If there is one only, no choice can escape it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Core {
    pub(super) cycles: Vec<Vec<u32>>,
}

/// Solves `problem`.
pub(super) fn solve(problem: &Problem, budget: &Budget) -> Solved {
    let solved = split::solve(problem, budget);
    match solved {
        Solved::Cyclic(core) => Solved::Cyclic(core::shrink(problem, core, budget)),
        Solved::Acyclic(_) | Solved::Spent(_) => solved,
    }
}
