//! Parts a problem into components that have nothing to do with each other.
//!
//! Arcs between different strongly connected components of everything, known and possible, are in no
//! cycle whatever is chosen. So a side without an arc inside a component costs nothing: it is taken,
//! the other one's arcs are gone, and components fall apart further.
use super::search::{End, OPEN, Part, Search};
use super::{Acyclic, Core, Problem, Solved};
use crate::Budget;

pub(super) fn solve(problem: &Problem, budget: &Budget) -> Solved {
    let mut taken = vec![OPEN; problem.choices()];
    let rest = Rest::of(problem, &mut taken, budget);
    let rest = match rest {
        Ok(rest) => rest,
        Err(why) => return Solved::Spent(why),
    };
    for group in rest.groups(problem) {
        if let Some(why) = budget.spent() {
            return Solved::Spent(why);
        }
        match Search::new(group.part).run(budget) {
            End::Acyclic(sides) => {
                for (&choice, side) in group.choices.iter().zip(sides) {
                    taken[choice as usize] = side;
                }
            }
            End::Cyclic(cycles) => {
                let named = |cycle: Vec<u32>| -> Vec<u32> {
                    cycle
                        .into_iter()
                        .map(|link| group.links[link as usize])
                        .collect()
                };
                let cycles = cycles.into_iter().map(named).collect();
                return Solved::Cyclic(Core { cycles });
            }
            End::Spent(why) => return Solved::Spent(why),
        }
    }
    Solved::Acyclic(Acyclic {
        order: order(problem, &taken),
        is_either: taken.iter().map(|&side| side == 0).collect(),
    })
}

/// All nodes in an order that agrees with the known arcs and the sides taken.
fn order(problem: &Problem, taken: &[u8]) -> Vec<u32> {
    let chosen =
        (0..taken.len()).flat_map(|choice| problem.side(2 * choice + taken[choice] as usize));
    let links = (0..problem.known.len() as u32).chain(chosen);
    let hard = links
        .map(|link| problem.link(link))
        .filter(|link| !link.is_soft());
    let ends: Vec<(u32, u32)> = hard.map(|link| (link.from(), link.to())).collect();
    let graph = Csr::new(problem.nodes, &ends);
    let mut before = vec![0_u32; problem.nodes];
    ends.iter().for_each(|&(_, to)| before[to as usize] += 1);
    let free = (0..problem.nodes as u32).filter(|&node| before[node as usize] == 0);
    let mut order: Vec<u32> = free.collect();
    let mut next = 0;
    while next < order.len() {
        for &to in graph.after(order[next]) {
            before[to as usize] -= 1;
            if before[to as usize] == 0 {
                order.push(to);
            }
        }
        next += 1;
    }
    assert_eq!(
        order.len(),
        problem.nodes,
        "every component was solved, and no cycle leaves one"
    );
    order
}

/// Arcs by their beginning.
struct Csr {
    starts: Vec<u32>,
    to: Vec<u32>,
}

impl Csr {
    fn new(nodes: usize, ends: &[(u32, u32)]) -> Csr {
        let mut starts = vec![0_u32; nodes + 2];
        for &(from, _) in ends {
            starts[from as usize + 2] += 1;
        }
        for node in 0..nodes {
            starts[node + 2] += starts[node + 1];
        }
        let mut to = vec![0; ends.len()];
        for &(from, end) in ends {
            let at = &mut starts[from as usize + 1];
            to[*at as usize] = end;
            *at += 1;
        }
        Csr { starts, to }
    }

    fn after(&self, node: u32) -> &[u32] {
        &self.to[self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize]
    }
}

/// The strongly connected component of each node (Tarjan, SIAM J. Comput. 1972), without recursion.
fn components(nodes: usize, ends: &[(u32, u32)]) -> Vec<u32> {
    const NEW: u32 = u32::MAX;
    let graph = Csr::new(nodes, ends);
    let mut low = vec![NEW; nodes];
    let mut component = vec![NEW; nodes];
    let mut next = graph.starts.clone();
    let (mut count, mut components) = (0, 0);
    let (mut stack, mut path): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
    let mut index = vec![0_u32; nodes];
    for root in 0..nodes as u32 {
        if low[root as usize] != NEW {
            continue;
        }
        path.push(root);
        while let Some(&node) = path.last() {
            let at = node as usize;
            if low[at] == NEW {
                low[at] = count;
                index[at] = count;
                count += 1;
                stack.push(node);
            }
            if next[at] < graph.starts[at + 1] {
                let to = graph.to[next[at] as usize] as usize;
                if low[to] == NEW {
                    path.push(to as u32);
                } else {
                    // Seen again after `to` was finished: its low is what counts then.
                    if component[to] == NEW {
                        low[at] = low[at].min(low[to]);
                    }
                    next[at] += 1;
                }
                continue;
            }
            path.pop();
            if low[at] == index[at] {
                while let Some(member) = stack.pop() {
                    component[member as usize] = components;
                    if member == node {
                        break;
                    }
                }
                components += 1;
            }
        }
    }
    component
}

/// What is left when all arcs between components are gone.
struct Rest {
    /// The arcs that are, in ascending order.
    links: Vec<u32>,
    /// Their nodes, in ascending order.
    nodes: Vec<u32>,
    /// The index in `nodes` of each node.
    small: Vec<u32>,
    /// The component of each of `nodes`.
    component: Vec<u32>,
}

/// One group of components that share choices.
struct Group {
    part: Part,
    links: Vec<u32>,
    choices: Vec<u32>,
}

/// The sides of arcs that are asked for in ascending order.
struct Sides<'a> {
    problem: &'a Problem,
    side: usize,
}

impl Sides<'_> {
    fn of(&mut self, link: u32) -> Option<usize> {
        if (link as usize) < self.problem.known.len() {
            return None;
        }
        while self.problem.side(self.side).end <= link {
            self.side += 1;
        }
        Some(self.side)
    }
}

impl Rest {
    fn of(problem: &Problem, taken: &mut [u8], budget: &Budget) -> Result<Rest, String> {
        let mut rest = Rest {
            links: (0..problem.links() as u32).collect(),
            nodes: (0..problem.nodes as u32).collect(),
            small: (0..problem.nodes as u32).collect(),
            component: Vec::new(),
        };
        let mut inner = vec![0_u32; 2 * problem.choices()];
        loop {
            if let Some(why) = budget.spent() {
                return Err(why);
            }
            let before = rest.links.len();
            rest.cut(problem);
            inner.fill(0);
            let mut sides = Sides { problem, side: 0 };
            for &link in &rest.links {
                if let Some(side) = sides.of(link) {
                    inner[side] += 1;
                }
            }
            for (choice, taken) in taken.iter_mut().enumerate() {
                if *taken == OPEN && inner[2 * choice] == 0 {
                    *taken = 0;
                } else if *taken == OPEN && inner[2 * choice + 1] == 0 {
                    *taken = 1;
                }
            }
            let mut sides = Sides { problem, side: 0 };
            let is_open = |link: &u32| sides.of(*link).is_none_or(|side| taken[side / 2] == OPEN);
            rest.links.retain(is_open);
            rest.forget_nodes(problem);
            if rest.links.len() == before {
                return Ok(rest);
            }
        }
    }

    /// Takes out the arcs between components.
    fn cut(&mut self, problem: &Problem) {
        let small = &self.small;
        let ends = |link: &u32| {
            let link = problem.link(*link);
            (small[link.from() as usize], small[link.to() as usize])
        };
        let all: Vec<(u32, u32)> = self.links.iter().map(ends).collect();
        let component = components(self.nodes.len(), &all);
        self.links.retain(|link| {
            let (from, to) = ends(link);
            component[from as usize] == component[to as usize]
        });
        self.component = component;
    }

    /// Takes out the nodes that have no arc.
    fn forget_nodes(&mut self, problem: &Problem) {
        let mut is_used = vec![false; self.nodes.len()];
        for &link in &self.links {
            let link = problem.link(link);
            is_used[self.small[link.from() as usize] as usize] = true;
            is_used[self.small[link.to() as usize] as usize] = true;
        }
        let mut used = is_used.iter();
        self.nodes.retain(|_| *used.next().expect("one each"));
        let mut used = is_used.iter();
        self.component.retain(|_| *used.next().expect("one each"));
        for (at, &node) in self.nodes.iter().enumerate() {
            self.small[node as usize] = at as u32;
        }
    }

    /// The groups, those with the fewest choices first.
    fn groups(&self, problem: &Problem) -> Vec<Group> {
        let component = |node: u32| self.component[self.small[node as usize] as usize];
        let count = self
            .component
            .iter()
            .max()
            .map_or(0, |&last| last as usize + 1);
        let mut joined: Vec<u32> = (0..count as u32).collect();
        let mut sides = Sides { problem, side: 0 };
        let mut last = (usize::MAX, 0);
        for &link in &self.links {
            if let Some(side) = sides.of(link) {
                let here = component(problem.link(link).from());
                if last.0 == side / 2 {
                    let (a, b) = (find(&mut joined, last.1), find(&mut joined, here));
                    joined[a as usize] = b;
                }
                last = (side / 2, here);
            }
        }
        let mut index = vec![u32::MAX; count];
        let mut links: Vec<Vec<u32>> = Vec::new();
        for &link in &self.links {
            let root = find(&mut joined, component(problem.link(link).from())) as usize;
            if index[root] == u32::MAX {
                index[root] = links.len() as u32;
                links.push(Vec::new());
            }
            links[index[root] as usize].push(link);
        }
        let mut sizes = vec![0_u32; links.len()];
        let mut local = vec![0_u32; self.nodes.len()];
        for (at, &component) in self.component.iter().enumerate() {
            let root = find(&mut joined, component) as usize;
            let size = &mut sizes[index[root] as usize];
            local[at] = *size;
            *size += 1;
        }
        let local = |node: u32| local[self.small[node as usize] as usize];
        let groups = links.into_iter().zip(sizes);
        let mut groups: Vec<Group> = groups
            .map(|(links, nodes)| group(problem, links, nodes as usize, local))
            .collect();
        groups.sort_by_key(|group| group.choices.len());
        groups
    }
}

fn find(joined: &mut [u32], mut node: u32) -> u32 {
    while joined[node as usize] != node {
        joined[node as usize] = joined[joined[node as usize] as usize];
        node = joined[node as usize];
    }
    node
}

fn group(problem: &Problem, links: Vec<u32>, nodes: usize, local: impl Fn(u32) -> u32) -> Group {
    let known = links.partition_point(|&link| (link as usize) < problem.known.len());
    let mut starts = vec![known as u32];
    let mut choices: Vec<u32> = Vec::new();
    let mut sides = Sides { problem, side: 0 };
    for (at, &link) in links.iter().enumerate().skip(known) {
        let side = sides.of(link).expect("not known");
        if choices.last() != Some(&(side as u32 / 2)) {
            choices.push(side as u32 / 2);
            starts.extend([at as u32; 2]);
        }
        let ends = starts.len();
        if side.is_multiple_of(2) {
            starts[ends - 2] = at as u32 + 1;
        }
        starts[ends - 1] = at as u32 + 1;
    }
    let named = |&link: &u32| {
        let link = problem.link(link);
        match link.is_soft() {
            true => super::Link::soft(local(link.from()), local(link.to())),
            false => super::Link::hard(local(link.from()), local(link.to())),
        }
    };
    let part = Part {
        nodes,
        links: links.iter().map(named).collect(),
        starts,
    };
    Group {
        part,
        links,
        choices,
    }
}
