//! Linearizability of any object that has a specification.
//!
//! A history is split by key and, where the specification names parts, by part. Each part is decided
//! on its own: by the algorithms that were made for such objects where they apply, by search elsewhere.
use super::engine::Engine;
use super::parallel::in_parallel;
use crate::{Anomaly, Budget, Checker, Evidence, History, Spec, Verdict};
use rustc_hash::FxHashMap;

mod decide;
mod explain;
mod linearization;
mod method;
mod sequential;
mod shrink;
mod split;
mod stuck;
pub(crate) mod verify;

#[cfg(test)]
mod tests;

pub use linearization::Linearization;
pub use sequential::SequentiallyConsistent;

use decide::{Cause, Decision, Outcome, decide};
use explain::explain;
use split::{Part, split};

/// Judges objects that behave as a [`Spec`] says. Objects of different keys are independent.
///
/// Reads, writes and compare-and-sets of registers are understood as calls too: a read is answered
/// with the number or nil, a write with nil, a compare-and-set with whether it took place.
pub struct Object<S: Spec> {
    name: String,
    spec: S,
    engines: Vec<Engine>,
}

/// At most this many parts are explained, the first that go wrong; all are counted.
const PARTS_EXPLAINED_MAX: usize = 100;

impl<S: Spec> Object<S> {
    /// A judge of this name, which stands in its verdicts.
    pub fn new(name: impl Into<String>, spec: S) -> Object<S> {
        Object {
            name: name.into(),
            spec,
            engines: Vec::new(),
        }
    }

    /// The same, with algorithms made for such objects; the first that understands a part decides it.
    #[must_use]
    pub(crate) fn with_engines(mut self, engines: &[Engine]) -> Object<S> {
        self.engines.extend_from_slice(engines);
        self
    }

    /// A judge of sequential consistency of the same objects.
    pub fn sequential(self) -> SequentiallyConsistent<S> {
        SequentiallyConsistent::new(self)
    }
}

impl<S: Spec> Checker for Object<S> {
    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self, history: &History, budget: &Budget) -> Verdict {
        if !history.has_real_time() {
            return super::without_real_time();
        }
        let parts = split(&self.spec, history);
        let decisions = in_parallel(&parts, |part| {
            decide(&self.spec, &self.engines, &part.asked, budget)
        });
        let evidence = evidence(&parts, &decisions);
        if evidence.keys_invalid > 0 {
            let anomalies = anomalies(history, &parts, &decisions);
            return Verdict::Invalid {
                anomalies,
                evidence,
            };
        }
        if let Some(reason) = undecided(&parts, &decisions) {
            return Verdict::Unknown { reason, evidence };
        }
        if parts.iter().all(|part| part.answered == 0) {
            let reason = "no call was ever answered".to_owned();
            return Verdict::Unknown { reason, evidence };
        }
        Verdict::Valid { evidence }
    }

    fn linearization(&self, history: &History, budget: &Budget) -> Option<Vec<Linearization>> {
        self.orders(history, budget)
    }
}

/// The most telling of the first that went wrong.
fn anomalies(history: &History, parts: &[Part<'_>], decisions: &[Decision]) -> Vec<Anomaly> {
    let mut illegal: Vec<(&Part<'_>, &Cause)> = Vec::new();
    for (part, decision) in parts.iter().zip(decisions) {
        match &decision.outcome {
            Outcome::Illegal(cause) => illegal.push((part, cause)),
            Outcome::Legal | Outcome::Undecided(_) => {}
        }
    }
    illegal.sort_by_key(|(part, cause)| part.invoked(cause.last()));
    illegal.truncate(PARTS_EXPLAINED_MAX);
    let told = illegal.into_iter();
    let anomalies: Vec<Anomaly> = told
        .map(|(part, cause)| explain(history, part, cause))
        .collect();
    Anomaly::most_telling(anomalies)
}

fn evidence(parts: &[Part<'_>], decisions: &[Decision]) -> Evidence {
    let mut keys: FxHashMap<u64, KeyFound> = FxHashMap::default();
    let mut evidence = Evidence {
        method: method::method(decisions),
        ..Evidence::default()
    };
    for (part, decision) in parts.iter().zip(decisions) {
        let key = keys.entry(part.key).or_default();
        key.is_contended |= part.is_contended;
        match decision.outcome {
            Outcome::Legal => {}
            Outcome::Illegal(_) => key.is_invalid = true,
            Outcome::Undecided(_) => key.is_undecided = true,
        }
        evidence.operations += part.judged;
        evidence.configurations += decision.configurations;
    }
    evidence.keys = keys.len() as u64;
    for key in keys.values() {
        evidence.keys_invalid += u64::from(key.is_invalid);
        evidence.keys_valid += u64::from(!key.is_invalid && !key.is_undecided);
        evidence.keys_contended += u64::from(key.is_contended);
    }
    evidence
}

/// What was found of the parts of one key.
#[derive(Default)]
struct KeyFound {
    is_invalid: bool,
    is_undecided: bool,
    is_contended: bool,
}

/// Why not every part was decided, and how many were.
fn undecided(parts: &[Part<'_>], decisions: &[Decision]) -> Option<String> {
    let mut reasons =
        parts
            .iter()
            .zip(decisions)
            .filter_map(|(part, decision)| match &decision.outcome {
                Outcome::Undecided(reason) => Some((part, reason)),
                Outcome::Legal | Outcome::Illegal(_) => None,
            });
    let (part, reason) = reasons.next()?;
    let count = 1 + reasons.count();
    let total = parts.len();
    let name = part.name();
    Some(match (count, total) {
        (1, 1) => format!("{name} was not decided ({reason})"),
        (1, _) => format!(
            "{name} was not decided ({reason}); {} of {total} objects are linearizable",
            total - 1
        ),
        _ => format!(
            "{count} of {total} objects were not decided, the first of them {name} ({reason})"
        ),
    })
}
