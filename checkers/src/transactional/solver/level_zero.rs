//! What holds before anything is decided, and what is looked at when everything is.
use super::order::{NONE, Put};
use super::reach::{self, Question};
use super::search::{Conflict, KNOWN, OPEN, Reason, Search};
use super::trace::Paths;
use crate::Budget;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// So many times at most are choices made that known paths force; the search does the rest.
const ROUNDS_MAX: usize = 16;

/// So many forbidden cycles through soft arcs are learned at once.
const CYCLES_MAX: usize = 256;

/// So many nodes of a cycle are tried for a shorter one.
const TRIED_MAX: usize = 64;

/// What the soft arcs have to say when all is decided.
pub(super) enum Soft {
    /// None closes a cycle.
    Agree,
    /// Some did, and now there are clauses against it.
    Learned,
    /// One does without any decision.
    Violated(Conflict),
}

impl Search {
    /// Puts the known arcs in, in an order that follows the numbers of the nodes as far as it may.
    /// Returns a cycle if they close one.
    pub(super) fn put_known(&mut self) -> Option<Vec<u32>> {
        let known = self.starts[0];
        let nodes = self.order.position.len();
        let links = &self.order.links[..known as usize];
        let is_loop = |link: &super::Link| link.from() == link.to();
        if let Some(at) = links.iter().position(is_loop) {
            return Some(vec![at as u32]);
        }
        let mut first = vec![NONE; nodes];
        let mut next = vec![NONE; known as usize];
        let mut before = vec![0_u32; nodes];
        for (index, link) in links.iter().enumerate().filter(|(_, link)| !link.is_soft()) {
            next[index] = first[link.from() as usize];
            first[link.from() as usize] = index as u32;
            before[link.to() as usize] += 1;
        }
        let free = (0..nodes as u32).filter(|&node| before[node as usize] == 0);
        let mut ready: BinaryHeap<Reverse<u32>> = free.map(Reverse).collect();
        let mut at = Vec::with_capacity(nodes);
        while let Some(Reverse(node)) = ready.pop() {
            at.push(node);
            let mut link = first[node as usize];
            while link != NONE {
                let to = links[link as usize].to();
                before[to as usize] -= 1;
                if before[to as usize] == 0 {
                    ready.push(Reverse(to));
                }
                link = next[link as usize];
            }
        }
        if at.len() < nodes {
            return Some(self.known_cycle(&before));
        }
        self.order.begin(at);
        for link in 0..known {
            if !self.order.links[link as usize].is_soft() {
                let put = self.order.put(link);
                debug_assert_eq!(put, Put::Agreed);
            }
        }
        None
    }

    /// A short cycle of known arcs among the nodes that something is still before.
    fn known_cycle(&self, before: &[u32]) -> Vec<u32> {
        let is_stuck = |node: u32| before[node as usize] > 0;
        let mut back = vec![NONE; before.len()];
        let mut starts = vec![0_u32; before.len() + 1];
        let known = self.order.links[..self.starts[0] as usize]
            .iter()
            .enumerate();
        let inner = known
            .filter(|(_, link)| !link.is_soft() && is_stuck(link.from()) && is_stuck(link.to()));
        for (index, link) in inner.clone() {
            back[link.to() as usize] = index as u32;
            starts[link.from() as usize + 1] += 1;
        }
        for node in 0..before.len() {
            starts[node + 1] += starts[node];
        }
        let mut out = vec![0_u32; starts[before.len()] as usize];
        let mut fill = starts.clone();
        for (index, link) in inner {
            out[fill[link.from() as usize] as usize] = index as u32;
            fill[link.from() as usize] += 1;
        }
        // Backwards from a stuck node is always another one, until one comes again.
        let ends = |link: u32| self.order.links[link as usize];
        let stuck = before.iter().position(|&before| before > 0);
        let mut node = stuck.expect("some node is stuck") as u32;
        let mut seen = vec![NONE; before.len()];
        let mut walk: Vec<u32> = Vec::new();
        while seen[node as usize] == NONE {
            seen[node as usize] = walk.len() as u32;
            walk.push(back[node as usize]);
            node = ends(back[node as usize]).from();
        }
        let mut best = walk.split_off(seen[node as usize] as usize);
        best.reverse();
        let tried: Vec<u32> = best
            .iter()
            .take(TRIED_MAX)
            .map(|&link| ends(link).from())
            .collect();
        let mut via = vec![NONE; before.len()];
        for start in tried {
            via.fill(NONE);
            let mut queue = vec![start];
            let mut next = 0;
            'search: while next < queue.len() {
                let node = queue[next];
                next += 1;
                for &link in
                    &out[starts[node as usize] as usize..starts[node as usize + 1] as usize]
                {
                    let to = ends(link).to();
                    if via[to as usize] != NONE {
                        continue;
                    }
                    via[to as usize] = link;
                    if to == start {
                        break 'search;
                    }
                    queue.push(to);
                }
            }
            let mut cycle = vec![via[start as usize]];
            while ends(cycle[cycle.len() - 1]).from() != start {
                cycle.push(via[ends(cycle[cycle.len() - 1]).from() as usize]);
            }
            if cycle.len() < best.len() {
                cycle.reverse();
                best = cycle;
            }
        }
        best
    }

    /// Makes the choices of which a path over what already holds closes one side, again and again.
    pub(super) fn saturate(&mut self, budget: &Budget) -> Result<Option<Conflict>, String> {
        for _ in 0..ROUNDS_MAX {
            if let Some(conflict) = self.propagate() {
                return Ok(Some(conflict));
            }
            let is_asked = |link: &u32| match self.owner[*link as usize] {
                KNOWN => self.order.links[*link as usize].is_soft(),
                side => self.value[(side >> 1) as usize] == OPEN,
            };
            let questions = self.questions(is_asked);
            let closed = reach::joined(&self.order, questions, budget)?;
            let before = self.trail.len();
            for link in closed {
                let side = self.owner[link as usize];
                if side != KNOWN && self.value[(side >> 1) as usize] == OPEN {
                    self.take(side ^ 1, Reason::Forced(link));
                } else if side == KNOWN || !self.is_false(side) {
                    let cycle = self.cycle_through(link);
                    return Ok(Some(self.conflict_of(&cycle)));
                }
            }
            if self.trail.len() == before {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// Whether a path leads from the end of each of these arcs to its beginning.
    fn questions(&self, is_asked: impl Fn(&u32) -> bool) -> Vec<Question> {
        let links = (0..self.owner.len() as u32).filter(is_asked);
        let question = |link: u32| Question {
            from: self.order.links[link as usize].to(),
            to: self.order.links[link as usize].from(),
            tag: link,
        };
        links.map(question).collect()
    }

    /// The cycle that an arc closes with what holds.
    fn cycle_through(&self, link: u32) -> Vec<u32> {
        let ends = self.order.links[link as usize];
        let mut cycle = vec![link];
        let path = Paths::new(self).find(ends.to(), ends.from(), u32::MAX);
        cycle.extend(path.expect("a path was found before"));
        cycle
    }

    /// With everything decided: learns the forbidden cycles through soft arcs, if there are any, and
    /// takes all decisions back then.
    pub(super) fn close_soft(&mut self, budget: &Budget) -> Result<Soft, String> {
        let is_asked = |link: &u32| {
            self.order.links[*link as usize].is_soft()
                && match self.owner[*link as usize] {
                    KNOWN => true,
                    side => self.value[(side >> 1) as usize] == (side & 1) as u8,
                }
        };
        let mut closed = reach::joined(&self.order, self.questions(is_asked), budget)?;
        closed.truncate(CYCLES_MAX);
        let cycles: Vec<Vec<u32>> = closed
            .iter()
            .map(|&link| self.cycle_through(link))
            .collect();
        if cycles.is_empty() {
            return Ok(Soft::Agree);
        }
        self.back_to(0);
        for cycle in cycles {
            let mut conflict = self.conflict_of(&cycle);
            let literals = &mut conflict.literals;
            literals.sort_by_key(|&literal| self.value[(literal >> 1) as usize] != OPEN);
            let is_open = |literal: &u32| self.value[(*literal >> 1) as usize] == OPEN;
            let open = literals
                .iter()
                .take_while(|literal| is_open(literal))
                .count();
            if literals
                .iter()
                .any(|&literal| !is_open(&literal) && !self.is_false(literal))
            {
                continue;
            }
            if open == 0 {
                return Ok(Soft::Violated(conflict));
            }
            let first = literals[0];
            // Kept for good, or the same cycles would be met again.
            let clause = self.clauses.add(conflict.literals, 2, conflict.proof);
            if open == 1 {
                self.take(first, Reason::Clause(clause));
            }
        }
        Ok(Soft::Learned)
    }
}
