//! Where inside a transaction a dependency enters or leaves it.
use crate::transactional::{Arc, F, Graph, Status, Step, Txn, Txns, ValueId, Via};
use std::collections::HashSet;

/// The earliest step of `arc.to` that shows the dependency.
pub(super) fn enters(txns: &Txns, arc: Arc) -> Option<usize> {
    let steps = || {
        txns.steps(arc.to)
            .enumerate()
            .filter(|(_, step)| step.key == arc.key)
    };
    match arc.via {
        Via::Ww => {
            let appended = steps().find(|(_, step)| step.f == F::Append);
            // Of several writes to a register the last one makes the version.
            let written = || steps().filter(|(_, step)| step.f == F::Write).last();
            appended.or_else(written).map(|(at, _)| at)
        }
        Via::Wr => {
            let is_from = |step: &Step| {
                read(txns, arc.to, *step).is_some_and(|value| wrote(txns, arc, value))
            };
            let told = steps().find(|(_, step)| is_from(step));
            let is_read = |step: &Step| matches!(step.f, F::Read | F::ReadList);
            told.or_else(|| steps().find(|(_, step)| is_read(step)))
                .map(|(at, _)| at)
        }
        Via::Rw | Via::Process | Via::Realtime => None,
    }
}

/// The latest step of `arc.from` that read what `arc.to` overwrote. Where the transaction read several
/// versions of the key, the earliest read: it shows the least.
pub(super) fn leaves(txns: &Txns, arc: Arc) -> Option<usize> {
    let mut reads: Vec<(usize, Step)> = Vec::new();
    for (at, step) in txns
        .steps(arc.from)
        .enumerate()
        .filter(|(_, step)| step.key == arc.key)
    {
        match step.f {
            F::Append | F::Write => break,
            F::Read | F::ReadList if step.value == ValueId::NOT_TOLD => {}
            F::Read | F::ReadList => reads.push((at, step)),
        }
    }
    let &(first, read) = reads.first()?;
    let is_one = reads.iter().all(|(_, step)| is_same(txns, read, *step));
    Some(if is_one {
        reads[reads.len() - 1].0
    } else {
        first
    })
}

/// The last element or value that a step read, its own transaction's appends aside.
fn read(txns: &Txns, txn: Txn, step: Step) -> Option<ValueId> {
    match step.f {
        F::Read => Some(step.value),
        F::ReadList => {
            let is_own = |value: ValueId| {
                let own = Step {
                    f: F::Append,
                    key: step.key,
                    value,
                };
                txns.steps(txn).any(|step| step == own)
            };
            let list = txns.list(step.value).iter().rev();
            list.copied().find(|value| !is_own(*value))
        }
        F::Append | F::Write => None,
    }
}

/// Whether `arc.from` wrote `value`.
fn wrote(txns: &Txns, arc: Arc, value: ValueId) -> bool {
    txns.steps(arc.from).any(|step| {
        matches!(step.f, F::Append | F::Write) && step.key == arc.key && step.value == value
    })
}

fn is_same(txns: &Txns, one: Step, other: Step) -> bool {
    match (one.f, other.f) {
        (F::ReadList, F::ReadList) => {
            one.value == other.value || txns.list(one.value) == txns.list(other.value)
        }
        (F::Append | F::Write | F::Read | F::ReadList, _) => {
            one.f == other.f && one.value == other.value
        }
    }
}

/// The first committed transaction that read a key twice, without writing it in between, and
/// differently: item cut isolation by definition.
pub(super) fn unrepeatable(txns: &Txns) -> Option<(Txn, u32)> {
    let mut last: Vec<Step> = Vec::new();
    for txn in (0..txns.len() as Txn).filter(|&txn| txns.status[txn as usize] == Status::Ok) {
        if txns.steps(txn).len() < 2 {
            continue;
        }
        last.clear();
        last.extend(txns.steps(txn));
        // By key, and within a key in their order: neighbours are what to compare.
        last.sort_by_key(|step| step.key);
        let changed = last.windows(2).find(|pair| {
            let is_read = |step: &Step| matches!(step.f, F::Read | F::ReadList);
            let is_told = pair
                .iter()
                .all(|step| is_read(step) && step.value != ValueId::NOT_TOLD);
            is_told && pair[0].key == pair[1].key && !is_same(txns, pair[0], pair[1])
        });
        if let Some(pair) = changed {
            return Some((txn, pair[0].key));
        }
    }
    None
}

/// Whether `txn` wrote nothing.
pub(super) fn is_reader(txns: &Txns, txn: Txn) -> bool {
    txns.steps(txn)
        .all(|step| matches!(step.f, F::Read | F::ReadList))
}

/// Which of `members` read, of which key, the version right before the one they wrote.
pub(super) fn read_before_own(txns: &Txns, graph: &Graph, members: &[Txn]) -> HashSet<(Txn, u32)> {
    let mut found = HashSet::new();
    let mut follows = HashSet::new();
    for from in 0..graph.txns() as Txn {
        for arc in graph.after(from).filter(|arc| arc.via == Via::Ww) {
            if members.binary_search(&arc.to).is_err() {
                continue;
            }
            follows.insert((arc.to, arc.key));
            let read = Arc {
                via: Via::Wr,
                ..arc
            };
            if graph.after(from).any(|other| other == read) {
                found.insert((arc.to, arc.key));
            }
        }
    }
    for &txn in members
        .iter()
        .filter(|&&txn| txns.status[txn as usize] == Status::Ok)
    {
        for (at, step) in txns.steps(txn).enumerate() {
            let is_initial = match step.f {
                F::Read => step.value == ValueId::NIL,
                F::ReadList => txns.list(step.value).is_empty(),
                F::Append | F::Write => false,
            };
            let is_written =
                |later: Step| matches!(later.f, F::Append | F::Write) && later.key == step.key;
            let mut before = txns.steps(txn).take(at);
            let is_first = !before.any(is_written) && !follows.contains(&(txn, step.key));
            if is_initial && is_first && txns.steps(txn).any(is_written) {
                found.insert((txn, step.key));
            }
        }
    }
    found
}
