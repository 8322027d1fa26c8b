//! All ways of choosing, one by one.
use super::{Rng, Shape, check, holds, random};
use crate::transactional::solver::Problem;

/// Whether some way of choosing closes no forbidden cycle.
fn has_solution(problem: &Problem) -> bool {
    let choices = problem.choices();
    (0..1_u32 << choices).any(|bits| {
        let side = |choice: usize| 2 * choice + (bits >> choice & 1) as usize;
        let taken: Vec<usize> = (0..choices).map(side).collect();
        holds(problem, &taken)
    })
}

fn agree(seed: u64, problems: usize, soft: u64) {
    let mut rng = Rng(seed);
    let mut solvable = 0;
    for _ in 0..problems {
        let shape = Shape {
            nodes: 2 + rng.below(7),
            known: rng.below(7),
            choices: rng.below(8),
            side_max: 1 + rng.below(3),
            soft,
            backward: rng.below(2) * 10,
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

#[test]
fn hard_arcs_agree_with_brute_force() {
    agree(1, 60_000, 0);
}

#[test]
fn soft_arcs_agree_with_brute_force() {
    agree(2, 40_000, 40);
}
