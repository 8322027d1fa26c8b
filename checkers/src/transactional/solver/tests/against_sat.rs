//! The solver against another one that is told of cycles one by one.
use super::{Rng, Shape, check, links_of, random};
use crate::transactional::solver::Problem;
use batsat::{BasicSolver, Lit, SolverInterface, Var, lbool};

/// Whether there is a solution: solve, find a cycle, forbid it, until one of the two fails.
fn has_solution(problem: &Problem) -> bool {
    let mut solver = BasicSolver::default();
    let choices: Vec<Var> = (0..problem.choices())
        .map(|_| solver.new_var_default())
        .collect();
    loop {
        if solver.solve_limited(&[]) != lbool::TRUE {
            return false;
        }
        let is_first = |choice: usize| solver.value_var(choices[choice]) != lbool::FALSE;
        let taken: Vec<usize> = (0..choices.len())
            .map(|choice| 2 * choice + usize::from(!is_first(choice)))
            .collect();
        let cycles = cycles(problem, &taken);
        if cycles.is_empty() {
            return true;
        }
        for sides in cycles {
            let literal = |side: usize| Lit::new(choices[side / 2], side % 2 == 1);
            let mut clause: Vec<Lit> = sides.into_iter().map(literal).collect();
            solver.add_clause_reuse(&mut clause);
        }
    }
}

/// The sides that are part of a cycle, for some cycles; none if there is none.
fn cycles(problem: &Problem, taken: &[usize]) -> Vec<Vec<usize>> {
    let known = (0..problem.known.len() as u32).map(|link| (link, None));
    let chosen = taken
        .iter()
        .flat_map(|&side| problem.side(side).map(move |link| (link, Some(side))));
    let mut after = vec![vec![]; problem.nodes];
    for (link, side) in known.chain(chosen) {
        let link = problem.link(link);
        after[link.from() as usize].push((link.to(), side));
    }
    assert!(links_of(problem, taken).all(|link| !link.is_soft()));
    let mut cycles = Vec::new();
    let mut is_done = vec![false; problem.nodes];
    for root in 0..problem.nodes {
        let mut path: Vec<(u32, Option<usize>, usize)> = vec![(root as u32, None, 0)];
        let mut on_path = vec![false; problem.nodes];
        on_path[root] = true;
        while let Some(&mut (node, _, ref mut next)) = path.last_mut() {
            let arc = after[node as usize].get(*next);
            *next += 1;
            match arc {
                None => {
                    is_done[node as usize] = true;
                    on_path[node as usize] = false;
                    path.pop();
                }
                Some(&(to, side)) if on_path[to as usize] => {
                    let start = path.iter().position(|entry| entry.0 == to);
                    let start = start.expect("it is on the path");
                    let sides = path[start + 1..].iter().filter_map(|entry| entry.1);
                    let mut sides: Vec<usize> = sides.chain(side).collect();
                    sides.sort_unstable();
                    sides.dedup();
                    cycles.push(sides);
                    break;
                }
                Some(&(to, side)) if !is_done[to as usize] => {
                    on_path[to as usize] = true;
                    path.push((to, side, 0));
                }
                Some(_) => {}
            }
        }
        for (node, _, _) in path {
            is_done[node as usize] = true;
        }
    }
    cycles
}

#[test]
fn larger_problems_agree_with_another_solver() {
    let mut rng = Rng(3);
    let mut solvable = 0;
    let problems = 3_000;
    for _ in 0..problems {
        let nodes = 10 + rng.below(50);
        let shape = Shape {
            nodes,
            known: rng.below(2 * nodes),
            choices: nodes / 2 + rng.below(2 * nodes),
            side_max: 1 + rng.below(2),
            soft: 0,
            backward: 0,
        };
        let problem = random(&mut rng, &shape);
        let expected = has_solution(&problem);
        assert_eq!(check(&problem), expected, "{problem:?}");
        solvable += usize::from(expected);
    }
    assert!(
        (problems / 10..problems * 9 / 10).contains(&solvable),
        "{solvable}"
    );
}
