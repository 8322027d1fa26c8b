//! Strict serializability without a graph: transactions leave in an order that real time allows.
//!
//! Kahn's algorithm (CACM 1962) over dependencies that are looked up as they are needed. Real time
//! adds no edges: a transaction may go once it began before the first answer of those that are left.
use super::depend::After;
use super::{ListAppend, NONE};
use crate::Budget;
use crate::transactional::{NEVER, Txn};

/// Whether some order explains everything, real time included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Strict {
    /// There is one: the dependencies and real time have no cycle.
    Acyclic,
    /// There is none: these are left, and every cycle is among them.
    Stuck(Vec<Txn>),
    /// Nobody found out, for this reason.
    Spent(String),
}

/// So many leave between two looks at the budget.
const LOOK_EVERY: usize = 1 << 14;

impl ListAppend<'_> {
    /// Whether the dependencies, and the order of answers before questions, have no cycle.
    pub fn strict(&self, budget: &Budget) -> Strict {
        if !self.txns.has_real_time {
            return Strict::Spent("this history has no real time".to_owned());
        }
        Sweep::new(self).run(budget)
    }
}

struct Sweep<'s, 't> {
    inferred: &'s ListAppend<'t>,
    /// How many dependencies each transaction waits for.
    waits: Vec<u32>,
    is_gone: Vec<bool>,
    gates: Vec<Gate>,
    /// What waits for nothing.
    ready: Vec<Txn>,
    /// How many transactions real time has let begin.
    begun: usize,
}

/// The unseen appends of a key wait for all who made or read its last version. That is one count
/// and not a dependency for each pair, of which there may be quadratically many.
#[derive(Clone, Copy)]
struct Gate {
    /// How many are left of them.
    left: u32,
    /// All of them xored: once one is left, that one, which does not have to wait for itself.
    xor: u32,
    /// Who passed because it was the last one left.
    early: Txn,
    /// Who was counted last, as one transaction may stand there with several steps.
    counted: Txn,
}

impl<'s, 't> Sweep<'s, 't> {
    fn new(inferred: &'s ListAppend<'t>) -> Sweep<'s, 't> {
        let txns = inferred.txns;
        let gate = Gate {
            left: 0,
            xor: 0,
            early: NONE,
            counted: NONE,
        };
        let mut sweep = Sweep {
            inferred,
            waits: vec![0; txns.len()],
            is_gone: vec![false; txns.len()],
            gates: vec![gate; txns.keys.len()],
            ready: Vec::new(),
            begun: 0,
        };
        let is_included = &inferred.versions.is_included;
        for from in (0..txns.len() as Txn).filter(|txn| is_included[*txn as usize]) {
            inferred.after(from, |after| match after {
                After::One { txn, .. } => sweep.waits[txn as usize] += u32::from(txn != from),
                After::Tail { key, .. } => {
                    let gate = &mut sweep.gates[key as usize];
                    if gate.counted != from {
                        gate.counted = from;
                        gate.left += 1;
                        gate.xor ^= from;
                    }
                }
            });
        }
        for txn in &inferred.tails.txns {
            sweep.waits[*txn as usize] += 1;
        }
        for key in 0..txns.keys.len() as u32 {
            sweep.gates[key as usize].counted = NONE;
            sweep.pass(key);
        }
        sweep
    }

    fn is_included(&self, txn: Txn) -> bool {
        self.inferred.versions.is_included[txn as usize]
    }

    fn run(mut self, budget: &Budget) -> Strict {
        let txns = self.inferred.txns;
        let answered = self.answered();
        let (mut first, mut left) = (0, LOOK_EVERY);
        loop {
            while answered
                .get(first)
                .is_some_and(|txn| self.is_gone[*txn as usize])
            {
                first += 1;
            }
            let horizon = answered
                .get(first)
                .map_or(NEVER, |txn| txns.completed[*txn as usize]);
            while self.begun < txns.len() && txns.invoked[self.begun] < horizon {
                let txn = self.begun as Txn;
                if self.waits[self.begun] == 0 && self.is_included(txn) {
                    self.ready.push(txn);
                }
                self.begun += 1;
            }
            if self.ready.is_empty() {
                break;
            }
            while let Some(txn) = self.ready.pop() {
                self.leave(txn);
                left -= 1;
                if left == 0 {
                    left = LOOK_EVERY;
                    if let Some(why) = budget.spent() {
                        return Strict::Spent(why);
                    }
                }
            }
        }
        let is_stuck = |txn: &Txn| self.is_included(*txn) && !self.is_gone[*txn as usize];
        let stuck: Vec<Txn> = (0..txns.len() as Txn).filter(is_stuck).collect();
        if stuck.is_empty() {
            Strict::Acyclic
        } else {
            Strict::Stuck(stuck)
        }
    }

    fn leave(&mut self, from: Txn) {
        self.is_gone[from as usize] = true;
        let inferred = self.inferred;
        inferred.after(from, |after| match after {
            After::One { txn, .. } if txn != from => self.let_go(txn),
            After::One { .. } => {}
            After::Tail { key, .. } => {
                let gate = &mut self.gates[key as usize];
                if gate.counted != from {
                    gate.counted = from;
                    gate.left -= 1;
                    gate.xor ^= from;
                    self.pass(key);
                }
            }
        });
    }

    /// Lets go whoever need not wait at the gate any more.
    fn pass(&mut self, key: u32) {
        let Gate {
            left, xor, early, ..
        } = self.gates[key as usize];
        let tail = self.inferred.tails.of(key);
        match left {
            0 => tail
                .iter()
                .filter(|txn| **txn != early)
                .for_each(|txn| self.let_go(*txn)),
            1 if tail.binary_search(&xor).is_ok() => {
                self.gates[key as usize].early = xor;
                self.let_go(xor);
            }
            _ => {}
        }
    }

    #[inline]
    fn let_go(&mut self, txn: Txn) {
        let waits = &mut self.waits[txn as usize];
        *waits -= 1;
        if *waits == 0 && (txn as usize) < self.begun {
            self.ready.push(txn);
        }
    }

    /// Those that certainly took effect, in the order of their answers.
    fn answered(&self) -> Vec<Txn> {
        let completed = &self.inferred.txns.completed;
        let answered = (0..completed.len()).filter(|txn| completed[*txn] != NEVER);
        let Some(last) = answered.clone().map(|txn| completed[txn]).max() else {
            return Vec::new();
        };
        if last as usize > 4 * completed.len() + 1024 {
            let mut sorted: Vec<Txn> = answered.map(|txn| txn as Txn).collect();
            sorted.sort_unstable_by_key(|txn| completed[*txn as usize]);
            return sorted;
        }
        // Positions are dense, and no two answers stand at one.
        let mut at = vec![NONE; last as usize + 1];
        for txn in answered {
            at[completed[txn] as usize] = txn as Txn;
        }
        at.retain(|txn| *txn != NONE);
        at
    }
}
