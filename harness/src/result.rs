//! What a run came to: the one source of the terminal's summary, `result.json` and the report.
use checkers::{Anomaly, Evidence, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name of this format and its version; changed only by adding.
pub const SCHEMA: &str = "assay.result/1";

/// A run from its plan to its verdict. Everything that a reader is told is in here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The name of the run, which is also that of its folder.
    pub run: String,
    /// The verdict in one word.
    pub verdict: Word,
    /// The verdict in one plain sentence.
    pub sentence: String,
    /// What was tested.
    pub target: String,
    /// Its version.
    pub target_version: String,
    /// Planted bugs that were switched on.
    pub bugs: Vec<String>,
    /// What was asked of it.
    pub workload: String,
    /// What was done to it.
    pub nemesis: String,
    /// The seed that decided operations and faults.
    pub seed: u64,
    /// How many nodes the cluster had.
    pub nodes: u16,
    /// How many processes asked at the same time.
    pub concurrency: u32,
    /// When it began: RFC 3339, UTC.
    pub started: String,
    /// What the run consisted of, in order.
    pub phases: Vec<Phase>,
    /// Whether it was stopped before its time, and by what.
    pub stopped_early: Option<String>,
    /// What broke in the harness or in the target's set-up, also where a violation outweighs it.
    #[serde(default)]
    pub error: Option<String>,
    /// Operations by verb and outcome.
    pub operations: BTreeMap<String, Outcomes>,
    /// Every fault, in order.
    pub faults: Vec<Fault>,
    /// What each checker said.
    pub checks: Vec<Check>,
    /// What this verdict is worth.
    pub strength: Strength,
    /// The command that repeats the run; empty if this is of a bare history, which nothing can repeat.
    pub again: String,
    /// The command that judges its history again.
    pub recheck: String,
    /// Where it ran: versions, kernel, memory, addresses.
    pub environment: BTreeMap<String, String>,
    /// Whatever else went wrong and did not decide the verdict.
    pub warnings: Vec<String>,
}

/// A verdict in one word. The greatest of several is the one to report: a violation outweighs everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Word {
    /// Every checker decided "legal", and the run was strong enough to mean something.
    Pass,
    /// Undecided, or too weak to mean anything.
    Unknown,
    /// The harness or the target's set-up broke; nothing was learned.
    Error,
    /// At least one checker found a violation.
    Fail,
}

impl Word {
    /// `✓ PASS`: never by colour alone.
    pub fn with_glyph(self) -> &'static str {
        match self {
            Word::Pass => "✓ PASS",
            Word::Unknown => "? UNKNOWN",
            Word::Error => "! ERROR",
            Word::Fail => "✗ FAIL",
        }
    }

    /// What the process exits with.
    pub fn exit_code(self) -> u8 {
        match self {
            Word::Pass => 0,
            Word::Fail => 1,
            Word::Unknown => 2,
            Word::Error => 3,
        }
    }
}

/// A stretch of the run: network, boot, traffic, settle, last reads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// Its name.
    pub name: String,
    /// Nanoseconds since the run began.
    pub from: u64,
    /// Nanoseconds since the run began.
    pub to: u64,
}

/// How the operations of one verb ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes {
    /// Answered.
    pub ok: u64,
    /// Certainly without effect.
    pub fail: u64,
    /// Unknown.
    pub info: u64,
}

/// One fault from injection to healing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// Which nemesis brought it: `partition`.
    pub nemesis: String,
    /// In words: `n3 | n1 n2 n4 n5`.
    pub description: String,
    /// When it was in force, in nanoseconds since the run began; no end if it was never healed.
    pub from: u64,
    /// See `from`.
    pub to: Option<u64>,
    /// Directed links that were cut: (n1, n2) means that n2 does not hear n1.
    pub links: Vec<(String, String)>,
    /// Whether it was seen to take effect on the target's own traffic.
    pub bit: bool,
    /// What was seen: `1,204 packets dropped on 8 of 8 links`.
    pub evidence: String,
}

/// What one checker said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// The property: `linearizable`.
    pub name: String,
    /// Milliseconds that it took.
    pub milliseconds: u64,
    /// Its verdict, with evidence or witness.
    #[serde(flatten)]
    pub verdict: Verdict,
}

impl Check {
    /// What the verdict stands on.
    pub fn evidence(&self) -> &Evidence {
        match &self.verdict {
            Verdict::Valid { evidence }
            | Verdict::Unknown { evidence, .. }
            | Verdict::Invalid { evidence, .. } => evidence,
        }
    }

    /// How many violations there are; the worst of them are explained in [`Check::anomalies`].
    pub fn violations(&self) -> u64 {
        let explained = self.anomalies().len() as u64;
        self.evidence().keys_invalid.max(explained)
    }

    /// What was found, worst first; at most so many as a reader can use.
    pub fn anomalies(&self) -> &[Anomaly] {
        match &self.verdict {
            Verdict::Invalid { anomalies, .. } => anomalies,
            Verdict::Valid { .. } | Verdict::Unknown { .. } => &[],
        }
    }
}

/// How much a verdict is worth: a run in which nothing happened proves nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Strength {
    /// Faults that took effect on the target's own traffic.
    pub faults_bit: u64,
    /// Faults that were injected.
    pub faults: u64,
    /// Operations that were open while some fault was in force.
    pub during_faults: u64,
    /// Of those, how many were answered.
    #[serde(default)]
    pub during_faults_ok: u64,
    /// Operations that were asked of a node on the minority side of a cut.
    pub on_minority: u64,
    /// Of those, how many were answered.
    pub on_minority_ok: u64,
    /// Keys on which a change overlapped another operation.
    pub keys_contended: u64,
    /// Keys in all.
    pub keys: u64,
    /// Last reads that were answered.
    pub last_reads_ok: u64,
    /// Last reads that were asked.
    pub last_reads: u64,
    /// How often somebody else was seen to lead.
    pub leader_changes: u64,
    /// Why the run is too weak to mean anything; empty if it is not.
    pub lacking: Vec<String>,
}

impl RunResult {
    /// Whether this is of a history that was judged by itself: nobody knows the run around it.
    pub fn is_of_bare_history(&self) -> bool {
        self.again.is_empty()
    }

    /// The worst thing that was found, if anything was.
    pub fn anomaly(&self) -> Option<&Anomaly> {
        self.checks.iter().flat_map(Check::anomalies).next()
    }
}
