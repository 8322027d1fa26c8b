//! The cycles behind a conflict that no decision was part of.
use super::order::NONE;
use super::proof::{CHOICE, Entry};
use super::search::{Conflict, KNOWN, Reason, Search};
use std::collections::{HashSet, VecDeque};

impl Search {
    /// Cycles of which every way of choosing closes one: those that `conflict` follows from.
    pub(super) fn trace(&self, conflict: &Conflict) -> Vec<Vec<u32>> {
        let mut paths = Paths::new(self);
        let mut cycles = Vec::new();
        let mut seen = HashSet::new();
        let mut open = vec![conflict.proof];
        open.extend(
            conflict
                .literals
                .iter()
                .map(|literal| CHOICE | literal >> 1),
        );
        while let Some(next) = open.pop() {
            if !seen.insert(next) {
                continue;
            }
            if next & CHOICE == 0 {
                match self.proof.get(next) {
                    Entry::Cycle(links) => cycles.push(paths.complete(links)),
                    Entry::Learned(antecedents) => open.extend(antecedents),
                }
                continue;
            }
            let choice = next & !CHOICE;
            let literals = match self.reason[choice as usize] {
                Reason::Clause(clause) => {
                    let clause = self.clauses.get(clause);
                    open.push(clause.proof);
                    clause.literals.clone()
                }
                Reason::Cycle(start) => {
                    let cycle = self.told_at(start);
                    cycles.push(paths.complete(cycle));
                    self.literals_of(cycle)
                }
                Reason::Forced(link) => {
                    let ends = self.order.links[link as usize];
                    let before = self.place[choice as usize];
                    let path = paths.find(ends.to(), ends.from(), before);
                    let mut cycle = vec![link];
                    cycle.extend(path.expect("it was forced by a path"));
                    let literals = self.literals_of(&cycle);
                    cycles.push(cycle);
                    literals
                }
                Reason::Decision => unreachable!("no decision stands"),
            };
            let others = literals.iter().map(|literal| CHOICE | literal >> 1);
            open.extend(others.filter(|&other| other != next));
        }
        cycles.sort_unstable();
        cycles.dedup();
        cycles
    }
}

/// Looks for paths over arcs that hold.
pub(super) struct Paths<'a> {
    search: &'a Search,
    stamp: u32,
    mark: Vec<u32>,
    cost: Vec<u32>,
    via: Vec<u32>,
}

impl<'a> Paths<'a> {
    pub(super) fn new(search: &'a Search) -> Paths<'a> {
        let nodes = search.order.position.len();
        Paths {
            search,
            stamp: 0,
            mark: vec![0; nodes],
            cost: vec![0; nodes],
            via: vec![NONE; nodes],
        }
    }

    /// Fills the gaps of a cycle with known arcs.
    fn complete(&mut self, links: &[u32]) -> Vec<u32> {
        let mut cycle = Vec::new();
        for (at, &link) in links.iter().enumerate() {
            cycle.push(link);
            let next = links[(at + 1) % links.len()];
            let end = self.search.order.links[link as usize].to();
            let goal = self.search.order.links[next as usize].from();
            if end != goal {
                let path = self.find(end, goal, 0);
                cycle.extend(path.expect("known arcs were left out there"));
            }
        }
        cycle
    }

    /// A path from `from` to `to` over known arcs and those of choices that were made before that
    /// place of the trail, with as few of the latter as possible (Dial's search over costs 0 and 1).
    pub(super) fn find(&mut self, from: u32, to: u32, before: u32) -> Option<Vec<u32>> {
        let order = &self.search.order;
        self.stamp += 1;
        let last = order.position[to as usize];
        let mut queue = VecDeque::from([from]);
        self.mark[from as usize] = self.stamp;
        self.cost[from as usize] = 0;
        self.via[from as usize] = NONE;
        while let Some(node) = queue.pop_front() {
            if node == to {
                return Some(self.walked(from, to));
            }
            for link in order.out(node) {
                let next = order.links[link as usize].to();
                let owner = self.search.owner[link as usize];
                let is_known = owner == KNOWN;
                if order.position[next as usize] > last
                    || (!is_known && self.search.place[(owner >> 1) as usize] >= before)
                {
                    continue;
                }
                let cost = self.cost[node as usize] + u32::from(!is_known);
                if self.mark[next as usize] == self.stamp && self.cost[next as usize] <= cost {
                    continue;
                }
                self.mark[next as usize] = self.stamp;
                self.cost[next as usize] = cost;
                self.via[next as usize] = link;
                match is_known {
                    true => queue.push_front(next),
                    false => queue.push_back(next),
                }
            }
        }
        None
    }

    fn walked(&self, from: u32, to: u32) -> Vec<u32> {
        let mut path = Vec::new();
        let mut node = to;
        while node != from {
            let link = self.via[node as usize];
            path.push(link);
            node = self.search.order.links[link as usize].from();
        }
        path.reverse();
        path
    }
}
