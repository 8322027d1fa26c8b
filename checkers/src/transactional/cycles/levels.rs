//! Every level decided on what is left of a history where there are cycles.
use super::Shown;
use super::board::Board;
use super::class::Class;
use super::forbidden::{self, Also};
use super::pattern::Pattern;
use super::reach::{self, Route};
use super::shortest;
use super::steps;
use super::walk::{Close, Start, Step, Walker, told};
use crate::Budget;
use crate::transactional::scc::{NONE, Part, Shape, components};
use crate::transactional::{Arc, Cycle, Family, Graph, Level, Txn, Txns, Via};
use std::collections::HashSet;

/// The transactions that are on cycles, for each family of dependencies.
pub(super) struct Stuck<'a> {
    txns: &'a Txns,
    graph: &'a Graph,
    /// Those on cycles of dependencies, with the order of processes, and with real time.
    whole: [Part; 3],
    /// Those of them on cycles without two adjacent rw.
    snapshot: [Part; 3],
}

/// A shape for each family.
type OfFamily = fn(Family) -> Shape;

/// Levels that are graphs without cycles, the cheapest to decide.
const SHAPES: [(Level, OfFamily); 13] = [
    (Level::ReadUncommitted, Shape::uncommitted),
    (Level::StrongSessionReadUncommitted, Shape::uncommitted),
    (Level::StrongReadUncommitted, Shape::uncommitted),
    (Level::ReadCommitted, Shape::committed),
    (Level::StrongSessionReadCommitted, Shape::committed),
    (Level::StrongReadCommitted, Shape::committed),
    (Level::Prefix, Shape::prefix),
    (Level::StrongSessionPrefix, Shape::prefix),
    (Level::SnapshotIsolation, Shape::snapshot),
    (Level::StrongSessionSnapshotIsolation, Shape::snapshot),
    (Level::StrongSnapshotIsolation, Shape::snapshot),
    (Level::RepeatableRead, Shape::serializable),
    (Level::StrongSessionSerializable, Shape::serializable),
];

/// The others: mostly a stronger one before a weaker one, which then need not be looked at.
const WALKS: [Level; 20] = [
    // Whoever breaks this one breaks the next three, and it costs the least.
    Level::ConsistentView,
    Level::ForwardConsistentView,
    Level::ParallelSnapshotIsolation,
    Level::UpdateSerializable,
    Level::StrongSessionParallelSnapshotIsolation,
    Level::Causal,
    Level::CausalCerone,
    Level::StrongSessionReadAtomic,
    // It is read atomic and no lost update; only the latter is looked for once the former holds.
    Level::ReadAtomic,
    Level::UpdateAtomic,
    Level::MonotonicView,
    Level::MonotonicSnapshotRead,
    Level::CursorStability,
    Level::MonotonicAtomicView,
    Level::CutIsolation,
    Level::Pram,
    Level::WritesFollowReads,
    Level::MonotonicReads,
    Level::MonotonicWrites,
    Level::ReadYourWrites,
];

/// A level that forbids the same walks.
fn twin(level: Level) -> Option<Level> {
    match level {
        Level::ForwardConsistentView | Level::ParallelSnapshotIsolation => {
            Some(Level::ConsistentView)
        }
        Level::MonotonicSnapshotRead => Some(Level::MonotonicView),
        _ => None,
    }
}

const FITS: &str = "dependencies have no cycle that it forbids";

impl<'a> Stuck<'a> {
    /// The parts of `graph` among `members` that are on cycles.
    pub(super) fn new(
        txns: &'a Txns,
        graph: &'a Graph,
        members: Vec<Txn>,
        budget: &Budget,
    ) -> Result<Stuck<'a>, String> {
        let all = Part::new(txns, graph, members);
        let cyclic = |part: &Part, shape: fn(Family) -> Shape, family| {
            let found = components(part, &shape(family), budget)?;
            Ok::<Part, String>(part.narrowed(&found.of))
        };
        let strong = if txns.has_real_time {
            cyclic(&all, Shape::serializable, Family::Strong)?
        } else {
            Part::default()
        };
        let outer = if txns.has_real_time { &strong } else { &all };
        let session = cyclic(outer, Shape::serializable, Family::Session)?;
        let plain = cyclic(&session, Shape::serializable, Family::Plain)?;
        let snapshot = [
            cyclic(&plain, Shape::snapshot, Family::Plain)?,
            cyclic(&session, Shape::snapshot, Family::Session)?,
            cyclic(&strong, Shape::snapshot, Family::Strong)?,
        ];
        Ok(Stuck {
            txns,
            graph,
            whole: [plain, session, strong],
            snapshot,
        })
    }

    /// Decides every level; what shows each that was refuted by a walk.
    pub(super) fn decide(&self, board: &mut Board, budget: &Budget) -> Vec<(Level, Vec<Arc>)> {
        for (level, shape) in SHAPES {
            let family = level.family();
            if !board.is_open(level) || (family == Family::Strong && !self.txns.has_real_time) {
                continue;
            }
            match components(&self.whole[family as usize], &shape(family), budget) {
                Ok(found) if found.is_acyclic() => board.holds(level, FITS),
                Ok(_) => board.fails(level, "dependencies have a cycle that it forbids"),
                Err(reason) => board.unknown(level, &reason),
            }
        }
        // Without predicates they forbid the same cycles; a finding may still tell them apart.
        if !board.is_refuted(Level::RepeatableRead) && !board.is_open(Level::RepeatableRead) {
            board.holds(Level::Serializable, FITS);
        }
        if self.txns.has_real_time {
            // Kahn's algorithm got stuck.
            board.fails(
                Level::StrictSerializable,
                "dependencies and real time have a cycle",
            );
        }
        let mut shown = Vec::new();
        for level in WALKS {
            if !board.is_open(level) {
                continue;
            }
            if twin(level).is_some_and(|twin| board.is_held(twin)) {
                board.holds(level, FITS);
                continue;
            }
            let found = match level {
                Level::UpdateSerializable => self.update(budget),
                _ => self.walk(level, budget),
            };
            match found {
                Ok(None) => board.holds(level, FITS),
                Ok(Some(arcs)) => {
                    board.fails(level, "dependencies have a cycle that it forbids");
                    shown.push((level, arcs));
                }
                Err(reason) => board.unknown(level, &reason),
            }
        }
        shown
    }

    /// A walk that `level` forbids.
    fn walk(&self, level: Level, budget: &Budget) -> Result<Option<Vec<Arc>>, String> {
        let Some(walks) = forbidden::walks(level) else {
            return Ok(None);
        };
        // Every such walk has no two adjacent rw.
        let part = &self.snapshot[level.family() as usize];
        let order = components(part, &Shape::committed(level.family()), budget)?;
        let route = Route {
            is_forward: order.is_acyclic(),
            order: order.order,
        };
        let asks_reads = walks.iter().any(|(_, also)| *also == Also::Read);
        let own = if asks_reads {
            steps::read_before_own(self.txns, self.graph, &part.txns)
        } else {
            HashSet::new()
        };
        for (pattern, also) in &walks {
            let may_end = |first: (u32, u32), (tail, step): (u32, Step)| {
                let first_arc = part.arc(first.0, first.1);
                match also {
                    Also::Nothing => true,
                    Also::Read => own.contains(&(first_arc.from, first_arc.key)),
                    Also::EnteredBefore => {
                        let entered = steps::enters(self.txns, told(part, (tail, step, first.0)));
                        let left = steps::leaves(self.txns, first_arc);
                        entered
                            .zip(left)
                            .is_some_and(|(entered, left)| entered < left)
                    }
                }
            };
            // A walk without rw is itself a cycle of this order.
            if route.is_forward && pattern.first != Via::Rw {
                continue;
            }
            let starts = starts(part, pattern);
            if let Some(start) = reach::closed(part, pattern, &route, starts, &may_end, budget)? {
                return Ok(Some(trace(part, pattern, start, &may_end)));
            }
        }
        Ok(None)
    }

    /// A cycle of transactions that change something and at most one that does not.
    fn update(&self, budget: &Budget) -> Result<Option<Vec<Arc>>, String> {
        let part = &self.whole[Family::Plain as usize];
        let is_reader: Vec<bool> = part
            .txns
            .iter()
            .map(|&txn| steps::is_reader(self.txns, txn))
            .collect();
        let changes: Vec<u32> = (0..part.len())
            .map(|at| {
                if is_reader[at] {
                    NONE
                } else {
                    part.component[at]
                }
            })
            .collect();
        let changing = part.narrowed(&changes);
        let order = components(&changing, &Shape::serializable(Family::Plain), budget)?;
        if !order.is_acyclic() {
            let cyclic = changing.narrowed(&order.of);
            for class in Class::ALL {
                let (found, _) = shortest::shortest(&cyclic, class, Family::Plain, budget);
                if let Some(arcs) = found.into_iter().next() {
                    return Ok(Some(arcs));
                }
            }
        }
        let local: Vec<u32> = (0..part.len() as u32)
            .filter(|&at| !is_reader[at as usize])
            .collect();
        let route = Route {
            order: order.order.iter().map(|&at| local[at as usize]).collect(),
            is_forward: false,
        };
        let pattern = forbidden::update();
        let mut starts = starts(part, &pattern);
        if order.is_acyclic() {
            starts.retain(|&(tail, _)| is_reader[tail as usize]);
        }
        let found = reach::closed(part, &pattern, &route, starts, &|_, _| true, budget)?;
        Ok(found.map(|start| {
            let may_end = |(tail, _): (u32, u32), (last, _): (u32, Step)| last != tail;
            trace_among(part, &pattern, start, &may_end, &is_reader)
        }))
    }

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
        let whole = &self.whole[family as usize];
        let (part, shape): (&Part, fn(Family) -> Shape) = match class {
            Class::G0 => (whole, Shape::uncommitted),
            Class::G1c => (whole, Shape::committed),
            Class::Single | Class::Nonadjacent => {
                (&self.snapshot[family as usize], Shape::snapshot)
            }
            Class::Item => (whole, Shape::serializable),
        };
        let is_absent = match (class, family) {
            (Class::Single, Family::Plain) => !board.is_refuted(Level::ConsistentView),
            (Class::Single, Family::Session) => {
                !board.is_refuted(Level::StrongSessionParallelSnapshotIsolation)
            }
            _ => part.len() == 0,
        };
        if is_absent {
            return Vec::new();
        }
        let Ok(found) = components(part, &shape(family), budget) else {
            return Vec::new();
        };
        let wanted = self.without_known(part, found.of, class, family, known);
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

fn starts(part: &Part, pattern: &Pattern) -> Vec<(u32, u32)> {
    let vertices = 0..part.len() as u32;
    let arcs = vertices.flat_map(|vertex| part.arcs(vertex).map(move |arc| (vertex, arc)));
    arcs.filter(|&(_, arc)| part.via(arc) == pattern.first)
        .collect()
}

/// The closed walk that begins with `start`.
fn trace(
    part: &Part,
    pattern: &Pattern,
    start: (u32, u32),
    may_end: reach::MayEnd<'_>,
) -> Vec<Arc> {
    trace_among(part, pattern, start, may_end, &[])
}

/// The same without the vertices that are `barred`, the one where it begins aside.
fn trace_among(
    part: &Part,
    pattern: &Pattern,
    (tail, arc): (u32, u32),
    may_end: reach::MayEnd<'_>,
    barred: &[bool],
) -> Vec<Arc> {
    let mut walker = Walker::new(part, pattern.states);
    walker.barred = barred;
    let first = Start {
        vertex: part.to[arc as usize],
        key: part.key(arc),
        close: Close::Tail(tail),
    };
    let last = |from: u32, step: Step| may_end((tail, arc), (from, step));
    let steps = walker.walk(pattern, first, u32::MAX, &last);
    let steps = steps.expect("bits have come this way");
    let mut arcs = vec![part.arc(tail, arc)];
    arcs.extend(steps.into_iter().map(|step| told(part, step)));
    arcs
}
