//! What a judge found, before it is written out as an anomaly.
use super::deed::{At, Deeds};
use crate::words::{cut, fill, label, sentence};
use crate::{Anomaly, AnomalyKind, Data, Edge, Step};

/// Something that the promise rules out.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) kind: AnomalyKind,
    /// In one sentence.
    pub(super) sentence: String,
    /// The operations that show it, each with its part.
    pub(super) cast: Vec<(At, &'static str)>,
    /// The proof. `{0}` stands for the first of the cast; the last step ends in the contradiction.
    pub(super) steps: Vec<Reason>,
}

/// One step of a proof: which two of the cast it orders, how, and the words.
pub(super) type Reason = (Option<(usize, usize)>, Edge, String);

/// A step that orders nothing.
pub(super) fn remark(text: impl Into<String>) -> Reason {
    (None, Edge::None, text.into())
}

/// A step that says that real time orders two of the cast.
pub(super) fn before(first: usize, second: usize, text: impl Into<String>) -> Reason {
    (Some((first, second)), Edge::RealTime, text.into())
}

/// Characters of a value that are shown.
const VALUE_CHARS_MAX: usize = 40;

/// A value, if it is short.
pub(super) fn shown(value: &Data) -> String {
    // A long list is not written out first to be cut off.
    match value.list() {
        Some(members) if members.len() > VALUE_CHARS_MAX => {
            format!("a list of {} members", members.len())
        }
        _ => cut(&value.to_string(), VALUE_CHARS_MAX),
    }
}

/// `1 element`, `3 elements`.
pub(super) fn count(number: usize, noun: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{s}")
}

/// Sentences of anomalies are at most this long.
const SENTENCE_CHARS_MAX: usize = 159;

impl Finding {
    /// Written out, with letters for the operations in order of invocation.
    pub(super) fn anomaly(&self, deeds: &Deeds<'_>, key: Option<crate::Key>) -> Anomaly {
        let mut ops: Vec<At> = self.cast.iter().map(|(at, _)| *at).collect();
        ops.sort_unstable();
        ops.dedup();
        let place = |actor: usize| {
            let (at, _) = self.cast[actor];
            ops.binary_search(&at).expect("all of the cast are listed")
        };
        let draw = |(place, &at): (usize, &At)| {
            let roles = self.cast.iter().filter(|actor| actor.0 == at);
            let roles: Vec<&str> = roles.map(|actor| actor.1).collect();
            deeds.witness(at, label(place), roles.join(", "))
        };
        let witness = ops.iter().enumerate().map(draw).collect();
        let last = self.steps.len().checked_sub(1);
        let step = |(i, (between, edge, text)): (usize, &Reason)| {
            let named = |actor| (actor < self.cast.len()).then(|| label(place(actor)));
            let text = fill(text, named);
            let text = match Some(i) == last {
                true => format!(
                    "{} — a contradiction.",
                    sentence(&text).trim_end_matches('.')
                ),
                false => sentence(&text),
            };
            let between = between.map(|(a, b)| (place(a), place(b)));
            let between = between.filter(|(a, b)| a != b);
            let edge = if between.is_some() { *edge } else { Edge::None };
            Step {
                between,
                edge,
                text,
            }
        };
        Anomaly {
            also: Vec::new(),
            kind: self.kind,
            sentence: sentence(&cut(&self.sentence, SENTENCE_CHARS_MAX)),
            key,
            witness,
            steps: self.steps.iter().enumerate().map(step).collect(),
            is_minimal: true,
        }
    }
}
