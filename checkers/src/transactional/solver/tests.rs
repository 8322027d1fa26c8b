//! The solver against brute force, against another solver, and on problems that are hard or large.
mod against_sat;
mod brute_force;
mod shapes;

use super::{Link, Problem, Solved, solve};
use crate::Budget;
use crate::testing::Rng;

/// Solves a problem and looks the answer through; whether it has a solution.
fn check(problem: &Problem) -> bool {
    match solve(problem, &Budget::new(1 << 30)) {
        Solved::Spent(why) => panic!("{why}"),
        Solved::Acyclic(acyclic) => {
            let sides = acyclic.is_either.iter().enumerate();
            let taken: Vec<usize> = sides
                .map(|(choice, &is)| 2 * choice + usize::from(!is))
                .collect();
            assert!(holds(problem, &taken), "{problem:?}\n{acyclic:?}");
            let mut place = vec![usize::MAX; problem.nodes];
            for (at, &node) in acyclic.order.iter().enumerate() {
                place[node as usize] = at;
            }
            assert_eq!(acyclic.order.len(), problem.nodes);
            for link in links_of(problem, &taken).filter(|link| !link.is_soft()) {
                assert!(place[link.from() as usize] < place[link.to() as usize]);
            }
            true
        }
        Solved::Cyclic(core) => {
            check_core(problem, &core.cycles);
            false
        }
    }
}

fn links_of<'a>(problem: &'a Problem, taken: &'a [usize]) -> impl Iterator<Item = Link> + 'a {
    let chosen = taken.iter().flat_map(|&side| problem.side(side));
    let links = (0..problem.known.len() as u32).chain(chosen);
    links.map(|link| problem.link(link))
}

/// Whether these sides close no forbidden cycle, by transitive closure.
fn holds(problem: &Problem, taken: &[usize]) -> bool {
    let mut after = vec![vec![]; problem.nodes];
    for link in links_of(problem, taken).filter(|link| !link.is_soft()) {
        after[link.from() as usize].push(link.to());
    }
    let is_joined = |from: u32, to: u32| {
        let mut seen = vec![false; problem.nodes];
        let mut open = vec![from];
        while let Some(node) = open.pop() {
            if node == to {
                return true;
            }
            if !std::mem::replace(&mut seen[node as usize], true) {
                open.extend(&after[node as usize]);
            }
        }
        false
    };
    links_of(problem, taken).all(|link| !is_joined(link.to(), link.from()))
}

/// Each cycle is closed and forbidden, and each way of choosing has one of them.
fn check_core(problem: &Problem, cycles: &[Vec<u32>]) {
    let mut needs: Vec<Vec<usize>> = Vec::new();
    for cycle in cycles {
        assert!(!cycle.is_empty());
        for (at, &link) in cycle.iter().enumerate() {
            let next = cycle[(at + 1) % cycle.len()];
            assert_eq!(
                problem.link(link).to(),
                problem.link(next).from(),
                "{problem:?}\n{cycles:?}"
            );
        }
        let soft = cycle
            .iter()
            .filter(|&&link| problem.link(link).is_soft())
            .count();
        assert!(soft <= 1, "a cycle with {soft} soft arcs is allowed");
        let mut sides: Vec<usize> = cycle
            .iter()
            .filter_map(|&link| problem.owner(link))
            .collect();
        sides.sort_unstable();
        sides.dedup();
        needs.push(sides);
    }
    let mut choices: Vec<usize> = needs.iter().flatten().map(|side| side / 2).collect();
    choices.sort_unstable();
    choices.dedup();
    if choices.len() > 18 {
        return;
    }
    for bits in 0..1_u32 << choices.len() {
        let is_taken = |side: &usize| {
            let at = choices.binary_search(&(side / 2)).expect("collected above");
            (bits >> at & 1) as usize == side % 2
        };
        let is_closed = needs.iter().any(|needs| needs.iter().all(is_taken));
        assert!(is_closed, "{problem:?}\n{cycles:?}");
    }
}

/// What a random problem looks like.
struct Shape {
    nodes: u64,
    known: u64,
    choices: u64,
    side_max: u64,
    /// How likely an arc of a choice is soft, in percent.
    soft: u64,
    /// How likely a known arc goes against the numbers of the nodes, in percent.
    backward: u64,
}

fn random(rng: &mut Rng, shape: &Shape) -> Problem {
    let mut problem = Problem::new(shape.nodes as usize);
    let link = |rng: &mut Rng, backward: u64| {
        let (a, b) = (rng.below(shape.nodes) as u32, rng.below(shape.nodes) as u32);
        let (low, high) = (a.min(b), a.max(b));
        let (from, to) = if rng.percent(backward) {
            (high, low)
        } else {
            (low, high)
        };
        match rng.percent(shape.soft) {
            true => Link::soft(from, to),
            false => Link::hard(from, to),
        }
    };
    for _ in 0..shape.known {
        let link = link(rng, shape.backward);
        if link.from() != link.to() {
            problem.known.push(link);
        }
    }
    for _ in 0..shape.choices {
        let mut side = || -> Vec<Link> {
            let length = rng.below(shape.side_max + 1);
            (0..length).map(|_| link(rng, 50)).collect()
        };
        let (either, or) = (side(), side());
        problem.choose(either, or);
    }
    problem
}
