//! A transaction that its coordinator has not decided yet: who has which steps, and what they have said.
use super::{
    messages::{Part, TxnId},
    outbox::Outcome,
};
use crate::steps::{Held, Step, Txn};
use std::collections::BTreeMap;

/// A transaction as a client asked for it.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) ticket: u64,
    pub(crate) txn: Txn,
    pub(crate) deadline: u64,
    pub(crate) attempts: u64,
}

/// One that is not decided, or whose decision is on its way to the disk.
#[derive(Debug)]
pub(crate) struct Active {
    pub(crate) asked: Asked,
    pub(crate) phase: Phase,
    pub(crate) parts: BTreeMap<u64, Share>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Voting,
    /// All have voted; those that only read are asked whether they still hold their locks.
    Confirming,
    Deciding,
}

/// What one participant does of it.
#[derive(Debug, Default)]
pub(crate) struct Share {
    /// Which of the steps.
    pub(crate) at: Vec<usize>,
    pub(crate) vote: Option<Promise>,
    pub(crate) is_confirmed: bool,
}

#[derive(Debug)]
pub(crate) struct Promise {
    pub(crate) is_writing: bool,
    pub(crate) found: Vec<Option<Held>>,
}

impl Share {
    pub(crate) fn is_writing(&self) -> bool {
        self.vote.as_ref().is_some_and(|promise| promise.is_writing)
    }
}

impl Active {
    /// Splits a transaction by shard.
    pub(crate) fn new(asked: Asked, owner: impl Fn(&Step) -> u64) -> Active {
        let mut parts = BTreeMap::<u64, Share>::new();
        for (at, step) in asked.txn.steps().iter().enumerate() {
            parts.entry(owner(step)).or_default().at.push(at);
        }
        let phase = Phase::Voting;
        Active {
            asked,
            phase,
            parts,
        }
    }

    /// What each participant is to do, as the attempt `id`.
    pub(crate) fn shares(&self, id: TxnId) -> impl Iterator<Item = (u64, Part)> {
        self.parts.iter().map(move |(node, share)| {
            let steps = share
                .at
                .iter()
                .map(|at| self.asked.txn.steps()[*at].clone());
            let part = Part {
                id,
                steps: steps.collect(),
                floor: self.asked.txn.floor(),
                is_alone: self.is_alone(),
            };
            (*node, part)
        })
    }

    /// Whether there is one participant, who decides by itself.
    pub(crate) fn is_alone(&self) -> bool {
        self.parts.len() == 1
    }

    /// Whether all have voted.
    pub(crate) fn has_all_votes(&self) -> bool {
        self.parts.values().all(|share| share.vote.is_some())
    }

    /// Participants at other nodes that have something to write.
    pub(crate) fn writers(&self, own: u64) -> Vec<u64> {
        let writers = self
            .parts
            .iter()
            .filter(|(node, share)| **node != own && share.is_writing());
        writers.map(|(node, _)| *node).collect()
    }

    /// The steps, with what was read filled in.
    pub(crate) fn answer(&self) -> Outcome {
        let mut steps = self.asked.txn.steps().to_vec();
        for share in self.parts.values() {
            let Some(Promise { found, .. }) = &share.vote else {
                continue;
            };
            for (at, found) in share.at.iter().zip(found) {
                if let Step::Read(_, held) = &mut steps[*at] {
                    held.clone_from(found);
                }
            }
        }
        Ok(steps)
    }
}
