//! A register laid out for the search: one move an event, small numbers for what is open.
use super::cell::{Act, Register};
use super::wanted::wanted_until;
use rustc_hash::FxHashMap;

/// What the search does as it passes an event.
#[derive(Clone, Copy, Debug)]
pub(super) enum Move {
    /// An answered operation begins, and takes a slot.
    Open { slot: u16, op: u32 },
    /// An answered operation returns, and frees its slot.
    Close { slot: u16, op: u32 },
    /// One more operation of unknown outcome of this kind may be used from here on.
    Offer { bin: u32 },
    /// Nobody can want the value of this kind any longer.
    Expire { bin: u32 },
}

/// Operations of unknown outcome that do the same thing. Since none of them ever returns, any one
/// that has begun can stand for any other: only how many were used matters, not which.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bin {
    /// What they do.
    pub(super) act: Act,
    /// Its place among the bins that are alive at the same time.
    pub(super) lane: u32,
}

/// The moves of a search, up to the last return; nothing after it can go wrong.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// In order.
    pub(super) moves: Vec<Move>,
    /// How many answered operations are open at the same time, at most.
    pub(super) slots: usize,
    /// The kinds of operations of unknown outcome that can matter.
    pub(super) bins: Vec<Bin>,
    /// How many of them are alive at the same time, at most.
    pub(super) lanes: usize,
    /// For each state, the last position at which somebody can still want to find it.
    pub(super) wanted_until: Vec<u32>,
}

impl Plan {
    /// Lays out `register`.
    pub(super) fn new(register: &Register) -> Plan {
        let wanted_until = wanted_until(register);
        let mut builder = Builder {
            slot_of: vec![0; register.ops.len()],
            ..Builder::default()
        };
        builder.plan.moves.reserve(register.events());
        for (index, is_return) in register.in_time() {
            let op = register.ops[index as usize];
            match (is_return, op.is_answered()) {
                (false, true) => builder.open(index),
                (true, _) => builder.close(index, op.returned),
                (false, false) => {
                    let written = op.act.written();
                    let until = written.map_or(0, |state| wanted_until[state as usize]);
                    if op.invoked < until {
                        builder.offer(op.act, until);
                    }
                }
            }
        }
        builder.plan.wanted_until = wanted_until;
        builder.finish()
    }
}

#[derive(Default)]
struct Builder {
    plan: Plan,
    slots: Numbers,
    lanes: Numbers,
    slot_of: Vec<u16>,
    bin_of: FxHashMap<Act, u32>,
    expiring: FxHashMap<u32, Vec<u32>>,
}

impl Builder {
    fn open(&mut self, op: u32) {
        let slot = u16::try_from(self.slots.take()).unwrap_or(u16::MAX);
        self.slot_of[op as usize] = slot;
        self.plan.moves.push(Move::Open { slot, op });
    }

    fn close(&mut self, op: u32, position: u32) {
        let slot = self.slot_of[op as usize];
        self.slots.free(u32::from(slot));
        self.plan.moves.push(Move::Close { slot, op });
        if self.expiring.is_empty() {
            return;
        }
        for bin in self.expiring.remove(&position).unwrap_or_default() {
            self.lanes.free(self.plan.bins[bin as usize].lane);
            self.plan.moves.push(Move::Expire { bin });
        }
    }

    fn offer(&mut self, act: Act, until: u32) {
        let bin = *self.bin_of.entry(act).or_insert_with(|| {
            let lane = self.lanes.take();
            self.plan.bins.push(Bin { act, lane });
            let bin = u32::try_from(self.plan.bins.len() - 1).expect("fewer than 2^32 kinds");
            self.expiring.entry(until).or_default().push(bin);
            bin
        });
        self.plan.moves.push(Move::Offer { bin });
    }

    fn finish(mut self) -> Plan {
        let is_close = |step: &Move| matches!(step, Move::Close { .. });
        let end = self.plan.moves.iter().rposition(is_close);
        self.plan.moves.truncate(end.map_or(0, |last| last + 1));
        self.plan.slots = self.slots.count as usize;
        self.plan.lanes = self.lanes.count as usize;
        self.plan
    }
}

/// Hands out the small numbers that are free.
#[derive(Default)]
struct Numbers {
    free: Vec<u32>,
    count: u32,
}

impl Numbers {
    fn take(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.count += 1;
            self.count - 1
        })
    }

    fn free(&mut self, number: u32) {
        self.free.push(number);
    }
}
