//! What to ask of a system, and how to judge its answers.
use crate::rng::Rng;
use checkers::{Checker, NodeId, Op};

/// A stream of operations and the judges of the answers. It does no I/O and reads no clock: the
/// operations are decided by the seed alone, whichever process happens to ask for the next one.
pub trait Workload {
    /// The next operation.
    fn next(&mut self, rng: &mut Rng) -> Op;

    /// Asked for each node once all faults are healed, until `None`: what to read last, and from whom.
    fn last(&mut self, _node: NodeId) -> Option<Op> {
        None
    }

    /// Who judges the history.
    fn checkers(&self) -> Vec<Box<dyn Checker>>;
}
