//! The search of one component: decide, propagate, learn, until all is decided or nothing can be.
use super::Link;
use super::clauses::{Clauses, Unit};
use super::heap::Heap;
use super::level_zero::Soft;
use super::order::Order;
use super::proof::Proof;
use crate::Budget;

/// Neither side of a choice was taken.
pub(super) const OPEN: u8 = 2;

/// The owner of an arc that holds anyway.
pub(super) const KNOWN: u32 = u32::MAX;

/// A component: the known arcs first, then the sides of its choices.
pub(super) struct Part {
    pub(super) nodes: usize,
    pub(super) links: Vec<Link>,
    /// Where each side begins in `links`; one more at the end.
    pub(super) starts: Vec<u32>,
}

/// How a component ended.
pub(super) enum End {
    /// The side that was taken of each choice.
    Acyclic(Vec<u8>),
    /// Cycles of which every way of choosing closes one.
    Cyclic(Vec<Vec<u32>>),
    Spent(String),
}

/// Why a side was taken.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reason {
    Decision,
    /// All other literals of this clause are false.
    Clause(u32),
    /// The other side would close the cycle that starts here in `told`.
    Cycle(u32),
    /// The other side has this arc, and a path leads back from its end: looked for when asked.
    Forced(u32),
}

/// Literals that are all false, and where they come from.
pub(super) struct Conflict {
    pub(super) literals: Vec<u32>,
    pub(super) proof: u32,
}

pub(super) struct Search {
    pub(super) order: Order,
    pub(super) starts: Vec<u32>,
    pub(super) owner: Vec<u32>,
    /// Arcs of choices by their beginning.
    pub(super) possible_starts: Vec<u32>,
    pub(super) possible: Vec<u32>,
    pub(super) value: Vec<u8>,
    pub(super) level: Vec<u32>,
    pub(super) place: Vec<u32>,
    pub(super) reason: Vec<Reason>,
    pub(super) trail: Vec<u32>,
    pub(super) limits: Vec<usize>,
    looked_up: usize,
    put_in: usize,
    pub(super) active: Vec<u32>,
    active_before: Vec<u32>,
    pub(super) clauses: Clauses,
    /// Cycles that are reasons, in the order of the trail: a length, then that many arcs.
    pub(super) told: Vec<u32>,
    pub(super) heap: Heap,
    pub(super) proof: Proof,
    pub(super) is_seen: Vec<bool>,
    units: Vec<Unit>,
    taken_bytes: u64,
}

/// Conflicts before the first restart; later ones follow Luby et al. (1993).
const RESTART: u64 = 256;

/// Conflicts after which a problem is no longer called easy: then it is worth looking for all choices
/// that known paths force.
///
/// Tests are small, and most of them would never be called hard.
const EASY: u64 = if cfg!(test) { 2 } else { 50 };

/// The budget is looked at once in so many rounds.
const ROUNDS: u64 = 256;

impl Search {
    pub(super) fn new(part: Part) -> Search {
        let choices = part.starts.len() / 2;
        let mut owner = vec![KNOWN; part.links.len()];
        for side in 0..2 * choices {
            let range = part.starts[side] as usize..part.starts[side + 1] as usize;
            owner[range].fill(side as u32);
        }
        let known = part.starts[0] as usize;
        let mut possible_starts = vec![0; part.nodes + 1];
        for link in &part.links[known..] {
            possible_starts[link.from() as usize + 1] += 1;
        }
        for node in 0..part.nodes {
            possible_starts[node + 1] += possible_starts[node];
        }
        let mut next = possible_starts.clone();
        let mut possible = vec![0; part.links.len() - known];
        for (index, link) in part.links.iter().enumerate().skip(known) {
            let at = &mut next[link.from() as usize];
            possible[*at as usize] = index as u32;
            *at += 1;
        }
        Search {
            order: Order::new(part.nodes, part.links),
            starts: part.starts,
            owner,
            possible_starts,
            possible,
            value: vec![OPEN; choices],
            level: vec![0; choices],
            place: vec![0; choices],
            reason: vec![Reason::Decision; choices],
            trail: Vec::new(),
            limits: Vec::new(),
            looked_up: 0,
            put_in: 0,
            active: Vec::new(),
            active_before: Vec::new(),
            clauses: Clauses::new(choices),
            told: Vec::new(),
            heap: Heap::new(choices),
            proof: Proof::default(),
            is_seen: vec![false; choices],
            units: Vec::new(),
            taken_bytes: 0,
        }
    }

    pub(super) fn run(mut self, budget: &Budget) -> End {
        let end = self.decide_all(budget);
        budget.give_back(self.taken_bytes);
        end
    }

    fn decide_all(&mut self, budget: &Budget) -> End {
        if let Some(cycle) = self.put_known() {
            return End::Cyclic(vec![cycle]);
        }
        let (mut conflicts, mut restarts, mut rounds) = (0_u64, 0_u64, 0_u64);
        let mut restart_at = EASY;
        let mut forget_at = 4000;
        loop {
            rounds += 1;
            if rounds.is_multiple_of(ROUNDS)
                && let Some(why) = self.spent(budget)
            {
                return End::Spent(why);
            }
            if let Some(conflict) = self.propagate() {
                let literals = conflict.literals.iter();
                let level = literals.map(|&literal| self.level_of(literal)).max();
                self.back_to(level.unwrap_or(0) as usize);
                if self.limits.is_empty() {
                    return End::Cyclic(self.trace(&conflict));
                }
                self.learn(conflict);
                conflicts += 1;
            } else if conflicts >= restart_at {
                restarts += 1;
                restart_at = conflicts + RESTART * luby(restarts);
                self.back_to(0);
                if restarts == 1 {
                    match self.saturate(budget) {
                        Err(why) => return End::Spent(why),
                        Ok(Some(conflict)) => return End::Cyclic(self.trace(&conflict)),
                        Ok(None) => {}
                    }
                }
                if self.clauses.len() > forget_at {
                    self.forget();
                    forget_at += 1000;
                }
            } else if let Some(side) = self.pick() {
                self.limits.push(self.trail.len());
                self.take(side, Reason::Decision);
            } else {
                match self.close_soft(budget) {
                    Err(why) => return End::Spent(why),
                    Ok(Soft::Agree) => return End::Acyclic(self.value.clone()),
                    Ok(Soft::Learned) => {}
                    Ok(Soft::Violated(conflict)) => return End::Cyclic(self.trace(&conflict)),
                }
            }
        }
    }

    fn spent(&mut self, budget: &Budget) -> Option<String> {
        let bytes = self.proof.bytes() as u64;
        if self.taken_bytes < bytes {
            budget.take(bytes - self.taken_bytes);
            self.taken_bytes = bytes;
        }
        budget.spent()
    }

    /// The most active open choice, the way that the order contradicts less.
    fn pick(&mut self) -> Option<u32> {
        loop {
            let choice = self.heap.pop()?;
            if self.value[choice as usize] != OPEN {
                continue;
            }
            let contradicted = |side: u32| {
                let range = self.starts[side as usize]..self.starts[side as usize + 1];
                range.filter(|&link| self.order.contradicts(link)).count()
            };
            let either = 2 * choice;
            return Some(either + u32::from(contradicted(either + 1) < contradicted(either)));
        }
    }

    pub(super) fn take(&mut self, side: u32, reason: Reason) {
        let choice = (side >> 1) as usize;
        debug_assert_eq!(self.value[choice], OPEN);
        self.value[choice] = (side & 1) as u8;
        self.level[choice] = self.limits.len() as u32;
        self.place[choice] = self.trail.len() as u32;
        self.reason[choice] = reason;
        self.trail.push(side);
    }

    /// Whether a literal is false.
    pub(super) fn is_false(&self, literal: u32) -> bool {
        self.value[(literal >> 1) as usize] == (literal & 1) as u8 ^ 1
    }

    /// Draws all conclusions, clauses first. Stops at the first conflict.
    pub(super) fn propagate(&mut self) -> Option<Conflict> {
        loop {
            if self.looked_up < self.trail.len() {
                let side = self.trail[self.looked_up];
                self.looked_up += 1;
                if let Some(conflict) = self.look_up(side ^ 1) {
                    return Some(conflict);
                }
            } else if self.put_in < self.trail.len() {
                let side = self.trail[self.put_in];
                self.put_in += 1;
                self.active_before.push(self.active.len() as u32);
                if let Some(conflict) = self.put_side(side) {
                    return Some(conflict);
                }
            } else {
                return None;
            }
        }
    }

    fn look_up(&mut self, literal: u32) -> Option<Conflict> {
        let mut units = std::mem::take(&mut self.units);
        self.clauses.became_false(literal, &self.value, &mut units);
        let mut violated = None;
        for unit in units.drain(..) {
            match unit {
                Unit::Forces { literal, clause } => {
                    if self.value[(literal >> 1) as usize] == OPEN {
                        self.take(literal, Reason::Clause(clause));
                    } else if self.is_false(literal) {
                        violated = violated.or(Some(clause));
                    }
                }
                Unit::Violates(clause) => violated = violated.or(Some(clause)),
            }
        }
        self.units = units;
        violated.map(|clause| {
            let clause = self.clauses.get(clause);
            Conflict {
                literals: clause.literals.clone(),
                proof: clause.proof,
            }
        })
    }

    /// Takes back every decision beyond the first `level`.
    pub(super) fn back_to(&mut self, level: usize) {
        let Some(&length) = self.limits.get(level) else {
            return;
        };
        if length < self.put_in {
            let active = self.active_before[length] as usize;
            for link in self.active.drain(active..).rev() {
                self.order.take(link);
            }
            self.active_before.truncate(length);
            self.put_in = length;
        }
        for side in self.trail.drain(length..).rev() {
            let choice = side >> 1;
            self.value[choice as usize] = OPEN;
            self.heap.push(choice);
            if let Reason::Cycle(start) = self.reason[choice as usize] {
                self.told.truncate(start as usize);
            }
        }
        self.looked_up = self.looked_up.min(length);
        self.limits.truncate(level);
    }
}

/// The sequence of Luby, Sinclair and Zuckerman (1993): 1, 1, 2, 1, 1, 2, 4, …
fn luby(at: u64) -> u64 {
    let mut at = at + 1;
    loop {
        let bits = 64 - u64::leading_zeros(at);
        if at + 1 == 1 << bits {
            return 1 << (bits - 1);
        }
        at -= (1 << (bits - 1)) - 1;
    }
}
