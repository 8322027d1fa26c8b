//! Strongly connected components: where the cycles are.
//!
//! Tarjan's algorithm (SIAM J. Comput. 1972) without recursion, over transactions in one or two
//! layers. Real time is not spelt out: one chain node stands for each completion, leads to the next
//! one, and to every transaction that began after it and before the next.
mod part;
mod shape;
mod tarjan;

pub(super) use part::{NONE, Part};
pub(super) use shape::Shape;
pub(super) use tarjan::{Walkable, tarjan};

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

/// The components of `part` that have at least two vertices, or none if the budget ran out.
pub(super) fn components(
    part: &Part,
    shape: &Shape,
    budget: &Budget,
) -> Result<Components, String> {
    let nodes = Nodes::new(part, shape);
    let bytes = nodes.count() as u64 * 10;
    budget.take(bytes);
    let mut join = Join::new(part.len());
    let mut order = Vec::with_capacity(part.len());
    let found = tarjan(
        &nodes,
        || budget.spent(),
        |members| {
            let mut first = None;
            for (vertex, layer) in members.iter().rev().filter_map(|&node| nodes.vertex(node)) {
                if layer == 0 {
                    order.push(vertex);
                }
                if members.len() > 1 {
                    join.put(vertex, *first.get_or_insert(vertex));
                }
            }
        },
    );
    budget.give_back(bytes);
    found?;
    order.reverse();
    Ok(Components {
        of: join.components(),
        order,
    })
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

    /// The vertex and layer of a node, if it is no chain node.
    fn vertex(&self, node: u32) -> Option<(u32, u32)> {
        let is_vertex = (node as usize) < self.part.len() * self.layers as usize;
        is_vertex.then(|| (node / self.layers, node % self.layers))
    }

    fn node(&self, vertex: u32, layer: u32) -> u32 {
        vertex * self.layers + layer
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

impl Walkable for Nodes<'_> {
    fn count(&self) -> usize {
        self.part.len() * self.layers as usize + self.chain
    }

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
