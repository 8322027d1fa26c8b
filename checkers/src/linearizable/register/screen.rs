//! The violations that stand out in one pass over a register, each with its few operations.
//!
//! These are necessary conditions and no more: what they miss is for the search to find.
use super::cell::{Act, NIL, Register};
use super::lost::lost_write;
use super::projection::{Projection, wanted};
use super::sources::Sources;
use std::cmp::Reverse;

/// Whether [`screen`] would find anything, at a fraction of the cost: in one pass over the events.
pub(super) fn stands_out(register: &Register) -> bool {
    has_double(register) || has_orphan(register)
}

fn has_double(register: &Register) -> bool {
    let mut origins = vec![0_u32; register.states()];
    let mut swaps = vec![0_u32; register.states()];
    origins[NIL as usize] = 1;
    for op in &register.ops {
        if let Some(state) = op.act.written() {
            origins[state as usize] += 1;
        }
        if let (Act::Swap { from, .. }, true) = (op.act, op.is_answered()) {
            swaps[from as usize] += 1;
        }
    }
    origins
        .iter()
        .zip(swaps)
        .any(|(&origins, swaps)| origins == 1 && swaps > 1)
}

/// The sweep knows of each value the latest return among its writers that began so far. An operation
/// that found it is an orphan if all of those had returned when somebody began who was done before
/// the operation began.
fn has_orphan(register: &Register) -> bool {
    let mut latest = vec![0_u32; register.states()];
    let mut cuts = vec![0_u32; register.ops.len()];
    // The absence of the key is as if written at -1, so that all positions are one higher.
    let mut cut = 0;
    for (op, is_return) in register.in_time() {
        let at = &register.ops[op as usize];
        if !is_return {
            cuts[op as usize] = cut;
            if let Some(state) = at.act.written() {
                let latest = &mut latest[state as usize];
                *latest = (*latest).max(at.returned.saturating_add(1));
            }
            continue;
        }
        if let Some(state) = wanted(at.act) {
            let (cut, latest) = (cuts[op as usize], latest[state as usize]);
            let is_initial = state == NIL && cut == 0;
            if !is_initial && (latest == 0 || latest < cut) {
                return true;
            }
        }
        if !at.act.is_pure() {
            cut = cut.max(at.invoked + 1);
        }
    }
    false
}

/// The violation with the fewest operations; of several, the one that comes first.
pub(super) fn screen(register: &Register, sources: &Sources<'_>) -> Option<Projection> {
    let orphan = first_orphan(register, sources);
    let double = first_double(register, sources);
    let cores = [orphan, double].into_iter().flatten();
    cores.min_by_key(|core| core.parts.len())
}

/// An operation that found a value which, when it began, nobody had written or somebody had
/// certainly overwritten.
fn first_orphan(register: &Register, sources: &Sources<'_>) -> Option<Projection> {
    let answered = register
        .ops
        .iter()
        .zip(0_u32..)
        .filter(|(op, _)| op.is_answered());
    let orphans = answered.filter_map(|(op, index)| {
        let state = wanted(op.act)?;
        (!sources.can_find(index, state)).then_some((op, index, state))
    });
    let lost = lost_write(register, sources).map(|lost| lost.reader);
    let told = orphans.min_by_key(|&(op, index, state)| {
        // Best is a value that was never written, then one that shows a loss, then a plain read, then
        // what was wrong for longest: the easiest to believe.
        let has_writer = sources.last_writer(index, state).is_some() || state == NIL;
        let gap = sources.first_overwriter(index, state);
        let gap = gap.map_or(0, |writer| {
            op.invoked - register.ops[writer as usize].returned
        });
        let is_other = lost != Some(index);
        (
            has_writer,
            is_other,
            !op.act.is_pure(),
            Reverse(gap),
            op.returned,
        )
    });
    let (_, orphan, state) = told?;
    let mut core = Projection::around([orphan], sources);
    if let Some(writer) = sources.last_writer(orphan, state) {
        core.add_writer(writer);
    }
    let is_garbage = state != NIL && sources.last_writer(orphan, state).is_none();
    let overwriter = if lost == Some(orphan) {
        sources.overwriter(orphan)
    } else {
        sources.first_overwriter(orphan, state)
    };
    if let Some(writer) = overwriter.filter(|_| !is_garbage) {
        core.add_writer(writer);
    }
    Some(core)
}

/// Two compare-and-sets that both replaced a value which was written only once.
fn first_double(register: &Register, sources: &Sources<'_>) -> Option<Projection> {
    let mut first: Vec<Option<u32>> = vec![None; register.states()];
    let mut doubles: Vec<(u32, u32)> = Vec::new();
    for (op, index) in register.ops.iter().zip(0_u32..) {
        let Act::Swap { from, .. } = op.act else {
            continue;
        };
        if op.is_answered() && sources.origins(from) == 1 {
            match first[from as usize] {
                None => first[from as usize] = Some(index),
                Some(other) => doubles.push((other, index)),
            }
        }
    }
    let returned = |op: u32| register.ops[op as usize].returned;
    let earliest = doubles.into_iter().min_by_key(|&(one, other)| {
        let last = returned(one).max(returned(other));
        (last, Reverse(one))
    });
    let (one, other) = earliest?;
    let mut core = Projection::around([one, other], sources);
    let Act::Swap { from, .. } = register.ops[one as usize].act else {
        unreachable!("only swaps were collected")
    };
    if let Some(&writer) = sources.writers(from).first() {
        core.add_writer(writer);
    }
    Some(core)
}
