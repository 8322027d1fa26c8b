//! What each level asks, as arcs that close no cycle.
use crate::transactional::{Family, Level};

/// How a transaction stands in the order, and which arcs follow from a dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// At one moment: all dependencies lead from one transaction to the other.
    Whole,
    /// It reads at its start and writes at its commit (Cerone and Gotsman, "Analysing snapshot
    /// isolation", PODC 2016): reads-from and overwriting lead from a commit to a start, overwriting
    /// what somebody read from the start of that one to a commit.
    Snapshot,
    /// The same, but who overwrites something may have started before it was there.
    Prefix,
    /// At one moment, and a cycle needs two anti-dependencies to be allowed: parallel snapshot
    /// isolation (Cerone, Bernardi and Gotsman, CONCUR 2015).
    Parallel,
    /// Transactions that write are serializable, and so they are together with any one that only
    /// reads: PL-3U (Adya, PhD thesis, MIT 1999, section 4.2).
    Updates,
}

/// A level as the engine sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rules {
    pub(super) shape: Shape,
    pub(super) family: Family,
    /// Whether nothing comes between what a transaction read and what it wrote over it.
    pub(super) keeps_updates: bool,
}

impl Rules {
    /// The rules of a level that is decided here.
    pub(super) fn of(level: Level) -> Option<Rules> {
        let (shape, family) = match level {
            Level::ParallelSnapshotIsolation => (Shape::Parallel, Family::Plain),
            Level::Prefix => (Shape::Prefix, Family::Plain),
            Level::SnapshotIsolation => (Shape::Snapshot, Family::Plain),
            Level::UpdateSerializable => (Shape::Updates, Family::Plain),
            // Registers have no predicates: then PL-2.99 is PL-3.
            Level::RepeatableRead | Level::Serializable => (Shape::Whole, Family::Plain),
            Level::StrongSessionSnapshotIsolation => (Shape::Snapshot, Family::Session),
            Level::StrongSessionSerializable => (Shape::Whole, Family::Session),
            Level::StrongSnapshotIsolation => (Shape::Snapshot, Family::Strong),
            Level::StrictSerializable => (Shape::Whole, Family::Strong),
            _ => return None,
        };
        Some(Rules::new(shape, family))
    }

    pub(super) fn new(shape: Shape, family: Family) -> Rules {
        Rules {
            shape,
            family,
            keeps_updates: shape != Shape::Prefix,
        }
    }

    /// Whether starts and commits are nodes of their own.
    pub(super) fn is_split(&self) -> bool {
        matches!(self.shape, Shape::Snapshot | Shape::Prefix)
    }
}
