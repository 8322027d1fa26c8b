//! The shortest cycles of each class where no worse one is known.
use super::Shown;
use super::board::Board;
use super::class::Class;
use super::levels::{Stuck, committed};
use super::shortest;
use crate::Budget;
use crate::transactional::scc::{NONE, Part, Shape, components};
use crate::transactional::{Arc, Cycle, Family, Level, Via};
use std::collections::HashSet;

impl Stuck<'_> {
    /// The shortest cycles of a class and family in components where no known cycle is a worse case
    /// of the same.
    pub(super) fn shortest(
        &self,
        class: Class,
        family: Family,
        known: &[Shown],
        board: &Board,
        budget: &Budget,
    ) -> Vec<(Vec<Arc>, bool)> {
        let (whole, snapshot) = (
            &self.whole[family as usize],
            &self.snapshot[family as usize],
        );
        // Without rw there are no two adjacent ones.
        let (part, shape) = match class {
            Class::G0 => (snapshot, Some(Shape::uncommitted(family))),
            Class::G1c => (snapshot, Some(Shape::committed(family))),
            Class::Single | Class::Nonadjacent => (snapshot, None),
            Class::Item => (whole, None),
        };
        let is_absent = match (class, family) {
            (Class::Single, Family::Plain) => !board.is_refuted(Level::ConsistentView),
            (Class::Single, Family::Session) => {
                !board.is_refuted(Level::StrongSessionParallelSnapshotIsolation)
            }
            (Class::G0 | Class::G1c, _) => board.is_held(committed(family)),
            _ => part.len() == 0,
        };
        if is_absent {
            return Vec::new();
        }
        let of = match shape {
            // The part was cut along these.
            None => part.component.clone(),
            Some(shape) => match components(part, &shape, budget) {
                Ok(found) => found.of,
                Err(_) => return Vec::new(),
            },
        };
        let wanted = self.without_known(part, of, class, family, known);
        let part = part.narrowed(&wanted);
        if part.len() == 0 {
            return Vec::new();
        }
        let (cycles, is_shortest) = shortest::shortest(&part, class, family, budget);
        cycles.into_iter().map(|arcs| (arcs, is_shortest)).collect()
    }

    fn without_known(
        &self,
        part: &Part,
        mut components: Vec<u32>,
        class: Class,
        family: Family,
        known: &[Shown],
    ) -> Vec<u32> {
        let mut dropped = HashSet::new();
        for (cycle, _) in known
            .iter()
            .filter(|(cycle, _)| covers(cycle, class, family))
        {
            for arc in &cycle.arcs {
                if let Ok(at) = part.txns.binary_search(&arc.from) {
                    dropped.insert(components[at]);
                }
            }
        }
        for component in components
            .iter_mut()
            .filter(|component| dropped.contains(component))
        {
            *component = NONE;
        }
        components
    }
}

/// Whether a cycle of `class` that only `family` closes says nothing more beside `cycle`.
fn covers(cycle: &Cycle, class: Class, family: Family) -> bool {
    let is_rw = |at: usize| cycle.arcs[at % cycle.arcs.len()].via == Via::Rw;
    let missed = (0..cycle.arcs.len()).filter(|&at| is_rw(at)).count();
    let is_adjacent = (0..cycle.arcs.len()).any(|at| is_rw(at) && is_rw(at + 1));
    let has = |via| cycle.arcs.iter().any(|arc| arc.via == via);
    let known = match missed {
        0 if has(Via::Wr) => Class::G1c,
        0 => Class::G0,
        1 => Class::Single,
        _ if is_adjacent => Class::Item,
        _ => Class::Nonadjacent,
    };
    match family {
        // A cycle without order of processes says something else than one of another class.
        Family::Plain => known < class && class >= Class::Nonadjacent,
        Family::Session => known <= class && !has(Via::Realtime),
        Family::Strong => known <= class,
    }
}
