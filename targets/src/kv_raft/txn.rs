//! What a transaction comes to on one snapshot of the data.
use super::store::Store;
use crate::steps::{Abort, Attempt, Ran, Txn};

/// All steps of `txn` on one snapshot.
pub(crate) fn run(txn: &Txn, store: &Store) -> Result<Ran, Abort> {
    let mut attempt = Attempt::new(txn.floor());
    for step in txn.steps() {
        attempt.take(step, |key| (store.get(key).cloned(), store.version(key)))?;
    }
    attempt.finish()
}

#[cfg(test)]
mod tests;
