//! A register and what was done to it, with values replaced by small numbers.
use crate::linearizable::timed::Timed;

/// What the register holds, as an index into the key's table of values.
pub(super) type State = u32;

/// Where every register begins: most often, the key does not exist.
pub(super) const NIL: State = 0;

pub(super) use crate::linearizable::timed::NEVER;

/// What an operation does to the register, or says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Act {
    /// Sets the register, whatever it holds.
    Write(State),
    /// Replaces `from` by another value: a compare-and-set that succeeded, or one of unknown outcome.
    Swap { from: State, to: State },
    /// Held this value: a read, or a compare-and-set that was refused and says why.
    Observe(State),
    /// Held anything but this: a compare-and-set that was refused and does not say why.
    ObserveNot(State),
}

impl Act {
    /// Whether the operation can take effect while the register holds `state`.
    pub(super) fn accepts(self, state: State) -> bool {
        match self {
            Act::Write(_) => true,
            Act::Swap { from, .. } => state == from,
            Act::Observe(value) => state == value,
            Act::ObserveNot(value) => state != value,
        }
    }

    /// The value that it leaves behind; none if it only looks.
    pub(super) fn written(self) -> Option<State> {
        match self {
            Act::Write(to) | Act::Swap { to, .. } => Some(to),
            Act::Observe(_) | Act::ObserveNot(_) => None,
        }
    }

    /// What the register holds afterwards, if the operation can take effect at all.
    pub(super) fn step(self, state: State) -> Option<State> {
        self.accepts(state).then(|| self.written().unwrap_or(state))
    }

    /// Whether it only looks.
    pub(super) fn is_pure(self) -> bool {
        self.written().is_none()
    }

    /// Whether it says anything about what the register held before.
    pub(super) fn is_consumer(self) -> bool {
        match self {
            Act::Write(_) => false,
            Act::Swap { .. } | Act::Observe(_) | Act::ObserveNot(_) => true,
        }
    }
}

/// One operation on a register.
pub(super) type RegisterOp = Timed<Act>;

/// Everything that was done to one register.
#[derive(Clone, Debug, Default)]
pub(super) struct Register {
    /// In order of invocation; their events fill the positions from 0 without a gap.
    pub(super) ops: Vec<RegisterOp>,
}

impl Register {
    /// A register of operations whose positions may have gaps.
    pub(super) fn close_gaps(mut ops: Vec<RegisterOp>) -> Register {
        let mut positions: Vec<u32> = Vec::with_capacity(ops.len() * 2);
        for op in &ops {
            positions.push(op.invoked);
            if op.is_answered() {
                positions.push(op.returned);
            }
        }
        positions.sort_unstable();
        let rank = |position: u32| {
            let rank = positions.binary_search(&position);
            u32::try_from(rank.expect("collected above")).expect("fewer than 2^32 events")
        };
        for op in &mut ops {
            op.invoked = rank(op.invoked);
            if op.is_answered() {
                op.returned = rank(op.returned);
            }
        }
        ops.sort_unstable_by_key(|op| op.invoked);
        Register { ops }
    }

    /// How many events there are.
    pub(super) fn events(&self) -> usize {
        let answered = self.ops.iter().filter(|op| op.is_answered()).count();
        self.ops.len() + answered
    }

    /// The events in order: the operation, and whether it returns.
    pub(super) fn in_time(&self) -> impl Iterator<Item = (u32, bool)> {
        let mut events = vec![0_u64; self.events()];
        for (index, op) in (0_u64..).zip(&self.ops) {
            events[op.invoked as usize] = index << 1;
            if op.is_answered() {
                events[op.returned as usize] = index << 1 | 1;
            }
        }
        events
            .into_iter()
            .map(|event| ((event >> 1) as u32, event & 1 == 1))
    }

    /// One more than the largest state that is mentioned.
    pub(super) fn states(&self) -> usize {
        let largest = self.ops.iter().map(|op| match op.act {
            Act::Write(state) | Act::Observe(state) | Act::ObserveNot(state) => state,
            Act::Swap { from, to } => from.max(to),
        });
        largest.max().unwrap_or(NIL) as usize + 1
    }
}
