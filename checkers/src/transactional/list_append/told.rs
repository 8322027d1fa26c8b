//! Findings in words, with the proof that a person can check.
use super::ListAppend;
use super::versions::{What, Wrong};
use crate::transactional::{Finding, Told, Txn, ValueId, label};
use crate::{AnomalyKind, Edge};

pub(super) struct Teller<'s, 't> {
    pub(super) inferred: &'s ListAppend<'t>,
}

impl Wrong {
    /// Where the lists begin that show it.
    pub(super) fn starts(&self) -> Vec<u32> {
        match self.what {
            What::Incompatible { start } => vec![self.start, start],
            What::Garbage
            | What::Aborted { .. }
            | What::Duplicate
            | What::Split { .. }
            | What::Dirty { .. } => {
                vec![self.start]
            }
        }
    }
}

fn remark(text: String) -> Told {
    Told {
        between: None,
        edge: Edge::None,
        text,
    }
}

fn step(from: Txn, to: Txn, edge: Edge, text: String) -> Told {
    Told {
        between: Some((from, to)),
        edge,
        text,
    }
}

impl Teller<'_, '_> {
    fn read(&self, list: ValueId, places: &[usize]) -> String {
        let list = self.inferred.txns.list(list);
        self.inferred.shown(list, places)
    }

    /// What was appended, and where: `4 to key x`.
    fn appended(&self, at: usize) -> String {
        let txns = self.inferred.txns;
        let key = self.inferred.key(txns.key[at]);
        format!("{} to {key}", txns.value_of(txns.value[at]))
    }

    /// A list that shows it, with who read it; for two that contradict each other, the other one.
    pub(super) fn wrong(
        &self,
        wrong: &Wrong,
        (reader, list): (Txn, ValueId),
        other: Option<(Txn, ValueId)>,
    ) -> Finding {
        let txns = self.inferred.txns;
        let key = self.inferred.key(wrong.key);
        let at = wrong.at as usize;
        let element = txns.list(list)[at];
        let value = txns.value_of(element);
        let read = self.read(list, &[at]);
        let by = label(reader);
        let saw = format!("{by} read {read} from {key}.");
        let (kind, also, parts, sentence, steps) = match (wrong.what, other) {
            (What::Incompatible { .. }, Some((second, second_list))) => {
                let second_read = self.read(second_list, &[at]);
                let other_value = txns.value_of(txns.list(second_list)[at]);
                let (second_by, place) = (label(second), at + 1);
                (
                    AnomalyKind::IncompatibleOrder,
                    vec![AnomalyKind::AbortedRead],
                    vec![reader, second],
                    format!(
                        "{by} and {second_by} read lists of {key} that no order explains: {read} and {second_read}"
                    ),
                    vec![
                        remark(saw),
                        remark(format!("{second_by} read {second_read} from it.")),
                        remark(format!(
                            "One list only grows, but its element {place} was {value} to the one and {other_value} to the other."
                        )),
                    ],
                )
            }
            (What::Garbage | What::Incompatible { .. }, _) => (
                AnomalyKind::GarbageRead,
                vec![],
                vec![reader],
                format!("{by} read {value} in {key}, which nobody appended"),
                vec![
                    remark(saw),
                    remark(format!(
                        "No transaction appended {value} to {key}, not even one that failed."
                    )),
                ],
            ),
            (What::Aborted { writer }, _) => (
                AnomalyKind::AbortedRead,
                vec![],
                vec![writer, reader],
                format!(
                    "{by} read {value} in {key}, which {} appended before it aborted",
                    label(writer)
                ),
                vec![
                    remark(format!(
                        "{} appended {value} to {key} and aborted.",
                        label(writer)
                    )),
                    step(
                        writer,
                        reader,
                        Edge::WriteRead,
                        format!("{saw} It holds {value}, which was never committed."),
                    ),
                ],
            ),
            (What::Duplicate, _) => {
                let first = txns.list(list).iter().position(|member| *member == element);
                let first = first.unwrap_or(at);
                let read = self.read(list, &[first, at]);
                (
                    AnomalyKind::DuplicateElements,
                    vec![],
                    vec![reader],
                    format!("{by} read {value} twice in {key}"),
                    vec![remark(format!(
                        "{by} read {read} from {key}: {value} is its element {} and its element {}.",
                        first + 1,
                        at + 1
                    ))],
                )
            }
            (What::Split { writer }, _) => (
                AnomalyKind::CyclicVersions,
                vec![],
                vec![writer, reader],
                format!(
                    "{by} read {value} in {key} without what {} had appended before it",
                    label(writer)
                ),
                vec![
                    step(writer, reader, Edge::WriteRead, saw),
                    remark(format!(
                        "{} appended something else to {key} before {value}, which does not stand before {value} in that list.",
                        label(writer)
                    )),
                ],
            ),
            (What::Dirty { aborted, writer }, _) => (
                AnomalyKind::DirtyUpdate,
                vec![AnomalyKind::AbortedRead],
                vec![aborted, writer, reader],
                format!(
                    "{} committed an append to {key} on top of one of {}, which aborted",
                    label(writer),
                    label(aborted)
                ),
                vec![
                    remark(format!("{} appended to {key} and aborted.", label(aborted))),
                    step(
                        aborted,
                        writer,
                        Edge::WriteWrite,
                        format!(
                            "{saw} There {value}, which {} appended and committed, stands behind what {} had appended.",
                            label(writer),
                            label(aborted)
                        ),
                    ),
                ],
            ),
        };
        Finding {
            kind,
            also,
            key: wrong.key,
            txns: parts,
            sentence,
            steps,
        }
    }

    pub(super) fn future(&self, txn: Txn, read: usize, append: usize) -> Finding {
        let txns = self.inferred.txns;
        let (by, appended) = (label(txn), self.appended(append));
        let key = self.inferred.key(txns.key[read]);
        let element = txns.value[append];
        let list = txns.list(txns.value[read]);
        let at = list.iter().position(|member| *member == element);
        let seen = self.inferred.shown(list, &[at.unwrap_or(0)]);
        Finding {
            kind: AnomalyKind::FutureRead,
            also: vec![AnomalyKind::G1c],
            key: txns.key[read],
            txns: vec![txn],
            sentence: format!("{by} read from {key} what it appended only later"),
            steps: vec![
                remark(format!("{by} read {seen} from {key}.")),
                remark(format!(
                    "Only then {by} appended {appended}, which stands in that list."
                )),
            ],
        }
    }

    pub(super) fn intermediate(&self, txn: Txn, read: usize, writer: Txn) -> Finding {
        let txns = self.inferred.txns;
        let (by, writer_name) = (label(txn), label(writer));
        let key = self.inferred.key(txns.key[read]);
        let list = txns.list(txns.value[read]);
        let seen = self.inferred.shown(list, &[list.len().saturating_sub(1)]);
        let last = list
            .last()
            .map(|last| txns.value_of(*last))
            .unwrap_or_default();
        Finding {
            kind: AnomalyKind::IntermediateRead,
            also: vec![],
            key: txns.key[read],
            txns: vec![writer, txn],
            sentence: format!("{by} read {key} as {writer_name} had left it in its middle"),
            steps: vec![
                step(
                    writer,
                    txn,
                    Edge::WriteRead,
                    format!("{by} read {seen} from {key}; {writer_name} had appended {last}."),
                ),
                remark(format!(
                    "{writer_name} appended more to {key} before it committed, so nobody should have seen that state."
                )),
            ],
        }
    }

    pub(super) fn internal(
        &self,
        txn: Txn,
        read: usize,
        before: Option<ValueId>,
        appended: &[u32],
    ) -> Finding {
        let txns = self.inferred.txns;
        let by = label(txn);
        let key = self.inferred.key(txns.key[read]);
        let ends = |list: ValueId| {
            let list = txns.list(list);
            self.inferred.shown(list, &[list.len().saturating_sub(1)])
        };
        let seen = ends(txns.value[read]);
        let mut steps = Vec::new();
        if let Some(before) = before {
            steps.push(remark(format!("{by} read {} from {key}.", ends(before))));
        }
        if let (Some(first), Some(last)) = (appended.first(), appended.last()) {
            let first = txns.value_of(txns.value[*first as usize]);
            let last = txns.value_of(txns.value[*last as usize]);
            let more = match appended.len() {
                1 => format!("{first}"),
                2 => format!("{first} and {last}"),
                count => format!("{count} elements, from {first} to {last},"),
            };
            steps.push(remark(format!("{by} appended {more} to {key}.")));
        }
        steps.push(remark(format!(
            "{by} then read {seen} from {key}, which is something else."
        )));
        Finding {
            kind: AnomalyKind::Internal,
            also: vec![],
            key: txns.key[read],
            txns: vec![txn],
            sentence: format!(
                "{by} read {seen} from {key}, against what it had read or appended itself"
            ),
            steps,
        }
    }

    pub(super) fn lost_update(&self, first: Txn, second: Txn, read: usize) -> Finding {
        let txns = self.inferred.txns;
        let key = self.inferred.key(txns.key[read]);
        let list = txns.list(txns.value[read]);
        let seen = self.inferred.shown(list, &[list.len().saturating_sub(1)]);
        let (a, b) = (label(first), label(second));
        Finding {
            kind: AnomalyKind::LostUpdate,
            also: vec![AnomalyKind::WriteSkew, AnomalyKind::G2Item],
            key: txns.key[read],
            txns: vec![first, second],
            sentence: format!("{a} and {b} both read {seen} from {key} and appended to it"),
            steps: vec![
                step(
                    first,
                    second,
                    Edge::ReadWrite,
                    format!("{a} read {seen} from {key}, without what {b} appended to it."),
                ),
                step(
                    second,
                    first,
                    Edge::ReadWrite,
                    format!(
                        "{b} read {seen} from {key}, without what {a} appended to it: neither saw the other."
                    ),
                ),
            ],
        }
    }
}
