//! Every level decided on what is left of a history where there are cycles.
use super::board::Board;
use super::class::Class;
use super::forbidden::{self, Also};
use super::pattern::Pattern;
use super::reach;
use super::route::Route;
use super::shortest;
use super::steps;
use super::walk::{Close, Start, Step, Walker, told};
use crate::Budget;
use crate::transactional::scc::{NONE, Part, Shape, components};
use crate::transactional::{Arc, Family, Graph, Level, Txn, Txns, Via};
use std::cell::OnceCell;
use std::collections::HashSet;

/// The transactions that are on cycles, for each family of dependencies.
pub(super) struct Stuck<'a> {
    txns: &'a Txns,
    graph: &'a Graph,
    /// Those on cycles of dependencies, with the order of processes, and with real time.
    pub(super) whole: [Part; 3],
    /// Those of them on cycles without two adjacent rw.
    pub(super) snapshot: [Part; 3],
    /// How each of these is walked through, once somebody asked.
    routes: [OnceCell<Result<Route, String>>; 3],
    budget: &'a Budget,
    /// What it took from the budget.
    bytes: u64,
}

impl Drop for Stuck<'_> {
    fn drop(&mut self) {
        self.budget.give_back(self.bytes);
    }
}

/// The strongest levels that are graphs without cycles, by family, and snapshot isolation.
const STRONGEST: [(Family, Level, Level); 3] = [
    (
        Family::Plain,
        Level::RepeatableRead,
        Level::SnapshotIsolation,
    ),
    (
        Family::Session,
        Level::StrongSessionSerializable,
        Level::StrongSessionSnapshotIsolation,
    ),
    (
        Family::Strong,
        Level::StrictSerializable,
        Level::StrongSnapshotIsolation,
    ),
];

/// A level as a graph without cycles.
type OfFamily = fn(Family) -> Shape;

/// The other levels that are graphs without cycles, those first that usually settle the others.
const SHAPES: [(Level, OfFamily); 8] = [
    (Level::StrongReadCommitted, Shape::committed),
    (Level::StrongSessionReadCommitted, Shape::committed),
    (Level::ReadCommitted, Shape::committed),
    (Level::StrongReadUncommitted, Shape::uncommitted),
    (Level::StrongSessionReadUncommitted, Shape::uncommitted),
    (Level::ReadUncommitted, Shape::uncommitted),
    (Level::Prefix, Shape::prefix),
    (Level::StrongSessionPrefix, Shape::prefix),
];

/// Read committed.
pub(super) fn committed(family: Family) -> Level {
    match family {
        Family::Plain => Level::ReadCommitted,
        Family::Session => Level::StrongSessionReadCommitted,
        Family::Strong => Level::StrongReadCommitted,
    }
}

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
const BREAKS: &str = "dependencies have a cycle that it forbids";

impl<'a> Stuck<'a> {
    /// The parts of `graph` among `members` that are on cycles.
    pub(super) fn new(
        txns: &'a Txns,
        graph: &'a Graph,
        members: Vec<Txn>,
        budget: &'a Budget,
    ) -> Result<Stuck<'a>, String> {
        let all = Part::new(txns, graph, members);
        let mut stuck = Stuck {
            txns,
            graph,
            whole: Default::default(),
            snapshot: Default::default(),
            routes: Default::default(),
            budget,
            bytes: 0,
        };
        stuck.take(all.bytes());
        let cyclic = |part: &Part, shape: fn(Family) -> Shape, family| {
            let found = components(part, &shape(family), budget)?;
            Ok::<Part, String>(part.narrowed(&found.of))
        };
        if txns.has_real_time {
            stuck.whole[2] = cyclic(&all, Shape::serializable, Family::Strong)?;
        }
        let is_timed = txns.has_real_time;
        let outer = if is_timed { &stuck.whole[2] } else { &all };
        stuck.whole[1] = cyclic(outer, Shape::serializable, Family::Session)?;
        stuck.whole[0] = cyclic(&stuck.whole[1], Shape::serializable, Family::Plain)?;
        stuck.take(stuck.whole.iter().map(Part::bytes).sum());
        for family in [Family::Plain, Family::Session, Family::Strong] {
            let part = cyclic(&stuck.whole[family as usize], Shape::snapshot, family)?;
            stuck.take(part.bytes());
            stuck.snapshot[family as usize] = part;
        }
        Ok(stuck)
    }

    /// Takes memory until it is gone.
    fn take(&mut self, bytes: u64) {
        self.budget.take(bytes);
        self.bytes += bytes;
    }

    /// Decides every level; what shows each that was refuted by a walk.
    pub(super) fn decide(&self, board: &mut Board, budget: &Budget) -> Vec<(Level, Vec<Arc>)> {
        self.shapes(board, budget);
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
                    board.fails(level, BREAKS);
                    shown.push((level, arcs));
                }
                Err(reason) => board.unknown(level, &reason),
            }
        }
        shown
    }

    /// The levels that are graphs without cycles.
    fn shapes(&self, board: &mut Board, budget: &Budget) {
        let mut settle = |level, is_acyclic: bool| match is_acyclic {
            true => board.holds(level, FITS),
            false => board.fails(level, BREAKS),
        };
        let is_asked = |family| family != Family::Strong || self.txns.has_real_time;
        for (family, strongest, snapshot) in STRONGEST {
            if is_asked(family) {
                settle(strongest, self.whole[family as usize].len() == 0);
                settle(snapshot, self.snapshot[family as usize].len() == 0);
            }
        }
        // Without predicates they forbid the same cycles; a finding may still tell them apart.
        if board.is_held(Level::RepeatableRead) {
            board.holds(Level::Serializable, FITS);
        }
        for (level, shape) in SHAPES {
            let family = level.family();
            if !board.is_open(level) || !is_asked(family) {
                continue;
            }
            // They have no two adjacent rw.
            match components(&self.snapshot[family as usize], &shape(family), budget) {
                Ok(found) if found.is_acyclic() => board.holds(level, FITS),
                Ok(_) => board.fails(level, BREAKS),
                Err(reason) => board.unknown(level, &reason),
            }
        }
    }

    /// In which order `part`, which is of `family`, is walked through.
    fn route(&self, family: Family, budget: &Budget) -> Result<&Route, String> {
        let part = &self.snapshot[family as usize];
        let route = self.routes[family as usize].get_or_init(|| Route::new(part, family, budget));
        route.as_ref().map_err(String::clone)
    }

    /// A walk that `level` forbids.
    fn walk(&self, level: Level, budget: &Budget) -> Result<Option<Vec<Arc>>, String> {
        let Some(walks) = forbidden::walks(level) else {
            return Ok(None);
        };
        // Every such walk has no two adjacent rw.
        let part = &self.snapshot[level.family() as usize];
        let route = self.route(level.family(), budget)?;
        // A walk without rw is itself a cycle of this order.
        let walks = walks
            .into_iter()
            .filter(|(pattern, _)| !route.is_forward || pattern.first == Via::Rw);
        let walks: Vec<(Pattern, Also)> = walks.collect();
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
            let mut starts = starts(part, pattern);
            if *also == Also::EnteredBefore {
                // Nothing enters before the first step.
                let left =
                    |first: &(u32, u32)| steps::leaves(self.txns, part.arc(first.0, first.1));
                starts.retain(|first| left(first).is_some_and(|left| 0 < left));
            }
            if let Some(start) = reach::closed(part, pattern, route, starts, &may_end, budget)? {
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
            // Worse ones would have refuted a weaker level.
            for class in [
                Class::Nonadjacent,
                Class::Item,
                Class::Single,
                Class::G1c,
                Class::G0,
            ] {
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
