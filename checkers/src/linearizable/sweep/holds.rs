//! Who holds a lock, and when for certain: the sweep behind locks that know their owner.
//!
//! A process asks one thing at a time, so that its answers tell which release ends which hold. From
//! the return of the acquire to the invocation of the release it holds for certain: that is the
//! core. Holds can shrink to their cores, so an order exists if and only if no two cores conflict.
//! An acquire of unknown outcome is left out; a release of unknown outcome ends the core.
//!
//! Who was refused needs an instant at which somebody did hold. Cores order all holds that
//! conflict, so that each can begin no earlier than the one before it ends, and has to end before
//! the next one's core. Within that, each is stretched as far as it goes, writers first, since a
//! writer's presence refuses everybody. (The bare intervals from the invocation of the acquire to
//! the return of the release do not do: the hold of somebody else may lie in between.)
mod stretch;
mod told;

use super::lowered::Outside;
use crate::linearizable::timed::{NEVER, Timed};
use rustc_hash::FxHashMap;

pub(super) use told::told;

/// What one operation asked of a lock, and got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Acquire(Mode),
    Refused(Mode),
    Release,
}

/// With whom a hold is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// With other readers.
    Shared,
    /// With nobody.
    Exclusive,
}

/// What a process that holds a lock may do to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// Nothing but release it.
    Never,
    /// Acquire it again, and then it has to release it as often.
    Exclusive,
    /// Share it with itself.
    Shared,
}

/// One hold. Points in time are gaps between events: gap 3 is the one before event 3.
#[derive(Clone, Copy, Debug)]
struct Hold {
    mode: Mode,
    acquire: u32,
    /// Or [`NEVER`].
    release: u32,
    /// The first and last gap in which it can begin, and in which it can end.
    start_min: u32,
    start_max: u32,
    end_min: u32,
    end_max: u32,
}

impl Hold {
    fn conflicts(&self, other: &Hold) -> bool {
        self.mode == Mode::Exclusive || other.mode == Mode::Exclusive
    }
}

/// Why there is no order, by the operations that say so.
#[derive(Clone, Debug)]
pub(crate) enum Wrong {
    /// Released by a process that did not hold it; its release before that.
    NotHeld { release: u32, before: Option<u32> },
    /// Got, or was refused, by a process that held it.
    Again { held: u32, asked: u32 },
    /// Two cores overlap: acquire and release of each.
    Overlap([(u32, u32); 2]),
    /// Refused though it was free: the holds before and after.
    Free {
        refused: u32,
        holds: Vec<(u32, u32)>,
    },
}

/// An order is kept as the gap of each operation, and its place within that gap.
pub(crate) type Order = Vec<(u32, u64, u32)>;

/// Whether a legal order exists. The order itself is built if asked for.
pub(crate) fn find(
    ops: &[Timed<Act>],
    processes: &[u32],
    again: Again,
    is_order_kept: bool,
) -> Result<Result<Order, Wrong>, Outside> {
    let found = find_once(ops, processes, again, is_order_kept)?;
    Ok(found.map_err(|wrong| wrong.confined(ops, processes, again)))
}

impl Wrong {
    /// A refusal is shown with the holds around it only if they prove it by themselves. Alone it
    /// does, since then there is nobody who holds.
    fn confined(self, ops: &[Timed<Act>], processes: &[u32], again: Again) -> Wrong {
        let Wrong::Free { refused, holds } = self else {
            return self;
        };
        let pairs = holds
            .iter()
            .flat_map(|&(acquire, release)| [acquire, release]);
        let mut part: Vec<u32> = pairs.filter(|&op| op != NEVER).chain([refused]).collect();
        part.sort_unstable();
        let part_ops: Vec<Timed<Act>> = part.iter().map(|&op| ops[op as usize]).collect();
        let part_of: Vec<u32> = part.iter().map(|&op| processes[op as usize]).collect();
        let is_proof = matches!(find_once(&part_ops, &part_of, again, false), Ok(Err(_)));
        let holds = if is_proof { holds } else { Vec::new() };
        Wrong::Free { refused, holds }
    }
}

fn find_once(
    ops: &[Timed<Act>],
    processes: &[u32],
    again: Again,
    is_order_kept: bool,
) -> Result<Result<Order, Wrong>, Outside> {
    let mut found = Found::default();
    if let Err(wrong) = found.collect(ops, processes, again)? {
        return Ok(Err(wrong));
    }
    if let Err(wrong) = found.check_cores() {
        return Ok(Err(wrong));
    }
    if found.refused.is_empty() && !is_order_kept {
        return Ok(Ok(Order::new()));
    }
    stretch::order(&mut found, ops, is_order_kept)
}

/// What a process is doing.
#[derive(Clone, Copy)]
struct Doing {
    /// Its last operation returned here.
    returned: u32,
    /// How often it holds, and which hold that is.
    times: u32,
    hold: u32,
    /// Its last release.
    released: Option<u32>,
}

#[derive(Default)]
struct Found {
    holds: Vec<Hold>,
    refused: Vec<(u32, Mode)>,
    /// What a holder did without a change of hands, each with its hold.
    inner: Vec<(u32, u32)>,
    /// Acquires of unknown outcome by processes that did not hold.
    spare: Vec<(u32, Mode)>,
}

impl Found {
    /// Follows each process. Fails if one did what it cannot have done.
    fn collect(
        &mut self,
        ops: &[Timed<Act>],
        processes: &[u32],
        again: Again,
    ) -> Result<Result<(), Wrong>, Outside> {
        let mut doing: FxHashMap<u32, Doing> = FxHashMap::default();
        for (index, op) in ops.iter().enumerate() {
            let fresh = Doing {
                returned: 0,
                times: 0,
                hold: 0,
                released: None,
            };
            let own = doing.entry(processes[index]).or_insert(fresh);
            if own.returned == NEVER {
                return Err("a process that went on after an unknown outcome");
            }
            if op.invoked < own.returned {
                return Err("a process that asked two things at once");
            }
            own.returned = op.returned;
            if let Err(wrong) = self.follow(index as u32, *op, own, again) {
                return Ok(Err(wrong));
            }
        }
        Ok(Ok(()))
    }

    fn follow(
        &mut self,
        index: u32,
        op: Timed<Act>,
        own: &mut Doing,
        again: Again,
    ) -> Result<(), Wrong> {
        let is_known = op.is_answered();
        match op.act {
            Act::Acquire(mode) if own.times == 0 => {
                if !is_known {
                    self.spare.push((index, mode));
                    return Ok(());
                }
                (own.times, own.hold) = (1, self.holds.len() as u32);
                self.holds.push(Hold {
                    mode,
                    acquire: index,
                    release: NEVER,
                    start_min: op.invoked + 1,
                    start_max: op.returned,
                    end_min: NEVER,
                    end_max: NEVER,
                });
            }
            // One of unknown outcome that cannot have succeeded did not; the process is gone.
            Act::Acquire(_) if !is_known => {}
            Act::Acquire(mode) => {
                let hold = self.holds[own.hold as usize];
                let is_allowed = match again {
                    Again::Never => false,
                    Again::Exclusive => true,
                    Again::Shared => mode == Mode::Shared && hold.mode == Mode::Shared,
                };
                if !is_allowed {
                    let (held, asked) = (hold.acquire, index);
                    return Err(Wrong::Again { held, asked });
                }
                own.times += 1;
                self.inner.push((index, own.hold));
            }
            Act::Release if own.times > 1 => {
                own.times -= 1;
                own.released = Some(index);
                if is_known {
                    self.inner.push((index, own.hold));
                }
            }
            Act::Release if own.times == 1 => {
                own.times = 0;
                own.released = Some(index);
                let hold = &mut self.holds[own.hold as usize];
                hold.release = index;
                (hold.end_min, hold.end_max) = (op.invoked + 1, op.returned);
            }
            Act::Release if !is_known => {}
            Act::Release => {
                let (release, before) = (index, own.released);
                return Err(Wrong::NotHeld { release, before });
            }
            Act::Refused(_) if !is_known => {}
            Act::Refused(mode) => {
                if own.times > 0 && again == Again::Exclusive {
                    let held = self.holds[own.hold as usize].acquire;
                    return Err(Wrong::Again { held, asked: index });
                }
                self.refused.push((index, mode));
            }
        }
        Ok(())
    }

    /// Sorts holds by their cores, which must not conflict.
    fn check_cores(&mut self) -> Result<(), Wrong> {
        // Inner operations name their hold by its place, so that they are told of the new one.
        let mut places: Vec<u32> = (0..self.holds.len() as u32).collect();
        let start = |place: &u32| self.holds[*place as usize].start_max;
        if !places.is_sorted_by_key(start) {
            places.sort_unstable_by_key(start);
        }
        let sorted: Vec<Hold> = places
            .iter()
            .map(|&place| self.holds[place as usize])
            .collect();
        if !self.inner.is_empty() {
            let mut moved = vec![0; places.len()];
            for (new, &old) in places.iter().enumerate() {
                moved[old as usize] = new as u32;
            }
            for (_, hold) in &mut self.inner {
                *hold = moved[*hold as usize];
            }
        }
        self.holds = sorted;
        // Of those that began before: the one that ends last, and the writer that ends last.
        let mut latest: [Option<Hold>; 2] = [None, None];
        for hold in &self.holds {
            for before in latest.iter().flatten() {
                if before.conflicts(hold) && hold.start_max < before.end_min {
                    let pair = [before, hold].map(|hold| (hold.acquire, hold.release));
                    return Err(Wrong::Overlap(pair));
                }
            }
            let kinds = [true, hold.mode == Mode::Exclusive];
            for (latest, is_kind) in latest.iter_mut().zip(kinds) {
                let is_later = latest.is_none_or(|before| before.end_min < hold.end_min);
                if is_kind && is_later {
                    *latest = Some(*hold);
                }
            }
        }
        Ok(())
    }
}
