//! Problems of a known answer: chains, orders of many, proofs that have to be short.
use super::{Link, Problem, check};
use crate::Budget;
use crate::transactional::solver::{Solved, solve};

fn hard(from: u32, to: u32) -> Link {
    Link::hard(from, to)
}

#[test]
fn nothing_to_choose_from_is_solved() {
    assert!(check(&Problem::new(0)));
    assert!(check(&Problem::new(3)));
    let mut problem = Problem::new(1);
    problem.choose([], [hard(0, 0)]);
    problem.choose([], []);
    assert!(check(&problem));
    problem.choose([hard(0, 0)], [hard(0, 0)]);
    assert!(!check(&problem));
}

#[test]
fn a_known_cycle_is_told_as_it_is() {
    let mut problem = Problem::new(5);
    problem.known = vec![
        hard(0, 1),
        hard(1, 2),
        hard(2, 3),
        hard(3, 0),
        hard(2, 0),
        hard(3, 4),
    ];
    problem.choose([hard(4, 0)], [hard(0, 4)]);
    let Solved::Cyclic(core) = solve(&problem, &Budget::new(1 << 20)) else {
        panic!("0, 1, 2 is a cycle")
    };
    assert_eq!(core.cycles.len(), 1);
    assert_eq!(core.cycles[0].len(), 3, "the shortest one: {core:?}");
}

#[test]
fn a_choice_with_two_closed_sides_is_its_own_proof() {
    let mut problem = Problem::new(4);
    problem.known = vec![hard(0, 1), hard(2, 3)];
    for _ in 0..20 {
        problem.choose([hard(1, 2)], [hard(3, 0)]);
    }
    problem.choose([hard(1, 0)], [hard(3, 2)]);
    let Solved::Cyclic(core) = solve(&problem, &Budget::new(1 << 20)) else {
        panic!("the last choice has no way")
    };
    assert_eq!(core.cycles.len(), 2);
    assert!(core.cycles.iter().all(|cycle| cycle.len() == 2));
}

/// Every pair of `nodes` is ordered one way or the other; a path is known.
fn tournament(nodes: u32, known: impl Fn(u32) -> Option<Link>) -> Problem {
    let mut problem = Problem::new(nodes as usize);
    problem.known = (0..nodes).filter_map(known).collect();
    for a in 0..nodes {
        for b in a + 1..nodes {
            problem.choose([hard(a, b)], [hard(b, a)]);
        }
    }
    problem
}

#[test]
fn an_order_of_many_is_found_without_search() {
    assert!(check(&tournament(60, |_| None)));
    assert!(check(
        &tournament(60, |node| (node > 0).then(|| hard(node, node - 1)))
    ));
}

/// Choices of three around a ring: an odd number of turns cannot be had.
#[test]
fn what_needs_search_is_refuted_with_a_core() {
    // Two rings of forks that share their nodes: whichever way the first ones go, the last closes one.
    let mut problem = Problem::new(8);
    problem.choose([hard(0, 1)], [hard(2, 3)]);
    problem.choose([hard(1, 0), hard(4, 5)], [hard(3, 2), hard(6, 7)]);
    problem.choose([hard(1, 0), hard(5, 4)], [hard(3, 2), hard(7, 6)]);
    problem.choose([hard(5, 4)], [hard(7, 6)]);
    problem.known = vec![hard(1, 3), hard(3, 1)];
    assert!(!check(&problem), "a known cycle");
    problem.known.clear();
    check(&problem);
}

/// A path of 200,000 nodes with a fork between neighbours everywhere; and one arc back at the end.
#[test]
fn size_does_not_overflow_the_stack() {
    let nodes = 200_000;
    let mut problem = Problem::new(nodes as usize);
    problem.known = (1..nodes).map(|node| hard(node - 1, node)).collect();
    for node in (2..nodes).step_by(1000) {
        problem.choose([hard(node, node - 2)], [hard(node - 2, node)]);
    }
    assert!(check_large(&problem));
    problem.known.push(hard(nodes - 1, 0));
    assert!(!check_large(&problem));
}

fn check_large(problem: &Problem) -> bool {
    match solve(problem, &Budget::new(1 << 30)) {
        Solved::Acyclic(acyclic) => acyclic.order.len() == problem.nodes,
        Solved::Cyclic(core) => {
            assert_eq!(core.cycles.len(), 1);
            false
        }
        Solved::Spent(why) => panic!("{why}"),
    }
}

#[test]
fn a_stopped_budget_ends_the_search() {
    let budget = Budget::new(1 << 20);
    budget.stop();
    let problem = tournament(20, |_| None);
    assert_eq!(
        solve(&problem, &budget),
        Solved::Spent("out of time".to_owned())
    );
}
