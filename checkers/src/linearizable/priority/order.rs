//! An order in which the operations of a legal priority queue can have taken effect.
use super::{Placed, lower, place};
use crate::linearizable::asked::Asked;
use crate::linearizable::collection::{Odd, at, gather, origins};
use crate::linearizable::timed::NEVER;

/// What happens first, second and last within one gap.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Delete,
    ComeAndGo,
    Insert,
}

/// See [`crate::linearizable::engine::Engine::order`].
pub(super) fn order(asked: &[Asked]) -> Option<Vec<u32>> {
    let lowered = lower(asked).ok()?;
    let gathered = match gather(&lowered.ops, lowered.values.len()) {
        Ok(gathered) => gathered,
        Err(Odd::Flaw(_) | Odd::Outside(_)) => return None,
    };
    let places = place(&gathered).ok()?;
    // By gap, turn, value, and for those that come and go: first come, then go.
    let mut turns: Vec<(u32, Turn, usize, u8, u32)> = Vec::with_capacity(asked.len());
    for (value, origin) in origins(&lowered).into_iter().enumerate() {
        let Placed { put, taken } = places.placed[value];
        if put == NEVER {
            continue;
        }
        let is_brief = put == taken;
        let (come, go) = if is_brief {
            (Turn::ComeAndGo, Turn::ComeAndGo)
        } else {
            (Turn::Insert, Turn::Delete)
        };
        turns.push((put, come, value, 0, at(asked, origin.put)));
        if let Some(taker) = origin.taken {
            turns.push((taken, go, value, 1, at(asked, taker)));
        }
    }
    for (empty, &gap) in gathered.empties.iter().zip(&places.empties) {
        turns.push((
            gap,
            Turn::ComeAndGo,
            usize::MAX,
            0,
            at(asked, empty.invoked),
        ));
    }
    turns.sort_unstable();
    Some(turns.into_iter().map(|turn| turn.4).collect())
}
