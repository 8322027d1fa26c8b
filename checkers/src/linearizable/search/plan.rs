//! An object's history laid out for the search: one move an event, small numbers for what is open.
use super::steps::Class;
use crate::linearizable::asked::Asked;
use crate::{Call, Process, Spec};
use rustc_hash::FxHashMap;

/// What the search does as it passes an event.
#[derive(Clone, Copy, Debug)]
pub(super) enum Move {
    /// An answered operation begins, and takes a slot.
    Open { slot: u32, op: u32 },
    /// An answered operation returns, and frees its slot.
    Close { slot: u32, op: u32 },
    /// One more operation of unknown outcome of this kind may be used from here on.
    Offer { bin: u32, op: u32 },
}

/// Operations of unknown outcome that do the same thing. Since none of them ever returns, any one
/// that has begun can stand for any other: only how many were used matters, not which.
#[derive(Debug)]
pub(super) struct Bin {
    /// What they do.
    pub(super) class: Class,
    /// In order of invocation.
    pub(super) ops: Vec<u32>,
}

/// The moves of a search, up to the last return; nothing after it can go wrong.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    /// In order.
    pub(super) moves: Vec<Move>,
    /// How many answered operations are open at the same time, at most.
    pub(super) slots: usize,
    /// What each operation does.
    pub(super) class_of: Vec<Class>,
    /// Of each class one call, and who asked it.
    pub(super) classes: Vec<(Process, &'a Call)>,
    /// Whether calls of this class leave every state as it is.
    pub(super) is_read_only: Vec<bool>,
    /// The kinds of operations of unknown outcome.
    pub(super) bins: Vec<Bin>,
}

impl<'a> Plan<'a> {
    /// Lays out `asked`.
    pub(super) fn new<S: Spec>(spec: &S, asked: &'a [Asked]) -> Plan<'a> {
        let (classes, class_of) = classes(spec, asked);
        let is_read_only = classes.iter().map(|(_, call)| spec.is_read_only(call));
        let mut plan = Plan {
            moves: Vec::with_capacity(asked.len() * 2),
            slots: 0,
            class_of,
            is_read_only: is_read_only.collect(),
            classes,
            bins: Vec::new(),
        };
        plan.lay_out(asked);
        plan
    }

    /// How many returns there are before the move `to`.
    pub(super) fn returns(&self, to: u32) -> usize {
        let moves = self.moves.iter().take(to as usize);
        moves
            .filter(|step| matches!(step, Move::Close { .. }))
            .count()
    }

    fn lay_out(&mut self, asked: &[Asked]) {
        let mut slots = Slots::default();
        let mut slot_of = vec![0; asked.len()];
        let mut bin_of: FxHashMap<Class, u32> = FxHashMap::default();
        let mut last_return = 0;
        for event in events(asked) {
            let place = event.op as usize;
            let op = event.op;
            let class = self.class_of[place];
            if event.is_return {
                let slot = slot_of[place];
                slots.free.push(slot);
                self.moves.push(Move::Close { slot, op });
                last_return = self.moves.len();
            } else if asked[place].is_answered() {
                let slot = slots.take();
                slot_of[place] = slot;
                self.moves.push(Move::Open { slot, op });
            } else if !self.is_read_only[class as usize] {
                let bin = *bin_of.entry(class).or_insert_with(|| {
                    let ops = Vec::new();
                    self.bins.push(Bin { class, ops });
                    u32::try_from(self.bins.len() - 1).expect("fewer than 2^32 kinds")
                });
                self.bins[bin as usize].ops.push(op);
                self.moves.push(Move::Offer { bin, op });
            }
        }
        self.moves.truncate(last_return);
        self.slots = slots.count as usize;
    }
}

/// Numbers the kinds of calls. Who asks makes a difference only where the object cares.
pub(in crate::linearizable) fn classes<'a, S: Spec>(
    spec: &S,
    asked: &'a [Asked],
) -> (Vec<(Process, &'a Call)>, Vec<Class>) {
    let is_owner_aware = spec.is_owner_aware();
    let mut known: FxHashMap<(Process, &Call), Class> = FxHashMap::default();
    let mut classes = Vec::new();
    let class_of = asked.iter().map(|asked| {
        let process = if is_owner_aware {
            asked.process
        } else {
            Process(0)
        };
        *known.entry((process, &asked.call)).or_insert_with(|| {
            classes.push((asked.process, &asked.call));
            Class::try_from(classes.len() - 1).expect("fewer than 2^32 kinds of calls")
        })
    });
    let class_of = class_of.collect();
    (classes, class_of)
}

#[derive(Clone, Copy)]
struct Event {
    op: u32,
    is_return: bool,
}

/// The events of an object in their order.
fn events(asked: &[Asked]) -> impl Iterator<Item = Event> {
    let returns = asked.iter().filter(|asked| asked.is_answered());
    let ends = returns.map(|asked| asked.returned);
    let last = ends.chain(asked.iter().map(|asked| asked.invoked)).max();
    let mut events = vec![None; last.map_or(0, |last| last as usize + 1)];
    for (op, asked) in (0_u32..).zip(asked) {
        let is_return = false;
        events[asked.invoked as usize] = Some(Event { op, is_return });
        if asked.is_answered() {
            let is_return = true;
            events[asked.returned as usize] = Some(Event { op, is_return });
        }
    }
    events.into_iter().flatten()
}

/// Hands out the small numbers that are free.
#[derive(Default)]
struct Slots {
    free: Vec<u32>,
    count: u32,
}

impl Slots {
    fn take(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.count += 1;
            self.count - 1
        })
    }
}
