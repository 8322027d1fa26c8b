//! Linearizability of registers: whether every operation can have taken effect at one instant
//! between its invocation and its return.
//!
//! A history is split by key, each key is decided on its own, and the keys that are illegal are
//! shrunk to the few operations that show it.
use crate::model::{Asks, REGISTER};
use crate::{Anomaly, Budget, Checker, Data, Evidence, History, Linearization, Verdict};

mod blocks;
mod cell;
pub(super) mod columns;
mod decide;
mod explain;
mod linearization;
mod lost;
use super::mask;
mod method;
mod order;
mod plan;
mod projection;
mod refuted;
mod screen;
mod search;
mod shrink;
mod sources;
mod split;
mod values;
mod wanted;

#[cfg(test)]
mod tests;

use super::parallel::in_parallel;
use decide::{Decision, Method, decide};
use explain::explain;
use linearization::linearization;
use projection::Projection;
use split::{KeyHistory, split};

/// Judges registers with reads, writes and compare-and-sets. Each begins absent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Linearizable;

impl Linearizable {
    /// Judges registers that each begin as `initial`.
    pub fn starting_at(initial: impl Into<Data>) -> impl Checker {
        let initial = initial.into();
        Registers { initial }
    }
}

/// Registers that each begin as `initial`.
struct Registers {
    initial: Data,
}

/// At most this many keys are explained, the first that go wrong; all are counted.
const KEYS_EXPLAINED_MAX: usize = 400;

impl Checker for Linearizable {
    fn name(&self) -> &'static str {
        "linearizable"
    }

    fn asks(&self) -> Option<&'static [Asks]> {
        Some(REGISTER)
    }

    fn check(&self, history: &History, budget: &Budget) -> Verdict {
        check(history, &Data::Nil, budget)
    }

    fn linearization(&self, history: &History, budget: &Budget) -> Option<Vec<Linearization>> {
        linearization(history, &Data::Nil, budget)
    }
}

impl Checker for Registers {
    fn name(&self) -> &'static str {
        "linearizable"
    }

    fn asks(&self) -> Option<&'static [Asks]> {
        Some(REGISTER)
    }

    fn check(&self, history: &History, budget: &Budget) -> Verdict {
        check(history, &self.initial, budget)
    }

    fn linearization(&self, history: &History, budget: &Budget) -> Option<Vec<Linearization>> {
        linearization(history, &self.initial, budget)
    }
}

fn check(history: &History, initial: &Data, budget: &Budget) -> Verdict {
    if !history.has_real_time() {
        return super::without_real_time();
    }
    let keys = split(history, initial);
    let decided = in_parallel(&keys, |key| decide_key(key, budget));
    let (decisions, methods): (Vec<Decision>, Vec<Method>) = decided.into_iter().unzip();
    let evidence = evidence(&keys, &decisions, &methods);
    if evidence.keys_invalid > 0 {
        let anomalies = anomalies(history, &keys, &decisions, budget);
        return Verdict::Invalid {
            anomalies,
            evidence,
        };
    }
    if let Some(reason) = undecided(&keys, &decisions) {
        return Verdict::Unknown { reason, evidence };
    }
    if keys.iter().all(|key| key.answered == 0) {
        let reason = "no read, write or compare-and-set was ever answered".to_owned();
        return Verdict::Unknown { reason, evidence };
    }
    Verdict::Valid { evidence }
}

/// A key that was asked anything else besides is no register, and left undecided.
fn decide_key(key: &KeyHistory<'_>, budget: &Budget) -> (Decision, Method) {
    let Some(foreign) = key.foreign else {
        return decide(&key.register, budget);
    };
    let decision = Decision::Undecided {
        reason: format!("`{}` is no request to a register", foreign.f()),
        configurations: 0,
    };
    (decision, Method::NONE)
}

fn evidence(keys: &[KeyHistory<'_>], decisions: &[Decision], methods: &[Method]) -> Evidence {
    let count = |is_counted: fn(&Decision) -> bool| {
        decisions
            .iter()
            .filter(|decision| is_counted(decision))
            .count() as u64
    };
    Evidence {
        levels: Vec::new(),
        method: method::summary(methods),
        operations: keys.iter().map(|key| key.judged).sum(),
        keys: keys.len() as u64,
        keys_valid: count(|decision| matches!(decision, Decision::Legal { .. })),
        keys_invalid: count(|decision| matches!(decision, Decision::Illegal { .. })),
        keys_contended: keys.iter().filter(|key| key.is_contended).count() as u64,
        configurations: decisions.iter().map(Decision::configurations).sum(),
    }
}

/// The most telling of the first that went wrong.
fn anomalies(
    history: &History,
    keys: &[KeyHistory<'_>],
    decisions: &[Decision],
    budget: &Budget,
) -> Vec<Anomaly> {
    let mut illegal: Vec<(&KeyHistory<'_>, u32, Option<&Projection>)> = Vec::new();
    for (key, decision) in keys.iter().zip(decisions) {
        match decision {
            Decision::Illegal { stuck, core, .. } => illegal.push((key, *stuck, core.as_ref())),
            Decision::Legal { .. } | Decision::Undecided { .. } => {}
        }
    }
    illegal.sort_by_key(|(key, stuck, _)| key.register.ops[*stuck as usize].returned);
    illegal.truncate(KEYS_EXPLAINED_MAX);
    let anomalies = in_parallel(&illegal, |(key, stuck, core)| {
        explain(history, key, *stuck, *core, budget)
    });
    Anomaly::most_telling(anomalies)
}

/// Why not every key was decided, and how many were.
fn undecided(keys: &[KeyHistory<'_>], decisions: &[Decision]) -> Option<String> {
    let mut reasons = keys
        .iter()
        .zip(decisions)
        .filter_map(|(key, decision)| match decision {
            Decision::Undecided { reason, .. } => Some((key.key, reason)),
            Decision::Legal { .. } | Decision::Illegal { .. } => None,
        });
    let (key, reason) = reasons.next()?;
    let count = 1 + reasons.count();
    let total = keys.len();
    Some(if count == 1 {
        format!(
            "key {key} was not decided ({reason}); {} of {total} keys are linearizable",
            total - 1
        )
    } else {
        format!("{count} of {total} keys were not decided, the first of them key {key} ({reason})")
    })
}
