//! Holds stretched as far as they go, so that whoever was refused finds somebody who holds.
use super::{Act, Found, Hold, Mode, Order, Wrong};
use crate::linearizable::sweep::lowered::Outside;
use crate::linearizable::timed::{NEVER, Timed};

/// From which gap to which gap a hold lasts.
#[derive(Clone, Copy)]
struct Stretch {
    start: u32,
    end: u32,
}

/// The order of everything, or who was refused though nobody can have held.
pub(super) fn order(
    found: &mut Found,
    ops: &[Timed<Act>],
    is_kept: bool,
) -> Result<Result<Order, Wrong>, Outside> {
    let is_shared = found.holds.iter().any(|hold| hold.mode == Mode::Shared)
        || found.spare.iter().any(|(_, mode)| *mode == Mode::Shared);
    if !found.refused.is_empty() && !is_shared {
        append_spare(found, ops);
    }
    let stretches = stretch(&found.holds);
    let seats = match seats(found, ops, &stretches, is_shared)? {
        Ok(seats) => seats,
        Err(wrong) => return Ok(Err(wrong)),
    };
    if !is_kept {
        return Ok(Ok(Order::new()));
    }
    let mut order = seats;
    for (place, (hold, stretch)) in found.holds.iter().zip(&stretches).enumerate() {
        let place = 3 * place as u64;
        order.push((stretch.start, place, hold.acquire));
        if hold.release != NEVER {
            order.push((stretch.end, place + 2, hold.release));
        }
    }
    for &(op, hold) in &found.inner {
        order.push((ops[op as usize].returned, 3 * u64::from(hold) + 1, op));
    }
    order.sort_unstable();
    Ok(Ok(order))
}

/// When each refusal was, and beside whom.
fn seats(
    found: &Found,
    ops: &[Timed<Act>],
    stretches: &[Stretch],
    is_shared: bool,
) -> Result<Result<Order, Wrong>, Outside> {
    let mut seats = Order::with_capacity(found.refused.len());
    for mode in [Mode::Shared, Mode::Exclusive] {
        let of_mode = |(op, refused): &(u32, Mode)| (*refused == mode).then_some(*op);
        let refused: Vec<u32> = found.refused.iter().filter_map(of_mode).collect();
        if refused.is_empty() {
            continue;
        }
        let holders = Holders::of(found, stretches, mode);
        for op in refused {
            let Timed {
                invoked, returned, ..
            } = ops[op as usize];
            match holders.during(invoked + 1, returned) {
                Some((gap, hold)) => seats.push((gap, 3 * u64::from(hold) + 1, op)),
                None if is_shared && !found.spare.is_empty() => {
                    return Err("refused beside acquires of readers or writers of unknown outcome");
                }
                None => return Ok(Err(free(found, op, ops))),
            }
        }
    }
    Ok(Ok(seats))
}

/// An acquire of unknown outcome that was never released can only have come last.
fn append_spare(found: &mut Found, ops: &[Timed<Act>]) {
    let Some(&(acquire, mode)) = found.spare.first() else {
        return;
    };
    let is_held = found.holds.last().is_some_and(|last| last.end_min == NEVER);
    if !is_held {
        found.holds.push(Hold {
            mode,
            acquire,
            release: NEVER,
            start_min: ops[acquire as usize].invoked + 1,
            start_max: NEVER,
            end_min: NEVER,
            end_max: NEVER,
        });
    }
}

fn stretch(holds: &[Hold]) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::with_capacity(holds.len());
    // Until when the writer before holds, and until when readers since then have to.
    let (mut written, mut read) = (0, 0);
    for (place, hold) in holds.iter().enumerate() {
        let next = holds.get(place + 1).map_or(NEVER, |next| next.start_max);
        let start = hold.start_min.max(written);
        stretches.push(match hold.mode {
            Mode::Shared => {
                read = read.max(hold.end_min);
                let end = hold.end_max;
                Stretch { start, end }
            }
            Mode::Exclusive => {
                let start = start.max(read);
                written = hold.end_max.min(next);
                let end = written;
                Stretch { start, end }
            }
        });
    }
    // Readers give way to the writer after them.
    let mut next = NEVER;
    for (hold, stretch) in holds.iter().zip(&mut stretches).rev() {
        match hold.mode {
            Mode::Shared => stretch.end = stretch.end.min(next),
            Mode::Exclusive => next = stretch.start,
        }
    }
    stretches
}

/// Those whose presence refuses an acquire, by when they begin.
struct Holders {
    starts: Vec<u32>,
    /// Of all that begin no later: which one ends last, and when it begins and ends.
    last: Vec<(Stretch, u32)>,
}

impl Holders {
    fn of(found: &Found, stretches: &[Stretch], refused: Mode) -> Holders {
        let refuses = |hold: &Hold| refused == Mode::Exclusive || hold.mode == Mode::Exclusive;
        let all = stretches.iter().zip(&found.holds).enumerate();
        let all = all.filter(|(_, (_, hold))| refuses(hold));
        let mut all: Vec<(Stretch, u32)> = all
            .map(|(place, (stretch, _))| (*stretch, place as u32))
            .collect();
        all.sort_unstable_by_key(|(stretch, _)| stretch.start);
        let starts = all.iter().map(|(stretch, _)| stretch.start).collect();
        for place in 1..all.len() {
            if all[place].0.end < all[place - 1].0.end {
                all[place] = all[place - 1];
            }
        }
        Holders { starts, last: all }
    }

    /// A gap within these in which one of them holds.
    fn during(&self, first: u32, last: u32) -> Option<(u32, u32)> {
        let count = self.starts.partition_point(|&start| start <= last);
        let (stretch, hold) = self.last[..count].last()?;
        (first <= stretch.end).then(|| (first.max(stretch.start), *hold))
    }
}

/// The holds around a refusal: the writers before and after it, and the readers that keep these from
/// lasting longer.
fn free(found: &Found, refused: u32, ops: &[Timed<Act>]) -> Wrong {
    let at = ops[refused as usize].returned;
    let next = found.holds.partition_point(|hold| hold.start_max < at);
    let is_writer = |hold: &Hold| hold.mode == Mode::Exclusive;
    let writer_before = found.holds[..next].iter().rposition(is_writer);
    let writer_after = found.holds[next..].iter().position(is_writer);
    let writer_after = writer_after.map(|after| next + after);
    let first = writer_before.map_or(0, |before| before + 1);
    let between = first..writer_after.unwrap_or(found.holds.len());
    let last = between
        .clone()
        .max_by_key(|&place| found.holds[place].end_min);
    let first = (!between.is_empty()).then_some(first);
    let mut places: Vec<usize> = [writer_before, first, last, writer_after]
        .into_iter()
        .flatten()
        .collect();
    places.dedup();
    let shown = |place: usize| (found.holds[place].acquire, found.holds[place].release);
    let holds = places.into_iter().map(shown).collect();
    Wrong::Free { refused, holds }
}
