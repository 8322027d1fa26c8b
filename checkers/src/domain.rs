//! Judges of whole workloads: banks, sets, queues and logs, each with a promise of its own.
//!
//! A model in [`crate::model`] says what an object answers step by step, and its judge asks whether
//! some order of all steps explains every answer. What stands here asks for less, of histories for
//! which that would be too much to promise or to search: that the money stays, that what was added
//! is found again, that two readers agree on an order. Each judge looks at every operation a
//! constant number of times, or sorts them first.
//!
//! An operation of unknown outcome may have taken effect, may do so at any later time, or never;
//! nobody is accused of what one of them may explain.
mod bank;
mod causal_reverse;
mod consensus;
mod deed;
mod finding;
mod g2;
mod judge;
mod kafka;
mod long_fork;
mod monotonic;
mod set;
mod set_full;
mod table;
mod total_queue;

#[cfg(test)]
mod tests;

pub use judge::checker;
pub use table::{DOMAINS, Domain, Said};
