//! The judge of transactions: the strongest level first, and down from there.
mod contended;
mod lists;
mod registers;
pub(in crate::transactional) mod unseen;

use super::level::{Level, refutes};
use super::settle::Settled;
use super::{Events, F, Odd, Status, Txns};
use crate::format::columnar::Columns;
use crate::{Anomaly, Budget, Checker, Data, Evidence, Fit, History, InColumns, Op, Verb, Verdict};

/// Judges whether a history of transactions fits an isolation level.
#[derive(Clone, Copy, Debug)]
pub struct Transactional {
    workload: Workload,
    level: Level,
}

/// What the transactions are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    /// Appends to lists, and reads of whole lists.
    ListAppend,
    /// Writes and reads of registers; no value is written twice to one of them.
    RwRegister,
}

impl Workload {
    /// Both.
    pub const ALL: [Workload; 2] = [Workload::ListAppend, Workload::RwRegister];

    /// As in `assay check -w list-append`.
    pub fn name(self) -> &'static str {
        match self {
            Workload::ListAppend => "list-append",
            Workload::RwRegister => "rw-register",
        }
    }

    /// One line.
    pub fn about(self) -> &'static str {
        match self {
            Workload::ListAppend => "transactions that append to lists and read them whole",
            Workload::RwRegister => "transactions that write and read registers, no value twice",
        }
    }
}

impl Workload {
    /// The workload that the transactions of a history are of; none if it holds anything else.
    pub fn of(history: &History) -> Option<Workload> {
        let mut workload = None;
        for event in history.events() {
            let Op::Call(call) = &event.op else {
                return None;
            };
            if call.f != Verb::Txn {
                return None;
            }
            let steps = call.output.as_ref().unwrap_or(&call.input);
            for step in steps.list()? {
                let [Data::Text(f), _, value] = step.list()? else {
                    return None;
                };
                match (&**f, value) {
                    ("append", _) | ("r", Data::List(_)) => return Some(Workload::ListAppend),
                    ("w" | "r", _) => workload = Some(Workload::RwRegister),
                    _ => return None,
                }
            }
        }
        workload
    }

    /// As [`Workload::of`], of a columnar file.
    pub fn of_columns(columns: &Columns<'_>) -> Option<Workload> {
        if !columns.asks_only("txn") {
            return None;
        }
        Txns::reads_lists(columns).map(|reads_lists| match reads_lists {
            true => Workload::ListAppend,
            false => Workload::RwRegister,
        })
    }
}

/// What came of looking at a history.
struct Found {
    settled: Settled,
    /// Everything that is wrong, whichever levels it refutes.
    anomalies: Vec<Anomaly>,
    /// How it was decided, in one line.
    method: String,
}

impl Transactional {
    /// Judges histories of `workload` by `level`.
    pub fn new(workload: Workload, level: Level) -> Transactional {
        Transactional { workload, level }
    }

    /// As [`Checker::check`], for transactions that are already in columns; `events` shows the few
    /// of them that an explanation needs.
    pub fn judge(&self, txns: &Txns, events: &dyn Events, budget: &Budget) -> Verdict {
        let mut evidence = Evidence {
            operations: txns
                .status
                .iter()
                .filter(|status| **status != Status::Aborted)
                .count() as u64,
            keys: txns.keys.len() as u64,
            keys_contended: contended::keys(txns),
            ..Evidence::default()
        };
        if let Some(reason) = says_nothing(txns) {
            return Verdict::Unknown { reason, evidence };
        }
        let found = match self.workload {
            Workload::ListAppend => lists::look(txns, events, budget),
            Workload::RwRegister => registers::look(txns, self.level, events, budget),
        };
        evidence.levels = found.settled.answers(txns);
        evidence.method = found.method;
        let why = found.settled.why(self.level, txns);
        match found.settled.fit(self.level) {
            Fit::Fits => {
                evidence.keys_valid = evidence.keys;
                Verdict::Valid { evidence }
            }
            Fit::Undecided => Verdict::Unknown {
                reason: why,
                evidence,
            },
            Fit::Refuted => {
                let anomalies = self.accusing(found.anomalies);
                if anomalies.is_empty() {
                    let reason = format!("it is refuted by {why}, but nobody could show it");
                    return Verdict::Unknown { reason, evidence };
                }
                Verdict::Invalid {
                    anomalies,
                    evidence,
                }
            }
        }
    }

    fn refuse(&self, odd: &Odd) -> Verdict {
        Verdict::Unknown {
            reason: format!("the event at position {} is odd: {}", odd.position, odd.why),
            evidence: Evidence::default(),
        }
    }

    /// Those anomalies that the level forbids.
    fn accusing(&self, anomalies: Vec<Anomaly>) -> Vec<Anomaly> {
        let weaker = self.level.weaker();
        let is_forbidden = |anomaly: &Anomaly| {
            let mut kinds = std::iter::once(&anomaly.kind).chain(&anomaly.also);
            kinds.any(|kind| refutes(*kind).iter().any(|level| weaker.has(*level)))
        };
        Anomaly::most_telling(anomalies.into_iter().filter(is_forbidden).collect())
    }
}

/// Why a history shows nothing, if it shows nothing.
fn says_nothing(txns: &Txns) -> Option<String> {
    if txns.is_empty() {
        return Some("there is no transaction".to_owned());
    }
    if !txns.status.contains(&Status::Ok) {
        return Some("no transaction is known to have committed".to_owned());
    }
    let is_read = |f: &F| matches!(f, F::Read | F::ReadList);
    if !txns.f.iter().any(is_read) {
        return Some("no transaction read anything".to_owned());
    }
    None
}

impl Checker for Transactional {
    fn name(&self) -> &str {
        self.level.name()
    }

    fn check(&self, history: &History, budget: &Budget) -> Verdict {
        match Txns::of(history) {
            Ok(txns) => self.judge(&txns, history, budget),
            Err(odd) => self.refuse(&odd),
        }
    }

    fn in_columns(&self) -> Option<&dyn InColumns> {
        Some(self)
    }
}

impl InColumns for Transactional {
    fn check_columns(&self, columns: &Columns<'_>, budget: &Budget) -> Verdict {
        match Txns::of_columns(columns) {
            Ok(txns) => self.judge(&txns, columns, budget),
            Err(odd) => self.refuse(&odd),
        }
    }
}
