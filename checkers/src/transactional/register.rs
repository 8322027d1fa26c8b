//! Registers: who wrote what each transaction read, and what is wrong about that by itself.
mod evidence;
mod lookup;
mod lost;
mod scan;
mod tell;
#[cfg(test)]
mod tests;

pub use evidence::ReadsFrom;

use super::{Arc, Finding, NO_KEY, Status, Txn, Txns, ValueId, Via};
use crate::AnomalyKind;

/// One write of a register, whether or not it took effect. The versions of one key have consecutive
/// numbers, in the order of [`Txns`] and of the steps of a transaction: this says nothing about the
/// order in which the system had them.
pub type Version = u32;

/// Where the answer of a read came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source(u32);

impl Source {
    /// Nobody had written the key.
    pub const INITIAL: Source = Source(u32::MAX);
    /// Several transactions wrote this value to this key, and nobody knows whose it was.
    pub const AMBIGUOUS: Source = Source(u32::MAX - 1);
    /// No transaction that may have committed left this value there: there is a [`Finding`] for it.
    pub const BROKEN: Source = Source(u32::MAX - 2);

    /// The last write of a transaction to the key.
    pub fn of(version: Version) -> Source {
        Source(version)
    }

    /// The version, if it is known and somebody wrote it.
    pub fn version(self) -> Option<Version> {
        (self.0 < Source::BROKEN.0).then_some(self.0)
    }
}

/// An external read: of a key that the transaction has not written before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// Of what.
    pub key: u32,
    /// Where its answer came from.
    pub source: Source,
}

/// The registers of a history: versions by key, reads and last writes by transaction.
///
/// A value is traced to whoever may have committed it as its last word on the key; the only initial
/// value is nil. Where several may have, the read is [`Source::AMBIGUOUS`].
#[derive(Debug, Default)]
pub struct Registers {
    /// Where the versions of each key begin; one more at the end.
    pub version_starts: Vec<Version>,
    /// Who wrote each version.
    pub writer: Vec<Txn>,
    /// What was written.
    pub value: Vec<ValueId>,
    /// Whether each version is the last that its writer wrote to its key.
    pub is_final: Vec<bool>,
    /// Where the external reads of each transaction begin; one more at the end.
    pub read_starts: Vec<u32>,
    /// External reads in the order of their transaction's steps. Of several in a row that found the
    /// same in one key only the first is kept. Only committed transactions have any.
    pub reads: Vec<Read>,
    /// Where the keys that each transaction writes begin; one more at the end.
    pub write_starts: Vec<u32>,
    /// The last version of each key that a transaction writes, by ascending key.
    pub writes: Vec<Version>,
    /// The keys of `writes`.
    pub write_keys: Vec<u32>,
    /// Whether each transaction certainly took effect: it committed, or its outcome is unknown and
    /// a committed one read what it wrote.
    pub is_included: Vec<bool>,
    /// Whether each key is free of values that two transactions may both have committed.
    pub is_unique: Vec<bool>,
    /// How many reads are [`Source::AMBIGUOUS`].
    pub ambiguous: usize,
    /// How many external reads are [`Source::BROKEN`].
    pub broken: usize,
    /// What is wrong by itself: at most [`Registers::FINDINGS_MAX`] of each kind.
    pub findings: Vec<Finding>,
    /// How often each kind was found.
    pub counts: Vec<(AnomalyKind, usize)>,
    /// Which of them breaks read committed, if any does: the first.
    pub uncommitted: Option<usize>,
    /// Which of them shows two answers to one question within a transaction: the first.
    pub unrepeatable: Option<usize>,
    /// Which of them is a lost update: the first.
    pub lost_update: Option<usize>,
}

impl Registers {
    /// More findings of one kind are counted, not told.
    pub const FINDINGS_MAX: usize = 100;

    /// The registers of `txns`. Appends and reads of lists are not looked at.
    ///
    /// Linear in the steps; logarithmic in the writes of a key where values are neither small
    /// numbers nor unique in the history.
    pub fn of(txns: &Txns) -> Registers {
        let mut registers = Registers {
            is_included: txns.status.iter().map(|&s| s == Status::Ok).collect(),
            ..Registers::default()
        };
        registers.gather_writes(txns);
        registers.scan(txns);
        registers.find_lost_updates(txns);
        registers
    }

    /// How many keys there are.
    pub fn keys(&self) -> usize {
        self.version_starts.len().saturating_sub(1)
    }

    /// The external reads of `txn`.
    pub fn reads_of(&self, txn: Txn) -> &[Read] {
        &self.reads[range(&self.read_starts, txn)]
    }

    /// The last versions that `txn` wrote, by ascending key.
    pub fn writes_of(&self, txn: Txn) -> &[Version] {
        &self.writes[range(&self.write_starts, txn)]
    }

    /// The keys that `txn` writes, in ascending order.
    pub fn keys_written_by(&self, txn: Txn) -> &[u32] {
        &self.write_keys[range(&self.write_starts, txn)]
    }

    /// What `txn` wrote last to `key`, if it wrote it.
    pub fn write_to(&self, txn: Txn, key: u32) -> Option<Version> {
        let range = range(&self.write_starts, txn);
        let keys = &self.write_keys[range.clone()];
        let at = if keys.len() <= 8 {
            keys.iter().position(|&k| k == key)?
        } else {
            keys.binary_search(&key).ok()?
        };
        Some(self.writes[range.start + at])
    }

    /// The versions of `key`, those of aborted transactions and those that their writers overwrote
    /// among them.
    pub fn versions_of(&self, key: u32) -> std::ops::Range<Version> {
        self.version_starts[key as usize]..self.version_starts[key as usize + 1]
    }

    /// The key of a version.
    pub fn key_of(&self, version: Version) -> u32 {
        self.version_starts
            .partition_point(|&start| start <= version) as u32
            - 1
    }

    /// Who reads from whom, once for each read whose source is known; not in any order.
    pub fn wr(&self) -> impl Iterator<Item = Arc> + '_ {
        let txns = 0..self.read_starts.len().saturating_sub(1) as Txn;
        txns.flat_map(move |to| {
            self.reads_of(to).iter().filter_map(move |read| {
                let from = self.writer[read.source.version()? as usize];
                Some(Arc {
                    from,
                    to,
                    via: Via::Wr,
                    key: read.key,
                })
            })
        })
    }

    /// Counts what was found, and says whether there is room to tell it.
    fn has_room(&mut self, kind: AnomalyKind) -> bool {
        let counted = self.counts.iter_mut().find(|(other, _)| *other == kind);
        let count = match counted {
            Some((_, count)) => {
                *count += 1;
                *count
            }
            None => {
                self.counts.push((kind, 1));
                1
            }
        };
        count <= Registers::FINDINGS_MAX
    }

    /// Adds a finding, and says where it stands.
    fn found(&mut self, finding: Finding) -> usize {
        assert!(
            finding.key < NO_KEY,
            "a finding about registers names its key"
        );
        self.findings.push(finding);
        self.findings.len() - 1
    }
}

/// What of a flat column belongs to `txn`.
fn range(starts: &[u32], txn: Txn) -> std::ops::Range<usize> {
    starts[txn as usize] as usize..starts[txn as usize + 1] as usize
}
