//! An order in which the operations of a legal queue can have taken effect.
use super::{Due, Found, Stays, judge, lower, starved};
use crate::linearizable::asked::Asked;
use crate::linearizable::collection::{Free, Odd, Stay, at, gather, origins};
use crate::linearizable::timed::NEVER;

/// A moment: twice the position and one more; gaps lie between, at twice the position.
type Moment = u64;

const fn moment(position: u32) -> Moment {
    match position {
        NEVER => Moment::MAX,
        _ => position as Moment * 2 + 1,
    }
}

/// What stands in the queue: a value, or an empty answer, which is put in and taken out in one gap.
struct Place {
    put: (Moment, Moment),
    taken: (Moment, Moment),
    emit: Emit,
}

#[derive(Clone, Copy)]
enum Emit {
    Value { put: u32, taken: Option<u32> },
    Empty(u32),
}

/// See [`crate::linearizable::engine::Engine::order`].
pub(super) fn order(asked: &[Asked]) -> Option<Vec<u32>> {
    let lowered = lower(asked).ok()?;
    let gathered = match gather(&lowered.ops, lowered.values.len()) {
        Ok(gathered) => gathered,
        Err(Odd::Flaw(_) | Odd::Outside(_)) => return None,
    };
    if judge(&gathered) != Found::Legal {
        return None;
    }
    let origins = origins(&lowered);
    let mut places: Vec<Option<Place>> = Vec::with_capacity(origins.len());
    for (stay, origin) in gathered.stays.iter().zip(&origins) {
        places.push((stay.put.invoked != NEVER).then(|| Place {
            put: (moment(stay.put.invoked), moment(stay.put.returned)),
            taken: (moment(stay.taken.invoked), moment(stay.taken.returned)),
            emit: Emit::Value {
                put: at(asked, origin.put),
                taken: origin.taken.map(|taken| at(asked, taken)),
            },
        }));
    }
    give_unknown(asked, &gathered, &mut places);
    let mut places: Vec<Place> = places.into_iter().flatten().collect();
    let free = (!gathered.empties.is_empty()).then(|| Free::new(&gathered));
    for &empty in &gathered.empties {
        let gap = free.as_ref()?.within(empty)?;
        let here = (Moment::from(gap) * 2, Moment::from(gap) * 2);
        places.push(Place {
            put: here,
            taken: here,
            emit: Emit::Empty(at(asked, empty.invoked)),
        });
    }
    let line = line_up(&places)?;
    Some(act_late(&places, &line))
}

/// Unknown dequeues that have to have happened take what is due.
fn give_unknown(asked: &[Asked], gathered: &Stays, places: &mut [Option<Place>]) {
    let is_needed = gathered.is_open() && gathered.empties.is_empty();
    let Some(Ok(due)) = is_needed.then(|| starved(gathered)) else {
        return;
    };
    for (Due { value, before }, &unknown) in due.iter().zip(&gathered.unknown) {
        debug_assert!(
            gathered
                .stays
                .get(*value as usize)
                .is_some_and(Stay::is_left_over)
        );
        let Some(place) = &mut places[*value as usize] else {
            continue;
        };
        place.taken = (moment(unknown), moment(*before));
        if let Emit::Value { taken, .. } = &mut place.emit {
            *taken = Some(at(asked, unknown));
        }
    }
}

/// One of the two orders that values have to be in: those first whose spans ended before others began.
struct Side<'a> {
    spans: Vec<(Moment, Moment)>,
    by_begin: Vec<u32>,
    by_end: Vec<u32>,
    begun: usize,
    ended: usize,
    is_placed: &'a [std::cell::Cell<bool>],
}

impl<'a> Side<'a> {
    fn new(spans: Vec<(Moment, Moment)>, is_placed: &'a [std::cell::Cell<bool>]) -> Side<'a> {
        let all = || (0..spans.len() as u32).collect::<Vec<u32>>();
        let (mut by_begin, mut by_end) = (all(), all());
        by_begin.sort_unstable_by_key(|&place| spans[place as usize].0);
        by_end.sort_unstable_by_key(|&place| spans[place as usize].1);
        Side {
            spans,
            by_begin,
            by_end,
            begun: 0,
            ended: 0,
            is_placed,
        }
    }

    /// The next one that nobody who is not placed yet has to come before.
    fn next(&mut self) -> Option<u32> {
        while let Some(&place) = self.by_end.get(self.ended)
            && self.is_placed[place as usize].get()
        {
            self.ended += 1;
        }
        let first_end = self.spans[*self.by_end.get(self.ended)? as usize].1;
        let &place = self.by_begin.get(self.begun)?;
        let is_next = self.spans[place as usize].0 <= first_end;
        self.begun += usize::from(is_next);
        is_next.then_some(place)
    }
}

/// The order in which values are put in and taken out.
fn line_up(places: &[Place]) -> Option<Vec<u32>> {
    let is_placed = vec![std::cell::Cell::new(false); places.len()];
    let puts = places.iter().map(|place| place.put).collect();
    let takes = places.iter().map(|place| place.taken).collect();
    let mut sides = [Side::new(puts, &is_placed), Side::new(takes, &is_placed)];
    let mut sides_ready = vec![0_u8; places.len()];
    let mut ready = Vec::new();
    let mut line = Vec::with_capacity(places.len());
    while line.len() < places.len() {
        for side in &mut sides {
            while let Some(place) = side.next() {
                sides_ready[place as usize] += 1;
                if sides_ready[place as usize] == 2 {
                    ready.push(place);
                }
            }
        }
        let place = ready.pop()?;
        is_placed[place as usize].set(true);
        line.push(place);
    }
    Some(line)
}

/// Everybody does what he has to do when he cannot wait any longer, and before him all who stand
/// before him in line.
fn act_late(places: &[Place], line: &[u32]) -> Vec<u32> {
    let mut ends: Vec<(Moment, u32, bool)> = Vec::with_capacity(line.len() * 2);
    for (rank, &place) in line.iter().enumerate() {
        let place = &places[place as usize];
        ends.push((place.put.1, rank as u32, false));
        if place.taken.1 != Moment::MAX {
            ends.push((place.taken.1, rank as u32, true));
        }
    }
    ends.sort_unstable();
    let mut order = Vec::with_capacity(ends.len());
    let (mut put, mut taken) = (0, 0);
    let mut put_up_to = |rank: usize, order: &mut Vec<u32>| {
        while put <= rank {
            match places[line[put] as usize].emit {
                Emit::Value { put, .. } => order.push(put),
                Emit::Empty(_) => {}
            }
            put += 1;
        }
    };
    for (_, rank, is_taking) in ends {
        let rank = rank as usize;
        if !is_taking {
            put_up_to(rank, &mut order);
            continue;
        }
        while taken <= rank {
            put_up_to(taken, &mut order);
            match places[line[taken] as usize].emit {
                Emit::Value { taken, .. } => order.extend(taken),
                Emit::Empty(op) => order.push(op),
            }
            taken += 1;
        }
    }
    order
}
