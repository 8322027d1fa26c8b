//! Cycles that are told against all that there are.
use super::tiny::Tiny;
use crate::AnomalyKind;
use crate::transactional::classify;
use crate::transactional::cycles::Decisions;
use crate::transactional::{Arc, NEVER, NO_KEY, Txn, Txns, Via};
use std::collections::HashMap;

/// Every simple cycle, by kind: the fewest transactions.
fn all_kinds(tiny: &Tiny) -> HashMap<AnomalyKind, usize> {
    let count = tiny.len() as Txn;
    let graph = tiny.inference().graph;
    let mut arcs: Vec<Vec<Arc>> = (0..count).map(|txn| graph.after(txn).collect()).collect();
    for from in 0..count {
        for to in from + 1..count {
            let (a, b) = (from as usize, to as usize);
            let mut add = |via| {
                arcs[a].push(Arc {
                    from,
                    to,
                    via,
                    key: NO_KEY,
                })
            };
            let is_over = tiny.completed[a] != NEVER;
            if is_over && tiny.process[a] == tiny.process[b] {
                add(Via::Process);
            }
            if is_over && tiny.completed[a] < tiny.invoked[b] {
                add(Via::Realtime);
            }
        }
    }
    let mut kinds = HashMap::new();
    for first in 0..count {
        let mut path = Vec::new();
        extend(first, first, &arcs, &mut path, &mut kinds);
    }
    kinds
}

fn extend(
    first: Txn,
    at: Txn,
    arcs: &[Vec<Arc>],
    path: &mut Vec<Arc>,
    kinds: &mut HashMap<AnomalyKind, usize>,
) {
    for &arc in &arcs[at as usize] {
        path.push(arc);
        if arc.to == first {
            let least = kinds.entry(classify(path).0).or_insert(usize::MAX);
            *least = (*least).min(path.len());
        } else if arc.to > first && path.iter().all(|before| before.from != arc.to) {
            extend(first, arc.to, arcs, path, kinds);
        }
        path.pop();
    }
}

/// Each cycle that was told is one, has its name, and is as short as any; and what the worst cycles
/// of each family are is told.
pub(super) fn are_right(tiny: &Tiny, txns: &Txns, decisions: &Decisions) {
    let kinds = all_kinds(tiny);
    for (cycle, is_shortest) in decisions.cycles.iter().zip(&decisions.is_shortest) {
        let length = cycle.arcs.len();
        for at in 0..length {
            assert_eq!(
                cycle.arcs[at].to,
                cycle.arcs[(at + 1) % length].from,
                "{cycle:?}: {tiny:?}"
            );
        }
        assert_eq!((cycle.kind, cycle.also.clone()), classify(&cycle.arcs));
        crate::transactional::verify(txns, cycle, Some(&tiny.versions))
            .unwrap_or_else(|why| panic!("{why}: {cycle:?} of {tiny:?}"));
        let txns: std::collections::BTreeSet<Txn> = cycle.arcs.iter().map(|arc| arc.from).collect();
        assert!(
            !is_shortest || txns.len() == length,
            "{cycle:?} crosses itself: {tiny:?}"
        );
        // Beside a worse cycle in the same component no other is looked for.
        let is_worst = decisions.cycles[0].kind == cycle.kind;
        if *is_shortest && is_worst {
            assert_eq!(
                kinds.get(&cycle.kind),
                Some(&length),
                "{cycle:?} is not shortest: {tiny:?}"
            );
        }
    }
    assert_eq!(
        kinds.is_empty(),
        decisions.cycles.is_empty(),
        "{kinds:?}: {tiny:?}"
    );
    let told = |kind| decisions.cycles.iter().any(|cycle| cycle.kind == kind);
    for kind in [AnomalyKind::G0, AnomalyKind::G1c, AnomalyKind::GSingle] {
        assert!(
            !kinds.contains_key(&kind) || told(kind),
            "no {kind:?}, {:?} told: {tiny:?}",
            decisions.cycles
        );
    }
    if let Some(worst) = kinds.keys().min() {
        let told = decisions.cycles.iter().map(|cycle| cycle.kind).min();
        assert_eq!(Some(*worst), told, "{tiny:?}");
    }
}
