//! When each fault begins and ends: drawn from the seed before anything runs.
use crate::plan::{Plan, stream};
use crate::{nemesis::AnyNemesis, rng::Rng};
use serde::{Deserialize, Serialize};

/// One planned fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Planned {
    /// Milliseconds after the traffic began.
    pub(crate) at_ms: u64,
    /// Milliseconds after the traffic began at which it is undone.
    pub(crate) until_ms: u64,
    /// Who brings it.
    pub(crate) nemesis: String,
    /// What it is.
    pub(crate) fault: serde_json::Value,
}

// Long enough for an election and for clients to notice; short enough for several in half a minute.
const FAULT_MS: (u64, u64) = (2_500, 4_500);
const QUIET_MS: (u64, u64) = (800, 2_000);
/// A run ends with this much time to see what a fault left behind.
const TAIL_MS: u64 = 500;
/// A shorter fault is not worth its name.
pub(crate) const FAULT_MS_MIN: u64 = 500;

/// The faults of a run, in order, none of them overlapping.
pub(crate) fn schedule(plan: &Plan, nemesis: &mut dyn AnyNemesis) -> Vec<Planned> {
    let mut rng = Rng::stream(plan.seed, stream::FAULTS);
    let end_ms = (plan.time_limit.as_millis() as u64).saturating_sub(TAIL_MS);
    // A short run has less time to be quiet in.
    let (quiet_min, quiet_max) = (QUIET_MS.0.min(end_ms / 8), QUIET_MS.1.min(end_ms / 4));
    let mut planned = Vec::new();
    let mut now_ms = 0;
    loop {
        let at_ms = now_ms + rng.between(quiet_min, quiet_max);
        let until_ms = (at_ms + rng.between(FAULT_MS.0, FAULT_MS.1)).min(end_ms);
        if until_ms < at_ms + FAULT_MS_MIN {
            return planned;
        }
        planned.push(Planned {
            at_ms,
            until_ms,
            nemesis: plan.nemesis.clone(),
            fault: nemesis.draw(plan.nodes, &mut rng),
        });
        now_ms = until_ms;
    }
}
