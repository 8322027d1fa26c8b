//! Strongly connected components: where the cycles are.
//!
//! Tarjan's algorithm (SIAM J. Comput. 1972) without recursion, over transactions in one or two
//! layers. Real time is not spelt out: one chain node stands for each completion, leads to the next
//! one, and to every transaction that began after it and before the next.
mod part;
mod shape;

pub(super) use part::{NONE, Part};
pub(super) use shape::Shape;

use super::Via;
use crate::Budget;

/// The components of a part in one shape.
#[derive(Debug)]
pub(super) struct Components {
    /// For each vertex the component it is in, or [`NONE`] if it is on no cycle.
    pub(super) of: Vec<u32>,
    /// Vertices in an order in which every arc between two components points forward. In two
    /// layers that of the commits.
    pub(super) order: Vec<u32>,
}

impl Components {
    /// Whether there is no cycle.
    pub(super) fn is_acyclic(&self) -> bool {
        self.of.iter().all(|&component| component == NONE)
    }
}

const UNSEEN: u32 = u32::MAX;

/// How often the budget is looked at, in steps.
const LOOK: u32 = 1 << 16;

/// The components of `part` that have at least two vertices, or none if the budget ran out.
pub(super) fn components(
    part: &Part,
    shape: &Shape,
    budget: &Budget,
) -> Result<Components, String> {
    let nodes = Nodes::new(part, shape);
    let bytes = nodes.count() as u64 * 10;
    budget.take(bytes);
    let found = Tarjan::new(&nodes).run(budget);
    budget.give_back(bytes);
    found
}

/// The vertices of a part in layers, and the chain of completions.
struct Nodes<'a> {
    part: &'a Part,
    shape: &'a Shape,
    layers: u32,
    chain: usize,
}

impl<'a> Nodes<'a> {
    fn new(part: &'a Part, shape: &'a Shape) -> Nodes<'a> {
        let is_timed = shape.target(Via::Realtime, 0).is_some();
        Nodes {
            part,
            shape,
            layers: shape.layers,
            chain: if is_timed { part.returned.len() } else { 0 },
        }
    }

    fn count(&self) -> usize {
        self.part.len() * self.layers as usize + self.chain
    }

    /// The vertex and layer of a node, if it is no chain node.
    fn vertex(&self, node: u32) -> Option<(u32, u32)> {
        let is_vertex = (node as usize) < self.part.len() * self.layers as usize;
        is_vertex.then(|| (node / self.layers, node % self.layers))
    }

    fn node(&self, vertex: u32, layer: u32) -> u32 {
        vertex * self.layers + layer
    }

    /// What comes after `node`, one at a time: None at the end, Some(None) for nothing this time.
    fn next(&self, node: u32, cursor: u32) -> Option<Option<u32>> {
        let Some((vertex, layer)) = self.vertex(node) else {
            return self.after_chain(node - (self.part.len() as u32 * self.layers), cursor);
        };
        let base = self.part.len() as u32 * self.layers;
        match cursor {
            0 => {
                let is_inner = self.layers == 2 && layer == 1;
                Some(is_inner.then(|| self.node(vertex, 0)))
            }
            1 => Some(self.shape.target(Via::Process, layer).and_then(|to| {
                let next = self.part.next_of_process[vertex as usize];
                (next != NONE).then(|| self.node(next, to))
            })),
            2 => Some(self.shape.target(Via::Realtime, layer).and_then(|_| {
                let rank = self.part.return_rank[vertex as usize];
                (rank != NONE).then(|| base + rank)
            })),
            arc => {
                let arc = self.part.starts[vertex as usize] + arc - 3;
                if self.part.starts[vertex as usize + 1] <= arc {
                    return None;
                }
                let target = self.shape.target(self.part.via(arc), layer);
                Some(target.map(|to| self.node(self.part.to[arc as usize], to)))
            }
        }
    }

    fn after_chain(&self, rank: u32, cursor: u32) -> Option<Option<u32>> {
        let base = self.part.len() as u32 * self.layers;
        if cursor == 0 {
            let next = rank + 1;
            return Some(((next as usize) < self.chain).then(|| base + next));
        }
        let began = self.part.began_after[rank as usize] + cursor - 1;
        if self.part.began_after[rank as usize + 1] <= began {
            return None;
        }
        let layer = self.shape.target(Via::Realtime, 0)?;
        Some(Some(self.node(began, layer)))
    }
}

struct Tarjan<'a> {
    nodes: &'a Nodes<'a>,
    index: Vec<u32>,
    low: Vec<u32>,
    is_done: Vec<bool>,
    stack: Vec<u32>,
    calls: Vec<(u32, u32)>,
    count: u32,
    /// Component of each vertex while they are found; joined where layers share a vertex.
    join: Join,
    order: Vec<u32>,
}

impl<'a> Tarjan<'a> {
    fn new(nodes: &'a Nodes<'a>) -> Tarjan<'a> {
        Tarjan {
            nodes,
            index: vec![UNSEEN; nodes.count()],
            low: vec![0; nodes.count()],
            is_done: vec![false; nodes.count()],
            stack: Vec::new(),
            calls: Vec::new(),
            count: 0,
            join: Join::new(nodes.part.len()),
            order: Vec::with_capacity(nodes.part.len()),
        }
    }

    fn run(mut self, budget: &Budget) -> Result<Components, String> {
        let mut steps = 0_u32;
        for root in 0..self.nodes.count() as u32 {
            if self.index[root as usize] != UNSEEN {
                continue;
            }
            self.enter(root);
            while let Some(&(node, cursor)) = self.calls.last() {
                steps = steps.wrapping_add(1);
                if steps.is_multiple_of(LOOK)
                    && let Some(reason) = budget.spent()
                {
                    return Err(reason);
                }
                let top = self.calls.len() - 1;
                self.calls[top].1 += 1;
                match self.nodes.next(node, cursor) {
                    Some(Some(to)) if self.index[to as usize] == UNSEEN => self.enter(to),
                    Some(Some(to)) if !self.is_done[to as usize] => {
                        let low = &mut self.low[node as usize];
                        *low = (*low).min(self.index[to as usize]);
                    }
                    Some(_) => {}
                    None => self.leave(node),
                }
            }
        }
        self.order.reverse();
        Ok(Components {
            of: self.join.components(),
            order: self.order,
        })
    }

    fn enter(&mut self, node: u32) {
        self.index[node as usize] = self.count;
        self.low[node as usize] = self.count;
        self.count += 1;
        self.stack.push(node);
        self.calls.push((node, 0));
    }

    fn leave(&mut self, node: u32) {
        self.calls.pop();
        let low = self.low[node as usize];
        if let Some(&(parent, _)) = self.calls.last() {
            let above = &mut self.low[parent as usize];
            *above = (*above).min(low);
        }
        if low != self.index[node as usize] {
            return;
        }
        let mut first = None;
        let is_alone = self.stack.last() == Some(&node);
        while let Some(member) = self.stack.pop() {
            self.is_done[member as usize] = true;
            if let Some((vertex, layer)) = self.nodes.vertex(member) {
                if layer == 0 {
                    self.order.push(vertex);
                }
                if !is_alone {
                    self.join.put(vertex, *first.get_or_insert(vertex));
                }
            }
            if member == node {
                break;
            }
        }
    }
}

/// Sets of vertices that are joined now and then: union-find.
struct Join {
    parent: Vec<u32>,
}

impl Join {
    fn new(vertices: usize) -> Join {
        Join {
            parent: vec![NONE; vertices],
        }
    }

    fn put(&mut self, vertex: u32, with: u32) {
        for each in [vertex, with] {
            if self.parent[each as usize] == NONE {
                self.parent[each as usize] = each;
            }
        }
        let (one, other) = (self.root(vertex), self.root(with));
        self.parent[one.max(other) as usize] = one.min(other);
    }

    fn root(&mut self, mut vertex: u32) -> u32 {
        while self.parent[vertex as usize] != vertex {
            let above = self.parent[vertex as usize];
            self.parent[vertex as usize] = self.parent[above as usize];
            vertex = self.parent[vertex as usize];
        }
        vertex
    }

    fn components(mut self) -> Vec<u32> {
        let vertices = 0..self.parent.len() as u32;
        let of = |vertex| match self.parent[vertex as usize] {
            NONE => NONE,
            _ => self.root(vertex),
        };
        vertices.map(of).collect()
    }
}
