//! What proposers and acceptors say to each other, after "Paxos Made Simple" (Lamport, 2001), section 2.2.
use harness::Value;
use serde::{Deserialize, Serialize};

/// The number of a proposal: unique, because each node counts rounds of its own, and totally ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Ballot {
    pub(super) round: u64,
    /// Who proposes under it.
    pub(super) node: u64,
}

/// What may be accepted: no two proposals have the same ballot and different values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Proposal {
    pub(super) ballot: Ballot,
    pub(super) value: Value,
}

/// What a proposer asks of an acceptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Request {
    /// Phase 1: never again accept anything below this ballot, and tell what was accepted so far.
    Prepare(Ballot),
    /// Phase 2: accept this.
    Accept(Proposal),
}

/// What an acceptor answers, with the ballot that it was asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reply {
    /// To a prepare: agreed, and this is the highest proposal that it has accepted.
    Promise {
        ballot: Ballot,
        accepted: Option<Proposal>,
    },
    /// To an accept: done.
    Accepted { ballot: Ballot },
    /// No: it has promised a higher ballot.
    Refused { ballot: Ballot, promised: Ballot },
}

impl Reply {
    /// Whether others rely on it, so that it has to be on disk before it is said.
    pub(super) fn binds(&self) -> bool {
        match self {
            Reply::Promise { .. } | Reply::Accepted { .. } => true,
            Reply::Refused { .. } => false,
        }
    }
}
