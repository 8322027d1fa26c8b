//! What to ask of a system, and how to judge its answers.
use crate::rng::Rng;
use checkers::{Checker, NodeId, Op};

/// A stream of operations and the judges of the answers. It does no I/O and reads no clock: the
/// operations are decided by the seed alone, whichever process happens to ask for the next one.
pub trait Workload {
    /// Asked when the nodes are ready, before any traffic, until `None`: what has to be there first,
    /// as the accounts of a bank.
    ///
    /// Each is asked again, by a fresh process if need be, until it is answered; all attempts stand
    /// in the history. One whose outcome is unknown may take effect beside the one that is answered,
    /// and even later: so give only operations that may happen twice (idempotent), and that the
    /// checkers can live with if they come late.
    fn first(&mut self) -> Option<Op> {
        None
    }

    /// The next operation.
    fn next(&mut self, rng: &mut Rng) -> Op;

    /// Asked for each node once all faults are healed, until `None`: what to read last, and from whom.
    fn last(&mut self, _node: NodeId) -> Option<Op> {
        None
    }

    /// Who judges the history.
    fn checkers(&self) -> Vec<Box<dyn Checker>>;
}
