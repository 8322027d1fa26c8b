//! What the lowerings of all objects have in common, and the parts of a proof.
use crate::linearizable::asked::Asked;
use crate::linearizable::proof::{Answer, Proof, ProofStep};
use crate::linearizable::timed::{NEVER, Timed};
use crate::{AnomalyKind, Data, Edge};

/// Why a history is outside of an algorithm.
pub(super) type Outside = &'static str;

/// What has no place among the verbs of an object.
pub(super) const FOREIGN: Outside = "a call that this object does not know";

/// An answer that says whether the call was obeyed, or nothing more than that it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// Done, and it does not say what it found.
    Done,
    /// Done, and it changed something.
    Yes,
    /// Refused, or it had no effect.
    No,
    /// Nobody knows.
    Unknown,
}

impl Reply {
    pub(super) fn of(asked: &Asked) -> Result<Reply, Outside> {
        match (&asked.call.output, asked.returned) {
            (_, NEVER) | (None, _) => Ok(Reply::Unknown),
            (Some(Data::Nil), _) => Ok(Reply::Done),
            (Some(Data::Bool(true)), _) => Ok(Reply::Yes),
            (Some(Data::Bool(false)), _) => Ok(Reply::No),
            (Some(Data::Int(_) | Data::Text(_) | Data::List(_)), _) => Err(FOREIGN),
        }
    }
}

/// The operation as an algorithm sees it. Without an answer it never returned.
pub(super) fn timed<A>(asked: &Asked, act: A) -> Timed<A> {
    let returned = asked.call.output.as_ref().map_or(NEVER, |_| asked.returned);
    Timed {
        act,
        invoked: asked.invoked,
        returned,
    }
}

/// Whether the operations are what an algorithm may be given: in order of invocation, each ending
/// after it began.
pub(super) fn is_in_order(asked: &[Asked]) -> bool {
    let is_forward = asked.iter().all(|asked| asked.invoked < asked.returned);
    let is_sorted = asked.is_sorted_by(|a, b| a.invoked < b.invoked);
    is_forward && is_sorted && u32::try_from(asked.len()).is_ok_and(|count| count < 1 << 30)
}

/// What is said of operations out of order.
pub(super) const UNORDERED: Outside = "operations out of order";

/// A proof in the making.
pub(super) fn illegal(
    kind: AnomalyKind,
    ops: Vec<(u32, String)>,
    sentence: String,
    steps: Vec<ProofStep>,
) -> Answer {
    Answer::Illegal(Box::new(Proof {
        kind,
        ops,
        sentence,
        steps,
    }))
}

/// A step that orders two operations.
pub(super) fn ordered(first: usize, second: usize, edge: Edge, text: String) -> ProofStep {
    ProofStep {
        between: Some((first, second)),
        edge,
        text,
    }
}

/// The step that says which of two operations was over when the other began.
pub(super) fn real_time(first: usize, second: usize) -> ProofStep {
    let text = format!("{{{first}}} returned before {{{second}}} began.");
    ordered(first, second, Edge::RealTime, text)
}

/// A step that orders nothing by itself.
pub(super) fn remark(text: String) -> ProofStep {
    ProofStep {
        between: None,
        edge: Edge::None,
        text,
    }
}
