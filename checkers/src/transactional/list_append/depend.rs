//! Who has to come after whom, straight from the versions.
use super::{ListAppend, NONE};
use crate::transactional::{Arc, F, Graph, Txn, Via};

/// More dependencies than this are not written down.
const ARCS_MAX: usize = 1 << 29;

/// What has to come after a transaction.
#[derive(Clone, Copy)]
pub(super) enum After {
    /// This one.
    One { txn: Txn, via: Via, key: u32 },
    /// All unseen appends of a key.
    Tail { via: Via, key: u32 },
}

impl ListAppend<'_> {
    /// What has to come after `txn`, itself among it.
    #[inline]
    pub(super) fn after(&self, txn: Txn, mut with: impl FnMut(After)) {
        let versions = &self.versions;
        for at in self.range(txn) {
            let mut version = self.of_step[at];
            if version == NONE {
                continue;
            }
            let key = self.txns.key[at];
            let via = match self.txns.f[at] {
                F::Append => {
                    for reader in self.readers_of(version) {
                        with(After::One {
                            txn: *reader,
                            via: Via::Wr,
                            key,
                        });
                    }
                    Via::Ww
                }
                F::ReadList => {
                    // Who appends to what it read does not overtake itself; the next one does.
                    while versions.next[version as usize] == txn {
                        version += 1;
                    }
                    Via::Rw
                }
                F::Read | F::Write => continue,
            };
            let next = versions.next[version as usize];
            if next != NONE {
                with(After::One {
                    txn: next,
                    via,
                    key,
                });
            } else if !self.tails.of(key).is_empty() {
                with(After::Tail { via, key });
            }
        }
    }

    /// The dependencies between transactions that certainly took effect, or between those of `only`.
    /// Of a key's versions each depends on the one before it only.
    ///
    /// # Errors
    /// If they are too many: each reader of a key's last version comes before each unseen append.
    pub fn graph(&self, only: Option<&[bool]>) -> Result<Graph, String> {
        let is_in = |txn: Txn| {
            let txn = txn as usize;
            self.versions.is_included[txn] && only.is_none_or(|only| only[txn])
        };
        let mut arcs = Vec::new();
        let mut is_full = false;
        for from in (0..self.txns.len() as Txn).filter(|txn| is_in(*txn)) {
            self.after(from, |after| match after {
                After::One { txn: to, via, key } if to != from && is_in(to) => {
                    arcs.push(Arc { from, to, via, key });
                }
                After::One { .. } => {}
                After::Tail { via, key } => {
                    is_full |= arcs.len() + self.tails.of(key).len() > ARCS_MAX;
                    let tail = self.tails.of(key).iter().filter(|_| !is_full);
                    let tail = tail.filter(|to| **to != from && is_in(**to));
                    arcs.extend(tail.map(|to| Arc {
                        from,
                        to: *to,
                        via,
                        key,
                    }));
                }
            });
            if is_full {
                return Err(format!("more than {ARCS_MAX} dependencies"));
            }
        }
        Ok(Graph::new(self.txns.len(), arcs))
    }
}
