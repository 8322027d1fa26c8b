//! What a conflict teaches: the clause of its first unique implication point.
//!
//! Marques-Silva and Sakallah (GRASP, 1999); Zhang et al., "Efficient conflict driven learning in a
//! Boolean satisfiability solver" (ICCAD 2001).
use super::proof::CHOICE;
use super::search::{Conflict, Reason, Search};

impl Search {
    /// Learns from a conflict at the last decision: goes back as far as the clause tells, and takes the
    /// side that it forces there.
    pub(super) fn learn(&mut self, conflict: Conflict) {
        let (literals, antecedents) = self.first_unique(conflict);
        let back = literals.get(1).map_or(0, |&literal| self.level_of(literal));
        let mut levels: Vec<u32> = literals
            .iter()
            .map(|&literal| self.level_of(literal))
            .collect();
        levels.sort_unstable();
        levels.dedup();
        self.back_to(back as usize);
        let proof = self.proof.learned(&antecedents);
        let first = literals[0];
        let clause = self.clauses.add(literals, levels.len() as u32, proof);
        self.take(first, Reason::Clause(clause));
        self.heap.decay();
    }

    pub(super) fn level_of(&self, literal: u32) -> u32 {
        self.level[(literal >> 1) as usize]
    }

    /// The literal that stays open first, then the one to go back to, and the antecedents.
    fn first_unique(&mut self, conflict: Conflict) -> (Vec<u32>, Vec<u32>) {
        let current = self.limits.len() as u32;
        let mut antecedents = vec![conflict.proof];
        let mut learned = vec![0];
        let mut of_current = 0;
        let mut touched: Vec<u32> = Vec::new();
        let mut literals = conflict.literals;
        let mut next = self.trail.len();
        let asserted = loop {
            for &literal in &literals {
                let choice = literal >> 1;
                if self.is_seen[choice as usize] {
                    continue;
                }
                self.is_seen[choice as usize] = true;
                touched.push(choice);
                self.heap.bump(choice);
                match self.level[choice as usize] {
                    0 => antecedents.push(CHOICE | choice),
                    level if level == current => of_current += 1,
                    _ => learned.push(literal),
                }
            }
            next -= 1;
            while !self.is_seen[(self.trail[next] >> 1) as usize] {
                next -= 1;
            }
            let side = self.trail[next];
            of_current -= 1;
            if of_current == 0 {
                break side ^ 1;
            }
            literals = self.antecedent(side, &mut antecedents);
        };
        learned[0] = asserted;
        self.drop_implied(&mut learned, &mut antecedents);
        for choice in touched {
            self.is_seen[choice as usize] = false;
        }
        let deepest = (1..learned.len()).max_by_key(|&at| self.level_of(learned[at]));
        if let Some(deepest) = deepest {
            learned.swap(1, deepest);
        }
        (learned, antecedents)
    }

    /// The other literals of the reason of a side, and an entry for it.
    fn antecedent(&mut self, side: u32, antecedents: &mut Vec<u32>) -> Vec<u32> {
        let mut literals = match self.reason[(side >> 1) as usize] {
            Reason::Clause(clause) => {
                let clause = self.clauses.get(clause);
                antecedents.push(clause.proof);
                clause.literals.clone()
            }
            Reason::Cycle(start) => {
                let cycle = self.told_at(start).to_vec();
                antecedents.push(self.proof.cycle(&cycle));
                self.literals_of(&cycle)
            }
            Reason::Decision | Reason::Forced(_) => {
                unreachable!("decisions come first at their level, and what is forced is at none")
            }
        };
        literals.retain(|&literal| literal != side);
        literals
    }

    /// Leaves out literals that the others of the clause imply in one step.
    fn drop_implied(&mut self, learned: &mut Vec<u32>, antecedents: &mut Vec<u32>) {
        let mut at = 1;
        while at < learned.len() {
            let side = learned[at] ^ 1;
            let reason = match self.reason[(side >> 1) as usize] {
                Reason::Clause(clause) => self.clauses.get(clause).literals.clone(),
                Reason::Cycle(start) => self.literals_of(self.told_at(start)),
                Reason::Decision | Reason::Forced(_) => Vec::new(),
            };
            let is_implied = !reason.is_empty()
                && reason.iter().all(|&literal| {
                    // Literals of the level in conflict may have been resolved away, so that only
                    // those that are in the clause, or false for good, count.
                    literal == side
                        || self.level_of(literal) == 0
                        || (self.level_of(literal) < self.limits.len() as u32
                            && self.is_seen[(literal >> 1) as usize])
                });
            if is_implied {
                let others = self.antecedent(side, antecedents);
                let fixed = others
                    .iter()
                    .filter(|&&literal| self.level_of(literal) == 0);
                antecedents.extend(fixed.map(|&literal| CHOICE | literal >> 1));
                learned.swap_remove(at);
            } else {
                at += 1;
            }
        }
    }

    /// Forgets clauses while no decision stands.
    pub(super) fn forget(&mut self) {
        let is_clause = |side: &u32| match self.reason[(side >> 1) as usize] {
            Reason::Clause(clause) => Some(clause),
            Reason::Decision | Reason::Cycle(_) | Reason::Forced(_) => None,
        };
        let locked: Vec<u32> = self.trail.iter().filter_map(is_clause).collect();
        let new = self.clauses.forget(&locked);
        for &side in &self.trail {
            if let Reason::Clause(clause) = &mut self.reason[(side >> 1) as usize] {
                *clause = new[*clause as usize];
            }
        }
    }
}
