//! Findings and cycles told to a reader: short names, the transactions as they were recorded, one sentence a step.
use super::events::Events;
use super::inference::{Cycle, Evidence, Finding, Told, label, named, next_label};
use super::{Arc, NO_KEY, Status, Txn, Txns, Via};
use crate::words::{self, cut, sentence};
use crate::{Anomaly, AnomalyKind, Edge, Key, Step, WitnessOp};

/// Turns what was found into anomalies.
pub(super) struct Storyteller<'a> {
    pub(super) txns: &'a Txns,
    pub(super) events: &'a dyn Events,
}

impl Storyteller<'_> {
    /// A finding, which brings its own steps.
    pub(super) fn finding(&self, finding: &Finding) -> Anomaly {
        let cast = Cast::of(&finding.txns, finding.sentence.as_str(), &finding.steps);
        Anomaly {
            kind: finding.kind,
            also: finding.also.clone(),
            sentence: cast.sentence(&finding.sentence),
            key: self.key(finding.key),
            witness: cast.witness(self),
            steps: cast.steps(&finding.steps),
            is_minimal: true,
        }
    }

    /// A cycle, each of whose dependencies is explained by whoever inferred it.
    pub(super) fn cycle(&self, cycle: &Cycle, evidence: &dyn Evidence) -> Anomaly {
        let mut steps: Vec<Told> = cycle
            .arcs
            .iter()
            .map(|arc| self.arc(*arc, evidence))
            .collect();
        steps.push(Told {
            between: None,
            edge: Edge::None,
            text: closing(cycle),
        });
        let (sentence, key) = self.of_cycle(cycle);
        self.finding(&Finding {
            kind: cycle.kind,
            also: cycle.also.clone(),
            key,
            txns: cycle.arcs.iter().map(|arc| arc.from).collect(),
            sentence,
            steps,
        })
    }

    fn arc(&self, arc: Arc, evidence: &dyn Evidence) -> Told {
        let (from, to) = (label(arc.from), label(arc.to));
        let text = match arc.via {
            Via::Ww | Via::Wr | Via::Rw => evidence.why(arc),
            Via::Process => format!(
                "process {} ran {from} before {to}.",
                self.txns.process[arc.from as usize].0
            ),
            Via::Realtime => format!(
                "{from} had been acknowledged {} before {to} began.",
                self.between(arc)
            ),
        };
        Told {
            between: Some((arc.from, arc.to)),
            edge: match arc.via {
                Via::Ww => Edge::WriteWrite,
                Via::Wr => Edge::WriteRead,
                Via::Rw => Edge::ReadWrite,
                Via::Process => Edge::Process,
                Via::Realtime => Edge::RealTime,
            },
            text,
        }
    }

    /// How long one had ended when the other began.
    fn between(&self, arc: Arc) -> String {
        let time = |position: u32| self.events.time(position as usize);
        let end = time(self.txns.completed[arc.from as usize]);
        let start = time(self.txns.invoked[arc.to as usize]);
        words::duration(start.saturating_sub(end))
    }

    /// A sentence about a cycle, and the key that it is about, if about one.
    fn of_cycle(&self, cycle: &Cycle) -> (String, u32) {
        let keys: Vec<u32> = cycle
            .arcs
            .iter()
            .map(|arc| arc.key)
            .filter(|key| *key != NO_KEY)
            .collect();
        let one_key = keys
            .first()
            .copied()
            .filter(|first| keys.iter().all(|key| key == first));
        let key = one_key.unwrap_or(NO_KEY);
        let first = cycle.arcs[0];
        let (a, b) = (label(first.from), label(first.to));
        let rw: Vec<&Arc> = cycle.arcs.iter().filter(|arc| arc.via == Via::Rw).collect();
        let is = |kind: AnomalyKind| cycle.kind == kind || cycle.also.contains(&kind);
        let both_read = rw.len() == 2 && cycle.arcs.len() == 2;
        let text = if is(AnomalyKind::LostUpdate) && one_key.is_some() && both_read {
            let key = self.named(key);
            format!(
                "{a} and {b} both read {key} before the other changed it, and both changed it: one update is lost"
            )
        } else if is(AnomalyKind::WriteSkew) && both_read {
            let (one, other) = (self.named(rw[0].key), self.named(rw[1].key));
            format!(
                "{a} read {one} before {b} changed it, and {b} read {other} before {a} changed it: write skew"
            )
        } else if let [rw] = rw[..] {
            let (reader, writer) = (label(rw.from), label(rw.to));
            let key = self.named(rw.key);
            format!(
                "{reader} did not see what {writer} had done to {key}, although it has to come after {writer}"
            )
        } else {
            let chain: Vec<String> = cycle.arcs.iter().map(|arc| label(arc.from)).collect();
            format!(
                "each has to come before the next, and the last before the first: {} < {a}",
                chain.join(" < ")
            )
        };
        (text, key)
    }

    /// A key as users know it.
    fn named(&self, key: u32) -> String {
        match self.txns.keys.get(key as usize) {
            Some(name) => format!("key {}", cut(&name.to_string(), KEY_CHARS_MAX)),
            None => "something".to_owned(),
        }
    }

    fn key(&self, key: u32) -> Option<Key> {
        let number = self.txns.keys.get(key as usize)?.int()?;
        Key::try_from(number).ok()
    }

    fn witness_op(&self, txn: Txn, name: String, role: &str) -> WitnessOp {
        let place = txn as usize;
        let role = match self.txns.status[place] {
            Status::Ok => role.to_owned(),
            Status::Aborted => join("aborted", role),
            Status::Unknown => join("outcome unknown", role),
        };
        self.events
            .witness(self.txns.invoked[place] as usize, name, role)
    }
}

const KEY_CHARS_MAX: usize = 24;

fn join(status: &str, role: &str) -> String {
    if role.is_empty() {
        return status.to_owned();
    }
    format!("{status}; {role}")
}

fn closing(cycle: &Cycle) -> String {
    let first = label(cycle.arcs[0].from);
    format!(
        "So {first} would have to come before itself: no order of these transactions explains what they saw."
    )
}

/// The transactions of a story, in order of invocation.
struct Cast {
    txns: Vec<Txn>,
    /// Whether each plays a part, or only proves something about the others.
    is_part: Vec<bool>,
}

impl Cast {
    fn of(parts: &[Txn], sentence: &str, steps: &[Told]) -> Cast {
        let mut txns = parts.to_vec();
        named_in(sentence, &mut txns);
        for step in steps {
            named_in(&step.text, &mut txns);
            txns.extend(step.between.iter().flat_map(|(from, to)| [*from, *to]));
        }
        txns.sort_unstable();
        txns.dedup();
        let is_part = txns.iter().map(|txn| parts.contains(txn)).collect();
        Cast { txns, is_part }
    }

    fn place(&self, txn: Txn) -> usize {
        self.txns.binary_search(&txn).expect("it is in the cast")
    }

    /// `T1`, `T2`, … in order of invocation.
    fn name(place: usize) -> String {
        format!("T{}", place + 1)
    }

    fn filled(&self, text: &str) -> String {
        named(text, |txn| Cast::name(self.place(txn)))
    }

    fn sentence(&self, text: &str) -> String {
        let text = cut(&self.filled(text), words::SENTENCE_CHARS_MAX - 1);
        sentence(&text)
    }

    fn witness(&self, teller: &Storyteller<'_>) -> Vec<WitnessOp> {
        let cast = self.txns.iter().zip(&self.is_part).enumerate();
        let ops = cast.map(|(place, (txn, is_part))| {
            let role = if *is_part { "" } else { "shows the order" };
            teller.witness_op(*txn, Cast::name(place), role)
        });
        ops.collect()
    }

    fn steps(&self, steps: &[Told]) -> Vec<Step> {
        let steps = steps.iter().map(|step| Step {
            between: step
                .between
                .map(|(from, to)| (self.place(from), self.place(to))),
            edge: step.edge,
            text: sentence(&self.filled(&step.text)),
        });
        steps.collect()
    }
}

/// All that are called by [`label`] in `text`.
fn named_in(text: &str, txns: &mut Vec<Txn>) {
    let mut rest = text;
    while let Some((_, txn, after)) = next_label(rest) {
        txns.push(txn);
        rest = after;
    }
}
