//! The words for reads that are wrong by themselves.
use crate::transactional::{Finding, Step, Told, Txn, Txns, ValueId, label};
use crate::{AnomalyKind, Data, Edge};

/// A remark, or how one transaction is joined to another.
fn told(between: Option<(Txn, Txn)>, edge: Edge, text: String) -> Told {
    Told {
        between,
        edge,
        text,
    }
}

impl Txns {
    fn read_in_words(&self, txn: Txn, step: Step) -> (String, Data, &Data) {
        let value = self.value_of(step.value);
        (label(txn), value, &self.keys[step.key as usize])
    }

    pub(super) fn garbage_read(&self, txn: Txn, step: Step) -> Finding {
        let (reader, value, key) = self.read_in_words(txn, step);
        Finding {
            kind: AnomalyKind::GarbageRead,
            also: Vec::new(),
            key: step.key,
            txns: vec![txn],
            sentence: format!(
                "{reader} read {value} from key {key}, which nobody ever wrote there."
            ),
            steps: vec![told(
                None,
                Edge::None,
                format!("No transaction of the history writes {value} to key {key}."),
            )],
        }
    }

    pub(super) fn aborted_read(&self, txn: Txn, step: Step, writer: Txn) -> Finding {
        let (reader, value, key) = self.read_in_words(txn, step);
        let writer_name = label(writer);
        Finding {
            kind: AnomalyKind::AbortedRead,
            also: Vec::new(),
            key: step.key,
            txns: vec![writer, txn],
            sentence: format!(
                "{reader} read {value} from key {key}, but {writer_name}, which wrote it, aborted."
            ),
            steps: vec![
                told(
                    Some((writer, txn)),
                    Edge::WriteRead,
                    format!(
                        "{reader} read {value} from key {key}, which only {writer_name} wrote."
                    ),
                ),
                told(
                    None,
                    Edge::None,
                    format!("{writer_name} aborted: nobody may see what it wrote."),
                ),
            ],
        }
    }

    pub(super) fn intermediate_read(&self, txn: Txn, step: Step, writer: Txn) -> Finding {
        let (reader, value, key) = self.read_in_words(txn, step);
        let writer_name = label(writer);
        let last = self
            .steps(writer)
            .filter(|other| other.f == crate::transactional::F::Write && other.key == step.key);
        let last = last.last().map_or(ValueId::NIL, |other| other.value);
        let last = self.value_of(last);
        Finding {
            kind: AnomalyKind::IntermediateRead,
            also: Vec::new(),
            key: step.key,
            txns: vec![writer, txn],
            sentence: format!(
                "{reader} read {value} from key {key}, which {writer_name} itself had replaced with {last} before it ended."
            ),
            steps: vec![
                told(
                    Some((writer, txn)),
                    Edge::WriteRead,
                    format!("{reader} read {value} from key {key}, which {writer_name} wrote."),
                ),
                told(
                    None,
                    Edge::None,
                    format!(
                        "{writer_name} then wrote {last} to key {key}: no committed state ever held {value}."
                    ),
                ),
            ],
        }
    }

    pub(super) fn future_read(&self, txn: Txn, step: Step) -> Finding {
        let (reader, value, key) = self.read_in_words(txn, step);
        Finding {
            kind: AnomalyKind::FutureRead,
            also: vec![AnomalyKind::G1c],
            key: step.key,
            txns: vec![txn],
            sentence: format!(
                "{reader} read {value} from key {key} before it wrote {value} itself."
            ),
            steps: vec![told(
                None,
                Edge::None,
                format!(
                    "Only {reader} may have written {value} to key {key}, and only after it had read it."
                ),
            )],
        }
    }

    pub(super) fn contradicts_own_write(&self, txn: Txn, step: Step, own: ValueId) -> Finding {
        let (reader, value, key) = self.read_in_words(txn, step);
        let own = self.value_of(own);
        Finding {
            kind: AnomalyKind::Internal,
            also: vec![AnomalyKind::ReadYourWrites],
            key: step.key,
            txns: vec![txn],
            sentence: format!(
                "{reader} read {value} from key {key}, where it should have found {own}, as it had left it."
            ),
            steps: vec![told(
                None,
                Edge::None,
                format!(
                    "Within {reader}, key {key} held {own} since its own write: {value} contradicts it."
                ),
            )],
        }
    }

    pub(super) fn contradicts_own_read(&self, txn: Txn, step: Step, before: ValueId) -> Finding {
        let (reader, value, key) = self.read_in_words(txn, step);
        let before = self.value_of(before);
        Finding {
            kind: AnomalyKind::Internal,
            also: vec![AnomalyKind::GSingle],
            key: step.key,
            txns: vec![txn],
            sentence: format!("{reader} read key {key} twice, and found {before}, then {value}."),
            steps: vec![told(
                None,
                Edge::None,
                format!(
                    "{reader} did not write key {key} between the two reads: no single state of the database holds both."
                ),
            )],
        }
    }
}
