//! The levels by their definitions, for a handful of transactions.
//!
//! Cerone, Bernardi and Gotsman ("A framework for transactional consistency models with atomic
//! visibility", CONCUR 2015): a total order of arbitration, and for each transaction the earlier ones
//! that it sees. Everybody reads the last version that it sees. Parallel snapshot isolation: who is
//! seen brings all that it saw, and of two that write one object one sees the other. Prefix: who is
//! seen brings all that is earlier. Snapshot isolation: both. Serializable: all that is earlier is seen.
use super::super::rules::Shape;
use crate::transactional::{F, Family, Status, Txns, ValueId};

/// One transaction: what it read from outside, and what it left.
struct One {
    reads: Vec<(u32, ValueId)>,
    writes: Vec<(u32, ValueId)>,
    must: bool,
    txn: usize,
}

/// Whether the history fits the level.
pub(super) fn fits(txns: &Txns, shape: Shape, family: Family) -> bool {
    let Some(all) = read(txns) else { return false };
    let optional: Vec<usize> = (0..all.len()).filter(|&at| !all[at].must).collect();
    (0..1_u32 << optional.len()).any(|bits| {
        let is_in = |one: &&One| {
            let at = optional.iter().position(|&at| all[at].txn == one.txn);
            at.is_none_or(|at| bits >> at & 1 == 1)
        };
        let chosen: Vec<&One> = all.iter().filter(is_in).collect();
        match shape {
            Shape::Updates => updates(&chosen),
            _ => orders(txns, &chosen, shape, family),
        }
    })
}

/// External reads and last writes; none if a transaction contradicts itself.
fn read(txns: &Txns) -> Option<Vec<One>> {
    let mut all = Vec::new();
    for txn in (0..txns.len()).filter(|&txn| txns.status[txn] != Status::Aborted) {
        let is_ok = txns.status[txn] == Status::Ok;
        let mut reads: Vec<(u32, ValueId)> = Vec::new();
        let mut writes: Vec<(u32, ValueId)> = Vec::new();
        for step in txns.steps(txn as u32) {
            let own = writes.iter_mut().find(|write| write.0 == step.key);
            match (step.f, own) {
                (F::Write, Some(own)) => own.1 = step.value,
                (F::Write, None) => writes.push((step.key, step.value)),
                (_, Some(own)) if is_ok && own.1 != step.value => return None,
                (_, None) if is_ok => reads.push((step.key, step.value)),
                _ => {}
            }
        }
        all.push(One {
            reads,
            writes,
            must: is_ok,
            txn,
        });
    }
    Some(all)
}

/// Calls `f` with each order of `0..count` until it says yes.
fn any_order(count: usize, mut f: impl FnMut(&[usize]) -> bool) -> bool {
    let mut order: Vec<usize> = (0..count).collect();
    loop {
        if f(&order) {
            return true;
        }
        let Some(at) = (1..count).rev().find(|&at| order[at - 1] < order[at]) else {
            return false;
        };
        let with = (at..count).rev().find(|&with| order[with] > order[at - 1]);
        order.swap(at - 1, with.expect("the next one is greater"));
        order[at..].reverse();
    }
}

fn orders(txns: &Txns, all: &[&One], shape: Shape, family: Family) -> bool {
    let must_see = |a: &One, b: &One| match family {
        Family::Plain => false,
        Family::Session => txns.process[a.txn] == txns.process[b.txn] && a.txn < b.txn,
        Family::Strong => txns.completed[a.txn] < txns.invoked[b.txn],
    };
    any_order(all.len(), |order| {
        let ordered: Vec<&One> = order.iter().map(|&at| all[at]).collect();
        let mut needs = vec![0_u32; ordered.len()];
        for at in 0..ordered.len() {
            for other in 0..ordered.len() {
                let conflict = ordered[at].writes.iter();
                let is_conflict = other < at
                    && conflict
                        .clone()
                        .any(|a| ordered[other].writes.iter().any(|b| a.0 == b.0));
                let is_all = shape == Shape::Whole && other < at;
                let is_kept = is_conflict && shape != Shape::Prefix;
                if must_see(ordered[other], ordered[at]) {
                    if at < other {
                        return false;
                    }
                    needs[at] |= 1 << other;
                }
                if is_all || is_kept {
                    needs[at] |= 1 << other;
                }
            }
        }
        sees(&ordered, &needs, shape, &mut Vec::new())
    })
}

/// Whether what the transactions from here on see can be chosen; `seen` holds it for those before.
fn sees(all: &[&One], needs: &[u32], shape: Shape, seen: &mut Vec<u32>) -> bool {
    let at = seen.len();
    if at == all.len() {
        return true;
    }
    for set in 0..1_u32 << at {
        let is_closed = (0..at)
            .filter(|other| set >> other & 1 == 1)
            .all(|other| match shape {
                Shape::Parallel => seen[other] & !set == 0,
                _ => set & ((1 << other) - 1) == (1 << other) - 1,
            });
        if set & needs[at] != needs[at] || !is_closed {
            continue;
        }
        let is_read = all[at].reads.iter().all(|&(key, value)| {
            let visible = (0..at).rev().filter(|other| set >> other & 1 == 1);
            let mut writes = visible.flat_map(|other| &all[other].writes);
            let last = writes.find(|write| write.0 == key);
            last.map_or(ValueId::NIL, |write| write.1) == value
        });
        if is_read {
            seen.push(set);
            if sees(all, needs, shape, seen) {
                return true;
            }
            seen.pop();
        }
    }
    false
}

/// PL-3U (Adya 1999): for some order of the versions, the transactions that write, with at most one
/// that does not, have no cycle of dependencies.
fn updates(all: &[&One]) -> bool {
    any_order(all.len(), |order| {
        let place = |at: usize| {
            order
                .iter()
                .position(|&other| other == at)
                .expect("all are there")
        };
        let count = all.len();
        let mut arcs = vec![vec![false; count]; count];
        for (b, reader) in all.iter().enumerate() {
            for &(key, value) in &reader.reads {
                let writes = |at: &usize| all[*at].writes.iter().any(|write| write.0 == key);
                let source = (0..count).find(|&at| all[at].writes.contains(&(key, value)));
                // Nobody wrote it, or the reader itself, later.
                if source == Some(b) || (source.is_none() && value != ValueId::NIL) {
                    return false;
                }
                for c in (0..count).filter(writes) {
                    if source.is_none_or(|a| place(a) < place(c)) && c != b {
                        arcs[b][c] = true;
                    }
                }
                if let Some(a) = source {
                    arcs[a][b] |= a != b;
                }
            }
            for &(key, _) in &reader.writes {
                for a in (0..count).filter(|&a| a != b && place(a) < place(b)) {
                    arcs[a][b] |= all[a].writes.iter().any(|write| write.0 == key);
                }
            }
        }
        let is_update = |at: &usize| !all[*at].writes.is_empty();
        let base: Vec<usize> = (0..count).filter(is_update).collect();
        let others = (0..count).filter(|at| !is_update(at));
        let mut sets: Vec<Vec<usize>> =
            others.map(|at| [base.clone(), vec![at]].concat()).collect();
        sets.push(base);
        sets.iter().all(|set| is_acyclic(&arcs, set))
    })
}

fn is_acyclic(arcs: &[Vec<bool>], set: &[usize]) -> bool {
    let mut left = set.to_vec();
    loop {
        let before = left.len();
        let now = left.clone();
        left.retain(|&at| now.iter().any(|&other| arcs[other][at]));
        if left.is_empty() || left.len() == before {
            return left.is_empty();
        }
    }
}
