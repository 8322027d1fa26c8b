//! A judge of histories, and what it may answer.
mod kind;

pub use kind::AnomalyKind;

use crate::format::columnar::Columns;
use crate::model::Asks;
use crate::{History, Key, Linearization, NodeId, Op, Process, Verb, words};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A pure function of a history: no clock, no files, no randomness.
pub trait Checker: Send + Sync {
    /// The name of the property that is judged: `linearizable`.
    fn name(&self) -> &str;

    /// Judges `history`, and gives up, with [`Verdict::Unknown`], when `budget` is spent.
    fn check(&self, history: &History, budget: &Budget) -> Verdict;

    /// The same judge for columnar files where they lie; none if it needs a history of all events.
    fn in_columns(&self) -> Option<&dyn InColumns> {
        None
    }

    /// What it may be asked about; none if it does not say. A history of other verbs is not for it.
    fn asks(&self) -> Option<&'static [Asks]> {
        None
    }

    /// For a legal history, an order of the operations of each object that explains every answer,
    /// looked through by an independent function. None if none was found, or this judge needs none.
    fn linearization(&self, _history: &History, _budget: &Budget) -> Option<Vec<Linearization>> {
        None
    }
}

/// A [`Checker`] that judges a columnar file without making a history of all its events.
pub trait InColumns {
    /// As [`Checker::check`].
    fn check_columns(&self, columns: &Columns<'_>, budget: &Budget) -> Verdict;
}

/// How much a checker may spend. Whoever calls it holds the clock and raises `stop`.
#[derive(Debug)]
pub struct Budget {
    stop: AtomicBool,
    bytes: AtomicU64,
    bytes_max: u64,
}

impl Budget {
    /// A budget of so many bytes for the tables of a search, and no limit in time until [`Budget::stop`].
    pub fn new(bytes_max: u64) -> Budget {
        Budget {
            stop: AtomicBool::new(false),
            bytes: AtomicU64::new(0),
            bytes_max,
        }
    }

    /// Ends every search that runs on this budget.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Takes `bytes` out of the budget.
    pub fn take(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Gives back what a finished search had taken.
    pub fn give_back(&self, bytes: u64) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Why the search has to end now, if it has to.
    pub fn spent(&self) -> Option<String> {
        if self.stop.load(Ordering::Relaxed) {
            return Some("out of time".to_owned());
        }
        let bytes = self.bytes.load(Ordering::Relaxed);
        (self.bytes_max < bytes).then(|| format!("out of memory after {} MB", bytes >> 20))
    }
}

/// What a checker found. `Valid` needs evidence, `Invalid` needs a witness, the rest is `Unknown`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything was decided, and nothing was found.
    Valid { evidence: Evidence },
    /// Not everything could be decided; `evidence` tells what was.
    Unknown { reason: String, evidence: Evidence },
    /// At least one thing that no correct system could have done, worst first.
    Invalid {
        anomalies: Vec<Anomaly>,
        evidence: Evidence,
    },
}

/// What a verdict stands on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// How it was decided, for example `WGL search over compressed configurations`.
    pub method: String,
    /// Operations that were judged: answered ones and those of unknown outcome.
    pub operations: u64,
    /// Keys that the history touches.
    pub keys: u64,
    /// Keys that were decided to be legal.
    pub keys_valid: u64,
    /// Keys that were decided to be illegal; no more than some of them are explained.
    #[serde(default)]
    pub keys_invalid: u64,
    /// Keys on which a change overlapped another operation.
    pub keys_contended: u64,
    /// Configurations that the search looked at.
    pub configurations: u64,
    /// For transactions, what is known of each isolation level, the strongest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<LevelAnswer>,
}

/// What is known of one isolation level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelAnswer {
    /// Its name: `snapshot-isolation`.
    pub level: String,
    /// Whether the history fits it.
    pub fit: Fit,
    /// By what it is refuted, or why it is not decided; for one that fits, how that is known.
    pub why: String,
}

/// Whether a history can have come from a system of some isolation level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fit {
    /// It can.
    Fits,
    /// It cannot.
    Refuted,
    /// Nobody found out.
    Undecided,
}

/// At most this many explanations are given, the most telling.
const ANOMALIES_MAX: usize = 20;

/// One thing that no correct system could have done, and the operations that show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Anomaly {
    /// What went wrong.
    pub kind: AnomalyKind,
    /// What else it is a case of: a lost update is a write skew on one item, and a G2-item.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<AnomalyKind>,
    /// One plain sentence of at most 160 characters with the two observations that conflict.
    pub sentence: String,
    /// The key that it happened on, if on one.
    pub key: Option<Key>,
    /// The operations that are by themselves a proof, in order of invocation.
    pub witness: Vec<WitnessOp>,
    /// The proof, one sentence a step; the last one ends in the contradiction.
    pub steps: Vec<Step>,
    /// Whether no operation was found that could be left out: without it the rest would be legal, or
    /// would not show as plainly what is wrong.
    pub is_minimal: bool,
}

impl Anomaly {
    /// The most telling kind first, then the shortest witness: it is the easiest to check. Of those,
    /// the one that was wrong for longest: nobody believes in a few microseconds. The rest is dropped.
    pub(crate) fn most_telling(mut anomalies: Vec<Anomaly>) -> Vec<Anomaly> {
        anomalies.sort_by_key(|anomaly| {
            let gap = std::cmp::Reverse(anomaly.longest_gap());
            (anomaly.kind, anomaly.witness.len(), gap, anomaly.key)
        });
        anomalies.truncate(ANOMALIES_MAX);
        anomalies
    }

    /// The longest time that lies between two operations which real time puts in order.
    fn longest_gap(&self) -> u64 {
        let steps = self.steps.iter();
        let gaps = steps
            .filter(|step| step.edge == Edge::RealTime)
            .filter_map(|step| {
                let (first, second) = step.between?;
                let end = self.witness[first].end?;
                Some(self.witness[second].start.saturating_sub(end))
            });
        gaps.max().unwrap_or(0)
    }

    /// When it showed: the beginning of the last of its operations, in nanoseconds since the run began.
    pub fn shown_at(&self) -> Option<u64> {
        self.witness.iter().map(|op| op.start).max()
    }
}

/// One operation of a witness, with all that is needed to draw it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WitnessOp {
    /// How the steps call it: `A`, `B`, …
    pub label: String,
    /// Who asked.
    pub process: u32,
    /// The node that was asked, `n1`.
    pub node: Option<String>,
    /// Position of the invocation in the history.
    pub invoked: usize,
    /// Position of the answer; none if the outcome is unknown.
    pub completed: Option<usize>,
    /// Time of the invocation, in nanoseconds since the run began.
    pub start: u64,
    /// Time of the answer, or of giving up; none if the history ends before it.
    pub end: Option<u64>,
    /// The operation in words: `read 4 → 7`.
    pub text: String,
    /// What part it plays: `overwrites`, `reads the old value`, …
    pub role: String,
}

/// One step of a proof, drawn as an arrow where it joins two operations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Indexes into the witness of the two operations that the step orders.
    pub between: Option<(usize, usize)>,
    /// Why they are ordered so.
    pub edge: Edge,
    /// The step in words.
    pub text: String,
}

/// Why one operation has to come before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edge {
    /// The second read, or replaced, what the first wrote.
    WriteRead,
    /// The second overwrote the first.
    WriteWrite,
    /// The second overwrote what the first read.
    ReadWrite,
    /// One process did the first before the second.
    Process,
    /// What the object is forces the first to take effect before the second: first in, first out.
    Order,
    /// The first had ended before the second began.
    RealTime,
    /// A remark that orders nothing by itself.
    None,
}

impl WitnessOp {
    /// An operation of `history` as a witness.
    pub fn new(
        label: String,
        history: &History,
        operation: &crate::Operation<'_>,
        role: impl Into<String>,
    ) -> WitnessOp {
        let time = |position: usize| history.events()[position].time;
        WitnessOp::timed(label, operation, role, time)
    }

    /// An operation as a witness, where `time` tells when an event was.
    pub(crate) fn timed(
        label: String,
        operation: &crate::Operation<'_>,
        role: impl Into<String>,
        time: impl Fn(usize) -> u64,
    ) -> WitnessOp {
        let Process(process) = operation.process;
        let (completed, ended) = match operation.outcome {
            crate::Outcome::Ok { completed } => (Some(completed), Some(completed)),
            crate::Outcome::Unknown { gave_up } => (None, gave_up),
        };
        WitnessOp {
            label,
            process,
            node: operation.node.map(|node: NodeId| node.to_string()),
            invoked: operation.invoked,
            completed,
            start: time(operation.invoked),
            end: ended.map(time),
            text: text(operation.op, completed.is_some()),
            role: role.into(),
        }
    }
}

/// An operation whose outcome is unknown has no answer to show.
fn text(op: &Op, is_answered: bool) -> String {
    match op {
        Op::Read { key, .. } if !is_answered => format!("read {key} → ?"),
        Op::Cas { key, from, to, .. } if !is_answered => format!("cas {key}: {from}→{to} ?"),
        Op::Write { key, value } if !is_answered => format!("write {key} := {value} ?"),
        Op::Call(call) if call.f == Verb::Txn => {
            words::txn::steps(call).unwrap_or_else(|| op.to_string())
        }
        Op::Read { .. } | Op::Write { .. } | Op::Cas { .. } | Op::Call(_) => op.to_string(),
    }
}
