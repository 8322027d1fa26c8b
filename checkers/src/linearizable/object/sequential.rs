//! Sequential consistency: whether one order explains every answer that keeps the order in which each
//! process asked, whatever the clock says (Lamport, "How to make a multiprocessor computer that
//! correctly executes multiprocess programs", IEEE TC 1979).
//!
//! Objects that are so one by one need not be so together: all of them are searched at once. But one
//! that is not is enough to accuse, and a linearizable history is always sequentially consistent.
use super::split::{Part, split};
use super::{Object, decide::restrict};
use crate::linearizable::asked::Asked;
use crate::linearizable::parallel::in_parallel;
use crate::words::{cut, fitting, label, who};
use crate::{
    Anomaly, AnomalyKind, Budget, Checker, Edge, Evidence, History, Operation, Spec, Step, Verdict,
    WitnessOp,
};

mod search;

use search::{End, Search, Stuck};

/// Judges objects that need not care for real time, only for the order in which each process asks.
pub struct SequentiallyConsistent<S: Spec> {
    object: Object<S>,
    name: String,
}

/// Longer witnesses are cut: nobody reads them, and a report has to hold them.
const WITNESS_MAX: usize = 1_000;

/// Configurations of one attempt to do with fewer operations, and of all of them.
const ATTEMPT_STEPS_MAX: u64 = 20_000;
const WORK_MAX: u64 = 500_000;

impl<S: Spec> SequentiallyConsistent<S> {
    /// Judges what `object` judges.
    pub fn new(object: Object<S>) -> SequentiallyConsistent<S> {
        let name = format!("sequential {}", object.name);
        SequentiallyConsistent { object, name }
    }

    #[cfg(test)]
    pub(super) fn spec(&self) -> &S {
        &self.object.spec
    }
}

impl<S: Spec> Checker for SequentiallyConsistent<S> {
    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self, history: &History, budget: &Budget) -> Verdict {
        let verdict = self.object.check(history, budget);
        let mut evidence = match verdict {
            Verdict::Valid { mut evidence } => {
                evidence.method = format!("linearizable, which is more ({})", evidence.method);
                return Verdict::Valid { evidence };
            }
            Verdict::Unknown { evidence, .. } | Verdict::Invalid { evidence, .. } => evidence,
        };
        let spec = &self.object.spec;
        let parts = split(spec, history);
        if parts.iter().all(|part| part.answered == 0) {
            let reason = "no call was ever answered".to_owned();
            return Verdict::Unknown { reason, evidence };
        }
        "search over the positions of all processes".clone_into(&mut evidence.method);
        evidence.keys_valid = 0;
        evidence.keys_invalid = 0;
        let each: Vec<&Part<'_>> = parts.iter().collect();
        let found = in_parallel(&each, |part| find(spec, &[part], budget, u64::MAX));
        evidence.configurations = found.iter().map(|found| found.1).sum();
        for (part, (end, _)) in each.iter().zip(&found) {
            if let End::Illegal(stuck) = end {
                return invalid(spec, history, &[part], stuck, evidence, budget);
            }
        }
        let end = match found.into_iter().next() {
            Some((end, _)) if each.len() == 1 => end,
            _ => {
                let (end, configurations) = find(spec, &each, budget, u64::MAX);
                evidence.configurations += configurations;
                end
            }
        };
        match end {
            End::Legal => {
                evidence.keys_valid = evidence.keys;
                Verdict::Valid { evidence }
            }
            End::Illegal(stuck) => invalid(spec, history, &each, &stuck, evidence, budget),
            End::GaveUp { why } => {
                let count = evidence.configurations;
                let reason = format!("{why}, having tried {count} configurations of all objects");
                Verdict::Unknown { reason, evidence }
            }
        }
    }
}

/// Searches for an order of the operations of some objects, and how many configurations that took.
fn find<S: Spec>(spec: &S, parts: &[&Part<'_>], budget: &Budget, steps_max: u64) -> (End, u64) {
    let asked: Vec<&[Asked]> = parts.iter().map(|part| &*part.asked).collect();
    let times = parts.iter().map(|part| {
        let invoked = part.operations.iter().map(|operation| operation.invoked);
        invoked.collect()
    });
    let times: Vec<Vec<usize>> = times.collect();
    Search::new(spec, &asked, &times).run(budget, steps_max)
}

/// Accuses the objects with as few operations as can be found: those that only look may be left out.
fn invalid<S: Spec>(
    spec: &S,
    history: &History,
    parts: &[&Part<'_>],
    stuck: &Stuck,
    mut evidence: Evidence,
    budget: &Budget,
) -> Verdict {
    evidence.keys_invalid = 1;
    let mut kept: Vec<Vec<u32>> = parts
        .iter()
        .map(|part| (0..part.asked.len() as u32).collect())
        .collect();
    let mut stuck = stuck.clone();
    let mut left = WORK_MAX;
    for place in 0..parts.len() {
        for op in (0..parts[place].asked.len() as u32).rev() {
            if left == 0 || !spec.is_read_only(&parts[place].asked[op as usize].call) {
                continue;
            }
            let mut fewer = kept.clone();
            fewer[place].retain(|&known| known != op);
            let (end, cost) = attempt(spec, parts, &fewer, budget);
            left = left.saturating_sub(cost);
            if let End::Illegal(smaller) = end {
                kept = fewer;
                stuck = smaller;
            }
        }
    }
    let anomalies = vec![told(history, parts, &kept, &stuck)];
    Verdict::Invalid {
        anomalies,
        evidence,
    }
}

fn attempt<S: Spec>(
    spec: &S,
    parts: &[&Part<'_>],
    kept: &[Vec<u32>],
    budget: &Budget,
) -> (End, u64) {
    let some = parts.iter().zip(kept);
    let asked: Vec<Vec<Asked>> = some.map(|(part, ops)| restrict(&part.asked, ops)).collect();
    let asked: Vec<&[Asked]> = asked.iter().map(|asked| &**asked).collect();
    let times = parts.iter().zip(kept).map(|(part, ops)| {
        let invoked = ops.iter().map(|&op| part.invoked(op));
        invoked.collect()
    });
    let times: Vec<Vec<usize>> = times.collect();
    let operations: usize = kept.iter().map(Vec::len).sum();
    let (end, configurations) = Search::new(spec, &asked, &times).run(budget, ATTEMPT_STEPS_MAX);
    (end, configurations + operations as u64)
}

fn told(history: &History, parts: &[&Part<'_>], kept: &[Vec<u32>], stuck: &Stuck) -> Anomaly {
    let mut operations: Vec<&Operation<'_>> = Vec::new();
    for (part, ops) in parts.iter().zip(kept) {
        operations.extend(ops.iter().map(|&op| &part.operations[op as usize]));
    }
    operations.sort_by_key(|operation| operation.invoked);
    let place = |time: usize| operations.binary_search_by_key(&time, |operation| operation.invoked);
    let count = operations.len();
    let first = count.saturating_sub(WITNESS_MAX);
    let witness = operations.iter().enumerate().skip(first);
    let witness = witness.map(|(place, operation)| {
        let is_stuck = stuck
            .waiting
            .iter()
            .any(|waiting| waiting.time == operation.invoked);
        let role = if is_stuck {
            "cannot be explained"
        } else {
            "in the way"
        };
        WitnessOp::new(label(place), history, operation, role)
    });
    let witness: Vec<WitnessOp> = witness.collect();
    let mut texts: Vec<String> = Vec::new();
    for waiting in &stuck.waiting {
        if let Ok(place) = place(waiting.time) {
            let (who, state) = (
                who(operations[place], crate::words::Names::Short),
                cut(&waiting.state, 120),
            );
            let call = cut(&operations[place].op.to_string(), 60);
            texts.push(format!(
                "At the furthest, {who} has come to {} ({call}), which is not possible when the state is {state}.",
                label(place)
            ));
        }
    }
    texts.push(
        "So no order that keeps the order of each process gets to the end — a contradiction."
            .to_owned(),
    );
    let remark = |text| Step {
        between: None,
        edge: Edge::None,
        text,
    };
    Anomaly {
        also: Vec::new(),
        kind: AnomalyKind::NonSequential,
        sentence: fitting(|_| match parts {
            [part] => format!(
                "No order of these {count} operations on {} keeps the order in which each process asked and explains the answers.",
                part.name()
            ),
            _ => format!(
                "No single order of these {count} operations keeps the order in which each process asked and explains the answers."
            ),
        }),
        key: parts
            .first()
            .filter(|_| parts.len() == 1)
            .map(|part| part.key),
        witness,
        steps: texts.into_iter().map(remark).collect(),
        is_minimal: false,
    }
}
