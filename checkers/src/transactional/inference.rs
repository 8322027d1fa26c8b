//! What the answers of a workload say: dependencies, and what is wrong without any cycle.
use super::{Arc, Graph, Level, Txn};
use crate::{AnomalyKind, Edge, Fit};

/// All that was inferred from a history, whatever its workload was.
#[derive(Debug, Default)]
pub struct Inference {
    /// Whether each transaction certainly took effect: it committed, or its outcome is unknown and
    /// somebody saw what it wrote.
    pub is_included: Vec<bool>,
    /// Dependencies between included transactions that hold at every level.
    pub graph: Graph,
    /// Pairs of versions of which one came first, nobody knows which.
    pub choices: Vec<Choice>,
    /// What is wrong by itself, without a cycle.
    pub findings: Vec<Finding>,
}

/// One of these two has to be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What follows if the first version came first: a ww, and an rw from each of its readers.
    pub either: Vec<Arc>,
    /// What follows if the second one did.
    pub or: Vec<Arc>,
}

/// Something that no correct system of some level could have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its standard name.
    pub kind: AnomalyKind,
    /// What else it is a case of.
    pub also: Vec<AnomalyKind>,
    /// The object that it is about, or [`super::NO_KEY`].
    pub key: u32,
    /// The transactions that show it.
    pub txns: Vec<Txn>,
    /// One plain sentence that calls them by [`label`].
    pub sentence: String,
    /// The proof, one sentence a step; the last one ends in the contradiction.
    pub steps: Vec<Told>,
}

/// One step of a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Which transactions it joins, if two.
    pub between: Option<(Txn, Txn)>,
    /// How.
    pub edge: Edge,
    /// In words.
    pub text: String,
}

/// How a transaction is called in sentences until the witness gives it its short name. Values are
/// shown with their control characters escaped, so none of them can be mistaken for this.
pub fn label(txn: Txn) -> String {
    format!("{LABEL_START}{txn}{LABEL_END}")
}

const LABEL_START: char = '\u{1}';
const LABEL_END: char = '\u{2}';

/// What stands before the first label, whom it names, and what follows.
pub(super) fn next_label(text: &str) -> Option<(&str, Txn, &str)> {
    let (before, rest) = text.split_once(LABEL_START)?;
    let (number, after) = rest.split_once(LABEL_END)?;
    Some((before, number.parse().ok()?, after))
}

/// `text` with names for its labels.
pub(super) fn named(text: &str, name: impl Fn(Txn) -> String) -> String {
    let mut named = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, txn, after)) = next_label(rest) {
        named.push_str(before);
        named.push_str(&name(txn));
        rest = after;
    }
    named + rest
}

/// Whoever inferred a dependency can say how.
pub trait Evidence {
    /// Why `arc` holds: a sentence that calls transactions by [`label`], whoever proves it among
    /// them. For a ww dependency of a list that is the read that shows both elements in order.
    fn why(&self, arc: Arc) -> String;
}

/// What is known of one level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Which one.
    pub level: Level,
    /// Whether the history fits it.
    pub fit: Fit,
    /// By what it is refuted, or why it is not decided; for one that fits, how that is known.
    pub why: String,
}

/// A closed chain of dependencies: each arc begins where the one before it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// The name of the anomaly that it is.
    pub kind: AnomalyKind,
    /// What else it is a case of: a lost update, a write skew, a long fork.
    pub also: Vec<AnomalyKind>,
    /// Its dependencies.
    pub arcs: Vec<Arc>,
}
