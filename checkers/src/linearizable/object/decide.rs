//! Whether one object is legal: asks the special algorithms in turn, then the search.
use super::shrink::{Core, STRIDE, shrink};
use crate::linearizable::asked::Asked;
use crate::linearizable::engine::Engine;
use crate::linearizable::proof::{Answer, Proof};
use crate::linearizable::search::{End, Question, search};
use crate::{Budget, Spec};

/// What is known of one object, or one part of it.
#[derive(Clone, Debug)]
pub(super) struct Decision {
    /// Whether it is legal.
    pub(super) outcome: Outcome,
    /// How that was found out.
    pub(super) by: By,
    /// How many configurations were looked at.
    pub(super) configurations: u64,
}

/// Whether it is legal.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// Some order of the operations explains every answer.
    Legal,
    /// None does.
    Illegal(Cause),
    /// The budget did not suffice.
    Undecided(String),
}

/// Why an object is illegal.
#[derive(Clone, Debug)]
pub(super) enum Cause {
    /// Few operations that prove it.
    Proof(Box<Proof>),
    /// Operations of which one is never got past.
    Stuck(Box<Core>),
}

impl Cause {
    /// An operation by which it shows.
    pub(super) fn last(&self) -> u32 {
        match self {
            Cause::Proof(proof) => {
                let ops = proof.ops.iter().map(|(op, _)| *op);
                ops.max().expect("a proof has operations")
            }
            Cause::Stuck(core) => core.ops[core.stuck.op as usize],
        }
    }
}

/// How an object was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// By the algorithm of this name.
    Engine(&'static str),
    /// By search, and why no algorithm did it, if there was one.
    Search(Option<&'static str>),
}

/// The operations of a proof may take so many configurations to be searched once more.
const PROOF_STEPS_MAX: u64 = 1_000_000;

/// Decides one object.
pub(super) fn decide<S: Spec>(
    spec: &S,
    engines: &[Engine],
    asked: &[Asked],
    budget: &Budget,
) -> Decision {
    let mut why = None;
    for engine in engines {
        let outcome = match (engine.check)(asked) {
            Answer::Legal => Outcome::Legal,
            Answer::Illegal(proof) if !is_refutable(spec, asked, &proof, budget) => {
                Outcome::Illegal(Cause::Proof(proof))
            }
            Answer::Illegal(_) => {
                why = Some("its proof did not hold");
                continue;
            }
            Answer::Outside(reason) => {
                why = Some(reason);
                continue;
            }
        };
        return Decision {
            outcome,
            by: By::Engine(engine.name),
            configurations: 0,
        };
    }
    by_search(spec, asked, budget, why)
}

/// Whether the search finds an order for what is said to have none: an algorithm must not accuse
/// on its own.
fn is_refutable<S: Spec>(spec: &S, asked: &[Asked], proof: &Proof, budget: &Budget) -> bool {
    let ops: Vec<u32> = proof.ops.iter().map(|(op, _)| *op).collect();
    let asked = restrict(asked, &ops);
    let found = search(Question::new(spec, &asked), budget, PROOF_STEPS_MAX);
    match found.end {
        End::Legal { .. } => true,
        End::Illegal(_) | End::GaveUp { .. } => false,
    }
}

fn by_search<S: Spec>(
    spec: &S,
    asked: &[Asked],
    budget: &Budget,
    why: Option<&'static str>,
) -> Decision {
    let question = Question {
        stride: STRIDE,
        ..Question::new(spec, asked)
    };
    let found = search(question, budget, u64::MAX);
    let configurations = found.configurations;
    let outcome = match found.end {
        End::Legal { .. } => Outcome::Legal,
        End::Illegal(stuck) => {
            let core = shrink(spec, asked, *stuck, found.glimpses, budget);
            Outcome::Illegal(Cause::Stuck(Box::new(core)))
        }
        End::GaveUp { why } => {
            let (passed, returns) = (found.passed, found.returns);
            Outcome::Undecided(format!(
                "{why}, having tried {configurations} configurations and got past {passed} of {returns} answers"
            ))
        }
    };
    Decision {
        outcome,
        by: By::Search(why),
        configurations,
    }
}

/// Only these operations, in order of invocation, with positions that leave no gap.
pub(super) fn restrict(asked: &[Asked], ops: &[u32]) -> Vec<Asked> {
    let mut ops = ops.to_vec();
    ops.sort_unstable();
    ops.dedup();
    let mut kept: Vec<Asked> = ops.iter().map(|&op| asked[op as usize].clone()).collect();
    renumber(&mut kept);
    kept
}

/// Closes the gaps between positions.
pub(super) fn renumber(asked: &mut [Asked]) {
    let returns = asked.iter().filter(|asked| asked.is_answered());
    let mut positions: Vec<u32> = returns.map(|asked| asked.returned).collect();
    positions.extend(asked.iter().map(|asked| asked.invoked));
    positions.sort_unstable();
    let place = |position: u32| positions.partition_point(|&other| other < position) as u32;
    for asked in asked {
        if asked.is_answered() {
            asked.returned = place(asked.returned);
        }
        asked.invoked = place(asked.invoked);
    }
}
