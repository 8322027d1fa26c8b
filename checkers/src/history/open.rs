//! Which operation each process has open: a table for small process numbers, a map for the rest.
use super::Process;
use rustc_hash::FxHashMap;

/// Where the invocation of each open operation stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Open {
    /// By process, one more than the position; 0 for none.
    dense: Vec<usize>,
    sparse: FxHashMap<Process, usize>,
}

/// Processes are numbered from 0, and a fresh number follows an unknown outcome; half a megabyte
/// covers what real runs use, and a hostile number costs an entry of the map and no table.
const DENSE_MAX: usize = 1 << 16;

impl Open {
    pub(super) fn get(&self, process: Process) -> Option<usize> {
        let slot = process.0 as usize;
        if slot < DENSE_MAX {
            self.dense.get(slot)?.checked_sub(1)
        } else {
            self.sparse.get(&process).copied()
        }
    }

    pub(super) fn insert(&mut self, process: Process, position: usize) {
        let slot = process.0 as usize;
        if slot < DENSE_MAX {
            if slot >= self.dense.len() {
                self.dense.resize(slot + 1, 0);
            }
            self.dense[slot] = position + 1;
        } else {
            self.sparse.insert(process, position);
        }
    }

    pub(super) fn remove(&mut self, process: Process) {
        let slot = process.0 as usize;
        if slot < DENSE_MAX {
            if let Some(entry) = self.dense.get_mut(slot) {
                *entry = 0;
            }
        } else {
            self.sparse.remove(&process);
        }
    }
}
