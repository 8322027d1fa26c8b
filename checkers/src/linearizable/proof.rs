//! What a specialised algorithm answers, and the few operations by which it proves a violation.
use crate::{AnomalyKind, Edge};

/// What is known of one object after an algorithm has looked at it. Operations are called by their
/// index in what the algorithm was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Some order of the operations explains every answer.
    Legal,
    /// None does.
    Illegal(Box<Proof>),
    /// The history is outside of what this algorithm decides; the text says why: `values repeat`.
    Outside(&'static str),
}

/// Operations that no order explains, whatever else happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    /// What went wrong.
    pub(crate) kind: AnomalyKind,
    /// The operations, each with the part that it plays: `enqueued 4 first`.
    pub(crate) ops: Vec<(u32, String)>,
    /// One plain sentence without its full stop, with `{0}`, `{1}`, … for `process 3 (n2)` of the
    /// operation at that place of `ops`: `{3} took 7 before anybody took 4, though 4 was put in first`.
    pub(crate) sentence: String,
    /// The steps of the proof; the last one is the contradiction.
    pub(crate) steps: Vec<ProofStep>,
}

/// One step of a proof. Operations are called by their place in [`Proof::ops`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProofStep {
    /// The two operations that the step orders, if it orders any.
    pub(crate) between: Option<(usize, usize)>,
    /// Why they are ordered so.
    pub(crate) edge: Edge,
    /// The step in words, with `{0}`, `{1}`, … for the labels of operations: `{0} returned before {1} began`.
    pub(crate) text: String,
}
