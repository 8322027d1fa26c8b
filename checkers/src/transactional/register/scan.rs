//! One walk over all steps: where each read came from, and what a transaction contradicts itself.
use super::lookup::{Lookup, Origin};
use super::{Read, Registers, Source};
use crate::AnomalyKind;
use crate::transactional::{F, Status, Step, Txn, Txns, ValueId};

/// What the transaction that is looked at knows of a key.
#[derive(Clone, Copy)]
struct Known {
    /// Which transaction that is; of all others nothing is known.
    txn: Txn,
    value: ValueId,
    is_written: bool,
    /// Where the value came from, if it was read.
    source: Source,
}

const NOBODY: Txn = Txn::MAX;

impl Registers {
    /// Traces all reads.
    pub(super) fn scan(&mut self, txns: &Txns) {
        let lookup = Lookup::new(self);
        self.is_unique = vec![true; self.keys()];
        for version in lookup.repeated() {
            if lookup.is_shared((txns, self), version) {
                let key = self.key_of(version);
                self.is_unique[key as usize] = false;
            }
        }
        let nothing = Known {
            txn: NOBODY,
            value: ValueId::NIL,
            is_written: false,
            source: Source::INITIAL,
        };
        let mut known = vec![nothing; self.keys()];
        self.read_starts = Vec::with_capacity(txns.len() + 1);
        self.read_starts.push(0);
        for txn in 0..txns.len() as Txn {
            if txns.status[txn as usize] == Status::Ok {
                for step in txns.steps(txn) {
                    self.step(txns, &lookup, &mut known[step.key as usize], txn, step);
                }
            }
            self.read_starts.push(self.reads.len() as u32);
        }
    }

    fn step(&mut self, txns: &Txns, lookup: &Lookup, known: &mut Known, txn: Txn, step: Step) {
        let is_known = known.txn == txn;
        match step.f {
            F::Write => {
                *known = Known {
                    txn,
                    value: step.value,
                    is_written: true,
                    source: Source::INITIAL,
                }
            }
            F::Read if step.value == ValueId::NOT_TOLD => {}
            F::Read if is_known && known.value == step.value => {
                // After another read the same answer may be one too old.
                let start = self.read_starts[txn as usize] as usize;
                let last = self.reads[start..].last();
                if !known.is_written && last.is_some_and(|read| read.key != step.key) {
                    self.reads.push(Read {
                        key: step.key,
                        source: known.source,
                    });
                }
            }
            F::Read if is_known && known.is_written => {
                // The first one is told however many others there are: a level is refuted by it.
                if self.has_room(AnomalyKind::Internal) || self.uncommitted.is_none() {
                    let at = self.found(txns.contradicts_own_write(txn, step, known.value));
                    self.uncommitted.get_or_insert(at);
                }
                // What it answered from here on is compared with what it said now.
                known.value = step.value;
            }
            F::Read => {
                if is_known && (self.has_room(AnomalyKind::Internal) || self.unrepeatable.is_none())
                {
                    let at = self.found(txns.contradicts_own_read(txn, step, known.value));
                    self.unrepeatable.get_or_insert(at);
                }
                let source = self.source(txns, lookup, txn, step);
                *known = Known {
                    txn,
                    value: step.value,
                    is_written: false,
                    source,
                };
                self.reads.push(Read {
                    key: step.key,
                    source,
                });
            }
            F::Append | F::ReadList => {}
        }
    }

    fn source(&mut self, txns: &Txns, lookup: &Lookup, txn: Txn, step: Step) -> Source {
        let origin = lookup.origin((txns, self), step.key, step.value, txn);
        if step.value == ValueId::NIL {
            // Nil may be what was there in the beginning, or what somebody wrote.
            let is_written =
                matches!(origin, Origin::One(version) if self.writer[version as usize] != txn);
            if !is_written && origin != Origin::Many {
                return Source::INITIAL;
            }
            self.ambiguous += 1;
            return Source::AMBIGUOUS;
        }
        let (kind, writer) = match origin {
            Origin::One(version) => {
                let writer = self.writer[version as usize];
                if writer != txn {
                    self.is_included[writer as usize] = true;
                    return Source::of(version);
                }
                (AnomalyKind::FutureRead, txn)
            }
            Origin::Many => {
                self.ambiguous += 1;
                return Source::AMBIGUOUS;
            }
            Origin::Overwritten(version) if self.writer[version as usize] == txn => {
                (AnomalyKind::FutureRead, txn)
            }
            Origin::Overwritten(version) => {
                (AnomalyKind::IntermediateRead, self.writer[version as usize])
            }
            Origin::Aborted(version) => (AnomalyKind::AbortedRead, self.writer[version as usize]),
            Origin::Nobody => (AnomalyKind::GarbageRead, txn),
        };
        self.broken += 1;
        if self.has_room(kind) {
            let at = self.found(match kind {
                AnomalyKind::FutureRead => txns.future_read(txn, step),
                AnomalyKind::IntermediateRead => txns.intermediate_read(txn, step, writer),
                AnomalyKind::AbortedRead => txns.aborted_read(txn, step, writer),
                _ => txns.garbage_read(txn, step),
            });
            self.uncommitted.get_or_insert(at);
        }
        Source::BROKEN
    }
}
