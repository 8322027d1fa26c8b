//! What coordinators and participants say to each other, and what they keep on disk.
use super::locks::LockSet;
use crate::steps::{Held, Step};
use harness::{Key, Value};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One attempt at a transaction. No two have the same, restarts included: each start of a node is
/// an epoch of its own.
///
/// Their order is that of their age: the smaller is the older. A transaction that is tried again
/// keeps its birth, and so grows old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "(u64, u64, u64, u64)", into = "(u64, u64, u64, u64)")]
pub(crate) struct TxnId {
    /// When it was asked for: microseconds by the coordinator's clock, moved ahead by whatever it hears of.
    pub(crate) born: u64,
    /// The node that it was asked of.
    pub(crate) coordinator: u64,
    pub(crate) epoch: u64,
    pub(crate) number: u64,
}

impl From<(u64, u64, u64, u64)> for TxnId {
    fn from((born, coordinator, epoch, number): (u64, u64, u64, u64)) -> TxnId {
        TxnId {
            born,
            coordinator,
            epoch,
            number,
        }
    }
}

impl From<TxnId> for (u64, u64, u64, u64) {
    fn from(id: TxnId) -> (u64, u64, u64, u64) {
        (id.born, id.coordinator, id.epoch, id.number)
    }
}

impl fmt::Display for TxnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TxnId {
            born,
            coordinator,
            epoch,
            number,
        } = self;
        write!(f, "{born}.{coordinator}.{epoch}.{number}")
    }
}

/// From one node to another, or to itself. Each is sent once; those that are sent again may be
/// heard any number of times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Message {
    /// To a participant, never sent again: lock, do these steps, and vote.
    Prepare(Part),
    /// To the coordinator.
    Vote(TxnId, Vote),
    /// To a participant that only read, when all have voted: let go of the locks if they are still held.
    Confirm(TxnId),
    /// To the coordinator: whether they were.
    Confirmed(TxnId, bool),
    /// To a participant, again and again until it says that this is done.
    Commit(TxnId),
    /// To a participant, once: who does not hear it asks.
    Abort(TxnId),
    /// To the coordinator: what was committed is on disk, and it need not be asked for again.
    Done(TxnId),
    /// To the coordinator, again and again: what became of it?
    Inquire(TxnId),
    /// To a participant that inquired: the coordinator knows nothing of it, and will never commit it.
    Unknown(TxnId),
    /// To the coordinator, again and again: an older one waits for it; abort it if that can still be done.
    Wound(TxnId),
}

/// The steps of a transaction that are one participant's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) id: TxnId,
    pub(crate) steps: Vec<Step>,
    pub(crate) floor: Option<Value>,
    /// There is no other participant: this one decides by itself, in one phase.
    pub(crate) is_alone: bool,
}

/// What a participant says to the steps that it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Vote {
    /// They can be done, and it is on disk: with what each step read.
    Yes(Vec<Option<Held>>),
    /// They only read, this, and the locks are held; nothing is on disk.
    ReadOnly(Vec<Option<Held>>),
    /// It was the only participant, and they are done.
    Committed(Vec<Option<Held>>),
    /// They never will be done: what was found does not allow it.
    Rejected(String),
    /// They never will be done, but might be if they were asked for anew.
    Lost,
}

/// A change on disk. Those of one batch are written together or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    Key(Key, Held),
    Prepared(TxnId, Prepared),
    /// It is decided: the participant need not remember that it prepared.
    Unprepared(TxnId),
    /// The coordinator's decision to commit, and who has to be told.
    Decided(TxnId, Vec<u64>),
    /// All know it.
    Ended(TxnId),
}

/// What a participant remembers of a transaction that it voted yes for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Prepared {
    /// Those that only read among them: a lock that is forgotten in a restart could let another
    /// one write between what this one has read here and what it reads elsewhere.
    pub(crate) locks: LockSet,
    pub(crate) writes: Vec<(Key, Held)>,
}

/// What a node finds on its disk when it starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Image {
    pub(crate) keys: Vec<(Key, Held)>,
    pub(crate) prepared: Vec<(TxnId, Prepared)>,
    pub(crate) decided: Vec<(TxnId, Vec<u64>)>,
}
