//! Which dependencies join which layers: a level as a graph without cycles.
use crate::transactional::{Family, Via};

/// In one layer a transaction is one moment; in two, layer 1 is its snapshot and layer 0 its
/// commit, and the snapshot comes before the commit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moves([[u8; 2]; 5]);

const NO: u8 = u8::MAX;

/// A level as a graph without cycles.
#[derive(Clone, Copy, Debug)]
pub(in crate::transactional) struct Shape {
    /// How many moments each transaction has.
    pub(super) layers: u32,
    moves: Moves,
}

const NEVER: [u8; 2] = [NO, NO];
const ONE: [u8; 2] = [0, NO];
/// From commit to snapshot: the second sees the first.
const SEEN: [u8; 2] = [1, NO];
/// From commit to commit.
const AFTER: [u8; 2] = [0, NO];
/// From snapshot to commit: the first does not see the second.
const UNSEEN: [u8; 2] = [NO, 0];

impl Shape {
    /// Read uncommitted: ww (Adya, PL-1).
    pub(in crate::transactional) fn uncommitted(family: Family) -> Shape {
        Shape::one([ONE, NEVER, NEVER], family)
    }

    /// Read committed: ww and wr (Adya, PL-2).
    pub(in crate::transactional) fn committed(family: Family) -> Shape {
        Shape::one([ONE, ONE, NEVER], family)
    }

    /// Serializable: all of them (Adya, PL-3).
    pub(in crate::transactional) fn serializable(family: Family) -> Shape {
        Shape::one([ONE, ONE, ONE], family)
    }

    /// Prefix: each transaction sees all that committed before its snapshot (Cerone, Bernardi,
    /// Gotsman 2015, PREFIX), that is, ww and wr with at most one rw after it have no cycle.
    pub(in crate::transactional) fn prefix(family: Family) -> Shape {
        Shape::two([AFTER, SEEN, UNSEEN], family)
    }

    /// Snapshot isolation: and whoever overwrites something has seen it (NOCONFLICT): ww or wr,
    /// with at most one rw after it, have no cycle (Cerone, Gotsman 2016, theorem 9).
    pub(in crate::transactional) fn snapshot(family: Family) -> Shape {
        Shape::two([SEEN, SEEN, UNSEEN], family)
    }

    fn one(data: [[u8; 2]; 3], family: Family) -> Shape {
        Shape::new(1, data, ONE, family)
    }

    fn two(data: [[u8; 2]; 3], family: Family) -> Shape {
        Shape::new(2, data, SEEN, family)
    }

    fn new(layers: u32, [ww, wr, rw]: [[u8; 2]; 3], order: [u8; 2], family: Family) -> Shape {
        let (process, realtime) = match family {
            Family::Plain => (NEVER, NEVER),
            Family::Session => (order, NEVER),
            Family::Strong => (order, order),
        };
        Shape {
            layers,
            moves: Moves([ww, wr, rw, process, realtime]),
        }
    }

    /// The layer that a dependency ends in when it begins in `layer`, if it can.
    pub(super) fn target(&self, via: Via, layer: u32) -> Option<u32> {
        let to = self.moves.0[via as usize][layer as usize];
        (to != NO).then_some(u32::from(to))
    }
}
