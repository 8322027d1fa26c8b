//! A second look at a cycle, straight from what transactions did and not from any graph.
use super::{Arc, Cycle, F, NEVER, Status, Txn, Txns, ValueId, Via};

/// Whether every dependency of `cycle` holds and each begins where the one before it ended; if not,
/// which one does not and why.
///
/// `versions` gives for each key its writers in the order of their versions, if that is known. If
/// not, the order of a list is what its longest read says, with appends that nobody read at the end,
/// and in the order of a register whoever read a value and then wrote comes right after it.
pub fn verify(txns: &Txns, cycle: &Cycle, versions: Option<&[Vec<Txn>]>) -> Result<(), String> {
    if cycle.arcs.len() < 2 {
        return Err("a cycle has at least two dependencies".to_owned());
    }
    for (at, arc) in cycle.arcs.iter().enumerate() {
        let next = cycle.arcs[(at + 1) % cycle.arcs.len()];
        if arc.to != next.from {
            return Err(format!(
                "T{} is followed by one that begins at T{}",
                arc.to, next.from
            ));
        }
        let holds = match arc.via {
            Via::Process => is_of_process(txns, *arc),
            Via::Realtime => is_in_time(txns, *arc),
            Via::Wr => {
                txns.status[arc.to as usize] == Status::Ok
                    && reads(txns, arc.to, arc.key)
                        .any(|seen| writer(txns, arc.key, seen) == Some(arc.from))
            }
            Via::Ww => follows(txns, arc.key, Some(arc.from), arc.to, versions),
            Via::Rw => {
                let mut seen = reads(txns, arc.from, arc.key);
                txns.status[arc.from as usize] == Status::Ok
                    && seen.any(|seen| {
                        let by = writer(txns, arc.key, seen);
                        (by.is_some() || seen == ValueId::NIL)
                            && follows(txns, arc.key, by, arc.to, versions)
                    })
            }
        };
        if !holds {
            return Err(format!(
                "T{} –{:?}→ T{} about key {} does not hold",
                arc.from, arc.via, arc.to, arc.key
            ));
        }
    }
    Ok(())
}

fn is_of_process(txns: &Txns, arc: Arc) -> bool {
    let process = |txn: Txn| txns.process[txn as usize];
    process(arc.from) == process(arc.to)
        && arc.from < arc.to
        && txns.completed[arc.from as usize] != NEVER
}

fn is_in_time(txns: &Txns, arc: Arc) -> bool {
    let ended = txns.completed[arc.from as usize];
    txns.has_real_time && ended != NEVER && ended < txns.invoked[arc.to as usize]
}

/// What `txn` read of `key` that it had not written itself: the value, or the last element.
fn reads(txns: &Txns, txn: Txn, key: u32) -> impl Iterator<Item = ValueId> + '_ {
    let of_key = txns.steps(txn).filter(move |step| step.key == key);
    let before = of_key.take_while(|step| matches!(step.f, F::Read | F::ReadList));
    before
        .filter(|step| step.value != ValueId::NOT_TOLD)
        .map(|step| match step.f {
            F::ReadList => txns
                .list(step.value)
                .last()
                .copied()
                .unwrap_or(ValueId::NIL),
            F::Read | F::Append | F::Write => step.value,
        })
}

/// Who put `value` into `key`.
fn writer(txns: &Txns, key: u32, value: ValueId) -> Option<Txn> {
    let all = (0..txns.len() as Txn).filter(|&txn| txns.status[txn as usize] != Status::Aborted);
    all.into_iter()
        .find(|&txn| wrote(txns, txn, key).any(|written| written == value))
}

fn wrote(txns: &Txns, txn: Txn, key: u32) -> impl Iterator<Item = ValueId> + '_ {
    let of_key = txns.steps(txn).filter(move |step| step.key == key);
    of_key
        .filter(|step| matches!(step.f, F::Append | F::Write))
        .map(|step| step.value)
}

/// Whether the version of `to` comes right after that of `from`, or after the initial one.
fn follows(
    txns: &Txns,
    key: u32,
    from: Option<Txn>,
    to: Txn,
    versions: Option<&[Vec<Txn>]>,
) -> bool {
    if wrote(txns, to, key).next().is_none() {
        return false;
    }
    if let Some(versions) = versions {
        let order = &versions[key as usize];
        let place = from.map_or(Some(0), |from| {
            order.iter().position(|&txn| txn == from).map(|at| at + 1)
        });
        return place.and_then(|place| order.get(place)) == Some(&to);
    }
    let is_list = txns
        .steps(to)
        .any(|step| step.f == F::Append && step.key == key);
    if is_list {
        follows_in_list(txns, key, from, to)
    } else {
        follows_in_register(txns, key, from, to)
    }
}

fn follows_in_list(txns: &Txns, key: u32, from: Option<Txn>, to: Txn) -> bool {
    let committed = (0..txns.len() as Txn).filter(|&txn| txns.status[txn as usize] == Status::Ok);
    let lists = committed
        .flat_map(|txn| txns.steps(txn))
        .filter(|step| step.f == F::ReadList && step.key == key);
    let longest = lists
        .map(|step| txns.list(step.value))
        .max_by_key(|list| list.len())
        .unwrap_or(&[]);
    let writers: Vec<Option<Txn>> = longest
        .iter()
        .map(|&value| writer(txns, key, value))
        .collect();
    let pairs = std::iter::once(None)
        .chain(writers.iter().copied())
        .zip(writers.iter().copied());
    let is_read = writers.contains(&Some(to));
    let is_last = writers.last().copied().unwrap_or(None) == from;
    pairs.into_iter().any(|pair| pair == (from, Some(to))) || (!is_read && is_last)
}

fn follows_in_register(txns: &Txns, key: u32, from: Option<Txn>, to: Txn) -> bool {
    let before = reads(txns, to, key).next();
    let is_changed = before.is_some_and(|value| {
        if value == ValueId::NIL {
            from.is_none()
        } else {
            from.is_some() && writer(txns, key, value) == from
        }
    });
    // Every version comes after the initial one.
    is_changed || from.is_none()
}
