//! An order in which the operations of a legal stack can have taken effect.
use super::{Half, Taken, judge, lower};
use crate::linearizable::asked::Asked;
use crate::linearizable::collection::{Odd, Stay, Stays, at, gather, origins};
use crate::linearizable::timed::NEVER;
use std::collections::BTreeSet;

/// What happens first, second and last within one gap.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// From the last value taken off the history, which lies on top, to the first.
    Pop,
    /// Values that come and go, and empty answers.
    ComeAndGo,
    /// From the first value taken off the history, which lies at the bottom, to the last.
    Push,
}

/// When something takes effect: gap, turn, and order within the turn.
type Slot = (u32, Turn, i64, u32);

/// See [`crate::linearizable::engine::Engine::order`].
pub(super) fn order(asked: &[Asked]) -> Option<Vec<u32>> {
    let lowered = lower(asked).ok()?;
    let gathered = match gather(&lowered.ops, lowered.values.len()) {
        Ok(gathered) => gathered,
        Err(Odd::Flaw(_) | Odd::Outside(_)) => return None,
    };
    let taken = judge(&gathered).ok()?;
    let mut slots: Vec<(Slot, u32)> = Vec::with_capacity(asked.len());
    for (empty, &gap) in gathered.empties.iter().zip(&taken.empties) {
        slots.push(((gap, Turn::ComeAndGo, -1, 0), at(asked, empty.invoked)));
    }
    let origins = origins(&lowered);
    let nested = nest(&gathered, &taken);
    for (value, stay) in gathered.stays.iter().enumerate() {
        if stay.put.invoked == NEVER {
            continue;
        }
        let (put, take) = nested[value].unwrap_or_else(|| {
            let gap = stay.put.returned;
            let at = |half| (gap, Turn::ComeAndGo, value as i64, half);
            (at(0), at(1))
        });
        let origin = origins[value];
        slots.push((put, at(asked, origin.put)));
        slots.extend(origin.taken.map(|taker| (take, at(asked, taker))));
    }
    slots.sort_unstable();
    Some(slots.into_iter().map(|slot| slot.1).collect())
}

/// When the values that had certain stays are pushed and popped.
///
/// Values that were taken off earlier part the history, and so do empty answers: a value belongs where
/// its certain stay is, so that its gaps are moved in between the nearest borders.
fn nest(gathered: &Stays, taken: &Taken) -> Vec<Option<(Slot, Slot)>> {
    let columns = &taken.columns;
    let mut gaps = vec![[0; 2]; columns.values.len()];
    for (half, &gap) in columns.ops.iter().zip(&taken.gaps) {
        let Half { value, is_pop } = *half;
        gaps[value as usize][usize::from(is_pop)] = columns.positions[gap as usize];
    }
    let mut borders: BTreeSet<u32> = taken.empties.iter().copied().collect();
    let mut nested = vec![None; gathered.stays.len()];
    for (rank, &value) in taken.order.iter().enumerate() {
        let name = columns.values[value as usize] as usize;
        let Stay { put, taken } = gathered.stays[name];
        let [mut first, mut last] = gaps[value as usize];
        if let Some(&border) = borders.range(..=put.returned).next_back() {
            first = first.max(border);
        }
        if taken.invoked != NEVER
            && let Some(&border) = borders.range(taken.invoked + 1..).next()
        {
            last = last.min(border);
        }
        borders.insert(first);
        borders.insert(last);
        let rank = rank as i64;
        nested[name] = Some(((first, Turn::Push, rank, 0), (last, Turn::Pop, -rank, 0)));
    }
    nested
}
