//! What each transaction has, through others, seen of each session: vector clocks that are dropped when nobody needs them.
use super::view::{INITIAL, NONE, View};
use crate::Budget;
use crate::transactional::Txn;

/// The clocks of the transactions that somebody may still read from, while they go by in an order.
pub(super) struct Clocks {
    /// How many places a clock has.
    width: usize,
    rows: Vec<u32>,
    free: Vec<u32>,
    /// Of each transaction, the row of its clock.
    row: Vec<u32>,
    /// How often it is still needed.
    needed: Vec<u32>,
    /// The chain of sessions that each transaction is in, and its place there, from one.
    pub(super) chain: Vec<u32>,
    pub(super) place: Vec<u32>,
    /// How long each chain is.
    pub(super) lengths: Vec<u32>,
    /// Chains whose last session is over.
    ended: Vec<u32>,
    /// What the transaction that goes by has seen.
    pub(super) now: Vec<u32>,
    pub(super) taken: u64,
}

impl Clocks {
    pub(super) fn new(view: &View<'_>) -> Clocks {
        let txns = view.txns.len();
        let mut needed = vec![0; txns];
        for txn in view.included() {
            let previous = view.previous[txn as usize];
            if previous != NONE {
                needed[previous as usize] += 1;
            }
            for (_, writer) in view.reads(txn) {
                if writer != INITIAL {
                    needed[writer as usize] += 1;
                }
            }
        }
        Clocks {
            width: 8,
            rows: Vec::new(),
            free: Vec::new(),
            row: vec![NONE; txns],
            needed,
            chain: vec![NONE; txns],
            place: vec![0; txns],
            lengths: Vec::new(),
            ended: Vec::new(),
            now: vec![0; 8],
            taken: 0,
        }
    }

    /// What `txn`, which is still needed, and all before it had seen; itself included.
    pub(super) fn clock(&self, txn: Txn) -> &[u32] {
        let start = self.row[txn as usize] as usize * self.width;
        &self.rows[start..start + self.width]
    }

    /// Whether what goes by has seen `txn`.
    pub(super) fn has_seen(&self, txn: Txn) -> bool {
        let chain = self.chain[txn as usize];
        chain != NONE && self.place[txn as usize] <= self.now[chain as usize]
    }

    /// Gathers what `txn` has seen in `now`.
    pub(super) fn arrive(&mut self, view: &View<'_>, txn: Txn) {
        let previous = view.previous[txn as usize];
        if previous == NONE {
            self.now.fill(0);
        } else {
            let start = self.row[previous as usize] as usize * self.width;
            self.now
                .copy_from_slice(&self.rows[start..start + self.width]);
        }
        for (_, writer) in view.reads(txn) {
            if writer == INITIAL || self.has_seen(writer) {
                continue;
            }
            let start = self.row[writer as usize] as usize * self.width;
            let clock = &self.rows[start..start + self.width];
            for (now, &seen) in self.now.iter_mut().zip(clock) {
                *now = (*now).max(seen);
            }
        }
    }

    /// Keeps the clock of `txn`, if anybody will need it, and drops those that it was the last to need.
    pub(super) fn depart(&mut self, view: &View<'_>, txn: Txn, budget: &Budget) {
        let previous = view.previous[txn as usize];
        // Whom nobody needs nobody ever sees: it takes no place in a chain.
        let is_needed = self.needed[txn as usize] > 0;
        if is_needed {
            let chain = match previous {
                NONE => self.begin(budget),
                _ => self.chain[previous as usize],
            };
            self.lengths[chain as usize] += 1;
            self.chain[txn as usize] = chain;
            self.place[txn as usize] = self.lengths[chain as usize];
        }
        if view.members(view.session[txn as usize]).last() == Some(&txn) {
            let last = if is_needed { txn } else { previous };
            if last != NONE {
                self.ended.push(self.chain[last as usize]);
            }
        }
        for (_, writer) in view.reads(txn) {
            if writer != INITIAL {
                self.release(writer);
            }
        }
        if previous != NONE {
            self.release(previous);
        }
        if is_needed {
            let chain = self.chain[txn as usize] as usize;
            self.now[chain] = self.place[txn as usize];
            let row = self.room(budget);
            let start = row as usize * self.width;
            self.rows[start..start + self.width].copy_from_slice(&self.now);
            self.row[txn as usize] = row;
        }
    }

    fn release(&mut self, txn: Txn) {
        let needed = &mut self.needed[txn as usize];
        *needed -= 1;
        if *needed == 0 {
            self.free.push(self.row[txn as usize]);
        }
    }

    fn room(&mut self, budget: &Budget) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            let row = (self.rows.len() / self.width) as u32;
            self.rows.resize(self.rows.len() + self.width, 0);
            let bytes = 4 * self.width as u64;
            budget.take(bytes);
            self.taken += bytes;
            row
        })
    }

    /// The chain of a session that begins: one that has been seen to its end, or a new one.
    fn begin(&mut self, budget: &Budget) -> u32 {
        let seen = self
            .ended
            .iter()
            .position(|&chain| self.now[chain as usize] == self.lengths[chain as usize]);
        if let Some(at) = seen {
            return self.ended.swap_remove(at);
        }
        let chain = self.lengths.len();
        self.lengths.push(0);
        if chain == self.width {
            let width = 2 * self.width;
            let mut rows = vec![0; 2 * self.rows.len()];
            for (new, old) in rows.chunks_mut(width).zip(self.rows.chunks(self.width)) {
                new[..self.width].copy_from_slice(old);
            }
            let bytes = 4 * self.rows.len() as u64;
            budget.take(bytes);
            self.taken += bytes;
            self.rows = rows;
            self.now.resize(width, 0);
            self.width = width;
        }
        chain as u32
    }
}
