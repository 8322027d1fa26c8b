//! Tells what went wrong with one object: its name, one sentence, the operations and the proof.
use super::decide::Cause;
use super::split::Part;
use super::stuck::no_order;
use crate::linearizable::proof::Proof;
use crate::words::{fill, fitting, label, sentence, who};
use crate::{Anomaly, History, Step, WitnessOp};

/// Explains why `part` is illegal.
pub(super) fn explain(history: &History, part: &Part<'_>, cause: &Cause) -> Anomaly {
    match cause {
        Cause::Proof(proof) => told(history, part, proof),
        Cause::Stuck(core) => no_order(history, part, core),
    }
}

/// The proof of a special algorithm, with its operations in order of invocation.
fn told(history: &History, part: &Part<'_>, proof: &Proof) -> Anomaly {
    let mut ops: Vec<u32> = proof.ops.iter().map(|(op, _)| *op).collect();
    ops.sort_unstable();
    ops.dedup();
    let place = |named: usize| {
        let op = proof.ops.get(named)?.0;
        ops.binary_search(&op).ok()
    };
    let operation = |named: usize| {
        let op = proof.ops.get(named)?.0;
        part.operations.get(op as usize)
    };
    let witness = ops.iter().enumerate().map(|(place, &op)| {
        let role = proof.ops.iter().find(|(known, _)| *known == op);
        let role = role.map_or_else(String::new, |(_, role)| role.clone());
        let operation = &part.operations[op as usize];
        WitnessOp::new(label(place), history, operation, role)
    });
    let steps = proof.steps.iter().map(|step| Step {
        between: step
            .between
            .and_then(|(first, second)| Some((place(first)?, place(second)?))),
        edge: step.edge,
        text: fill(&step.text, |named| Some(label(place(named)?))),
    });
    Anomaly {
        also: Vec::new(),
        kind: proof.kind,
        sentence: fitting(|names| {
            let text = fill(&proof.sentence, |named| Some(who(operation(named)?, names)));
            sentence(&text)
        }),
        key: Some(part.key),
        witness: witness.collect(),
        steps: steps.collect(),
        is_minimal: true,
    }
}
