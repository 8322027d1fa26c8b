//! Things of which each comes at or before the next, and which are more than one: knots.
use super::view::NONE;

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
    let mut next = vec![0_u32; nodes + 1];
    for edge in edges {
        next[edge.from as usize + 1] += 1;
    }
    for node in 0..nodes {
        next[node + 1] += next[node];
    }
    let starts = next.clone();
    let mut by_from = edges.to_vec();
    for edge in edges {
        let place = &mut next[edge.from as usize];
        by_from[*place as usize] = *edge;
        *place += 1;
    }
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

    /// Strongly connected components (Tarjan 1972, without recursion).
    fn components(&self) -> Vec<u32> {
        let nodes = self.starts.len() - 1;
        let mut component = vec![NONE; nodes];
        let mut low = vec![NONE; nodes];
        let (mut counter, mut components) = (0, 0);
        let mut open: Vec<u32> = Vec::new();
        let mut stack: Vec<(u32, u32, u32)> = Vec::new();
        for root in 0..nodes as u32 {
            if low[root as usize] != NONE {
                continue;
            }
            stack.push((root, 0, counter));
            low[root as usize] = counter;
            counter += 1;
            open.push(root);
            while let Some((node, at, number)) = stack.last_mut() {
                let (here, number) = (*node, *number);
                if let Some(edge) = self.after(here).get(*at as usize) {
                    *at += 1;
                    let to = edge.to as usize;
                    if low[to] == NONE {
                        stack.push((edge.to, 0, counter));
                        low[to] = counter;
                        counter += 1;
                        open.push(edge.to);
                    } else if component[to] == NONE {
                        low[here as usize] = low[here as usize].min(low[to]);
                    }
                    continue;
                }
                stack.pop();
                if let Some((parent, _, _)) = stack.last() {
                    let parent = *parent as usize;
                    low[parent] = low[parent].min(low[here as usize]);
                }
                if low[here as usize] == number {
                    while let Some(member) = open.pop() {
                        component[member as usize] = components;
                        if member == here {
                            break;
                        }
                    }
                    components += 1;
                }
            }
        }
        component
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
