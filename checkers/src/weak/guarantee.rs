//! The four session guarantees, for registers whose values are written once each.
//!
//! Terry, Demers, Petersen, Spreitzer, Theimer and Welch, "Session guarantees for weakly consistent
//! replicated data" (PDIS 1994), state them over the writes that a server has seen. What follows is
//! what a client can tell, in the way in which Bouajjani, Enea, Guerraoui and Hamza ("On verifying
//! causal consistency", POPL 2017) write consistency as patterns that must not occur. A session is a
//! process. `a ≤ b` means that version `b` is version `a` or newer, in the order of versions of a
//! register; a process that reads a version which is older than it must be, for certain, is accused.
//!
//! | guarantee | if a process | then what it reads of x later is |
//! | --- | --- | --- |
//! | monotonic reads | read `a` of x | ≥ `a` |
//! | read your writes | wrote `a` to x, and was answered | ≥ `a` |
//! | monotonic writes | read what another wrote after it had written `a` to x, and been answered | ≥ `a` |
//! | writes follow reads | read what another wrote after it had read `a` of x | ≥ `a` |
//!
//! The last two are Terry's as seen by a process whose own reads go forward: it has seen the second
//! write, so it must see what belongs before it. What is older for certain is told in
//! [`super::version`]; that order agrees with real time, as it does in any store whose writes go
//! through one leader. A store that orders writes by clocks which disagree is accused of what its
//! clients saw.
use super::session::{Violation, violations};
use super::story::anomaly;
use super::version::Registers;
use crate::model::{Asks, REGISTER};
use crate::{AnomalyKind, Budget, Checker, Evidence, History, Verdict};

/// What a session may count on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guarantee {
    /// Reads of a process do not go back.
    MonotonicReads,
    /// A process sees what it wrote.
    ReadYourWrites,
    /// Who sees a write sees what its process wrote before.
    MonotonicWrites,
    /// Who sees a write sees what its process had read before.
    WritesFollowReads,
}

/// At most this many violations are told; the keys are all counted.
const ANOMALIES_MAX: usize = 20;

impl Guarantee {
    /// All four.
    pub const ALL: [Guarantee; 4] = [
        Guarantee::MonotonicReads,
        Guarantee::ReadYourWrites,
        Guarantee::MonotonicWrites,
        Guarantee::WritesFollowReads,
    ];

    /// What a violation is called.
    pub fn kind(self) -> AnomalyKind {
        match self {
            Guarantee::MonotonicReads => AnomalyKind::MonotonicReads,
            Guarantee::ReadYourWrites => AnomalyKind::ReadYourWrites,
            Guarantee::MonotonicWrites => AnomalyKind::MonotonicWrites,
            Guarantee::WritesFollowReads => AnomalyKind::WritesFollowReads,
        }
    }
}

impl Checker for Guarantee {
    fn name(&self) -> &'static str {
        match self {
            Guarantee::MonotonicReads => "monotonic-reads",
            Guarantee::ReadYourWrites => "read-your-writes",
            Guarantee::MonotonicWrites => "monotonic-writes",
            Guarantee::WritesFollowReads => "writes-follow-reads",
        }
    }

    fn asks(&self) -> Option<&'static [Asks]> {
        Some(REGISTER)
    }

    fn check(&self, history: &History, budget: &Budget) -> Verdict {
        let registers = Registers::new(history);
        let found = violations(&registers, *self, budget);
        let mut evidence = evidence(&registers);
        let violations = match found {
            Ok(violations) => violations,
            Err(reason) => return Verdict::Unknown { reason, evidence },
        };
        if !violations.is_empty() {
            evidence.keys_invalid = keys(&registers, &violations);
            evidence.keys_valid -= evidence.keys_invalid;
            let told = told(&registers, violations);
            let told = told
                .iter()
                .map(|violation| anomaly(history, &registers, *self, violation));
            let anomalies = told.collect();
            return Verdict::Invalid {
                anomalies,
                evidence,
            };
        }
        match undecided(&registers) {
            Some(reason) => Verdict::Unknown { reason, evidence },
            None => Verdict::Valid { evidence },
        }
    }
}

fn evidence(registers: &Registers<'_>) -> Evidence {
    let inside = registers.keys.iter().filter(|key| key.outside.is_none());
    Evidence {
        method: "session order against the order of versions that is certain".to_owned(),
        operations: registers.operations.len() as u64,
        keys: registers.keys.len() as u64,
        keys_valid: inside.count() as u64,
        ..Evidence::default()
    }
}

fn keys(registers: &Registers<'_>, violations: &[Violation]) -> u64 {
    let key = |violation: &Violation| registers.accesses[violation.read as usize].key;
    let mut keys: Vec<u32> = violations.iter().map(key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.len() as u64
}

/// The violation that shows best on each key: the one that was wrong for longest. Then the worst keys.
fn told(registers: &Registers<'_>, mut violations: Vec<Violation>) -> Vec<Violation> {
    let lag = |violation: &Violation| {
        let began = registers.version(violation.lesson.version).began;
        began - registers.version(violation.found).known
    };
    let key = |violation: &Violation| registers.accesses[violation.read as usize].key;
    violations.sort_by_key(|violation| (key(violation), std::cmp::Reverse(lag(violation))));
    violations.dedup_by_key(|violation| key(violation));
    violations.sort_by_key(|violation| std::cmp::Reverse(lag(violation)));
    violations.truncate(ANOMALIES_MAX);
    violations
}

/// Why not everything was decided, if it was not.
fn undecided(registers: &Registers<'_>) -> Option<String> {
    let outside = |key: &&super::version::KeyState| key.outside.is_some();
    let mut strange = registers.keys.iter().filter(outside);
    if let Some(first) = strange.next() {
        let (key, why) = (first.key, first.outside.unwrap_or_default());
        let others = strange.count();
        return Some(format!(
            "key {key} cannot be judged, nor can {others} others: {why}"
        ));
    }
    let is_read = registers.keys.iter().any(|key| key.reads > 0);
    (!is_read).then(|| "no read of a register was ever answered".to_owned())
}
