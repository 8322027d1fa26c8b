//! Histories, and the judges of histories. Nothing here reads a clock, a file of a run or the network.
mod call;
mod data;
mod history;
mod linearizable;
mod op;
mod spec;
mod verdict;
mod words;

pub mod domain;
pub mod format;
pub mod model;
pub mod sketch;
pub mod transactional;
pub mod weak;

#[cfg(test)]
mod testing;

pub use call::{Call, Verb};
pub use data::Data;
pub use history::{Event, History, Kind, Malformed, NodeId, Note, Operation, Outcome, Process};
#[doc(hidden)]
pub use linearizable::columns;
#[doc(hidden)]
pub use linearizable::measured;
pub use linearizable::{Linearizable, Linearization, Object, SequentiallyConsistent};
pub use op::{Key, Op, Value};
pub use spec::Spec;
pub use verdict::{
    Anomaly, AnomalyKind, Budget, Checker, Edge, Evidence, Fit, InColumns, LevelAnswer, Step,
    Verdict, WitnessOp,
};
