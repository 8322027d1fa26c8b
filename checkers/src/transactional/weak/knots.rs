//! Things of which each comes at or before the next, and which are more than one: knots.
use super::order::grouped;
use super::view::NONE;
use crate::transactional::scc::{Walkable, tarjan};
use std::convert::Infallible;

/// `from` comes at or before `to`; `reader` shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) reader: u32,
}

/// A closed walk through two nodes that cannot be one, if there is any. `is_real` tells nodes that
/// stand for something from those that only join others.
pub(super) fn knot(
    nodes: usize,
    edges: &[Edge],
    is_real: impl Fn(u32) -> bool,
) -> Option<Vec<Edge>> {
    let (starts, by_from) = grouped(nodes, edges, |edge| edge.from);
    let edges = Edges { starts, by_from };
    let component = edges.components();
    let mut real_of = vec![NONE; nodes];
    for node in (0..nodes as u32).filter(|&node| is_real(node)) {
        let other = &mut real_of[component[node as usize] as usize];
        if *other == NONE {
            *other = node;
            continue;
        }
        // Two real ones in one component: there and back again, by the shortest ways.
        let is_inside = |other: u32| component[other as usize] == component[node as usize];
        let there = edges.walk(*other, is_inside, |end| end != *other && is_real(end));
        let mut walk = there.expect("another real one is in the component");
        let end = walk[walk.len() - 1].to;
        let back = edges.walk(end, is_inside, |at| at == *other);
        walk.extend(back.expect("the component is strongly connected"));
        return Some(walk);
    }
    None
}

struct Edges {
    starts: Vec<u32>,
    by_from: Vec<Edge>,
}

impl Edges {
    fn after(&self, node: u32) -> &[Edge] {
        &self.by_from[self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize]
    }

    /// The strongly connected component of each node.
    fn components(&self) -> Vec<u32> {
        let mut component = vec![NONE; self.count()];
        let mut components = 0;
        let found: Result<(), Infallible> = tarjan(
            self,
            || None,
            |members| {
                for &member in members {
                    component[member as usize] = components;
                }
                components += 1;
            },
        );
        match found {
            Ok(()) => component,
        }
    }

    /// The shortest walk of at least one step to a node that is an end.
    fn walk(
        &self,
        from: u32,
        is_inside: impl Fn(u32) -> bool,
        is_end: impl Fn(u32) -> bool,
    ) -> Option<Vec<Edge>> {
        let mut came: rustc_hash::FxHashMap<u32, Edge> = rustc_hash::FxHashMap::default();
        let mut queue = std::collections::VecDeque::from([from]);
        while let Some(node) = queue.pop_front() {
            for &edge in self.after(node) {
                if !is_inside(edge.to) || came.contains_key(&edge.to) {
                    continue;
                }
                came.insert(edge.to, edge);
                if is_end(edge.to) {
                    let mut walk = vec![edge];
                    while walk[walk.len() - 1].from != from {
                        walk.push(came[&walk[walk.len() - 1].from]);
                    }
                    walk.reverse();
                    return Some(walk);
                }
                queue.push_back(edge.to);
            }
        }
        None
    }
}

impl Walkable for Edges {
    fn count(&self) -> usize {
        self.starts.len() - 1
    }

    fn next(&self, node: u32, cursor: u32) -> Option<Option<u32>> {
        let edge = self.after(node).get(cursor as usize)?;
        Some(Some(edge.to))
    }
}
