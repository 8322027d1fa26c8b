//! Learned clauses, each watched at two of its literals.
//!
//! A literal is a side of a choice; it is true if that side was taken. A clause says that at least
//! one of its literals has to be true. (Moskewicz et al., Chaff, DAC 2001.)
use super::search::OPEN;

#[derive(Debug)]
pub(super) struct Clause {
    pub(super) literals: Vec<u32>,
    /// Of how many decisions its literals depended when it was learned (Audemard and Simon, 2009).
    glue: u32,
    /// What it follows from.
    pub(super) proof: u32,
}

#[derive(Clone, Copy)]
struct Watch {
    clause: u32,
    /// Some other literal: if it is true there is nothing to do.
    blocker: u32,
}

pub(super) struct Clauses {
    all: Vec<Clause>,
    watches: Vec<Vec<Watch>>,
}

/// What a literal that became false came to.
pub(super) enum Unit {
    /// This clause makes this literal true.
    Forces { literal: u32, clause: u32 },
    /// This clause is violated.
    Violates(u32),
}

impl Clauses {
    pub(super) fn new(choices: usize) -> Clauses {
        Clauses {
            all: Vec::new(),
            watches: vec![Vec::new(); 2 * choices],
        }
    }

    pub(super) fn get(&self, clause: u32) -> &Clause {
        &self.all[clause as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Adds a clause; the first two literals are watched, and have to be the last to become false.
    pub(super) fn add(&mut self, literals: Vec<u32>, glue: u32, proof: u32) -> u32 {
        let clause = self.all.len() as u32;
        self.all.push(Clause {
            literals,
            glue,
            proof,
        });
        self.watch(clause);
        clause
    }

    fn watch(&mut self, clause: u32) {
        if let [first, second, ..] = self.all[clause as usize].literals[..] {
            for (literal, blocker) in [(first, second), (second, first)] {
                self.watches[literal as usize].push(Watch { clause, blocker });
            }
        }
    }

    /// Looks through the clauses that watch `literal`, which became false. What they come to goes
    /// to `units`; it stops at the first clause that is violated.
    pub(super) fn became_false(&mut self, literal: u32, value: &[u8], units: &mut Vec<Unit>) {
        let is = |other: u32, wanted: u32| {
            value[(other >> 1) as usize] == (other & 1) as u8 ^ wanted as u8
        };
        let is_open = |other: u32| value[(other >> 1) as usize] == OPEN;
        let mut watches = std::mem::take(&mut self.watches[literal as usize]);
        let mut kept = 0;
        let mut at = 0;
        while at < watches.len() {
            let watch = watches[at];
            at += 1;
            watches[kept] = watch;
            kept += 1;
            if is(watch.blocker, 0) {
                continue;
            }
            let literals = &mut self.all[watch.clause as usize].literals;
            if literals[0] == literal {
                literals.swap(0, 1);
            }
            let first = literals[0];
            watches[kept - 1].blocker = first;
            if is(first, 0) {
                continue;
            }
            let other = (2..literals.len()).find(|&other| !is(literals[other], 1));
            if let Some(other) = other {
                literals.swap(1, other);
                let new = literals[1];
                kept -= 1;
                self.watches[new as usize].push(Watch {
                    clause: watch.clause,
                    blocker: first,
                });
                continue;
            }
            // Two clauses may force one literal, or both sides of a choice: whoever takes the
            // units up sees what became of it in between.
            if is_open(first) {
                units.push(Unit::Forces {
                    literal: first,
                    clause: watch.clause,
                });
            } else {
                units.push(Unit::Violates(watch.clause));
                break;
            }
        }
        watches.copy_within(at.., kept);
        watches.truncate(kept + watches.len() - at);
        self.watches[literal as usize] = watches;
    }

    /// Forgets the half of the clauses that join the most decisions, but none of `locked`. Returns
    /// the new index of each old one. Only while no decision stands.
    pub(super) fn forget(&mut self, locked: &[u32]) -> Vec<u32> {
        let mut by_worth: Vec<u32> = (0..self.all.len() as u32).collect();
        by_worth.sort_by_key(|&clause| {
            let glue = self.all[clause as usize].glue;
            (glue > 2, glue, std::cmp::Reverse(clause))
        });
        let mut is_kept = vec![false; self.all.len()];
        for &clause in &by_worth[..self.all.len() / 2] {
            is_kept[clause as usize] = true;
        }
        for &clause in locked {
            is_kept[clause as usize] = true;
        }
        let mut new = vec![u32::MAX; self.all.len()];
        let mut next = 0;
        for (clause, &is_kept) in is_kept.iter().enumerate() {
            if is_kept || self.all[clause].glue <= 2 {
                new[clause] = next;
                next += 1;
            }
        }
        let mut old = 0;
        self.all.retain(|_| {
            old += 1;
            new[old - 1] != u32::MAX
        });
        // Watched positions stay the same two literals, so nothing has to be looked at again.
        self.watches.iter_mut().for_each(Vec::clear);
        for clause in 0..self.all.len() as u32 {
            self.watch(clause);
        }
        new
    }
}
