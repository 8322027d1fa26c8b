//! What every judge of objects is tested with: brute force, schedules, and random numbers.
use crate::Spec;
use crate::linearizable::{Asked, NEVER};
use std::collections::HashSet;

/// A generator of numbers: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
pub(crate) struct Rng(pub(crate) u64);

impl Rng {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(crate) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }
}

/// Linearizability by definition: tries every order of up to 64 operations.
pub(crate) fn is_legal<S: Spec>(spec: &S, asked: &[Asked]) -> bool {
    assert!(asked.len() <= 64, "brute force is for small histories");
    let answered = (0..asked.len()).filter(|&op| asked[op].is_answered());
    let all = answered.fold(0_u64, |all, op| all | 1 << op);
    let mut seen: HashSet<(u64, S::State)> = HashSet::new();
    let mut stack = vec![(0_u64, spec.init())];
    while let Some((done, state)) = stack.pop() {
        if done & all == all {
            return true;
        }
        if !seen.insert((done, state.clone())) {
            continue;
        }
        let left = || (0..asked.len()).filter(|op| done >> op & 1 == 0);
        let first_return = left().map(|op| asked[op].returned).min();
        let first_return = first_return.expect("not all are done");
        for op in left().filter(|&op| asked[op].invoked < first_return) {
            for next in spec.step(&state, asked[op].process, &asked[op].call) {
                stack.push((done | 1 << op, next));
            }
        }
    }
    false
}

/// One operation of a [`schedule`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Planned {
    /// Which process asks.
    pub(crate) process: u32,
    /// Positions of its events.
    pub(crate) invoked: u32,
    pub(crate) returned: u32,
}

/// When `operations` operations of `processes` processes begin and end, in order of invocation, and
/// the order in which they take effect, each between its two events.
pub(crate) fn schedule(
    operations: usize,
    processes: usize,
    rng: &mut Rng,
) -> (Vec<Planned>, Vec<usize>) {
    #[derive(Clone, Copy)]
    enum Stage {
        Idle,
        Asked(usize),
        Done(usize),
    }
    let mut stages = vec![Stage::Idle; processes];
    let mut plan: Vec<Planned> = Vec::new();
    let mut order = Vec::new();
    let (mut position, mut ended) = (0, 0);
    while ended < operations {
        let lane = rng.below(processes as u64) as usize;
        stages[lane] = match stages[lane] {
            Stage::Idle if plan.len() == operations => Stage::Idle,
            Stage::Idle => {
                plan.push(Planned {
                    process: lane as u32,
                    invoked: position,
                    returned: u32::MAX,
                });
                position += 1;
                Stage::Asked(plan.len() - 1)
            }
            Stage::Asked(op) => {
                order.push(op);
                Stage::Done(op)
            }
            Stage::Done(op) => {
                plan[op].returned = position;
                position += 1;
                ended += 1;
                Stage::Idle
            }
        };
    }
    (plan, order)
}

/// Positions are those of the events that are left.
pub(crate) fn close_gaps(asked: &mut [Asked]) {
    let ends = asked
        .iter()
        .flat_map(|asked| [asked.invoked, asked.returned]);
    let mut positions: Vec<u32> = ends.filter(|&end| end != NEVER).collect();
    positions.sort_unstable();
    let rank = |position: u32| positions.binary_search(&position).expect("its own") as u32;
    for asked in asked {
        asked.invoked = rank(asked.invoked);
        if asked.returned != NEVER {
            asked.returned = rank(asked.returned);
        }
    }
}
