//! Transactions: which isolation levels a history fits, and what refutes the others.
mod acyclic;
pub mod blind;
mod build;
mod classify;
mod cycles;
mod events;
mod explain;
mod graph;
mod inference;
mod judge;
mod level;
mod list_append;
mod register;
mod scc;
mod settle;
mod solver;
mod txns;
mod verify;
pub mod weak;

#[cfg(test)]
pub(crate) mod script;
#[cfg(test)]
pub(crate) mod sketch;
#[cfg(test)]
pub(crate) mod tests;

pub use classify::classify;
pub use cycles::{Decisions, decide};
pub use events::Events;
pub use graph::{Arc, Graph, NO_KEY, Via};
pub use inference::{Answer, Choice, Cycle, Evidence, Finding, Inference, Told, label};
pub use judge::{Transactional, Workload};
pub use level::{Family, LATTICE, Level, Levels, refutes};
pub use list_append::{ListAppend, Strict};
pub use register::{Read, ReadsFrom, Registers, Source, Version};
pub use settle::strongest;
pub use txns::{F, NEVER, Names, Odd, Status, Step, Txn, Txns, ValueId};
pub use verify::verify;
