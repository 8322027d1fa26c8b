//! A smaller proof: what of a core can be left out.
use super::{Core, Problem, Solved, split};
use crate::Budget;

/// Cores of more choices than this are left as they are.
const CHOICES_MAX: usize = 48;

/// Leaves out choices as long as the rest has no solution either.
pub(super) fn shrink(problem: &Problem, mut core: Core, budget: &Budget) -> Core {
    let mut needed: Vec<usize> = Vec::new();
    loop {
        let choices = choices_of(problem, &core);
        if core.cycles.len() < 2 || choices.len() > CHOICES_MAX {
            return core;
        }
        let Some(&tried) = choices.iter().find(|choice| !needed.contains(choice)) else {
            return core;
        };
        let kept: Vec<usize> = choices
            .into_iter()
            .filter(|&choice| choice != tried)
            .collect();
        match without(problem, &core, &kept, budget) {
            Some(smaller) => core = smaller,
            None => needed.push(tried),
        }
    }
}

/// The choices whose arcs a core has.
fn choices_of(problem: &Problem, core: &Core) -> Vec<usize> {
    let sides = core
        .cycles
        .iter()
        .flatten()
        .filter_map(|&link| problem.owner(link));
    let mut choices: Vec<usize> = sides.map(|side| side / 2).collect();
    choices.sort_unstable();
    choices.dedup();
    choices
}

/// A core over the arcs of `core` in which only the choices `kept` appear, if there is one.
fn without(problem: &Problem, core: &Core, kept: &[usize], budget: &Budget) -> Option<Core> {
    let mut links: Vec<u32> = core.cycles.iter().flatten().copied().collect();
    links.sort_unstable();
    links.dedup();
    let mut nodes: Vec<u32> = Vec::new();
    for &link in &links {
        nodes.extend([problem.link(link).from(), problem.link(link).to()]);
    }
    nodes.sort_unstable();
    nodes.dedup();
    let small = |link: u32| {
        let link = problem.link(link);
        let node = |node| nodes.binary_search(&node).expect("collected above") as u32;
        match link.is_soft() {
            true => super::Link::soft(node(link.from()), node(link.to())),
            false => super::Link::hard(node(link.from()), node(link.to())),
        }
    };
    let of = |side: usize| -> Vec<u32> {
        let range = problem.side(side);
        let start = links.partition_point(|&link| link < range.start);
        let end = links.partition_point(|&link| link < range.end);
        links[start..end].to_vec()
    };
    let known: Vec<u32> = links
        .iter()
        .copied()
        .filter(|&link| problem.owner(link).is_none())
        .collect();
    let mut part = Problem::new(nodes.len());
    let mut names = known.clone();
    part.known = known.into_iter().map(small).collect();
    for &choice in kept {
        let (either, or) = (of(2 * choice), of(2 * choice + 1));
        names.extend(either.iter().chain(&or));
        part.choose(either.into_iter().map(small), or.into_iter().map(small));
    }
    match split::solve(&part, budget) {
        Solved::Cyclic(Core { cycles }) => Some(Core {
            cycles: cycles
                .into_iter()
                .map(|cycle| cycle.into_iter().map(|link| names[link as usize]).collect())
                .collect(),
        }),
        Solved::Acyclic(_) | Solved::Spent(_) => None,
    }
}
