//! Convergence: once nobody writes any more, all replicas come to agree, on something that was written.
//!
//! For each key, the *last reads* are the last that each node answered (each process, if nodes are
//! not known) of those that began after every answered change of the key had returned; and, if the
//! history notes where its last reads begin, after that. They have to agree on a value whose write
//! was acknowledged, or of unknown outcome. Nil is agreed upon if no write was acknowledged.
//!
//! A write of unknown outcome may take effect between two last reads, and reach one replica before
//! another. A value that one may have written is therefore never held against anybody: only two
//! different values that were both there for good, or not written at all.
//!
//! That replicas agree in the end is a promise about a time that no history reaches. We take the last
//! read of each for its end; a run should therefore settle before it asks for them.
use super::story::shown;
use super::version::{Did, did};
use crate::model::{Asks, REGISTER};
use crate::words::{self, label};
use crate::{
    Anomaly, AnomalyKind, Budget, Checker, Data, Edge, Evidence, History, Key, Kind, NodeId,
    Operation, Outcome, Process, Step, Verdict, WitnessOp,
};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Judges what registers hold once they are left alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Convergence;

/// At most this many violations are told; all keys are counted.
const ANOMALIES_MAX: usize = 20;

/// The phase that a run reads everything in, as it is noted.
const LAST_READS: &str = "last reads";

impl Checker for Convergence {
    fn name(&self) -> &'static str {
        "convergence"
    }

    fn asks(&self) -> Option<&'static [Asks]> {
        Some(REGISTER)
    }

    fn check(&self, history: &History, budget: &Budget) -> Verdict {
        let operations = history.operations();
        let keys = keys(history, &operations);
        let mut evidence = Evidence {
            method: "last reads of each node after the last write".to_owned(),
            operations: operations.len() as u64,
            keys: keys.len() as u64,
            ..Evidence::default()
        };
        if let Some(reason) = budget.spent() {
            return Verdict::Unknown { reason, evidence };
        }
        let mut anomalies = Vec::new();
        let mut undecided = Vec::new();
        for (key, story) in &keys {
            match story.judge() {
                Ending::Agreed => evidence.keys_valid += 1,
                Ending::Wrong(wrong) => {
                    evidence.keys_invalid += 1;
                    anomalies.push(story.anomaly(history, &operations, *key, wrong));
                }
                Ending::Undecided(why) => undecided.push(format!("key {key} {why}")),
            }
        }
        if !anomalies.is_empty() {
            anomalies.sort_by_key(|anomaly| anomaly.kind);
            anomalies.truncate(ANOMALIES_MAX);
            return Verdict::Invalid {
                anomalies,
                evidence,
            };
        }
        let total = keys.len();
        match (undecided.first(), undecided.len()) {
            (None, _) if total > 0 => Verdict::Valid { evidence },
            (None, _) => Verdict::Unknown {
                reason: "nothing was asked".to_owned(),
                evidence,
            },
            (Some(first), count) => Verdict::Unknown {
                reason: format!("{count} of {total} keys were not decided: {first}"),
                evidence,
            },
        }
    }
}

/// Who may hold a copy of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reader {
    Node(NodeId),
    Process(Process),
}

/// What is known of one key.
#[derive(Default)]
struct KeyStory {
    is_register: bool,
    /// Position after which no answered change was open.
    quiet: usize,
    /// An operation that wrote each value, and was answered.
    acknowledged: FxHashMap<Data, usize>,
    unknown: FxHashMap<Data, usize>,
    failed: FxHashMap<Data, ()>,
    /// The last read of each reader, and what it returned.
    last: BTreeMap<Reader, (usize, Data)>,
}

enum Ending {
    Agreed,
    Wrong(Wrong),
    Undecided(&'static str),
}

/// Operations by their index.
enum Wrong {
    /// A read of nil, and an acknowledged write.
    Lost { read: usize, write: usize },
    /// A read of what was not written, or whose write had failed.
    Nowhere { read: usize, is_failed: bool },
    /// Two reads, and the acknowledged writes of what they found.
    Apart {
        reads: [usize; 2],
        writes: [Option<usize>; 2],
    },
}

/// Every key, by its name.
fn keys(history: &History, operations: &[Operation<'_>]) -> BTreeMap<Key, KeyStory> {
    let mut keys: BTreeMap<Key, KeyStory> = BTreeMap::new();
    let notes = history.notes().iter();
    let last_reads = notes.filter(|note| note.f == "phase" && note.value["begins"] == LAST_READS);
    let noted = last_reads.map(|note| note.position).max().unwrap_or(0);
    for (op, operation) in operations.iter().enumerate() {
        let story = keys.entry(operation.op.key()).or_insert_with(|| KeyStory {
            is_register: true,
            quiet: noted,
            ..KeyStory::default()
        });
        let completed = returned(operation);
        match did(operation.op, completed.is_some()) {
            Did::Read(_) | Did::Nothing => {}
            Did::Wrote(value) | Did::Swapped(_, value) => match completed {
                Some(completed) => {
                    story.quiet = story.quiet.max(completed);
                    story.acknowledged.insert(value, op);
                }
                None => drop(story.unknown.insert(value, op)),
            },
            Did::Other => story.is_register = false,
        }
    }
    for event in history.events() {
        let failed = match event.kind {
            Kind::Fail(_) => did(&event.op, false),
            Kind::Invoke | Kind::Ok | Kind::Info(_) => continue,
        };
        if let (Did::Wrote(value) | Did::Swapped(_, value), Some(story)) =
            (failed, keys.get_mut(&event.op.key()))
        {
            story.failed.insert(value, ());
        }
    }
    for (op, operation) in operations.iter().enumerate() {
        let story = keys.get_mut(&operation.op.key()).expect("listed above");
        let is_last = story.quiet <= operation.invoked && operation.op.is_pure_read();
        if let (true, Some(_), Did::Read(value)) =
            (is_last, returned(operation), did(operation.op, true))
        {
            let process = Reader::Process(operation.process);
            let reader = operation.node.map_or(process, Reader::Node);
            story.last.insert(reader, (op, value));
        }
    }
    keys
}

fn returned(operation: &Operation<'_>) -> Option<usize> {
    match operation.outcome {
        Outcome::Ok { completed } => Some(completed),
        Outcome::Unknown { .. } => None,
    }
}

impl KeyStory {
    fn judge(&self) -> Ending {
        if !self.is_register {
            return Ending::Undecided("is not a register");
        }
        if let Some(wrong) = self.last.values().find_map(|last| self.unwritten(last)) {
            return Ending::Wrong(wrong);
        }
        // Only those that no open write can have changed.
        let is_firm = |last: &&(usize, Data)| !self.unknown.contains_key(&last.1);
        let mut firm = self.last.values().filter(is_firm);
        if let Some(first) = firm.next()
            && let Some(second) = firm.find(|second| second.1 != first.1)
        {
            let writes = [first, second].map(|last| self.acknowledged.get(&last.1).copied());
            let reads = [first.0, second.0];
            return Ending::Wrong(Wrong::Apart { reads, writes });
        }
        let mut values = self.last.values().map(|last| &last.1);
        match (values.next(), self.last.len()) {
            (None, _) => Ending::Undecided("was not read after its last write"),
            (_, 1) => Ending::Undecided("was read by one only after its last write"),
            (Some(first), _) if values.any(|value| value != first) => {
                Ending::Undecided("was read differently, and a write of unknown outcome may be why")
            }
            (Some(_), _) => Ending::Agreed,
        }
    }

    /// A last read of something that cannot be there.
    fn unwritten(&self, &(read, ref value): &(usize, Data)) -> Option<Wrong> {
        if self.acknowledged.contains_key(value) || self.unknown.contains_key(value) {
            return None;
        }
        if *value == Data::Nil {
            // If others read what is there for good, it is told that they do not agree.
            let is_firm = |value: &Data| !self.unknown.contains_key(value);
            let mut others = self.last.values().map(|last| &last.1);
            let is_lost = !others.any(|value| *value != Data::Nil && is_firm(value));
            let write = self.acknowledged.values().copied().min();
            return write
                .filter(|_| is_lost)
                .map(|write| Wrong::Lost { read, write });
        }
        let is_failed = self.failed.contains_key(value);
        Some(Wrong::Nowhere { read, is_failed })
    }

    fn anomaly(
        &self,
        history: &History,
        operations: &[Operation<'_>],
        key: Key,
        wrong: Wrong,
    ) -> Anomaly {
        let value = |op: usize| match did(operations[op].op, true) {
            Did::Read(value) | Did::Wrote(value) | Did::Swapped(_, value) => shown(&value),
            Did::Nothing | Did::Other => String::new(),
        };
        let who = |op: usize| {
            let Process(process) = operations[op].process;
            let node = operations[op].node.map(|node| format!(" ({node})"));
            format!("process {process}{}", node.unwrap_or_default())
        };
        let (kind, ops, sentence, last) = match wrong {
            Wrong::Lost { read, write } => (
                AnomalyKind::LostWrite,
                vec![write, read],
                format!(
                    "{} read nil from key {key} at the end, though {} had been written and acknowledged",
                    who(read),
                    value(write)
                ),
                "nil was read, which was no longer there".to_owned(),
            ),
            Wrong::Nowhere { read, is_failed } => {
                let (kind, why) = if is_failed {
                    (AnomalyKind::AbortedRead, "the write of which had failed")
                } else {
                    (AnomalyKind::GarbageRead, "which nobody had written")
                };
                let found = value(read);
                let sentence = format!(
                    "{} read {found} from key {key} at the end, {why}",
                    who(read)
                );
                (
                    kind,
                    vec![read],
                    sentence,
                    format!("it read {found}, {why}"),
                )
            }
            Wrong::Apart { reads, writes } => {
                let [one, other] = reads;
                let sentence = format!(
                    "{} last read {} from key {key}, and {} last read {}, though nobody wrote any more",
                    who(one),
                    value(one),
                    who(other),
                    value(other)
                );
                let ops = writes.into_iter().flatten().chain(reads).collect();
                let last = format!(
                    "one holds {} and another {}, for good",
                    value(one),
                    value(other)
                );
                (AnomalyKind::Divergence, ops, sentence, last)
            }
        };
        let mut ops = ops;
        ops.sort_unstable();
        let mut steps = Vec::new();
        let mut witness = Vec::new();
        for (place, &op) in ops.iter().enumerate() {
            let is_read = operations[op].op.is_pure_read();
            let role = if is_read {
                "last read"
            } else {
                "was acknowledged"
            };
            witness.push(WitnessOp::new(label(place), history, &operations[op], role));
            steps.push(Step {
                between: None,
                edge: Edge::None,
                text: match is_read {
                    true => format!(
                        "{} was the last read there, after every write.",
                        label(place)
                    ),
                    false => format!("{} wrote {}, and was answered.", label(place), value(op)),
                },
            });
        }
        steps.push(Step {
            between: None,
            edge: Edge::None,
            text: format!("All had come to rest, and {last} — a contradiction."),
        });
        Anomaly {
            also: Vec::new(),
            kind,
            sentence: words::sentence(&sentence),
            key: Some(key),
            witness,
            steps,
            is_minimal: true,
        }
    }
}
