//! The shortest cycles of a class.
//!
//! A bound on the length grows step by step and every dependency that may begin a cycle is tried
//! under it, so that the first cycles that are found are shortest and no search goes far while there
//! is a short one. A limit on the work ends this where all cycles are long: then a few dependencies
//! are tried without a bound, and what they close need not be shortest.
use super::class::Class;
use super::walk::{Close, Start, Walker, told};
use crate::Budget;
use crate::transactional::scc::{NONE, Part, Shape, components};
use crate::transactional::{Arc, Family, NEVER, NO_KEY, Via};
use std::collections::HashMap;

/// Lengths in transactions that are tried one after another.
const LENGTHS: [u32; 12] = [2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32, 64];

/// Dependencies that are looked at before the search stops being thorough.
const WORK_MAX: u64 = 40_000_000;

/// How many dependencies are tried without a bound.
const LONG_STARTS: usize = 8;

/// No more cycles of one class than this, each of another component.
const CYCLES_MAX: usize = 4;

/// How good a cycle is: transactions, dependencies by process or real time, and its span in time.
type Rank = (usize, usize, u32);

/// Shortest cycles of `class`, each of another component, and whether none can be shorter.
pub(super) fn shortest(
    part: &Part,
    class: Class,
    family: Family,
    budget: &Budget,
) -> (Vec<Vec<Arc>>, bool) {
    let pattern = class.pattern(family);
    let bytes = part.len() as u64 * pattern.states as u64 * 20;
    budget.take(bytes);
    if budget.spent().is_some() {
        budget.give_back(bytes);
        return (Vec::new(), false);
    }
    let position = forward(part, class, family, budget);
    let mut search = Search {
        part,
        walker: Walker::new(part, pattern.states),
        best: HashMap::new(),
    };
    let mut starts = starts(part, pattern.first, family);
    if !position.is_empty() {
        search.walker.position = &position;
        // Only what leads back can be closed by what leads forward.
        starts.retain(|first| match *first {
            First::Arc(tail, arc) => {
                position[part.to[arc as usize] as usize] < position[tail as usize]
            }
            First::Late(_) => true,
        });
    }
    let mut is_shortest = true;
    for length in LENGTHS {
        is_shortest = search.run(&pattern, &starts, length, budget);
        if !is_shortest || !search.best.is_empty() {
            break;
        }
    }
    if search.best.is_empty() && budget.spent().is_none() {
        is_shortest = starts.len() <= LONG_STARTS;
        for &start in starts.iter().take(LONG_STARTS) {
            if budget.spent().is_some() {
                is_shortest = false;
                break;
            }
            search.try_one(&pattern, start, u32::MAX);
        }
    }
    budget.give_back(bytes);
    let mut best: Vec<(Rank, Vec<Arc>)> = search.best.into_values().collect();
    best.sort_unstable();
    best.truncate(CYCLES_MAX);
    (
        best.into_iter().map(|(_, arcs)| arcs).collect(),
        is_shortest,
    )
}

/// The places of all vertices in an order of what a cycle with one rw is made of besides, if they
/// have one.
fn forward(part: &Part, class: Class, family: Family, budget: &Budget) -> Vec<u32> {
    if class != Class::Single || family == Family::Strong {
        return Vec::new();
    }
    match components(part, &Shape::committed(family), budget) {
        Ok(found) if found.is_acyclic() => {
            let mut position = vec![0; part.len()];
            for (at, &vertex) in found.order.iter().enumerate() {
                position[vertex as usize] = at as u32;
            }
            position
        }
        Ok(_) | Err(_) => Vec::new(),
    }
}

/// Where a cycle may begin.
#[derive(Clone, Copy, Debug)]
enum First {
    /// With this dependency: its tail and place.
    Arc(u32, u32),
    /// At this vertex, which follows another one in real time.
    Late(u32),
}

fn starts(part: &Part, via: Via, family: Family) -> Vec<First> {
    let vertices = 0..part.len() as u32;
    if family == Family::Strong {
        return vertices.map(First::Late).collect();
    }
    let arcs = vertices.flat_map(|vertex| part.arcs(vertex).map(move |arc| (vertex, arc)));
    let arcs = arcs.filter(|&(_, arc)| part.via(arc) == via);
    arcs.map(|(vertex, arc)| First::Arc(vertex, arc)).collect()
}

struct Search<'a> {
    part: &'a Part,
    walker: Walker<'a>,
    /// The best cycle of each component.
    best: HashMap<u32, (Rank, Vec<Arc>)>,
}

impl Search<'_> {
    /// Whether all starts were tried.
    fn run(
        &mut self,
        pattern: &super::pattern::Pattern,
        starts: &[First],
        length: u32,
        budget: &Budget,
    ) -> bool {
        for (at, &start) in starts.iter().enumerate() {
            let is_spent = at % 1024 == 0 && budget.spent().is_some();
            if is_spent || WORK_MAX < self.walker.work {
                return false;
            }
            self.try_one(pattern, start, length);
        }
        true
    }

    fn try_one(&mut self, pattern: &super::pattern::Pattern, first: First, length: u32) {
        let part = self.part;
        let (start, done) = match first {
            First::Arc(tail, arc) => {
                let close = Close::Tail(tail);
                let vertex = part.to[arc as usize];
                let start = Start {
                    vertex,
                    key: NONE,
                    close,
                };
                (start, vec![part.arc(tail, arc)])
            }
            First::Late(vertex) => {
                let close = Close::Before(vertex);
                (
                    Start {
                        vertex,
                        key: NONE,
                        close,
                    },
                    Vec::new(),
                )
            }
        };
        let component = part.component[start.vertex as usize];
        let known = self
            .best
            .get(&component)
            .map_or(u32::MAX, |(rank, _)| rank.0 as u32);
        // One step of the cycle is its first dependency, or the one by real time.
        let longest = length.min(known) - 1;
        let Some(steps) = self.walker.walk(pattern, start, longest, &|_, _| true) else {
            return;
        };
        let mut arcs = done;
        arcs.extend(steps.into_iter().map(|step| told(part, step)));
        if let First::Late(vertex) = first {
            let from = arcs[arcs.len() - 1].to;
            arcs.push(Arc {
                from,
                to: part.txns[vertex as usize],
                via: Via::Realtime,
                key: NO_KEY,
            });
        }
        if !is_simple(&arcs) {
            return;
        }
        let rank = self.rank(&arcs);
        let best = self.best.get(&component);
        if best.is_none_or(|(known, _)| rank < *known) {
            self.best.insert(component, (rank, arcs));
        }
    }

    fn rank(&self, arcs: &[Arc]) -> Rank {
        let is_order = |arc: &&Arc| matches!(arc.via, Via::Process | Via::Realtime);
        let local = |txn| {
            self.part
                .txns
                .binary_search(&txn)
                .expect("a vertex of the part")
        };
        let began = arcs.iter().map(|arc| self.part.invoked[local(arc.from)]);
        let ended = arcs.iter().filter_map(|arc| {
            let ended = self.part.completed[local(arc.from)];
            (ended != NEVER).then_some(ended)
        });
        let span = ended
            .max()
            .unwrap_or(NEVER)
            .saturating_sub(began.min().unwrap_or(0));
        (arcs.len(), arcs.iter().filter(is_order).count(), span)
    }
}

/// Whether no transaction comes twice. A closed walk that crosses itself splits into cycles of which
/// one is as bad or worse, and those are found by themselves.
fn is_simple(arcs: &[Arc]) -> bool {
    let mut txns: Vec<u32> = arcs.iter().map(|arc| arc.from).collect();
    txns.sort_unstable();
    txns.windows(2).all(|pair| pair[0] != pair[1])
}
