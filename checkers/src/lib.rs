//! Histories, and the judges of histories. Nothing here reads a clock, a file of a run or the network.
mod history;
mod linearizable;
mod op;
mod verdict;

pub mod format;
pub mod sketch;

pub use history::{Event, History, Kind, Malformed, NodeId, Note, Operation, Outcome, Process};
pub use linearizable::Linearizable;
pub use op::{Key, Op, Value};
pub use verdict::{
    Anomaly, AnomalyKind, Budget, Checker, Edge, Evidence, Step, Verdict, WitnessOp,
};
