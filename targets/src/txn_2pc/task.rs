//! What a participant has to do with one transaction, and how far it is with it.
use super::messages::{Part, Record};
use crate::steps::{Held, Step};
use harness::Key;

/// What has become of a transaction here.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) state: State,
    pub(crate) since: u64,
    pub(crate) asked: u64,
    pub(crate) wounded: Option<u64>,
}

#[derive(Debug)]
pub(crate) enum State {
    /// For locks.
    Waiting(Part),
    /// It was only read, for another node. It may be let go at any time: the coordinator asks.
    Reading,
    /// The coordinator is this node: whatever makes one forget makes the other forget.
    Local(Vec<(Key, Held)>),
    /// Promised: nothing but the coordinator's word ends this.
    Prepared(Vec<(Key, Held)>),
    /// Committed, and on its way to the disk.
    Applied,
}

/// Transactions that are prepared and not decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InDoubt {
    pub(crate) count: usize,
    /// How long the oldest of them has been so, in milliseconds.
    pub(crate) oldest_ms: u64,
}

impl Task {
    pub(crate) fn new(state: State, now: u64) -> Task {
        Task {
            state,
            since: now,
            asked: now,
            wounded: None,
        }
    }
}

pub(crate) fn records(writes: &[(Key, Held)]) -> Vec<Record> {
    let record = |(key, held): &(Key, Held)| Record::Key(*key, held.clone());
    writes.iter().map(record).collect()
}

/// What a step has read, if it is one that reads.
pub(crate) fn found(step: Step) -> Option<Held> {
    match step {
        Step::Read(_, held) => held,
        Step::Append(_, _) | Step::Write(_, _) | Step::Add(_, _) => None,
    }
}
